//! The names an image gives the program, and the words a platform may put after them.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use crate::harness::binary;

fn run(program: impl AsRef<Path>, arguments: &[&str]) -> Output {
    let mut command = Command::new(program.as_ref());
    command.args(arguments).env_clear().output().unwrap()
}

/// Runs the program through a link of the given name.
fn run_as(name: &str, arguments: &[&str]) -> Output {
    let directory = tempfile::tempdir().unwrap();
    let link = directory.path().join(name);
    symlink(binary(), &link).unwrap();
    run(link, arguments)
}

fn log_of(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What `serve` alone says of this port, so that nothing has to be served to see that it was `serve`.
const NO_PORT: &str =
    "error: --port=\"here\" is not valid: expected a port number from 0 to 65535\n";

#[test]
fn a_link_called_serve_serves() {
    let output = run_as("serve", &["--port", "here"]);
    assert_eq!(log_of(&output), NO_PORT);
    assert_eq!(output.status.code(), Some(64));
}

#[test]
fn a_link_called_train_trains() {
    let prefix = tempfile::tempdir().unwrap();
    let output = run_as("train", &["--prefix", prefix.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1), "{}", log_of(&output));
    assert!(prefix.path().join("output/failure").exists());
}

#[test]
fn a_link_of_any_other_name_wants_a_subcommand() {
    let output = run_as("server", &["--port", "here"]);
    assert_eq!(output.status.code(), Some(64));
    assert_eq!(run_as("server", &["version"]).status.code(), Some(0));
}

#[test]
fn words_after_the_subcommand_are_logged_and_ignored() {
    let ignored = "argument \"extra\" is not known and was ignored\n";
    let output = run(binary(), &["serve", "extra", "--port", "here"]);
    assert_eq!(log_of(&output), format!("{ignored}{NO_PORT}"));
    // The platform's `serve` arrives at a link that is `serve` already.
    let output = run_as("serve", &["serve", "--port", "here"]);
    assert!(log_of(&output).ends_with(NO_PORT), "{}", log_of(&output));

    let prefix = tempfile::tempdir().unwrap();
    let prefix = prefix.path().to_str().unwrap();
    let output = run(binary(), &["train", "extra", "--prefix", prefix]);
    assert!(log_of(&output).starts_with(ignored), "{}", log_of(&output));
}

#[test]
fn flags_may_stand_before_the_command() {
    let output = run(binary(), &["--port", "here", "serve"]);
    assert_eq!(log_of(&output), NO_PORT);
    let output = run(binary(), &["--port", "1", "train"]);
    assert_eq!(output.status.code(), Some(64));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        error.contains("--port is a flag of serve and ping only"),
        "{error}"
    );
}

#[test]
fn help_is_at_most_80_columns_wide() {
    let help = log_of(&run(binary(), &["help"]));
    let widest = help.lines().map(str::len).max();
    assert!(widest <= Some(80), "{widest:?}: {help}");
}

#[test]
fn an_unknown_flag_is_an_error_that_names_it() {
    for subcommand in ["serve", "train", "ping", "version"] {
        let output = run(binary(), &[subcommand, "--workers", "4"]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(64), "{subcommand}: {error}");
        assert!(error.contains("'--workers'"), "{subcommand}: {error}");
    }
}
