//! Which labels are predicted: several per row, votes, averages and thresholds, in every format of answers.

use sagelet::artifact::{
    Averaged, Document, Feature, Isotonic, Label, Link, Logistic, Member, Multilabel, OneVsOne,
    Parameters, Probabilities, Threshold, ThresholdOf, Ties,
};
use sagelet::model::Model;
use serde_json::{Value, json};

use crate::harness::server::invocation;
use crate::harness::{Prefix, Process, Server};

fn text(label: &str) -> Label {
    Label::Text(label.to_owned())
}

fn document(parameters: Parameters) -> Document {
    Document::new(vec![Feature::named("a")], parameters)
}

/// The labels are there where a is above 0, above 2, and below 1.
fn multilabel(link: Link) -> Document {
    document(Parameters::Multilabel(Multilabel {
        labels: ["red", "big", "old"].map(text).to_vec(),
        link,
        intercepts: vec![0.0, -2.0, 1.0],
        coefficients: vec![vec![1.0], vec![1.0], vec![-1.0]],
    }))
}

/// The probability of "yes" is the logistic function of a.
fn yes_or_no() -> Document {
    document(Parameters::LogisticRegression(Logistic {
        labels: ["no", "yes"].map(text),
        intercept: 0.0,
        coefficients: vec![1.0],
    }))
}

fn logistic(score: f64) -> f64 {
    1.0 / (1.0 + (-score).exp())
}

fn ask(server: &Server, accept: &str) -> Vec<u8> {
    let headers = [("Content-Type", "text/csv"), ("Accept", accept)];
    let answer = server.send(invocation(&headers, "3\n-1\n"));
    assert_eq!(answer.status, 200);
    answer.body
}

#[test]
fn several_labels_are_one_and_zero_for_each_in_every_format() {
    let server = Server::of(multilabel(Link::Logit));
    assert_eq!(ask(&server, "text/csv"), b"1,1,0\n0,0,1\n");
    assert_eq!(
        ask(&server, "application/json"),
        br#"{"predictions":[[1,1,0],[0,0,1]]}"#
    );
    let lines = String::from_utf8(ask(&server, "application/jsonlines")).unwrap();
    let line: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(line["predicted_label"], json!([1, 1, 0]));
    assert_eq!(
        line["score"],
        json!([logistic(3.0), logistic(1.0), logistic(-2.0)])
    );
    let npy = ask(&server, "application/x-npy");
    let header = String::from_utf8_lossy(&npy[..128]).into_owned();
    assert!(
        header.contains("'<i8'") && header.contains("(2, 3)"),
        "{header}"
    );
    let cells: Vec<u8> = npy[128..].iter().step_by(8).copied().collect();
    assert_eq!(cells, [1, 1, 0, 0, 0, 1]);
    let recordio = ask(&server, "application/x-recordio-protobuf");
    let ones = [1.0_f32, 1.0, 0.0].map(f32::to_le_bytes).concat();
    assert!(recordio.windows(12).any(|bytes| bytes == ones));
}

#[test]
fn several_labels_are_a_tensor_of_open_inference_as_the_metadata_say() {
    let server = Server::of(multilabel(Link::Logit));
    let metadata: Value = serde_json::from_str(server.get("/v2/models/model").text()).unwrap();
    let tensor =
        |name: &str, datatype: &str| json!({"name": name, "datatype": datatype, "shape": [-1, 3]});
    assert_eq!(
        metadata["outputs"],
        json!([tensor("predict", "INT64"), tensor("predict_proba", "FP64")])
    );
    let input = json!({"name": "input-0", "datatype": "FP64", "shape": [2, 1], "data": [3, -1]});
    let body =
        json!({"inputs": [input], "outputs": [{"name": "predict"}, {"name": "predict_proba"}]});
    let answer = server.invoke("application/json", body.to_string());
    let answer: Value = serde_json::from_str(answer.text()).unwrap();
    let predict = &answer["outputs"][0];
    assert_eq!(
        (&predict["datatype"], &predict["shape"], &predict["data"]),
        (&json!("INT64"), &json!([2, 3]), &json!([1, 1, 0, 0, 0, 1]))
    );
    assert_eq!(answer["outputs"][1]["shape"], json!([2, 3]));
}

