//! Size, tag and structure: what is wrong before any of it means something.

use ciborium::Value;
use sagelet::artifact::{Artifact, ArtifactError};
use sagelet::limits::ARTIFACT_BYTES_MAX;

use super::*;
use crate::harness::Prefix;

#[test]
fn more_bytes_than_an_artifact_may_have_are_too_large() {
    let error = Artifact::from_bytes(&vec![0; ARTIFACT_BYTES_MAX + 1]).unwrap_err();
    assert!(
        matches!(error, ArtifactError::TooLarge(bytes) if bytes == ARTIFACT_BYTES_MAX as u64 + 1),
        "{error}"
    );
}

#[test]
fn a_file_is_too_large_without_being_read_in_full() {
    let prefix = Prefix::new();
    let path = prefix.path("model/model.cbor");
    let bytes = 1 << 40; // a hole: no disk holds this
    std::fs::File::create(&path)
        .unwrap()
        .set_len(bytes)
        .unwrap();
    let error = Artifact::read(&path).unwrap_err();
    assert!(
        matches!(error, ArtifactError::TooLarge(found) if found == bytes),
        "{error}"
    );
}

#[test]
fn as_many_bytes_as_allowed_get_past_the_check_of_the_size() {
    let error = Artifact::from_bytes(&vec![0; ARTIFACT_BYTES_MAX]).unwrap_err();
    assert!(matches!(error, ArtifactError::NotSelfDescribed), "{error}");
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Artifact::read("/nowhere/model.cbor".as_ref()).unwrap_err();
    assert!(matches!(error, ArtifactError::File { .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains("cannot read /nowhere/model.cbor"),
        "{error}"
    );
}

#[test]
fn bytes_without_the_tag_are_not_self_described() {
    for bytes in [
        Vec::new(),
        cbor(&payload()),
        b"PK\x03\x04".to_vec(),
        b"\x80\x04\x95".to_vec(),
    ] {
        let error = Artifact::from_bytes(&bytes).unwrap_err();
        assert!(matches!(error, ArtifactError::NotSelfDescribed), "{error}");
    }
}

#[test]
fn bytes_that_end_inside_an_item_are_truncated() {
    let whole = cbor(&payload());
    let error = Artifact::from_bytes(&around(&whole[..whole.len() - 1])).unwrap_err();
    assert!(
        matches!(
            error,
            ArtifactError::Truncated {
                part: "payload",
                ..
            }
        ),
        "{error}"
    );
    let error = Artifact::from_bytes(&[0xd9, 0xd9, 0xf7]).unwrap_err();
    assert!(
        matches!(
            error,
            ArtifactError::Truncated {
                part: "envelope",
                offset: 0
            }
        ),
        "{error}"
    );
}

#[test]
fn a_byte_that_begins_no_item_is_malformed() {
    let error = Artifact::from_bytes(&around(&[0xa1, 0x61, b'k', 0xfe])).unwrap_err();
    assert!(
        matches!(
            error,
            ArtifactError::Malformed {
                part: "payload",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_map_key_that_is_no_text_is_malformed() {
    let value = Value::Map(vec![(1.into(), 2.into())]);
    let error = refused(&set(payload(), "extra", value));
    assert!(
        error.to_string().contains("a map key that is no text"),
        "{error}"
    );
}

#[test]
fn a_text_that_is_not_utf_8_is_malformed() {
    let error = Artifact::from_bytes(&around(&[0x62, 0xc3, 0x28])).unwrap_err();
    assert!(error.to_string().contains("not UTF-8"), "{error}");
}

#[test]
fn undefined_and_unassigned_simple_values_are_malformed() {
    for byte in [0xf7, 0xe0, 0xf3] {
        let error = Artifact::from_bytes(&around(&[byte])).unwrap_err();
        assert!(error.to_string().contains("the simple value"), "{error}");
    }
}

#[test]
fn a_string_in_pieces_is_malformed() {
    for bytes in [[0x7f, 0x61, b'a', 0xff], [0x5f, 0x41, b'a', 0xff]] {
        let error = Artifact::from_bytes(&around(&bytes)).unwrap_err();
        assert!(error.to_string().contains("a string in pieces"), "{error}");
    }
}

#[test]
fn a_break_out_of_place_is_malformed() {
    for bytes in [
        &[0x82, 0x01, 0xff][..],
        &[0xa1, 0x61, b'a', 0xff],
        &[0xa1, 0xff],
    ] {
        let error = Artifact::from_bytes(&around(bytes)).unwrap_err();
        assert!(
            matches!(error, ArtifactError::Malformed { .. }),
            "{bytes:x?}: {error}"
        );
    }
}

#[test]
fn a_break_alone_is_no_payload() {
    assert!(Artifact::from_bytes(&around(&[0xff])).is_err());
}

#[test]
fn lists_and_maps_of_indefinite_length_are_read() {
    // Streaming CBOR writers emit them; they say the same.
    let mut bytes = cbor(&set(payload(), "metrics", map(&[])));
    assert_eq!(bytes[0], 0xa4);
    bytes[0] = 0xbf;
    bytes.push(0xff);
    assert!(Artifact::from_bytes(&around(&bytes)).is_ok());
}

#[test]
fn bytes_after_the_payload_or_the_envelope_are_trailing() {
    let mut bytes = cbor(&payload());
    let end = bytes.len();
    bytes.extend([0, 0]);
    let error = Artifact::from_bytes(&around(&bytes)).unwrap_err();
    assert!(
        matches!(error, ArtifactError::Trailing { part: "payload", offset, count: 2 } if offset == end),
        "{error}"
    );
    let mut bytes = around(&cbor(&payload()));
    bytes.push(0);
    let error = Artifact::from_bytes(&bytes).unwrap_err();
    assert!(
        matches!(
            error,
            ArtifactError::Trailing {
                part: "envelope",
                count: 1,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn more_nesting_than_the_format_has_is_too_deep() {
    let nested =
        |levels: usize| (0..levels).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
    assert!(read(&set(payload(), "extra", nested(7))).is_ok());
    let error = refused(&set(payload(), "extra", nested(8)));
    assert!(
        matches!(
            error,
            ArtifactError::TooDeep {
                part: "payload",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn nesting_without_end_is_too_deep_before_it_is_anything_else() {
    let error = Artifact::from_bytes(&around(&vec![0x81; 1 << 20])).unwrap_err();
    assert!(matches!(error, ArtifactError::TooDeep { .. }), "{error}");
    let mut bytes = vec![0xd9, 0xd9, 0xf7];
    bytes.extend([0xd8, 24].repeat(1 << 20));
    let error = Artifact::from_bytes(&bytes).unwrap_err();
    assert!(
        matches!(
            error,
            ArtifactError::TooDeep {
                part: "envelope",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn a_key_that_stands_twice_is_refused_wherever_it_is() {
    let twice = |value: &Value| {
        let mut value = value.clone();
        let entries = value.as_map_mut().expect("a map");
        let first = entries[0].clone();
        entries.push(first);
        value
    };
    let in_envelope = tagged(&twice(&envelope_of(&cbor(&payload()))));
    for (bytes, wanted, place) in [
        (around(&cbor(&twice(&payload()))), "version", "payload"),
        (
            around(&cbor(&set(payload(), "model", twice(&model())))),
            "kind",
            "payload",
        ),
        (in_envelope, "format", "envelope"),
    ] {
        let error = Artifact::from_bytes(&bytes).unwrap_err();
        assert!(
            matches!(&error, ArtifactError::DuplicateKey { key, part, .. } if key == wanted && *part == place),
            "{error}"
        );
    }
}

#[test]
fn nan_and_infinities_are_refused_in_every_width_and_place() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for payload in [
            set_in_model("intercept", number.into()),
            set_in_model("coefficients", list(&[1.0, number])),
            set(payload(), "metrics", map(&[("r2", number.into())])),
            set(payload(), "unknown", number.into()),
        ] {
            let error = refused(&payload);
            assert!(matches!(error, ArtifactError::NotFinite { .. }), "{error}");
        }
    }
    for bytes in [
        &[0xf9, 0x7e, 0][..],
        &[0xfa, 0x7f, 0x80, 0, 0],
        &[0xfb, 0xff, 0xf0, 0, 0, 0, 0, 0, 0],
    ] {
        let error = Artifact::from_bytes(&around(bytes)).unwrap_err();
        assert!(
            matches!(error, ArtifactError::NotFinite { offset: 0, .. }),
            "{error}"
        );
    }
}

#[test]
fn a_typed_array_is_refused_by_its_tag() {
    // Tag 86 (RFC 8746) says "little-endian f64s": ciborium alone would read the bytes as something else.
    let doubles = [1.0_f64.to_le_bytes(), 2.0_f64.to_le_bytes()].concat();
    let error = refused(&set_in_model(
        "coefficients",
        Value::Tag(86, Box::new(Value::Bytes(doubles))),
    ));
    assert!(
        error
            .to_string()
            .contains("tag 86, which the format does not use"),
        "{error}"
    );
}

#[test]
fn tags_that_the_format_does_not_use_are_refused() {
    for tag in [0, 1, 2, 3, 24, 55799] {
        let error = refused(&set(
            payload(),
            "extra",
            Value::Tag(tag, Box::new(Value::from(1))),
        ));
        assert!(
            matches!(error, ArtifactError::Malformed { .. }),
            "{tag}: {error}"
        );
    }
}
