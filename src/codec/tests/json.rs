//! JSON and JSON Lines in the shapes of every model server.

use ndarray::array;
use serde_json::json;

use super::{layout, named, read, refused, rows};
use crate::codec::Shape;

const JSON: &str = "application/json";

#[test]
fn json_in_all_its_shapes_is_the_same_rows() {
    let expected = array![[1.0, 2.0], [3.0, 4.0]];
    let cases = [
        (r#"{"instances": [[1, 2], [3.0, 4]]}"#, Shape::Predictions),
        (
            r#"{"signature_name": "x", "instances": [[1, 2], [3, 4]]}"#,
            Shape::Predictions,
        ),
        (
            r#"{"instances": [{"features": [1, 2]}, {"features": [3, 4]}]}"#,
            Shape::Scores,
        ),
        (
            r#"{"instances": [{"data": {"features": {"values": [1, 2]}}}, {"data": {"features": [3, 4]}}]}"#,
            Shape::Scores,
        ),
        (
            r#"{"instances": [{"configuration": {}, "features": [1, 2]}, {"features": [3, 4], "id": 7}]}"#,
            Shape::Scores,
        ),
        (
            r#"{"instances": [{"data": {"features": {"keys": [1, 0], "shape": [2], "values": [2, 1]}}},
                              {"data": {"features": {"keys": [0, 1], "values": [3, 4]}}}]}"#,
            Shape::Scores,
        ),
        (
            r#"{"instances": [{"age": 1, "bmi": 2}, {"bmi": 4, "age": 3}]}"#,
            Shape::Predictions,
        ),
        (
            r#"{"dataframe_records": [{"bmi": 2, "age": 1}, {"age": 3, "bmi": 4}]}"#,
            Shape::Predictions,
        ),
        (
            r#"{"dataframe_split": {"columns": ["bmi", "age"], "index": [0, 1], "data": [[2, 1], [4, 3]]}}"#,
            Shape::Predictions,
        ),
        (
            r#"{"dataframe_split": {"data": [[2, 1], [4, 3]], "columns": ["bmi", "age"]}}"#,
            Shape::Predictions,
        ),
        (
            r#"{"dataframe_split": {"data": [[1, 2], [3, 4]]}}"#,
            Shape::Predictions,
        ),
        (r#"{"inputs": [[1, 2], [3, 4]]}"#, Shape::Predictions),
        (
            r#"{"inputs": {"bmi": [2, 4], "age": [1, 3]}}"#,
            Shape::Predictions,
        ),
        (
            r#"{"inputs": {"bmi": [[2], [4]], "age": [[1], [3]]}, "params": {}}"#,
            Shape::Predictions,
        ),
        (r#"[[1, 2], [3, 4]]"#, Shape::Predictions),
        (
            r#"[{"bmi": 2, "age": 1}, {"age": 3, "bmi": 4}]"#,
            Shape::Predictions,
        ),
        (
            r#"[{"features": [1, 2]}, {"features": [3, 4]}]"#,
            Shape::Scores,
        ),
        (
            r#"{"inputs": [{"name": "x", "shape": [2, 2], "datatype": "FP64", "data": [1, 2, 3, 4]}]}"#,
            Shape::Tensors,
        ),
        (
            r#"{"id": "a", "inputs": [{"name": "x", "shape": [2, 2], "datatype": "FP32", "data": [[1, 2], [3, 4]]}],
                "outputs": [{"name": "predict"}]}"#,
            Shape::Tensors,
        ),
        (
            r#"{"inputs": [{"name": "bmi", "shape": [2], "datatype": "INT64", "data": [2, 4]},
                           {"name": "age", "shape": [2, 1], "datatype": "INT64", "data": [[1], [3]],
                            "parameters": {"content_type": "np"}}]}"#,
            Shape::Tensors,
        ),
    ];
    for (body, shape) in cases {
        let read = read(&named(), JSON, body.as_bytes());
        assert_eq!(read, Ok((expected.clone(), shape)), "{body}");
    }
}

#[test]
fn one_record_alone_is_one_row() {
    let expected = array![[1.0, 2.0]];
    for body in [
        "[1, 2]",
        r#"{"features": [1, 2]}"#,
        r#"{"bmi": 2, "age": 1}"#,
        r#"{"inputs": [1, 2]}"#,
    ] {
        assert_eq!(rows(&named(), JSON, body), expected, "{body}");
    }
}

#[test]
fn a_model_of_one_feature_takes_numbers_without_brackets() {
    let expected = array![[1.0], [2.0], [3.0]];
    let one = layout(json!(["x"]));
    for body in [
        "[1, 2, 3]",
        r#"{"instances": [1, 2, 3]}"#,
        r#"{"inputs": [{"name": "x", "shape": [3], "datatype": "FP64", "data": [1, 2, 3]}]}"#,
        r#"{"inputs": {"x": [1, 2, 3]}}"#,
    ] {
        assert_eq!(rows(&one, JSON, body), expected, "{body}");
    }
    assert_eq!(
        rows(&one, "application/jsonlines", "1\n[2]\n{\"x\":3}\n"),
        expected
    );
}

