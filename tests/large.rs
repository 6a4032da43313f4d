//! A large body is answered by several threads as by one: with the same bytes, and with errors that name the same row.

use crate::harness::prefix::linear;
use crate::harness::{Prefix, Server};

/// Rows that every format has in more bytes than one thread reads alone.
const ROWS: usize = 12_000;

/// The cells of a row, which has as many digits as floats have.
fn cells(row: usize) -> [f64; 4] {
    let number = row as f64 - 6_000.0;
    [
        number / 7.0,
        number.sqrt().abs().max(0.0),
        -number,
        1e-3 / (number + 0.5),
    ]
}

fn server(threads: &str) -> Server {
    let prefix = Prefix::with_model(linear(0.1, &[0.25, -1.5, 3.0, 1e3]));
    Server::start(prefix, &[("SAGELET_COMPUTE_THREADS", threads)])
}

fn texts(row: usize) -> String {
    let cells = cells(row).map(|cell| if cell.is_nan() { 0.0 } else { cell });
    cells.map(|cell| cell.to_string()).join(",")
}

fn csv() -> String {
    (0..ROWS).map(|row| texts(row) + "\n").collect()
}

fn npy() -> Vec<u8> {
    let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({ROWS}, 4), }}\n");
    let mut body = b"\x93NUMPY\x01\x00".to_vec();
    body.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    body.extend(header.as_bytes());
    let cells = csv()
        .lines()
        .flat_map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>())
        .collect::<Vec<_>>();
    body.extend(
        cells
            .iter()
            .flat_map(|cell| cell.parse::<f64>().unwrap().to_le_bytes()),
    );
    body
}

/// Every format that is cut into pieces, but RecordIO, whose floats are others.
fn bodies() -> Vec<(&'static str, Vec<u8>)> {
    let lists: Vec<_> = (0..ROWS).map(|row| format!("[{}]", texts(row))).collect();
    let quoted: String = csv()
        .lines()
        .map(|line| format!("\"{}\"\r\n", line.replace(',', "\",\"")))
        .collect();
    vec![
        ("text/csv", csv().into_bytes()),
        (
            "text/csv",
            format!("x0,x1,x2,x3\n{}\n\n", csv()).into_bytes(),
        ),
        ("text/csv", quoted.into_bytes()),
        (
            "application/json",
            format!("{{\"instances\": [{}]}}", lists.join(", ")).into_bytes(),
        ),
        (
            "application/json",
            format!("[{}]", lists.join(",\n")).into_bytes(),
        ),
        ("application/jsonlines", lists.join("\n").into_bytes()),
        ("application/x-npy", npy()),
    ]
}

#[test]
fn several_threads_answer_with_the_bytes_of_one() {
    let (one, several) = (server("1"), server("4"));
    for (content_type, body) in bodies() {
        let expected = one.invoke(content_type, &body);
        assert_eq!(expected.status, 200, "{}", expected.text());
        let found = several.invoke(content_type, &body);
        assert_eq!(found.status, 200, "{}", found.text());
        assert!(found.body == expected.body, "{content_type}: other bytes");
    }
}

#[test]
fn the_first_wrong_row_of_the_whole_body_is_named() {
    let server = server("4");
    let lines: Vec<_> = csv().lines().map(str::to_owned).collect();
    for wrong in [1, 5_000, ROWS] {
        let mut lines = lines.clone();
        lines[wrong - 1] = "1,2,x,4".to_owned();
        // A later one does not hide it.
        lines[ROWS - 1] = "1,2,x,4".to_owned();
        let answer = server.invoke("text/csv;header=absent", lines.join("\n"));
        assert_eq!(answer.status, 400);
        assert!(
            answer.text().contains(&format!("row {wrong}, column 3")),
            "{}",
            answer.text()
        );
    }
}

#[test]
fn requests_that_come_together_are_all_answered() {
    let server = server("2");
    let body = csv();
    let expected = server.invoke("text/csv", &body).body;
    let mut connections: Vec<_> = (0..6).map(|_| server.connect()).collect();
    for connection in &mut connections {
        connection.send(crate::harness::server::invocation(
            &[("Content-Type", "text/csv")],
            &body,
        ));
    }
    assert_eq!(server.get("/ping").status, 200);
    for connection in &mut connections {
        let answer = connection.answer();
        assert!(
            answer.status == 200 && answer.body == expected,
            "{}",
            answer.status
        );
    }
}
