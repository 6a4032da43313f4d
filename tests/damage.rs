//! No damage to an artifact goes unnoticed: every truncation and every flipped bit of one of each kind.

use sagelet::artifact::{
    Artifact, Averaged, Cell, Classifier, Document, Feature, GeneralizedLinear, Isotonic, Label,
    Linear, Link, Logistic, Member, MultiTarget, Multilabel, OneVsOne, Parameters, Probabilities,
    Ties,
};
use sagelet::model::Model;

/// A small document of each kind, with everything in it that a document can have.
pub(crate) fn one_of_each_kind() -> Vec<Document> {
    let linear = Linear {
        intercept: 0.5,
        coefficients: vec![1.25, -3.0],
    };
    let logit = GeneralizedLinear {
        link: Link::Logit,
        intercept: -1.0,
        coefficients: vec![0.1],
    };
    let isotonic = Isotonic {
        x_thresholds: vec![0.0, 1.0, 4.0],
        y_thresholds: vec![1.0, 1.5, 9.0],
    };
    let labels = ["a", "b"].map(|label| Label::Text(label.to_owned()));
    let multi_target = MultiTarget {
        targets: vec!["y".to_owned(), "z".to_owned()],
        intercepts: vec![0.0, 1.0],
        coefficients: vec![vec![1.0, 2.0], vec![3.0, 4.0]],
    };
    let logistic = Logistic {
        labels: [Label::Integer(0), Label::Integer(1)],
        intercept: 0.5,
        coefficients: vec![-0.75, 2.0],
    };
    let classifier = Classifier {
        labels: labels.to_vec(),
        intercepts: vec![0.5, -0.5],
        coefficients: vec![vec![1.0], vec![-1.0]],
    };
    let votes = OneVsOne {
        labels: ["a", "b", "c"]
            .map(|text| Label::Text(text.to_owned()))
            .into(),
        ties: Ties::First,
        intercepts: vec![0.5, -0.5, 2.0],
        coefficients: vec![vec![1.0], vec![-1.0], vec![0.25]],
    };
    let labels_of_a_row = Multilabel {
        labels: labels.to_vec(),
        link: Link::Logit,
        intercepts: vec![0.5, -0.5],
        coefficients: vec![vec![1.0], vec![-1.0]],
    };
    let member = Member {
        weight: 2.0,
        probabilities: Some(Probabilities::Logistic),
        calibration: vec![Isotonic {
            x_thresholds: vec![-1.0, 1.0],
            y_thresholds: vec![0.25, 0.5],
        }],
        intercepts: vec![0.5],
        coefficients: vec![vec![1.0]],
    };
    let averaged = Averaged {
        labels: labels.to_vec(),
        members: vec![member],
    };
    [
        Parameters::LinearRegression(linear.clone()),
        Parameters::ElasticNet(linear),
        Parameters::GeneralizedLinear(logit),
        Parameters::Isotonic(isotonic),
        Parameters::MultiTargetRegression(multi_target),
        Parameters::LogisticRegression(logistic),
        Parameters::MultinomialLogisticRegression(classifier.clone()),
        Parameters::OneVsRest(classifier.clone()),
        Parameters::LinearClassifier(classifier),
        Parameters::OneVsOne(votes),
        Parameters::Multilabel(labels_of_a_row),
        Parameters::AveragedClassifiers(averaged),
    ]
    .map(document)
    .into()
}

fn document(parameters: Parameters) -> Document {
    let names = ["a", "b"].into_iter().take(parameters.width());
    let features = names.map(Feature::named);
    let mut document = Document::new(features.collect(), parameters);
    document
        .provenance
        .insert("producer".to_owned(), "by hand".to_owned());
    document.metrics.insert("r2".to_owned(), 0.75);
    let row = vec![1.0; document.features.len()];
    let cells: Vec<_> = row.iter().copied().map(Cell::Number).collect();
    let prediction = Model::load(&document).unwrap().predict_row(&cells).unwrap();
    document.verification.push(&row, prediction);
    document
}

#[test]
fn every_truncation_is_detected() {
    for document in one_of_each_kind() {
        let (_, bytes) = Artifact::seal(document).unwrap();
        for length in 0..bytes.len() {
            assert!(
                Artifact::from_bytes(&bytes[..length]).is_err(),
                "cut after {length} bytes"
            );
        }
    }
}

#[test]
fn every_flipped_bit_is_detected() {
    for document in one_of_each_kind() {
        let kind = document.model.kind();
        let (_, mut bytes) = Artifact::seal(document).unwrap();
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(
                Artifact::from_bytes(&bytes).is_err(),
                "{kind}: bit {} of byte {}",
                bit % 8,
                bit / 8
            );
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        assert!(Artifact::from_bytes(&bytes).is_ok(), "{kind}: mended again");
    }
}

#[test]
fn every_byte_left_out_or_doubled_is_detected() {
    for document in one_of_each_kind() {
        let (_, bytes) = Artifact::seal(document).unwrap();
        for place in 0..bytes.len() {
            let mut shorter = bytes.clone();
            shorter.remove(place);
            assert!(
                Artifact::from_bytes(&shorter).is_err(),
                "byte {place} left out"
            );
            let mut longer = bytes.clone();
            longer.insert(place, bytes[place]);
            assert!(
                Artifact::from_bytes(&longer).is_err(),
                "byte {place} doubled"
            );
        }
    }
}
