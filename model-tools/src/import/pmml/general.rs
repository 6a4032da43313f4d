//! `GeneralRegressionModel`: parameters made of factors and covariates, as R's `pmml` and SPSS write them.
//!
//! Specification: dmg.org/pmml/v4-4/GeneralRegression.html.

use std::collections::{HashMap, HashSet};

use roxmltree::Node;
use sagelet::artifact::{Label, Link};

use super::fields::Fields;
use super::xml::{attribute, children, finite, number, refuse, wrong};
use super::{PmmlError, Rescaling};
use crate::import::linear::{Column, Kind, Prediction};

/// What a GeneralRegressionModel predicts.
pub(super) fn prediction(
    model: Node<'_, '_>,
    rescaling: Rescaling,
    fields: &mut Fields<'_, '_>,
) -> Result<Prediction, PmmlError> {
    let parameters = Parameters::read(model, fields)?;
    let scores = scores(model, &parameters, fields)?;
    let kind = attribute(model, "modelType")?;
    match (kind, attribute(model, "functionName")?) {
        ("regression" | "generalLinear", "regression") => {
            regression(model, scores, Link::Identity, rescaling)
        }
        ("generalizedLinear", "regression") => regression(model, scores, link(model)?, rescaling),
        ("generalizedLinear", "classification") if link(model)? != Link::Logit => Err(wrong(
            model,
            "a classification with another linkFunction than logit is not supported",
        )),
        ("generalizedLinear" | "multinomialLogistic", "classification") => {
            rescaling.refuse(model)?;
            classification(model, kind, scores, fields)
        }
        (kind, function) => Err(wrong(
            model,
            format!("modelType={kind:?} for {function} is not supported"),
        )),
    }
}

/// The link function of a generalised linear model.
fn link(model: Node<'_, '_>) -> Result<Link, PmmlError> {
    match (
        attribute(model, "linkFunction")?,
        model.attribute("linkParameter"),
    ) {
        ("identity", None) => Ok(Link::Identity),
        ("log", None) => Ok(Link::Log),
        ("logit", None) => Ok(Link::Logit),
        ("power", Some(power)) if power.trim().parse() == Ok(1.0) => Ok(Link::Identity),
        ("power", Some(power)) if power.trim().parse() == Ok(0.0) => Ok(Link::Log),
        (link, None) => Err(wrong(
            model,
            format!("linkFunction={link:?} is not supported: identity, log and logit are"),
        )),
        (link, Some(parameter)) => Err(wrong(
            model,
            format!("linkFunction={link:?} with linkParameter={parameter:?} is not supported"),
        )),
    }
}

/// The scores of the target's categories; the one of a regression has none.
type Scores<'a> = Vec<(Option<&'a str>, Column)>;

fn regression(
    model: Node<'_, '_>,
    scores: Scores<'_>,
    link: Link,
    rescaling: Rescaling,
) -> Result<Prediction, PmmlError> {
    let [(_, score)] = scores.as_slice() else {
        return Err(wrong(model, "a regression has parameters of one target"));
    };
    if link == Link::Identity {
        let score = score.affine(0.0, rescaling.factor, rescaling.constant);
        return Ok(Prediction::regression(Kind::Linear, vec![score]));
    }
    rescaling.refuse(model)?;
    Ok(Prediction::regression(
        Kind::Generalized(link),
        vec![score.clone()],
    ))
}

/// Classes, each with its score; that of the reference category, which has no parameters, is 0.
fn classification(
    model: Node<'_, '_>,
    kind: &str,
    scores: Scores<'_>,
    fields: &Fields<'_, '_>,
) -> Result<Prediction, PmmlError> {
    let classes = classes(model, &scores, fields);
    let mut by_class = by_class(model, scores, &classes)?;
    let base = reference(model, &classes, &by_class)?;
    let label = |class: &str| fields.target_label(class);
    if let [first, second] = classes.as_slice() {
        let event = if *first == base { second } else { first };
        let score = by_class.remove(event).into_iter().collect();
        let labels = vec![label(base), label(event)];
        return Ok(Prediction::classes(Kind::OneVsRest, score, labels));
    }
    if kind != "multinomialLogistic" {
        let count = classes.len();
        return Err(wrong(
            model,
            format!("a generalised linear model of {count} classes is not supported"),
        ));
    }
    let zero = || Column {
        constant: 0.0,
        terms: Vec::new(),
    };
    let scores = classes
        .iter()
        .map(|class| by_class.remove(class).unwrap_or_else(zero));
    let scores: Vec<Column> = scores.collect();
    let labels: Vec<Label> = classes.iter().copied().map(label).collect();
    Ok(Prediction::classes(Kind::Multinomial, scores, labels))
}

