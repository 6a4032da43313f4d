//! What can be waited for, and what is ready.

/// What a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transport) enum Interest {
    /// Nothing: a compute thread has the request, or input waits for its turn.
    Nothing,
    /// Bytes or the end of the stream.
    Readable,
    /// Room for bytes.
    Writable,
}

/// One thing that is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transport) enum Ready {
    /// Somebody woke the poller.
    Woken,
    /// The source with this key. `gone` says that it is broken in both directions, whatever was waited for.
    Source { key: usize, gone: bool },
}