#[test]
fn json_that_is_none_is_refused_with_its_place() {
    let error = |body| refused(&named(), JSON, body);
    let cases = [
        (
            r#"{"instances": [[1, 2], [3]]}"#,
            "row 2 has 1 column, not 2",
        ),
        (
            r#"{"instances": [[1, null]]}"#,
            "row 1, column 2: the cell is empty",
        ),
        (
            r#"{"instances": [[1, "2x"]]}"#,
            "row 1, column 2: \"2x\" is not a number",
        ),
        (
            r#"{"instances": [{"age": 1, "bmi": "x"}]}"#,
            "row 1, column \"bmi\": \"x\" is not a number",
        ),
        (
            r#"{"instances": [{"age": 1}]}"#,
            "row 1: there is no column \"bmi\"",
        ),
        (
            r#"{"instances": [{"age": 1, "size": 2}]}"#,
            "row 1: the model has no feature \"size\": its features are \"age\", \"bmi\"",
        ),
        (
            r#"{"instances": [{"age": 1, "age": 1}]}"#,
            "row 1: column \"age\" is given twice",
        ),
        (
            r#"{"dataframe_split": {"columns": ["age"], "data": [[1]]}}"#,
            "there is no column \"bmi\"",
        ),
        (
            r#"{"instances": [{"data": {"features": {"keys": [2], "values": [1]}}}]}"#,
            "row 1: there is no column with index 2: the model has 2 features, counted from 0",
        ),
        (r#"{"inputs": [[1, 2, 3]]}"#, "row 1 has 3 columns, not 2"),
    ];
    for (body, expected) in cases {
        assert_eq!(error(body), expected, "{body}");
    }
}

#[test]
fn json_of_another_shape_is_refused_with_the_reason() {
    let cases = [
        (
            r#"{"instances": [[1, 2], {"features": [1, 2]}]}"#,
            "row 2 is of another shape",
        ),
        (
            r#"{"instances": [1, 2], "inputs": [[1, 2]]}"#,
            "\"instances\" and \"inputs\" in one request",
        ),
        (
            r#"{"instances": [[1, 2], 3]}"#,
            "row 2: rows and cells stand in one list. Rows are read from [[…], …], [{…}, …],",
        ),
        (r#"{"data": {}}"#, "\"data\" holds no \"features\""),
        (
            r#"{"rows": [[1, 2]]}"#,
            "row 1 has \"rows\" where \"features\"",
        ),
        (
            r#"{"instances": [[1, 2]]} x"#,
            "expected the end of the text, found \"x\"",
        ),
        (
            r#"{"instances": [[1, 2]"#,
            "line 1, column 22: expected a comma or the end of the list, found the end of the text",
        ),
        ("1", "the body is a value alone"),
        (
            r#"{"inputs": [{"name": "x", "shape": [2, 3], "datatype": "FP64", "data": [1, 2]}]}"#,
            "input \"x\" has the shape [2, 3], not [rows, 2]",
        ),
        (
            r#"{"inputs": [{"name": "x", "shape": [1, 3], "datatype": "FP64", "data": [1, 2, 3]}]}"#,
            "input \"x\" has the shape [1, 3], not [rows, 2]",
        ),
        (
            r#"{"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP7", "data": [1, 2]}]}"#,
            "the datatype \"FP7\"",
        ),
        (
            r#"{"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP64",
                            "parameters": {"binary_data_size": 16}}]}"#,
            "has its data in binary",
        ),
        (
            r#"{"instances": [{"data": {"features": {"keys": [0], "values": [1, 2]}}}]}"#,
            "row 1 has more \"keys\" than \"values\", or fewer",
        ),
        (
            r#"{"instances": [{"features": [1, 2], "data": {"features": [3, 4]}}]}"#,
            "row 1 has \"data\" beside other features",
        ),
        (
            r#"{"instances": [{"data": {"features": {"keys": [0], "shape": [3], "values": [1]}}}]}"#,
            "row 1 has a shape other than [2]",
        ),
    ];
    for (body, expected) in cases {
        let error = refused(&named(), JSON, body);
        assert!(error.contains(expected), "{body}: {error}");
    }
}

#[test]
fn json_lines_are_records() {
    let expected = array![[1.0, 2.0], [3.0, 4.0]];
    for body in [
        "[1, 2]\n[3, 4]\n",
        "{\"features\": [1, 2]}\r\n{\"features\": [3, 4]}",
        "{\"data\": {\"features\": {\"values\": [1, 2]}}}\n{\"data\": {\"features\": {\"values\": [3, 4]}}}\n",
        "{\"age\": 1, \"bmi\": 2}\n{\"bmi\": 4, \"age\": 3}\n\n",
    ] {
        assert_eq!(
            rows(&named(), "application/jsonlines", body),
            expected,
            "{body}"
        );
    }
    let error = |body| refused(&named(), "application/jsonlines", body);
    assert_eq!(error("[1, 2]\n\n[3, 4]\n"), "row 2 is an empty line");
    assert!(
        error("[1, 2]\n[3,\n")
            .starts_with("the body is not JSON Lines: row 2, byte 4: expected a cell: a number")
    );
    assert_eq!(
        error("[1, 2]\n[3, \"x\"]"),
        "row 2, column 2: \"x\" is not a number"
    );
    assert_eq!(
        error("\n"),
        "the body holds no rows: send at least one, of 2 cells"
    );
}
