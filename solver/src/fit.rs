//! From the survey to a fitted model: which way of fitting, from where it starts, what it must not be given.

use crate::algorithm::{Algorithm, Failure, Fit, run};
use crate::block::{Rows, Source};
use crate::design::Design;
use crate::error::FitError;
use crate::family::{Family, Link};
use crate::labels::Classes;
use crate::penalty::Penalty;
use crate::scalar::Scalar;
use crate::softmax::Softmax;
use crate::survey::Summary;

/// Rows of the sample for each unknown, from which its optimum says where the optimum of all rows is.
const SAMPLE_ROWS_PER_UNKNOWN: usize = 10;

/// Refuses what no penalty makes determined: fewer rows than unknowns, columns that depend on others.
///
/// # Errors
/// The rows do not determine the coefficients.
pub fn check_determined(design: &Design, rows: u64) -> Result<(), FitError> {
    let unknowns = design.unknowns();
    if rows < unknowns as u64 {
        return Err(FitError::TooFewRows { rows, unknowns });
    }
    design
        .dependent()
        .map_or(Ok(()), |column| Err(FitError::Dependent(column)))
}

/// Fits a loss of one score by passes over the rows. `watch` is told the objective and the passes so far.
///
/// # Errors
/// The rows cannot be read, or determine no model.
pub fn scalar<S: Source>(
    source: &mut S,
    summary: &Summary,
    design: &Design,
    family: Family,
    classes: Option<&Classes>,
    penalty: Penalty,
    watch: impl FnMut(f64, usize),
) -> Result<Fit, Failure<S::Error>> {
    if penalty.is_none() {
        check_determined(design, summary.rows_weighted)?;
    }
    let null = null_scalar(summary, design, family, classes);
    let algorithm = |start: Vec<f64>| {
        Scalar::new(design, family, classes, penalty, start, null.clone())
            .with_label_shift(summary.label_shift)
    };
    let sample = sampled(summary, design.unknowns());
    run_from_sample(algorithm, null.clone(), sample, source, watch)
}

/// Fits one score per class by passes over the rows. `watch` is told the objective and the passes so far.
///
/// # Errors
/// The rows cannot be read, or determine no model.
pub fn softmax<S: Source>(
    source: &mut S,
    summary: &Summary,
    design: &Design,
    classes: &Classes,
    penalty: Penalty,
    watch: impl FnMut(f64, usize),
) -> Result<Fit, Failure<S::Error>> {
    if penalty.is_none() {
        check_determined(design, summary.rows_weighted)?;
    }
    let null = null_softmax(summary, design, classes);
    let algorithm = |start: Vec<f64>| Softmax::new(design, classes, penalty, start);
    let sample = sampled(summary, design.unknowns() * classes.count());
    run_from_sample(algorithm, null, sample, source, watch)
}

/// Fits all rows from the optimum of the sample, or from the null model where there is none.
fn run_from_sample<A: Algorithm, S: Source>(
    algorithm: impl Fn(Vec<f64>) -> A,
    null: Vec<f64>,
    sample: Option<&Rows>,
    source: &mut S,
    mut watch: impl FnMut(f64, usize),
) -> Result<Fit, Failure<S::Error>> {
    let optimum = sample.and_then(|mut sample| {
        let mut point = None;
        let fitted = run(algorithm(null.clone()), &mut sample, |at| {
            point = Some(at.point().to_vec());
        });
        fitted.ok().and(point)
    });
    run(algorithm(optimum.unwrap_or(null)), source, |at| {
        let (objective, passes) = at.progress();
        watch(objective, passes);
    })
}

/// The sample, if it is large enough to say anything and small enough to save passes over all rows.
fn sampled(summary: &Summary, unknowns: usize) -> Option<&Rows> {
    let rows = summary.sample.labels.len();
    let large_enough = rows >= SAMPLE_ROWS_PER_UNKNOWN * unknowns;
    let saves = summary.rows > 2 * rows as u64;
    (large_enough && saves).then_some(&summary.sample)
}

/// The point at which every row has the mean for its prediction, if there is an intercept.
pub(crate) fn null_scalar(
    summary: &Summary,
    design: &Design,
    family: Family,
    classes: Option<&Classes>,
) -> Vec<f64> {
    let mut point = vec![0.0; design.unknowns()];
    let mean = match classes {
        Some(classes) => {
            let weights = weights(summary, classes);
            weights[1] / (weights[0] + weights[1])
        }
        None => label_mean(summary),
    };
    let predictor = family.predictor(mean);
    if design.intercept && predictor.is_finite() {
        point[0] = predictor;
    } else if matches!(
        family,
        Family::Tweedie {
            link: Link::Identity,
            ..
        }
    ) && mean > 0.0
    {
        start_inside(design, mean, &mut point);
    }
    point
}

/// Without an intercept, an identity link has to start from coefficients that give every mean a chance to be
/// above 0: the same share of the mean from each column.
fn start_inside(design: &Design, mean: f64, point: &mut [f64]) {
    let count = design.active.len() as f64;
    for (place, &index) in point.iter_mut().zip(&design.active) {
        let column = &design.columns[index];
        if column.mean != 0.0 {
            *place = mean / (count * column.mean) * column.scale;
        }
    }
}

pub(crate) fn null_softmax(summary: &Summary, design: &Design, classes: &Classes) -> Vec<f64> {
    let unknowns = design.unknowns();
    let mut point = vec![0.0; unknowns * classes.count()];
    if !design.intercept {
        return point;
    }
    let logarithms: Vec<f64> = weights(summary, classes)
        .iter()
        .map(|weight| weight.ln())
        .collect();
    let mean = logarithms.iter().sum::<f64>() / classes.count() as f64;
    if mean.is_finite() {
        for (class, logarithm) in logarithms.iter().enumerate() {
            point[class * unknowns] = logarithm - mean;
        }
    }
    point
}

/// The sum of weights of each class, in the order of the classes.
fn weights(summary: &Summary, classes: &Classes) -> Vec<f64> {
    let mut weights = vec![0.0; classes.count()];
    for (code, (_, weight)) in &summary.classes {
        if let Some(place) = classes.place(f64::from_bits(*code)) {
            weights[place] += weight;
        }
    }
    weights
}

/// The weighted mean of the labels, less the offsets.
fn label_mean(summary: &Summary) -> f64 {
    let last = summary.triangle.width() - 1;
    summary.label_shift + summary.triangle.at(0, last) / summary.triangle.at(0, 0)
}
