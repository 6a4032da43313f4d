//! A client of a schedule: its requests, where it gives up, and the answers that it must get.

use super::echoed;
use super::random::Random;

/// What becomes of a client before it has all its answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing: every request is answered.
    Patient,
    /// It ends what it sends after its last request.
    HalfCloses,
    /// It ends what it sends somewhere.
    EndsEarly,
    /// The connection breaks somewhere.
    Breaks,
    /// It stops sending somewhere, and deadlines pass.
    Stalls,
}

/// What a client sends, and what it must get.
pub(super) struct Client {
    /// All bytes of its requests.
    bytes: Vec<u8>,
    /// Bytes of them that it has sent.
    sent: usize,
    /// Bytes of them that it sends in all: fewer than there are if it stops before.
    sends: usize,
    pub(super) fate: Fate,
    /// The answers to its requests, in order: body, and whether the request was HEAD.
    pub(super) expected: Vec<(String, bool)>,
    /// Whether the last request is one that must be refused.
    pub(super) is_hostile: bool,
}

impl Client {
    pub(super) fn new(random: &mut Random) -> Self {
        let (mut bytes, mut expected) = (Vec::new(), Vec::new());
        for number in 0..1 + random.below(6) {
            let (request, line, body, is_head) = request(random, number);
            bytes.extend(request);
            expected.push((echoed(&line, &body), is_head));
        }
        let is_hostile = random.below(4) == 0;
        if is_hostile {
            bytes.extend(HOSTILE[random.below(HOSTILE.len())]);
        }
        let fate = match random.below(10) {
            0 => Fate::EndsEarly,
            1 => Fate::Breaks,
            2 => Fate::Stalls,
            3 | 4 => Fate::HalfCloses,
            _ => Fate::Patient,
        };
        let sends = match fate {
            Fate::Patient | Fate::HalfCloses => bytes.len(),
            Fate::EndsEarly | Fate::Breaks | Fate::Stalls => random.below(bytes.len()),
        };
        Self {
            bytes,
            sent: 0,
            sends,
            fate,
            expected,
            is_hostile,
        }
    }

    /// The next bytes that it sends; none if it sends no more.
    pub(super) fn send(&mut self, random: &mut Random) -> Option<&[u8]> {
        let left = self.bytes.get(self.sent..self.sends)?;
        if left.is_empty() {
            return None;
        }
        let count = random.size(left.len());
        self.sent += count;
        Some(&left[..count])
    }
}

/// Requests that are refused, whatever follows: the connection ends with them.
const HOSTILE: [&[u8]; 6] = [
    b"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /no HTTP/1.1\r\nHost: h\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nGET /no HTTP/1.1\r\nHost: h\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!0\r\n\r\nGET /no HTTP/1.1\r\nHost: h\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    b"GET / HTTP/1.1\nHost: h\n\nGET /no HTTP/1.1\r\nHost: h\r\n\r\n",
    b"GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n",
];

/// A request with its line, its body, and whether it is HEAD.
fn request(random: &mut Random, number: usize) -> (Vec<u8>, String, Vec<u8>, bool) {
    let method = ["GET", "POST", "HEAD"][random.below(3)];
    let place = if random.below(3) == 0 {
        "long"
    } else {
        "short"
    };
    let line = format!("{method} /{place}/{number}");
    let mut bytes = format!("{line} HTTP/1.1\r\nHost: h\r\n").into_bytes();
    if random.below(6) == 0 {
        bytes.extend(b"Expect: 100-continue\r\n");
    }
    let body = match random.below(3) {
        0 => Vec::new(),
        _ => vec![b'a' + u8::try_from(number).unwrap(); random.size(150_000)],
    };
    if random.below(2) == 0 {
        bytes.extend(format!("Content-Length: {}\r\n\r\n", body.len()).bytes());
        bytes.extend(&body);
    } else {
        bytes.extend(b"Transfer-Encoding: chunked\r\n\r\n");
        let mut rest = body.as_slice();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(random.size(rest.len()));
            bytes.extend(format!("{:x}\r\n", piece.len()).bytes());
            bytes.extend([piece, b"\r\n"].concat());
            rest = after;
        }
        bytes.extend(b"0\r\n\r\n");
    }
    (bytes, line, body, method == "HEAD")
}

/// The answers in what was sent: status and body. Also whether the last one is cut short.
pub(super) fn answers(mut sent: &[u8], expected: &[(String, bool)]) -> (Vec<(u16, String)>, bool) {
    let mut answers = Vec::new();
    while !sent.is_empty() {
        let Some(end) = memchr::memmem::find(sent, b"\r\n\r\n") else {
            return (answers, true);
        };
        let head = std::str::from_utf8(&sent[..end]).unwrap();
        let status: u16 = head.strip_prefix("HTTP/1.1 ").unwrap()[..3]
            .parse()
            .unwrap();
        sent = &sent[end + 4..];
        if status == 100 {
            continue;
        }
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "));
        let is_head = status == 200 && expected.get(answers.len()).is_some_and(|(_, head)| *head);
        let length = if is_head {
            0
        } else {
            length.unwrap().parse().unwrap()
        };
        if sent.len() < length {
            return (answers, true);
        }
        let body = String::from_utf8_lossy(&sent[..length]).into_owned();
        answers.push((status, body));
        sent = &sent[length..];
    }
    (answers, false)
}
