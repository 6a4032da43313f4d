//! HTTP/1.1 framing, by the raw requests in `cases/http`.
//!
//! A case begins with lines after `#`: what it is, with its place in an RFC, and what must come of it.
//!
//! | line | meaning |
//! | --- | --- |
//! | `status: 200 404` | one answer each, with these statuses; `400\|501` allows either |
//! | `body: 1.5\n` | the last answer's body |
//! | `closes` | the last answer says `Connection: close`, and nothing that follows is answered |
//! | `keep-alive` | the answer says `Connection: keep-alive`, as HTTP/1.0 needs it |
//! | `half-close` | the client says after it that no more will come |
//!
//! The lines after the first empty one are the request: their own ends do not count, and `\r`, `\n`, `\t`, `\0`
//! and `\x41` stand for the bytes they name.

use std::fs;
use std::path::Path;

use crate::harness::prefix::identity;
use crate::harness::{Answer, Connection, Server, case};

/// Follows every request on the same connection. Answered after a valid one, it shows that both sides agree on
/// where that request ended; after an invalid one it must not be answered, or a request could be smuggled.
const PROBE: &[u8] = b"GET /ping HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n";

#[derive(Default)]
struct Case {
    name: String,
    /// One list of allowed statuses an answer.
    statuses: Vec<Vec<u16>>,
    body: Option<Vec<u8>>,
    closes: bool,
    keeps_alive: bool,
    half_closes: bool,
    request: Vec<u8>,
}

impl Case {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let (notes, lines) = text
            .split_once("\n\n")
            .expect("an empty line before the request");
        let mut case = Self {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            request: unescape(&lines.replace('\n', "")),
            ..Self::default()
        };
        for note in notes
            .lines()
            .map(|line| line.trim_start_matches(['#', ' ']))
        {
            case.note(note);
        }
        assert!(!case.statuses.is_empty(), "{} has no status", case.name);
        case
    }

    fn note(&mut self, note: &str) {
        match note.split_once(": ") {
            Some(("status", statuses)) => {
                let alternatives = |word: &str| {
                    word.split('|')
                        .map(|status| status.parse().unwrap())
                        .collect()
                };
                self.statuses = statuses.split(' ').map(alternatives).collect();
            }
            Some(("body", body)) => self.body = Some(unescape(body)),
            _ if note == "closes" => self.closes = true,
            _ if note == "keep-alive" => self.keeps_alive = true,
            _ if note == "half-close" => self.half_closes = true,
            _ => {} // what the case is
        }
    }

    /// Checks one answer's status, and gives it back.
    fn answer(&self, connection: &mut Connection, index: usize) -> Answer {
        let answer = connection.try_answer();
        let Ok(Some(answer)) = answer else {
            panic!("{}: no answer {}: {answer:?}", self.name, index + 1);
        };
        let allowed = &self.statuses[index];
        assert!(
            allowed.contains(&answer.status),
            "{}: {answer:?}, not {allowed:?}",
            self.name
        );
        answer
    }

    fn check_valid(&self, connection: &mut Connection) {
        let answers: Vec<Answer> = (0..self.statuses.len())
            .map(|index| self.answer(connection, index))
            .collect();
        let last = answers.last().expect("one at least");
        if let Some(body) = &self.body {
            assert_eq!(&last.body, body, "{}", self.name);
        }
        if self.keeps_alive {
            assert_eq!(
                last.header("connection").map(str::to_lowercase).as_deref(),
                Some("keep-alive"),
                "{}",
                self.name
            );
        }
        assert_eq!(
            last.closes(),
            self.closes || last.status == 505,
            "{}: {last:?}",
            self.name
        );
        if !last.closes() {
            let probe = connection.try_answer();
            assert!(
                matches!(&probe, Ok(Some(answer)) if answer.status == 200 && answer.closes()),
                "{}: {probe:?}",
                self.name
            );
        }
        let rest = connection.rest();
        assert!(
            rest.is_empty(),
            "{}: then {:?}",
            self.name,
            String::from_utf8_lossy(&rest)
        );
    }

    fn check_invalid(&self, connection: &mut Connection) {
        let answer = self.answer(connection, 0);
        assert!(answer.closes(), "{}: {answer:?} does not close", self.name);
        assert!(!answer.reason().is_empty(), "{}", self.name);
        let rest = connection.rest();
        assert!(
            rest.is_empty(),
            "{}: what followed was answered: {:?}",
            self.name,
            String::from_utf8_lossy(&rest)
        );
    }
}

/// Every case of a directory, which must have `least` of them: none is lost unnoticed.
fn cases(directory: &str, least: usize) -> Vec<Case> {
    let mut paths: Vec<_> = case(directory)
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(paths.len() >= least, "cases of {directory} went missing");
    paths.iter().map(|path| Case::read(path)).collect()
}

fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next() {
                Some(b'r') => b'\r',
                Some(b'n') => b'\n',
                Some(b't') => b'\t',
                Some(b'0') => 0,
                Some(b'x') => {
                    let digits = [rest.next().unwrap(), rest.next().unwrap()];
                    u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
                }
                other => panic!("unknown escape \\{:?} in {text}", other.map(char::from)),
            },
            byte => byte,
        });
    }
    bytes
}

/// Runs each case on a connection of its own and gathers what fails, so that one run shows all of it.
fn run(
    cases: &[Case],
    send: impl Fn(&mut Connection, &[u8]),
    check: impl Fn(&Case, &mut Connection),
) {
    let server = Server::of(identity());
    let mut failed = Vec::new();
    for case in cases {
        let mut connection = server.connect();
        send(&mut connection, &case.request);
        if case.half_closes {
            connection.half_close();
        } else {
            send(&mut connection, PROBE);
        }
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            check(case, &mut connection)
        }));
        failed.extend(checked.is_err().then_some(case.name.as_str()));
    }
    assert!(
        failed.is_empty(),
        "{} of {} cases failed: {}",
        failed.len(),
        cases.len(),
        failed.join(" ")
    );
    assert_eq!(server.get("/ping").status, 200);
    assert!(
        !server.process.log().contains("panicked"),
        "{}",
        server.process.log()
    );
}

/// In one piece as far as the system lets it. A server that has refused a request need not read on.
fn at_once(connection: &mut Connection, bytes: &[u8]) {
    let _ = connection.try_send(bytes);
}

fn byte_by_byte(connection: &mut Connection, bytes: &[u8]) {
    for byte in bytes {
        if connection.try_send([*byte]).is_err() {
            return;
        }
    }
}

#[test]
fn valid_requests_are_answered_and_what_follows_them_too() {
    run(&cases("http/valid", 70), at_once, Case::check_valid);
}

#[test]
fn valid_requests_are_answered_when_they_come_byte_by_byte() {
    run(&cases("http/valid", 70), byte_by_byte, Case::check_valid);
}

#[test]
fn invalid_requests_are_refused_and_what_follows_them_is_not_answered() {
    run(&cases("http/invalid", 170), at_once, Case::check_invalid);
}

#[test]
fn invalid_requests_are_refused_when_they_come_byte_by_byte() {
    run(
        &cases("http/invalid", 170),
        byte_by_byte,
        Case::check_invalid,
    );
}
