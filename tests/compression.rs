//! Compressed bodies: the rows in them are predicted, and none costs more than it may.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

use crate::harness::prefix::identity;
use crate::harness::server::invocation;
use crate::harness::{Answer, Prefix, Server};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn raw(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn send(server: &Server, coding: &str, body: impl AsRef<[u8]>) -> Answer {
    let headers = [("Content-Type", "text/csv"), ("Content-Encoding", coding)];
    server.send(invocation(&headers, body))
}

/// Rows that no compression shrinks much, and what the identity predicts for them.
fn rows(count: u32) -> (String, Vec<f64>) {
    // Every number below 2^31 once, in an order that looks random (Knuth, volume 2, section 3.2.1).
    let numbers = (1..=count).map(|row| f64::from(row.wrapping_mul(2_654_435_761) >> 1));
    let numbers: Vec<f64> = numbers.collect();
    let lines = numbers.iter().map(|number| format!("{number}\n"));
    (lines.collect(), numbers)
}

#[test]
fn each_coding_that_is_read_gives_the_predictions_of_the_plain_rows() {
    let server = Server::of(identity());
    // One row is decompressed in place, a thousand by a compute thread, a hundred thousand in many steps.
    for count in [1, 1_000, 100_000] {
        let (text, numbers) = rows(count);
        let text = text.as_bytes();
        for (coding, body) in [
            ("identity", text.to_vec()),
            ("gzip", gzip(text)),
            ("X-GZip", gzip(text)),
            ("identity, gzip", gzip(text)),
            ("deflate", zlib(text)),
            ("deflate", raw(text)),
            ("zstd", zstd(text)),
        ] {
            let answer = send(&server, coding, body);
            assert_eq!(answer.predictions(), numbers, "{count} rows as {coding}");
        }
    }
}

#[test]
fn a_gzip_body_may_have_several_members_and_any_of_its_optional_fields() {
    let server = Server::of(identity());
    let named = flate2::GzBuilder::new()
        .filename("rows.csv")
        .comment("the first part")
        .extra(b"xx\x02\x00ab".to_vec());
    let mut named = named.write(Vec::new(), Compression::best());
    named.write_all(b"1\n2").unwrap();
    let body = [
        named.finish().unwrap(),
        gzip(b"3\n"),
        gzip(b""),
        gzip(b"4\n"),
    ]
    .concat();
    assert_eq!(send(&server, "gzip", body).predictions(), [1.0, 23.0, 4.0]);
}

#[test]
fn chunks_are_put_together_before_they_are_decompressed() {
    let server = Server::of(identity());
    let (text, numbers) = rows(5_000);
    let mut request = b"POST /invocations HTTP/1.1\r\nHost: test\r\nContent-Type: text/csv\r\n\
        Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        .to_vec();
    for piece in gzip(text.as_bytes()).chunks(999) {
        request.extend(format!("{:x}\r\n", piece.len()).as_bytes());
        request.extend(piece);
        request.extend(b"\r\n");
    }
    request.extend(b"0\r\n\r\n");
    assert_eq!(server.send(request).predictions(), numbers);
}

#[test]
fn a_body_that_is_damaged_cut_short_or_followed_by_something_is_400_and_the_connection_goes_on() {
    let server = Server::of(identity());
    let mut connection = server.connect();
    for count in [1, 10_000] {
        let (text, _) = rows(count);
        for (coding, whole) in [
            ("gzip", gzip(text.as_bytes())),
            ("deflate", zlib(text.as_bytes())),
            ("deflate", raw(text.as_bytes())),
            ("zstd", zstd(text.as_bytes())),
        ] {
            let cut = whole[..whole.len() - 1].to_vec();
            let longer = [whole.as_slice(), b"x"].concat();
            let mut damaged = whole.clone();
            let middle = damaged.len() / 2;
            damaged[middle] ^= 0x55;
            for (name, body) in [("cut", cut), ("longer", longer), ("damaged", damaged)] {
                if (coding, name) == ("deflate", "damaged") && !is_zlib(&whole) {
                    continue; // Nothing in a stream without a wrapper shows that it is damaged.
                }
                let headers = [("Content-Type", "text/csv"), ("Content-Encoding", coding)];
                connection.send(invocation(&headers, body));
                let answer = connection.answer();
                assert_eq!(answer.status, 400, "{coding} {name}: {answer:?}");
                let reason = answer.reason();
                assert!(reason.contains("Content-Encoding"), "{reason}");
            }
        }
    }
    connection.send(invocation(&[("Content-Type", "text/csv")], "7\n"));
    assert_eq!(connection.answer().predictions(), [7.0]);
}

fn is_zlib(stream: &[u8]) -> bool {
    stream.starts_with(&[0x78])
}

#[test]
fn another_coding_is_415_and_accept_encoding_lists_those_that_are_read() {
    let server = Server::of(identity());
    for coding in [
        "br",
        "zstd, gzip",
        "gzip, gzip",
        "gzip, deflate",
        "compress",
    ] {
        let answer = send(&server, coding, "1\n");
        assert_eq!(answer.status, 415, "{coding}");
        assert_eq!(
            answer.header("accept-encoding"),
            Some("gzip, deflate, zstd")
        );
        let reason = answer.reason();
        assert!(reason.contains("gzip, deflate, zstd"), "{reason}");
    }
    // Without a body there is nothing to decode.
    let ping = "GET /ping HTTP/1.1\r\nHost: test\r\nContent-Encoding: br\r\n\r\n";
    assert_eq!(server.send(ping).status, 200);
}

#[test]
fn the_cap_of_a_body_holds_for_what_it_decompresses_to() {
    let prefix = Prefix::with_model(identity());
    let server = Server::start(prefix, &[("SAGELET_BODY_BYTES", "200000")]);
    let (text, _) = rows(100_000);
    for (bytes, status) in [(200_000, 200), (200_001, 413)] {
        // The last row is cut somewhere in its digits: a number all the same.
        for body in [
            gzip(&text.as_bytes()[..bytes]),
            gzip(&b"0\n".repeat(200_000)[..bytes]),
        ] {
            let answer = send(&server, "gzip", body);
            assert_eq!(answer.status, status, "{bytes} bytes");
        }
        let answer = send(&server, "zstd", zstd(&text.as_bytes()[..bytes]));
        assert_eq!(answer.status, status, "{bytes} bytes of zstd");
    }
    let refused = send(&server, "gzip", gzip(text.as_bytes()));
    assert_eq!(
        refused.reason(),
        "the body has more than 200000 bytes: send fewer rows per request, or raise SAGELET_BODY_BYTES"
    );
}

/// Half a megabyte of deflate can hold 500 megabytes, and millions of blocks or members with nothing in them.
#[test]
fn a_bomb_is_refused_before_it_goes_off() {
    let server = Server::of(identity());
    let before = server.process.kib("VmHWM");
    let zeros = gzip(&vec![b'0'; 90 << 20]);
    assert!(zeros.len() < 200_000, "{}", zeros.len());
    let answer = send(&server, "gzip", zeros);
    assert_eq!(answer.status, 413);
    let reason = answer.reason();
    assert!(reason.contains("more than 200 times"), "{reason}");

    let members = send(&server, "gzip", gzip(b"").repeat(5_000));
    assert_eq!(members.status, 400);
    assert!(members.reason().contains("4096 gzip members"));

    // A stored block of no bytes is five bytes long (RFC 1951, section 3.2.4).
    let blocks = b"\x00\x00\x00\xff\xff".repeat(1 << 20);
    assert_eq!(send(&server, "deflate", blocks).status, 400);

    let after = server.process.kib("VmHWM");
    assert!(after < before + (40 << 10), "{before} KiB, then {after}");
}

#[test]
fn rows_that_are_all_the_same_may_shrink_as_far_as_they_do_in_a_small_request() {
    let server = Server::of(identity());
    let answer = send(&server, "gzip", gzip(&b"0\n".repeat(500_000)));
    assert_eq!(answer.predictions().len(), 500_000);
}

/// A zstd frame with a window descriptor (RFC 8878, section 3.1.1.1.2) and blocks as they are given.
fn frame(window: u8, blocks: &[u8]) -> Vec<u8> {
    [&[0x28, 0xb5, 0x2f, 0xfd, 0x00, window], blocks].concat()
}

/// A block of zstd: its type (0 raw, 1 one byte repeated), its size, and what it holds.
fn block(is_last: bool, kind: u32, size: u32, content: &[u8]) -> Vec<u8> {
    let head = (size << 3 | kind << 1 | u32::from(is_last)).to_le_bytes();
    [&head[..3], content].concat()
}

/// A window descriptor of 8 MiB (exponent 13 above 1 KiB), and the next one.
const WINDOW_OF_8_MIB: u8 = 13 << 3;

#[test]
fn a_zstd_body_may_have_several_frames_and_some_that_are_to_be_skipped() {
    let server = Server::of(identity());
    let skippable = b"\x5a\x2a\x4d\x18\x03\x00\x00\x00abc";
    let body = [
        &skippable[..],
        &zstd(b"1\n2"),
        &frame(WINDOW_OF_8_MIB, &block(true, 0, 2, b"3\n")),
        skippable,
        &zstd(b""),
        &zstd(b"4\n"),
        skippable,
    ]
    .concat();
    assert_eq!(send(&server, "zstd", body).predictions(), [1.0, 23.0, 4.0]);
}

/// A block of four bytes can hold 128 KiB, one of three bytes nothing, and a window 100 MiB and more.
#[test]
fn a_bomb_of_zstd_is_refused_before_it_goes_off() {
    let server = Server::of(identity());
    assert_eq!(send(&server, "zstd", zstd(b"1\n")).status, 200);
    let before = server.process.kib("VmHWM");
    let gigabyte = block(false, 1, 128 << 10, b"0").repeat(8_192);
    let answer = send(&server, "zstd", frame(WINDOW_OF_8_MIB, &gigabyte));
    assert_eq!(answer.status, 413);
    let reason = answer.reason();
    assert!(reason.contains("more than 200 times"), "{reason}");
    let blocks = block(false, 0, 0, b"").repeat(1 << 20);
    assert_eq!(
        send(&server, "zstd", frame(WINDOW_OF_8_MIB, &blocks)).status,
        400
    );

    let frames = send(&server, "zstd", zstd(b"").repeat(5_000));
    assert_eq!(frames.status, 400);
    assert!(frames.reason().contains("zstd frames"));

    let whole = block(true, 0, 2, b"1\n");
    let window = send(&server, "zstd", frame(WINDOW_OF_8_MIB + 1, &whole));
    assert_eq!(window.status, 400);
    assert!(window.reason().contains("larger than 8 MiB"));

    let after = server.process.kib("VmHWM");
    assert!(after < before + (60 << 10), "{before} KiB, then {after}");
}

fn invoke_accepting(server: &Server, codings: &str, rows: &str) -> Answer {
    let headers = [("Content-Type", "text/csv"), ("Accept-Encoding", codings)];
    server.send(invocation(&headers, rows))
}

fn gunzipped(answer: &Answer) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut decoder = flate2::read::GzDecoder::new(answer.body.as_slice());
    std::io::Read::read_to_end(&mut decoder, &mut plain).unwrap();
    plain
}

