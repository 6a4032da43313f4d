//! Names and values to settings: each name is looked up in the table, and what contradicts each other is refused.

use std::collections::BTreeMap;

use super::choices::{Loss, PredictorType, Settings};
use super::entry::Effect;
use super::error::SettingsError;
use super::table::entries;
use super::value::{Value, unquoted};
use crate::text::Quoted;

pub(super) fn parse(values: &BTreeMap<String, String>) -> Result<Settings, SettingsError> {
    let mut settings = Settings::default();
    let mut not_needed = Vec::new();
    for (name, text) in values {
        // What the platform's own tools add for scripts and tuning jobs is not the user's to explain.
        if name.starts_with("sagemaker_") || name.starts_with("_tuning_") {
            continue;
        }
        let Some(entry) = entries().find(|entry| entry.name == name) else {
            return Err(unknown(name));
        };
        let text = unquoted(text);
        let value = Value(&text);
        let quoted = || Quoted::of(text.as_bytes());
        match entry.effect {
            _ if value.is_none() => {}
            Effect::Set(set) => {
                set(&mut settings, value).map_err(|expected| SettingsError::Value {
                    name: entry.name,
                    value: quoted(),
                    expected,
                })?
            }
            Effect::Only(possible, reason) => {
                if !possible.contains(&text.to_ascii_lowercase().as_str()) {
                    return Err(SettingsError::Refused {
                        name: entry.name,
                        value: quoted(),
                        reason,
                    });
                }
            }
            Effect::NotNeeded => not_needed.push(entry.name),
        }
        if let Some((refused, reason)) = entry.refused
            && refused.contains(&text.to_ascii_lowercase().as_str())
        {
            return Err(SettingsError::Refused {
                name: entry.name,
                value: quoted(),
                reason,
            });
        }
    }
    if !not_needed.is_empty() {
        settings.notes.push(format!(
            "{} {} no effect: an exact solver needs none of it (docs/training.md)",
            not_needed.join(", "),
            if not_needed.len() == 1 { "has" } else { "have" }
        ));
    }
    check(&settings)?;
    Ok(settings)
}

/// Refuses values that contradict each other.
fn check(settings: &Settings) -> Result<(), SettingsError> {
    let contradiction = |names, reason| Err(SettingsError::Contradiction { names, reason });
    let regression = matches!(
        settings.loss,
        Some(Loss::Squared | Loss::Poisson | Loss::Gamma | Loss::Tweedie)
    );
    match (settings.predictor_type, settings.loss) {
        (Some(PredictorType::Regressor), Some(Loss::Logistic | Loss::Softmax)) => {
            return contradiction("predictor_type, loss", "a regressor has no loss of classes");
        }
        (Some(PredictorType::Binary | PredictorType::Multiclass), _) if regression => {
            return contradiction(
                "predictor_type, loss",
                "a classifier has no loss of numbers: leave loss out",
            );
        }
        (Some(PredictorType::Multiclass), Some(Loss::Logistic)) => {
            return contradiction("predictor_type, loss", "several classes have softmax_loss");
        }
        _ => {}
    }
    if settings.selection.folds.is_some() && settings.validation_split > 0.0 {
        return contradiction(
            "folds, validation_split",
            "models are judged by folds of all training rows or by a share of them: leave one out",
        );
    }
    if settings.tweedie_power.is_some() && settings.loss != Some(Loss::Tweedie) {
        return contradiction("tweedie_power, loss", "a power belongs to loss=tweedie");
    }
    let generalised = matches!(
        settings.loss,
        Some(Loss::Poisson | Loss::Gamma | Loss::Tweedie)
    );
    if settings.link.is_some() && !generalised {
        return contradiction(
            "link, loss",
            "a link belongs to loss=poisson, gamma or tweedie",
        );
    }
    Ok(())
}

fn unknown(name: &str) -> SettingsError {
    let nearest = entries()
        .map(|entry| (distance(name, entry.name), entry.name))
        .min()
        .filter(|(distance, nearest)| *distance <= 1 + nearest.len() / 3)
        .map_or_else(String::new, |(_, nearest)| {
            format!("; did you mean {nearest}?")
        });
    SettingsError::Unknown {
        name: Quoted::of(name.as_bytes()),
        nearest,
    }
}

/// Letters to insert, leave out or replace to make one name of the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().take(64).collect();
    let mut last: Vec<usize> = (0..=a.len()).collect();
    for (row, letter) in b.chars().enumerate() {
        let mut left = row + 1;
        let mut corner = std::mem::replace(last.first_mut().unwrap_or(&mut 0), left);
        for (above, own) in last.iter_mut().skip(1).zip(&a) {
            let replaced = corner + usize::from(*own != letter);
            corner = *above;
            left = replaced.min(left + 1).min(*above + 1);
            *above = left;
        }
    }
    last.last().copied().unwrap_or(0)
}
