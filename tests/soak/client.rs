//! Clients that send what is right and what is not, and judge every answer.

use std::time::Duration;

use rustix::net::sockopt::set_socket_linger;

use crate::harness::Connection;

/// What clients did.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    /// Requests in order, each answered with its own rows.
    pub(crate) answered: u64,
    /// Of these, those of a megabyte.
    pub(crate) large: u64,
    /// Hostile requests, each refused.
    pub(crate) refused: u64,
    /// Connections that were reset or dropped in the middle of a request.
    pub(crate) broken: u64,
    /// Large requests that were refused for want of memory or threads.
    pub(crate) busy: u64,
}

impl Counts {
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            answered: self.answered + other.answered,
            large: self.large + other.large,
            refused: self.refused + other.refused,
            broken: self.broken + other.broken,
            busy: self.busy + other.busy,
        }
    }
}

/// Bytes that are no request.
const HOSTILE: [&str; 5] = [
    "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
    "POST /models/kept/invoke HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "GET / HTTP/1.1\nHost: h\n\n",
    "\0\0\0\0\r\n\r\n",
];

/// Some connections, used in turn by one thread.
pub(crate) struct Crowd {
    port: u16,
    connections: Vec<Option<Connection>>,
    /// Answers that were asked for and not read: the rows, by connection.
    owed: Vec<Option<String>>,
    random: u64,
    counts: Counts,
}

impl Crowd {
    pub(crate) fn new(port: u16, connections: usize, seed: u64) -> Self {
        Self {
            port,
            connections: (0..connections).map(|_| None).collect(),
            owed: vec![None; connections],
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            counts: Counts::default(),
        }
    }

    /// A number below a bound (Marsaglia's xorshift).
    fn below(&mut self, bound: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % bound
    }

    /// Does something on one of the connections.
    pub(crate) fn step(&mut self) {
        let index = usize::try_from(self.below(self.connections.len() as u64)).unwrap();
        self.settle(index);
        match self.below(100) {
            0 | 1 => self.hostile(index),
            2..4 => self.vanish(index),
            4 => self.ask(index, 100_000),
            5..15 => self.ask(index, 1_000),
            _ => self.ask(index, 3),
        }
        // Most answers are read at once, the rest when the connection is used again.
        if self.below(10) > 0 {
            self.settle(index);
        }
    }

    /// Reads what is owed, closes every connection, and says what was done.
    pub(crate) fn finish(mut self) -> Counts {
        for index in 0..self.connections.len() {
            self.settle(index);
        }
        self.counts
    }

    fn connection(&mut self, index: usize) -> &mut Connection {
        let port = self.port;
        self.connections[index].get_or_insert_with(|| Connection::open(port))
    }

    /// Asks for the predictions of some rows, whose numbers no other request has.
    fn ask(&mut self, index: usize, most: u64) {
        let count = 1 + self.below(most);
        let first = self.below(1 << 40);
        let rows: String = (0..count)
            .map(|row| format!("{}.5\n", first + row))
            .collect();
        let length = rows.len();
        let head = format!(
            "POST /models/kept/invoke HTTP/1.1\r\nHost: test\r\nContent-Type: text/csv\r\nContent-Length: {length}\r\n\r\n"
        );
        let sent = self.connection(index).try_send(head + &rows);
        // A refusal may come before all of a large body has left.
        assert!(sent.is_ok() || length > 100_000, "a small request is read");
        self.owed[index] = Some(rows);
    }

    /// Reads the answer that a connection is owed, and compares it with the rows: the model predicts its one cell.
    fn settle(&mut self, index: usize) {
        let Some(rows) = self.owed[index].take() else {
            return;
        };
        let answer = self.connection(index).answer();
        if answer.closes() {
            self.connections[index] = None;
        }
        let is_large = rows.len() > 100_000;
        if is_large && matches!(answer.status, 413 | 503) {
            self.counts.busy += 1;
            return;
        }
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.text() == rows, "an answer of other rows");
        self.counts.answered += 1;
        self.counts.large += u64::from(is_large);
    }

    fn hostile(&mut self, index: usize) {
        let kind = usize::try_from(self.below(HOSTILE.len() as u64)).unwrap();
        let connection = self.connection(index);
        connection.send(HOSTILE[kind]);
        let answer = connection.answer();
        assert_eq!(answer.status, 400, "{kind}: {}", answer.text());
        connection.half_close();
        connection.expect_end();
        self.connections[index] = None;
        self.counts.refused += 1;
    }

    /// Ends a connection in the middle of a request, by a reset or in order.
    fn vanish(&mut self, index: usize) {
        let resets = self.below(2) == 0;
        let half =
            "POST /models/kept/invoke HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n1.5\n";
        let end = usize::try_from(self.below(half.len() as u64)).unwrap();
        let connection = self.connection(index);
        connection.send(&half[..end]);
        if resets {
            set_socket_linger(&connection.stream, Some(Duration::ZERO)).expect("a socket option");
        }
        self.connections[index] = None;
        self.counts.broken += 1;
    }
}
