//! What is counted about requests. Counting takes no lock, and neither does reading the counts.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

use super::access_log::AccessLine;
use super::route::Group;
use crate::transport::Status;

/// Upper bounds of the histogram's buckets, in seconds: a row takes some microseconds, the largest body a
/// second.
pub(super) const BUCKETS: [f64; 14] = [
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0,
    10.0,
];

/// What has been counted since the start.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    /// Requests answered, by group and status.
    pub(super) requests: [[AtomicU64; Status::ALL.len()]; Group::ALL.len()],
    pub(super) in_flight: AtomicUsize,
    pub(super) rows: AtomicU64,
    pub(super) body_bytes: AtomicU64,
    /// Requests with rows, by the first bucket that holds their time.
    pub(super) durations: [AtomicU64; BUCKETS.len()],
    pub(super) duration_count: AtomicU64,
    pub(super) duration_nanoseconds: AtomicU64,
}

/// A request that is being answered, until this is dropped.
pub(super) struct InFlight<'a>(&'a AtomicUsize);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Metrics {
    pub(super) fn begin(&self) -> InFlight<'_> {
        self.in_flight.fetch_add(1, Relaxed);
        InFlight(&self.in_flight)
    }

    /// Counts an answered request. The time of requests with rows goes into the histogram.
    pub(super) fn answered(&self, line: &AccessLine<'_>, body_bytes: usize) {
        let by_status = self.requests.get(line.group as usize);
        if let Some(count) = by_status.and_then(|statuses| statuses.get(line.status as usize)) {
            count.fetch_add(1, Relaxed);
        }
        self.body_bytes.fetch_add(body_bytes as u64, Relaxed);
        if line.rows == 0 {
            return;
        }
        self.rows.fetch_add(line.rows as u64, Relaxed);
        let seconds = line.duration.as_secs_f64();
        let bucket = BUCKETS.iter().position(|&bound| seconds <= bound);
        if let Some(count) = bucket.and_then(|bucket| self.durations.get(bucket)) {
            count.fetch_add(1, Relaxed);
        }
        let nanoseconds = u64::try_from(line.duration.as_nanos()).unwrap_or(u64::MAX);
        self.duration_nanoseconds.fetch_add(nanoseconds, Relaxed);
        self.duration_count.fetch_add(1, Relaxed);
    }
}
