//! `check`: its exit code is what a pipeline goes by.

use crate::containers::{gzip, tar};
use crate::harness::{DIABETES, Scratch, case, repository, run, run_with};

#[test]
fn a_valid_artifact_passes_and_it_says_what_was_checked() {
    assert_eq!(
        run(["check", DIABETES]).ok(),
        "examples/diabetes/model.cbor: ok: digest and structure right, loads as linear-regression, \
         4 verification rows replayed\n"
    );
    let bytes = std::fs::read(repository().join(DIABETES)).unwrap();
    assert!(
        run_with(["check", "-"], &bytes)
            .ok()
            .starts_with("standard input: ok")
    );
}

/// One bad file among good ones fails the whole, and the others are checked all the same.
#[test]
fn one_bad_file_fails_the_whole() {
    let scratch = Scratch::new();
    let bytes = std::fs::read(repository().join(DIABETES)).unwrap();
    let short = scratch.write("short.cbor", &bytes[..500]);
    let checked = run(["check", &short, DIABETES, "no-such-file"]);
    assert_eq!(checked.code, Some(1));
    assert!(
        String::from_utf8(checked.stdout)
            .unwrap()
            .contains("model.cbor: ok")
    );
    let lines: Vec<&str> = checked.stderr.lines().collect();
    assert!(lines[0].contains("short.cbor: the envelope ends inside an item"));
    assert!(lines[1].contains("cannot read no-such-file"));
    assert_eq!(lines[2], "error: 2 of 3 files refused");
}

/// What only `convert` can read is not what `serve` loads.
#[test]
fn a_model_that_is_no_artifact_fails_with_the_way_to_make_one() {
    run(["check", &case("hand-written/minimal.json")]).refused(1, "model-tools convert");
}

/// `package` writes what `check` takes; what the server would not find in an archive is refused.
#[test]
fn the_artifact_in_a_packaged_archive_is_checked() {
    let scratch = Scratch::new();
    let archive = scratch.path("model.tar.gz");
    run(["package", DIABETES, "-o", &archive]).ok();
    let checked = run(["check", &archive]).ok();
    assert!(
        checked.contains("model.tar.gz: ok: digest and structure right"),
        "{checked}"
    );
    let artifact = std::fs::read(repository().join(DIABETES)).unwrap();
    for files in [
        &[("model/model.cbor", artifact.as_slice())][..],
        &[("a.cbor", &artifact), ("b.cbor", &artifact)],
        &[("model.bin", &artifact)],
    ] {
        let archive = scratch.write("other.tar.gz", &gzip(&tar(files)));
        run(["check", &archive]).refused(1, "one file at its top whose name ends with .cbor");
    }
    // The server does not decompress.
    let alone = scratch.write("model.cbor.gz", &gzip(&artifact));
    run(["check", &alone]).refused(1, "this is no sagelet artifact");
}
