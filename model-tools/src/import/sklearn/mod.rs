//! Fitted models of scikit-learn, out of a tree of objects, as documents of sagelet.
//!
//! Estimators are known by the name of their class and the package `sklearn`: the modules between have changed
//! over the versions (0.19 to 1.9). What each has learnt is read from its attributes; nothing is computed that
//! scikit-learn computes in training. A class that is not known is refused, never guessed.

mod arrange;
mod averages;
mod bayes;
mod calibration;
mod candidates;
mod categories;
mod centroids;
mod classification;
mod curves;
mod cuts;
mod dicts;
mod encoding;
mod ensembles;
mod files;
mod from_model;
mod functions;
mod imputation;
mod kernel;
mod label;
mod multilabel;
mod pairs;
mod polynomial;
mod predictors;
mod probabilities;
mod reasons;
mod regression;
mod sampling;
mod scaling;
mod scores;
mod selection;
mod selectors;
mod sparse;
mod statistics;
mod step;
mod target;
mod text;
mod thresholds;
mod transformers;
mod unseen;
mod unwrap;

pub(crate) use files::read_files;
pub(crate) use step::Refusal;

use std::collections::BTreeMap;

use sagelet::artifact::Feature;
use sagelet::limits::FEATURES_MAX;

use self::candidates::NameList;
use self::step::{Outcome, Step};
use self::unwrap::Estimators;
use super::limits::PAYLOAD_BYTES_MAX;
use super::linear::{self, Conversion};
use super::objects::{Node, Objects, Value};
use super::pickle::Pickle;
use super::skops::Skops;
use super::statsmodels;
use super::strangers;
use super::trust::{self, Named};
use super::{ImportError, Imported};

/// Reads a pickle.
pub(super) fn read_pickle(bytes: &[u8]) -> Result<Imported, ImportError> {
    read_pickle_part(bytes, &[])
}

/// The pickle in `bytes`.
///
/// # Errors
/// It cannot be read to its end; what was probably done to it is said.
pub(super) fn pickle(bytes: &[u8]) -> Result<Pickle, ImportError> {
    let pickle = Pickle::read(bytes);
    pickle.map_err(|error| ImportError::Damaged(strangers::damage(bytes, &error)))
}

/// Reads the estimators under `keys` of a pickle; without keys the only one.
pub(super) fn read_pickle_part(bytes: &[u8], keys: &[String]) -> Result<Imported, ImportError> {
    let pickle = pickle(bytes)?;
    let mut imported = convert(pickle.root(), &pickle.globals, keys)?;
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
    read_skops_part(bytes, &[])
}

/// Reads the estimators under `keys` of a file of skops; without keys the only one.
pub(super) fn read_skops_part(bytes: &[u8], keys: &[String]) -> Result<Imported, ImportError> {
    let skops = Skops::read(bytes)?;
    convert(skops.root(), &skops.globals, keys)
}

/// Converts the model in a tree whose file names these classes and functions.
fn convert(root: Value<'_>, globals: &[Named], keys: &[String]) -> Result<Imported, ImportError> {
    trust::refuse_dangerous(globals).map_err(ImportError::Dangerous)?;
    let mut imported = match statsmodels::is_of_statsmodels(root) {
        true => statsmodels::convert(root, keys)?,
        false => model(root, keys)?,
    };
    imported.ignored.extend(trust::unknown(globals));
    Ok(imported)
}

/// Converts the model in a tree.
fn model(root: Value<'_>, keys: &[String]) -> Outcome<Imported> {
    convert_unwrapped(unwrap::unwrap(root, keys)?)
}

/// Converts the model that some estimators are together: the first one that cannot be converted is refused, with its
/// place and the reason; before all others the one that predicts.
fn convert_unwrapped(unwrapped: Estimators<'_>) -> Outcome<Imported> {
    let Estimators {
        steps,
        names,
        labels,
        notes,
    } = unwrapped;
    let Some((model, before)) = steps.split_last() else {
        return Err(Step::nothing_found());
    };
    predictors::check_last(model)?;
    let (features, note) = features(&steps, &names)?;
    let mut conversion = Conversion::new(features);
    conversion.notes = notes;
    conversion.notes.extend(note);
    let mut columns = conversion.input();
    for step in before {
        columns = transformers::apply(step, &columns, &mut conversion)?;
    }
    if let Some(last) = before.last() {
        arrange::check_width(model, last, columns.len())?;
    }
    let prediction = predictors::predict(model, &columns, &mut conversion)?;
    let mut prediction = classification::logistic_of_softmax(prediction);
    if let Some(labels) = labels {
        prediction.labels = classification::named(&labels, &prediction)?;
        conversion.note(format!("named the classes by {}", labels.class));
    }
    for step in &steps {
        note_precision(step.value.objects(), &mut conversion);
    }
    let (mut document, notes) =
        linear::document(conversion, &prediction).map_err(|conflict| model.refuse(conflict))?;
    if document.width() == 0 {
        return Err(model.refuse("it looks at no column of the rows: its prediction is the same for all, and an artifact holds no such model"));
    }
    document.provenance = provenance(model);
    Ok(Imported {
        notes,
        ..Imported::new(document)
    })
}

fn texts(value: Value<'_>) -> Option<Vec<String>> {
    if value.copied_bytes() > PAYLOAD_BYTES_MAX {
        return None;
    }
    match (value.elements(), value.array()) {
        (Some(elements), _) => elements
            .map(|element| element.text().map(str::to_owned))
            .collect(),
        (None, Some(array)) => array.texts(value.objects()).ok(),
        (None, None) => None,
    }
}

