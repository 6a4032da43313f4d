//! Kernel methods with a linear kernel: sums of weighted rows of the training data, which are coefficients.

use sagelet::artifact::{Label, Ties};

use super::classification;
use super::pairs::of_pairs;
use super::scores::{check_width, intercepts};
use super::sparse::Sparse;
use super::step::{Outcome, Step, index};
use crate::import::linear::{Column, Conversion, Kind, Prediction, combination};
use crate::import::objects::Value;

/// Every class with a kernel.
pub(super) const CLASSES: &[&str] = &["SVC", "NuSVC", "SVR", "NuSVR", "KernelRidge"];

/// A support vector regression.
pub(super) fn support_vector_regression(
    step: &Step<'_>,
    columns: &[Column],
) -> Outcome<Prediction> {
    let score = support_vector_score(step, columns)?;
    Ok(Prediction::regression(Kind::Linear, vec![score]))
}

/// A support vector classifier: of two classes by one score, of several by one for every two.
pub(super) fn support_vector_classifier(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    let labels = classification::labels(step)?;
    // From scikit-learn 1.9 on it is "deprecated" where nobody has set it.
    if step.optional("probability").and_then(Value::truth) == Some(true) {
        conversion.note("lost the probabilities that probability=True adds: they come from a model of their own".to_owned());
    }
    if labels.len() > 2 {
        return every_two(step, labels, columns);
    }
    let score = support_vector_score(step, columns)?;
    Ok(Prediction::classes(Kind::Classes, vec![score], labels))
}

/// A score for every two classes. LIBSVM's are above 0 for the first of the two, an artifact's for the second.
fn every_two(step: &Step<'_>, labels: Vec<Label>, columns: &[Column]) -> Outcome<Prediction> {
    check_kernel(step)?;
    let duals = step.table("dual_coef_")?;
    let rows = Rows::read(step, "support_vectors_")?;
    // Support vectors of one class stand together.
    let counts = step.column_numbers(step.either("_n_support", "n_support_"), labels.len())?;
    let mut ends = Vec::with_capacity(counts.len() + 1);
    ends.push(0);
    for count in counts {
        let last = ends.last().copied().unwrap_or(0);
        let count = index(count, rows.count() + 1);
        ends.push(last + count.ok_or_else(|| step.wrong("n_support_", "whole numbers"))?);
    }
    let pairs = labels.len() * (labels.len() - 1) / 2;
    let intercepts = intercepts(step, pairs)?;
    let mut scores = Vec::with_capacity(pairs);
    let seconds = |first| (first + 1..labels.len()).map(move |second| (first, second));
    let every = (0..labels.len()).flat_map(seconds);
    for ((first, second), intercept) in every.zip(intercepts) {
        let mut weights = vec![0.0; rows.count()];
        for (class, other) in [(first, second - 1), (second, first)] {
            let range = ends.get(class).zip(ends.get(class + 1));
            let range = range.map(|(start, end)| *start..*end).unwrap_or_default();
            let own = duals.get(other).and_then(|duals| duals.get(range.clone()));
            let places = weights.get_mut(range).zip(own);
            let (places, own) = places
                .ok_or_else(|| step.refuse("dual_coef_ and n_support_ do not fit each other"))?;
            places.copy_from_slice(own);
        }
        let coefficients = rows.sum(step, &weights, columns)?;
        scores.push(combination(columns, &coefficients, intercept).affine(0.0, -1.0, 0.0));
    }
    let breaks_ties = step.flag("break_ties", false)?;
    let ties = match breaks_ties && step.text("decision_function_shape") != Some("ovo") {
        true => Ties::Confidence,
        false => Ties::First,
    };
    of_pairs(step, labels.len(), scores.len())?;
    Ok(Prediction::classes(Kind::OneVsOne(ties), scores, labels))
}

/// Ridge regression on a kernel: without intercept, of one or several targets.
pub(super) fn ridge(step: &Step<'_>, columns: &[Column]) -> Outcome<Prediction> {
    check_kernel(step)?;
    let (duals, shape) = step.numbers("dual_coef_")?;
    let targets = match *shape.as_slice() {
        [_] => 1,
        [_, targets] if targets > 0 => targets,
        _ => return Err(step.wrong("dual_coef_", "a table of one number per row and target")),
    };
    let rows = Rows::read(step, "X_fit_")?;
    let scores = (0..targets).map(|target| {
        let weights: Vec<f64> = duals
            .iter()
            .skip(target)
            .step_by(targets)
            .copied()
            .collect();
        let coefficients = rows.sum(step, &weights, columns)?;
        Ok(combination(columns, &coefficients, 0.0))
    });
    Ok(Prediction::regression(
        Kind::Linear,
        scores.collect::<Outcome<_>>()?,
    ))
}

/// `dual_coef_` · `support_vectors_` are the coefficients.
fn support_vector_score(step: &Step<'_>, columns: &[Column]) -> Outcome<Column> {
    check_kernel(step)?;
    let duals = step.table("dual_coef_")?;
    let [dual] = duals.as_slice() else {
        return Err(step.refuse("dual_coef_ is not that of a single score"));
    };
    let coefficients = Rows::read(step, "support_vectors_")?.sum(step, dual, columns)?;
    let intercept = intercepts(step, 1)?.into_iter().sum();
    Ok(combination(columns, &coefficients, intercept))
}

/// Refuses another kernel.
pub(super) fn check_kernel(step: &Step<'_>) -> Outcome<()> {
    match step.text("kernel") {
        Some("linear") => Ok(()),
        _ => Err(step.refuse("its kernel is not \"linear\"")),
    }
}

/// Rows of the training data.
enum Rows {
    Dense(Vec<Vec<f64>>),
    Sparse(Sparse),
}

impl Rows {
    fn read(step: &Step<'_>, name: &str) -> Outcome<Self> {
        Ok(match Sparse::read(step, name)? {
            Some(sparse) => Self::Sparse(sparse),
            None => Self::Dense(step.table(name)?),
        })
    }

    fn count(&self) -> usize {
        match self {
            Self::Dense(rows) => rows.len(),
            Self::Sparse(sparse) => sparse.rows(),
        }
    }

    /// Σ weight · row, one number a column.
    fn sum(&self, step: &Step<'_>, weights: &[f64], columns: &[Column]) -> Outcome<Vec<f64>> {
        if self.count() != weights.len() {
            let (rows, found) = (self.count(), weights.len());
            return Err(step.refuse(format_args!(
                "dual_coef_ has {found} numbers for {rows} rows"
            )));
        }
        match self {
            Self::Dense(rows) => {
                check_width(step, rows, columns)?;
                Ok(dense_sum(rows, weights, columns.len()))
            }
            Self::Sparse(sparse) if sparse.width() == columns.len() => Ok(sparse.sum(weights)),
            Self::Sparse(sparse) => {
                let (width, count) = (sparse.width(), columns.len());
                Err(step.refuse(format_args!(
                    "it has {width} coefficients for {count} columns"
                )))
            }
        }
    }
}

fn dense_sum(rows: &[Vec<f64>], weights: &[f64], width: usize) -> Vec<f64> {
    let mut sum = vec![0.0; width];
    for (row, weight) in rows.iter().zip(weights) {
        for (place, cell) in sum.iter_mut().zip(row) {
            *place += weight * cell;
        }
    }
    sum
}
