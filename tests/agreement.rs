//! The same rows in every format and spelling that can carry them give the same predictions to the bit: alone and all
//! in one body.
//!
//! The rows come from a seed, `SAGELET_SEED` or a fixed one; a failure names it.

use serde_json::{Value, json};

use crate::harness::{Prefix, Server};

/// Rows for each model.
const ROWS: usize = 1_000;

/// A cell as the client means it.
#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Missing,
    Number(f64),
    Whole(i64),
    Boolean(bool),
    Text(&'static str),
}

/// What a column holds, so that a typed format can carry it.
#[derive(Clone, Copy, PartialEq)]
enum Sort {
    Numbers,
    Wholes,
    Booleans,
    Texts,
}

/// Numbers from a seed (Marsaglia's xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        let place = self.below(choices.len() as u64);
        choices[usize::try_from(place).unwrap()]
    }

    /// Numbers of every size and length, among them whole ones, negative ones and zeros of both signs.
    fn number(&mut self) -> f64 {
        let digits = self.below(2_000_001) as f64 - 1_000_000.0;
        match self.below(5) {
            0 => digits,
            1 => digits / 1000.0,
            2 => digits * 1e-9,
            3 => f64::from_bits(self.next() >> 2) % 1e6,
            _ => -0.0 * digits,
        }
    }
}

/// A model with its columns, and how a cell of each is drawn.
struct Subject {
    features: Value,
    coefficients: Vec<f64>,
    sorts: Vec<Sort>,
    draw: fn(&mut Random, usize) -> Cell,
}

const LARGE: [i64; 4] = [
    9_007_199_254_740_993,
    9_007_199_254_740_992,
    -9_223_372_036_854_775_808,
    7,
];
const TEXTS: [&str; 7] = ["a", " b", "c,\"d\"", "1.5", "003", "\u{e9}t\u{e9}", "NA"];

fn numbers() -> Subject {
    Subject {
        features: json!([{"name": "p", "missing": 2.5}, {"name": "q", "missing": -1, "missing_indicator": true}, "r"]),
        coefficients: vec![0.1, -2.3, 1e3, 0.7],
        sorts: vec![Sort::Numbers; 3],
        draw: |random, column| match random.below(6) {
            0 if column < 2 => Cell::Missing,
            _ => Cell::Number(random.number()),
        },
    }
}

fn categories() -> Subject {
    let one_hot = |categories: Value| json!({"kind": "one-hot", "categories": categories, "unknown": "ignore"});
    Subject {
        features: json!([
            "x",
            {"name": "large", "encoding": one_hot(json!(LARGE))},
            {"name": "flag", "missing": true, "encoding": one_hot(json!([true, false]))},
            {"name": "text", "missing": "a", "encoding": one_hot(json!(TEXTS))},
            {"name": "id", "encoding": {"kind": "unused"}},
        ]),
        coefficients: (1..=14).map(|index| f64::from(index) / 7.0).collect(),
        sorts: vec![
            Sort::Numbers,
            Sort::Wholes,
            Sort::Booleans,
            Sort::Texts,
            Sort::Texts,
        ],
        draw: |random, column| match column {
            0 => Cell::Number(random.number()),
            1 => Cell::Whole(random.one_of(&LARGE) ^ i64::from(random.below(5) == 0)),
            2 if random.below(4) == 0 => Cell::Missing,
            2 => Cell::Boolean(random.below(2) == 0),
            3 if random.below(4) == 0 => Cell::Missing,
            3 => Cell::Text(random.one_of(&TEXTS)),
            _ => Cell::Text(random.one_of(&["", "z 1", "\u{1F600}"])),
        },
    }
}

fn json_cell(cell: &Cell) -> Value {
    match cell {
        Cell::Missing => Value::Null,
        Cell::Number(number) => json!(number),
        Cell::Whole(number) => json!(number),
        Cell::Boolean(value) => json!(value),
        Cell::Text(text) => json!(text),
    }
}