#[test]
fn a_large_answer_is_compressed_for_a_client_that_takes_gzip_and_for_no_other() {
    let server = Server::of(identity());
    let (text, _) = rows(100_000);
    let plain = server.invoke("text/csv", &text);
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(plain.header("vary"), Some("Accept-Encoding"));
    for codings in ["gzip", "br;q=1, x-gzip;q=0.1", "*"] {
        let answer = invoke_accepting(&server, codings, &text);
        assert_eq!(answer.header("content-encoding"), Some("gzip"), "{codings}");
        assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
        assert_eq!(answer.header("content-type"), Some("text/csv"));
        assert!(answer.body.len() * 3 < plain.body.len() * 2);
        assert!(gunzipped(&answer) == plain.body, "{codings}");
    }
    for codings in ["", "identity", "gzip;q=0", "deflate, zstd"] {
        let answer = invoke_accepting(&server, codings, &text);
        assert_eq!(answer.header("content-encoding"), None, "{codings}");
        assert!(answer.body == plain.body, "{codings}");
    }
}

/// Prometheus and every load balancer's health check ask for gzip, and so do most clients for every row.
#[test]
fn a_small_answer_is_never_compressed() {
    let server = Server::of(identity());
    for path in ["/ping", "/metrics", "/v2/models/model"] {
        let answer = server.send(format!(
            "GET {path} HTTP/1.1\r\nHost: test\r\nAccept-Encoding: gzip\r\n\r\n"
        ));
        assert_eq!(answer.header("content-encoding"), None, "{path}");
        assert_eq!(answer.header("vary"), None, "{path}");
    }
    let (text, numbers) = rows(100);
    let answer = invoke_accepting(&server, "gzip", &text);
    assert_eq!(answer.predictions(), numbers);
    assert_eq!(answer.header("vary"), None);
    // Worked on by a compute thread, but refused.
    let refused = invoke_accepting(&server, "gzip", &"x\n".repeat(100_000));
    assert_eq!(refused.status, 400);
    assert!(refused.reason().contains("row 1"));
}

/// Numbers in binary do not shrink: they are sent as they are.
#[test]
fn an_answer_that_gains_nothing_is_sent_as_it_is() {
    let server = Server::of(identity());
    let text: String = (1..=20_000_u32)
        .map(|row| format!("{}\n", f64::from(row).sqrt().sin()))
        .collect();
    let headers = [
        ("Content-Type", "text/csv"),
        ("Accept", "application/x-npy"),
        ("Accept-Encoding", "gzip"),
    ];
    let answer = server.send(invocation(&headers, &text));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-encoding"), None);
    assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
    assert!(answer.body.starts_with(b"\x93NUMPY"));
}
