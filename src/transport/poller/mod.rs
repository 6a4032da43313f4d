//! Readiness of sockets: what a thread waits for. One instance per thread.
//!
//! On Linux it is [`epoll`]. Everywhere else, and on Linux with the feature `portable-poller` (with which the tests
//! run on it), it is [`portable`], which every Unix has.

#[cfg(all(target_os = "linux", not(feature = "portable-poller")))]
mod epoll;
#[cfg(not(all(target_os = "linux", not(feature = "portable-poller"))))]
mod portable;
mod readiness;

#[cfg(all(target_os = "linux", not(feature = "portable-poller")))]
pub(super) use epoll::{DESCRIPTORS_PER_CONNECTION, Poller, Waker};
#[cfg(not(all(target_os = "linux", not(feature = "portable-poller"))))]
pub(super) use portable::{DESCRIPTORS_PER_CONNECTION, Poller, Waker};
pub(super) use readiness::{Interest, Ready};
