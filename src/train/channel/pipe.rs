//! Pipe mode: the rows of a channel come through a FIFO, and once more through another one for each further pass.

use std::fmt;
use std::fs::File;
use std::io::{Cursor, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::open::{Stream, decompressed};
use crate::limits::TRAINING_PIPE_WAIT;

/// Time between two looks whether a FIFO is there.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Bytes that say how a stream is compressed.
const HEAD_BYTES: u64 = 4;

/// A channel in Pipe mode: `<channel>_0`, `<channel>_1`, …, each of which can be read once.
pub(in crate::train) struct Pipe {
    /// Where the channel's directory would be.
    channel: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// The FIFO that is opened next.
    epoch: u64,
    /// What was opened for a look and is still to be read as a whole.
    looked_at: Option<Stream>,
}

impl Pipe {
    pub(super) fn new(channel: PathBuf) -> Self {
        Self {
            channel,
            state: Mutex::default(),
        }
    }

    /// All rows of the channel: those that were only looked at, or those of the next epoch.
    pub(super) fn open(&self) -> std::io::Result<Stream> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(stream) = state.looked_at.take() {
            return Ok(stream);
        }
        let mut path = self.channel.clone().into_os_string();
        path.push(format!("_{}", state.epoch));
        let mut file = opened(Path::new(&path))?;
        state.epoch += 1;
        let mut head = Vec::new();
        file.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
        let whole = Cursor::new(head.clone()).chain(file);
        decompressed(&head, Box::new(whole))
    }

    /// Gives back what was read for a look, and the rest: the next to open it reads all of it.
    pub(super) fn give_back(&self, read: Vec<u8>, rest: Stream) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.looked_at = Some(Box::new(Cursor::new(read).chain(rest)));
    }
}

/// Opens a FIFO, which the platform may make only after the one before it was read.
fn opened(path: &Path) -> std::io::Result<File> {
    let started = Instant::now();
    loop {
        match File::open(path) {
            Err(error)
                if error.kind() == ErrorKind::NotFound
                    && started.elapsed() < TRAINING_PIPE_WAIT =>
            {
                thread::sleep(LOOK_EVERY);
            }
            opened => {
                return opened.map_err(|error| {
                    std::io::Error::other(format!("{}: {error}", path.display()))
                });
            }
        }
    }
}

impl fmt::Debug for Pipe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.channel.fmt(formatter)
    }
}

/// A number that other bytes have only by chance (FNV-1a over words of eight bytes).
pub(super) fn fingerprint(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks();
    let words = words.iter().map(|word| u64::from_le_bytes(*word));
    let rest = rest.iter().map(|byte| u64::from(*byte));
    let seed = 0xcbf2_9ce4_8422_2325 ^ bytes.len() as u64;
    words.chain(rest).fold(seed, |state, word| {
        let mixed = (state ^ word).wrapping_mul(0x0000_0100_0000_01b3);
        mixed ^ mixed >> 29
    })
}