/// The classes in the order of the target's field, and those that only parameters tell of.
fn classes<'a>(model: Node<'a, '_>, scores: &Scores<'a>, fields: &Fields<'a, '_>) -> Vec<&'a str> {
    let mut classes = fields.target_values();
    let told = scores.iter().filter_map(|(category, _)| *category);
    for category in told.chain(model.attribute("targetReferenceCategory")) {
        if !classes.contains(&category) {
            classes.push(category);
        }
    }
    classes
}

/// The scores of the classes that have parameters. Without a name they are of the class that is not the reference.
fn by_class<'a>(
    model: Node<'a, '_>,
    scores: Scores<'a>,
    classes: &[&'a str],
) -> Result<HashMap<&'a str, Column>, PmmlError> {
    let mut by_class = HashMap::new();
    for (category, score) in scores {
        let event = match (
            category,
            classes,
            model.attribute("targetReferenceCategory"),
        ) {
            (Some(category), ..) => category,
            (None, [first, second], Some(reference)) if *first == reference => second,
            (None, [first, second], Some(reference)) if *second == reference => first,
            _ => {
                return Err(wrong(
                    model,
                    "parameters without a targetCategory do not say which class they are of",
                ));
            }
        };
        by_class.insert(event, score);
    }
    Ok(by_class)
}

/// The one class without parameters.
fn reference<'a>(
    model: Node<'a, '_>,
    classes: &[&'a str],
    by_class: &HashMap<&str, Column>,
) -> Result<&'a str, PmmlError> {
    let without: Vec<&str> = classes
        .iter()
        .copied()
        .filter(|class| !by_class.contains_key(class))
        .collect();
    let told = model.attribute("targetReferenceCategory");
    match without.as_slice() {
        [base] if told.is_none_or(|told| told == *base) => Ok(base),
        [base] => Err(wrong(
            model,
            format!("the class {base:?} has no parameters, and is not the reference category"),
        )),
        others => Err(wrong(
            model,
            format!(
                "{} of {} classes have no parameters, and one should be the reference",
                others.len(),
                classes.len()
            ),
        )),
    }
}

/// The columns of the design, by the names of their parameters.
struct Parameters<'a>(HashMap<&'a str, Column>);

impl<'a> Parameters<'a> {
    fn read(model: Node<'a, '_>, fields: &mut Fields<'_, '_>) -> Result<Self, PmmlError> {
        let predictors = Predictors::read(model)?;
        let mut columns = HashMap::new();
        for parameter in listed(model, "ParameterList", "Parameter") {
            refuse(parameter, &["referencePoint"])?;
            let name = attribute(parameter, "name")?;
            let intercept = Column {
                constant: 1.0,
                terms: Vec::new(),
            };
            if columns.insert(name, intercept).is_some() {
                return Err(wrong(
                    parameter,
                    format!("the parameter {name:?} stands twice in the ParameterList"),
                ));
            }
        }
        let mut met = HashSet::new();
        for cell in listed(model, "PPMatrix", "PPCell") {
            refuse(cell, &["targetCategory"])?;
            let name = attribute(cell, "parameterName")?;
            let Some(column) = columns.get_mut(name) else {
                return Err(wrong(
                    cell,
                    format!("the parameter {name:?} is not in the ParameterList"),
                ));
            };
            if !met.insert(name) {
                return Err(wrong(
                    cell,
                    format!(
                        "the parameter {name:?} is a product of several predictors, which makes it no linear model"
                    ),
                ));
            }
            *column = predictors.column(cell, fields)?;
        }
        Ok(Self(columns))
    }
}

