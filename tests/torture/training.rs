//! A training job without memory, and one that is stopped.

use std::process::Command;

use rustix::process::Signal;

use crate::harness::namespace::{as_process_1, signal_process_1};
use crate::harness::{Prefix, Process, binary};

/// Rows of whole numbers, in an order that looks random, with the label first.
fn rows(count: usize, features: usize) -> String {
    labelled(count, features, 100)
}

/// Such rows, with so many different labels.
fn labelled(count: usize, features: usize, labels: usize) -> String {
    let cell = |number: usize| (number.wrapping_mul(2_654_435_761) >> 9) % 100;
    let row = |row: usize| {
        let label = cell(row * 7_919) % labels;
        let cells = (1..=features).map(|column| format!(",{}", cell(row * 7_919 + column)));
        format!("{label}{}\n", cells.collect::<String>())
    };
    (0..count).map(row).collect()
}

fn prefix(rows: &str) -> Prefix {
    let prefix = Prefix::new();
    prefix.write("input/data/training/rows.csv", rows);
    prefix
}

/// Settings of each family, with how many columns and labels its rows have.
const FAMILIES: [(&str, usize, usize); 4] = [
    ("{}", 250, 100),
    (r#"{"loss": "poisson", "memory": "1g"}"#, 120, 100),
    (
        r#"{"predictor_type": "binary_classifier", "wd": "0.1"}"#,
        120,
        2,
    ),
    (
        r#"{"predictor_type": "multiclass_classifier", "wd": "0.1"}"#,
        60,
        5,
    ),
];

/// What training plans is enough: whatever the limit, a job ends with a model, or with the reason why it did not begin.
#[test]
fn no_limit_on_memory_ends_training_without_a_word() {
    let (mut trained, mut refused) = (0, 0);
    for (settings, columns, labels) in FAMILIES {
        let prefix = prefix(&labelled(600, columns, labels));
        prefix.write("input/config/hyperparameters.json", settings);
        for megabytes in [22, 30, 45, 60, 160] {
            let mut command = Command::new("prlimit");
            command.arg(format!("--data={}", megabytes * 1_000_000));
            command.arg(binary());
            command.args(["train", "--prefix", prefix.argument()]);
            let ended = Process::spawn(command, &[("MALLOC_ARENA_MAX", "1")]).wait();
            let of = format!("{settings} in {megabytes} MB: {}", ended.log);
            if ended.status.code() == Some(0) {
                assert!(!prefix.path("output/failure").exists(), "{of}");
                trained += 1;
            } else {
                assert_eq!(ended.status.code(), Some(1), "{of}");
                let reason = prefix.read("output/failure");
                assert!(reason.contains("columns takes up to"), "{of}");
                refused += 1;
            }
        }
    }
    println!("{trained} trained, {refused} refused");
    assert!(trained >= FAMILIES.len() && refused >= FAMILIES.len());
}

/// The system ends a process without memory, and asks it nothing.
#[test]
fn a_job_that_the_system_ends_has_left_a_failure_file_and_the_next_one_removes_it() {
    let prefix = prefix(&rows(4_000, 1_000));
    let process = Process::sagelet(&["train", "--prefix", prefix.argument()], &[]);
    process.wait_for_line("the labels are numbers");
    process.signal(Signal::KILL);
    process.wait();
    let reason = prefix.read("output/failure");
    assert!(reason.contains("ended from outside"), "{reason}");
    prefix.write("input/data/training/rows.csv", rows(20, 2));
    let ended = Process::sagelet(&["train", "--prefix", prefix.argument()], &[]).wait();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    assert!(!prefix.path("output/failure").exists());
}

#[test]
fn training_without_memory_says_so_in_a_failure_file() {
    let prefix = prefix(&rows(20, 4_000));
    let mut command = Command::new("prlimit");
    command.arg("--data=67108864").arg(binary());
    command.args(["train", "--prefix", prefix.argument()]);
    let ended = Process::spawn(command, &[]).wait();
    assert_eq!(ended.status.code(), Some(1), "{}", ended.log);
    let reason = prefix.read("output/failure");
    assert!(
        reason.contains("a fit of 4000 columns takes up to"),
        "{reason}"
    );
    assert!(!prefix.path("model/model.cbor").exists());
}

#[test]
fn sigterm_ends_training_with_a_reason_and_no_model() {
    let prefix = prefix(&rows(4_000, 1_000));
    let process = Process::sagelet(&["train", "--prefix", prefix.argument()], &[]);
    process.wait_for_line("the labels are numbers");
    process.signal(Signal::TERM);
    assert_stopped(process, &prefix);
}

/// As the platform stops a job: the program is process 1 of its container, which a signal without a handler never ends.
#[test]
fn sigterm_ends_training_as_process_1_of_a_container_too() {
    let prefix = prefix(&rows(4_000, 1_000));
    let command = as_process_1(&["train", "--prefix", prefix.argument()]);
    let command =
        command.expect("this test needs unshare, and leave to make a namespace of processes");
    let process = Process::spawn(command, &[]);
    process.wait_for_line("the labels are numbers");
    signal_process_1(&process, Signal::TERM);
    assert_stopped(process, &prefix);
}

fn assert_stopped(process: Process, prefix: &Prefix) {
    let ended = process.wait();
    assert_eq!(ended.status.code(), Some(1), "{}", ended.log);
    let reason = prefix.read("output/failure");
    assert!(reason.contains("stopped by SIGTERM"), "{reason}");
    assert!(!prefix.path("model/model.cbor").exists());
}
