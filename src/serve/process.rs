//! What the system says about this process (proc(5)). A figure that cannot be read is left out.

use std::fs::{metadata, read_dir, read_to_string};

/// Bytes of the process that are in RAM: the second number of `statm`, in pages.
pub(super) fn resident_bytes() -> Option<u64> {
    let statm = read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

/// Seconds of processor time, user's and system's: fields 14 and 15 of `stat`, in ticks. The second field, in
/// parentheses, may itself have spaces and parentheses.
pub(super) fn cpu_seconds() -> Option<f64> {
    let stat = read_to_string("/proc/self/stat").ok()?;
    let (_, after_name) = stat.rsplit_once(") ")?;
    let mut times = after_name.split(' ').skip(11);
    let (user, system): (u64, u64) = (times.next()?.parse().ok()?, times.next()?.parse().ok()?);
    Some((user + system) as f64 / rustix::param::clock_ticks_per_second() as f64)
}

/// Open descriptors: the size of `fd` since Linux 6.2, before that the number of its entries.
pub(super) fn open_descriptors() -> Option<u64> {
    let path = "/proc/self/fd";
    match metadata(path).ok()?.len() {
        0 => Some(read_dir(path).ok()?.count() as u64),
        open => Some(open),
    }
}
