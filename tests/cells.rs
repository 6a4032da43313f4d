//! How each sort of cell is carried by each format, or how it is refused: the table of `docs/hosting.md`,
//! "What a row means".

use serde_json::{Value, json};

use crate::harness::{Prefix, Server};

/// What becomes of a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Outcome {
    /// The prediction.
    Is(f64),
    /// A status and a part of the reason.
    Refused(&'static str),
    /// The format cannot carry such a cell.
    NotCarried,
}
use Outcome::{Is, NotCarried, Refused};

/// The formats of a row of the table, in its order.
const FORMATS: [&str; 7] = [
    "CSV",
    "CSV in quotes",
    "JSON",
    "tensor",
    "npy",
    "RecordIO",
    "libsvm",
];

/// A sort of cell: its name, its spelling in CSV, JSON and a tensor, its float if it has one, and what becomes of it
/// in each format.
type Sort = (
    &'static str,
    Option<&'static str>,
    Option<Value>,
    Option<(&'static str, Value)>,
    Option<f64>,
    [Outcome; 7],
);

/// The request that carries one cell, if the format can.
fn request(
    (_, csv, json, tensor, float, _): &Sort,
    format: &str,
) -> Option<(&'static str, &'static str, Vec<u8>)> {
    let path = "/invocations";
    Some(match format {
        "CSV" => (path, "text/csv", format!("{}\n", (*csv)?).into_bytes()),
        "CSV in quotes" => (path, "text/csv", format!("\"{}\"\n", (*csv)?).into_bytes()),
        "JSON" => (
            path,
            "application/json",
            json!([[json.clone()?]]).to_string().into_bytes(),
        ),
        "tensor" => {
            let (datatype, cell) = tensor.clone()?;
            let input =
                json!({"name": "all", "shape": [1, 1], "datatype": datatype, "data": [cell]});
            (
                "/v2/models/model/infer",
                "application/json",
                json!({"inputs": [input]}).to_string().into_bytes(),
            )
        }
        "npy" => {
            let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1), }\n";
            let length = u16::try_from(header.len()).unwrap().to_le_bytes();
            let array = [
                b"\x93NUMPY\x01\x00",
                &length[..],
                header.as_bytes(),
                &(*float)?.to_le_bytes(),
            ]
            .concat();
            (path, "application/x-npy", array)
        }
        "RecordIO" => (path, "application/x-recordio-protobuf", record((*float)?)),
        _ => (
            path,
            "text/libsvm",
            format!("0 1:{:?}\n", (*float)?).into_bytes(),
        ),
    })
}

/// A frame of RecordIO around one double.
fn record(number: f64) -> Vec<u8> {
    let field = |number: u8, content: &[u8]| {
        [
            &[number << 3 | 2, u8::try_from(content.len()).unwrap()],
            content,
        ]
        .concat()
    };
    let value = field(3, &field(1, &number.to_le_bytes()));
    let entry = field(1, &[field(1, b"values"), field(2, &value)].concat());
    let length = u32::try_from(entry.len()).unwrap().to_le_bytes();
    let mut frame = [&0xced7_230a_u32.to_le_bytes()[..], &length, &entry].concat();
    frame.resize(frame.len().next_multiple_of(4), 0);
    frame
}

fn outcome(server: &Server, sort: &Sort, format: &str) -> (Outcome, String) {
    let Some((path, content_type, body)) = request(sort, format) else {
        return (NotCarried, String::new());
    };
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: test\r\nContent-Type: {content_type}\r\nAccept: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let answer = server.send([head.as_bytes(), &body].concat());
    let text = answer.text().to_owned();
    if answer.status != 200 {
        assert_eq!(answer.status, 400, "{text}");
        return (Refused(""), text);
    }
    let value: Value = serde_json::from_str(&text).unwrap();
    let numbers = value["predictions"]
        .as_array()
        .or(value["outputs"][0]["data"].as_array());
    (Is(numbers.unwrap()[0].as_f64().unwrap()), text)
}

