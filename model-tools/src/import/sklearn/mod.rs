//! Fitted models of scikit-learn, out of a tree of objects, as documents of sagelet.
//!
//! Estimators are known by the name of their class and the package `sklearn`: the modules between have changed
//! over the versions (0.20 to 1.9). What each has learnt is read from its attributes; nothing is computed that
//! scikit-learn computes in training. A class that is not known is refused, never guessed.

mod classification;
mod encoding;
mod label;
mod predictors;
mod regression;
mod scaling;
mod scores;
mod selection;
mod step;
mod target;
mod transformers;

pub(crate) use step::Refusal;

use std::collections::BTreeMap;

use sagelet::artifact::Feature;
use sagelet::limits::FEATURES_MAX;

use self::step::{Outcome, Step};
use super::linear::{self, Conversion};
use super::objects::{Node, Objects, Value};
use super::pickle::{Pickle, Trust};
use super::skops::Skops;
use super::{ImportError, Imported};

/// Reads a pickle.
pub(super) fn read_pickle(bytes: &[u8]) -> Result<Imported, ImportError> {
    let pickle = Pickle::read(bytes)?;
    pickle.refuse_dangerous().map_err(ImportError::Dangerous)?;
    let mut imported = convert(pickle.root())?;
    let unknown = pickle
        .globals
        .iter()
        .filter(|named| named.trust == Trust::Unknown);
    imported
        .ignored
        .extend(unknown.map(|named| format!("{}, of which nothing is known", named.global)));
    if pickle.trailing_bytes > 0 {
        let count = pickle.trailing_bytes;
        imported
            .ignored
            .push(format!("{count} bytes after the end of the first pickle"));
    }
    Ok(imported)
}

/// Reads a file of skops.
pub(super) fn read_skops(bytes: &[u8]) -> Result<Imported, ImportError> {
    Ok(convert(Skops::read(bytes)?.root())?)
}

/// Converts the model in a tree: the first estimator that cannot be converted is refused, with its place and
/// the reason.
fn convert(root: Value<'_>) -> Outcome<Imported> {
    let (model, names, unwrapped) = unwrap(root)?;
    let mut conversion = Conversion::new(features(&model, names)?);
    conversion.notes.extend(unwrapped);
    let input = conversion.input();
    let prediction = predictors::predict(&model, &input, &mut conversion)?;
    note_precision(root.objects(), &mut conversion);
    let (mut document, notes) =
        linear::document(conversion, &prediction).map_err(|conflict| model.refuse(conflict))?;
    document.provenance = provenance(&model);
    Ok(Imported {
        notes,
        ..Imported::new(document)
    })
}

/// The estimator, out of a dict or list that has it as its only one; and the names of features beside it.
fn unwrap(root: Value<'_>) -> Outcome<(Step<'_>, Vec<String>, Option<String>)> {
    let step = Step::root(root);
    let parts: Vec<(String, Value<'_>)> = match (root.entries(), root.elements()) {
        (Some(entries), _) if root.class().is_none() => entries
            .map(|(key, value)| (key.text().unwrap_or("?").to_owned(), value))
            .collect(),
        (_, Some(elements)) if root.array().is_none() => elements
            .enumerate()
            .map(|(index, value)| (index.to_string(), value))
            .collect(),
        _ => return Ok((step, Vec::new(), None)),
    };
    let estimators: Vec<_> = parts
        .iter()
        .filter(|(_, value)| Step::root(*value).is_scikit_learn())
        .collect();
    match estimators.as_slice() {
        [(key, value)] => {
            let model = Step::root(*value);
            let note = format!(
                "unwrapped {} from \"{key}\" of a {}",
                model.class, step.class
            );
            Ok((model, names_beside(&parts), Some(note)))
        }
        [] => Err(step.refuse("there is no estimator of scikit-learn in it")),
        several => {
            let keys: Vec<_> = several
                .iter()
                .take(10)
                .map(|(key, value)| format!("\"{key}\" ({})", Step::root(*value).class))
                .collect();
            Err(step.refuse(format_args!(
                "it holds several estimators, {}, and does not say how they belong together: dump one, or a Pipeline of them",
                keys.join(", ")
            )))
        }
    }
}

