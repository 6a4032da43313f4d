//! Checkpoints: what passes over the training rows have added up to, so that a job that was killed goes on from there.
//!
//! Each pass has a file of its own. A job that is started again does the same passes in the same order: it takes the
//! total of a pass that was finished, goes on behind the last chunk of one that was not, and comes to the same bytes.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sagelet_solver::bytes::{Reader, Writer};

use super::channel::Extent;
use super::settings::Settings;
use crate::artifact::{ArtifactError, Digest, write_atomically};
use crate::limits::{CHECKPOINT_BYTES_MAX, CHECKPOINT_WAITING_BYTES_MAX};
use crate::log;

/// What a file begins with. Another layout has another number.
const MAGIC: &[u8] = b"sagelet checkpoint 1";

/// What the files are called before the number of the pass.
const NAME: &str = "sagelet-pass-";

/// Bytes of a digest in hexadecimal digits.
const DIGEST_BYTES: usize = 64;

/// What a job is known by: nothing is taken from the checkpoints of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// Digest of the names and sizes of all files of all channels.
    data: String,
    /// Digest of the settings, and of this program's name and version.
    settings: String,
}

/// What was saved of a pass.
#[derive(Debug, Default)]
pub(super) struct Saved {
    pub(super) is_finished: bool,
    /// Chunks that the total is of.
    pub(super) chunks: usize,
    /// Where those chunks lie, if the pass was the first that met them.
    pub(super) extents: Vec<Extent>,
    /// Texts of classes, in the order of their codes.
    pub(super) codes: Vec<String>,
    pub(super) total: Vec<u8>,
}

/// The checkpoints of a job.
pub(super) struct Checkpoints {
    directory: PathBuf,
    identity: Identity,
    every: Duration,
    state: Mutex<State>,
}

struct State {
    /// The pass that begins next, from 0.
    next: u64,
    written: Instant,
    /// Bytes of all files.
    bytes: u64,
    /// Passes that are finished and not yet written.
    waiting: Vec<(u64, Vec<u8>)>,
    /// Nothing is written any more: there is no room for it.
    is_full: bool,
}

impl Identity {
    /// The identity of a job with these files, and whatever else its data are known by.
    pub(super) fn new(data: &Path, files: &[PathBuf], settings: &Settings) -> Self {
        let mut listed = String::new();
        for path in files {
            let size = path.metadata().map_or(0, |metadata| metadata.len());
            let name = path.strip_prefix(data).unwrap_or(path);
            listed.push_str(&format!("{} {size}\n", name.to_string_lossy()));
        }
        let said = format!("{}\n{}", crate::PRODUCER, settings.given);
        Self {
            data: Digest::of(listed.as_bytes()).to_string(),
            settings: Digest::of(said.as_bytes()).to_string(),
        }
    }
}

impl Checkpoints {
    /// The checkpoints in a directory, which the platform has made, and the texts of classes in the order of the codes
    /// that the saved totals have for them. Those of other jobs are taken away.
    pub(super) fn open(
        directory: PathBuf,
        identity: Identity,
        settings: &Settings,
    ) -> (Self, Vec<String>) {
        let checkpoints = Self {
            directory,
            identity,
            every: Duration::from_secs(settings.checkpoint_seconds),
            state: Mutex::new(State {
                next: 0,
                written: Instant::now(),
                bytes: 0,
                waiting: Vec::new(),
                is_full: false,
            }),
        };
        match checkpoints.read(0) {
            Ok(Some(saved)) => {
                log::info(format_args!("going on from a checkpoint"));
                return (checkpoints, saved.codes);
            }
            Ok(None) => {}
            Err(reason) => log::warning(format_args!("the checkpoint is ignored: {reason}")),
        }
        clear(&checkpoints.directory);
        (checkpoints, Vec::new())
    }

    /// The number of the pass that begins, and what was saved of it.
    pub(super) fn begin(&self) -> (u64, Option<Saved>) {
        let mut state = self.state();
        let pass = state.next;
        state.next += 1;
        drop(state);
        (pass, self.read(pass).ok().flatten())
    }

    /// Whether it is time to save a pass that goes on.
    pub(super) fn is_due(&self) -> bool {
        let state = self.state();
        !state.is_full && state.written.elapsed() >= self.every
    }

