//! What every test stands on: the real program, a raw client, and a directory tree as the platform mounts it.

pub(crate) mod client;
pub(crate) mod namespace;
pub(crate) mod prefix;
pub(crate) mod process;
pub(crate) mod server;

pub(crate) use client::{Answer, Connection};
pub(crate) use prefix::Prefix;
pub(crate) use process::Process;
pub(crate) use server::Server;

use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How long anything may take that has to happen at all. Only a test that fails waits so long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something is so that no event tells of, such as the memory of another process.
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> Result<(), String>) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let Err(reason) = is_so() else { return };
        assert!(Instant::now() < deadline, "never {what}: {reason}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

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
