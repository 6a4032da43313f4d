//! A model as sums over the cells of a row: the form that formulas in other languages are written from.
//!
//! A document speaks of the design matrix; formulas speak of cells. What a cell adds to a score is a number times
//! the cell, a number for each category, or a number if the cell is missing. A cell whose coefficients are all 0
//! adds nothing, and no formula reads it.

pub(super) use sagelet::artifact::Probabilities;
use sagelet::artifact::{
    self, Cell, Document, Encoding, Feature, InverseTransform, Isotonic, Label, Link, OneHot,
    Ordinal, Unknown,
};

use super::ExportError;

/// A score: its intercept and what the cells add to it.
pub(super) struct Sum<'a> {
    /// The score of a row whose terms are all 0.
    pub(super) intercept: f64,
    /// What cells add, in the order of the features.
    pub(super) terms: Vec<Term<'a>>,
}

/// What a cell adds to a score. `feature` is its index.
pub(super) enum Term<'a> {
    /// The coefficient times the cell, or times `fill` if the cell is missing.
    Number {
        feature: usize,
        coefficient: f64,
        fill: Option<f64>,
    },
    /// The number of the cell's category, `unknown` for any other one. A missing cell is of the category `fill`.
    Category {
        feature: usize,
        numbers: Vec<(&'a Label, f64)>,
        unknown: Option<f64>,
        fill: Option<&'a Label>,
    },
    /// The coefficient if the cell is missing.
    Missing { feature: usize, coefficient: f64 },
}

/// What scores become.
pub(super) enum Outcome<'a> {
    /// Each score a prediction, after these functions one after the other.
    Values(Vec<Curve>),
    /// The only score, which is the cell itself, goes through a piecewise linear function first.
    Isotonic(&'a Isotonic, Vec<Curve>),
    /// A class: the one with the highest score, or with a single score above 0 the second.
    Classes(&'a [Label], Option<Probabilities>),
}

/// A function of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Curve {
    Exp,
    Expm1,
    Square,
    Logistic,
}

/// What the cells of a feature are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cells {
    Numbers,
    Texts,
    Integers,
    Booleans,
    /// Categories of several sorts.
    Mixed,
    /// Anything: the model does not look at them.
    Unused,
}

/// The scores of a document, in the order of its targets or classes.
pub(super) fn of(document: &Document) -> Vec<Sum<'_>> {
    if let artifact::Outcome::Isotonic(_) = document.model.outcome() {
        return vec![sum(document, 0.0, &[1.0])];
    }
    let scores = document.model.scores();
    let scores = scores.iter();
    scores
        .map(|score| sum(document, score.intercept, score.coefficients))
        .collect()
}

/// What the document makes of its scores.
///
/// # Errors
/// It is none of the forms that formulas are written from.
pub(super) fn outcome(document: &Document) -> Result<Outcome<'_>, ExportError> {
    let inverse = document.inverse_transform.and_then(curve);
    Ok(match document.model.outcome() {
        artifact::Outcome::Values(link) => {
            let link = match link {
                Link::Identity => None,
                Link::Log => Some(Curve::Exp),
                Link::Logit => Some(Curve::Logistic),
            };
            Outcome::Values(link.into_iter().chain(inverse).collect())
        }
        artifact::Outcome::Isotonic(isotonic) => {
            Outcome::Isotonic(isotonic, inverse.into_iter().collect())
        }
        artifact::Outcome::Classes(labels, probabilities) => {
            Outcome::Classes(labels, probabilities)
        }
        artifact::Outcome::Votes(_) => {
            return Err(refused(
                "it has no place for classes that every two of vote for",
            ));
        }
        artifact::Outcome::Labels(_) => {
            return Err(refused("it has no place for any number of labels per row"));
        }
        artifact::Outcome::Mean(_) => {
            return Err(refused(
                "it has no place for the mean of several classifiers' probabilities",
            ));
        }
    })
}

fn refused(reason: &str) -> ExportError {
    ExportError::Refused(reason.to_owned())
}

/// The function that an inverse transform is; none if no foreign format has it.
pub(super) fn curve(inverse: InverseTransform) -> Option<Curve> {
    match inverse {
        InverseTransform::Exp => Some(Curve::Exp),
        InverseTransform::Expm1 => Some(Curve::Expm1),
        InverseTransform::Square => Some(Curve::Square),
        InverseTransform::Logistic => Some(Curve::Logistic),
        InverseTransform::Exp2
        | InverseTransform::Sqrt
        | InverseTransform::Reciprocal
        | InverseTransform::Sinh
        | InverseTransform::BoxCox { .. }
        | InverseTransform::YeoJohnson { .. } => None,
    }
}

/// The names of a regression's predictions: its targets', or `prediction` and a number.
pub(super) fn prediction_names(document: &Document) -> Vec<String> {
    let count = document.model.outputs();
    let targets = document.model.targets();
    (0..count)
        .map(|index| match targets.get(index) {
            Some(name) => name.clone(),
            None if count == 1 => "prediction".to_owned(),
            None => format!("prediction_{}", index + 1),
        })
        .collect()
}

