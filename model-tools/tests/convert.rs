//! `convert`: what goes in comes out, and what cannot is named.

use ciborium::cbor;
use sagelet::artifact::{Artifact, Digest, VERSION};

use crate::harness::{DIABETES, Scratch, case, cases, repository, run, run_with};

/// The form for people loses nothing: not a bit of a coefficient, not a key.
#[test]
fn cbor_to_json_and_back_gives_the_same_bytes() {
    let scratch = Scratch::new();
    let (json, cbor) = (scratch.path("model.json"), scratch.path("model.cbor"));
    run(["convert", DIABETES, "-o", &json]).ok();
    let back = run(["convert", &json, "-o", &cbor]);
    assert!(!back.stderr.contains("ignored"), "{}", back.stderr);
    assert!(!back.stderr.contains("added"), "{}", back.stderr);
    let original = std::fs::read(repository().join(DIABETES)).unwrap();
    assert_eq!(std::fs::read(cbor).unwrap(), original);
}

/// Whatever a person may leave out, the artifact is whole: it loads, and verifies itself.
#[test]
fn hand_written_models_become_artifacts_that_verify_themselves() {
    for path in cases("hand-written") {
        let scratch = Scratch::new();
        let cbor = scratch.path("model.cbor");
        run(["convert", &path, "-o", &cbor]).ok();
        let checked = run(["check", &cbor]).ok();
        assert!(
            checked.contains("verification rows replayed"),
            "{path}: {checked}"
        );
        let document = Artifact::read(cbor.as_ref()).unwrap().document;
        assert_eq!(document.provenance["source"], "json");
        assert_eq!(document.provenance["source_sha256"].len(), 64);
        assert!(document.provenance["converted_by"].starts_with("sagelet "));
    }
}

/// The computed rows notice a coefficient that is off by a ten-billionth of itself, however small it is, one
/// of the other sign, and two that were exchanged.
#[test]
fn computed_verification_rows_reach_every_coefficient() {
    let scratch = Scratch::new();
    let json = scratch.path("model.json");
    run(["convert", &case("hand-written/log-link.json"), "-o", &json]).ok();
    let whole: serde_json::Value = serde_json::from_slice(&std::fs::read(&json).unwrap()).unwrap();
    let changes = [
        [0.000_012_345_678_903, -0.5, 1.75],
        [0.000_012_345_678_901_23, 0.5, 1.75],
        [0.000_012_345_678_901_23, 1.75, -0.5],
        [-0.5, 0.000_012_345_678_901_23, 1.75],
    ];
    for change in changes {
        let mut edited = whole.clone();
        edited["model"]["coefficients"] = change.to_vec().into();
        let edited = scratch.write("edited.json", edited.to_string().as_bytes());
        run(["convert", &edited, "-o", &scratch.path("edited.cbor")])
            .refused(1, "remove \"verification\"");
    }
}

/// A misspelt key must be seen, wherever it stands: it is the difference between named and nameless columns.
#[test]
fn keys_that_are_not_known_are_named() {
    let scratch = Scratch::new();
    let converted = run([
        "convert",
        &case("hand-written/misspelt.json"),
        "-o",
        &scratch.path("model.cbor"),
    ]);
    let ignored: Vec<&str> = converted
        .stderr
        .lines()
        .filter(|line| line.starts_with("ignored"))
        .collect();
    assert_eq!(
        ignored,
        [
            "ignored unknown key \"features[1].unit\"",
            "ignored unknown key \"featurs\"",
            "ignored unknown key \"model.scale\"",
        ]
    );
}

/// Each case in `refused/` has the words that must be said about it beside it.
#[test]
fn what_makes_no_model_is_refused_with_the_reason() {
    for path in cases("refused") {
        let scratch = Scratch::new();
        let reason = repository().join(path.replace(".json", ".txt"));
        let reason = std::fs::read_to_string(reason).unwrap();
        let converted = run(["convert", &path, "-o", &scratch.path("model.cbor")]);
        converted.refused(1, reason.trim_end());
        let last = converted.stderr.lines().last().unwrap();
        assert!(last.starts_with(&format!("error: {path}: ")), "{last}");
        assert!(scratch.files().is_empty(), "{path} left a file behind");
    }
}

/// An artifact of a later minor version is read, and what of it is not written again is named.
#[test]
fn keys_of_a_later_minor_version_are_named() {
    let later = sealed(&cbor!({
        "version" => [1, 7],
        "features" => [{"name" => "rooms", "unit" => "m"}],
        "model" => {"kind" => "linear-regression", "intercept" => 1, "coefficients" => [2]},
        "calibration" => {"slope" => 0.5},
    }));
    let scratch = Scratch::new();
    let path = scratch.path("model.cbor");
    let converted = run_with(["convert", "-", "-o", &path], &later);
    for key in ["calibration", "features[0].unit"] {
        let line = format!("ignored unknown key \"{key}\"\n");
        assert!(converted.stderr.contains(&line), "{}", converted.stderr);
    }
    let written = Artifact::read(path.as_ref()).unwrap().document;
    assert_eq!(written.version, VERSION);
}

