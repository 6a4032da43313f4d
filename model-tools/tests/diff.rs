//! `diff`: what is the same, what is not, and the exit codes that say so.

use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::harness::{DIABETES, Scratch, case, cases, run};

const ROWS: &str = "examples/diabetes/payload.csv";

/// The diabetes model as JSON, changed.
fn edited(scratch: &Scratch, change: impl FnOnce(&mut Value)) -> String {
    let json = run(["convert", DIABETES, "-o", "-", "--to", "json"]).ok();
    let mut document: Value = serde_json::from_str(&json).unwrap();
    document.as_object_mut().unwrap().remove("verification");
    change(&mut document);
    scratch.write("edited.json", document.to_string().as_bytes())
}

#[test]
fn a_model_is_the_same_as_itself_in_another_format() {
    let scratch = Scratch::new();
    let json = scratch.path("model.json");
    run(["convert", DIABETES, "-o", &json]).ok();
    let text = run(["diff", DIABETES, &json, "--rows", ROWS]).ok();
    assert!(
        text.contains("parameters    same: 11, to the bit\n"),
        "{text}"
    );
    assert!(text.contains("predictions   same for 10 rows"), "{text}");
    assert!(text.ends_with("\nThe models are the same.\n"), "{text}");
}

/// A difference is shown where it is, and has exit code 1 without an error being reported.
#[test]
fn a_changed_coefficient_is_shown_with_the_rows_it_changes() {
    let scratch = Scratch::new();
    let other = edited(&scratch, |document| {
        document["model"]["coefficients"][2] = 5.75.into();
    });
    let compared = run(["diff", DIABETES, &other, "--rows", ROWS, "--top", "2"]);
    assert_eq!((compared.code, compared.stderr.as_str()), (Some(1), ""));
    let text = String::from_utf8(compared.stdout).unwrap();
    for expected in [
        "parameters    1 of 11 differ\n",
        "  bmi                                    5.60296          5.75",
        "predictions   10 of 10 rows differ",
        "  row 1: A: 206.117, B: ",
        "  and 8 more: --top 10 shows all\n",
        "\nThe models differ.\n",
    ] {
        assert!(text.contains(expected), "{expected:?} is not in {text}");
    }
}

/// Models that came by different ways differ by rounding, and --tolerance 0 sees it.
#[test]
fn rounding_makes_no_other_model() {
    let scratch = Scratch::new();
    let other = edited(&scratch, |document| {
        let coefficient = &mut document["model"]["coefficients"][2];
        *coefficient = (coefficient.as_f64().unwrap() * (1.0 + 1e-15)).into();
    });
    let text = run(["diff", DIABETES, &other, "--rows", ROWS]).ok();
    assert!(
        text.contains("same: 11, 1 of them but for rounding"),
        "{text}"
    );
    assert_eq!(
        run(["diff", DIABETES, &other, "--tolerance", "0"]).code,
        Some(1)
    );
}

/// A format that has no names still has the numbers, which are compared one by one.
#[test]
fn numbers_under_other_names_are_compared_by_position() {
    let scratch = Scratch::new();
    let other = edited(&scratch, |document| {
        document["features"] = vec![serde_json::json!({}); 10].into();
    });
    let compared = run(["diff", DIABETES, &other, "--top", "1"]);
    let text = String::from_utf8(compared.stdout).unwrap();
    assert_eq!(compared.code, Some(1));
    assert!(
        text.contains("features      A has 10, B has 10; 10 differ"),
        "{text}"
    );
    assert!(
        text.contains("parameters    same: 11, to the bit"),
        "{text}"
    );
}

#[test]
fn provenance_is_no_part_of_the_model() {
    let scratch = Scratch::new();
    let other = edited(&scratch, |document| {
        document["provenance"] = serde_json::json!({})
    });
    let text = run(["diff", DIABETES, &other]).ok();
    assert!(
        text.contains("provenance    differs, but is no part of the model"),
        "{text}"
    );
}

/// Every kind against every other: no line is too wide, and only a model and itself are the same.
#[test]
fn all_kinds_against_each_other() {
    let models = cases("exports");
    for pair in models.windows(2) {
        let compared = run(["diff", &pair[0], &pair[1]]);
        assert_eq!(compared.code, Some(1), "{pair:?} {}", compared.stderr);
        let text = String::from_utf8(compared.stdout).unwrap();
        assert!(text.lines().all(|line| line.width() <= 80), "{text}");
        assert_eq!(run(["diff", &pair[0], &pair[0]]).code, Some(0), "{pair:?}");
    }
}

/// A script has to tell "different" from "could not be compared".
#[test]
fn what_cannot_be_compared_has_exit_code_2() {
    run(["diff", DIABETES, "no-such-file"]).refused(2, "cannot read no-such-file");
    run(["diff", DIABETES]).refused(2, "<B>");
    run(["diff", "-", "-"]).refused(2, "only one of two inputs");
    let narrow = case("exports/logistic.json");
    run(["diff", &narrow, &narrow, "--rows", ROWS]).refused(2, "payload.csv: row 1 has 10 columns");
}
