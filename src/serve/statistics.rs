//! What the requests of one model were, as Open Inference's statistics name it.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::MODEL_VERSION;

/// Counts and times since a model was loaded.
#[derive(Debug, Default)]
pub(super) struct Statistics {
    /// Milliseconds since 1970; 0 if there was no request.
    last_inference: AtomicU64,
    rows: AtomicU64,
    success: Tally,
    failure: Tally,
    /// Reading and predicting the rows, which happen together.
    compute: Tally,
    /// Writing the answer.
    output: Tally,
}

/// How often something happened, and how long it took.
#[derive(Debug, Default)]
struct Tally {
    count: AtomicU64,
    nanoseconds: AtomicU64,
}

impl Tally {
    fn add(&self, time: Duration) {
        self.count.fetch_add(1, Relaxed);
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(nanoseconds, Relaxed);
    }

    fn json(&self) -> Value {
        json!({ "count": self.count.load(Relaxed), "ns": self.nanoseconds.load(Relaxed) })
    }
}

impl Statistics {
    /// A request was answered: its rows were read and predicted within `computed`, and everything within `total`.
    pub(super) fn succeeded(&self, rows: usize, computed: Duration, total: Duration) {
        self.rows.fetch_add(rows as u64, Relaxed);
        self.success.add(total);
        self.compute.add(computed);
        self.output.add(total.saturating_sub(computed));
        if let Ok(now) = SystemTime::UNIX_EPOCH.elapsed() {
            let milliseconds = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
            self.last_inference.store(milliseconds, Relaxed);
        }
    }

    /// A request was refused after this time.
    pub(super) fn failed(&self, time: Duration) {
        self.failure.add(time);
    }

    /// The statistics of the model of this name. Nothing waits in a queue of the model's own, and rows are never put
    /// together with those of other requests: these figures are 0, and each execution is one request.
    pub(super) fn json(&self, name: &str) -> Value {
        let nothing = Tally::default();
        json!({
            "name": name,
            "version": MODEL_VERSION,
            "last_inference": self.last_inference.load(Relaxed),
            "inference_count": self.rows.load(Relaxed),
            "execution_count": self.success.count.load(Relaxed),
            "inference_stats": {
                "success": self.success.json(),
                "fail": self.failure.json(),
                "queue": nothing.json(),
                "compute_input": nothing.json(),
                "compute_infer": self.compute.json(),
                "compute_output": self.output.json(),
            },
            "batch_stats": [],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_with_their_rows_and_times() {
        let statistics = Statistics::default();
        let micros = Duration::from_micros;
        statistics.succeeded(3, micros(2), micros(5));
        statistics.failed(micros(7));
        let mut json = statistics.json("x");
        assert!(json["last_inference"].take().as_u64() > Some(1_600_000_000_000));
        let times = json["inference_stats"].take();
        assert_eq!(json["inference_count"], 3);
        assert_eq!(json["execution_count"], 1);
        for (name, count, ns) in [
            ("success", 1, 5_000),
            ("fail", 1, 7_000),
            ("queue", 0, 0),
            ("compute_infer", 1, 2_000),
            ("compute_output", 1, 3_000),
        ] {
            assert_eq!(times[name], json!({ "count": count, "ns": ns }), "{name}");
        }
    }
}
