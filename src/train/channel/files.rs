//! The files of a channel, in the order of their paths.

use std::path::{Path, PathBuf};

use crate::log;
use crate::text::Quoted;

/// Levels of directories that are searched: an S3 prefix with partitions is a few deep.
const DEPTH_MAX: usize = 16;

/// Why there is no training data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// A file or directory cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No files.
    #[error(
        "there are no data files in {path}/training or {path}/train: the channel was named otherwise, its S3 \
         prefix was wrong, or the training job may not read it"
    )]
    NoFiles {
        /// `<prefix>/input/data`
        path: PathBuf,
    },
    /// A content type that cannot be trained on.
    #[error("channel {channel}: {reason}")]
    ContentType {
        /// The channel.
        channel: String,
        /// What is wrong.
        reason: String,
    },
    /// A file whose suffix says that it is something else.
    #[error(
        "{0} cannot be trained on: rows may be CSV, JSON Lines, libsvm, RecordIO-protobuf or npy, bare or as .gz \
         or .zst"
    )]
    Format(PathBuf),
    /// A record that does not end.
    #[error(
        "{path}: a record that begins at byte {offset} is longer than {most} bytes: is a quote not closed, or \
         the content type wrong?"
    )]
    LongRecord {
        /// The file.
        path: PathBuf,
        /// Where the record begins, in the file's bytes after decompression.
        offset: u64,
        /// Bytes of a record at most.
        most: usize,
    },
    /// Pipe mode.
    #[error(
        "channel {0} comes in Pipe mode, which sagelet does not read yet: use File or FastFile mode"
    )]
    Pipe(String),
    /// Several hosts.
    #[error(
        "the job has {0} hosts, and each would fit a model of its own: use one instance (InstanceCount=1); one \
         reads some 100 MB a second and core"
    )]
    Hosts(usize),
    /// SIGTERM.
    #[error("the job was stopped by SIGTERM before a model was fitted")]
    Stopped,
}

/// A channel and its files.
#[derive(Debug, Clone)]
pub(in crate::train) struct Channel {
    pub(in crate::train) name: &'static str,
    pub(in crate::train) paths: Vec<PathBuf>,
}

/// The first channel of these names that has files.
pub(in crate::train) fn find(
    data: &Path,
    names: &[&'static str],
) -> Result<Option<Channel>, ChannelError> {
    for &name in names {
        let mut paths = Vec::new();
        let channel = data.join(name);
        if channel.is_dir() {
            search(&channel, DEPTH_MAX, &mut paths)?;
        } else if channel.is_file() {
            paths.push(channel);
        }
        if !paths.is_empty() {
            paths.sort_unstable();
            return Ok(Some(Channel { name, paths }));
        }
    }
    Ok(None)
}

fn search(directory: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> Result<(), ChannelError> {
    let failed = |source| ChannelError::Read {
        path: directory.to_owned(),
        source,
    };
    for entry in directory.read_dir().map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        // `_SUCCESS`, `.DS_Store`, `._data.csv`: what other tools leave beside data.
        if name.starts_with(['.', '_']) {
            continue;
        }
        if path.is_dir() && depth > 0 {
            search(&path, depth - 1, paths)?;
        } else if is_documentation(&name) {
            log::info(format_args!(
                "{} holds no rows and was ignored",
                Quoted::of(path.to_string_lossy().as_bytes())
            ));
        } else if path.metadata().is_ok_and(|metadata| metadata.len() > 0) {
            paths.push(path);
        }
    }
    Ok(())
}

/// What people leave beside data.
fn is_documentation(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".md", ".html", ".pdf", ".manifest", ".crc", ".log"]
        .iter()
        .any(|suffix| name.ends_with(suffix))
}
