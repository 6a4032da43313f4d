//! A model's linear scores: what every kind but isotonic regression is made of, in one form.

use sagelet::artifact::{Averaged, Document, Encoding, Feature, Label, Outcome, Parameters};

use crate::derived;

/// One linear function of the design matrix's columns.
pub(crate) struct Score<'a> {
    /// The target or class that it belongs to, where there are several scores.
    pub(crate) name: Option<String>,
    /// Its value for a row of zeros.
    pub(crate) intercept: f64,
    /// One a column.
    pub(crate) coefficients: &'a [f64],
}

/// The scores of a model, in the order of its targets or classes. An isotonic regression has none; a
/// classifier between two classes has one if a score above 0 means the second.
pub(crate) fn of(parameters: &Parameters) -> Vec<Score<'_>> {
    let scores = parameters.scores();
    let several = scores.len() > 1;
    let scores = scores.into_iter().enumerate();
    scores
        .map(|(index, score)| Score {
            name: several.then(|| name(parameters, index)),
            intercept: score.intercept,
            coefficients: score.coefficients,
        })
        .collect()
}

/// What one of several scores is called: `class setosa`, `target price`, `target 2`.
fn name(parameters: &Parameters, index: usize) -> String {
    let number = index + 1;
    match parameters.outcome() {
        Outcome::Votes(model) => return pair(&model.labels, index),
        Outcome::Mean(model) => return member(model, index),
        Outcome::Labels(model) => {
            let label = model.labels.get(index).map(ToString::to_string);
            return format!("label {}", label.unwrap_or_default());
        }
        Outcome::Values(_) | Outcome::Isotonic(_) | Outcome::Classes(..) => {}
    }
    match (
        parameters.labels().get(index),
        parameters.targets().get(index),
    ) {
        (Some(label), _) => format!("class {label}"),
        (None, Some(target)) => format!("target {target}"),
        (None, None) => format!("target {number}"),
    }
}

/// The two classes of one of the scores of every two: `low against high`, above 0 for the second.
fn pair(labels: &[Label], index: usize) -> String {
    let seconds = |(first, label)| {
        labels
            .iter()
            .skip(first + 1)
            .map(move |second| (label, second))
    };
    let mut pairs = labels.iter().enumerate().flat_map(seconds);
    pairs
        .nth(index)
        .map_or_else(String::new, |(first, second)| {
            format!("{first} against {second}")
        })
}

/// The member that one of the scores of all members belongs to, and its class where it has several: `member 2, class
/// low`.
fn member(model: &Averaged, index: usize) -> String {
    let mut first = 0;
    for (number, member) in model.members.iter().enumerate() {
        let scores = member.coefficients.len();
        if index < first + scores {
            let label = model.labels.get(index - first).filter(|_| scores > 1);
            let class = label.map_or_else(String::new, |label| format!(", class {label}"));
            return format!("member {}{class}", number + 1);
        }
        first += scores;
    }
    String::new()
}

/// The names of the design matrix's columns: a feature's own, `city=Oslo` for a category of it,
/// `age is missing` for its indicator; then those of derived columns.
pub(crate) fn column_names(document: &Document) -> Vec<String> {
    let features = document.features.iter().enumerate();
    let mut names = features
        .flat_map(|(index, feature)| feature_columns(&document.feature_name(index), feature))
        .collect();
    derived::extend(&mut names, document);
    names
}

fn feature_columns(name: &str, feature: &Feature) -> Vec<String> {
    let mut names = match &feature.encoding {
        Some(Encoding::OneHot(one_hot)) => {
            let kept = |category: &&Label| Some(*category) != one_hot.drop.as_ref();
            let categories = one_hot.categories.iter().filter(kept);
            categories
                .map(|category| format!("{name}={category}"))
                .collect()
        }
        Some(Encoding::Ordinal(_)) | None => vec![name.to_owned()],
        Some(Encoding::Text | Encoding::Unused) => Vec::new(),
    };
    if feature.missing_indicator {
        names.push(format!("{name} is missing"));
    }
    names
}
