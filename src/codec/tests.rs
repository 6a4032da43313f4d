//! Every shape of rows that each format has, read into the same design matrix.

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
fn csv_in_all_its_forms_is_the_same_rows() {
    let expected = array![[1.0, 2.0], [3.0, 4.0]];
    for body in [
        "1,2\n3,4\n",
        "1,2\n3,4",
        "1,2\r\n3,4\r\n",
        " 1 , 2\n3,\t4 \n",
        "\u{feff}1,2\n3,4\n\n",
        "\"1\",\"2\"\n3,\"4\"\n",
        "1.000000000000000000e+00,2.000000000000000000e+00\n3e0,40e-1\n",
        "age,bmi\n1,2\n3,4\n",
        "bmi,age\n2,1\n4,3\n",
        "\"bmi\", age \r\n2,1\r\n4,3",
    ] {
        assert_eq!(rows(&named(), "text/csv", body), expected, "{body:?}");
    }
    assert_eq!(
        rows(&named(), "text/csv; header=present", "age,bmi\n1,2\n3,4"),
        expected
    );
    let nameless = Schema::numbers(2);
    assert_eq!(
        rows(&nameless, "text/csv; header=present", "a,b\n1,2\n3,4"),
        expected
    );
}

#[test]
fn csv_that_is_none_is_refused_with_its_place() {
    let error = |body| refused(&named(), "text/csv", body);
    assert_eq!(error("1,2\n3\n"), "row 2 has 1 columns, not 2");
    assert_eq!(error("1,2\n\n3,4\n"), "row 2 is an empty line");
    assert_eq!(error("\"1\",2\n\n3,4\n"), "row 2 is an empty line");
    assert_eq!(
        error("1,2\n3,x\n"),
        "row 2, column 2: \"x\" is not a number"
    );
    assert_eq!(error("1,\n"), "row 1, column 2: the cell is empty");
    assert_eq!(
        error("bmi,age\n1,x\n"),
        "row 1, column \"age\": \"x\" is not a number"
    );
    assert_eq!(
        error("bmi,weight\n1,2\n"),
        "the model has no feature \"weight\", or it stands twice; there is no column \"age\""
    );
    assert_eq!(
        error(""),
        "the body holds no rows: send at least one, of 2 cells"
    );
    assert_eq!(
        error("age,bmi\n"),
        "the body holds no rows: send at least one, of 2 cells"
    );
    let absent = refused(&named(), "text/csv; header=absent", "age,bmi\n1,2\n");
    assert_eq!(absent, "row 1, column 1: \"age\" is not a number");
}

#[test]
fn a_quoted_category_may_hold_commas_quotes_and_line_ends() {
    let schema = schema(json!([
        "age",
        {"name": "job", "encoding": {"kind": "ordinal", "categories": ["a,b", "say \"hi\"", "two\nlines"]}},
    ]));
    let body = "1,\"a,b\"\n2,\"say \"\"hi\"\"\"\n3,\"two\nlines\"\n";
    let expected = array![[1.0, 0.0], [2.0, 1.0], [3.0, 2.0]];
    assert_eq!(rows(&schema, "text/csv", body), expected);
}

