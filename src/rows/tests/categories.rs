//! Which category a cell is: by text, by number, as a boolean, or none.

use serde_json::{Value, json};

use super::{Cell, Layout, csv, layout, quoted, row};
use crate::rows::LayoutError;

/// One ordinal input, whose unknown cells are -1.
fn ordinal(categories: Value) -> Layout {
    layout(json!([{"name": "c", "missing": null, "encoding":
        {"kind": "ordinal", "categories": categories, "unknown": -1}}]))
}

fn code(layout: &Layout, cell: Cell<'_>) -> f64 {
    row(layout, &[cell]).unwrap_or_else(|error| panic!("{cell:?}: {error}"))[0]
}

#[test]
fn the_exact_text_comes_first_and_only_unquoted_csv_is_trimmed() {
    let layout = ordinal(json!([" Private", "Private", "Self "]));
    assert_eq!(code(&layout, csv(" Private")), 0.0);
    assert_eq!(code(&layout, quoted(" Private")), 0.0);
    assert_eq!(code(&layout, Cell::json(" Private")), 0.0);
    assert_eq!(code(&layout, csv("  Private ")), 1.0);
    assert_eq!(code(&layout, csv("Self ")), 2.0);
    for cell in [
        quoted("  Private"),
        Cell::json("Private "),
        csv("Self"),
        csv("private"),
    ] {
        assert_eq!(code(&layout, cell), -1.0, "{cell:?}");
    }
}

#[test]
fn numbers_are_compared_by_value_and_whole_ones_by_their_digits() {
    let layout = ordinal(json!([3, 9_007_199_254_740_993_i64, "1.5", "007"]));
    for cell in [
        csv("3"),
        csv(" 3.0"),
        quoted("3e0"),
        Cell::json("3"),
        Cell::Number(3.0),
        Cell::Integer(3),
    ] {
        assert_eq!(code(&layout, cell), 0.0, "{cell:?}");
    }
    for cell in [
        csv("9007199254740993"),
        Cell::Integer(9_007_199_254_740_993),
    ] {
        assert_eq!(code(&layout, cell), 1.0, "{cell:?}");
    }
    for cell in [
        csv("9007199254740992"),
        Cell::Integer(9_007_199_254_740_992),
        Cell::Number(9_007_199_254_740_992.0),
    ] {
        assert_eq!(code(&layout, cell), -1.0, "{cell:?}");
    }
    for cell in [csv("1.5"), csv("1.50"), Cell::Number(1.5)] {
        assert_eq!(code(&layout, cell), 2.0, "{cell:?}");
    }
    assert_eq!(code(&layout, csv("007")), 3.0);
    assert_eq!(
        code(&layout, Cell::Number(7.0)),
        -1.0,
        "a text with zeros before it is no number"
    );
}

#[test]
fn booleans_are_found_by_type_by_text_and_as_one_and_zero() {
    let booleans = ordinal(json!([false, true]));
    for cell in [
        Cell::Boolean(true),
        csv("true"),
        csv("True"),
        quoted("TRUE"),
        Cell::json("true"),
        csv("1"),
        Cell::Number(1.0),
        Cell::Integer(1),
        csv("1.0"),
    ] {
        assert_eq!(code(&booleans, cell), 1.0, "{cell:?}");
    }
    assert_eq!(code(&booleans, Cell::Number(2.0)), -1.0);
    // A number claims 1 before a boolean does.
    let both = ordinal(json!([true, 1]));
    assert_eq!(code(&both, csv("1")), 1.0);
    assert_eq!(code(&both, csv("true")), 0.0);
    assert_eq!(code(&both, Cell::Boolean(true)), 0.0);
    // A boolean is the one text that spells it.
    let texts = ordinal(json!(["False", "True"]));
    assert_eq!(code(&texts, Cell::Boolean(true)), 1.0);
    assert_eq!(code(&texts, csv("True")), 1.0);
    assert_eq!(code(&texts, csv("true")), -1.0);
    assert_eq!(code(&texts, Cell::Number(1.0)), -1.0);
}

#[test]
fn a_category_may_be_what_means_a_missing_cell_elsewhere() {
    let layout = ordinal(json!(["NA", "", "nan"]));
    assert_eq!(code(&layout, csv("NA")), 0.0);
    assert_eq!(code(&layout, csv("")), 1.0);
    assert_eq!(code(&layout, csv("  ")), 1.0);
    assert_eq!(code(&layout, Cell::json("nan")), 2.0);
    assert!(
        row(&layout, &[Cell::Missing]).is_err(),
        "null is no category"
    );
    assert!(row(&layout, &[csv("None")]).is_err());
}

#[test]
fn categories_that_a_cell_cannot_tell_apart_are_refused() {
    let refused = |categories: Value| {
        let encoding =
            json!([{"name": "c", "encoding": {"kind": "ordinal", "categories": categories}}]);
        let features = serde_json::from_value(encoding).unwrap();
        Layout::new(&features).map(|_| ()).unwrap_err()
    };
    for categories in [
        json!([3, "3.0"]),
        json!(["3", "3.0"]),
        json!(["True", "true"]),
        json!([1, "1"]),
    ] {
        let error = refused(categories.clone());
        assert!(
            matches!(error, LayoutError::Ambiguous { .. }),
            "{categories}"
        );
        assert!(error.to_string().starts_with("feature c: "), "{error}");
    }
    ordinal(json!(["7", "007", true, "True", 0]));
}
