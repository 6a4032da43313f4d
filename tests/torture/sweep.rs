//! Rows, features, outputs and formats in many combinations: no request takes more memory than its account allows.

use sagelet::artifact::{Document, Feature, MultiTarget, Parameters};
use sagelet::codec::Format;

use crate::bodies::{body, rows_of};
use crate::harness::server::invocation;
use crate::harness::{Connection, Prefix, Server};
use crate::memory::{BESIDE_KIB, CONTAINER, REQUESTS_KIB, THRESHOLD};

/// Formats of answers.
const ANSWERS: [&str; 5] = [
    "text/csv",
    "application/json",
    "application/jsonlines",
    "application/x-npy",
    "application/x-recordio-protobuf",
];

/// Features and targets of models: narrow, wide, and with far more of one than of the other.
const MODELS: [(usize, usize); 4] = [(1, 1), (10, 3), (2_000, 1), (1, 2_000)];

/// Bytes of bodies: one whose answer fits, in every format of answers, and one whose answer may not, in one of them.
const SMALL: usize = 1_000;
const LARGE: usize = 4_000_000;

fn model(features: usize, targets: usize) -> Document {
    let parameters = Parameters::MultiTargetRegression(MultiTarget {
        targets: Vec::new(),
        intercepts: vec![0.5; targets],
        coefficients: vec![vec![1.5; features]; targets],
    });
    Document::new(vec![Feature::default(); features], parameters)
}

/// Sends bodies of all sizes in all formats to a server of its own, and says how many were answered and refused.
fn sweep(features: usize, targets: usize) -> (usize, usize) {
    let prefix = Prefix::with_model(model(features, targets));
    let server = Server::start(prefix, &[CONTAINER, THRESHOLD]).settled();
    let before = server.process.kib("VmRSS");
    let (mut answered, mut refused) = (0, 0);
    for (index, format) in Format::ALL.into_iter().enumerate() {
        let one = &ANSWERS[index % ANSWERS.len()..][..1];
        for (bytes, answers) in [(SMALL, &ANSWERS[..]), (LARGE, one)] {
            let rows = rows_of(format, bytes, features).max(1);
            let body = body(format, rows, features);
            for &accept in answers {
                let headers = [("Content-Type", format.media_type()), ("Accept", accept)];
                let mut connection = Connection::open(server.port);
                let _ = connection.try_send(invocation(&headers, &body));
                let answer = connection.answer();
                let of = format!("{features} x {targets}, {rows} rows of {format:?} as {accept}");
                match answer.status {
                    200 => answered += 1,
                    413 => refused += 1,
                    _ => panic!("{of}: {} {}", answer.status, answer.reason()),
                }
                let most = server.process.kib("VmHWM");
                assert!(
                    most <= before + REQUESTS_KIB + BESIDE_KIB,
                    "{of}: {most} KiB, {before} KiB before"
                );
            }
        }
    }
    let ended = server.stop();
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    (answered, refused)
}

#[test]
fn no_request_of_any_shape_and_format_takes_more_than_its_account() {
    for (features, targets) in MODELS {
        let (answered, refused) = sweep(features, targets);
        println!("{features} features, {targets} targets: {answered} answered, {refused} refused");
        assert!(answered >= Format::ALL.len() * ANSWERS.len(), "{answered}");
    }
}
