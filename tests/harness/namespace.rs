//! The program as process 1 of a namespace of its own, as in a container, where signals without a handler do nothing.

use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};

use super::process::proc_status;
use super::{Process, binary};

/// The command that runs the program with these arguments as process 1; none where namespaces are forbidden.
pub(crate) fn as_process_1(arguments: &[&str]) -> Option<Command> {
    let mut command = Command::new("unshare");
    command.args(options()?).arg(binary()).args(arguments);
    Some(command)
}

/// Signals the program that such a command has started.
pub(crate) fn signal_process_1(command: &Process, signal: Signal) {
    let pid = only_child(command.id());
    let namespaced = proc_status(pid, "NSpid");
    let innermost = namespaced.split_whitespace().last();
    assert_eq!(innermost, Some("1"), "{namespaced}");
    let pid = Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    kill_process(pid, signal).unwrap();
}

/// What `unshare` needs for a process-id namespace here, if it can have one.
fn options() -> Option<&'static [&'static str]> {
    const AS_ROOT: &[&str] = &["--pid", "--fork", "--kill-child"];
    const AS_USER: &[&str] = &[
        "--user",
        "--map-root-user",
        "--pid",
        "--fork",
        "--kill-child",
    ];
    [AS_ROOT, AS_USER].into_iter().find(|options| {
        let trial = Command::new("unshare").args(*options).arg("true").output();
        trial.is_ok_and(|output| output.status.success())
    })
}

fn only_child(pid: u32) -> u32 {
    let path = format!("/proc/{pid}/task/{pid}/children");
    let children = std::fs::read_to_string(path).unwrap();
    children.trim().parse().expect("one child")
}
