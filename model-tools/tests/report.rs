//! `report`: one page that needs nothing else, with figures that are right.

use crate::harness::{DIABETES, Scratch, case, cases, run};

const DATA: &str = "examples/diabetes/diabetes.csv";

/// No scripts, no network, no file beside it: what is named is only the namespace that SVG would have, and not even
/// that is needed inside of HTML.
#[test]
fn a_page_needs_nothing_else() {
    for model in cases("exports")
        .iter()
        .map(String::as_str)
        .chain([DIABETES])
    {
        let page = run(["report", model, "-o", "-"]).ok();
        for foreign in ["http", "//", "<script", "src=", "href=", "url(", "@import"] {
            assert!(
                !page.contains(foreign),
                "{foreign} in the report of {model}"
            );
        }
        assert!(page.starts_with("<!DOCTYPE html>\n"));
        assert_eq!(
            page.matches("<section>").count(),
            page.matches("</section>").count()
        );
        assert_eq!(page.matches("<div").count(), page.matches("</div>").count());
    }
}

#[test]
fn the_same_model_and_data_give_the_same_page() {
    let arguments = ["report", DIABETES, "--data", DATA, "-o", "-"];
    assert_eq!(run(arguments).stdout, run(arguments).stdout);
}

/// The training metrics, found again: the data are those of the training.
#[test]
fn a_regression_has_its_figures_and_residuals() {
    let page = run(["report", DIABETES, "--data", DATA, "-o", "-"]).ok();
    let (_, quality) = page.split_once("<h2>On diabetes.csv</h2>").unwrap();
    for expected in [
        "<dt>rows</dt><dd>442</dd>",
        "<dt>R²</dt><dd>0.517748</dd>",
        "<dt>root mean squared error</dt><dd>53.4761</dd>",
    ] {
        assert!(quality.contains(expected), "{expected}");
    }
    assert_eq!(page.matches("class=\"point\"").count(), 442);
}

/// Three rows by hand: a logistic regression that is right twice, with a header in another order and the label in
/// the middle.
#[test]
fn a_classifier_has_accuracy_calibration_and_a_table_of_mistakes() {
    let scratch = Scratch::new();
    let model = br#"{
        "features": ["a", "b"],
        "model": {"kind": "logistic-regression", "labels": ["no", "yes"], "intercept": 0, "coefficients": [1, 0]}
    }"#;
    let model = scratch.write("model.json", model);
    let data = scratch.write("data.csv", b"b,outcome,a\n0,yes,2\n0,no,-2\n0,no,1\n");
    let page = run(["report", &model, "--data", &data, "-o", "-"]).ok();
    for expected in [
        "<dt>rows</dt><dd>3</dd>",
        "<dt>accuracy</dt><dd>0.666667</dd>",
        // (2 ln(1 + e^-2) + ln(1 + e)) / 3
        "<dt>log loss</dt><dd>0.522373</dd>",
        "<th scope=\"row\">no</th><td class=\"right\">1</td><td>1</td>",
        "<th scope=\"row\">yes</th><td>0</td><td class=\"right\">1</td>",
    ] {
        assert!(page.contains(expected), "{expected} is not in {page}");
    }
    assert_eq!(page.matches("class=\"bin\"").count(), 3);
}

/// Whatever a name holds, it is text on the page.
#[test]
fn names_are_escaped() {
    let scratch = Scratch::new();
    let model = br#"{
        "features": ["<script>alert(1)</script>", "\"&'"],
        "model": {"kind": "linear-regression", "intercept": 0, "coefficients": [1, 2]},
        "provenance": {"<b>": "<i>"}
    }"#;
    let model = scratch.write("<u>.json", model);
    let page = run(["report", &model, "-o", "-"]).ok();
    for raw in ["<script>", "<b>", "<i>", "<u>", "\"&'"] {
        assert!(!page.contains(raw), "{raw}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
}

#[test]
fn data_that_do_not_fit_are_refused_with_the_place() {
    let scratch = Scratch::new();
    let model = case("exports/logistic.json");
    let refused = |data: &[u8], reason: &str| {
        let data = scratch.write("data.csv", data);
        run(["report", &model, "--data", &data, "-o", "-"]).refused(1, reason);
    };
    refused(
        b"it is,1,2,3,4\nmaybe,1,2,3,4\n",
        "row 2: the label \"maybe\" is not one of the model's labels",
    );
    refused(
        b"it is,1,2,3,4\nit is,1,2,3\n",
        "row 2 has 4 columns, not 5",
    );
    refused(b"it is,1,2,3,x\n", "\"x\" is not a number");
    refused(
        b"a,b,c,d\n1,2,3,4\n",
        "one column more is needed, the label",
    );
    refused(b"a,b,c,d,e,f\n", "6 columns for 4 features");
    refused(b"", "the body holds no rows");
}

#[test]
fn a_report_is_written_to_a_file_and_replaced_only_with_force() {
    let scratch = Scratch::new();
    let path = scratch.path("report.html");
    run(["report", DIABETES, "-o", &path]).ok();
    run(["report", DIABETES, "-o", &path]).refused(1, "--force");
    assert!(
        std::fs::read_to_string(&path)
            .unwrap()
            .ends_with("</html>\n")
    );
}
