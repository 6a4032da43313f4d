//! `formats`, `--help`, and command lines that make no sense.

use std::io::Read as _;
use std::process::{Command, Stdio};

use crate::harness::{DIABETES, repository, run};

#[test]
fn every_format_is_listed_with_a_description() {
    let table = run(["formats"]).ok();
    for name in [
        "cbor",
        "json",
        "linfa-json",
        "linfa-cbor",
        "pickle",
        "skops",
    ] {
        assert!(table.contains(&format!("\n  {name} ")), "{table}");
    }
    // The descriptions stand below each other.
    let begins = |line: &str| line.rfind("  ").map(|place| place + 2);
    let mut places: Vec<_> = table
        .lines()
        .filter(|line| line.starts_with("  "))
        .map(begins)
        .collect();
    places.dedup();
    assert_eq!(places.len(), 1, "{table}");
    assert!(
        table.lines().all(|line| line.chars().count() <= 80),
        "{table}"
    );
}

#[test]
fn help_succeeds_and_names_every_command_and_exit_code() {
    let help = run(["--help"]).ok();
    for word in [
        "inspect",
        "convert",
        "check",
        "predict",
        "formats",
        "Exit codes",
    ] {
        assert!(help.contains(word), "{help}");
    }
}

#[test]
fn a_command_line_that_makes_no_sense_has_exit_code_2() {
    for arguments in [&[][..], &["inspect"], &["unpack", "x"], &["check"]] {
        assert_eq!(
            run(arguments.iter().copied()).code,
            Some(2),
            "{arguments:?}"
        );
    }
}

/// Letters that changed places.
#[test]
fn a_misspelt_command_or_flag_gets_a_suggestion() {
    run(["insepct", DIABETES]).refused(2, "a similar subcommand exists: 'inspect'");
    run(["convert", DIABETES, "--chekc", "rows.csv", "-o", "-"])
        .refused(2, "a similar argument exists: '--check'");
    run(["convert", DIABETES, "-o", "-", "--to", "jsno"])
        .refused(2, "a similar value exists: 'json'");
}

/// `model-tools inspect … | head -1` ends without a word.
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_model-tools"))
        .args(["predict", DIABETES, "-"])
        .current_dir(repository())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut rows = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut rows, b"1,2,3,4,5,6,7,8,9,10\n").unwrap();
    drop(rows);
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert_eq!(said, "");
    assert!(child.wait().unwrap().success());
}