/// A list of texts beside the model that is called features or columns.
fn names_beside(parts: &[(String, Value<'_>)]) -> Vec<String> {
    let named = |key: &str| {
        key.to_lowercase().contains("feature") || key.to_lowercase().contains("columns")
    };
    let lists = parts
        .iter()
        .filter(|(key, _)| named(key))
        .filter_map(|(_, value)| texts(*value));
    lists.into_iter().next().unwrap_or_default()
}

fn texts(value: Value<'_>) -> Option<Vec<String>> {
    match (value.elements(), value.array()) {
        (Some(elements), _) => elements
            .map(|element| element.text().map(str::to_owned))
            .collect(),
        (None, Some(array)) => array.texts(value.objects()).ok(),
        (None, None) => None,
    }
}

/// The columns of a row: as many as the model was trained with, by their names if it had any.
fn features(model: &Step<'_>, beside: Vec<String>) -> Outcome<Vec<Feature>> {
    let names = find(model, &|step| {
        step.optional("feature_names_in_").and_then(texts)
    })
    .unwrap_or(beside);
    let width = find(model, &width).unwrap_or(names.len());
    if width == 0 || width > FEATURES_MAX {
        return Err(model.refuse(format_args!(
            "it takes {width} columns: it is not fitted, or not a model of 1 to {FEATURES_MAX} columns"
        )));
    }
    if names.len() == width {
        return Ok(names.into_iter().map(Feature::named).collect());
    }
    Ok(vec![Feature::default(); width])
}

/// Asks an estimator, then what it wraps, from the outside in: whoever sees the rows first. Of a pipeline that is
/// the first step which does anything: a later one sees other columns.
fn find<T>(step: &Step<'_>, ask: &dyn Fn(&Step<'_>) -> Option<T>) -> Option<T> {
    if let Some(answer) = ask(step) {
        return Some(answer);
    }
    for name in ["best_estimator_", "estimator_", "regressor_"] {
        if step.optional(name).is_some() {
            return find(&step.part_under(name).ok()?, ask);
        }
    }
    if step.optional("estimators_").is_some() {
        let first = step.optional("estimators_")?.elements()?.next()?;
        return find(&step.part(first, "").ok()?, ask);
    }
    match step.class {
        "Pipeline" => {
            transformers::steps(step)
                .ok()?
                .iter()
                .find_map(|part| match find(part, ask) {
                    None if !transformers::changes_nothing(part) => Some(None),
                    answer => answer.map(Some),
                })?
        }
        "FeatureUnion" => transformers::parts(step, "transformer_list")
            .ok()?
            .iter()
            .find_map(|part| find(part, ask)),
        _ => None,
    }
}

/// How many columns an estimator takes. Before scikit-learn 0.24 only its arrays tell.
fn width(step: &Step<'_>) -> Option<usize> {
    for name in ["n_features_in_", "_n_features"] {
        if let Some(width) = step.optional(name).and_then(Value::integer) {
            return usize::try_from(width).ok();
        }
    }
    if step.class == "IsotonicRegression" {
        return Some(1);
    }
    if step.class == "OneHotEncoder" || step.class == "OrdinalEncoder" {
        return step
            .optional("categories_")?
            .elements()
            .map(|lists| lists.len());
    }
    let arrays = [
        "coef_",
        "scale_",
        "mean_",
        "center_",
        "statistics_",
        "components_",
        "support_vectors_",
    ];
    let shapes = arrays
        .iter()
        .filter_map(|name| step.optional(name)?.array());
    shapes
        .filter_map(|array| array.shape.last().copied())
        .next()
}

fn provenance(model: &Step<'_>) -> BTreeMap<String, String> {
    let mut provenance = BTreeMap::new();
    if let Some(class) = model.value.class() {
        provenance.insert("class".to_owned(), class.to_string());
    }
    if let Some(version) = find(model, &|step| {
        step.text("_sklearn_version").map(str::to_owned)
    }) {
        provenance.insert("library".to_owned(), format!("scikit-learn {version}"));
    }
    provenance
}

/// Says if an array of the file is less exact than the artifact: a float32 model is converted exactly, but
/// scikit-learn computes with 32 bits where the rows have 32 bits too.
fn note_precision(objects: &Objects, conversion: &mut Conversion) {
    let dtype = objects.nodes().find_map(|node| match node {
        Node::Array(array) => step::half_precision(array),
        _ => None,
    });
    if let Some(dtype) = dtype {
        conversion.note(format!(
            "holds numbers of {} bits: they are kept exactly, and predictions are computed with 64",
            8 * dtype.bytes
        ));
    }
}
