//! What the solver promises, on data whose answers are known.
#![allow(
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking; its numbers are small"
)]

mod conditions;
mod determined;
mod nist;
mod references;
mod streams;
mod support;
mod wide;
