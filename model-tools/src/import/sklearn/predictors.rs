//! The models themselves, by class, and the estimators that wrap models.

use super::step::{Outcome, Step};
use super::{calibration, classification, ensembles, regression, target, transformers};
use crate::import::linear::{Column, Conversion};
use crate::import::linear::{Kind, Prediction};

/// What a fitted estimator predicts from these columns.
pub(super) fn predict(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    if !step.is_scikit_learn() {
        return Err(
            step.refuse("it is not a class of scikit-learn, and what it predicts is not known")
        );
    }
    match step.class {
        "Pipeline" => pipeline(step, columns, conversion),
        "GridSearchCV" | "RandomizedSearchCV" | "HalvingGridSearchCV" | "HalvingRandomSearchCV" => {
            searched(step, columns, conversion)
        }
        "RANSACRegressor" => predict(&step.part_under("estimator_")?, columns, conversion),
        "TransformedTargetRegressor" => target::transformed(step, columns, conversion),
        "FrozenEstimator" => predict(&step.part_under("estimator")?, columns, conversion),
        "MultiOutputRegressor" => ensembles::several(step, columns, conversion),
        "RegressorChain" => ensembles::chain(step, columns, conversion),
        "VotingRegressor" => ensembles::voting(step, columns, conversion),
        "StackingRegressor" => ensembles::stacking(step, columns, conversion),
        "CalibratedClassifierCV" => calibration::calibrated(step, columns, conversion),
        "OneVsRestClassifier" => one_vs_rest(step, columns, conversion),
        "Ridge"
        | "RidgeCV"
        | "Lasso"
        | "LassoCV"
        | "ElasticNet"
        | "ElasticNetCV"
        | "MultiTaskLasso"
        | "MultiTaskLassoCV"
        | "MultiTaskElasticNet"
        | "MultiTaskElasticNetCV" => regression::linear(step, columns, Kind::ElasticNet),
        "LinearRegression"
        | "Lars"
        | "LarsCV"
        | "LassoLars"
        | "LassoLarsCV"
        | "LassoLarsIC"
        | "OrthogonalMatchingPursuit"
        | "OrthogonalMatchingPursuitCV"
        | "HuberRegressor"
        | "BayesianRidge"
        | "ARDRegression"
        | "TheilSenRegressor"
        | "QuantileRegressor"
        | "SGDRegressor"
        | "PassiveAggressiveRegressor"
        | "LinearSVR" => regression::linear(step, columns, Kind::Linear),
        "PoissonRegressor" | "GammaRegressor" => regression::log_link(step, columns),
        "TweedieRegressor" => regression::tweedie(step, columns),
        "SVR" | "NuSVR" => regression::support_vectors(step, columns),
        "IsotonicRegression" => regression::isotonic(step, columns),
        "PLSRegression" => regression::partial_least_squares(step, columns),
        "LogisticRegression" | "LogisticRegressionCV" => classification::logistic(step, columns),
        "LinearDiscriminantAnalysis" => classification::discriminant(step, columns),
        "SGDClassifier" => classification::gradient_descent(step, columns, conversion),
        "LinearSVC"
        | "RidgeClassifier"
        | "RidgeClassifierCV"
        | "Perceptron"
        | "PassiveAggressiveClassifier" => classification::linear(step, columns),
        "SVC" | "NuSVC" => classification::support_vectors(step, columns, conversion),
        other => Err(step.refuse(reason(other))),
    }
}

/// The estimator that a search has found best.
fn searched(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    if step.optional("best_estimator_").is_none() {
        return Err(step.refuse("it has no best_estimator_: it is not fitted, or with refit=False"));
    }
    conversion.note(format!("unwrapped the best estimator of {}", step.class));
    predict(&step.part_under("best_estimator_")?, columns, conversion)
}

/// All steps but the last change the columns; the last predicts.
fn pipeline(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let mut steps = transformers::steps(step)?;
    let last = steps.pop().ok_or_else(|| step.refuse("it has no steps"))?;
    let mut columns = columns.to_vec();
    for part in steps {
        columns = transformers::apply(&part, &columns, conversion)?;
    }
    predict(&last, &columns, conversion)
}

/// A classifier for each class. For two classes there is a single one.
fn one_vs_rest(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let labels = classification::labels(step)?;
    let value = step.attribute("estimators_")?;
    let estimators = value
        .elements()
        .ok_or_else(|| step.wrong("estimators_", "a list"))?;
    let mut together = Prediction::classes(Kind::OneVsRest, Vec::new(), labels);
    for (index, estimator) in estimators.enumerate() {
        let part = step.part(estimator, &format!("estimators_[{index}]"))?;
        let prediction = predict(&part, columns, conversion)?;
        let prediction = classification::logistic_of_softmax(prediction);
        match (prediction.kind, prediction.scores.as_slice()) {
            (Kind::OneVsRest, [_]) => {}
            (Kind::Classes, [_]) => together.kind = Kind::Classes,
            _ => {
                return Err(part.refuse("it is no classifier of two classes with one linear score"));
            }
        }
        part.spend(&prediction.scores, conversion)?;
        together.scores.extend(prediction.scores);
    }
    let expected = if together.labels.len() == 2 {
        1
    } else {
        together.labels.len()
    };
    if together.scores.len() != expected {
        let (found, classes) = (together.scores.len(), together.labels.len());
        return Err(step.refuse(format_args!(
            "it has {found} estimators for {classes} classes"
        )));
    }
    Ok(together)
}

fn reason(class: &str) -> &'static str {
    match class {
        "ClassifierChain" => {
            "each model of the chain takes the classes that those before it predict, which is not linear"
        }
        "OneVsOneClassifier" | "OutputCodeClassifier" => {
            "it lets several classifiers vote; OneVsRestClassifier is supported"
        }
        "StackingClassifier" | "VotingClassifier" | "BaggingRegressor" | "BaggingClassifier" => {
            "it combines several models, which is not supported"
        }
        "MultiOutputClassifier" => {
            "it predicts several labels per row; an artifact predicts one: dump each of its estimators_ on its own"
        }
        "FixedThresholdClassifier" | "TunedThresholdClassifierCV" => {
            "it decides by a threshold of its own; an artifact takes the class with the highest score"
        }
        _ => "it is not a linear model",
    }
}
