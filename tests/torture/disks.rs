//! Disks that are full or read-only, no `/proc`, and a user without rights: each in a mount namespace of its own.

use std::process::Command;

use crate::harness::prefix::identity;
use crate::harness::process::Ended;
use crate::harness::{Prefix, Process, Server, binary};

/// Runs a shell script in a mount namespace; `$0` is the program, `$1` the tree.
fn apart(script: &str, prefix: &Prefix) -> Process {
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "sh", "-ec", script])
        .arg(binary())
        .arg(prefix.argument());
    Process::spawn(command, &[])
}

/// A training job after a script that mounts its folders, and before one that looks at them.
fn train(before: &str, after: &str) -> (Prefix, Ended) {
    let prefix = Prefix::new();
    prefix.write(
        "input/data/training/rows.csv",
        "1,0,0\n3,1,0\n-2,0,1\n0,1,1\n5,2,0\n",
    );
    let script =
        format!("{before}; code=0; \"$0\" train --prefix \"$1\" || code=$?; {after}; exit $code");
    let ended = apart(&script, &prefix).wait();
    (prefix, ended)
}

#[test]
fn training_onto_a_full_disk_fails_with_the_reason_and_leaves_no_half_of_a_model() {
    // One page, which other bytes fill.
    let fill =
        "mount -t tmpfs -o size=4k tmpfs \"$1/model\"; head -c 4096 /dev/zero > \"$1/model/other\"";
    let (prefix, ended) = train(fill, "ls -a \"$1/model\"");
    assert_eq!(ended.status.code(), Some(1), "{}", ended.log);
    let reason = prefix.read("output/failure");
    assert!(reason.contains("No space left"), "{reason}");
    let files = ended.log.lines().filter(|line| !line.contains([' ', '=']));
    assert_eq!(
        files.collect::<Vec<_>>(),
        [".", "..", "other"],
        "{}",
        ended.log
    );
}

#[test]
fn training_onto_a_read_only_disk_fails_with_the_reason() {
    let (prefix, ended) = train("mount -t tmpfs -o ro tmpfs \"$1/model\"", ":");
    assert_eq!(ended.status.code(), Some(1), "{}", ended.log);
    let reason = prefix.read("output/failure");
    assert!(reason.contains("Read-only file system"), "{reason}");
}

#[test]
fn a_failure_that_cannot_be_written_either_is_in_the_log() {
    let mounts = "mkdir \"$1/output\"; mount -t tmpfs -o ro tmpfs \"$1/output\"; mount -t tmpfs -o ro tmpfs \"$1/model\"";
    let (_, ended) = train(mounts, ":");
    assert_eq!(ended.status.code(), Some(1), "{}", ended.log);
    assert!(
        ended.log.contains("the failure file could not be written"),
        "{}",
        ended.log
    );
}

/// Serves the identity after a script, and checks a prediction.
fn serves(script: &str) -> Server {
    let prefix = Prefix::with_model(identity());
    let script = format!("{script} \"$0\" serve --prefix \"$1\" --host 127.0.0.1 --port 0");
    let process = apart(&script, &prefix);
    let server = Server::listening(process, prefix).settled();
    assert_eq!(server.invoke("text/csv", "1.5\n").predictions(), [1.5]);
    assert_eq!(server.get("/metrics").status, 200);
    server
}

#[test]
fn a_server_needs_no_proc_and_writes_nowhere() {
    let server = serves(
        "mount -t tmpfs -o ro tmpfs /proc; mount --bind \"$1\" \"$1\"; mount -o remount,ro,bind \"$1\"; exec",
    );
    assert_eq!(server.stop().status.code(), Some(0));
}

#[test]
fn a_server_needs_no_rights() {
    // The tree and the program are made readable for everybody, as they are in an image.
    let script = "chmod 755 \"$1\"; cp \"$0\" \"$1/program\"; chmod 755 \"$1/program\"; \
                  exec setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs \"$1/program\" \
                  serve --prefix \"$1\" --host 127.0.0.1 --port 0; :";
    let server = serves(script);
    assert_eq!(
        server.process.status("Uid").split_whitespace().next(),
        Some("65534")
    );
    assert_eq!(server.stop().status.code(), Some(0));
}

#[test]
fn few_descriptors_and_little_address_space_are_enough_for_one_client() {
    let server = serves("ulimit -n 24; ulimit -v 400000; ulimit -s 512; exec");
    assert_eq!(server.stop().status.code(), Some(0));
}
