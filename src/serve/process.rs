//! What the system says about this process (proc(5)). A figure that cannot be read is left out.

use std::fs::{metadata, read_dir, read_to_string};

use rustix::time::{ClockId, clock_gettime};

/// Bytes of the process that are in RAM: the second number of `statm`, in pages.
pub(super) fn resident_bytes() -> Option<u64> {
    let statm = read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

/// Seconds of processor time, user's and system's, of all threads.
pub(super) fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Open descriptors: the size of `fd` since Linux 6.2, before that the number of its entries.
pub(super) fn open_descriptors() -> Option<u64> {
    let path = "/proc/self/fd";
    match metadata(path).ok()?.len() {
        0 => Some(read_dir(path).ok()?.count() as u64),
        open => Some(open),
    }
}
