//! Every family, and what cannot be fitted.

use sagelet::artifact::{Artifact, Label, Parameters};

use super::{assert_close, job, parameters, prefix_with, refused, report, train, trained};
use crate::harness::Server;

/// Two classes that overlap, in two columns.
fn two_classes(labels: [&str; 2]) -> String {
    let rows = [0.0, 1.0, 0.5, 0.2, 1.5, 2.0, 1.7, 0.9, 1.4, 0.3, 0.6, 1.1];
    rows.iter()
        .enumerate()
        .map(|(index, x)| format!("{},{x},{}\n", labels[index / 2 % 2], (index * 5) % 7))
        .collect()
}

#[test]
fn labels_that_are_texts_make_a_classifier() {
    let prefix = prefix_with(&two_classes(["no", "yes"]));
    let ended = train(&prefix);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    assert!(
        ended.log.contains("the positive class is \"yes\""),
        "{}",
        ended.log
    );
    let document = Artifact::read(&prefix.path("model/model.cbor"))
        .unwrap()
        .document;
    let labels = [Label::Text("no".to_owned()), Label::Text("yes".to_owned())];
    assert_eq!(document.model.labels(), labels);
    for name in ["train_auc", "train_f1", "train_log_loss", "train_accuracy"] {
        assert!(document.metrics[name] > 0.0, "{name}");
        assert!(
            ended
                .log
                .contains(&format!("train:{}=", name.trim_start_matches("train_"))),
            "{name}"
        );
    }
    let confusion = &report(&prefix)["confusion"]["train"];
    assert_eq!(confusion["labels"], serde_json::json!(["no", "yes"]));
}

#[test]
fn the_same_classes_by_any_name_give_the_same_coefficients() {
    let coefficients = |labels: [&str; 2], settings: &str| {
        let document = trained(&job(settings, &two_classes(labels)));
        match document.model {
            Parameters::LogisticRegression(logistic) => logistic.coefficients,
            Parameters::MultinomialLogisticRegression(multi) => multi.coefficients[1]
                .iter()
                .zip(&multi.coefficients[0])
                .map(|(a, b)| a - b)
                .collect(),
            other => panic!("{other:?}"),
        }
    };
    let binary = r#"{"predictor_type": "binary_classifier"}"#;
    let expected = coefficients(["0", "1"], binary);
    for labels in [["-1", "1"], ["False", "True"], ["a", "b"], ["7", "8"]] {
        assert_close(&coefficients(labels, binary), &expected);
    }
    let several = r#"{"predictor_type": "multiclass_classifier", "num_classes": "2"}"#;
    assert_close(&coefficients(["0", "1"], several), &expected);
}

#[test]
fn weights_of_classes_are_weights_of_their_rows() {
    let rows = two_classes(["0", "1"]);
    let doubled: String = rows
        .lines()
        .flat_map(|line| {
            let times = if line.starts_with('1') { 2 } else { 1 };
            std::iter::repeat_n(format!("{line}\n"), times)
        })
        .collect();
    let weighted =
        r#"{"predictor_type": "binary_classifier", "positive_example_weight_mult": "2"}"#;
    let plain = r#"{"predictor_type": "binary_classifier"}"#;
    let fitted = |settings, rows: &str| match trained(&job(settings, rows)).model {
        Parameters::LogisticRegression(logistic) => logistic.coefficients,
        other => panic!("{other:?}"),
    };
    assert_close(&fitted(weighted, &rows), &fitted(plain, &doubled));
    let balanced =
        r#"{"predictor_type": "binary_classifier", "positive_example_weight_mult": "balanced"}"#;
    assert_close(&fitted(balanced, &rows), &fitted(plain, &rows));
}

#[test]
fn what_cannot_be_fitted_says_why_and_what_helps() {
    let classifier = r#"{"predictor_type": "binary_classifier"}"#;
    for (settings, rows, expected) in [
        (classifier, "1,2,3\n1,3,5\n", "all labels are \"1\""),
        (
            classifier,
            "1,2,3\n0,3,5\n2,1,1\n",
            "there are 3 classes, 2 are what predictor_type=binary_classifier takes",
        ),
        (
            classifier,
            "1,2,3\n0,-3,5\n1,4,4\n0,-2,1\n1,2,2\n",
            "told apart without error",
        ),
        (
            r#"{"loss": "gamma"}"#,
            "1,2\n0,3\n2,2\n",
            "loss=gamma needs labels above 0, and the smallest is 0",
        ),
        (
            "{}",
            "1,2,3\n4,5,7\n",
            "2 rows cannot determine 3 coefficients",
        ),
        (
            "{}",
            "1e300,1e300\n2,1e-300\n3,2\n",
            "the numbers are too large",
        ),
        ("{}", "x,2\ny,3\nx,1\n", "told apart without error"),
    ] {
        let reason = refused(&job(settings, rows));
        assert!(reason.contains(expected), "{reason}");
    }
    let dependent = "1,1,2,3\n2,2,1,3\n3,3,5,8\n4,4,4,8\n5,6,1,7\n";
    let reason = refused(&job(r#"{"feature_names": "a,b,sum"}"#, dependent));
    assert!(
        reason.contains("feature \"sum\" is a combination"),
        "{reason}"
    );
    trained(&job(r#"{"wd": "0.1"}"#, dependent));
}

#[test]
fn a_constant_column_has_the_coefficient_0_and_that_is_said() {
    let prefix = prefix_with("1,2,7\n2,3,7\n3,5,7\n4,6,7\n");
    let ended = train(&prefix);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    assert!(
        ended
            .log
            .contains("constant features have the coefficient 0: in column 3"),
        "{}",
        ended.log
    );
    let document = Artifact::read(&prefix.path("model/model.cbor"))
        .unwrap()
        .document;
    assert_eq!(parameters(&document).coefficients[1], 0.0);
}

#[test]
fn penalties_are_those_of_the_documented_objective() {
    // One column of mean 0 and deviation 1 with slope 3: ridge divides by 1 + wd, the lasso takes l1 off.
    let rows = "4,1\n-2,-1\n4,1\n-2,-1\n";
    for (settings, slope) in [
        (r#"{"wd": "0.5"}"#, 2.0),
        (r#"{"l1": "0.5"}"#, 2.5),
        (r#"{"l1": "0.5", "wd": "0.25"}"#, 2.0),
        (r#"{"l1": "4"}"#, 0.0),
        // Labels of deviation 3: the same penalty on labels of deviation 1.
        (r#"{"l1": "0.5", "normalize_label": "true"}"#, 1.5),
    ] {
        let document = trained(&job(settings, rows));
        let Parameters::ElasticNet(linear) = &document.model else {
            panic!("{:?}", document.model);
        };
        assert_close(&linear.coefficients, &[slope]);
        assert_close(&[linear.intercept], &[1.0]);
    }
}

#[test]
fn generalised_linear_models_predict_means() {
    let rows = "2,0\n4,1\n8,2\n16,3\n";
    for loss in ["poisson", "gamma", "tweedie"] {
        let prefix = job(&format!(r#"{{"loss": "{loss}"}}"#), rows);
        trained(&prefix);
        let server = Server::start(prefix, &[]);
        let answer = server.invoke("text/csv", "4\n").predictions();
        assert!((answer[0] - 32.0).abs() < 1e-7, "{loss}: {answer:?}");
    }
}