/// What the cells of a feature are.
pub(super) fn cells(feature: &Feature) -> Cells {
    let categories = match &feature.encoding {
        None => return Cells::Numbers,
        Some(Encoding::Unused) => return Cells::Unused,
        Some(encoding) => encoding.categories(),
    };
    sort(categories)
}

/// What labels are.
pub(super) fn sort(labels: &[Label]) -> Cells {
    let all = |is: fn(&Label) -> bool| labels.iter().all(is);
    if all(|label| matches!(label, Label::Text(_))) {
        Cells::Texts
    } else if all(|label| matches!(label, Label::Integer(_))) {
        Cells::Integers
    } else if all(|label| matches!(label, Label::Boolean(_))) {
        Cells::Booleans
    } else {
        Cells::Mixed
    }
}

fn sum<'a>(document: &'a Document, intercept: f64, coefficients: &[f64]) -> Sum<'a> {
    let mut terms = Vec::new();
    let mut rest = coefficients;
    for (index, feature) in document.features.iter().enumerate() {
        let (own, after) = rest.split_at(feature.design_columns().min(rest.len()));
        rest = after;
        let (own, indicator) = match own.split_last() {
            Some((&last, own)) if feature.missing_indicator => (own, last),
            _ => (own, 0.0),
        };
        terms.extend(term(index, feature, own).filter(Term::matters));
        terms.extend(
            Some(Term::Missing {
                feature: index,
                coefficient: indicator,
            })
            .filter(Term::matters),
        );
    }
    Sum { intercept, terms }
}

fn term<'a>(index: usize, feature: &'a Feature, coefficients: &[f64]) -> Option<Term<'a>> {
    let first = coefficients.first().copied().unwrap_or_default();
    let (numbers, unknown) = match &feature.encoding {
        Some(Encoding::Text | Encoding::Unused) => return None,
        Some(Encoding::OneHot(one_hot)) => (
            one_hot_numbers(one_hot, coefficients),
            (one_hot.unknown == Unknown::Ignore).then_some(0.0),
        ),
        Some(Encoding::Ordinal(ordinal)) => (
            ordinal_numbers(ordinal, first),
            ordinal.unknown.map(|number| first * number),
        ),
        None => {
            let fill = match feature.missing {
                Cell::Number(number) => Some(number),
                _ => None,
            };
            return Some(Term::Number {
                feature: index,
                coefficient: first,
                fill,
            });
        }
    };
    let mut labels = numbers.iter().map(|(label, _)| *label);
    let fill = labels.find(|label| feature.missing.stands_for(label));
    Some(Term::Category {
        feature: index,
        numbers,
        unknown,
        fill,
    })
}

fn one_hot_numbers<'a>(one_hot: &'a OneHot, coefficients: &[f64]) -> Vec<(&'a Label, f64)> {
    let mut coefficients = coefficients.iter().copied();
    let mut numbers = Vec::with_capacity(one_hot.categories.len());
    for category in &one_hot.categories {
        let number = if one_hot.drop.as_ref() == Some(category) {
            0.0
        } else {
            coefficients.next().unwrap_or_default()
        };
        numbers.push((category, number));
    }
    numbers
}

fn ordinal_numbers(ordinal: &Ordinal, coefficient: f64) -> Vec<(&Label, f64)> {
    let categories = ordinal.categories.iter().enumerate();
    categories
        .map(|(index, category)| {
            let number = ordinal.numbers.get(index).copied();
            (category, coefficient * number.unwrap_or(index as f64))
        })
        .collect()
}

impl Sum<'_> {
    /// The same sum in a form that indicators of categories can say: what an unknown category adds is part of the
    /// intercept, and taken off again for the known ones.
    pub(super) fn with_indicators(mut self) -> Self {
        for term in &mut self.terms {
            if let Term::Category {
                numbers,
                unknown: Some(base),
                ..
            } = term
            {
                self.intercept += *base;
                numbers.iter_mut().for_each(|(_, number)| *number -= *base);
                *base = 0.0;
            }
        }
        self
    }
}

impl Term<'_> {
    /// The index of the feature whose cell it reads.
    pub(super) fn feature(&self) -> usize {
        match self {
            Self::Number { feature, .. }
            | Self::Category { feature, .. }
            | Self::Missing { feature, .. } => *feature,
        }
    }

    fn matters(&self) -> bool {
        match self {
            Self::Number { coefficient, .. } | Self::Missing { coefficient, .. } => {
                *coefficient != 0.0
            }
            Self::Category {
                numbers, unknown, ..
            } => {
                let mut all = numbers.iter().map(|(_, number)| *number).chain(*unknown);
                all.any(|number| number != 0.0)
            }
        }
    }
}