fn listed<'a, 'input>(
    model: Node<'a, 'input>,
    list: &'static str,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    children(model, list).flat_map(move |list| children(list, name))
}

/// The fields that parameters are made of.
struct Predictors<'a> {
    factors: HashSet<&'a str>,
    covariates: HashSet<&'a str>,
}

impl<'a> Predictors<'a> {
    fn read(model: Node<'a, '_>) -> Result<Self, PmmlError> {
        let names = |list| {
            listed(model, list, "Predictor")
                .filter_map(|predictor| predictor.attribute("name"))
                .collect()
        };
        if let Some(factor) = listed(model, "FactorList", "Predictor")
            .find(|factor| children(*factor, "Matrix").next().is_some())
        {
            let name = attribute(factor, "name")?;
            return Err(wrong(
                factor,
                format!("the factor {name:?} has a contrast matrix, which is not supported"),
            ));
        }
        Ok(Self {
            factors: names("FactorList"),
            covariates: names("CovariateList"),
        })
    }

    /// The column that one cell of the matrix of predictors and parameters is.
    fn column(&self, cell: Node<'_, '_>, fields: &mut Fields<'_, '_>) -> Result<Column, PmmlError> {
        let (name, value) = (attribute(cell, "predictorName")?, attribute(cell, "value")?);
        if self.factors.contains(name) {
            let category = fields.category(cell, name, 0)?;
            return Ok(fields.indicator(&category, value));
        }
        if !self.covariates.contains(name) {
            return Err(wrong(
                cell,
                format!(
                    "the predictor {name:?} is neither in the FactorList nor in the CovariateList"
                ),
            ));
        }
        if finite(cell, "value", value)? != 1.0 {
            return Err(wrong(
                cell,
                format!("the exponent {value} of {name:?} makes it no linear model"),
            ));
        }
        fields.number(cell, name, 0)
    }
}

/// The scores that the parameters' estimates make, in the order in which categories come up.
fn scores<'a>(
    model: Node<'a, '_>,
    parameters: &Parameters<'_>,
    fields: &mut Fields<'_, '_>,
) -> Result<Scores<'a>, PmmlError> {
    let mut order: Vec<Option<&str>> = Vec::new();
    let mut terms: HashMap<Option<&str>, (Vec<Column>, Vec<f64>)> = HashMap::new();
    for cell in listed(model, "ParamMatrix", "PCell") {
        let (category, name) = (
            cell.attribute("targetCategory"),
            attribute(cell, "parameterName")?,
        );
        let Some(column) = parameters.0.get(name) else {
            return Err(wrong(
                cell,
                format!("the parameter {name:?} is not in the ParameterList"),
            ));
        };
        let (columns, weights) = terms.entry(category).or_insert_with(|| {
            order.push(category);
            (Vec::new(), Vec::new())
        });
        columns.push(column.clone());
        weights.push(number(cell, "beta")?);
    }
    let offset = offset(model, fields)?;
    let mut scores = Vec::new();
    for category in order {
        let (mut columns, mut weights) = terms.remove(&category).unwrap_or_default();
        columns.push(offset.clone());
        weights.push(1.0);
        scores.push((category, fields.sum(&columns, &weights, 0.0)?));
    }
    if scores.is_empty() {
        return Err(wrong(model, "the ParamMatrix is empty"));
    }
    Ok(scores)
}

/// What is added to every score: a number, or a field as it is.
fn offset(model: Node<'_, '_>, fields: &mut Fields<'_, '_>) -> Result<Column, PmmlError> {
    refuse(model, &["trialsVariable"])?;
    if let Some(trials) = model.attribute("trialsValue")
        && trials.trim().parse() != Ok(1.0)
    {
        return Err(wrong(
            model,
            format!("trialsValue={trials:?} is not supported: predictions are per trial"),
        ));
    }
    match (
        model.attribute("offsetVariable"),
        model.attribute("offsetValue"),
    ) {
        (Some(name), _) => fields.number(model, name, 0),
        (None, Some(text)) => Ok(Column {
            constant: finite(model, "offsetValue", text)?,
            terms: Vec::new(),
        }),
        (None, None) => Ok(Column {
            constant: 0.0,
            terms: Vec::new(),
        }),
    }
}
