//! Whether parameters make a model of their kind.

use super::{check_distinct, check_finite, meaning};
use crate::artifact::{
    ArtifactError, Averaged, Classifier, Isotonic, Label, Link, Member, MultiTarget, Multilabel,
    OneVsOne, Parameters, Probabilities,
};
use crate::limits::{CLASSES_MAX, COEFFICIENTS_MAX};

impl Parameters {
    pub(super) fn check(&self) -> Result<(), ArtifactError> {
        match self {
            Self::LinearRegression(linear) | Self::ElasticNet(linear) => {
                check_linear(linear.intercept, &linear.coefficients)
            }
            Self::GeneralizedLinear(generalized) => {
                check_linear(generalized.intercept, &generalized.coefficients)
            }
            Self::Isotonic(isotonic) => isotonic.check(),
            Self::MultiTargetRegression(multi) => multi.check(),
            Self::LogisticRegression(logistic) => {
                check_labels(&logistic.labels)?;
                check_linear(logistic.intercept, &logistic.coefficients)
            }
            Self::MultinomialLogisticRegression(classifier) | Self::OneVsRest(classifier) => {
                classifier.check(self.kind(), &[classifier.labels.len()])
            }
            Self::LinearClassifier(classifier) if classifier.labels.len() == 2 => {
                classifier.check(self.kind(), &[1, 2])
            }
            Self::LinearClassifier(classifier) => {
                classifier.check(self.kind(), &[classifier.labels.len()])
            }
            Self::OneVsOne(model) => model.check(),
            Self::Multilabel(model) => model.check(),
            Self::AveragedClassifiers(model) => model.check(),
        }
    }
}

fn check_linear(intercept: f64, coefficients: &[f64]) -> Result<(), ArtifactError> {
    check_finite("intercept", [&intercept])?;
    check_finite("coefficients", coefficients)
}

/// A table of coefficients and the intercepts beside it.
fn check_table(
    what: &str,
    intercepts: &[f64],
    coefficients: &[Vec<f64>],
) -> Result<(), ArtifactError> {
    let (rows, columns) = (coefficients.len(), coefficients.first().map_or(0, Vec::len));
    if intercepts.len() != rows {
        let found = intercepts.len();
        return meaning(format!(
            "there are {found} intercepts and {rows} lists of coefficients: one of each a {what}"
        ));
    }
    if rows.saturating_mul(columns) > COEFFICIENTS_MAX {
        return meaning(format!(
            "{rows} lists of {columns} coefficients: {COEFFICIENTS_MAX} numbers are possible"
        ));
    }
    for (index, list) in coefficients.iter().enumerate() {
        if list.len() != columns {
            let (number, found) = (index + 1, list.len());
            return meaning(format!(
                "{what} {number} has {found} coefficients, the first one {columns}: as many for each"
            ));
        }
        check_finite("coefficients", list)?;
    }
    check_finite("intercepts", intercepts)
}

fn check_labels(labels: &[Label]) -> Result<(), ArtifactError> {
    let classes = labels.len();
    if !(2..=CLASSES_MAX).contains(&classes) {
        return meaning(format!(
            "a classifier of {classes} labels: 2 to {CLASSES_MAX} are possible"
        ));
    }
    check_distinct("labels", labels)
}

impl MultiTarget {
    fn check(&self) -> Result<(), ArtifactError> {
        let (names, targets) = (self.targets.len(), self.coefficients.len());
        if names != 0 && names != targets {
            return meaning(format!("there are {names} names for {targets} targets"));
        }
        check_table("target", &self.intercepts, &self.coefficients)
    }
}

impl Classifier {
    /// `scores` are the numbers of scores that this kind may have.
    fn check(&self, kind: &str, scores: &[usize]) -> Result<(), ArtifactError> {
        check_labels(&self.labels)?;
        let (labels, found) = (self.labels.len(), self.coefficients.len());
        if !scores.contains(&found) {
            return meaning(format!(
                "a {kind} of {labels} labels has {found} lists of coefficients: one for each label"
            ));
        }
        check_table("score", &self.intercepts, &self.coefficients)
    }
}

impl OneVsOne {
    fn check(&self) -> Result<(), ArtifactError> {
        check_labels(&self.labels)?;
        let (labels, found) = (self.labels.len(), self.coefficients.len());
        let pairs = labels * (labels - 1) / 2;
        if labels < 3 || found != pairs {
            return meaning(format!(
                "a one-vs-one classifier of {labels} labels has {found} lists of coefficients: it takes at least 3 labels,                  and one list for every two of them"
            ));
        }
        check_table("pair", &self.intercepts, &self.coefficients)
    }
}

