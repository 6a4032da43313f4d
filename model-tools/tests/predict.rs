//! `predict`: what the server would answer, and nothing else on standard output.

use sagelet::account::Account;
use sagelet::artifact::Artifact;
use sagelet::codec::{self, ContentType, Format};
use sagelet::model::Model;
use sagelet::score::{self, Helpers};

use crate::harness::{DIABETES, Scratch, case, repository, run, run_with};

/// The training rows without their label.
fn rows() -> String {
    let data = repository().join("examples/diabetes/diabetes.csv");
    std::fs::read_to_string(data)
        .unwrap()
        .lines()
        .map(|line| line.split_once(',').unwrap().1.to_owned() + "\n")
        .collect()
}

#[test]
fn predictions_are_the_servers_to_the_byte() {
    let rows = rows();
    let artifact = Artifact::read(&repository().join(DIABETES)).unwrap();
    let model = Model::load(&artifact.document).unwrap();
    let csv = ContentType::of(Format::Csv);
    let account = &mut Account::unlimited();
    let (outputs, options) =
        score::score(&model, csv, rows.as_bytes(), account, &Helpers::of_cores(1)).unwrap();
    let predictions = score::predictions(&model, outputs, &[], account).unwrap();
    let served = codec::encode(Format::Csv, &predictions, &options, account).unwrap();

    let scratch = Scratch::new();
    let file = scratch.write("rows.csv", rows.as_bytes());
    let predicted = run(["predict", DIABETES, &file]);
    assert_eq!(predicted.stderr, "");
    assert_eq!(predicted.stdout, served.body);
    assert_eq!(
        served.body.iter().filter(|byte| **byte == b'\n').count(),
        442
    );

    let piped = run_with(["predict", DIABETES], rows.as_bytes());
    assert_eq!(piped.stdout, served.body);
}

#[test]
fn json_rows_give_one_prediction_a_line_too() {
    let body = br#"{"instances": [[1, 1, 1], {"features": [0, 0, 2]}]}"#;
    let bare = br#"{"instances": [[1, 1, 1], [0, 0, 2]]}"#;
    let arguments = ["predict", &case("hand-written/minimal.json"), "-"];
    let typed = [&arguments[..], &["--content-type", "application/json"]].concat();
    assert_eq!(run_with(typed.clone(), bare).ok(), "-0.5\n-6.0\n");
    // One or the other form, as the server has it.
    assert_eq!(run_with(typed, body).code, Some(1));
}

/// `predict model.cbor rows.json` needs no type; what is piped or called otherwise is CSV.
#[test]
fn the_name_of_rows_says_what_they_are() {
    let scratch = Scratch::new();
    let model = case("hand-written/minimal.json");
    for (name, rows) in [
        ("rows.json", "{\"instances\": [[1, 1, 1], [0, 0, 2]]}"),
        ("rows.jsonl", "[1, 1, 1]\n[0, 0, 2]\n"),
        ("rows.csv", "1,1,1\n0,0,2\n"),
        ("rows", "1,1,1\n0,0,2\n"),
    ] {
        let path = scratch.write(name, rows.as_bytes());
        assert_eq!(
            run(["predict", &model, &path]).ok(),
            "-0.5\n-6.0\n",
            "{name}"
        );
    }
    let path = scratch.write("misnamed.json", b"1,1,1\n0,0,2\n");
    assert_eq!(
        run(["predict", &model, &path, "--content-type", "text/csv"]).ok(),
        "-0.5\n-6.0\n"
    );
}

#[test]
fn a_row_that_cannot_be_predicted_is_named_and_nothing_is_printed() {
    let model = case("hand-written/minimal.json");
    run_with(["predict", &model], b"1,2,3\n1,2,x\n")
        .refused(1, "standard input: row 2, column 3: \"x\" is not a number");
    run_with(["predict", &model], b"1,2\n").refused(1, "row 1 has 2 columns, not 3");
}

#[test]
fn command_lines_that_make_no_sense() {
    run(["predict", "-", "-"]).refused(2, "only one of two inputs");
    run(["predict", DIABETES, "-", "--content-type", "text/plain"]).refused(2, "application/json");
}
