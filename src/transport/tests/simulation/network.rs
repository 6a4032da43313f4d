//! The network between a client and a connection: what has arrived, what a read or a write takes, and how it ends.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::rc::Rc;

use crate::transport::socket::Socket;

/// One end of a connection, and what is between it and the other.
#[derive(Default)]
pub(super) struct Network {
    /// Bytes that have arrived and were not read.
    pub(super) arrived: VecDeque<u8>,
    /// Bytes that one read gives at most.
    pub(super) read_max: usize,
    /// The client will send no more.
    pub(super) has_ended: bool,
    /// The connection is broken.
    pub(super) is_broken: bool,
    /// Bytes that the socket still has room for.
    pub(super) room: usize,
    /// Bytes that one write takes at most.
    pub(super) write_max: usize,
    /// Bytes that have left.
    pub(super) sent: Vec<u8>,
    /// The server will send no more.
    pub(super) output_ended: bool,
}

#[derive(Clone, Default)]
pub(super) struct Simulated(pub(super) Rc<RefCell<Network>>);

impl Read for Simulated {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut network = self.0.borrow_mut();
        if network.is_broken {
            return Err(Error::from(ErrorKind::ConnectionReset));
        }
        let count = buffer
            .len()
            .min(network.arrived.len())
            .min(network.read_max);
        // Nothing is the end of the stream only where nothing is left of it.
        if count == 0 && !(network.has_ended && network.arrived.is_empty()) {
            return Err(Error::from(ErrorKind::WouldBlock));
        }
        network.arrived.read(&mut buffer[..count])
    }
}

impl Write for Simulated {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let mut network = self.0.borrow_mut();
        assert!(!network.output_ended, "written after the end");
        if network.is_broken {
            return Err(Error::from(ErrorKind::BrokenPipe));
        }
        let count = bytes.len().min(network.room).min(network.write_max);
        if count == 0 {
            return Err(Error::from(ErrorKind::WouldBlock));
        }
        network.room -= count;
        network.sent.extend(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl Socket for Simulated {
    fn io(&self) -> impl Read + Write {
        self.clone()
    }

    fn end_output(&self) {
        self.0.borrow_mut().output_ended = true;
    }
}
