//! What a model was trained on, and how sure its coefficients are, in words.

use sagelet::artifact::{ColumnStatistics, Covariance, Document, Encoding, TrainingStatistics};

use super::layout::{grouped, rounded};

use crate::limits::TRAINING_CATEGORIES_LISTED_MAX;

/// The level of the median.
const MEDIAN: f64 = 0.5;

/// The features with what was seen in them, in words.
pub(super) fn columns(document: &Document, training: &TrainingStatistics) -> Vec<(String, String)> {
    let features = document.features.iter().zip(&training.features).enumerate();
    let words = |(index, (feature, seen)): (usize, (&sagelet::artifact::Feature, _))| {
        let name = document.feature_name(index);
        let words = match &feature.encoding {
            Some(encoding) => of_categories(encoding, seen),
            None => of_numbers(seen, &training.levels),
        };
        (name, words)
    };
    features.map(words).collect()
}

/// Dispersion and degrees of freedom.
pub(super) fn covariance(covariance: &Covariance) -> String {
    format!(
        "of intercept and coefficients: dispersion {}, {} degrees of freedom",
        rounded(covariance.dispersion),
        whole(covariance.degrees_of_freedom)
    )
}

fn of_numbers(seen: &ColumnStatistics, levels: &[f64]) -> String {
    let mut words = Vec::new();
    if let (Some(mean), Some(deviation)) = (seen.mean, seen.deviation) {
        words.push(format!(
            "mean {}, deviation {}",
            rounded(mean),
            rounded(deviation)
        ));
    }
    let median = levels.iter().zip(&seen.quantiles);
    if let Some((_, median)) = median.into_iter().find(|(level, _)| **level == MEDIAN) {
        words.push(format!("median {}", rounded(*median)));
    }
    if let (Some(minimum), Some(maximum)) = (seen.minimum, seen.maximum) {
        words.push(format!("{} to {}", rounded(minimum), rounded(maximum)));
    }
    with_missing(words, seen)
}

fn of_categories(encoding: &Encoding, seen: &ColumnStatistics) -> String {
    let labels = encoding.categories().iter();
    let mut counted: Vec<_> = labels.zip(&seen.categories).collect();
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let shown = counted.iter().take(TRAINING_CATEGORIES_LISTED_MAX);
    let mut words: Vec<String> = shown
        .map(|(label, count)| format!("{label} {}", whole(**count)))
        .collect();
    if counted.len() > TRAINING_CATEGORIES_LISTED_MAX {
        words.push(format!(
            "{} more",
            grouped(counted.len() - TRAINING_CATEGORIES_LISTED_MAX)
        ));
    }
    with_missing(words, seen)
}

fn with_missing(mut words: Vec<String>, seen: &ColumnStatistics) -> String {
    if seen.missing > 0 {
        words.push(format!("{} missing", whole(seen.missing)));
    }
    words.join(", ")
}

fn whole(count: u64) -> String {
    usize::try_from(count).map_or_else(|_| count.to_string(), grouped)
}
