//! The models themselves, by class, and the estimators that wrap models.

use super::step::{Outcome, Step};
use super::{
    averages, bayes, calibration, centroids, classification, ensembles, kernel, multilabel, pairs,
    reasons, regression, target, thresholds, transformers,
};
use crate::import::linear::{Column, Conversion};
use crate::import::linear::{Kind, Prediction};

/// Reads what a fitted estimator predicts from these columns.
type Reader = fn(&Step<'_>, &[Column], &mut Conversion) -> Outcome<Prediction>;

/// Every class that predicts and can be converted, with its reader.
static READERS: &[(&[&str], Reader)] = &[
    (transformers::PIPELINES, pipeline),
    (
        &[
            "GridSearchCV",
            "RandomizedSearchCV",
            "HalvingGridSearchCV",
            "HalvingRandomSearchCV",
        ],
        searched,
    ),
    (&["RANSACRegressor"], |step, columns, conversion| {
        predict(&step.part_under("estimator_")?, columns, conversion)
    }),
    (&["FrozenEstimator"], |step, columns, conversion| {
        predict(&step.part_under("estimator")?, columns, conversion)
    }),
    (&["TransformedTargetRegressor"], target::transformed),
    (&["MultiOutputRegressor"], ensembles::several),
    (&["RegressorChain"], ensembles::chain),
    (&["VotingRegressor"], ensembles::voting),
    (&["StackingRegressor"], ensembles::stacking),
    (&["BaggingRegressor"], ensembles::bagging),
    (&["CalibratedClassifierCV"], calibration::calibrated),
    (&["NearestCentroid"], centroids::nearest),
    (&["VotingClassifier"], averages::voting),
    (&["BaggingClassifier"], averages::bagging),
    (&["OneVsOneClassifier"], pairs::one_vs_one),
    (&["MultiOutputClassifier"], multilabel::several),
    (&["FixedThresholdClassifier"], thresholds::fixed),
    (&["TunedThresholdClassifierCV"], thresholds::tuned),
    (&["OneVsRestClassifier"], one_vs_rest),
    (
        &[
            "Ridge",
            "RidgeCV",
            "Lasso",
            "LassoCV",
            "ElasticNet",
            "ElasticNetCV",
            "MultiTaskLasso",
            "MultiTaskLassoCV",
            "MultiTaskElasticNet",
            "MultiTaskElasticNetCV",
        ],
        |step, columns, _| regression::linear(step, columns, Kind::ElasticNet),
    ),
    (
        &[
            "LinearRegression",
            "Lars",
            "LarsCV",
            "LassoLars",
            "LassoLarsCV",
            "LassoLarsIC",
            "OrthogonalMatchingPursuit",
            "OrthogonalMatchingPursuitCV",
            "HuberRegressor",
            "BayesianRidge",
            "ARDRegression",
            "TheilSenRegressor",
            "QuantileRegressor",
            "SGDRegressor",
            "PassiveAggressiveRegressor",
            "LinearSVR",
        ],
        |step, columns, _| regression::linear(step, columns, Kind::Linear),
    ),
    (
        &["PoissonRegressor", "GammaRegressor"],
        |step, columns, _| regression::log_link(step, columns),
    ),
    (&["TweedieRegressor"], |step, columns, _| {
        regression::tweedie(step, columns)
    }),
    (&["SVR", "NuSVR"], |step, columns, _| {
        kernel::support_vector_regression(step, columns)
    }),
    (&["KernelRidge"], |step, columns, _| {
        kernel::ridge(step, columns)
    }),
    (&["IsotonicRegression"], |step, columns, _| {
        regression::isotonic(step, columns)
    }),
    (&["PLSRegression"], |step, columns, _| {
        regression::partial_least_squares(step, columns)
    }),
    (
        &["LogisticRegression", "LogisticRegressionCV"],
        |step, columns, _| classification::logistic(step, columns),
    ),
    (&["LinearDiscriminantAnalysis"], |step, columns, _| {
        classification::discriminant(step, columns)
    }),
    (&["SGDClassifier"], classification::gradient_descent),
    (
        &[
            "LinearSVC",
            "RidgeClassifier",
            "RidgeClassifierCV",
            "Perceptron",
            "PassiveAggressiveClassifier",
        ],
        |step, columns, _| classification::linear(step, columns),
    ),
    (&["SVC", "NuSVC"], kernel::support_vector_classifier),
    (&["MultinomialNB", "ComplementNB"], |step, columns, _| {
        bayes::counted(step, columns)
    }),
    (&["BernoulliNB"], bayes::bernoulli),
    (&["GaussianNB"], bayes::gaussian),
];

/// The reader of a class.
fn reader(class: &str) -> Option<Reader> {
    let mut readers = READERS.iter();
    readers
        .find(|(classes, _)| classes.contains(&class))
        .map(|(_, reader)| *reader)
}

/// What a fitted estimator predicts from these columns.
pub(super) fn predict(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    known(step)?(step, columns, conversion)
}

/// The reader of an estimator.
fn known(step: &Step<'_>) -> Outcome<Reader> {
    if !step.is_scikit_learn() {
        return Err(step.refuse(reasons::of_another_package(step)));
    }
    let reason = match reasons::is_transformer(step.class) && !transformers::is_known(step.class) {
        true => reasons::of_transformer(step.class),
        false => reasons::of_predictor(step.class),
    };
    reader(step.class).ok_or_else(|| step.refuse(reason))
}

/// Refuses a model whose last estimator cannot be converted, whatever comes before that one: a forest behind a
/// spline is refused as a forest.
pub(super) fn check_last(step: &Step<'_>) -> Outcome<()> {
    known(step)?;
    if kernel::CLASSES.contains(&step.class) {
        kernel::check_kernel(step)?;
    }
    inner(step)?.map_or(Ok(()), |inner| check_last(&inner))
}

/// The estimator that predicts in this one's place, if there is one.
pub(super) fn inner<'a>(step: &Step<'a>) -> Outcome<Option<Step<'a>>> {
    Ok(match step.class {
        class if transformers::PIPELINES.contains(&class) => transformers::last_step(step)?,
        "TransformedTargetRegressor" => Some(step.part_under("regressor_")?),
        "TunedThresholdClassifierCV" => Some(step.part_under("estimator_")?),
        "FixedThresholdClassifier" => {
            Some(step.part_under(step.either("estimator_", "estimator"))?)
        }
        "FrozenEstimator" => Some(step.part_under("estimator")?),
        "RANSACRegressor" => Some(step.part_under("estimator_")?),
        class if class.ends_with("SearchCV") => Some(best(step)?),
        _ => None,
    })
}

/// The estimator that a search has found best.
fn searched(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let best = best(step)?;
    conversion.note(format!("unwrapped the best estimator of {}", step.class));
    predict(&best, columns, conversion)
}

fn best<'a>(step: &Step<'a>) -> Outcome<Step<'a>> {
    if step.optional("best_estimator_").is_none() {
        return Err(step.refuse(
            "it has no best_estimator_: it is not fitted, or with refit=False, and does not hold the model that it found",
        ));
    }
    step.part_under("best_estimator_")
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
    if let Some(labels) = multilabel::labels(step)? {
        return multilabel::together(step, labels, columns, conversion);
    }
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
