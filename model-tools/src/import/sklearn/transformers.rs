//! The steps before the model, by class.

use super::step::{Outcome, Step};
use super::{
    curves, cuts, dicts, encoding, functions, imputation, polynomial, reasons, sampling, scaling,
    selection, selectors, text,
};
use crate::import::linear::{Column, Conversion};
use crate::import::objects::Value;

/// Makes the columns that a step turns its columns into.
type Maker = fn(&Step<'_>, &[Column], &mut Conversion) -> Outcome<Vec<Column>>;

/// Pipelines of scikit-learn, imbalanced-learn and sklearn2pmml: their steps are the same.
pub(super) const PIPELINES: &[&str] = &["Pipeline", "PMMLPipeline"];

/// Every class that changes columns and can be converted, with its maker.
static MAKERS: &[(&[&str], Maker)] = &[
    (PIPELINES, chain),
    (&["ColumnTransformer"], selection::column_transformer),
    (&["FeatureUnion"], selection::feature_union),
    (&["SimpleImputer", "Imputer"], imputation::imputer),
    (&["MissingIndicator"], imputation::indicators),
    (&["FrozenEstimator"], |step, columns, conversion| {
        apply(&step.part_under("estimator")?, columns, conversion)
    }),
    (&["OneHotEncoder"], encoding::one_hot),
    (&["OrdinalEncoder"], encoding::ordinal),
    (&["TargetEncoder"], encoding::target),
    (&["FunctionTransformer"], functions::transformed),
    (&["PolynomialFeatures"], polynomial::products),
    (&["SplineTransformer"], curves::splines),
    (&["PowerTransformer"], curves::power),
    (&["QuantileTransformer"], curves::quantile),
    (&["KBinsDiscretizer"], cuts::bins),
    (&["Binarizer"], cuts::binarizer),
    (&["Normalizer"], cuts::normalizer),
    (
        &["CountVectorizer", "TfidfVectorizer", "HashingVectorizer"],
        text::vectorizer,
    ),
    (&["TfidfTransformer"], text::weighted),
    (&["DictVectorizer"], dicts::vectorizer),
    (
        &[
            "VarianceThreshold",
            "SelectKBest",
            "SelectPercentile",
            "SelectFpr",
            "SelectFdr",
            "SelectFwe",
            "GenericUnivariateSelect",
            "SelectFromModel",
            "RFE",
            "RFECV",
            "SequentialFeatureSelector",
        ],
        selectors::select,
    ),
];

/// Classes whose columns are affine functions of those before: they end in the coefficients.
static FOLDED: &[(&[&str], Maker)] = &[
    (&["StandardScaler"], |step, columns, _| {
        scaling::standard(step, columns)
    }),
    (&["MinMaxScaler"], scaling::min_max),
    (&["MaxAbsScaler"], |step, columns, _| {
        scaling::max_abs(step, columns)
    }),
    (&["RobustScaler"], |step, columns, _| {
        scaling::robust(step, columns)
    }),
    (
        &["PCA", "IncrementalPCA", "FastICA"],
        scaling::principal_components,
    ),
    (
        &["TruncatedSVD", "GaussianRandomProjection"],
        scaling::truncated_svd,
    ),
    (&["LinearDiscriminantAnalysis"], scaling::discriminant),
];

fn maker(makers: &[(&[&str], Maker)], class: &str) -> Option<Maker> {
    let mut makers = makers.iter();
    makers
        .find(|(classes, _)| classes.contains(&class))
        .map(|(_, maker)| *maker)
}

/// What becomes of the columns in this step.
pub(super) fn apply(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    match (step.value.is_none(), step.value.text()) {
        (true, _) | (_, Some("passthrough")) => return Ok(columns.to_vec()),
        (_, Some("drop")) => return Ok(Vec::new()),
        _ => {}
    }
    if sampling::is_sampler(step) {
        conversion.note(format!(
            "left out {}: it does nothing at prediction",
            step.class
        ));
        return Ok(columns.to_vec());
    }
    check_class(step)?;
    if let Some(maker) = maker(MAKERS, step.class) {
        return maker(step, columns, conversion);
    }
    let maker = maker(FOLDED, step.class);
    let maker = maker.ok_or_else(|| step.refuse(reasons::of_transformer(step.class)))?;
    let folded = maker(step, columns, conversion)?;
    conversion.note(format!("folded {} into the coefficients", step.class));
    Ok(folded)
}

/// Checks that a step's class is one that can be converted.
fn check_class(step: &Step<'_>) -> Outcome<()> {
    if !step.is_scikit_learn() {
        return Err(step.refuse("it is not a class of scikit-learn, and what it does is not known"));
    }
    if !is_known(step.class) {
        return Err(step.refuse(reasons::of_transformer(step.class)));
    }
    Ok(())
}

/// Whether a class changes columns and can be converted.
pub(super) fn is_known(class: &str) -> bool {
    maker(MAKERS, class).or(maker(FOLDED, class)).is_some()
}

/// Refuses the first of several steps that cannot be converted, and in pipelines the first of theirs. It is asked
/// where a model does not say how many columns it takes: one that begins with texts has no columns.
pub(super) fn check_steps(steps: &[Step<'_>]) -> Outcome<()> {
    let Some((last, before)) = steps.split_last() else {
        return Ok(());
    };
    for part in before.iter().filter(|part| !changes_nothing(part)) {
        check_class(part)?;
        check_inner_steps(part)?;
    }
    check_inner_steps(last)
}

fn check_inner_steps(step: &Step<'_>) -> Outcome<()> {
    if PIPELINES.contains(&step.class) {
        check_steps(&steps(step)?)?;
    }
    Ok(())
}

/// All steps of a pipeline, one after the other.
fn chain(step: &Step<'_>, columns: &[Column], conversion: &mut Conversion) -> Outcome<Vec<Column>> {
    let mut columns = columns.to_vec();
    for part in steps(step)? {
        columns = apply(&part, &columns, conversion)?;
    }
    Ok(columns)
}

/// The steps of a pipeline.
pub(super) fn steps<'a>(step: &Step<'a>) -> Outcome<Vec<Step<'a>>> {
    let parts = parts(step, "steps")?;
    Ok(parts.into_iter().map(|(_, part)| part).collect())
}

