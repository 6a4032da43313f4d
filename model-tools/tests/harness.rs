//! Runs `model-tools` and finds the cases.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run gave.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Run {
    /// The standard output of a run that must have succeeded.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "stderr: {}", self.stderr);
        String::from_utf8(self.stdout).unwrap()
    }

    /// Checks that the run failed with `code`, printed no result, and said `reason`.
    #[track_caller]
    pub(crate) fn refused(&self, code: i32, reason: &str) {
        assert_eq!(self.code, Some(code), "stderr: {}", self.stderr);
        assert_eq!(self.stdout, b"", "a refusal prints no result");
        assert!(
            self.stderr.contains(reason),
            "{reason:?} is not in {:?}",
            self.stderr
        );
    }
}

/// Runs with nothing on standard input.
pub(crate) fn run<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Run {
    run_with(arguments, b"")
}

/// Runs with these bytes on standard input.
pub(crate) fn run_with<'a>(arguments: impl IntoIterator<Item = &'a str>, stdin: &[u8]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_model-tools"))
        .args(arguments)
        .current_dir(repository())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses its arguments does not read, and the pipe breaks.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code(),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The root of the repository, where every run starts.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The path of a case.
pub(crate) fn case(name: &str) -> String {
    format!("model-tools/tests/cases/{name}")
}

/// The paths of all cases in a folder that end with `.json`.
pub(crate) fn cases(folder: &str) -> Vec<String> {
    let mut paths: Vec<String> = std::fs::read_dir(repository().join(case(folder)))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .map(|name| case(&format!("{folder}/{name}")))
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no cases in {folder}");
    paths
}

/// The model of the diabetes example.
pub(crate) const DIABETES: &str = "examples/diabetes/model.cbor";

/// A directory that goes away with the test, and paths in it.
pub(crate) struct Scratch(tempfile::TempDir);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// The names of the files in it.
    pub(crate) fn files(&self) -> Vec<String> {
        std::fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}
