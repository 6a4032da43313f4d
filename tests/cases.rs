//! Requests and their answers on disk: each directory of `cases/invocations` is one exchange.
//!
//! `request.http` is a request as it is sent, but for three things that are added: CRs in the head, `Host` and
//! `Content-Length`. `response.http` is the answer's status and content type, an empty line, and its body,
//! byte for byte. All are answered by `cases/invocations/model.json`. With `UPDATE_CASES=1` the answers are
//! written instead of compared; read the difference before you commit it.

use std::fs;
use std::path::Path;

use sagelet::artifact::Document;

use crate::harness::{Answer, Server, case};

#[test]
fn every_case_is_answered_as_its_file_says() {
    let root = case("invocations");
    let model = fs::read_to_string(root.join("model.json")).unwrap();
    let document: Document = serde_json::from_str(&model).unwrap();
    let server = Server::of(document);
    let mut directories: Vec<_> = root
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    directories.retain(|path| path.is_dir());
    directories.sort();
    assert!(directories.len() >= 30, "cases went missing");
    let failures: Vec<String> = directories
        .iter()
        .filter_map(|path| failure(&server, path))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What is wrong with the answer to a case, if anything.
fn failure(server: &Server, directory: &Path) -> Option<String> {
    let request = fs::read(directory.join("request.http"))
        .unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let found = written(&server.send(wire(&request)));
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
fn wire(request: &[u8]) -> Vec<u8> {
    let end = memchr::memmem::find(request, b"\n\n").expect("an empty line after the head");
    let (head, body) = (&request[..end], &request[end + 2..]);
    let head = std::str::from_utf8(head)
        .expect("UTF-8")
        .replace('\n', "\r\n");
    let mut bytes = format!(
        "{head}\r\nHost: case\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// An answer as it stands in a case.
fn written(answer: &Answer) -> Vec<u8> {
    let mut text = format!("{}\n", answer.status);
    for name in ["Allow", "Content-Type"] {
        if let Some(value) = answer.header(&name.to_ascii_lowercase()) {
            text.push_str(&format!("{name}: {value}\n"));
        }
    }
    text.push('\n');
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(&answer.body);
    bytes
}
