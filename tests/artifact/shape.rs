//! Keys and types of a payload whose digest is right.

use ciborium::Value;
use sagelet::artifact::{Artifact, ArtifactError, Document, Parameters};
use sagelet::model::Model;

use super::*;

#[test]
fn a_missing_key_is_named() {
    assert_shape(&refused(&without(payload(), "model")), "model");
    for key in ["kind", "intercept", "coefficients"] {
        assert_shape(
            &refused(&set(payload(), "model", without(model(), key))),
            key,
        );
    }
}

#[test]
fn an_unknown_kind_is_named() {
    assert_shape(
        &refused(&set_in_model("kind", "random-forest".into())),
        "random-forest",
    );
}

#[test]
fn a_value_of_another_type_is_refused() {
    for value in [
        Value::from("1.5"),
        Value::Null,
        Value::Bool(true),
        Value::Bytes(vec![1]),
        list(&[1.0]),
    ] {
        let error = refused(&set_in_model("intercept", value.clone()));
        assert!(
            matches!(
                error,
                ArtifactError::Shape {
                    part: "payload",
                    ..
                }
            ),
            "{value:?}: {error}"
        );
        let error = refused(&set_in_model(
            "coefficients",
            Value::Array(vec![1.0.into(), value.clone()]),
        ));
        assert!(
            matches!(
                error,
                ArtifactError::Shape {
                    part: "payload",
                    ..
                }
            ),
            "{value:?}: {error}"
        );
    }
    for payload in [Value::Null, list(&[1]), "text".into()] {
        let error = refused(&payload);
        assert!(
            matches!(
                error,
                ArtifactError::Shape {
                    part: "payload",
                    ..
                }
            ),
            "{error}"
        );
    }
}

#[test]
fn integers_are_accepted_where_floats_are_meant() {
    let payload = set(
        set_in_model("coefficients", list(&[3, -4])),
        "verification",
        map(&[
            ("rows", Value::Array(vec![list(&[1, 1])])),
            ("predictions", Value::Array(vec![(-0.5).into()])),
        ]),
    );
    let document = read(&set(payload, "metrics", map(&[("rows", 442.into())]))).unwrap();
    let Parameters::LinearRegression(linear) = &document.model else {
        panic!("another kind");
    };
    assert_eq!(linear.coefficients, [3.0, -4.0]);
    assert_eq!(document.metrics["rows"], 442.0);
    Model::load(&document).unwrap();
}

#[test]
fn floats_of_half_and_single_width_are_accepted() {
    let whole = cbor(&payload());
    let double = cbor(&0.5.into());
    for float in [&[0xf9, 0x38, 0x00][..], &[0xfa, 0x3f, 0x00, 0x00, 0x00]] {
        let place = memchr::memmem::find(&whole, &double).expect("the intercept");
        let bytes = [&whole[..place], float, &whole[place + double.len()..]].concat();
        assert!(Artifact::from_bytes(&around(&bytes)).is_ok(), "{float:x?}");
    }
}

#[test]
fn integers_that_no_float_holds_exactly_are_refused() {
    let most = 1_u64 << 53;
    assert!(read(&set_in_model("intercept", most.into())).is_ok());
    assert_shape(
        &refused(&set_in_model("intercept", (most + 1).into())),
        "too large to be a float exactly",
    );
    assert_shape(
        &refused(&set_in_model("intercept", i64::MIN.into())),
        "too large to be a float exactly",
    );
}

/// The payload with an encoding of its first feature.
fn with_encoding(encoding: Value) -> Value {
    let features = vec![map(&[("encoding", encoding)]), map(&[])];
    set(payload(), "features", Value::Array(features))
}

#[test]
fn null_is_no_list_and_no_word() {
    let one_hot = map(&[
        ("kind", "one-hot".into()),
        ("categories", list(&[1])),
        ("unknown", Value::Null),
    ]);
    let ordinal = map(&[
        ("kind", "ordinal".into()),
        ("categories", list(&[1])),
        ("numbers", Value::Null),
    ]);
    let several = map(&[
        ("kind", "multi-target-regression".into()),
        ("targets", Value::Null),
        ("intercepts", list(&[0.5])),
        ("coefficients", Value::Array(vec![list(&[1.0, 2.0])])),
    ]);
    for (payload, expected) in [
        (with_encoding(one_hot), "unknown"),
        (with_encoding(ordinal), "null"),
        (set(payload(), "model", several), "null"),
    ] {
        assert_shape(&refused(&payload), expected);
    }
}

#[test]
fn an_error_about_labels_and_unknown_categories_has_the_value() {
    let logistic = map(&[
        ("kind", "logistic-regression".into()),
        ("labels", list(&[1, 2, 3])),
        ("intercept", 0.5.into()),
        ("coefficients", list(&[1.0, 2.0])),
    ]);
    let one_hot = |unknown: &str| {
        map(&[
            ("kind", "one-hot".into()),
            ("categories", list(&[1])),
            ("unknown", unknown.into()),
        ])
    };
    let error = refused(&set(payload(), "model", logistic));
    assert_shape(&error, "invalid length 3, expected two labels");
    assert_shape(&refused(&with_encoding(one_hot("drop"))), "`drop`");
}

/// Both forms are read by one reader, and it says which keys lead to what is wrong.
#[test]
fn an_error_names_the_way_to_the_value() {
    let payload = set_in_model("coefficients", Value::Array(vec![1.0.into(), "2".into()]));
    let reason = "model.coefficients[1]: invalid type: string \"2\", expected a number";
    assert_shape(&refused(&payload), reason);
    let json = serde_json::to_string(&payload).unwrap();
    let error = serde_json::from_str::<Document>(&json).unwrap_err();
    assert_eq!(error.to_string(), reason);
    let missing = set(
        payload,
        "verification",
        map(&[("rows", Value::Array(vec![]))]),
    );
    let missing = set(missing, "model", model());
    assert_shape(
        &refused(&missing),
        "verification: missing field `predictions`",
    );
}

/// What stands in a file is cut before it becomes part of an error.
#[test]
fn a_long_value_is_cut_in_the_error() {
    let long = "x".repeat(10_000);
    for payload in [
        set_in_model("intercept", long.as_str().into()),
        set_in_model("kind", long.as_str().into()),
        set(payload(), "metrics", map(&[(&long, Value::Null)])),
    ] {
        let error = refused(&payload).to_string();
        assert!(error.len() < 1_000, "{error}");
        assert!(error.contains('…'), "{error}");
    }
}
