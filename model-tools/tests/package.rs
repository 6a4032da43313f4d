//! `package`: an archive that the platform unpacks, and that is the same wherever it is made.

use std::io::Read as _;

use crate::harness::{DIABETES, Scratch, case, repository, run, run_with};

fn entries(archive: &[u8]) -> Vec<(String, Vec<u8>, tar::Header)> {
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(archive));
    let entry = |entry: std::io::Result<tar::Entry<'_, _>>| {
        let mut entry: tar::Entry<'_, flate2::read::GzDecoder<&[u8]>> = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let path = entry.path().unwrap().to_str().unwrap().to_owned();
        (path, bytes, entry.header().clone())
    };
    tar.entries().unwrap().map(entry).collect()
}

/// Nothing of the machine or the moment is in it, and the artifact lies at the top as it was.
#[test]
fn the_archive_holds_the_artifact_and_nothing_of_the_machine() {
    let packaged = run(["package", DIABETES, "-o", "-"]);
    assert_eq!(packaged.code, Some(0), "{}", packaged.stderr);
    let artifact = std::fs::read(repository().join(DIABETES)).unwrap();
    let entries = entries(&packaged.stdout);
    let [(path, bytes, header)] = entries.as_slice() else {
        panic!("{entries:?}")
    };
    assert_eq!((path.as_str(), bytes), ("model.cbor", &artifact));
    assert_eq!(
        (
            header.mtime().unwrap(),
            header.uid().unwrap(),
            header.gid().unwrap()
        ),
        (0, 0, 0)
    );
    assert_eq!(header.mode().unwrap(), 0o644);
    assert_eq!(header.username().unwrap(), Some(""));
    assert_eq!(
        packaged.stdout[4..8],
        [0; 4],
        "the time in the head of the gzip stream"
    );
}

#[test]
fn the_same_model_gives_the_same_bytes() {
    let scratch = Scratch::new();
    let (first, copy) = (scratch.path("first.tar.gz"), scratch.path("copy.cbor"));
    run(["package", DIABETES, "-o", &first]).ok();
    std::fs::copy(repository().join(DIABETES), &copy).unwrap();
    let second = run(["package", &copy, "-o", "-"]).stdout;
    assert_eq!(std::fs::read(&first).unwrap(), second);
    run(["package", DIABETES, "-o", &first]).refused(1, "--force");
}

/// Another format is converted first, and the result is an artifact that loads.
#[test]
fn a_model_in_another_format_becomes_an_artifact_first() {
    let packaged = run(["package", &case("exports/encoded.json"), "-o", "-"]);
    let entries = entries(&packaged.stdout);
    run_with(["check", "-"], &entries[0].1).ok();
}