impl Multilabel {
    fn check(&self) -> Result<(), ArtifactError> {
        let (labels, found) = (self.labels.len(), self.coefficients.len());
        if labels == 0 || labels > CLASSES_MAX || labels != found {
            return meaning(format!(
                "a multilabel classifier of {labels} labels has {found} lists of coefficients: 1 to {CLASSES_MAX} labels                  are possible, with one list each"
            ));
        }
        if self.link == Link::Log {
            return meaning(
                "the link of a multilabel classifier is log: logit and identity are possible"
                    .to_owned(),
            );
        }
        check_distinct("labels", &self.labels)?;
        check_table("label", &self.intercepts, &self.coefficients)
    }
}

impl Averaged {
    fn check(&self) -> Result<(), ArtifactError> {
        check_labels(&self.labels)?;
        let weights = self.members.iter().map(|member| member.weight);
        let sum: f64 = weights.clone().sum();
        let sound = sum > 0.0 && sum.is_finite() && weights.clone().all(|weight| weight >= 0.0);
        if !sound {
            return meaning(format!(
                "the weights of {} averaged classifiers add up to {sum}: none may be below 0, and one must be above",
                self.members.len()
            ));
        }
        let width = self
            .members
            .first()
            .and_then(|member| member.coefficients.first());
        let width = width.map_or(0, Vec::len);
        let scores = self.members.iter().map(|member| member.coefficients.len());
        let scores: usize = scores.sum();
        if scores.saturating_mul(width) > COEFFICIENTS_MAX {
            return meaning(format!(
                "{scores} lists of {width} coefficients: {COEFFICIENTS_MAX} numbers are possible"
            ));
        }
        for (index, member) in self.members.iter().enumerate() {
            let checked = member.check(self.labels.len(), width);
            checked.map_err(|reason| {
                let number = index + 1;
                ArtifactError::Meaning(format!("averaged classifier {number}: {reason}"))
            })?;
        }
        Ok(())
    }
}

impl Member {
    fn check(&self, labels: usize, width: usize) -> Result<(), ArtifactError> {
        let scores = self.coefficients.len();
        let single = scores == 1 && labels == 2;
        let fits = match self.probabilities {
            Some(Probabilities::Logistic) => single,
            Some(Probabilities::Softmax | Probabilities::OneVsRest) => scores == labels,
            None => single || scores == labels,
        };
        if !fits {
            return meaning(format!(
                "it has {scores} lists of coefficients for {labels} labels"
            ));
        }
        let found = self.coefficients.first().map_or(0, Vec::len);
        if found != width {
            return meaning(format!(
                "it has {found} coefficients, and the first classifier {width}: as many for each"
            ));
        }
        let functions = self.calibration.len();
        let calibrated = matches!(
            self.probabilities,
            Some(Probabilities::Logistic | Probabilities::OneVsRest)
        );
        if functions != 0 && (functions != scores || !calibrated) {
            return meaning(format!(
                "it has {functions} calibration functions for {scores} scores, whose probabilities must be logistic or                  one-vs-rest"
            ));
        }
        self.calibration
            .iter()
            .try_for_each(Isotonic::check_probabilities)?;
        check_table("score", &self.intercepts, &self.coefficients)
    }
}

impl Isotonic {
    fn check_probabilities(&self) -> Result<(), ArtifactError> {
        self.check()?;
        match self.y_thresholds.iter().find(|y| !(0.0..=1.0).contains(*y)) {
            Some(y) => meaning(format!(
                "a calibration function gives {y}, which is no probability"
            )),
            None => Ok(()),
        }
    }

    /// linfa interpolates between neighbours and divides by their distance: equal or falling thresholds would
    /// give NaN or nonsense, and an empty list a panic.
    fn check(&self) -> Result<(), ArtifactError> {
        check_finite("x_thresholds", &self.x_thresholds)?;
        check_finite("y_thresholds", &self.y_thresholds)?;
        let (x, y) = (self.x_thresholds.len(), self.y_thresholds.len());
        if x == 0 || x != y {
            return meaning(format!(
                "isotonic has {x} x_thresholds and {y} y_thresholds: as many, at least one"
            ));
        }
        if !self.x_thresholds.is_sorted_by(|a, b| a < b) {
            return meaning("x_thresholds of an isotonic model must increase strictly".to_owned());
        }
        let rising = self.y_thresholds.is_sorted();
        let falling = self.y_thresholds.is_sorted_by(|a, b| a >= b);
        if !rising && !falling {
            return meaning(
                "y_thresholds of an isotonic model must only rise or only fall".to_owned(),
            );
        }
        Ok(())
    }
}
