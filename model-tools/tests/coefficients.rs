//! Tables of coefficients: what other programs export when nothing else can be read.

use sagelet::artifact::{Artifact, Parameters};

use crate::harness::{Scratch, case, run};

#[test]
fn tables_of_r_statsmodels_and_people_are_linear_regressions() {
    for (file, intercept, coefficients) in [
        ("broom", -334.567_138_5, [-0.036_361_22, 5.602_96]),
        ("r-coef", 1.5, [2.0, -0.25]),
        ("statsmodels", 1.5, [2.0, -0.25]),
        ("no-intercept", 0.0, [2.0, -0.25]),
    ] {
        let scratch = Scratch::new();
        let output = scratch.path("model.cbor");
        let path = case(&format!("coefficients/{file}.csv"));
        let told = run(["convert", &path, "-o", &output]);
        assert!(
            told.stderr.contains("taken for a linear regression"),
            "{}",
            told.stderr
        );
        assert_eq!(
            told.stderr.contains("there is no intercept"),
            file == "no-intercept"
        );
        let document = Artifact::read(output.as_ref()).unwrap().document;
        let names: Vec<_> = document
            .features
            .iter()
            .map(|feature| feature.name.clone().unwrap())
            .collect();
        assert_eq!(names, ["age", "bmi"]);
        match document.model {
            Parameters::LinearRegression(linear) => {
                assert_eq!(linear.intercept, intercept);
                assert_eq!(linear.coefficients, coefficients);
            }
            other => panic!("{}", other.kind()),
        }
    }
}

#[test]
fn what_is_no_column_or_no_number_is_refused_by_its_line() {
    let scratch = Scratch::new();
    for (rows, reason) in [
        (
            "(Intercept),1\nage,two\n",
            "line 3: the coefficient \"two\" of \"age\" is not a finite number",
        ),
        ("age,NaN\n", "line 2: the coefficient \"NaN\""),
        ("age:bmi,1\n", "line 2: \"age:bmi\" is no column of a row"),
        ("C(city)[T.Oslo],1\n", "is no column of a row"),
        (
            "age,1\nage,2\n",
            "line 3: \"age\" is already in the table: remove one of the two lines",
        ),
        (
            "(Intercept),1\n",
            "there is no coefficient beside the intercept",
        ),
    ] {
        let path = scratch.write("table.csv", format!("term,estimate\n{rows}").as_bytes());
        run(["convert", &path, "-o", "-"]).refused(1, reason);
    }
    let path = scratch.write("rows.csv", b"age,bmi\n1,2\n");
    run(["convert", &path, "-o", "-"]).refused(1, "this is a table of data, not a model");
}
