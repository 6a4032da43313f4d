//! Numbers come out as they went in: exactly, shortest, in order.

use proptest::prelude::*;

use crate::harness::Server;
use crate::harness::prefix::{identity, linear};

/// Text as a client may write a number, the number it is, and the text it must come back as.
const SPELLINGS: [(&str, f64, &str); 16] = [
    ("1", 1.0, "1.0"),
    ("-1", -1.0, "-1.0"),
    ("+1", 1.0, "1.0"),
    ("1.", 1.0, "1.0"),
    (".5", 0.5, "0.5"),
    ("1e3", 1000.0, "1000.0"),
    ("1E+3", 1000.0, "1000.0"),
    ("1.000000000000000056e-01", 0.1, "0.1"), // C's %.18e
    ("0.1000000000000000055511151231257827", 0.1, "0.1"),
    ("1e308", 1e308, "1e+308"),
    (
        "-1.7976931348623157e308",
        f64::MIN,
        "-1.7976931348623157e+308",
    ),
    (
        "2.2250738585072014e-308",
        f64::MIN_POSITIVE,
        "2.2250738585072014e-308",
    ),
    ("4.9e-324", 5e-324, "5e-324"), // the smallest subnormal
    ("1e-400", 0.0, "0.0"),
    (
        "9007199254740993",
        9_007_199_254_740_992.0,
        "9007199254740992.0",
    ),
    (
        "123456789.123456789",
        123_456_789.123_456_79,
        "123456789.12345679",
    ),
];

#[test]
fn every_spelling_of_a_number_is_read_and_the_shortest_is_written() {
    let server = Server::of(identity());
    for (spelling, number, written) in SPELLINGS {
        let answer = server.invoke("text/csv", format!("{spelling}\n"));
        assert_eq!(answer.text(), format!("{written}\n"), "{spelling}");
        assert_eq!(answer.predictions(), [number], "{spelling}");
    }
}

#[test]
fn csv_and_json_give_the_same_numbers() {
    let server = Server::of(identity());
    for (spelling, _, written) in SPELLINGS {
        // JSON's grammar knows no leading plus or dot and no trailing dot.
        if spelling.starts_with(['+', '.']) || spelling.ends_with('.') {
            continue;
        }
        let body = format!(r#"{{"instances":[[{spelling}]]}}"#);
        let answer = server.invoke("application/json", body);
        let expected = format!(r#"{{"predictions":[{written}]}}"#);
        assert_eq!(answer.text(), expected, "{spelling}");
    }
}

#[test]
fn minus_zero_is_a_zero() {
    let server = Server::of(identity());
    assert_eq!(
        server.invoke("text/csv", "-0\n-0.0\n").predictions(),
        [0.0, 0.0]
    );
}

#[test]
fn a_prediction_beyond_the_largest_float_is_inf_in_csv_and_null_in_json() {
    let server = Server::of(linear(0.0, &[10.0, 0.0]));
    let csv = server.invoke("text/csv", "1e308,0\n-1e308,0\n1,0\n");
    assert_eq!(csv.text(), "inf\n-inf\n10.0\n");
    let json = server.invoke("application/json", r#"{"instances":[[1e308,0],[1,0]]}"#);
    assert_eq!(json.text(), r#"{"predictions":[null,10.0]}"#);
}

#[test]
fn a_hundred_thousand_rows_keep_their_order() {
    let server = Server::of(identity());
    let rows = 100_000;
    let body: String = (0..rows).map(|row| format!("{row}.25\n")).collect();
    let answer = server.invoke("text/csv", &body);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text(), body, "what goes in comes out, line by line");
    let cells: Vec<String> = (0..rows).map(|row| format!("[{row}.25]")).collect();
    let json = format!(r#"{{"instances":[{}]}}"#, cells.join(","));
    let answer = server.invoke("application/json", json);
    assert_eq!(
        answer.text(),
        format!(
            r#"{{"predictions":[{}]}}"#,
            body.trim_end().replace('\n', ",")
        )
    );
}

#[test]
fn any_finite_number_comes_back_bit_for_bit() {
    let server = Server::of(identity());
    let runner = &mut proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let numbers =
        proptest::collection::vec(prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL, 1..200);
    runner
        .run(&numbers, |numbers| {
            let body: String = numbers
                .iter()
                .map(|number| format!("{number:e}\n"))
                .collect();
            let answer = server.invoke("text/csv", body);
            let bits = |numbers: &[f64]| {
                numbers
                    .iter()
                    .map(|number| number.to_bits())
                    .collect::<Vec<_>>()
            };
            prop_assert_eq!(bits(&answer.predictions()), bits(&numbers));
            for (line, number) in answer.text().lines().zip(&numbers) {
                let digits = |text: &str| {
                    let mantissa = text.split('e').next().unwrap_or_default();
                    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
                    digits.trim_matches('0').len()
                };
                // `{:e}` is the shortest form by the standard library's own algorithm.
                prop_assert_eq!(
                    digits(line),
                    digits(&format!("{number:e}")),
                    "{} for {:e}",
                    line,
                    number
                );
            }
            Ok(())
        })
        .unwrap();
}
