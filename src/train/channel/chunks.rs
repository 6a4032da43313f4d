//! Files cut into chunks of whole records, by position alone: the same on any number of threads.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use super::files::ChannelError;
use super::open::Source;
use super::pipe::{Pipe, fingerprint};
use crate::codec::{ContentType, Format, whole_records};
use crate::limits::{CSV_RECORD_BYTES_MAX, TRAINING_CHUNK_BYTES, TRAINING_NPY_BYTES_MAX};

/// Some whole records of a file.
#[derive(Debug)]
pub(in crate::train) struct Chunk {
    /// Its number among all chunks of the channel, from 0.
    pub(in crate::train) index: usize,
    pub(in crate::train) extent: Extent,
    pub(in crate::train) bytes: Vec<u8>,
}

/// Where a chunk lies.
#[derive(Debug, Clone, Copy)]
pub(in crate::train) struct Extent {
    /// The number of the file among those of the channel.
    pub(in crate::train) file: usize,
    /// Its first byte, after decompression.
    pub(in crate::train) offset: u64,
    pub(in crate::train) length: usize,
    /// Ends of lines before it in its file.
    pub(in crate::train) lines: u64,
    /// What its bytes are known by, if they came through a pipe; else 0.
    pub(in crate::train) fingerprint: u64,
}

/// A file and how it is cut.
#[derive(Debug, Clone)]
pub(in crate::train) struct DataFile {
    pub(in crate::train) path: PathBuf,
    pub(in crate::train) format: Format,
    /// What its bytes come through in Pipe mode.
    pub(in crate::train) pipe: Option<Arc<Pipe>>,
}

/// Files, read from the first to the last.
pub(in crate::train) struct Chunks<'a> {
    files: &'a [DataFile],
    content_type: ContentType,
    /// The file that is read, and what of it has been read and not yet given out.
    file: usize,
    source: Option<Source>,
    offset: u64,
    lines: u64,
    pending: Vec<u8>,
    given: usize,
}

impl<'a> Chunks<'a> {
    pub(in crate::train) fn new(files: &'a [DataFile], content_type: ContentType) -> Self {
        Self {
            files,
            content_type,
            file: 0,
            source: None,
            offset: 0,
            lines: 0,
            pending: Vec::new(),
            given: 0,
        }
    }

    /// The next chunk, wherever it ends.
    pub(in crate::train) fn next(&mut self) -> Result<Option<Chunk>, ChannelError> {
        while let Some(file) = self.files.get(self.file) {
            if self.source.is_none() {
                self.open()?;
            }
            if let Some(bytes) = self.cut(file)? {
                let is_pipe = file.pipe.is_some();
                let extent = Extent {
                    file: self.file,
                    offset: self.offset,
                    length: bytes.len(),
                    lines: self.lines,
                    fingerprint: if is_pipe { fingerprint(&bytes) } else { 0 },
                };
                self.offset += bytes.len() as u64;
                self.lines += lines(&bytes);
                self.given += 1;
                return Ok(Some(Chunk {
                    index: self.given - 1,
                    extent,
                    bytes,
                }));
            }
            self.source = None;
            self.file += 1;
        }
        Ok(None)
    }

    /// Goes on behind a chunk that was given out before, the last of so many.
    pub(in crate::train) fn go_on(
        &mut self,
        last: Extent,
        given: usize,
    ) -> Result<(), ChannelError> {
        let bytes = self.again(last)?;
        self.lines = last.lines + lines(&bytes);
        self.given = given;
        Ok(())
    }

    /// Gives back what was read for a look, where it cannot be read again.
    pub(in crate::train) fn give_back(mut self, mut read: Vec<u8>) {
        let file = self.files.get(self.file);
        let pipe = file.and_then(|file| file.pipe.as_ref());
        if let (Some(pipe), Some(Source::Stream(rest))) = (pipe, self.source.take()) {
            read.append(&mut self.pending);
            pipe.give_back(read, rest);
        }
    }

    /// A chunk that was given out before. Chunks are asked for in their order; some may be left out.
    pub(in crate::train) fn again(&mut self, extent: Extent) -> Result<Vec<u8>, ChannelError> {
        if self.source.is_none() || self.file != extent.file {
            self.file = extent.file;
            self.open()?;
        }
        let failed = |source| read_error(self.files, extent.file, source);
        let Some(source) = &mut self.source else {
            return Ok(Vec::new());
        };
        if self.offset != extent.offset {
            if !source.seek(extent.offset).map_err(failed)? {
                let skipped = extent.offset - self.offset;
                std::io::copy(&mut source.by_ref().take(skipped), &mut std::io::sink())
                    .map_err(failed)?;
            }
            self.offset = extent.offset;
        }
        let mut bytes = vec![0; extent.length];
        source.read_exact(&mut bytes).map_err(failed)?;
        self.offset += extent.length as u64;
        let file = self.files.get(extent.file);
        if let Some(file) = file.filter(|file| file.pipe.is_some())
            && fingerprint(&bytes) != extent.fingerprint
        {
            return Err(ChannelError::OtherEpoch(file.path.clone()));
        }
        Ok(bytes)
    }