fn check(feature: Value, coefficients: &[f64], table: &[Sort]) {
    let model = json!({"kind": "linear-regression", "intercept": 0, "coefficients": coefficients});
    let document = json!({"features": [feature], "model": model});
    let server = Server::start(
        Prefix::with_model(serde_json::from_value(document).unwrap()),
        &[],
    );
    for sort in table {
        for (format, expected) in FORMATS.iter().zip(&sort.5) {
            let (found, text) = outcome(&server, sort, format);
            let at = format!("{} in {format}: {text}", sort.0);
            match expected {
                Refused(part) => assert!(
                    found == Refused("") && text.contains(part),
                    "{at}, not {part:?}"
                ),
                other => assert_eq!(&found, other, "{at}"),
            }
        }
    }
}

const EMPTY: Outcome = Refused("the cell is empty");
const NO_NUMBER: Outcome = Refused("is not a number");
const NOT_FINITE: Outcome = Refused("is not a finite number");

#[test]
fn a_column_of_numbers_takes_each_sort_of_cell_as_the_table_says() {
    let fp64 = |value: Value| Some(("FP64", value));
    let bytes = |text: &str| Some(("BYTES", json!(text)));
    let table: Vec<Sort> = vec![
        (
            "a number",
            Some("2.5"),
            Some(json!(2.5)),
            fp64(json!(2.5)),
            Some(2.5),
            [Is(2.5); 7],
        ),
        (
            "a number with an exponent",
            Some("-25e-1"),
            Some(json!(-2.5)),
            fp64(json!(-2.5)),
            Some(-2.5),
            [Is(-2.5); 7],
        ),
        (
            "a number as a text",
            Some(" +2.5 "),
            Some(json!(" 2.5 ")),
            bytes("2.5"),
            None,
            [
                Is(2.5),
                Is(2.5),
                Is(2.5),
                Is(2.5),
                NotCarried,
                NotCarried,
                NotCarried,
            ],
        ),
        (
            "a boolean",
            Some("true"),
            Some(json!(true)),
            Some(("BOOL", json!(true))),
            None,
            [
                Is(1.0),
                Is(1.0),
                Is(1.0),
                Is(1.0),
                NotCarried,
                NotCarried,
                NotCarried,
            ],
        ),
        (
            "a boolean as a text",
            Some("FALSE"),
            Some(json!("False")),
            bytes("false"),
            None,
            [
                Is(0.0),
                Is(0.0),
                Is(0.0),
                Is(0.0),
                NotCarried,
                NotCarried,
                NotCarried,
            ],
        ),
        (
            "nothing",
            Some(""),
            Some(Value::Null),
            fp64(Value::Null),
            Some(f64::NAN),
            [EMPTY; 7],
        ),
        (
            "an empty text",
            Some(" "),
            Some(json!("")),
            bytes(""),
            None,
            [
                EMPTY, EMPTY, EMPTY, EMPTY, NotCarried, NotCarried, NotCarried,
            ],
        ),
        (
            "nan as a text",
            Some("NaN"),
            Some(json!("nan")),
            bytes("NAN"),
            None,
            [
                EMPTY, EMPTY, EMPTY, EMPTY, NotCarried, NotCarried, NotCarried,
            ],
        ),
        (
            "a mark of pandas",
            Some("N/A"),
            Some(json!("N/A")),
            bytes("N/A"),
            None,
            [
                EMPTY, EMPTY, NO_NUMBER, NO_NUMBER, NotCarried, NotCarried, NotCarried,
            ],
        ),
        (
            "infinity",
            Some("inf"),
            Some(json!("inf")),
            bytes("inf"),
            Some(f64::INFINITY),
            [NOT_FINITE; 7],
        ),
        (
            "a hexadecimal number",
            Some("0x10"),
            Some(json!("0x10")),
            bytes("0x10"),
            None,
            [
                NO_NUMBER, NO_NUMBER, NO_NUMBER, NO_NUMBER, NotCarried, NotCarried, NotCarried,
            ],
        ),
        (
            "a text",
            Some("two"),
            Some(json!("two")),
            bytes("two"),
            None,
            [
                NO_NUMBER, NO_NUMBER, NO_NUMBER, NO_NUMBER, NotCarried, NotCarried, NotCarried,
            ],
        ),
        (
            "a text in a tensor of numbers",
            None,
            None,
            fp64(json!("2.5")),
            None,
            [
                NotCarried,
                NotCarried,
                NotCarried,
                Refused("is not FP64"),
                NotCarried,
                NotCarried,
                NotCarried,
            ],
        ),
    ];
    check(json!("x"), &[1.0], &table);
    let replaced: Vec<Sort> = table
        .into_iter()
        .map(|sort| {
            let outcomes = sort
                .5
                .map(|outcome| if outcome == EMPTY { Is(7.0) } else { outcome });
            (sort.0, sort.1, sort.2, sort.3, sort.4, outcomes)
        })
        .collect();
    check(json!({"name": "x", "missing": 7}), &[1.0], &replaced);
}