fn csv_cell(cell: &Cell, quote: bool) -> String {
    let text = match cell {
        Cell::Missing => String::new(),
        Cell::Number(number) => format!("{number:?}"),
        Cell::Whole(number) => number.to_string(),
        Cell::Boolean(value) => if *value { "True" } else { "false" }.to_owned(),
        Cell::Text(text) => (*text).to_owned(),
    };
    if quote || text.contains([',', '"', '\n']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

/// A body of one content type.
struct Body {
    name: &'static str,
    path: &'static str,
    content_type: &'static str,
    bytes: Vec<u8>,
}

impl Body {
    fn new(name: &'static str, content_type: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            name,
            path: "/invocations",
            content_type,
            bytes: bytes.into(),
        }
    }
}

fn names(subject: &Subject) -> Vec<String> {
    let features = subject.features.as_array().unwrap().iter();
    features
        .map(|feature| {
            feature
                .as_str()
                .or(feature["name"].as_str())
                .unwrap()
                .to_owned()
        })
        .collect()
}

fn csv(rows: &[Vec<Cell>], quote: bool, end: &str) -> String {
    let line = |row: &Vec<Cell>| {
        row.iter()
            .map(|cell| csv_cell(cell, quote))
            .collect::<Vec<_>>()
            .join(",")
            + end
    };
    rows.iter().map(line).collect()
}

/// The rows with their columns the other way round.
fn reversed(rows: &[Vec<Cell>]) -> Vec<Vec<Cell>> {
    rows.iter()
        .map(|row| row.iter().rev().cloned().collect())
        .collect()
}

fn lists(rows: &[Vec<Cell>]) -> Value {
    rows.iter()
        .map(|row| row.iter().map(json_cell).collect::<Value>())
        .collect()
}

fn records(names: &[String], rows: &[Vec<Cell>]) -> Vec<Value> {
    let record = |row: &Vec<Cell>| {
        names
            .iter()
            .cloned()
            .zip(row.iter().map(json_cell))
            .rev()
            .collect::<Value>()
    };
    rows.iter().map(record).collect()
}

fn column(rows: &[Vec<Cell>], column: usize) -> Value {
    rows.iter().map(|row| json_cell(&row[column])).collect()
}

fn tensors(subject: &Subject, rows: &[Vec<Cell>]) -> Value {
    let tensor = |(index, name): (usize, String)| {
        let datatype = match subject.sorts[index] {
            Sort::Numbers => "FP64",
            Sort::Wholes => "INT64",
            Sort::Booleans => "BOOL",
            Sort::Texts => "BYTES",
        };
        json!({"name": name, "shape": [rows.len(), 1], "datatype": datatype, "data": column(rows, index)})
    };
    let inputs: Value = names(subject).into_iter().enumerate().map(tensor).collect();
    json!({ "inputs": inputs })
}

/// Bodies of every format that carries all cells.
fn bodies(subject: &Subject, rows: &[Vec<Cell>]) -> Vec<Body> {
    const JSON: &str = "application/json";
    let names = names(subject);
    let header = names.join(",") + "\n";
    let backwards: Vec<_> = names.iter().rev().cloned().collect();
    let back_header = backwards.join(",") + "\r\n";
    let records = records(&names, rows);
    let lines = |rows: &[Value]| {
        rows.iter()
            .map(|row| row.to_string() + "\n")
            .collect::<String>()
    };
    let columns: Value = names
        .iter()
        .enumerate()
        .map(|(index, name)| (name.clone(), column(rows, index)))
        .collect();
    let split = json!({"data": lists(&reversed(rows)), "columns": backwards});
    let mut bodies = vec![
        Body::new("CSV", "text/csv", csv(rows, false, "\n")),
        Body::new("CSV with CR LF", "text/csv", csv(rows, false, "\r\n")),
        Body::new("CSV in quotes", "text/csv", csv(rows, true, "\n")),
        Body::new(
            "CSV with a header",
            "text/csv",
            header + &csv(rows, false, "\n"),
        ),
        Body::new(
            "CSV backwards",
            "text/csv",
            back_header + &csv(&reversed(rows), true, "\r\n"),
        ),
        Body::new("JSON lists", JSON, lists(rows).to_string()),
        Body::new(
            "JSON instances",
            JSON,
            serde_json::to_string_pretty(&json!({"instances": lists(rows)})).unwrap(),
        ),
        Body::new(
            "JSON records",
            JSON,
            json!({ "dataframe_records": records }).to_string(),
        ),
        Body::new(
            "JSON split",
            JSON,
            json!({ "dataframe_split": split }).to_string(),
        ),
        Body::new(
            "JSON columns",
            JSON,
            json!({ "inputs": columns }).to_string(),
        ),
        Body::new(
            "JSON Lines of lists",
            "application/jsonlines",
            lines(lists(rows).as_array().unwrap()),
        ),
        Body::new(
            "JSON Lines of records",
            "application/jsonlines",
            lines(&records),
        ),
    ];
    bodies.push(Body {
        path: "/v2/models/model/infer",
        ..Body::new("tensors", JSON, tensors(subject, rows).to_string())
    });
    if subject.sorts.iter().all(|sort| *sort == Sort::Numbers) {
        bodies.extend(numeric_bodies(rows));
    }
    bodies
}

fn float(cell: &Cell) -> f64 {
    match cell {
        Cell::Number(number) => *number,
        _ => f64::NAN,
    }
}

/// Bodies of the formats that carry numbers alone.
fn numeric_bodies(rows: &[Vec<Cell>]) -> Vec<Body> {
    let width = rows[0].len();
    let in_rows: Vec<u8> = rows
        .iter()
        .flatten()
        .flat_map(|cell| float(cell).to_le_bytes())
        .collect();
    let by_column = (0..width).flat_map(|column| rows.iter().map(move |row| &row[column]));
    let in_columns: Vec<u8> = by_column
        .flat_map(|cell| float(cell).to_be_bytes())
        .collect();
    let flat: Value = rows.iter().flatten().map(json_cell).collect();
    let tensor = json!({"inputs": [{"name": "all", "shape": [rows.len(), width], "datatype": "FP64", "data": flat}]});
    vec![
        Body::new(
            "npy",
            "application/x-npy",
            [npy("<f8", "False", rows.len(), width), in_rows].concat(),
        ),
        Body::new(
            "npy in columns",
            "application/x-npy",
            [npy(">f8", "True", rows.len(), width), in_columns].concat(),
        ),
        Body::new(
            "RecordIO",
            "application/x-recordio-protobuf",
            rows.iter().flat_map(|row| record(row)).collect::<Vec<_>>(),
        ),
        Body::new(
            "libsvm",
            "text/libsvm",
            rows.iter().map(|row| libsvm(row)).collect::<String>(),
        ),
        Body {
            path: "/v2/models/model/infer",
            ..Body::new("one tensor", "application/json", tensor.to_string())
        },
    ]
}

fn npy(descr: &str, fortran: &str, rows: usize, columns: usize) -> Vec<u8> {
    let header = format!(
        "{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': ({rows}, {columns}), }}\n"
    );
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes()].concat()
}

