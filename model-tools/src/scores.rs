//! A model's linear scores: what every kind but isotonic regression is made of, in one form.

use sagelet::artifact::{Document, Encoding, Feature, Label, Parameters};

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
    match parameters {
        Parameters::LinearRegression(linear) | Parameters::ElasticNet(linear) => {
            vec![single(linear.intercept, &linear.coefficients)]
        }
        Parameters::GeneralizedLinear(generalized) => {
            vec![single(generalized.intercept, &generalized.coefficients)]
        }
        Parameters::LogisticRegression(logistic) => {
            vec![single(logistic.intercept, &logistic.coefficients)]
        }
        Parameters::Isotonic(_) => Vec::new(),
        Parameters::MultiTargetRegression(multi) => table(
            &multi.intercepts,
            &multi.coefficients,
            &|index| match multi.targets.get(index) {
                Some(name) => format!("target {name}"),
                None => format!("target {}", index + 1),
            },
        ),
        Parameters::MultinomialLogisticRegression(classifier)
        | Parameters::OneVsRest(classifier)
        | Parameters::LinearClassifier(classifier) => table(
            &classifier.intercepts,
            &classifier.coefficients,
            &|index| match classifier.labels.get(index) {
                Some(label) => format!("class {label}"),
                None => format!("class {}", index + 1),
            },
        ),
    }
}

/// The names of a regression's targets, where it has names for them.
pub(crate) fn targets(parameters: &Parameters) -> &[String] {
    match parameters {
        Parameters::MultiTargetRegression(multi) => &multi.targets,
        Parameters::LinearRegression(_)
        | Parameters::ElasticNet(_)
        | Parameters::GeneralizedLinear(_)
        | Parameters::Isotonic(_)
        | Parameters::LogisticRegression(_)
        | Parameters::MultinomialLogisticRegression(_)
        | Parameters::OneVsRest(_)
        | Parameters::LinearClassifier(_) => &[],
    }
}

fn single(intercept: f64, coefficients: &[f64]) -> Score<'_> {
    Score {
        name: None,
        intercept,
        coefficients,
    }
}

fn table<'a>(
    intercepts: &[f64],
    coefficients: &'a [Vec<f64>],
    name: &dyn Fn(usize) -> String,
) -> Vec<Score<'a>> {
    let scores = intercepts.iter().zip(coefficients).enumerate();
    scores
        .map(|(index, (&intercept, coefficients))| Score {
            name: (intercepts.len() > 1).then(|| name(index)),
            intercept,
            coefficients,
        })
        .collect()
}

/// The names of the design matrix's columns: a feature's own, `city=Oslo` for a category of it,
/// `age is missing` for its indicator.
pub(crate) fn column_names(document: &Document) -> Vec<String> {
    let features = document.features.iter().enumerate();
    features
        .flat_map(|(index, feature)| feature_columns(&document.feature_name(index), feature))
        .collect()
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
        Some(Encoding::Unused) => Vec::new(),
    };
    if feature.missing_indicator {
        names.push(format!("{name} is missing"));
    }
    names
}