#[test]
fn selected_fields_of_several_labels_are_lists() {
    let fields = "predicted_label,labels,probabilities,raw_scores,probability,raw_score";
    let prefix = Prefix::with_model(multilabel(Link::Identity));
    let server = Server::start(prefix, &[("SAGEMAKER_INFERENCE_OUTPUT", fields)]);
    let answer = String::from_utf8(ask(&server, "text/csv")).unwrap();
    assert_eq!(
        answer.lines().next(),
        Some(r#""[1, 1, 0]","[""red"", ""big"", ""old""]",nan,"[3.0, 1.0, -2.0]",nan,nan"#)
    );
}

#[test]
fn a_threshold_that_is_set_changes_the_label_and_nothing_else() {
    let fields = (
        "SAGEMAKER_INFERENCE_OUTPUT",
        "predicted_label,probability,raw_score",
    );
    let rows = "1\n0\n-1\n";
    for (threshold, labels) in [
        ("0.5", ["yes", "yes", "no"]), // 0.5 itself is enough, as scikit-learn has it
        ("0.6", ["yes", "no", "no"]),
        ("0.2", ["yes", "yes", "yes"]),
    ] {
        let prefix = Prefix::with_model(yes_or_no());
        let variables = [fields, ("SAGELET_THRESHOLD", threshold)];
        let server = Server::start(prefix, &variables);
        let expected: String = labels
            .iter()
            .zip([1.0, 0.0, -1.0])
            .map(|(label, score)| format!("{label},{:?},{score:?}\n", logistic(score)))
            .collect();
        assert_eq!(server.invoke("text/csv", rows).text(), expected);
    }
    let server = Server::start(
        Prefix::with_model(multilabel(Link::Logit)),
        &[("SAGELET_THRESHOLD", "0.9")],
    );
    assert_eq!(server.invoke("text/csv", "3\n").text(), "1,0,0\n");
}

#[test]
fn a_threshold_of_the_artifact_holds_and_gives_way_to_the_one_that_is_set() {
    let mut document = yes_or_no();
    document.threshold = Some(Threshold {
        of: ThresholdOf::Score,
        at: -0.5,
        label: Some(text("no")),
    });
    document.set_version();
    assert_eq!(document.requires, ["threshold"]);
    // "no" where minus the score is at least -0.5.
    let server = Server::of(document.clone());
    assert_eq!(
        server.invoke("text/csv", "0.4\n0.5\n0.6\n").text(),
        "no\nno\nyes\n"
    );
    let server = Server::start(
        Prefix::with_model(document),
        &[("SAGELET_THRESHOLD", "0.1")],
    );
    assert_eq!(server.invoke("text/csv", "-0.2\n0\n").text(), "no\nyes\n");
}

#[test]
fn a_threshold_that_decides_nothing_is_refused_with_the_model() {
    let prefix = Prefix::with_model(crate::harness::prefix::identity());
    let process = Process::sagelet(&prefix.serve_arguments(), &[("SAGELET_THRESHOLD", "0.7")]);
    let line = process.wait_for_line("has no model to serve");
    assert!(
        line.contains("SAGELET_THRESHOLD=0.7: a threshold is for a classifier of two labels"),
        "{line}"
    );
}

#[test]
fn votes_and_their_ties_are_counted_as_scikit_learn_counts_them() {
    let pairs = |ties, intercepts: [f64; 3]| {
        document(Parameters::OneVsOne(OneVsOne {
            labels: ["a", "b", "c"].map(text).to_vec(),
            ties,
            intercepts: intercepts.to_vec(),
            coefficients: vec![vec![0.0]; 3],
        }))
    };
    let predicted = |document: Document| {
        let server = Server::of(document);
        server.invoke("text/csv", "0\n").text().to_owned()
    };
    // b beats a, c beats b, a beats c: one vote for each; c has the largest sum, -1 + 5.
    let circle = [1.0, -1.0, 5.0];
    assert_eq!(predicted(pairs(Ties::First, circle)), "a\n");
    assert_eq!(predicted(pairs(Ties::Confidence, circle)), "c\n");
    assert_eq!(predicted(pairs(Ties::First, [2.0, 1.0, -1.0])), "b\n");
    let model = Model::load(&pairs(Ties::Confidence, circle)).unwrap();
    let scores = model.predict_row(&[0.0.into()]).unwrap();
    let score = |sum: f64| 1.0 + sum / (3.0 * (sum.abs() + 1.0));
    assert_eq!(scores, [score(0.0), score(-4.0), score(4.0)]);
}

#[test]
fn probabilities_are_the_mean_of_the_members_and_there_are_no_raw_scores() {
    let member = |weight, probabilities, calibration, intercepts: &[f64]| Member {
        weight,
        probabilities,
        calibration,
        intercepts: intercepts.to_vec(),
        coefficients: vec![vec![1.0]; intercepts.len()],
    };
    let curve = Isotonic {
        x_thresholds: vec![0.0, 2.0],
        y_thresholds: vec![0.25, 0.75],
    };
    let document = document(Parameters::AveragedClassifiers(Averaged {
        labels: ["no", "yes"].map(text).to_vec(),
        members: vec![
            member(2.0, Some(Probabilities::Logistic), Vec::new(), &[0.0]),
            member(1.0, Some(Probabilities::Logistic), vec![curve], &[0.0]),
            member(1.0, None, Vec::new(), &[-5.0]),
        ],
    }));
    let fields = "predicted_label,probability,raw_score";
    let server = Server::start(
        Prefix::with_model(document),
        &[("SAGEMAKER_INFERENCE_OUTPUT", fields)],
    );
    let answer = server.invoke("application/jsonlines", "{\"a\": 1}\n{\"a\": 9}\n");
    let lines: Vec<Value> = answer
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mean = [(1.0, 0.5, 0.0), (9.0, 0.75, 1.0)]
        .map(|(score, curve, vote)| (2.0 * logistic(score) + curve + vote) / 4.0);
    for ((line, mean), label) in lines.iter().zip(mean).zip(["no", "yes"]) {
        let found = line["probability"].as_f64().unwrap();
        assert!((found - mean).abs() < 1e-15, "{found} instead of {mean}");
        assert_eq!(line["predicted_label"], label);
        assert_eq!(line["raw_score"], Value::Null);
    }
}
