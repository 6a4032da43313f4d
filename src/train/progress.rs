//! How far a pass over the rows is, said in the log every few seconds.

use std::time::{Duration, Instant};

use crate::log;

/// Time between two lines.
const EVERY: Duration = Duration::from_secs(5);

/// The rows and bytes of a pass so far.
pub(super) struct Progress<'a> {
    activity: &'a str,
    started: Instant,
    said: Instant,
    rows: u64,
    bytes: u64,
}

impl<'a> Progress<'a> {
    pub(super) fn new(activity: &'a str) -> Self {
        Self {
            activity,
            started: Instant::now(),
            said: Instant::now(),
            rows: 0,
            bytes: 0,
        }
    }

    /// Counts rows and bytes, and says how far the pass is if it is time.
    pub(super) fn add(&mut self, rows: u64, bytes: u64) {
        self.rows += rows;
        self.bytes += bytes;
        if self.said.elapsed() >= EVERY {
            self.said = Instant::now();
            let megabytes = self.bytes as f64 / 1e6 / self.started.elapsed().as_secs_f64();
            log::info(format_args!(
                "{}: {} rows so far, {megabytes:.0} MB/s",
                self.activity, self.rows
            ));
        }
    }
}
