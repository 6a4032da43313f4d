//! Every way in which bytes can be no artifact, each with the error that says so.
//!
//! The bytes are built by hand from CBOR values, so that what is tested is the format and not its writer.

mod bombs;
mod derived;
mod envelope;
mod file;
mod meaning;
mod shape;
mod signature;
mod structure;
mod version;

use ciborium::Value;
use sagelet::artifact::{Artifact, ArtifactError, Document, Parameters};
use sha2::{Digest, Sha256};

/// A map of CBOR.
fn map(entries: &[(&str, Value)]) -> Value {
    let entry = |(key, value): &(&str, Value)| (Value::from(*key), value.clone());
    Value::Map(entries.iter().map(entry).collect())
}

fn list<Item: Clone + Into<Value>>(items: &[Item]) -> Value {
    Value::Array(items.iter().cloned().map(Into::into).collect())
}

fn cbor(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

/// A payload in order: 0.5 + 1·a + 2·b.
fn payload() -> Value {
    map(&[
        ("version", list(&[1, 0])),
        (
            "features",
            Value::Array(vec![
                map(&[("name", "a".into())]),
                map(&[("name", "b".into())]),
            ]),
        ),
        ("model", model()),
    ])
}

fn model() -> Value {
    map(&[
        ("kind", "linear-regression".into()),
        ("intercept", 0.5.into()),
        ("coefficients", list(&[1.0, 2.0])),
    ])
}

fn isotonic(x: &[f64], y: &[f64]) -> Value {
    let model = map(&[
        ("kind", "isotonic".into()),
        ("x_thresholds", list(x)),
        ("y_thresholds", list(y)),
    ]);
    let features = Value::Array(vec![map(&[])]);
    set(set(payload(), "features", features), "model", model)
}

/// The map with one entry replaced or added.
fn set(mut value: Value, key: &str, to: Value) -> Value {
    let entries = value.as_map_mut().expect("a map");
    entries.retain(|(name, _)| name.as_text() != Some(key));
    entries.push((key.into(), to));
    value
}

fn without(mut value: Value, key: &str) -> Value {
    value
        .as_map_mut()
        .expect("a map")
        .retain(|(name, _)| name.as_text() != Some(key));
    value
}

fn set_in_model(key: &str, to: Value) -> Value {
    set(payload(), "model", set(model(), key, to))
}

/// The envelope of a payload's bytes, in order.
fn envelope_of(payload: &[u8]) -> Value {
    map(&[
        ("format", "sagelet-model".into()),
        ("version", list(&[1, 0])),
        ("sha256", Value::Bytes(Sha256::digest(payload).to_vec())),
        (
            "payload",
            Value::Tag(24, Box::new(Value::Bytes(payload.to_vec()))),
        ),
    ])
}

fn tagged(envelope: &Value) -> Vec<u8> {
    let mut bytes = vec![0xd9, 0xd9, 0xf7];
    bytes.extend(cbor(envelope));
    bytes
}

/// The artifact of a payload's bytes: everything around them is right.
fn around(payload: &[u8]) -> Vec<u8> {
    tagged(&envelope_of(payload))
}

fn read(payload: &Value) -> Result<Document, ArtifactError> {
    Artifact::from_bytes(&around(&cbor(payload))).map(|artifact| artifact.document)
}

fn refused(payload: &Value) -> ArtifactError {
    read(payload).expect_err("this is no artifact")
}

#[track_caller]
fn assert_meaning(payload: &Value, expected: &str) {
    match refused(payload) {
        ArtifactError::Meaning(reason) => assert!(reason.contains(expected), "{reason}"),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn assert_shape(error: &ArtifactError, expected: &str) {
    match error {
        ArtifactError::Shape { reason, .. } => assert!(reason.contains(expected), "{reason}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_the_tests_start_from_is_in_order() {
    let document = read(&payload()).unwrap();
    assert_eq!(document.feature_name(1), "b");
    let Parameters::LinearRegression(linear) = document.model else {
        panic!("another kind");
    };
    assert_eq!(
        (linear.intercept, linear.coefficients),
        (0.5, vec![1.0, 2.0])
    );
    assert!(read(&isotonic(&[1.0, 2.0], &[3.0, 3.0])).is_ok());
}
