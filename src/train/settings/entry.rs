//! What a hyperparameter is, as data.

use super::choices::Settings;
use super::value::{Expected, Value};

/// A hyperparameter.
pub(super) struct Entry {
    pub(super) name: &'static str,
    /// Whether it is a name of SageMaker's Linear Learner.
    #[cfg(test)]
    pub(super) linear_learner: bool,
    /// What it does with a value.
    pub(super) effect: Effect,
    /// Values that would be possible and are refused, with the reason.
    pub(super) refused: Option<(&'static [&'static str], &'static str)>,
    /// Values that are possible, for the docs.
    #[cfg(test)]
    pub(super) values: &'static str,
    /// What it means, and what holds without it.
    #[cfg(test)]
    pub(super) meaning: &'static str,
}

/// What a hyperparameter does with a value.
#[derive(Clone, Copy)]
pub(super) enum Effect {
    /// Changes the settings.
    Set(fn(&mut Settings, Value<'_>) -> Result<(), Expected>),
    /// Changes nothing: the possible values are what is done anyway. Others are refused, with the reason.
    Only(&'static [&'static str], &'static str),
    /// Changes nothing, which is said once.
    NotNeeded,
}

pub(super) const fn entry(
    name: &'static str,
    linear_learner: bool,
    effect: Effect,
    values: &'static str,
    meaning: &'static str,
) -> Entry {
    // What only the docs say need not be in the program.
    #[cfg(not(test))]
    let _ = (linear_learner, values, meaning);
    Entry {
        name,
        #[cfg(test)]
        linear_learner,
        effect,
        refused: None,
        #[cfg(test)]
        values,
        #[cfg(test)]
        meaning,
    }
}

pub(super) const fn refusing(
    mut entry: Entry,
    values: &'static [&'static str],
    reason: &'static str,
) -> Entry {
    entry.refused = Some((values, reason));
    entry
}

/// A name of Linear Learner that an exact solver does not need.
pub(super) const fn not_needed(name: &'static str) -> Entry {
    entry(
        name,
        true,
        Effect::NotNeeded,
        "any",
        "No effect, which the log says once: an exact solver needs none.",
    )
}

/// A name of Linear Learner for what another setting, which is refused, would use.
pub(super) const fn without_use(name: &'static str) -> Entry {
    entry(
        name,
        true,
        Effect::NotNeeded,
        "any",
        "No effect, which the log says once: it belongs to a loss or a criterion that is refused.",
    )
}
