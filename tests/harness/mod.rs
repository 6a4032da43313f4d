//! What every test stands on: the real program, a raw client, and a directory tree as the platform mounts it.

pub(crate) mod client;
pub(crate) mod prefix;
pub(crate) mod process;
pub(crate) mod server;

pub(crate) use client::{Answer, Connection};
pub(crate) use prefix::Prefix;
pub(crate) use process::Process;
pub(crate) use server::Server;

use std::path::PathBuf;
use std::time::Duration;

/// How long anything may take that has to happen at all. Only a test that fails waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The program under test: the one cargo built, or another build of it (`SAGELET_BINARY`), such as the static
/// one that the image holds.
pub(crate) fn binary() -> PathBuf {
    std::env::var_os("SAGELET_BINARY").map_or_else(
        || PathBuf::from(env!("CARGO_BIN_EXE_sagelet")),
        PathBuf::from,
    )
}

/// A file or directory under `tests/cases`.
pub(crate) fn case(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases")
        .join(name)
}
