//! The steps before the model, by class.

use super::step::{Outcome, Step};
use super::{encoding, imputation, scaling, selection, selectors};
use crate::import::linear::{Column, Conversion};
use crate::import::objects::Value;

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
    if !step.is_scikit_learn() {
        return Err(step.refuse("it is not a class of scikit-learn, and what it does is not known"));
    }
    let folded = match step.class {
        "Pipeline" => return chain(step, columns, conversion),
        "ColumnTransformer" => return selection::column_transformer(step, columns, conversion),
        "FeatureUnion" => return selection::feature_union(step, columns, conversion),
        "SimpleImputer" | "Imputer" => return imputation::imputer(step, columns, conversion),
        "MissingIndicator" => return imputation::indicators(step, columns, conversion),
        "FrozenEstimator" => return apply(&step.part_under("estimator")?, columns, conversion),
        "OneHotEncoder" => return encoding::one_hot(step, columns, conversion),
        "OrdinalEncoder" => return encoding::ordinal(step, columns, conversion),
        "FunctionTransformer" => return identity(step, columns),
        "VarianceThreshold"
        | "SelectKBest"
        | "SelectPercentile"
        | "SelectFpr"
        | "SelectFdr"
        | "SelectFwe"
        | "GenericUnivariateSelect"
        | "SelectFromModel"
        | "RFE"
        | "RFECV"
        | "SequentialFeatureSelector" => return selectors::select(step, columns, conversion),
        "StandardScaler" => scaling::standard(step, columns)?,
        "MinMaxScaler" => scaling::min_max(step, columns)?,
        "MaxAbsScaler" => scaling::max_abs(step, columns)?,
        "RobustScaler" => scaling::robust(step, columns)?,
        "PCA" | "IncrementalPCA" | "FastICA" => {
            scaling::principal_components(step, columns, conversion)?
        }
        "TruncatedSVD" | "GaussianRandomProjection" => {
            scaling::truncated_svd(step, columns, conversion)?
        }
        other => return Err(step.refuse(reason(other))),
    };
    conversion.note(format!("folded {} into the coefficients", step.class));
    Ok(folded)
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
        || step.class == "FunctionTransformer" && step.optional("func").is_none()
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

/// A FunctionTransformer without function changes nothing.
fn identity(step: &Step<'_>, columns: &[Column]) -> Outcome<Vec<Column>> {
    let Some(function) = step.optional("func") else {
        return Ok(columns.to_vec());
    };
    let name = function
        .global()
        .map_or_else(|| "a function".to_owned(), ToString::to_string);
    Err(step.refuse(format_args!(
        "it applies {name} to every cell, which is not affine: apply it before the model is called, and leave the step out"
    )))
}

fn reason(class: &str) -> &'static str {
    match class {
        "PolynomialFeatures" | "SplineTransformer" | "KernelCenterer" | "Nystroem"
        | "RBFSampler" => "it makes columns that are no affine functions of the row's",
        "Normalizer" => "it divides each row by the row's own norm, which is not affine",
        "PowerTransformer" | "QuantileTransformer" | "KBinsDiscretizer" | "Binarizer" => {
            "it changes each cell by a function that is not affine"
        }
        "KNNImputer" | "IterativeImputer" => {
            "it predicts missing cells from the others; SimpleImputer is supported"
        }
        "TargetEncoder" | "LabelEncoder" | "LabelBinarizer" => {
            "OneHotEncoder and OrdinalEncoder are supported, this is not"
        }
        "CountVectorizer" | "TfidfVectorizer" | "TfidfTransformer" | "HashingVectorizer"
        | "DictVectorizer" => {
            "it makes columns out of texts or dicts; rows of an artifact have one cell a column"
        }
        _ => {
            "this transformer is not supported: scaling, PCA, selection, imputation, one-hot and ordinal encoding are"
        }
    }
}