/// The last step of a pipeline, found without looking at the others: there may be a million of them.
pub(super) fn last_step<'a>(step: &Step<'a>) -> Outcome<Option<Step<'a>>> {
    let value = step.attribute("steps")?;
    let mut entries = value
        .elements()
        .ok_or_else(|| step.wrong("steps", "a list"))?;
    let last = entries.len().checked_sub(1);
    let Some(entry) = last.and_then(|last| entries.nth(last)) else {
        return Ok(None);
    };
    let (name, value) = pair(step, entry)?;
    step.part(value, &format!("step {name:?}")).map(Some)
}

/// The estimators in a list of names and estimators, with their names.
pub(super) fn parts<'a>(step: &Step<'a>, list: &str) -> Outcome<Vec<(&'a str, Step<'a>)>> {
    let what = if list == "steps" {
        "step"
    } else {
        "transformer"
    };
    let value = step.attribute(list)?;
    let entries = value.elements().ok_or_else(|| step.wrong(list, "a list"))?;
    let part = |entry| {
        let (name, value) = pair(step, entry)?;
        Ok((name, step.part(value, &format!("{what} {name:?}"))?))
    };
    entries.map(part).collect()
}

/// Whether a step hands on the columns as they come, or none of them.
pub(super) fn changes_nothing(step: &Step<'_>) -> bool {
    step.value.is_none()
        || matches!(step.value.text(), Some("passthrough" | "drop"))
        || sampling::is_sampler(step)
        || step.class == "FunctionTransformer" && step.optional("func").is_none()
}

/// Whether a step hands on as many columns as it gets, of the same names, and learns nothing of them.
pub(super) fn keeps_columns(step: &Step<'_>) -> bool {
    changes_nothing(step)
        || matches!(
            step.class,
            "FunctionTransformer" | "Binarizer" | "Normalizer"
        )
}

/// A name and what it names.
fn pair<'a>(step: &Step<'_>, entry: Value<'a>) -> Outcome<(&'a str, Value<'a>)> {
    let parts: Vec<_> = entry
        .elements()
        .map(|parts| parts.take(3).collect())
        .unwrap_or_default();
    match parts.as_slice() {
        [name, value] => {
            let name = name
                .text()
                .ok_or_else(|| step.wrong("the name of a step", "a text"))?;
            Ok((name, *value))
        }
        _ => Err(step.refuse("its steps are not pairs of a name and an estimator")),
    }
}
