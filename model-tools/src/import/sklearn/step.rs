//! One estimator of scikit-learn in a tree, with its place, and the questions that converting it asks.

use std::fmt;

use sagelet::text::{Unit, bounded};

use crate::import::index::whole_index;
use crate::import::limits::{CLASS_CHARS_MAX, ESTIMATOR_LEVELS_MAX};
use crate::import::linear::{Column, Conversion};
use crate::import::objects::{Array, Dtype, Kind, Node, Value};

/// Pipelines of other packages whose steps go through rows as scikit-learn's own do.
const KIN: [(&str, &str); 2] = [
    ("imblearn.pipeline", "Pipeline"),
    ("sklearn2pmml.pipeline", "PMMLPipeline"),
];

/// Packages whose estimators work as scikit-learn's do.
const PACKAGES: [&str; 5] = [
    "catboost",
    "imblearn",
    "lightgbm",
    "sklearn2pmml",
    "xgboost",
];

/// Why an estimator cannot be converted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    place: String,
    class: String,
    reason: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.place.as_str(), self.class.as_str()) {
            ("", "") => formatter.write_str(&self.reason),
            ("", class) => write!(formatter, "{class}: {}", self.reason),
            (place, _) => write!(formatter, "{place} ({}): {}", self.class, self.reason),
        }
    }
}

impl std::error::Error for Refusal {}

/// What a conversion answers with.
pub(super) type Outcome<T> = Result<T, Refusal>;

/// An estimator, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Step<'a> {
    pub(super) value: Value<'a>,
    /// The class's name, without its module; for other things, what they are.
    pub(super) class: &'a str,
    /// Such as `step "scale" of the pipeline`; empty for the whole model.
    place: String,
    level: usize,
}

impl<'a> Step<'a> {
    /// The whole model.
    pub(super) fn root(value: Value<'a>) -> Self {
        Self {
            value,
            class: class_name(value),
            place: String::new(),
            level: 0,
        }
    }

    /// Several files, of which this is one: errors name no class.
    pub(super) fn files(value: Value<'a>) -> Self {
        Self {
            class: "",
            ..Self::root(value)
        }
    }

    /// The error for files without an estimator.
    pub(super) fn nothing_found() -> Refusal {
        Refusal {
            place: String::new(),
            class: String::new(),
            reason: "there is no estimator of scikit-learn in the files".to_owned(),
        }
    }

    /// A part of this estimator that is an estimator itself.
    pub(super) fn part(&self, value: Value<'a>, place: &str) -> Outcome<Self> {
        if self.level == ESTIMATOR_LEVELS_MAX {
            return Err(self.refuse(format_args!(
                "more than {ESTIMATOR_LEVELS_MAX} estimators lie in each other"
            )));
        }
        let place = bounded(&place, CLASS_CHARS_MAX, Unit::Characters);
        Ok(Self {
            value,
            class: class_name(value),
            place: match self.place.as_str() {
                "" => place,
                outer => format!("{outer}, {place}"),
            },
            level: self.level + 1,
        })
    }

    /// The error that says why this estimator cannot be converted.
    pub(super) fn refuse(&self, reason: impl fmt::Display) -> Refusal {
        Refusal {
            place: self.place.clone(),
            class: bounded(&self.class, CLASS_CHARS_MAX, Unit::Characters),
            reason: reason.to_string(),
        }
    }

    /// Whether this is a class of scikit-learn, in whichever of its modules the version has it, or a pipeline of another
    /// package that predicts as scikit-learn's does.
    pub(super) fn is_scikit_learn(&self) -> bool {
        self.value.class().is_some_and(|class| {
            class.module.split('.').next() == Some("sklearn")
                || KIN.contains(&(class.module.as_str(), class.name.as_str()))
        })
    }

    /// Whether this is an estimator as a whole, of scikit-learn or of another package: what it is made of is no model
    /// of its own.
    pub(super) fn is_estimator(&self) -> bool {
        let package = self
            .value
            .class()
            .and_then(|class| class.module.split('.').next());
        self.is_scikit_learn() || package.is_some_and(|package| PACKAGES.contains(&package))
    }