/// A frame of RecordIO around a record with a dense tensor of doubles.
fn record(row: &[Cell]) -> Vec<u8> {
    let field = |number: u8, content: &[u8]| {
        [
            &[number << 3 | 2, u8::try_from(content.len()).unwrap()],
            content,
        ]
        .concat()
    };
    let doubles: Vec<u8> = row
        .iter()
        .flat_map(|cell| float(cell).to_le_bytes())
        .collect();
    let value = field(3, &field(1, &doubles));
    let entry = field(1, &[field(1, b"values"), field(2, &value)].concat());
    let mut frame = 0xced7_230a_u32.to_le_bytes().to_vec();
    frame.extend(u32::try_from(entry.len()).unwrap().to_le_bytes());
    frame.extend(&entry);
    frame.resize(frame.len().next_multiple_of(4), 0);
    frame
}

/// Zeros are not written, but for those with a sign.
fn libsvm(row: &[Cell]) -> String {
    let mut line = "0".to_owned();
    for (index, cell) in row.iter().enumerate() {
        let number = float(cell);
        if number.to_bits() != 0 {
            line.push_str(&format!(" {}:{number:?}", index + 1));
        }
    }
    line + "\n"
}

/// The predictions of a body, to the bit.
fn predicted(server: &Server, body: &Body) -> Vec<u64> {
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: test\r\nContent-Type: {}\r\nAccept: application/json\r\nContent-Length: {}\r\n\r\n",
        body.path,
        body.content_type,
        body.bytes.len()
    );
    let answer = server.send([head.as_bytes(), &body.bytes].concat());
    let text = answer.text();
    assert_eq!(answer.status, 200, "{}: {text}", body.name);
    let answer: Value = serde_json::from_str(text).unwrap();
    let numbers = answer["predictions"]
        .as_array()
        .or(answer["outputs"][0]["data"].as_array())
        .unwrap();
    numbers
        .iter()
        .map(|number| number.as_f64().unwrap().to_bits())
        .collect()
}

fn seed() -> u64 {
    let given = std::env::var("SAGELET_SEED").ok();
    given
        .map_or(20_261_125, |seed| {
            seed.parse().expect("SAGELET_SEED is a whole number")
        })
        .max(1)
}

fn check(subject: &Subject) {
    let model = json!({"kind": "linear-regression", "intercept": 0.25, "coefficients": subject.coefficients});
    let document = json!({"features": subject.features, "model": model});
    let server = Server::start(
        Prefix::with_model(serde_json::from_value(document).unwrap()),
        &[],
    );
    let mut random = Random(seed());
    let mut row = || {
        (0..subject.sorts.len())
            .map(|column| (subject.draw)(&mut random, column))
            .collect()
    };
    let rows: Vec<Vec<Cell>> = (0..ROWS).map(|_| row()).collect();
    let together = bodies(subject, &rows);
    let expected = predicted(&server, &together[0]);
    assert_eq!(expected.len(), ROWS);
    for body in &together {
        let found = predicted(&server, body);
        for (index, (found, expected)) in found.iter().zip(&expected).enumerate() {
            assert_eq!(
                found,
                expected,
                "SAGELET_SEED={}: {}, row {}: {:?}",
                seed(),
                body.name,
                index + 1,
                rows[index]
            );
        }
        assert_eq!(found.len(), ROWS, "{}", body.name);
    }
    for (index, row) in rows.iter().enumerate() {
        for body in bodies(subject, std::slice::from_ref(row)) {
            let found = predicted(&server, &body);
            assert_eq!(
                found,
                expected[index..=index],
                "SAGELET_SEED={}: {} alone: {row:?}",
                seed(),
                body.name
            );
        }
    }
}

#[test]
fn every_format_gives_the_same_predictions_of_numbers_and_missing_cells() {
    check(&numbers());
}

#[test]
fn every_format_gives_the_same_predictions_of_categories_booleans_and_large_whole_numbers() {
    check(&categories());
}
