//! Samplers of imbalanced-learn: they change the rows that a model is fitted on, and do nothing at prediction.

use super::step::Step;

/// Whether a step is a sampler. Its classes lie in these packages, and have a `fit_resample` and no `transform`.
pub(super) fn is_sampler(step: &Step<'_>) -> bool {
    let Some(class) = step.value.class() else {
        return false;
    };
    let mut packages = class.module.split('.');
    match (packages.next(), packages.next()) {
        (Some("imblearn"), Some("over_sampling" | "under_sampling" | "combine")) => true,
        (Some("imblearn"), Some("base")) => class.name == "FunctionSampler",
        _ => false,
    }
}