/// An artifact of version 1.7 around any payload.
fn sealed(payload: &Result<ciborium::Value, ciborium::value::Error>) -> Vec<u8> {
    let mut content = Vec::new();
    ciborium::into_writer(payload.as_ref().unwrap(), &mut content).unwrap();
    let digest = Digest::of(&content).to_string();
    let digest =
        (0..32).map(|byte| u8::from_str_radix(&digest[2 * byte..2 * byte + 2], 16).unwrap());
    let envelope = cbor!({
        "format" => "sagelet-model",
        "version" => [1, 7],
        "sha256" => ciborium::Value::Bytes(digest.collect()),
        "payload" => ciborium::Value::Tag(24, Box::new(ciborium::Value::Bytes(content))),
    });
    let tagged = ciborium::Value::Tag(55799, Box::new(envelope.unwrap()));
    let mut bytes = Vec::new();
    ciborium::into_writer(&tagged, &mut bytes).unwrap();
    bytes
}

/// A damaged artifact is an artifact still: it is refused as one, not tried as something else.
#[test]
fn a_damaged_artifact_is_refused_as_an_artifact() {
    let scratch = Scratch::new();
    let mut bytes = std::fs::read(repository().join(DIABETES)).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    let damaged = scratch.write("model.cbor", &bytes);
    run(["convert", &damaged, "-o", &scratch.path("model.json")]).refused(1, "SHA-256");
}

#[test]
fn a_file_is_replaced_only_with_force() {
    let scratch = Scratch::new();
    let output = scratch.write("model.json", b"precious");
    run(["convert", DIABETES, "-o", &output]).refused(1, "--force");
    assert_eq!(std::fs::read(&output).unwrap(), b"precious");
    run(["convert", DIABETES, "-o", &output, "--force"]).ok();
    assert!(std::fs::read(&output).unwrap().starts_with(b"{"));
    assert_eq!(scratch.files(), ["model.json"]);
}

/// The new file is renamed over the old name, which must not happen to a directory or device.
#[test]
fn what_is_no_file_is_never_replaced() {
    let scratch = Scratch::new();
    let directory = scratch.path("");
    run([
        "convert", DIABETES, "-o", &directory, "--to", "json", "--force",
    ])
    .refused(1, "is no regular file");
}

#[test]
fn a_byte_order_mark_before_json_is_passed_over() {
    let json = std::fs::read(repository().join(case("hand-written/minimal.json"))).unwrap();
    let marked = [b"\xef\xbb\xbf", json.as_slice()].concat();
    run_with(["convert", "-", "-o", "-", "--to", "json"], &marked).ok();
}

/// Content decides what is read; only the output's form is told by a name, and `--to` outranks it.
#[test]
fn the_name_of_the_input_says_nothing() {
    let scratch = Scratch::new();
    let misnamed = scratch.path("model.cbor");
    run(["convert", DIABETES, "-o", &misnamed, "--to", "json"]).ok();
    assert!(std::fs::read(&misnamed).unwrap().starts_with(b"{"));
    run(["convert", &misnamed, "-o", &scratch.path("again.CBOR")]).ok();
    run(["check", &scratch.path("again.CBOR")]).ok();
}

#[test]
fn standard_streams_stand_for_files() {
    let original = std::fs::read(repository().join(DIABETES)).unwrap();
    let json = run_with(["convert", "-", "-o", "-", "--to", "json"], &original).ok();
    let cbor = run_with(["convert", "-", "-o", "-"], json.as_bytes());
    assert_eq!(cbor.stdout, original);
}

#[test]
fn a_form_that_cannot_be_told_is_a_usage_error() {
    run(["convert", DIABETES, "-o", "model.bin"]).refused(2, "--to");
    run(["convert", DIABETES, "-o", "model.json", "--to", "xml"]).refused(2, "cbor, json");
}

#[test]
fn files_that_are_not_there_are_named() {
    run(["convert", "no-such-file", "-o", "-"])
        .refused(1, "cannot read no-such-file: No such file");
    run(["convert", DIABETES, "-o", "no-such-directory/model.cbor"])
        .refused(1, "no-such-directory/model.cbor");
    run_with(["convert", "-", "-o", "-"], b"").refused(1, "standard input: the file is empty");
}
