//! The handler under a bare loop: one blocking thread a connection, httparse, one write. No limits, no
//! deadlines, none of the rules of HTTP: what a server costs that does nothing else.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use rouille::Request;
use sagelet::serve::{App, handle};

fn main() {
    let (app, port) = benches::arguments();
    let listener = TcpListener::bind(("127.0.0.1", port)).expect("a free port");
    for stream in listener.incoming() {
        let (app, stream) = (Arc::clone(&app), stream.expect("a connection"));
        stream.set_nodelay(true).expect("an open socket");
        std::thread::spawn(move || serve(&app, stream));
    }
}

fn serve(app: &App, mut stream: TcpStream) {
    let peer = stream.peer_addr().expect("a peer");
    let (mut input, mut output) = (Vec::new(), Vec::new());
    let mut chunk = vec![0; 64 << 10];
    loop {
        let Some((request, start, end)) = parse(&input, peer) else {
            match stream.read(&mut chunk) {
                Ok(count) if count > 0 => input.extend(&chunk[..count]),
                _ => return,
            }
            continue;
        };
        let answer: rouille::Response =
            handle(app, (&request).into(), &input[start..end]).into();
        input.drain(..end);
        let (mut data, size) = answer.data.into_reader_and_size();
        output.clear();
        write!(output, "HTTP/1.1 {} OK\r\n", answer.status_code).expect("a buffer");
        for (name, value) in &answer.headers {
            write!(output, "{name}: {value}\r\n").expect("a buffer");
        }
        write!(output, "Content-Length: {}\r\n\r\n", size.expect("a size")).expect("a buffer");
        data.read_to_end(&mut output).expect("a buffer");
        if stream.write_all(&output).is_err() {
            return;
        }
    }
}

/// The request at the start of `input`, and where its body begins and ends; `None` if it is not all there.
fn parse(input: &[u8], peer: std::net::SocketAddr) -> Option<(Request, usize, usize)> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut lines = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(start) = lines.parse(input).ok()? else {
        return None;
    };
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let fields: Vec<(String, String)> = lines
        .headers
        .iter()
        .map(|header| (header.name.to_owned(), text(header.value)))
        .collect();
    let length = fields
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("Content-Length"));
    let end = start + length.map_or(0, |(_, length)| length.parse().unwrap_or(0));
    let request = Request::fake_http_from(peer, lines.method?, lines.path?, fields, Vec::new());
    (input.len() >= end).then_some((request, start, end))
}
