//! What each sort of cell, name and header means, as `docs/hosting.md` says it.

mod categories;
mod names;

use serde_json::{Value, json};

use super::{Cell, Collected, HeaderOrder, Layout, Origin, RowBuilder, RowError};
use crate::artifact::{Document, Parameters};

fn layout(features: Value) -> Layout {
    let features = serde_json::from_value(features).unwrap();
    Layout::new(&features).unwrap()
}

/// A layout of a document with these keys beside its features.
fn layout_with(features: Value, keys: Value) -> Layout {
    let mut document = Document::new(
        serde_json::from_value(features).unwrap(),
        Parameters::LinearRegression(crate::artifact::Linear {
            intercept: 0.0,
            coefficients: Vec::new(),
        }),
    );
    document.missing_values =
        serde_json::from_value(keys["missing_values"].clone()).unwrap_or_default();
    document.other_columns =
        serde_json::from_value(keys["other_columns"].clone()).unwrap_or_default();
    Layout::of(&document).unwrap()
}

fn row(layout: &Layout, cells: &[Cell<'_>]) -> Result<Vec<f64>, RowError> {
    let mut rows = Collected::default();
    let mut builder = RowBuilder::new(layout, &mut rows);
    for cell in cells {
        builder.push(*cell)?;
    }
    builder.end_row()?;
    builder.finish()?;
    Ok(rows.into_matrix().into_iter().collect())
}

fn quoted(text: &str) -> Cell<'_> {
    Cell::Text {
        text: text.as_bytes(),
        origin: Origin::QuotedCsv,
    }
}

fn csv(text: &str) -> Cell<'_> {
    Cell::csv(text.as_bytes())
}

/// A number, a number with a replacement and an indicator, a one-hot and an ordinal category.
fn mixed() -> Layout {
    layout(json!([
        "age",
        {"name": "income", "missing": 7.5, "missing_indicator": true},
        {"name": "port", "missing": "S", "encoding":
            {"kind": "one-hot", "categories": ["C", "Q", "S"], "drop": "Q", "unknown": "ignore"}},
        {"name": "size", "encoding": {"kind": "ordinal", "categories": [1, 2, "many"], "numbers": [10, 20, 99]}},
    ]))
}

fn row_of_texts(cells: [&str; 4]) -> Result<Vec<f64>, RowError> {
    row(&mixed(), &cells.map(csv))
}

#[test]
fn features_become_their_columns_of_the_design_matrix() {
    assert_eq!((mixed().cells(), mixed().width()), (4, 6));
    let row = |cells| row_of_texts(cells).unwrap();
    assert_eq!(row(["1", "2", "C", "1"]), [1.0, 2.0, 0.0, 1.0, 0.0, 10.0]);
    assert_eq!(
        row(["1", "2", " S ", "many"]),
        [1.0, 2.0, 0.0, 0.0, 1.0, 99.0]
    );
    // The dropped category and an unknown one are both zeros.
    assert_eq!(row(["1", "2", "Q", "2.0"]), [1.0, 2.0, 0.0, 0.0, 0.0, 20.0]);
    assert_eq!(row(["1", "2", "X", "2"]), [1.0, 2.0, 0.0, 0.0, 0.0, 20.0]);
    // Missing cells: empty, or NaN.
    assert_eq!(row(["1", "", "", "2"]), [1.0, 7.5, 1.0, 0.0, 1.0, 20.0]);
    assert_eq!(
        row(["1", "nan", "NaN", "2"]),
        [1.0, 7.5, 1.0, 0.0, 1.0, 20.0]
    );
}

#[test]
fn a_cell_that_a_feature_does_not_take_is_named() {
    let error = |cells| row_of_texts(cells).unwrap_err().to_string();
    assert_eq!(
        error(["", "2", "C", "1"]),
        "row 1, column 1: the cell is empty"
    );
    assert_eq!(
        error(["1", "many", "C", "1"]),
        "row 1, column 2: \"many\" is not a number"
    );
    assert_eq!(
        error(["1", "inf", "C", "1"]),
        "row 1, column 2: \"inf\" is not a finite number"
    );
    assert_eq!(
        error(["1", "2", "C", "3"]),
        "row 1, column 4: \"3\" is none of the categories \"1\", \"2\", \"many\""
    );
    assert_eq!(
        error(["1", "2", "C", ""]),
        "row 1, column 4: the cell is empty"
    );
}

