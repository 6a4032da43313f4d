//! The variables that are sagelet's own, and what to do about others that look like them.

use super::Variables;

const PREFIX: &str = "SAGELET_";

/// Every variable that begins with `SAGELET_`, as docs/configuration.md lists them.
const KNOWN: [&str; 22] = [
    "SAGELET_BODY_BYTES",
    "SAGELET_BODY_SECONDS",
    "SAGELET_COMPUTE_THREADS",
    "SAGELET_CONNECTIONS",
    "SAGELET_CSV_HEADER",
    "SAGELET_ECHO_CUSTOM_ATTRIBUTES",
    "SAGELET_HEAD_SECONDS",
    "SAGELET_IDLE_SECONDS",
    "SAGELET_INTERVAL_LEVEL",
    "SAGELET_JSON_SCORES",
    "SAGELET_LARGEST_CONTRIBUTIONS",
    "SAGELET_LIBSVM_INDEXING",
    "SAGELET_LOG",
    "SAGELET_MEMORY_BYTES",
    "SAGELET_MODELS_BYTES",
    "SAGELET_MODEL_KEY",
    "SAGELET_MODEL_NAME",
    "SAGELET_PREFIX",
    "SAGELET_SLOW_MILLISECONDS",
    "SAGELET_THRESHOLD",
    "SAGELET_WORKERS",
    "SAGELET_WRITE_SECONDS",
];

/// A variable that begins like sagelet's and is none of them.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the variable {name} is unknown: did you mean {nearest}? docs/configuration.md lists all variables; unset this one if it \
     is not one of them"
)]
pub struct UnknownVariable {
    /// The variable.
    pub name: String,
    /// The known one whose name is most like it.
    pub nearest: &'static str,
}

/// Checks that every variable that begins with `SAGELET_` is known: a misspelt one would be without effect, and
/// nobody would notice.
///
/// # Errors
/// The first one that is not known, in alphabetical order.
pub fn check_names(variables: &impl Variables) -> Result<(), UnknownVariable> {
    let names = variables.names().into_iter();
    let unknown = names
        .filter(|name| name.starts_with(PREFIX) && !KNOWN.contains(&name.as_str()))
        .filter(|name| !is_service_link(name, variables))
        .min();
    match unknown {
        None => Ok(()),
        Some(name) => Err(UnknownVariable {
            nearest: nearest(&name),
            name,
        }),
    }
}

/// Whether Kubernetes or Docker has set the variable for a service whose name begins with `sagelet`:
/// `SAGELET_SERVICE_HOST`, `SAGELET_PORT=tcp://10.0.0.1:80`, `SAGELET_PORT_80_TCP_ADDR`.
fn is_service_link(name: &str, variables: &impl Variables) -> bool {
    let is_address = || {
        let value = variables.get(name);
        value.is_some_and(|value| value.contains("://"))
    };
    name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || name.contains("_PORT_")
        || (name.ends_with("_PORT") && is_address())
}

fn nearest(name: &str) -> &'static str {
    let nearest = KNOWN.into_iter().min_by_key(|known| distance(name, known));
    nearest.unwrap_or(PREFIX)
}

/// How many letters have to be added, left out or changed to make one word of the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.chars().enumerate() {
        // The distance of what came before `letter` to what came before the other word's letter.
        let mut diagonal = place;
        let mut left = place + 1;
        for (cell, &other_letter) in row.iter_mut().skip(1).zip(&other) {
            let changed = diagonal + usize::from(letter != other_letter);
            diagonal = *cell;
            left = changed.min(left + 1).min(*cell + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = place + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn the_documentation_lists_the_variables_that_are_known() {
        let documentation = include_str!("../../docs/configuration.md");
        let words = documentation
            .split(|character: char| !(character.is_ascii_uppercase() || character == '_'));
        let mut listed: Vec<_> = words.filter(|word| word.starts_with(PREFIX)).collect();
        listed.retain(|word| *word != PREFIX);
        listed.sort_unstable();
        listed.dedup();
        assert_eq!(listed, KNOWN);
    }

    #[test]
    fn a_misspelt_variable_is_named_with_the_one_that_is_meant() {
        for (name, nearest) in [
            ("SAGELET_WORKER", "SAGELET_WORKERS"),
            ("SAGELET_LOGS", "SAGELET_LOG"),
            ("SAGELET_COMPUTE_THREAD", "SAGELET_COMPUTE_THREADS"),
            ("SAGELET_MODEL_BYTES", "SAGELET_MODELS_BYTES"),
        ] {
            let error = check_names(&HashMap::from([(name, "1")])).unwrap_err();
            assert_eq!((error.name.as_str(), error.nearest), (name, nearest));
        }
        assert!(check_names(&HashMap::from([("SAGELET_PORT", "9000")])).is_err());
    }

    #[test]
    fn variables_of_others_and_of_a_service_called_sagelet_are_no_mistakes() {
        let variables = HashMap::from([
            ("SAGEMAKER_PROGRAM", "x"),
            ("SAGELET_SERVICE_HOST", "10.0.0.1"),
            ("SAGELET_SERVICE_PORT", "80"),
            ("SAGELET_SERVICE_PORT_HTTP", "80"),
            ("SAGELET_PORT", "tcp://10.0.0.1:80"),
            ("SAGELET_PORT_80_TCP", "tcp://10.0.0.1:80"),
            ("SAGELET_PORT_80_TCP_ADDR", "10.0.0.1"),
            ("SAGELET_CANARY_SERVICE_HOST", "10.0.0.2"),
            ("SAGELET_LOG", "json"),
        ]);
        assert_eq!(check_names(&variables), Ok(()));
    }
}
