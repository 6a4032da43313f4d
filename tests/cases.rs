//! Requests and their answers on disk: each directory of `cases/invocations` and of the suites in
//! `cases/hosting` is one exchange.
//!
//! `request.http` is a request as it is sent, but for three things that are added: CRs in the head, `Host` and
//! `Content-Length`. `response.http` is the answer's status and content type, an empty line, and its body,
//! byte for byte. A body that is no text stands in hexadecimal: in `body.hex` beside the request, and after
//! `hex` in the answer. All are answered by the `model.json` beside them, with the variables in the suite's
//! `environment`, if it has one. With `UPDATE_CASES=1` the answers are
//! written instead of compared; read the difference before you commit it.

use std::fs;
use std::path::{Path, PathBuf};

use sagelet::artifact::Document;

use crate::harness::{Answer, Prefix, Server, case};

#[test]
fn every_case_is_answered_as_its_file_says() {
    let (count, failures) = run(&case("invocations"));
    assert!(count >= 30, "cases went missing");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_case_of_every_suite_is_answered_as_its_file_says() {
    let suites = directories(&case("hosting"));
    assert!(suites.len() >= 8, "suites went missing");
    let mut failures = Vec::new();
    for suite in suites {
        let (count, failed) = run(&suite);
        assert!(count > 0, "{} has no cases", suite.display());
        failures.extend(failed);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The table of formats in `docs/hosting.md` has an exchange for each of its cells.
#[test]
fn every_format_of_rows_has_a_case_for_every_format_of_predictions() {
    let formats = case("hosting/formats");
    for rows in [
        "csv",
        "json",
        "jsonlines",
        "npy",
        "recordio",
        "libsvm",
        "npz",
    ] {
        let answers = ["csv", "json", "jsonlines", "npy", "recordio"];
        let names = answers.map(|answer| format!("{rows}-to-{answer}"));
        for name in names.iter().chain([&format!("{rows}-by-default")]) {
            let answer = fs::read(formats.join(name).join("response.http")).unwrap();
            assert!(answer.starts_with(b"200\n"), "{name}");
        }
    }
}

/// The number of cases of a suite, and what is wrong with their answers.
fn run(suite: &Path) -> (usize, Vec<String>) {
    let model = fs::read_to_string(suite.join("model.json")).unwrap();
    let document: Document = serde_json::from_str(&model).unwrap();
    let environment = fs::read_to_string(suite.join("environment")).unwrap_or_default();
    let variables: Vec<_> = environment
        .lines()
        .filter_map(|line| line.split_once('='))
        .collect();
    let server = Server::start(Prefix::with_model(document), &variables);
    let cases = directories(suite);
    let failures = cases.iter().filter_map(|path| failure(&server, path));
    (cases.len(), failures.collect())
}

fn directories(root: &Path) -> Vec<PathBuf> {
    let entries = root.read_dir().unwrap();
    let mut directories: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    directories.retain(|path| path.is_dir());
    directories.sort();
    directories
}

/// What is wrong with the answer to a case, if anything.
fn failure(server: &Server, directory: &Path) -> Option<String> {
    let request = fs::read(directory.join("request.http"))
        .unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let binary = fs::read_to_string(directory.join("body.hex")).unwrap_or_default();
    let found = written(&server.send(wire(&request, &unhex(&binary))));
    let path = directory.join("response.http");
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(&path, found).unwrap();
        return None;
    }
    let expected = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    (found != expected).then(|| {
        format!(
            "{}\n--- expected\n{}\n--- found\n{}",
            directory.display(),
            String::from_utf8_lossy(&expected),
            String::from_utf8_lossy(&found)
        )
    })
}

/// A case's request as it goes over the wire.
fn wire(request: &[u8], binary: &[u8]) -> Vec<u8> {
    let end = memchr::memmem::find(request, b"\n\n").expect("an empty line after the head");
    let (head, body) = (&request[..end], [&request[end + 2..], binary].concat());
    let head = std::str::from_utf8(head)
        .expect("UTF-8")
        .replace('\n', "\r\n");
    let mut bytes = format!(
        "{head}\r\nHost: case\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(&body);
    bytes
}

/// An answer as it stands in a case.
fn written(answer: &Answer) -> Vec<u8> {
    let mut text = format!("{}\n", answer.status);
    for name in [
        "Allow",
        "Content-Type",
        "X-Amzn-SageMaker-Custom-Attributes",
    ] {
        if let Some(value) = answer.header(&name.to_ascii_lowercase()) {
            text.push_str(&format!("{name}: {value}\n"));
        }
    }
    text.push('\n');
    let is_text = |text: &str| {
        !text
            .chars()
            .any(|c| c.is_control() && !"\r\n\t".contains(c))
    };
    if std::str::from_utf8(&answer.body).is_ok_and(is_text) {
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&answer.body);
        return bytes;
    }
    text.push_str("hex\n");
    for line in answer.body.chunks(32) {
        let digits: String = line.iter().map(|byte| format!("{byte:02x}")).collect();
        text.push_str(&digits);
        text.push('\n');
    }
    text.into_bytes()
}

/// The bytes that hexadecimal digits stand for, whatever the lines they are on.
fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter_map(|digit| digit.to_digit(16))
        .map(|digit| u8::try_from(digit).unwrap())
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}
