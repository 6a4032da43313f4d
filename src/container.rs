//! How much memory the container allows: the limit of its cgroup and of the ones around it, and of the process itself.

use std::fs::read_to_string;
use std::path::{Component, Path, PathBuf};

use rustix::process::{Resource, getrlimit};

/// The least of the limits on the memory of this process, in bytes: of its cgroups (v1 and v2) and those that they are
/// in, of `prlimit` (address space, data), and of the machine. None if the system says none of them.
#[must_use]
pub fn memory_bytes() -> Option<usize> {
    let of_resource = |resource| getrlimit(resource).current;
    let limits = [
        cgroup_bytes(Path::new("/proc/self")),
        of_resource(Resource::As),
        of_resource(Resource::Data),
        machine_bytes(),
    ];
    let least = limits.into_iter().flatten().min()?;
    Some(usize::try_from(least).unwrap_or(usize::MAX))
}

/// The memory of the machine.
fn machine_bytes() -> Option<u64> {
    let text = read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1 << 10)
}

/// The least limit of the cgroups of a process and of those around them, down from the mount. `process` is its
/// directory under `/proc`.
fn cgroup_bytes(process: &Path) -> Option<u64> {
    let memberships = read_to_string(process.join("cgroup")).ok()?;
    let mounts = read_to_string(process.join("mountinfo")).ok()?;
    let limits = mounts.lines().filter_map(Mount::parse).flat_map(|mount| {
        let membership = memberships.lines().find_map(|line| mount.membership(line));
        let directories = membership.map(|path| mount.directories(path));
        let file = mount.file;
        directories
            .into_iter()
            .flatten()
            .filter_map(move |directory| limit(&directory.join(file)))
    });
    limits.min()
}

/// A limit in a file: a number, or `max` for none.
fn limit(file: &Path) -> Option<u64> {
    read_to_string(file).ok()?.trim().parse().ok()
}

/// A mounted hierarchy of cgroups that limits memory.
struct Mount<'m> {
    /// The cgroup that is mounted: in a container, often its own.
    root: &'m str,
    point: &'m str,
    /// The file with the limit.
    file: &'static str,
    is_v2: bool,
}

impl<'m> Mount<'m> {
    /// A line of `mountinfo` (proc_pid_mountinfo(5)), if it is such a mount.
    fn parse(line: &'m str) -> Option<Self> {
        let (before, after) = line.split_once(" - ")?;
        let mut fields = before.split(' ').skip(3);
        let (root, point) = (fields.next()?, fields.next()?);
        let mut about = after.split(' ');
        let (file, is_v2) = match (about.next()?, about.nth(1)) {
            ("cgroup2", _) => ("memory.max", true),
            ("cgroup", Some(options)) if options.split(',').any(|option| option == "memory") => {
                ("memory.limit_in_bytes", false)
            }
            _ => return None,
        };
        Some(Self {
            root,
            point,
            file,
            is_v2,
        })
    }

    /// The cgroup that a line of `/proc/<pid>/cgroup` says the process is in, if it is one of this hierarchy.
    fn membership<'c>(&self, line: &'c str) -> Option<&'c str> {
        let (_, line) = line.split_once(':')?;
        let (controllers, path) = line.split_once(':')?;
        let is_same = if self.is_v2 {
            controllers.is_empty()
        } else {
            controllers.split(',').any(|name| name == "memory")
        };
        is_same.then_some(path)
    }

    /// The directory of a cgroup, and of those around it, up to the one that is mounted. A path that is not under the
    /// mounted cgroup is seen from outside of the container: what is mounted is the container's own.
    fn directories(&self, path: &str) -> Vec<PathBuf> {
        let inner = Path::new(path).strip_prefix(self.root);
        let inner = inner.unwrap_or(Path::new(""));
        let mut directory = PathBuf::from(self.point);
        let mut directories = vec![directory.clone()];
        for component in inner.components() {
            if let Component::Normal(name) = component {
                directory.push(name);
                directories.push(directory.clone());
            }
        }
        directories
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process whose cgroup is `membership`, where the files lie under a directory that is mounted as `mount` says.
    fn limits(membership: &str, mount: &str, files: &[(&str, &str)]) -> Option<u64> {
        let directory = tempfile::tempdir().unwrap();
        let point = directory.path().join("mounted");
        for (name, content) in files {
            let file = point.join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, content).unwrap();
        }
        let mount = mount.replace("POINT", point.to_str().unwrap());
        std::fs::write(directory.path().join("cgroup"), membership).unwrap();
        std::fs::write(directory.path().join("mountinfo"), mount).unwrap();
        cgroup_bytes(directory.path())
    }

    const V1: &str = "33 32 0:29 / POINT rw,nosuid - cgroup cgroup rw,memory\n";
    const V2: &str = "24 32 0:21 / POINT rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";

    #[test]
    fn the_least_limit_of_a_cgroup_and_those_around_it_counts() {
        let files = [
            ("a/memory.max", "max\n"),
            ("a/b/memory.max", "67108864\n"),
            ("a/b/c/memory.max", "268435456\n"),
            ("other/memory.max", "1\n"),
        ];
        assert_eq!(limits("0::/a/b/c\n", V2, &files), Some(64 << 20));
        assert_eq!(limits("0::/a\n", V2, &files), None);
    }

    #[test]
    fn both_versions_are_read_and_other_hierarchies_are_not() {
        let files = [
            ("memory.limit_in_bytes", "9223372036854771712\n"),
            ("a/memory.limit_in_bytes", "134217728\n"),
        ];
        let memberships = "9:name=systemd:/\n4:memory:/a\n0::/\n";
        assert_eq!(limits(memberships, V1, &files), Some(128 << 20));
        let cpu = V1.replace("rw,memory", "rw,cpu");
        assert_eq!(limits(memberships, &cpu, &files), None);
    }

    #[test]
    fn a_container_that_sees_only_its_own_cgroup_finds_its_limit() {
        let own = V1.replace("0:29 / ", "0:29 /docker/0123 ");
        let files = [("memory.limit_in_bytes", "33554432\n")];
        assert_eq!(
            limits("4:memory:/docker/0123\n", &own, &files),
            Some(32 << 20)
        );
        // In a namespace of its own it is at the root.
        let files = [("memory.max", "33554432\n")];
        assert_eq!(limits("0::/\n", V2, &files), Some(32 << 20));
        assert_eq!(limits("0::/../../host\n", V2, &files), Some(32 << 20));
    }

    #[test]
    fn this_machine_has_memory() {
        assert!(memory_bytes().unwrap() > 16 << 20);
    }
}
