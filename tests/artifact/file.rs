//! Artifacts as files: whole or not at all, and never over another one without leave.

use std::os::unix::fs::PermissionsExt;

use sagelet::artifact::{ArtifactError, write_atomically};

#[test]
fn a_file_that_exists_is_replaced_only_with_leave() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.cbor");
    write_atomically(&path, b"first", false).unwrap();
    let error = write_atomically(&path, b"second", false).unwrap_err();
    assert!(matches!(error, ArtifactError::Exists(_)), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), b"first");
    write_atomically(&path, b"second", true).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"second");
}

#[test]
fn nothing_but_the_file_is_left_behind_and_everyone_may_read_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.cbor");
    write_atomically(&path, b"first", false).unwrap();
    let refused = write_atomically(&path, b"second", false);
    assert!(refused.is_err());
    let names: Vec<_> = directory
        .path()
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["model.cbor"]);
    // Training and hosting may run as different users.
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o644);
}

#[test]
fn a_directory_that_is_not_there_is_named() {
    let error = write_atomically("/nowhere/model.cbor".as_ref(), b"", false).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot write /nowhere/model.cbor: "),
        "{error}"
    );
}