    fn open(&mut self) -> Result<(), ChannelError> {
        let Some(file) = self.files.get(self.file) else {
            return Ok(());
        };
        let source = match &file.pipe {
            Some(pipe) => pipe.open().map(Source::Stream),
            None => Source::open(&file.path),
        };
        self.source = Some(source.map_err(|source| read_error(self.files, self.file, source))?);
        (self.offset, self.lines) = (0, 0);
        self.pending.clear();
        Ok(())
    }

    /// The next records of the file that is open; none at its end.
    fn cut(&mut self, file: &DataFile) -> Result<Option<Vec<u8>>, ChannelError> {
        let mut wanted = TRAINING_CHUNK_BYTES;
        loop {
            let is_whole = self.fill(wanted)?;
            let end = match file.format {
                _ if is_whole => self.pending.len(),
                Format::Csv => whole_records(&self.pending, self.content_type.delimiter()),
                Format::RecordIo => whole_frames(&self.pending),
                Format::Npy => 0,
                _ => memchr::memrchr(b'\n', &self.pending).map_or(0, |end| end + 1),
            };
            if end > 0 {
                let rest = self.pending.split_off(end);
                return Ok(Some(std::mem::replace(&mut self.pending, rest)));
            }
            if is_whole {
                return Ok(None);
            }
            let most = match file.format {
                Format::Npy => TRAINING_NPY_BYTES_MAX,
                _ => CSV_RECORD_BYTES_MAX,
            };
            if self.pending.len() > most {
                return Err(ChannelError::LongRecord {
                    path: file.path.clone(),
                    offset: self.offset,
                    most,
                });
            }
            wanted = self.pending.len() * 2;
        }
    }

    /// Reads on until so many bytes are pending. Returns whether those are all that is left.
    fn fill(&mut self, wanted: usize) -> Result<bool, ChannelError> {
        let missing = wanted.saturating_sub(self.pending.len());
        let (file, files) = (self.file, self.files);
        let Some(source) = &mut self.source else {
            return Ok(true);
        };
        self.pending.reserve(missing);
        let read = source
            .by_ref()
            .take(missing as u64)
            .read_to_end(&mut self.pending)
            .map_err(|source| read_error(files, file, source))?;
        Ok(read < missing)
    }
}

fn read_error(files: &[DataFile], file: usize, source: std::io::Error) -> ChannelError {
    ChannelError::Read {
        path: files
            .get(file)
            .map(|file| file.path.clone())
            .unwrap_or_default(),
        source,
    }
}

/// Ends of lines.
pub(in crate::train) fn lines(bytes: &[u8]) -> u64 {
    let ends = memchr::memchr_iter(b'\n', bytes).count();
    let ends = if ends == 0 {
        memchr::memchr_iter(b'\r', bytes).count()
    } else {
        ends
    };
    ends as u64
}

/// How many of the first bytes are whole frames of RecordIO. Bytes that are no frame are found when they are read.
fn whole_frames(bytes: &[u8]) -> usize {
    let mut whole = 0;
    while let Some([_, _, _, _, a, b, c, d]) = bytes.get(whole..whole + 8) {
        let length = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
        let end = whole + 8 + length.next_multiple_of(4);
        if end > bytes.len() {
            break;
        }
        whole = end;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_the_files_and_are_read_again_where_they_lie() {
        let directory = tempfile::tempdir().unwrap();
        let line = "12345,\"a\nb\",6\n";
        let long = line.repeat(3 * TRAINING_CHUNK_BYTES / line.len());
        let texts = [long.as_str(), "1,2", "x\n"];
        let mut files = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            let path = directory.path().join(index.to_string());
            std::fs::write(&path, text).unwrap();
            files.push(DataFile {
                path,
                format: Format::Csv,
                pipe: None,
            });
        }
        let mut chunks = Chunks::new(&files, ContentType::of(Format::Csv));
        let (mut found, mut extents) = (vec![String::new(); 3], Vec::new());
        while let Some(chunk) = chunks.next().unwrap() {
            let text = String::from_utf8(chunk.bytes).unwrap();
            assert!(
                chunk.extent.file != 0 || text.ends_with("6\n"),
                "records are whole"
            );
            found[chunk.extent.file].push_str(&text);
            extents.push((chunk.extent, text));
        }
        assert_eq!(found, texts);
        assert!(extents.len() >= 5, "{}", extents.len());
        let mut again = Chunks::new(&files, ContentType::of(Format::Csv));
        for (extent, text) in extents.iter().step_by(2) {
            assert_eq!(again.again(*extent).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn frames_are_cut_where_they_end() {
        let frame = |length: u8| {
            let mut frame = vec![0x0a, 0x23, 0xd7, 0xce, length, 0, 0, 0];
            frame.resize(8 + usize::from(length).next_multiple_of(4), 7);
            frame
        };
        let bytes = [frame(3), frame(8), frame(5)].concat();
        assert_eq!(whole_frames(&bytes), bytes.len());
        assert_eq!(whole_frames(&bytes[..bytes.len() - 1]), 12 + 16);
        assert_eq!(whole_frames(&bytes[..7]), 0);
    }
}
