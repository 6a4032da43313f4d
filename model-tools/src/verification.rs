//! Verification rows for a model that comes without: rows that no coefficient can change unnoticed on.

use sagelet::artifact::{
    Cell, Document, Encoding, Feature, Features, Isotonic, Link, Outcome, Parameters, Verification,
};
use sagelet::model::{Model, ModelError};

use crate::limits::{
    CATEGORY_ROWS_MAX, ISOTONIC_ROWS_MAX, VERIFICATION_CELLS_MAX, VERIFICATION_FEATURES_MAX,
    VERIFICATION_SCORES_MAX,
};
use crate::{probes, scores};

/// Rows and their predictions; none if there are more than [`VERIFICATION_FEATURES_MAX`] features, or nothing finite is
/// predicted.
///
/// # Errors
/// The model refuses the rows, which it does not for rows made of its own features.
pub(crate) fn compute(model: &Model, document: &Document) -> Result<Verification, ModelError> {
    if !document.derived.is_empty() {
        let rows = probes::rows(document).into_iter();
        return of_rows(model, rows.filter(|row| model.predict_row(row).is_ok()));
    }
    of_rows(model, rows(document))
}

/// These rows and what the model predicts for them, as far as that is finite.
///
/// # Errors
/// The model refuses a row.
pub(crate) fn of_rows(
    model: &Model,
    rows: impl IntoIterator<Item = Vec<Cell>>,
) -> Result<Verification, ModelError> {
    let mut verification = Verification::default();
    for row in rows {
        let outputs = model
            .predict_row(&row)
            .map_err(ModelError::VerificationRow)?;
        if outputs.iter().all(|output| output.is_finite()) {
            verification.rows.push(row);
            verification.predictions.push(outputs);
        }
    }
    Ok(verification)
}

fn rows(document: &Document) -> Vec<Vec<Cell>> {
    let mut designs = match document.model.outcome() {
        Outcome::Isotonic(isotonic) => isotonic_rows(isotonic),
        Outcome::Values(_)
        | Outcome::Classes(..)
        | Outcome::Votes(_)
        | Outcome::Labels(_)
        | Outcome::Mean(_) => scored_rows(&document.model, document.inverse_transform.is_some()),
    };
    let features = &document.features;
    repeat_for_categories(&mut designs, features);
    let mut rows: Vec<Vec<Cell>> = designs
        .iter()
        .enumerate()
        .map(|(index, design)| cells(features, design, index))
        .collect();
    let can_be_missing = |feature: &Feature| !feature.missing.is_missing();
    if features.iter().any(can_be_missing) && !rows.is_empty() {
        rows.push(features.iter().map(missing_cell).collect());
    }
    rows
}

/// Repeats the rows until every category of every feature has had its turn.
fn repeat_for_categories(designs: &mut Vec<Vec<f64>>, features: &Features) {
    let encodings = features
        .iter()
        .filter_map(|feature| feature.encoding.as_ref());
    let most = encodings.map(|encoding| encoding.categories().len()).max();
    let wanted = most.unwrap_or(0).min(CATEGORY_ROWS_MAX);
    let count = designs.len();
    let width = designs.first().map_or(0, Vec::len);
    while count > 0
        && designs.len() < wanted
        && (designs.len() + 1) * width <= VERIFICATION_CELLS_MAX
    {
        let next = designs.get(designs.len() - count).cloned();
        designs.extend(next);
    }
}

/// Cells that make this row of the design matrix, as far as they are numbers; categories take turns from row
/// to row.
fn cells(features: &Features, design: &[f64], turn: usize) -> Vec<Cell> {
    let mut column = 0;
    let mut cells = Vec::with_capacity(features.len());
    for feature in features {
        cells.push(match &feature.encoding {
            Some(encoding) => category(encoding, turn),
            None => Cell::Number(design.get(column).copied().unwrap_or_default()),
        });
        column += feature.design_columns();
    }
    cells
}

fn category(encoding: &Encoding, turn: usize) -> Cell {
    let categories = encoding.categories();
    let label = categories.get(turn % categories.len().max(1));
    label.map_or(Cell::Missing, Cell::from)
}

fn missing_cell(feature: &Feature) -> Cell {
    match &feature.encoding {
        _ if !feature.missing.is_missing() => Cell::Missing,
        Some(encoding) => category(encoding, 0),
        None => Cell::Number(0.0),
    }
}

/// Rows of the design matrix for every score, as [`linear_rows`] has them.
fn scored_rows(parameters: &Parameters, transformed: bool) -> Vec<Vec<f64>> {
    let curved = match parameters.outcome() {
        Outcome::Values(link) => link != Link::Identity || transformed,
        Outcome::Classes(_, probabilities) => probabilities.is_some(),
        Outcome::Isotonic(_) => transformed,
        Outcome::Labels(model) => model.link == Link::Logit,
        Outcome::Votes(_) | Outcome::Mean(_) => true,
    };
    let scores = scores::of(parameters);
    let mut rows = Vec::new();
    for score in scores.iter().take(VERIFICATION_SCORES_MAX) {
        // exp of much more overflows, and the logistic function tells nothing apart out there.
        let total = if curved {
            1.0
        } else {
            score.intercept.abs().max(1.0)
        };
        let mut of_score = linear_rows(score.coefficients, total);
        if !rows.is_empty() {
            of_score.drain(..of_score.len().min(1)); // the row of zeros is there already
        }
        if (rows.len() + of_score.len()).saturating_mul(score.coefficients.len())
            > VERIFICATION_CELLS_MAX
        {
            break;
        }
        rows.append(&mut of_score);
    }
    rows
}

/// A row of zeros, one in which the coefficients' terms grow from the first to the last, and one in which
/// they alternate in sign. A cell is its term divided by its coefficient, so that small coefficients count as
/// much as large ones, and two that were exchanged show. All terms of a row add up to `total` at most.
fn linear_rows(coefficients: &[f64], total: f64) -> Vec<Vec<f64>> {
    let width = coefficients.len();
    if width > VERIFICATION_FEATURES_MAX {
        return Vec::new();
    }
    let count = width as f64;
    let row = |share: &dyn Fn(usize) -> f64| {
        let cells = coefficients.iter().enumerate();
        cells
            .map(|(index, coefficient)| cell(share(index) * total / count, *coefficient))
            .collect()
    };
    vec![
        vec![0.0; width],
        row(&|index| (index + 1) as f64 / count),
        row(&|index| if index % 2 == 0 { 1.0 } else { -1.0 }),
    ]
}

/// The cell that makes a term of this size; for a coefficient of 0, any cell that is not 0.
fn cell(term: f64, coefficient: f64) -> f64 {
    let cell = term / coefficient;
    if cell.is_finite() { cell } else { 1.0 }
}

/// One row at a threshold, evenly chosen, and one beyond either end.
fn isotonic_rows(isotonic: &Isotonic) -> Vec<Vec<f64>> {
    let thresholds = &isotonic.x_thresholds;
    let step = thresholds.len().div_ceil(ISOTONIC_ROWS_MAX).max(1);
    let beyond = [
        thresholds.first().map(|first| first - first.abs().max(1.0)),
        thresholds.last().map(|last| last + last.abs().max(1.0)),
    ];
    let within = thresholds.iter().copied().step_by(step);
    within
        .chain(beyond.into_iter().flatten())
        .filter(|cell| cell.is_finite())
        .map(|cell| vec![cell])
        .collect()
}
