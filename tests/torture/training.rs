//! A training job without memory, and one that is stopped.

use std::process::Command;

use rustix::process::Signal;

use crate::harness::namespace::{as_process_1, signal_process_1};
use crate::harness::{Prefix, Process, binary};

/// Rows of whole numbers, in an order that looks random, with the label first.
fn rows(count: usize, features: usize) -> String {
    let cell = |number: usize| (number.wrapping_mul(2_654_435_761) >> 9) % 100;
    let row = |row: usize| {
        let cells = (0..=features).map(|column| cell(row * 7_919 + column).to_string());
        cells.collect::<Vec<_>>().join(",") + "\n"
    };
    (0..count).map(row).collect()
}

fn prefix(rows: &str) -> Prefix {
    let prefix = Prefix::new();
    prefix.write("input/data/training/rows.csv", rows);
    prefix
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
