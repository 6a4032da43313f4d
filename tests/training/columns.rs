//! What columns are: names, categories, missing cells, and rows that are none of the table.

use sagelet::artifact::{Cell, Encoding, Label};

use super::{ROWS, assert_close, job, parameters, prefix_with, refused, trained};
use crate::harness::{Prefix, Server};

#[test]
fn a_header_names_features_and_settings_name_columns() {
    let rows = "id,age,price,w,city,note\n1,0,1,1,a,x\n2,1,3,1,b,\n3,2,5,2,a,y\n4,3,7,1,b,z\n5,4,9,1,a,y\n";
    let prefix = job(
        r#"{"label": "price", "weights": "w", "drop": "id,note", "wd": "1e-9"}"#,
        rows,
    );
    let document = trained(&prefix);
    assert_eq!(document.feature_name(0), "age");
    assert_eq!(document.features.len(), 2);
    assert_eq!(document.other_columns, ["id", "price", "w", "note"]);
    let Some(Encoding::OneHot(city)) = &document.features.get(1).unwrap().encoding else {
        panic!("{:?}", document.features);
    };
    assert_eq!(
        city.categories,
        [Label::Text("a".to_owned()), Label::Text("b".to_owned())]
    );
    let server = Server::start(prefix, &[]);
    let answer = server.invoke("text/csv", rows).predictions();
    assert!(
        (answer[3] - 7.0).abs() < 1e-6,
        "people post their table as it is: {answer:?}"
    );
}

#[test]
fn without_penalty_the_first_category_is_the_reference() {
    let rows = "y,city\n1,rome\n2,oslo\n3,rome\n4,oslo\n2,bern\n";
    let document = trained(&job(r#"{"label": "y"}"#, rows));
    let linear = parameters(&document);
    assert_close(&[linear.intercept], &[2.0]);
    assert_close(&linear.coefficients, &[1.0, 0.0]);
}

#[test]
fn a_column_of_numbers_with_a_text_is_refused_naming_the_settings_that_help() {
    let reason = refused(&prefix_with("1,2,3\n4,five,6\n"));
    assert!(
        reason.contains("column 2 holds numbers, but also the text \"five\""),
        "{reason}"
    );
    assert!(
        reason.contains("categories") && reason.contains("missing_values"),
        "{reason}"
    );
    let document = trained(&job(
        r#"{"missing_values": "[\"five\"]", "missing": "mean"}"#,
        "1,2,3\n4,five,6\n5,7,1\n3,1,1\n",
    ));
    assert_eq!(document.missing_values, ["five"]);
    assert_eq!(
        document.features.get(0).unwrap().missing,
        Cell::Number(10.0 / 3.0)
    );
}

#[test]
fn missing_cells_are_refused_by_place_unless_something_stands_in() {
    let rows = "y,a,b\n1,0,5\n3,1,\n-2,0,6\n0,1,8\n5,,9\n4,2,4\n9,3,7\n";
    let reason = refused(&prefix_with(rows));
    assert!(
        reason.contains("rows.csv: row 3, column 3: the cell is empty"),
        "{reason}"
    );
    assert!(reason.contains("hyperparameter missing"), "{reason}");
    for (missing, fill) in [
        ("mean", 6.5),
        ("median", 6.0),
        ("constant", -1.0),
        ("indicator", 6.5),
    ] {
        let settings = format!(r#"{{"missing": "{missing}", "missing_constant": "-1"}}"#);
        let document = trained(&job(&settings, rows));
        let Cell::Number(found) = document.features.get(1).unwrap().missing else {
            panic!("{missing}");
        };
        assert!((found - fill).abs() < 1e-12, "{missing}: {found}");
        assert_eq!(
            document.features.get(1).unwrap().missing_indicator,
            missing == "indicator"
        );
    }
}

#[test]
fn an_error_deep_in_a_file_has_its_line() {
    let prefix = Prefix::new();
    let mut text = "y,a,b\n".to_owned();
    for line in 0..150_000 {
        text.push_str(if line == 120_000 {
            "1,2\n"
        } else {
            "1.25,2.5,3.75\n"
        });
    }
    prefix.write("input/data/train/rows.csv", text);
    let reason = refused(&prefix);
    assert!(
        reason.contains("rows.csv: row 120002 has 2 columns, not 3"),
        "{reason}"
    );
}

#[test]
fn an_index_column_is_not_taken_for_the_label() {
    let reason = refused(&prefix_with(",price,age\n0,1,2\n1,2,3\n2,3,5\n"));
    assert!(
        reason.contains("the first name of the header is empty"),
        "{reason}"
    );
    assert!(reason.contains("index=False"), "{reason}");
}

#[test]
fn a_row_of_another_width_is_named_with_its_file() {
    let reason = refused(&prefix_with("1,2,3\n4,5\n"));
    assert!(
        reason.contains("rows.csv: row 2 has 2 columns, not 3"),
        "{reason}"
    );
}

#[test]
fn a_file_of_labels_alone_is_refused() {
    let reason = refused(&prefix_with("1\n2\n"));
    assert!(reason.contains("the first row has 1 columns"), "{reason}");
}

#[test]
fn a_name_given_twice_is_refused() {
    let prefix = prefix_with(ROWS);
    prefix.write(
        "input/config/hyperparameters.json",
        r#"{"feature_names": "a,a"}"#,
    );
    let reason = refused(&prefix);
    assert!(
        reason.contains("feature 2 is called \"a\", as one before it is"),
        "{reason}"
    );
}

/// The letter became U+FFFD in the artifact, and no client's name was that of the model.
#[test]
fn a_header_that_is_not_utf_8_is_refused_or_read_in_its_charset() {
    let prefix = Prefix::new();
    let rows = b"y,gr\xf6\xdfe\n1,2\n3,5\n4,4\n";
    prefix.write("input/data/training/rows.csv", rows);
    let reason = refused(&prefix);
    assert!(
        reason.contains("rows.csv: the name of column 2 in the header is not UTF-8"),
        "{reason}"
    );
    assert!(reason.contains("charset=iso-8859-1"), "{reason}");
    std::fs::remove_file(prefix.path("output/failure")).unwrap();
    prefix.write(
        "input/config/inputdataconfig.json",
        r#"{"training": {"ContentType": "text/csv; charset=iso-8859-1"}}"#,
    );
    assert_eq!(trained(&prefix).feature_name(0), "größe");
}
