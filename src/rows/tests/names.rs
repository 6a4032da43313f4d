//! Columns by name: known ones in any order, none twice, none missing but those that may be.

use serde_json::json;

use super::{Collected, HeaderOrder, Layout, RowBuilder, csv, layout, layout_with};

/// The row that cells under a header make, or why they make none.
fn under(
    layout: &Layout,
    names: &[&str],
    order: HeaderOrder,
    cells: &[&str],
) -> Result<Vec<f64>, String> {
    let mut rows = Collected::default();
    let mut builder = RowBuilder::new(layout, &mut rows);
    let header = builder.set_header(names.iter().copied(), order);
    header.map_err(|error| error.to_string())?;
    for cell in cells {
        builder.push(csv(cell)).map_err(|error| error.to_string())?;
    }
    builder.end_row().map_err(|error| error.to_string())?;
    builder.finish().unwrap();
    Ok(rows.into_matrix().into_iter().collect())
}

fn record(layout: &Layout, fields: &[(&str, &str)]) -> Result<Vec<f64>, String> {
    let mut rows = Collected::default();
    let mut builder = RowBuilder::new(layout, &mut rows);
    for (name, cell) in fields {
        builder.select(name).map_err(|error| error.to_string())?;
        builder.push(csv(cell)).map_err(|error| error.to_string())?;
    }
    builder.end_row().map_err(|error| error.to_string())?;
    builder.finish().unwrap();
    Ok(rows.into_matrix().into_iter().collect())
}

#[test]
fn names_place_cells_and_each_mistake_has_its_own_text() {
    let abc = layout(json!(["a", "b", "c"]));
    let meant = |names: &[&str]| under(&abc, names, HeaderOrder::Meant, &["1", "2", "3"]);
    assert_eq!(meant(&["c", "a", "b"]).unwrap(), [2.0, 3.0, 1.0]);
    assert_eq!(
        meant(&["a", "b", "b"]).unwrap_err(),
        "column \"b\" is given twice"
    );
    assert_eq!(
        meant(&["a", "b", "x"]).unwrap_err(),
        "the model has no feature \"x\"; there is no column \"c\""
    );
    assert_eq!(meant(&["a", "b"]).unwrap_err(), "there is no column \"c\"");
    assert_eq!(
        record(&abc, &[("b", "2"), ("c", "3"), ("a", "1")]).unwrap(),
        [1.0, 2.0, 3.0]
    );
    assert_eq!(
        record(&abc, &[("a", "1"), ("a", "9")]).unwrap_err(),
        "row 1: column \"a\" is given twice"
    );
    assert_eq!(
        record(&abc, &[("a", "1"), ("x", "9")]).unwrap_err(),
        "row 1: the model has no feature \"x\": its features are \"a\", \"b\", \"c\""
    );
    assert_eq!(
        record(&abc, &[("a", "1"), ("c", "3")]).unwrap_err(),
        "row 1: there is no column \"b\""
    );
}

#[test]
fn columns_without_names_are_known_by_their_places() {
    let nameless = Layout::numbers(3);
    let any = HeaderOrder::Accidental;
    let cells = ["1", "2", "3"];
    assert_eq!(
        under(&nameless, &["x2", "x0", "x1"], any, &cells).unwrap(),
        [2.0, 3.0, 1.0]
    );
    assert_eq!(
        under(&nameless, &["2", "0", "1"], any, &cells).unwrap(),
        [2.0, 3.0, 1.0]
    );
    assert_eq!(
        under(&nameless, &["x0", "0", "1"], any, &cells).unwrap_err(),
        "column \"0\" is given twice"
    );
    // Names that the model cannot know say nothing but how many columns there are, and only where order counts.
    let foreign = ["price", "size", "age"];
    assert_eq!(
        under(&nameless, &foreign, HeaderOrder::Meant, &cells).unwrap(),
        [1.0, 2.0, 3.0]
    );
    assert!(under(&nameless, &foreign, any, &cells).is_err());
    assert_eq!(
        under(&nameless, &["only"], HeaderOrder::Meant, &cells).unwrap_err(),
        "the header names 1 column, not 3"
    );
    assert!(under(&nameless, &["a", "b", "a"], HeaderOrder::Meant, &cells).is_err());
    assert!(
        under(&nameless, &["x2", "b", "x0"], HeaderOrder::Meant, &cells).is_err(),
        "all by place, or none"
    );
    assert!(under(&nameless, &["x00", "x1", "x2"], any, &cells).is_err());
    // Where an input has a name, places name nothing.
    let named = layout(json!(["a", "b", "c"]));
    assert!(under(&named, &["x0", "x1", "x2"], any, &cells).is_err());
}

#[test]
fn columns_that_the_model_does_not_need_may_be_absent_or_hold_anything() {
    let features = json!(["a", {"name": "id", "encoding": {"kind": "unused"}}, "b"]);
    let layout = layout_with(features, json!({"other_columns": ["label", "weight"]}));
    let any = HeaderOrder::Accidental;
    assert_eq!(
        under(&layout, &["b", "a"], any, &["2", "1"]).unwrap(),
        [1.0, 2.0]
    );
    assert_eq!(
        under(
            &layout,
            &["label", "b", "id", "a"],
            any,
            &["yes", "2", "?", "1"]
        )
        .unwrap(),
        [1.0, 2.0]
    );
    assert_eq!(
        record(&layout, &[("weight", "x"), ("a", "1"), ("b", "2")]).unwrap(),
        [1.0, 2.0]
    );
    // By position there are the features and no others.
    assert!(record(&layout, &[("label", "x"), ("a", "1")]).is_err());
}
