//! What cannot be brought about from outside: a handler that panics, and compute threads that are all busy.

mod simulation;

use std::borrow::Cow;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{
    Counters, Refusal, RequestHead, Response, Service, Settings, Signals, Status, bind, serve,
};
use crate::account::{Account, Memory};
use crate::limits::QUEUE_PER_COMPUTE_THREAD;

/// `/panic…` panics, `/wait…` waits to be released, everything else says its path. `/…long` goes to the pool.
struct Scripted {
    begun: Sender<()>,
    release: Mutex<Receiver<()>>,
}

impl Service for Scripted {
    type Request = String;

    fn request(&self, head: &RequestHead<'_>) -> String {
        head.target.to_owned()
    }

    fn takes_long(&self, path: &String, _body_bytes: usize) -> bool {
        path.ends_with("long")
    }

    fn handle(&self, path: &String, _body: Cow<'_, [u8]>, _account: &mut Account) -> Response {
        assert!(!path.starts_with("/panic"), "as the test wants it");
        if path.starts_with("/wait") {
            self.begun.send(()).unwrap();
            self.release.lock().unwrap().recv().unwrap();
        }
        response(Status::Ok, path.clone())
    }

    fn refuse(&self, path: Option<&String>, refusal: Refusal) -> Response {
        response(refusal.status(), format!("{path:?}: {refusal}"))
    }
}

fn response(status: Status, body: String) -> Response {
    Response {
        status,
        fields: Vec::new(),
        body: body.into_bytes(),
    }
}

/// A running server; it ends with the test process.
struct Running {
    address: SocketAddr,
    counters: Arc<Counters>,
    begun: Receiver<()>,
    release: Sender<()>,
}

fn start() -> Running {
    let (begun_sender, begun) = channel();
    let (release, released) = channel();
    let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    let address = listener.local_addr().unwrap();
    let counters = Arc::new(Counters::default());
    let service = Scripted {
        begun: begun_sender,
        release: Mutex::new(released),
    };
    let settings = Settings {
        workers: 1,
        compute_threads: 1,
        ..Settings::default()
    };
    let signals = Signals::catch().unwrap();
    let counted = Arc::clone(&counters);
    std::thread::Builder::new()
        .spawn(move || {
            serve(
                (listener, signals),
                &settings,
                service,
                &counted,
                Memory::new(1 << 20),
            )
        })
        .unwrap();
    Running {
        address,
        counters,
        begun,
        release,
    }
}

/// A connection that requests are sent on, and answers read from, one by one.
struct Client(TcpStream);

impl Client {
    fn new(running: &Running) -> Self {
        let stream = TcpStream::connect(running.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        Self(stream)
    }

    fn send(&mut self, path: &str) {
        write!(self.0, "GET {path} HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    }

    /// Head and body of the next answer.
    fn receive(&mut self) -> (String, String) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.0.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "))
            .unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        self.0.read_exact(&mut body).unwrap();
        (head, String::from_utf8(body).unwrap())
    }

    fn ask(&mut self, path: &str) -> (String, String) {
        self.send(path);
        self.receive()
    }
}

#[test]
fn a_panic_is_a_500_for_that_request_and_nothing_to_the_others() {
    let running = start();
    let mut client = Client::new(&running);
    for path in ["/panic", "/panic/long"] {
        let (head, body) = client.ask(path);
        assert!(head.starts_with("HTTP/1.1 500 "), "{head}");
        assert_eq!(
            body,
            format!("Some({path:?}): the server failed on this request; its log says where")
        );
        // The same connection goes on, and so do other ones.
        assert_eq!(client.ask("/next").1, "/next");
        assert_eq!(client.ask("/next/long").1, "/next/long");
        assert_eq!(Client::new(&running).ask("/other").1, "/other");
    }
}

#[test]
fn past_a_full_queue_a_long_request_is_503_with_retry_after_and_short_ones_are_answered() {
    let running = start();
    let mut waiting: Vec<Client> = Vec::new();
    for _ in 0..=QUEUE_PER_COMPUTE_THREAD {
        let mut client = Client::new(&running);
        client.send("/wait/long");
        if waiting.is_empty() {
            running.begun.recv().unwrap(); // The thread has it: the next ones fill the queue.
        }
        // The I/O worker has queued it before it answers what comes after it.
        assert_eq!(Client::new(&running).ask("/short").1, "/short");
        waiting.push(client);
    }
    let mut late = Client::new(&running);
    let (head, body) = late.ask("/wait/long");
    assert!(
        head.starts_with("HTTP/1.1 503 ") && head.contains("\r\nRetry-After: 1\r\n"),
        "{head}"
    );
    assert!(body.contains("try again"), "{body}");
    assert_eq!(running.counters.requests_refused(), 1);
    assert_eq!(late.ask("/short").1, "/short");
    for _ in &waiting {
        running.release.send(()).unwrap();
    }
    for client in &mut waiting {
        assert_eq!(client.receive().1, "/wait/long");
    }
}

#[test]
fn pipelined_requests_are_answered_in_their_order_whatever_thread_they_are_answered_by() {
    let running = start();
    let mut client = Client::new(&running);
    let paths = ["/1", "/2/long", "/3", "/4", "/5/long", "/6/long", "/7"];
    let requests = paths
        .map(|path| format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n"))
        .concat();
    client.0.write_all(requests.as_bytes()).unwrap();
    for path in paths {
        assert_eq!(client.receive().1, path);
    }
}

#[test]
fn a_client_that_goes_while_its_request_is_computed_takes_nothing_with_it() {
    let running = start();
    let mut client = Client::new(&running);
    client.send("/wait/long");
    running.begun.recv().unwrap();
    drop(client);
    // Answered by the same I/O worker, after it was told that the client has gone.
    assert_eq!(Client::new(&running).ask("/short").1, "/short");
    running.release.send(()).unwrap();
    assert_eq!(Client::new(&running).ask("/next/long").1, "/next/long");
}