#[test]
fn text_in_latin_1_is_the_text_that_was_meant() {
    let schema = schema(json!([
        {"name": "city", "encoding": {"kind": "ordinal", "categories": ["K\u{f6}ln", "Paris"]}},
    ]));
    let body = b"Paris\nK\xf6ln\n";
    let (rows, _) = read(&schema, "text/csv; charset=iso-8859-1", body).unwrap();
    assert_eq!(rows, array![[1.0], [0.0]]);
    assert!(read(&schema, "text/csv; charset=utf-8", body).is_err());
}

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
            r#"{"dataframe_split": {"columns": [0, 1], "data": [[1, 2], [3, 4]]}}"#,
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
    let one = schema(json!(["x"]));
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
            "row 2 has 1 columns, not 2",
        ),
        (
            r#"{"instances": [[1, null]]}"#,
            "row 1, column 2: the cell is empty",
        ),
        (
            r#"{"instances": [[1, "2"]]}"#,
            "row 1, column 2: \"2\" is not a number",
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
            "row 1: the model has no feature \"size\", or it stands twice; there is no column \"bmi\"",
        ),
        (
            r#"{"instances": [{"age": 1, "age": 1}]}"#,
            "row 1: the model has no feature \"age\", or it stands twice; there is no column \"bmi\"",
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
            "rows beside what are no rows",
        ),
        (r#"{"data": {}}"#, "missing field `features`"),
        (
            r#"{"rows": [[1, 2]]}"#,
            "row 1 has \"rows\" where \"features\"",
        ),
        (r#"{"instances": [[1, 2]]} x"#, "trailing characters"),
        (r#"{"instances": [[1, 2]"#, "EOF"),
        ("1", "expected a list of rows, or an object"),
        (
            r#"{"inputs": [{"name": "x", "shape": [2, 3], "datatype": "FP64", "data": [1, 2]}]}"#,
            "input \"x\" has 2 cells, which do not fill the shape [2, 3]",
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
            "1 keys and 2 values",
        ),
        (
            r#"{"instances": [{"data": {"features": {"keys": [0], "shape": [3], "values": [1]}}}]}"#,
            "row 1 has the shape [3], not [2]",
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
    assert!(error("[1, 2]\n[3,\n").starts_with("the body is not JSON Lines: row 2: EOF"));
    assert_eq!(
        error("[1, 2]\n[3, \"x\"]"),
        "row 2, column 2: \"x\" is not a number"
    );
    assert_eq!(
        error("\n"),
        "the body holds no rows: send at least one, of 2 cells"
    );
}

#[test]
fn missing_cells_and_categories_follow_the_features_in_every_format() {
    let expected = array![[1.0, 20.0, 1.0], [2.0, 21.0, 0.0]];
    for (content_type, body) in [
        ("text/csv", "1,,m\n2,21,f\n"),
        ("text/csv", "sex,age,bmi\nm,1,nan\nf,2,21\n"),
        (JSON, r#"{"instances": [[1, null, "m"], [2, 21, "f"]]}"#),
        (
            JSON,
            r#"[{"sex": "m", "age": 1, "bmi": null}, {"sex": "f", "age": 2, "bmi": 21}]"#,
        ),
        (
            JSON,
            r#"{"inputs": {"sex": ["m", "f"], "age": [1, 2], "bmi": [null, 21]}}"#,
        ),
        (
            JSON,
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

#[test]
fn libsvm_rows_count_from_one_unless_a_zero_occurs() {
    let expected = array![[1.0, 2.0], [0.0, 4.0]];
    for body in [
        "1 1:1 2:2\n-1 2:4\n",
        "1:1 2:2\n2:4",
        "0:1 1:2 # comment\n1 qid:3 1:4\n",
    ] {
        assert_eq!(rows(&named(), "text/libsvm", body), expected, "{body}");
    }
    // A row of zeros has no cells at all.
    assert_eq!(rows(&named(), "text/libsvm", "1\n"), array![[0.0, 0.0]]);
    let error = |body| refused(&named(), "text/libsvm", body);
    assert_eq!(
        error("1 3:1\n"),
        "row 1: there is no column with index 3: the model has 2 features, counted from 1"
    );
    assert!(error("1 a:1\n").contains("row 1: \"a:1\" is not of the form index:number"));
    assert_eq!(
        error("1 1:nan\n"),
        "row 1, column 1: \"NaN\" is not a finite number"
    );
}

fn npy(descr: &str, fortran: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header =
        format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

#[test]
fn npy_arrays_of_every_number_type_and_order_are_the_same_rows() {
    let expected = array![[1.0, 2.0], [3.0, 4.0]];
    let numbers = [1u8, 2, 3, 4];
    let bytes = |of: fn(u8) -> Vec<u8>| numbers.into_iter().flat_map(of).collect::<Vec<u8>>();
    let cases = [
        ("<f8", bytes(|n| f64::from(n).to_le_bytes().to_vec())),
        (">f8", bytes(|n| f64::from(n).to_be_bytes().to_vec())),
        ("<f4", bytes(|n| f32::from(n).to_le_bytes().to_vec())),
        ("<i8", bytes(|n| i64::from(n).to_le_bytes().to_vec())),
        ("<i4", bytes(|n| i32::from(n).to_le_bytes().to_vec())),
        (">i2", bytes(|n| i16::from(n).to_be_bytes().to_vec())),
        ("<u4", bytes(|n| u32::from(n).to_le_bytes().to_vec())),
        ("|u1", numbers.to_vec()),
        ("|i1", numbers.to_vec()),
    ];
    for (descr, data) in cases {
        let array = npy(descr, "False", "(2, 2)", &data);
        let read = read(&named(), "application/x-npy", &array).unwrap();
        assert_eq!(read.0, expected, "{descr}");
    }
    let fortran = npy("|u1", "True", "(2, 2)", &[1, 3, 2, 4]);
    assert_eq!(
        read(&named(), "application/x-npy", &fortran).unwrap().0,
        expected
    );
    let row = npy("|u1", "False", "(2,)", &[1, 2]);
    assert_eq!(
        read(&named(), "application/x-npy", &row).unwrap().0,
        array![[1.0, 2.0]]
    );
}

#[test]
fn npy_that_is_none_is_refused() {
    let error = |body: &[u8]| read(&named(), "application/x-npy", body).unwrap_err();
    assert!(error(b"1,2\n").contains("does not begin with"));
    assert!(error(b"\x93NUMPY\x01\x00\xff\xffx").contains("ends inside its header"));
    assert!(error(&npy("<f8", "False", "(2, 2)", &[0; 31])).contains("31 bytes do not fill"));
    assert!(
        error(&npy("<f8", "False", "(99999999999, 99999999999)", &[0; 8])).contains("do not fill")
    );
    assert!(error(&npy("<c16", "False", "(1, 2)", &[0; 32])).contains("data type c16"));
    assert_eq!(
        error(&npy("|u1", "False", "(1, 3)", &[0; 3])),
        "row 1 has 3 columns, not 2"
    );
    let nan: Vec<u8> = [1.0, f64::NAN]
        .into_iter()
        .flat_map(f64::to_le_bytes)
        .collect();
    assert_eq!(
        error(&npy("<f8", "False", "(1, 2)", &nan)),
        "row 1, column 2: the cell is empty"
    );
}

/// A protobuf field that is a message or a packed list.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2, u8::try_from(content.len()).unwrap()];
    bytes.extend(content);
    bytes
}

/// A framed record with one value of the features `values`.
fn record(value: &[u8]) -> Vec<u8> {
    let entry = [field(1, b"values"), field(2, value)].concat();
    let record = field(1, &entry);
    let mut bytes = 0xced7_230a_u32.to_le_bytes().to_vec();
    bytes.extend(u32::try_from(record.len()).unwrap().to_le_bytes());
    bytes.extend(&record);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn packed_floats(numbers: [f32; 2]) -> Vec<u8> {
    numbers.into_iter().flat_map(f32::to_le_bytes).collect()
}

const RECORDIO: &str = "application/x-recordio-protobuf";

#[test]
fn recordio_tensors_of_every_type_are_the_same_row() {
    let doubles: Vec<u8> = [1.0f64, 2.0]
        .into_iter()
        .flat_map(f64::to_le_bytes)
        .collect();
    let cases = [
        field(2, &field(1, &packed_floats([1.0, 2.0]))),
        field(3, &field(1, &doubles)),
        field(7, &field(1, &[1, 2])),
        // Sparse, the second key first.
        field(
            2,
            &[
                field(1, &packed_floats([2.0, 1.0])),
                field(2, &[1, 0]),
                field(3, &[2]),
            ]
            .concat(),
        ),
        // Numbers one by one instead of packed.
        field(7, &[8, 1, 8, 2]),
    ];
    for value in cases {
        let body = [record(&value), record(&value)].concat();
        let (rows, _) = read(&named(), RECORDIO, &body).unwrap();
        assert_eq!(rows, array![[1.0, 2.0], [1.0, 2.0]], "{value:?}");
    }
    // A sparse row may have no cells; int32 may be negative.
    let empty = record(&field(2, &field(3, &[2])));
    assert_eq!(
        read(&named(), RECORDIO, &empty).unwrap().0,
        array![[0.0, 0.0]]
    );
    let minus_one = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    let negative = record(&field(7, &field(1, &[minus_one.as_slice(), &[5]].concat())));
    assert_eq!(
        read(&named(), RECORDIO, &negative).unwrap().0,
        array![[-1.0, 5.0]]
    );
}

#[test]
fn recordio_that_is_none_is_refused_with_its_record() {
    let good = record(&field(2, &field(1, &packed_floats([1.0, 2.0]))));
    let error = |body: &[u8]| read(&named(), RECORDIO, body).unwrap_err();
    assert!(
        error(b"1,2\n3,4\n5,6\n").contains("row 1: the frame does not begin with the magic number")
    );
    let cut = [good.as_slice(), good.get(..20).unwrap()].concat();
    assert!(error(&cut).contains("row 2: the body ends inside a record"));
    assert!(error(&record(&[])).contains("\"values\" holds no tensor"));
    assert!(error(&record(&field(9, b"x"))).contains("holds bytes"));
    assert!(error(&record(&field(2, &field(1, &[0; 3])))).contains("a float is cut short"));
    assert!(error(&record(&[0x12, 0x7f])).contains("longer than its message"));
    let wide = record(&field(
        2,
        &[field(1, &packed_floats([2.0, 1.0])), field(2, &[1, 7])].concat(),
    ));
    assert!(error(&wide).contains("no column with index 7"));
    assert_eq!(
        error(&record(&field(7, &field(1, &[1])))),
        "row 1 has 1 columns, not 2"
    );
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