    /// Saves what a pass has added up to. One that is finished may wait until it is time; one that is not is written.
    pub(super) fn save(&self, pass: u64, saved: &Saved) {
        let bytes = self.encoded(saved);
        let is_due = self.is_due() || !saved.is_finished;
        let mut state = self.state();
        if state.is_full {
            return;
        }
        state.waiting.push((pass, bytes));
        let waiting: usize = state.waiting.iter().map(|(_, bytes)| bytes.len()).sum();
        if is_due || waiting > CHECKPOINT_WAITING_BYTES_MAX {
            self.write(&mut state);
        }
    }

    fn write(&self, state: &mut State) {
        for (pass, bytes) in std::mem::take(&mut state.waiting) {
            state.bytes += bytes.len() as u64;
            let written = if state.bytes > CHECKPOINT_BYTES_MAX {
                Err(format!("they would exceed {CHECKPOINT_BYTES_MAX} bytes"))
            } else {
                let written = write_atomically(&self.path(pass), &bytes, true);
                written.map_err(|error: ArtifactError| error.to_string())
            };
            if let Err(reason) = written {
                log::warning(format_args!("no further checkpoints are written: {reason}"));
                state.is_full = true;
                return;
            }
        }
        state.written = Instant::now();
    }

    fn path(&self, pass: u64) -> PathBuf {
        self.directory.join(format!("{NAME}{pass}"))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn encoded(&self, saved: &Saved) -> Vec<u8> {
        let mut to = Writer::default();
        to.bytes(MAGIC);
        to.bytes(self.identity.data.as_bytes());
        to.bytes(self.identity.settings.as_bytes());
        to.whole(saved.is_finished.into());
        to.whole(saved.chunks as u64);
        to.whole(saved.extents.len() as u64);
        for extent in &saved.extents {
            to.whole(extent.file as u64);
            to.whole(extent.offset);
            to.whole(extent.length as u64);
            to.whole(extent.lines);
        }
        to.whole(saved.codes.len() as u64);
        saved
            .codes
            .iter()
            .for_each(|code| to.bytes(code.as_bytes()));
        to.bytes(&saved.total);
        let mut bytes = to.into_bytes();
        let digest = Digest::of(&bytes).to_string();
        bytes.extend_from_slice(digest.as_bytes());
        bytes
    }

    /// What was saved of a pass; none if nothing was.
    fn read(&self, pass: u64) -> Result<Option<Saved>, &'static str> {
        let Ok(file) = fs::File::open(self.path(pass)) else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        let read = file.take(CHECKPOINT_BYTES_MAX + 1).read_to_end(&mut bytes);
        if read.is_err() || bytes.len() as u64 > CHECKPOINT_BYTES_MAX {
            return Err("it cannot be read");
        }
        let whole = bytes.len().checked_sub(DIGEST_BYTES);
        let (bytes, digest) = whole
            .and_then(|whole| bytes.split_at_checked(whole))
            .ok_or("it is cut short")?;
        if Digest::of(bytes).to_string().as_bytes() != digest {
            return Err("it is damaged");
        }
        let mut from = Reader::new(bytes);
        if from.bytes() != Some(MAGIC) {
            return Err("another version of sagelet wrote it");
        }
        if from.bytes() != Some(self.identity.data.as_bytes()) {
            return Err("the names or sizes of the files are not the same");
        }
        if from.bytes() != Some(self.identity.settings.as_bytes()) {
            return Err("the hyperparameters or the version of sagelet are not the same");
        }
        decoded(from).map(Some).ok_or("it is damaged")
    }
}

fn decoded(mut from: Reader<'_>) -> Option<Saved> {
    let mut saved = Saved {
        is_finished: from.whole()? == 1,
        chunks: usize::try_from(from.whole()?).ok()?,
        ..Saved::default()
    };
    for _ in 0..from.count(4)? {
        saved.extents.push(Extent {
            file: usize::try_from(from.whole()?).ok()?,
            offset: from.whole()?,
            length: usize::try_from(from.whole()?).ok()?,
            lines: from.whole()?,
            fingerprint: 0,
        });
    }
    for _ in 0..from.count(1)? {
        saved
            .codes
            .push(String::from_utf8(from.bytes()?.to_vec()).ok()?);
    }
    saved.total = from.bytes()?.to_vec();
    from.at_end(saved)
}

/// Takes away all checkpoints.
pub(super) fn clear(directory: &Path) {
    remove(directory, NAME);
}

/// Takes away what a job that was killed while it wrote has left in a directory.
pub(super) fn remove_temporary(directory: &Path) {
    remove(directory, crate::artifact::TEMPORARY_PREFIX);
}

fn remove(directory: &Path, prefix: &str) {
    for entry in directory.read_dir().into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            // What cannot be removed is ignored by its identity.
            let _ = fs::remove_file(entry.path());
        }
    }
}
