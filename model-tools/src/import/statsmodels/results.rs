//! What a result holds: the model's class, the coefficients, the names of columns, and what becomes of the score.

use std::collections::BTreeMap;

use sagelet::artifact::{InverseTransform, Label, Link};

use super::{StatsmodelsError, label, link};
use crate::import::linear::Kind;
use crate::import::objects::Value;
use crate::shown::bare;

/// A result, as far as a prediction needs it.
pub(super) struct Results<'a> {
    pub(super) model: Value<'a>,
    /// The class of the model, such as `GLM`.
    pub(super) class: &'a str,
    /// One list for each score, one number for each column of the design matrix.
    pub(super) coefficients: Vec<Vec<f64>>,
    pub(super) outcome: Outcome,
    pub(super) has_offset: bool,
    pub(super) has_exposure: bool,
    /// What was left out or assumed, a sentence each.
    pub(super) notes: Vec<String>,
}

/// What becomes of the scores.
pub(super) enum Outcome {
    /// A number.
    Mean {
        kind: Kind,
        inverse: Option<InverseTransform>,
    },
    /// The softmax of the scores, of which the first is 0.
    Classes(Vec<Label>),
}

const NO_LINK: Option<InverseTransform> = None;

impl<'a> Results<'a> {
    pub(super) fn read(root: Value<'a>) -> Result<Self, StatsmodelsError> {
        let results = root.attribute("_results").unwrap_or(root);
        let (Some(model), Some(params)) = (results.attribute("model"), results.attribute("params"))
        else {
            let class = root.class().map(ToString::to_string);
            return Err(StatsmodelsError::NoResults(class.unwrap_or_default()));
        };
        let class = model.class().map_or("", |class| class.name.as_str());
        let mut results = Self {
            model,
            class,
            coefficients: Vec::new(),
            outcome: outcome(model, class).map_err(|reason| refused(class, reason))?,
            has_offset: false,
            has_exposure: false,
            notes: Vec::new(),
        };
        results.read_offset();
        results.read_coefficients(params)?;
        Ok(results)
    }

    /// The error that says why this model makes no artifact.
    pub(super) fn refuse(&self, reason: &str) -> StatsmodelsError {
        refused(self.class, reason.to_owned())
    }

    /// `params`: of a count model with its extra parameters at the end, of a multinomial one with a column for each
    /// class but the first.
    fn read_coefficients(&mut self, params: Value<'_>) -> Result<(), StatsmodelsError> {
        const WHAT: &str = "coefficients";
        let array = params.array().ok_or(StatsmodelsError::Missing(WHAT))?;
        let numbers = array.floats(params.objects())?;
        if numbers.iter().any(|number| !number.is_finite()) {
            return Err(self.refuse("its coefficients are not all finite: it did not converge"));
        }
        let extra = self.model.attribute("k_extra").and_then(Value::integer);
        let extra = usize::try_from(extra.unwrap_or(0)).unwrap_or(0);
        match (&mut self.outcome, array.shape.as_slice()) {
            (Outcome::Mean { .. }, &[length]) if length > extra => {
                let own = numbers.into_iter().take(length - extra);
                self.coefficients = vec![own.collect()];
                Ok(())
            }
            (Outcome::Classes(labels), &[_, others]) if others > 0 => {
                self.coefficients = columns(&numbers, others);
                match labels.len() == others + 1 {
                    true => Ok(()),
                    false => Err(StatsmodelsError::Missing("the names of all classes")),
                }
            }
            _ => Err(StatsmodelsError::Missing(WHAT)),
        }
    }

    /// An offset is a column that is added as it is; of an exposure the logarithm is added.
    fn read_offset(&mut self) {
        let is_there = |name: &str| {
            let value = self.model.attribute(name);
            value.is_some_and(|value| !value.is_none()) || self.is_told(name)
        };
        (self.has_offset, self.has_exposure) = (is_there("offset"), is_there("exposure"));
        if self.has_offset {
            self.notes.push(
                "has an offset: it is the last column of the rows, and is added to the score"
                    .to_owned(),
            );
        }
        if self.has_exposure {
            self.notes.push(
                "has an exposure: it is the last column of the rows, and its logarithm is added to the score"
                    .to_owned(),
            );
        }
    }

    /// Whether a flag of version 0.15 says that there is one.
    fn is_told(&self, name: &str) -> bool {
        let flag = match name {
            "offset" => "_has_offset",
            _ => "_has_exposure",
        };
        let flag = self.model.attribute(flag).and_then(Value::truth);
        flag.unwrap_or(false)
    }

    /// Where the file says that it is from.
    pub(super) fn provenance(&self) -> BTreeMap<String, String> {
        let mut provenance = BTreeMap::from([("library".to_owned(), "statsmodels".to_owned())]);
        if let Some(class) = self.model.class() {
            provenance.insert("class".to_owned(), class.to_string());
        }
        let family = self.model.attribute("family").and_then(Value::class);
        if let Some(family) = family {
            provenance.insert("family".to_owned(), bare(&family.name));
        }
        provenance
    }
}

fn refused(class: &str, reason: String) -> StatsmodelsError {
    StatsmodelsError::Model {
        class: bare(class),
        reason,
    }
}

/// The columns of a table of this width, each as a list.
fn columns(numbers: &[f64], width: usize) -> Vec<Vec<f64>> {
    let column = |index| numbers.iter().skip(index).step_by(width).copied().collect();
    (0..width).map(column).collect()
}

/// What a model's class makes of its scores.
fn outcome(model: Value<'_>, class: &str) -> Result<Outcome, String> {
    let mean = |kind| {
        Ok(Outcome::Mean {
            kind,
            inverse: NO_LINK,
        })
    };
    match class {
        "OLS" | "WLS" | "GLS" | "GLSAR" | "RLM" | "QuantReg" => mean(Kind::Linear),
        "Logit" => mean(Kind::Generalized(Link::Logit)),
        "Poisson" | "NegativeBinomial" | "NegativeBinomialP" | "GeneralizedPoisson" => {
            mean(Kind::Generalized(Link::Log))
        }
        "GLM" => {
            let family = model.attribute("family");
            let link = family.and_then(|family| {
                let link = family.attribute("_link");
                link.or_else(|| family.attribute("link"))
            });
            let link = link.ok_or_else(|| "its family has no link".to_owned())?;
            let (kind, inverse) = link::mean(link)?;
            Ok(Outcome::Mean { kind, inverse })
        }
        "MNLogit" => Ok(Outcome::Classes(classes(model))),
        "Probit" => Err(
            "its link is probit, which an artifact has no link for: fit a Logit instead"
                .to_owned(),
        ),
        _ => Err(
            "not a model that is read: OLS, WLS, GLS, GLSAR, RLM, QuantReg, GLM, Logit, Poisson, NegativeBinomial, NegativeBinomialP, GeneralizedPoisson and MNLogit are"
                .to_owned(),
        ),
    }
}

/// The names of a multinomial model's classes, in the order of their numbers.
fn classes(model: Value<'_>) -> Vec<Label> {
    let names = model.attribute("_ynames_map").and_then(Value::entries);
    let mut names: Vec<(i64, Label)> = names
        .into_iter()
        .flatten()
        .filter_map(|(number, name)| {
            let integer = || name.integer().map(Label::Integer);
            let name = name.text().map(label).or_else(integer)?;
            Some((number.integer()?, name))
        })
        .collect();
    names.sort_by_key(|(number, _)| *number);
    names.into_iter().map(|(_, name)| name).collect()
}
