//! Jobs that are killed and started again, and jobs that follow each other in one container.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::{ROWS, job, refused, train, trained};
use crate::harness::{Prefix, Process};

/// Numbers that look random and are the same in every run (an LCG of Knuth's).
struct Random(u64);

impl Random {
    /// From 0 to less than 1.
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Rows of 4 MB with a label that is a number or one of two texts.
fn rows(classes: bool) -> String {
    let mut random = Random(7);
    let mut text = String::new();
    while text.len() < 4 << 20 {
        let cells: Vec<f64> = (0..6).map(|_| random.next() - 0.5).collect();
        let score = 2.0 * cells[0] - 3.0 * cells[1] + cells[2] * cells[3] + random.next() - 0.5;
        if classes {
            text.push_str(if score + 2.0 * random.next() - 1.0 > 0.0 {
                "yes"
            } else {
                "no"
            });
        } else {
            write!(text, "{score}").unwrap();
        }
        for cell in cells {
            write!(text, ",{cell}").unwrap();
        }
        text.push('\n');
    }
    text
}

/// Kills a job at this many random moments, each time after it went on from where it was, and compares what it makes
/// in the end with what a job makes that nobody kills.
fn killed_and_resumed(hyperparameters: &str, rows: &str, kills: usize, seed: u64) {
    let prefix = job(hyperparameters, rows);
    let started = Instant::now();
    assert_eq!(train(&prefix).status.code(), Some(0));
    let whole = started.elapsed();
    let expected = std::fs::read(prefix.path("model/model.cbor")).unwrap();
    let report = prefix.read("output/data/training.json");
    let mut random = Random(seed);
    let (mut killed, mut resumed) = (0, 0);
    while killed < kills {
        std::fs::create_dir_all(prefix.path("checkpoints")).unwrap();
        let process = Process::sagelet(&["train", "--prefix", prefix.argument()], &[]);
        std::thread::sleep(
            whole
                .mul_f64(0.9 * random.next())
                .max(Duration::from_millis(1)),
        );
        process.signal(Signal::KILL);
        let ended = process.wait();
        resumed += usize::from(ended.log.contains("going on from a checkpoint"));
        killed += usize::from(!ended.status.success());
        if ended.status.success() {
            assert_eq!(
                std::fs::read(prefix.path("model/model.cbor")).unwrap(),
                expected
            );
        }
    }
    assert!(resumed > 0, "no job of {kills} had anything to go on from");
    let ended = train(&prefix);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    assert_eq!(
        std::fs::read(prefix.path("model/model.cbor")).unwrap(),
        expected
    );
    assert_eq!(prefix.read("output/data/training.json"), report);
    let left = prefix.path("checkpoints").read_dir().unwrap().count();
    assert_eq!(left, 0, "nothing is left for the next job");
}

#[test]
fn least_squares_killed_at_ten_random_moments_ends_in_the_same_bytes() {
    killed_and_resumed(
        r#"{"checkpoint_seconds": "0"}"#,
        &rows(false).repeat(3),
        10,
        1,
    );
}

#[test]
fn logistic_regression_killed_at_ten_random_moments_ends_in_the_same_bytes() {
    let settings = r#"{"checkpoint_seconds": "0", "memory": "1m", "positive_example_weight_mult": "balanced"}"#;
    killed_and_resumed(settings, &rows(true), 10, 2);
}

#[test]
fn a_job_that_is_stopped_goes_on_behind_the_last_chunk() {
    let prefix = job(r#"{"checkpoint_seconds": "3600"}"#, &rows(false).repeat(3));
    std::fs::create_dir_all(prefix.path("checkpoints")).unwrap();
    let process = Process::sagelet(&["train", "--prefix", prefix.argument()], &[]);
    process.wait_for_line("the labels are numbers");
    process.signal(Signal::TERM);
    let ended = process.wait();
    assert!(ended.log.contains("stopped by SIGTERM"), "{}", ended.log);
    assert!(prefix.path("checkpoints/sagelet-pass-0").exists());
    let ended = train(&prefix);
    assert!(
        ended.log.contains("going on from a checkpoint"),
        "{}",
        ended.log
    );
}

/// A checkpoint that a killed job of these hyperparameters and rows has left.
fn left_over() -> Prefix {
    let prefix = job(r#"{"checkpoint_seconds": "0"}"#, &rows(false));
    std::fs::create_dir_all(prefix.path("checkpoints")).unwrap();
    let process = Process::sagelet(&["train", "--prefix", prefix.argument()], &[]);
    let deadline = Instant::now() + Duration::from_secs(60);
    while !prefix.path("checkpoints/sagelet-pass-0").exists() {
        assert!(Instant::now() < deadline, "{}", process.log());
        std::thread::yield_now();
    }
    drop(process);
    prefix
}

#[test]
fn a_checkpoint_of_other_data_or_settings_is_ignored_with_the_reason() {
    let prefix = left_over();
    let path = prefix.path("checkpoints/sagelet-pass-0");
    let saved = std::fs::read(&path).unwrap();
    let mut damaged = saved.clone();
    damaged[saved.len() / 2] ^= 1;
    for (bytes, hyperparameters, more, reason) in [
        (&damaged[..], "0", "", "it is damaged"),
        (&saved[..40], "0", "", "it is cut short"),
        (
            &saved[..],
            "1",
            "",
            "the hyperparameters or the version of sagelet are not the same",
        ),
        (
            &saved[..],
            "0",
            "1,1,1,1,1,1,1\n",
            "the names or sizes of the files are not the same",
        ),
    ] {
        prefix.write(
            "input/config/hyperparameters.json",
            format!(r#"{{"checkpoint_seconds": "{hyperparameters}"}}"#),
        );
        prefix.write("input/data/training/more.csv", more);
        std::fs::write(&path, bytes).unwrap();
        let ended = train(&prefix);
        assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
        let line = format!("the checkpoint is ignored: {reason}");
        assert!(ended.log.contains(&line), "{line}\n{}", ended.log);
    }
}

#[test]
fn nothing_of_a_job_is_left_for_the_next_one_in_the_same_container() {
    let prefix = left_over();
    prefix.write("model/.sagelet-half", "half a model");
    prefix.write("input/data/training/rows.csv", "a\nb\n");
    refused(&prefix);
    assert!(!prefix.path("output/data/training.json").exists());
    prefix.write("input/data/training/rows.csv", ROWS);
    let model = trained(&prefix);
    let alone = job(r#"{"checkpoint_seconds": "0"}"#, ROWS);
    assert_eq!(trained(&alone), model);
    for directory in ["model", "checkpoints"] {
        let left: Vec<_> = prefix.path(directory).read_dir().unwrap().collect();
        let expected = usize::from(directory == "model");
        assert_eq!(left.len(), expected, "{left:?}");
    }
    prefix.write("input/data/training/rows.csv", "a\nb\n");
    refused(&prefix);
}
