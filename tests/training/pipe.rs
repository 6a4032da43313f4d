//! Pipe mode: one FIFO per pass over the rows.

use std::fs::OpenOptions;
use std::io::Write;
use std::process::Command;
use std::thread::{Builder, JoinHandle};

use super::{ROWS, assert_close, job, parameters, refused, report, trained};
use crate::harness::Prefix;

const CONFIG: &str = r#"{"training": {"TrainingInputMode": "Pipe", "ContentType": "text/csv"}, "validation": {"TrainingInputMode": "Pipe"}}"#;

/// A job whose channels come through FIFOs.
fn piped(hyperparameters: &str) -> Prefix {
    let prefix = Prefix::new();
    prefix.write("input/config/hyperparameters.json", hyperparameters);
    prefix.write(
        "input/config/inputdataconfig.json",
        CONFIG.replace(r#", "validation": {"TrainingInputMode": "Pipe"}"#, ""),
    );
    std::fs::create_dir_all(prefix.path("input/data")).unwrap();
    prefix
}

/// Makes the FIFO of an epoch and writes these bytes into it, once somebody reads. Returns whether somebody did.
fn epoch(prefix: &Prefix, name: &str, bytes: impl Into<Vec<u8>>) -> JoinHandle<bool> {
    let path = prefix.path(&format!("input/data/{name}"));
    assert!(
        Command::new("mkfifo")
            .arg(&path)
            .status()
            .unwrap()
            .success()
    );
    let bytes = bytes.into();
    let write = move || {
        let mut fifo = OpenOptions::new().write(true).open(path).unwrap();
        fifo.write_all(&bytes).is_ok()
    };
    Builder::new().spawn(write).unwrap()
}

fn same_as_files(hyperparameters: &str, rows: &str, epochs: usize) {
    let files = trained(&job(hyperparameters, rows));
    let prefix = piped(hyperparameters);
    let writers: Vec<_> = (0..epochs)
        .map(|number| epoch(&prefix, &format!("training_{number}"), rows))
        .collect();
    let mut pipes = trained(&prefix);
    for writer in writers {
        assert!(writer.join().unwrap());
    }
    pipes.provenance.clone_from(&files.provenance);
    assert_eq!(pipes, files);
}

#[test]
fn least_squares_needs_one_epoch() {
    same_as_files("{}", &ROWS.repeat(50_000), 1);
    same_as_files("{}", &format!("y,a,b\n{ROWS}"), 1);
}

#[test]
fn categories_need_another_epoch() {
    same_as_files("{}", &"1,x,3\n2,y,4\n5,x,7\n8,y,3\n2,z,4\n".repeat(1000), 2);
}

#[test]
fn logistic_regression_reads_an_epoch_for_each_pass_that_memory_does_not_keep() {
    let rows = "yes,1,0\nno,0,1\nyes,2,1\nno,1,2\nno,3,1\nyes,0,2\n".repeat(50_000);
    same_as_files(r#"{"wd": "0.01"}"#, &rows, 1);
    let again = r#"{"wd": "0.01", "memory": "1"}"#;
    let files = job(again, &rows);
    trained(&files);
    let passes = report(&files)["passes"].as_u64().unwrap();
    assert!(passes > 1);
    same_as_files(again, &rows, usize::try_from(passes).unwrap());
}

#[test]
fn an_epoch_that_gives_other_rows_is_refused() {
    let rows = "yes,1,0\nno,0,1\nyes,2,1\nno,1,2\nno,3,1\nyes,0,2\n".repeat(1000);
    let prefix = piped(r#"{"wd": "0.01", "memory": "1"}"#);
    let first = epoch(&prefix, "training_0", rows.as_str());
    let second = epoch(&prefix, "training_1", rows.replace("yes,0,2", "yes,0,3"));
    let reason = refused(&prefix);
    assert!(reason.contains("ShuffleConfig"), "{reason}");
    first.join().unwrap();
    second.join().unwrap();
}

#[test]
fn every_channel_may_come_through_a_pipe_and_be_compressed() {
    let prefix = piped("{}");
    prefix.write("input/config/inputdataconfig.json", CONFIG);
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    let compressed = ruzstd::encoding::compress_to_vec(ROWS.as_bytes(), level);
    let training = epoch(&prefix, "training_0", compressed);
    let validation = epoch(&prefix, "validation_0", "1,0,0\n");
    let document = trained(&prefix);
    training.join().unwrap();
    validation.join().unwrap();
    assert_close(&parameters(&document).coefficients, &[2.0, -3.0]);
    assert!(document.metrics["validation_rmse"] < 1e-12);
}

#[test]
fn a_row_that_cannot_be_read_is_named_by_its_line() {
    let prefix = piped("{}");
    let writer = epoch(
        &prefix,
        "training_0",
        format!("{}1,x,3\n", ROWS.repeat(60_000)),
    );
    let reason = refused(&prefix);
    assert!(reason.contains("row 300001"), "{reason}");
    let _ = writer.join();
}