/// The columns of a row: as many as the first step was trained with, by their names if it had any, else by the
/// first list of as many names; and what to say about that list.
fn features(steps: &[Step<'_>], lists: &[NameList]) -> Outcome<(Vec<Feature>, Option<String>)> {
    let Some(first) = steps.first() else {
        return Ok((Vec::new(), None));
    };
    if let Some(features) = find(first, &|step| {
        (step.class == "DictVectorizer").then(|| dicts::features(step))
    }) {
        return Ok((features?, None));
    }
    let own = feature_names(first);
    let nearest = lists.first().map_or(0, |list| list.names.len());
    let width = find(first, &width).unwrap_or(own.as_ref().map_or(nearest, Vec::len));
    if width == 0 {
        transformers::check_steps(steps)?;
    }
    if width == 0 || width > FEATURES_MAX {
        return Err(first.refuse(format_args!(
            "it takes {width} columns: it is not fitted, or not a model of 1 to {FEATURES_MAX} columns"
        )));
    }
    if let Some(wrong) = lists
        .iter()
        .find(|list| list.is_chosen && list.names.len() != width)
    {
        let (path, count) = (&wrong.path, wrong.names.len());
        return Err(first.refuse(format_args!(
            "it takes {width} columns, and \"{path}\" names {count}"
        )));
    }
    let named = |names: &[String]| names.iter().cloned().map(Feature::named).collect();
    if let Some(own) = own.filter(|own| own.len() == width) {
        return match lists
            .iter()
            .find(|list| list.is_chosen && list.names != own)
        {
            Some(list) => Err(first.refuse(format_args!(
                "it was fitted on columns of other names than those in \"{}\"",
                list.path
            ))),
            None => Ok((named(&own), None)),
        };
    }
    let mut fitting = lists.iter().filter(|list| list.names.len() == width);
    Ok(match fitting.next() {
        Some(list) if list.is_chosen || fitting.all(|other| other.names == list.names) => {
            let note = format!("took the names of the columns from \"{}\"", list.path);
            (named(&list.names), Some(note))
        }
        Some(list) => {
            let note = format!(
                "left out the names in \"{}\": there are others for as many columns; --key names the list that is meant",
                list.path
            );
            (vec![Feature::default(); width], Some(note))
        }
        None => (vec![Feature::default(); width], None),
    })
}

/// The names of the columns that an estimator was fitted on.
fn feature_names(step: &Step<'_>) -> Option<Vec<String>> {
    find(step, &|step| {
        let name = step.either("feature_names_in_", "_feature_names_in");
        step.optional(name).and_then(texts)
    })
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
    for list in ["estimators_", "calibrated_classifiers_"] {
        if let Some(estimators) = step.optional(list) {
            let first = estimators.elements()?.next()?;
            return find(&step.part(first, "").ok()?, ask);
        }
    }
    match step.class {
        class if transformers::PIPELINES.contains(&class) => transformers::steps(step)
            .ok()?
            .iter()
            .find_map(|part| match find(part, ask) {
                None if !transformers::keeps_columns(part) => Some(None),
                answer => answer.map(Some),
            })?,
        "FrozenEstimator" | "_CalibratedClassifier" | "SelectFromModel" => {
            let name = step.either("estimator", "base_estimator");
            find(&step.part_under(name).ok()?, ask)
        }
        // Every part sees the same rows, so the first that does anything is asked.
        "FeatureUnion" => {
            let parts = transformers::parts(step, "transformer_list").ok()?;
            let mut parts = parts.iter().map(|(_, part)| part);
            let part = parts.find(|part| !transformers::changes_nothing(part))?;
            find(part, ask)
        }
        _ => None,
    }
}

/// How many columns an estimator takes. Before scikit-learn 0.24 only its arrays tell.
fn width(step: &Step<'_>) -> Option<usize> {
    for name in ["n_features_in_", "_n_features", "n_input_features_"] {
        if let Some(width) = step.optional(name).and_then(Value::integer) {
            return usize::try_from(width).ok();
        }
    }
    match step.class {
        "IsotonicRegression" => return Some(1),
        class if text::is_vectorizer(class) => return Some(1),
        // Of other classes it is the number of columns that they keep.
        "BaggingRegressor" => {
            let width = step.optional("n_features_").and_then(Value::integer);
            return width.and_then(|width| usize::try_from(width).ok());
        }
        _ => {}
    }
    if step.class.ends_with("Encoder") {
        // Before scikit-learn 0.20 there were bounds around each column's categories instead.
        let old = step.optional(step.either("feature_indices_", "_feature_indices_"));
        return match step.optional("categories_") {
            Some(lists) => lists.elements().map(|lists| lists.len()),
            None => old?.array()?.len().checked_sub(1),
        };
    }
    let arrays = [
        "x_mean_",
        "coef_",
        "feature_log_prob_",
        "theta_",
        "X_fit_",
        "scale_",
        "mean_",
        "center_",
        "statistics_",
        "components_",
        "support_vectors_",
        "scores_",
        "support_",
        "variances_",
        "lambdas_",
        "quantiles_",
        "n_bins_",
    ];
    let mut widths = arrays
        .iter()
        .filter_map(|name| last_length(step.optional(name)?));
    widths.next()
}

/// The last length of an array or a sparse matrix.
fn last_length(value: Value<'_>) -> Option<usize> {
    if let Some(array) = value.array() {
        return array.shape.last().copied();
    }
    let last = value.attribute("_shape")?.elements()?.last()?.integer()?;
    usize::try_from(last).ok()
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