    /// The attribute, if the estimator has it and it is not `None`.
    pub(super) fn optional(&self, name: &str) -> Option<Value<'a>> {
        self.value.attribute(name).filter(|value| !value.is_none())
    }

    /// The attribute. What is learnt in training ends with an underscore: without it the estimator is not fitted.
    pub(super) fn attribute(&self, name: &str) -> Outcome<Value<'a>> {
        self.optional(name)
            .ok_or_else(|| match name.strip_suffix('_') {
                Some(_) => self.refuse(format_args!("it has no {name}: it is not fitted")),
                None => self.refuse(format_args!("it has no {name}")),
            })
    }

    /// The name that an attribute has here: it had another in older versions.
    pub(super) fn either<'n>(&self, new: &'n str, old: &'n str) -> &'n str {
        if self.optional(old).is_some() && self.optional(new).is_none() {
            old
        } else {
            new
        }
    }

    /// A part under an attribute.
    pub(super) fn part_under(&self, name: &str) -> Outcome<Self> {
        self.part(self.attribute(name)?, name)
    }

    /// A parameter that is `True` or `False`; of versions that do not have it, what they do.
    pub(super) fn flag(&self, name: &str, absent: bool) -> Outcome<bool> {
        match self.optional(name) {
            None => Ok(absent),
            Some(value) => value
                .truth()
                .ok_or_else(|| self.wrong(name, "True or False")),
        }
    }

    /// A parameter that is a text.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.optional(name)?.text()
    }

    /// Major and minor version of the scikit-learn that fitted this, as `0.22.2.post1` names them.
    pub(super) fn version(&self) -> Option<(u32, u32)> {
        let mut parts = self.text("_sklearn_version")?.split('.');
        let major = parts.next()?.parse().ok()?;
        // Such as the `9rc1` of `1.9rc1`.
        let minor = parts.next()?;
        let digits = minor.find(|character: char| !character.is_ascii_digit());
        let minor = minor.get(..digits.unwrap_or(minor.len()))?;
        Some((major, minor.parse().ok()?))
    }

    /// A parameter that is a number of columns.
    pub(super) fn count(&self, name: &str) -> Outcome<usize> {
        let count = self.attribute(name)?.integer();
        let count = count.and_then(|count| usize::try_from(count).ok());
        count.ok_or_else(|| self.wrong(name, "a number of columns"))
    }

    /// The numbers of an attribute that is an array, a list or a number; row by row, and its shape.
    pub(super) fn numbers(&self, name: &str) -> Outcome<(Vec<f64>, Vec<usize>)> {
        let value = self.attribute(name)?;
        if let Some(number) = value.number().filter(|_| value.array().is_none()) {
            return Ok((vec![number], Vec::new()));
        }
        if let (None, Some(elements)) = (value.array(), value.elements()) {
            let numbers: Option<Vec<_>> = elements.map(Value::number).collect();
            let numbers = numbers.ok_or_else(|| self.wrong(name, "a list of numbers"))?;
            let shape = vec![numbers.len()];
            return Ok((numbers, shape));
        }
        let array = value.array().ok_or_else(|| self.wrong(name, "an array"))?;
        let numbers = array
            .floats(value.objects())
            .map_err(|error| self.refuse(format_args!("{name}: {error}")))?;
        Ok((numbers, array.shape.clone()))
    }

    /// The numbers of an attribute that has one for each of `count` columns.
    pub(super) fn column_numbers(&self, name: &str, count: usize) -> Outcome<Vec<f64>> {
        let (numbers, _) = self.numbers(name)?;
        if numbers.len() != count {
            return Err(self.refuse(format_args!(
                "{name} has {} numbers for {count} columns",
                numbers.len()
            )));
        }
        Ok(numbers)
    }

    /// The numbers of an array or list, each the place of one of `count` things.
    pub(super) fn indices(&self, name: &str, count: usize) -> Outcome<Vec<usize>> {
        let (numbers, _) = self.numbers(name)?;
        let indices = numbers.into_iter().map(|number| index(number, count));
        let indices: Option<Vec<_>> = indices.collect();
        indices
            .ok_or_else(|| self.wrong(name, &format!("a list of whole numbers from 0 to {count}")))
    }

    /// Counts what columns that this makes more of take: the parts of a file may be the same one a million times.
    pub(super) fn spend(&self, columns: &[Column], conversion: &mut Conversion) -> Outcome<()> {
        /// A column without terms takes as much memory as this many.
        const COLUMN: usize = 2;
        let weights = columns.iter().map(|column| COLUMN + column.terms.len());
        let weights = weights.sum();
        let spent = conversion.spend(weights);
        spent.map_err(|conflict| self.refuse(conflict))
    }

    /// The error for an attribute of another type.
    pub(super) fn wrong(&self, name: &str, wanted: &str) -> Refusal {
        self.refuse(format_args!("{name} is not {wanted}"))
    }
}

/// The place among `count` things that a number names.
pub(super) fn index(number: f64, count: usize) -> Option<usize> {
    whole_index(number).filter(|index| *index < count)
}

/// The type of an array whose numbers are less exact than those of an artifact.
pub(super) fn half_precision(array: &Array) -> Option<Dtype> {
    Some(array.dtype).filter(|dtype| dtype.kind == Kind::Float && dtype.bytes < 8)
}

fn class_name(value: Value<'_>) -> &str {
    match (value.class(), value.node()) {
        (Some(class), _) => &class.name,
        (None, Node::Text(text)) if matches!(&**text, "passthrough" | "drop") => text,
        (None, Node::Text(_)) => "text",
        (None, Node::None) => "None",
        (None, Node::Dict(_)) => "dict",
        (None, Node::List(_)) => "list",
        (None, Node::Tuple(_)) => "tuple",
        (None, Node::Array(_)) => "numpy array",
        (None, Node::Global(global)) => &global.name,
        _ => "object",
    }
}