#[test]
fn a_column_of_categories_takes_each_sort_of_cell_as_the_table_says() {
    let categories = json!([" a", "b", 3, 9_007_199_254_740_993_i64, true]);
    let feature = json!({"name": "x", "missing": "b", "encoding":
        {"kind": "ordinal", "categories": categories, "numbers": [10, 20, 30, 40, 50], "unknown": -1}});
    let bytes = |text: &str| Some(("BYTES", json!(text)));
    let int64 = |value: Value| Some(("INT64", value));
    let carried = |outcomes: [f64; 4]| {
        let [csv, quoted, json, tensor] = outcomes.map(Is);
        [
            csv, quoted, json, tensor, NotCarried, NotCarried, NotCarried,
        ]
    };
    let table: Vec<Sort> = vec![
        (
            "a text",
            Some("b"),
            Some(json!("b")),
            bytes("b"),
            None,
            carried([20.0; 4]),
        ),
        (
            "a text with a space",
            Some(" a"),
            Some(json!(" a")),
            bytes(" a"),
            None,
            carried([10.0; 4]),
        ),
        (
            "a text with a space too many",
            Some("b "),
            Some(json!("b ")),
            bytes("b "),
            None,
            carried([20.0, -1.0, -1.0, -1.0]),
        ),
        (
            "a whole number",
            Some("3"),
            Some(json!(3)),
            int64(json!(3)),
            Some(3.0),
            [Is(30.0); 7],
        ),
        (
            "a whole number as a float",
            Some("3.0"),
            Some(json!(3.0)),
            Some(("FP64", json!(3.0))),
            Some(3.0),
            [Is(30.0); 7],
        ),
        (
            "a whole number as a text",
            Some("3"),
            Some(json!("3")),
            bytes("3"),
            None,
            carried([30.0; 4]),
        ),
        (
            "a large whole number",
            Some("9007199254740993"),
            Some(json!(9_007_199_254_740_993_i64)),
            int64(json!(9_007_199_254_740_993_i64)),
            None,
            carried([40.0; 4]),
        ),
        (
            "its neighbour",
            Some("9007199254740992"),
            Some(json!(9_007_199_254_740_992_i64)),
            int64(json!(9_007_199_254_740_992_i64)),
            Some(9_007_199_254_740_992.0),
            [Is(-1.0); 7],
        ),
        (
            "a boolean",
            Some("True"),
            Some(json!(true)),
            Some(("BOOL", json!(true))),
            None,
            carried([50.0; 4]),
        ),
        (
            "one, which no category claims",
            Some("1"),
            Some(json!(1)),
            int64(json!(1)),
            Some(1.0),
            [Is(50.0); 7],
        ),
        (
            "nothing",
            Some(""),
            Some(Value::Null),
            bytes(""),
            Some(f64::NAN),
            [Is(20.0); 7],
        ),
        (
            "a mark of pandas",
            Some("NULL"),
            Some(json!("NULL")),
            bytes("NULL"),
            None,
            carried([20.0, 20.0, -1.0, -1.0]),
        ),
        (
            "an unknown text",
            Some("z"),
            Some(json!("z")),
            bytes("z"),
            None,
            carried([-1.0; 4]),
        ),
        (
            "an unknown number",
            Some("4.5"),
            Some(json!(4.5)),
            Some(("FP32", json!(4.5))),
            Some(4.5),
            [Is(-1.0); 7],
        ),
    ];
    check(feature, &[1.0], &table);
}
