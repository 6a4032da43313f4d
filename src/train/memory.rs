//! How much memory decoded rows may take: half of what the container has.

use crate::limits::TRAINING_MEMORY_BYTES;

/// Where the limit of the container stands, by version of cgroups.
const LIMITS: [&str; 2] = [
    "/sys/fs/cgroup/memory.max",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes",
];

/// Bytes of decoded rows that may be kept: half of the container's limit, or of the machine's memory if that is
/// smaller.
pub(super) fn budget() -> u64 {
    let limit = LIMITS
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok()?.trim().parse().ok())
        .chain(total(
            &std::fs::read_to_string("/proc/meminfo").unwrap_or_default(),
        ))
        .min();
    limit.map_or(TRAINING_MEMORY_BYTES, |limit: u64| limit / 2)
}

/// The memory of the machine, from `/proc/meminfo`.
fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find(|line| line.starts_with("MemTotal:"))?;
    let kilobytes: u64 = line.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_says_how_much_memory_it_has() {
        assert_eq!(
            total("MemTotal:       24683724 kB\nMemFree: 1 kB\n"),
            Some(24_683_724 << 10)
        );
        assert_eq!(total(""), None);
        assert!(budget() > 1 << 20);
    }
}
