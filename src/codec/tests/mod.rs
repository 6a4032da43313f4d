//! Every shape of rows that each format has, read into the same design matrix.

mod binary;
mod csv;
mod json;

use ndarray::{Array2, array};
use serde_json::json;

use super::{ContentType, Format, Shape};
use crate::artifact::Feature;
use crate::model::{Design, Schema};

fn schema(features: serde_json::Value) -> Schema {
    let features: Vec<Feature> = serde_json::from_value(features).unwrap();
    Schema::new(&features)
}

fn named() -> Schema {
    schema(json!(["age", "bmi"]))
}

/// One numeric feature, one that may be missing, one category.
fn mixed() -> Schema {
    schema(json!([
        "age",
        {"name": "bmi", "missing": 20},
        {"name": "sex", "encoding": {"kind": "ordinal", "categories": ["f", "m"]}},
    ]))
}

fn read(schema: &Schema, content_type: &str, body: &[u8]) -> Result<(Array2<f64>, Shape), String> {
    let content_type = ContentType::parse(content_type).unwrap();
    let mut design = Design::new(schema);
    let asked = content_type
        .read(body, &mut design)
        .map_err(|error| error.to_string())?;
    Ok((design.finish(), asked.shape))
}

fn rows(schema: &Schema, content_type: &str, body: &str) -> Array2<f64> {
    match read(schema, content_type, body.as_bytes()) {
        Ok((rows, _)) => rows,
        Err(error) => panic!("{body}: {error}"),
    }
}

fn refused(schema: &Schema, content_type: &str, body: &str) -> String {
    match read(schema, content_type, body.as_bytes()) {
        Ok((rows, _)) => panic!("{body}: {rows}"),
        Err(error) => error,
    }
}

#[test]
fn missing_cells_and_categories_follow_the_features_in_every_format() {
    let expected = array![[1.0, 20.0, 1.0], [2.0, 21.0, 0.0]];
    for (content_type, body) in [
        ("text/csv", "1,,m\n2,21,f\n"),
        ("text/csv", "sex,age,bmi\nm,1,nan\nf,2,21\n"),
        (
            "application/json",
            r#"{"instances": [[1, null, "m"], [2, 21, "f"]]}"#,
        ),
        (
            "application/json",
            r#"[{"sex": "m", "age": 1, "bmi": null}, {"sex": "f", "age": 2, "bmi": 21}]"#,
        ),
        (
            "application/json",
            r#"{"inputs": {"sex": ["m", "f"], "age": [1, 2], "bmi": [null, 21]}}"#,
        ),
        (
            "application/json",
            r#"{"inputs": [{"name": "age", "shape": [2], "datatype": "INT32", "data": [1, 2]},
                           {"name": "bmi", "shape": [2], "datatype": "FP64", "data": [null, 21]},
                           {"name": "sex", "shape": [2], "datatype": "BYTES", "data": ["m", "f"]}]}"#,
        ),
        (
            "application/jsonlines",
            "[1, null, \"m\"]\n{\"sex\": \"f\", \"bmi\": 21, \"age\": 2}\n",
        ),
    ] {
        assert_eq!(rows(&mixed(), content_type, body), expected, "{body}");
    }
}

/// Rows are worked on in blocks: a request of many blocks is still one request.
#[test]
fn rows_are_passed_on_in_blocks_and_none_is_lost() {
    let schema = Schema::numbers(1);
    let body: String = (0..100_000).map(|row| format!("{row}\n")).collect();
    let (mut next, mut blocks) = (0.0, 0);
    let mut sink = |block: &Array2<f64>| {
        blocks += 1;
        for &cell in block {
            assert_eq!(cell, next);
            next += 1.0;
        }
        Ok(())
    };
    let mut design = Design::passing_on(&schema, &mut sink);
    ContentType::of(Format::Csv)
        .read(body.as_bytes(), &mut design)
        .unwrap();
    drop(design);
    assert_eq!(next, 100_000.0);
    assert!(blocks > 1);
}
