//! NearestCentroid: comparing distances to centres is comparing linear functions of the row.

use super::classification;
use super::scores::check_width;
use super::step::{Outcome, Step};
use crate::import::linear::{Column, Conversion, Kind, Prediction, combination};

/// The class with the nearest centre. From scikit-learn 1.6 on the classes may have priors, and then distances are divided
/// by the deviations within classes.
pub(super) fn nearest(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Prediction> {
    if step
        .text("metric")
        .is_some_and(|metric| metric != "euclidean")
    {
        return Err(step.refuse("its metric is not \"euclidean\": the distances are not linear"));
    }
    let labels = classification::labels(step)?;
    let centroids = step.table("centroids_")?;
    check_width(step, &centroids, columns)?;
    let count = labels.len();
    let priors = match step.optional("class_prior_") {
        Some(_) => step.column_numbers("class_prior_", count)?,
        None => vec![1.0 / count as f64; count],
    };
    if centroids.len() != count || count < 2 {
        let found = centroids.len();
        return Err(step.refuse(format_args!("it has {found} centroids for {count} classes")));
    }
    if priors
        .iter()
        .all(|prior| is_close(*prior, 1.0 / count as f64))
    {
        if step.optional("class_prior_").is_some() {
            conversion.note(
                "lost the probabilities, which go by other distances than the predicted class"
                    .to_owned(),
            );
        }
        let scores = scores(
            &centroids,
            &vec![1.0; columns.len()],
            &vec![0.0; count],
            columns,
        );
        return Ok(Prediction::classes(Kind::Classes, scores, labels));
    }
    let deviations = step.column_numbers("within_class_std_dev_", columns.len())?;
    let weights = deviations.iter().map(|deviation| match *deviation {
        0.0 => 1.0,
        deviation => 1.0 / (deviation * deviation),
    });
    let weights: Vec<f64> = weights.collect();
    let logarithms: Vec<f64> = priors.iter().map(|prior| 2.0 * prior.ln()).collect();
    if logarithms.iter().any(|logarithm| !logarithm.is_finite()) {
        return Err(step.refuse("a class has the prior 0: it is never predicted"));
    }
    let scores = scores(&centroids, &weights, &logarithms, columns);
    Ok(Prediction::classes(Kind::Multinomial, scores, labels))
}

/// numpy's `isclose`.
fn is_close(number: f64, wanted: f64) -> bool {
    (number - wanted).abs() <= 1e-8 + 1e-5 * wanted.abs()
}

/// For each centre c and the mean m of all: constant + Σ weight · ((x − m)² − (x − c)²), which is linear in x. The farther
/// the centres are from 0, the less would be left of the squares alone.
fn scores(
    centroids: &[Vec<f64>],
    weights: &[f64],
    constants: &[f64],
    columns: &[Column],
) -> Vec<Column> {
    let count = centroids.len() as f64;
    let mean = |index: usize| {
        let own = centroids.iter().filter_map(|centroid| centroid.get(index));
        own.sum::<f64>() / count
    };
    let means: Vec<f64> = (0..columns.len()).map(mean).collect();
    let of_centre = |(centroid, constant): (&Vec<f64>, &f64)| {
        let parts = centroid.iter().zip(&means).zip(weights);
        let (coefficients, squares): (Vec<f64>, Vec<f64>) = parts
            .map(|((centre, mean), weight)| {
                let distance = weight * (centre - mean);
                (2.0 * distance, distance * (centre + mean))
            })
            .unzip();
        combination(
            columns,
            &coefficients,
            constant - squares.iter().sum::<f64>(),
        )
    };
    centroids.iter().zip(constants).map(of_centre).collect()
}
