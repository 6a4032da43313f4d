//! CSV with headers, quotes, line ends and charsets of every sort.

use ndarray::array;
use serde_json::json;

use super::{layout, named, read, refused, rows};
use crate::rows::Layout;

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
    let nameless = Layout::numbers(2);
    assert_eq!(
        rows(&nameless, "text/csv; header=present", "a,b\n1,2\n3,4"),
        expected
    );
}

#[test]
fn csv_that_is_none_is_refused_with_its_place() {
    let error = |body| refused(&named(), "text/csv", body);
    assert_eq!(error("1,2\n3\n"), "row 2 has 1 column, not 2");
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
        "the model has no feature \"weight\"; there is no column \"age\""
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
    let layout = layout(json!([
        "age",
        {"name": "job", "encoding": {"kind": "ordinal", "categories": ["a,b", "say \"hi\"", "two\nlines"]}},
    ]));
    let body = "1,\"a,b\"\n2,\"say \"\"hi\"\"\"\n3,\"two\nlines\"\n";
    let expected = array![[1.0, 0.0], [2.0, 1.0], [3.0, 2.0]];
    assert_eq!(rows(&layout, "text/csv", body), expected);
}

#[test]
fn text_in_latin_1_is_the_text_that_was_meant() {
    let layout = layout(json!([
        {"name": "city", "encoding": {"kind": "ordinal", "categories": ["K\u{f6}ln", "Paris"]}},
    ]));
    let body = b"Paris\nK\xf6ln\n";
    let (rows, _) = read(&layout, "text/csv; charset=iso-8859-1", body).unwrap();
    assert_eq!(rows, array![[1.0], [0.0]]);
    assert!(read(&layout, "text/csv; charset=utf-8", body).is_err());
}
