//! Every shape of rows that each format has, read into the same design matrix.

mod binary;
mod csv;
mod json;
mod pieces;

use ndarray::{Array2, ArrayView2, array};
use serde_json::json;

use super::{ContentType, Format, Shape};
use crate::artifact::Features;
use crate::rows::{Collected, Entries, Layout, RowBuilder, RowError, Sink};

fn layout(features: serde_json::Value) -> Layout {
    let features: Features = serde_json::from_value(features).unwrap();
    Layout::new(&features).unwrap()
}

fn named() -> Layout {
    layout(json!(["age", "bmi"]))
}

/// One numeric feature, one that may be missing, one category.
fn mixed() -> Layout {
    layout(json!([
        "age",
        {"name": "bmi", "missing": 20},
        {"name": "sex", "encoding": {"kind": "ordinal", "categories": ["f", "m"]}},
    ]))
}

fn read(layout: &Layout, content_type: &str, body: &[u8]) -> Result<(Array2<f64>, Shape), String> {
    let content_type = ContentType::parse(content_type).unwrap();
    let mut rows = Collected::default();
    let options = content_type
        .read(body, RowBuilder::new(layout, &mut rows))
        .map_err(|error| error.to_string())?;
    Ok((rows.into_matrix(), options.shape))
}

fn rows(layout: &Layout, content_type: &str, body: &str) -> Array2<f64> {
    match read(layout, content_type, body.as_bytes()) {
        Ok((rows, _)) => rows,
        Err(error) => panic!("{body}: {error}"),
    }
}

fn refused(layout: &Layout, content_type: &str, body: &str) -> String {
    match read(layout, content_type, body.as_bytes()) {
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
    struct Counted(f64, usize);
    impl Sink for Counted {
        fn block(
            &mut self,
            rows: ArrayView2<'_, f64>,
            _: &Entries,
            first: usize,
        ) -> Result<(), RowError> {
            assert_eq!(first as f64, self.0 + 1.0);
            self.1 += 1;
            for &cell in &rows {
                assert_eq!(cell, self.0);
                self.0 += 1.0;
            }
            Ok(())
        }
    }
    let layout = Layout::numbers(1);
    let body: String = (0..100_000).map(|row| format!("{row}\n")).collect();
    let mut sink = Counted(0.0, 0);
    ContentType::of(Format::Csv)
        .read(body.as_bytes(), RowBuilder::new(&layout, &mut sink))
        .unwrap();
    assert_eq!(sink.0, 100_000.0);
    assert!(sink.1 > 1);
}
