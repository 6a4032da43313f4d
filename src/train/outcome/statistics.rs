//! What the artifact keeps of the training: statistics of the columns, and the covariance of the coefficients.

use sagelet_solver::covariance;
use sagelet_solver::survey::Summary;

use crate::artifact::{ColumnStatistics, Covariance, TrainingStatistics};
use crate::train::fit::Fitted;
use crate::train::table::{CategoryCounts, Schema};

/// The shares that quantiles are kept of: deciles, quartiles and the ends.
pub(super) const LEVELS: [f64; 15] = [
    0.01, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99,
];

/// Statistics of all features, in their order.
pub(super) fn statistics(fitted: &Fitted, schema: &Schema) -> TrainingStatistics {
    let mut source = 0;
    let mut features = Vec::with_capacity(schema.features.len());
    for (feature, counts) in schema.features.iter().zip(&schema.category_counts) {
        features.push(match counts {
            Some(counts) => of_categories(counts),
            None => of_numbers(&fitted.summary, source),
        });
        source += feature.design_columns();
    }
    TrainingStatistics {
        rows: fitted.summary.rows,
        levels: LEVELS.to_vec(),
        features,
    }
}

fn of_categories(counts: &CategoryCounts) -> ColumnStatistics {
    ColumnStatistics {
        count: counts.categories.iter().sum(),
        missing: counts.missing,
        categories: counts.categories.clone(),
        ..ColumnStatistics::default()
    }
}

fn of_numbers(summary: &Summary, source: usize) -> ColumnStatistics {
    let Some(seen) = summary.columns.get(source) else {
        return ColumnStatistics::default();
    };
    let (quantiles, shares) = seen.sketch.quantiles(&LEVELS).into_iter().unzip();
    let moments = summary.moments(source);
    ColumnStatistics {
        count: seen.count,
        missing: seen.missing,
        mean: moments.map(|(mean, _)| mean),
        deviation: moments.map(|(_, deviation)| deviation),
        minimum: (seen.count > 0).then_some(seen.minimum),
        maximum: (seen.count > 0).then_some(seen.maximum),
        quantiles,
        shares,
        categories: Vec::new(),
    }
}

/// The covariance, if all of its numbers are finite.
pub(super) fn covariance(found: &covariance::Covariance) -> Option<Covariance> {
    let factor = found.packed();
    let is_finite = found.dispersion.is_finite() && factor.iter().all(|number| number.is_finite());
    is_finite.then_some(Covariance {
        dispersion: found.dispersion,
        degrees_of_freedom: found.degrees,
        factor,
    })
}
