//! Format, version and digest around the payload.

use ciborium::Value;
use sagelet::artifact::{Artifact, ArtifactError};
use sha2::{Digest, Sha256};

use super::*;
use crate::harness::prefix::identity;

#[test]
fn another_format_is_named() {
    let bytes = tagged(&set(
        envelope_of(&cbor(&payload())),
        "format",
        "onnx".into(),
    ));
    let error = Artifact::from_bytes(&bytes).unwrap_err();
    assert!(
        matches!(&error, ArtifactError::OtherFormat(name) if name == "onnx"),
        "{error}"
    );
}

#[test]
fn an_unknown_major_version_is_refused_before_anything_inside_is_looked_at() {
    for major in [0, 3, 65535] {
        let bytes = tagged(&map(&[
            ("format", "sagelet-model".into()),
            ("version", list(&[major, 7])),
        ]));
        let error = Artifact::from_bytes(&bytes).unwrap_err();
        assert!(
            matches!(error, ArtifactError::UnknownVersion { major: found, minor: 7 } if i32::from(found) == major),
            "{error}"
        );
    }
}

#[test]
fn a_higher_minor_version_is_accepted() {
    let payload = cbor(&set(payload(), "version", list(&[1, 9])));
    let bytes = tagged(&set(envelope_of(&payload), "version", list(&[1, 9])));
    assert_eq!(Artifact::from_bytes(&bytes).unwrap().document.version.1, 9);
}

#[test]
fn versions_that_disagree_are_refused() {
    let bytes = tagged(&set(
        envelope_of(&cbor(&payload())),
        "version",
        list(&[1, 1]),
    ));
    let error = Artifact::from_bytes(&bytes).unwrap_err();
    assert!(
        matches!(error, ArtifactError::VersionMismatch { .. }),
        "{error}"
    );
}

#[test]
fn a_wrong_digest_is_refused() {
    let bytes = tagged(&set(
        envelope_of(&cbor(&payload())),
        "sha256",
        Value::Bytes(vec![7; 32]),
    ));
    let error = Artifact::from_bytes(&bytes).unwrap_err();
    assert!(
        matches!(error, ArtifactError::WrongDigest { .. }),
        "{error}"
    );
}

#[test]
fn a_digest_of_another_length_is_refused() {
    for length in [0, 20, 31, 33, 64] {
        let bytes = tagged(&set(
            envelope_of(&cbor(&payload())),
            "sha256",
            Value::Bytes(vec![7; length]),
        ));
        assert_shape(
            &Artifact::from_bytes(&bytes).unwrap_err(),
            &format!("\"sha256\" has {length} bytes, not 32"),
        );
    }
}

#[test]
fn an_envelope_without_one_of_its_keys_is_refused() {
    for key in ["format", "version", "sha256", "payload"] {
        let bytes = tagged(&without(envelope_of(&cbor(&payload())), key));
        assert_shape(&Artifact::from_bytes(&bytes).unwrap_err(), key);
    }
}

#[test]
fn a_payload_without_its_tag_is_refused() {
    let payload = cbor(&payload());
    let bytes = tagged(&set(
        envelope_of(&payload),
        "payload",
        Value::Bytes(payload),
    ));
    let error = Artifact::from_bytes(&bytes).unwrap_err();
    assert!(
        matches!(
            error,
            ArtifactError::Shape {
                part: "envelope",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn unknown_keys_are_ignored_wherever_they_are() {
    let extra = map(&[("anything", list(&["at all"]))]);
    let model = set(model(), "note", extra.clone());
    let payload = cbor(&set(
        set(payload(), "model", model),
        "comment",
        extra.clone(),
    ));
    let bytes = tagged(&set(envelope_of(&payload), "signature", extra));
    assert!(Artifact::from_bytes(&bytes).is_ok());
}

#[test]
fn the_digest_is_that_of_the_payload() {
    let bytes = cbor(&payload());
    let digest: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let artifact = Artifact::from_bytes(&around(&bytes)).unwrap();
    assert_eq!(artifact.digest.to_string(), digest);
    let (sealed, written) = Artifact::seal(identity()).unwrap();
    assert_eq!(sealed, Artifact::from_bytes(&written).unwrap());
    assert_eq!(sealed.bytes, written.len());
}