/// What a cell is where a number is wanted, by the sort of the cell.
#[test]
fn a_number_is_one_by_the_same_rule_in_every_format() {
    let plain = layout(json!([{"name": "x", "missing": 7}]));
    let found = |cell| row(&plain, &[cell]).map(|row| row[0]);
    for text in ["5", " 5 ", "5.0", "+5", "5e0", "\t5"] {
        for cell in [csv(text), quoted(text), Cell::json(text)] {
            assert_eq!(found(cell), Ok(5.0), "{cell:?}");
        }
    }
    for cell in [Cell::Number(5.0), Cell::Integer(5)] {
        assert_eq!(found(cell), Ok(5.0), "{cell:?}");
    }
    for cell in [
        Cell::Boolean(true),
        csv("true"),
        quoted("TRUE"),
        Cell::json("True"),
    ] {
        assert_eq!(found(cell), Ok(1.0), "{cell:?}");
    }
    for text in ["0x5", "5_0", "5,0", "five", "tRue"] {
        for cell in [csv(text), quoted(text), Cell::json(text)] {
            assert!(
                matches!(found(cell), Err(RowError::NotANumber { .. })),
                "{cell:?}"
            );
        }
    }
    for cell in [csv("inf"), Cell::json("1e999"), Cell::Number(f64::INFINITY)] {
        assert!(
            matches!(found(cell), Err(RowError::NotFinite { .. })),
            "{cell:?}"
        );
    }
}

/// A text and a number are written in different ways: in one row they must not get into each other's way.
#[test]
fn cells_of_several_sorts_stand_in_one_row() {
    let cells = [
        quoted(" 1"),
        Cell::Number(2.0),
        Cell::json("3"),
        Cell::Integer(4),
    ];
    let plain = Layout::numbers(4);
    for shift in 0..cells.len() {
        let mut cells = cells;
        cells.rotate_left(shift);
        let mut expected = [1.0, 2.0, 3.0, 4.0];
        expected.rotate_left(shift);
        assert_eq!(row(&plain, &cells).unwrap(), expected);
    }
}

#[test]
fn a_cell_is_missing_by_one_rule_and_csv_has_the_marks_of_pandas() {
    let replaced = layout(json!([{"name": "x", "missing": 7}]));
    let bare = layout(json!(["x"]));
    let everywhere = ["", " ", "nan", "NaN", "NAN"];
    let in_csv = [
        "NA", "N/A", "n/a", "NULL", "null", "None", "<NA>", "#N/A", "#NA", "-NaN", "1.#IND",
    ];
    let missing = |cell: Cell<'_>| {
        assert_eq!(row(&replaced, &[cell]).unwrap(), [7.0], "{cell:?}");
        let error = row(&bare, &[cell]).unwrap_err();
        assert!(
            matches!(error, RowError::Missing { .. }),
            "{cell:?}: {error}"
        );
    };
    for text in everywhere {
        [csv(text), quoted(text), Cell::json(text)]
            .into_iter()
            .for_each(missing);
    }
    for text in in_csv {
        [csv(text), quoted(text)].into_iter().for_each(missing);
        if text != "-NaN" {
            assert!(row(&replaced, &[Cell::json(text)]).is_err(), "{text}");
        }
    }
    [Cell::Missing, Cell::Number(f64::NAN)]
        .into_iter()
        .for_each(missing);
}

#[test]
fn the_marks_of_an_artifact_hold_in_every_format_instead_of_those_of_pandas() {
    let features = json!([{"name": "x", "missing": 7},
        {"name": "c", "missing": "a", "encoding": {"kind": "ordinal", "categories": ["a", "b"], "unknown": -1}}]);
    let layout = layout_with(features, json!({"missing_values": ["?", "-999"]}));
    for cell in [
        csv("?"),
        Cell::json("?"),
        csv("-999"),
        Cell::Number(-999.0),
        Cell::Integer(-999),
        Cell::Missing,
    ] {
        assert_eq!(row(&layout, &[cell, cell]).unwrap(), [7.0, 0.0], "{cell:?}");
    }
    assert_eq!(row(&layout, &[csv("1"), csv("NA")]).unwrap(), [1.0, -1.0]);
    assert!(row(&layout, &[csv("NA"), csv("a")]).is_err());
}

#[test]
fn a_column_that_the_model_does_not_look_at_takes_any_cell() {
    let layout = layout(json!(["x", {"name": "id", "encoding": {"kind": "unused"}}]));
    for cell in [
        Cell::Missing,
        csv("A-17"),
        Cell::Number(f64::NAN),
        Cell::Boolean(true),
    ] {
        assert_eq!(row(&layout, &[csv("3"), cell]).unwrap(), [3.0], "{cell:?}");
    }
}

#[test]
fn rows_are_counted_from_where_they_start() {
    let layout = layout(json!(["x"]));
    let mut rows = Collected::default();
    let mut builder = RowBuilder::new(&layout, &mut rows).starting_at(41);
    builder.push(csv("1")).unwrap();
    builder.end_row().unwrap();
    let error = builder.push(csv("a")).unwrap_err().to_string();
    assert_eq!(error, "row 42, column 1: \"a\" is not a number");
}
