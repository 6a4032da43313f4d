//! PMML: a RegressionModel, as R's pmml, KNIME, Spark, SAS and others write it.
//!
//! Specification: dmg.org/pmml/v4-4/Regression.html.

mod fields;

use roxmltree::{Document as Xml, Node, ParsingOptions};
use sagelet::artifact::{Label, Link};

use self::fields::Fields;
use super::linear::{self, Column, Conflict, Conversion, Kind, Part, Prediction, Source};
use super::{ImportError, Imported};

/// XML nodes of a document: ten for each of the 100,000 predictors of a very wide model.
const NODES_MAX: u32 = 1_000_000;

/// Why a file gives no model.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PmmlError {
    #[error("it is not UTF-8")]
    Utf8,
    #[error("the XML is damaged, or has a DTD: {0}")]
    Xml(#[from] roxmltree::Error),
    #[error("there is no RegressionModel in it: {0}")]
    NoModel(String),
    #[error("line {line}: {reason}")]
    Element {
        /// Counted from 1.
        line: u32,
        /// What is wrong with the element there.
        reason: String,
    },
    #[error(transparent)]
    Conflict(#[from] Conflict),
}

/// The root element is PMML, after a declaration and comments.
pub(super) fn detect(bytes: &[u8]) -> bool {
    let head = bytes.get(..4096).unwrap_or(bytes).trim_ascii_start();
    head.starts_with(b"<") && memchr::memmem::find(head, b"<PMML").is_some()
}

/// Reads a model.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    Ok(convert(bytes)?)
}

fn convert(bytes: &[u8]) -> Result<Imported, PmmlError> {
    let text = std::str::from_utf8(bytes).map_err(|_| PmmlError::Utf8)?;
    let options = ParsingOptions {
        nodes_limit: NODES_MAX,
        ..ParsingOptions::default()
    };
    let xml = Xml::parse_with_options(text.trim_start_matches('\u{feff}'), options)?;
    let root = xml.root_element();
    let model = children(root, "RegressionModel")
        .next()
        .ok_or_else(|| no_model(root))?;
    refuse_rescaling(model)?;
    let mut fields = Fields::read(root, model)?;
    let tables: Vec<Table<'_>> = children(model, "RegressionTable")
        .map(|table| Table::read(table, &mut fields))
        .collect::<Result<_, _>>()?;
    let prediction = prediction(model, &tables, &fields)?;
    let conversion = Conversion::new(fields.into_features());
    let (mut document, notes) = linear::document(conversion, &prediction)?;
    let application = children(root, "Header")
        .flat_map(|header| children(header, "Application"))
        .next();
    if let Some(name) = application.and_then(|application| application.attribute("name")) {
        document
            .provenance
            .insert("library".to_owned(), name.to_owned());
    }
    Ok(Imported {
        notes,
        ..Imported::new(document)
    })
}

fn no_model(root: Node<'_, '_>) -> PmmlError {
    let others = root
        .children()
        .filter(Node::is_element)
        .map(|node| node.tag_name().name());
    let model = others.into_iter().find(|name| name.ends_with("Model"));
    PmmlError::NoModel(match model {
        Some(name) => format!("a {name} is not supported"),
        None => "no model at all".to_owned(),
    })
}

/// The children of a name, in whichever version's name space.
fn children<'a, 'input>(
    node: Node<'a, 'input>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children()
        .filter(move |child| child.is_element() && child.tag_name().name() == name)
}

fn wrong(node: Node<'_, '_>, reason: impl Into<String>) -> PmmlError {
    let line = node.document().text_pos_at(node.range().start).row;
    PmmlError::Element {
        line,
        reason: reason.into(),
    }
}

fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Result<&'a str, PmmlError> {
    node.attribute(name)
        .ok_or_else(|| wrong(node, format!("{} has no {name}", node.tag_name().name())))
}

fn number(node: Node<'_, '_>, name: &str) -> Result<f64, PmmlError> {
    let text = attribute(node, name)?;
    let number = text
        .trim()
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| wrong(node, format!("{name}={text:?} is not a finite number")))
}

/// A target may be scaled, cast or cut off after the prediction, which an artifact has no form for.
fn refuse_rescaling(model: Node<'_, '_>) -> Result<(), PmmlError> {
    let targets = children(model, "Targets").flat_map(|targets| children(targets, "Target"));
    for target in targets {
        let changes = [
            "rescaleConstant",
            "rescaleFactor",
            "castInteger",
            "min",
            "max",
        ];
        if let Some(change) = changes
            .iter()
            .find(|name| target.attribute(**name).is_some())
        {
            return Err(wrong(
                target,
                format!("{change} changes the prediction, which is not supported"),
            ));
        }
    }
    Ok(())
}

/// A RegressionTable.
struct Table<'a> {
    score: Column,
    category: Option<&'a str>,
}

impl<'a> Table<'a> {
    fn read(table: Node<'a, '_>, fields: &mut Fields) -> Result<Self, PmmlError> {
        let mut score = Column {
            constant: number(table, "intercept")?,
            terms: Vec::new(),
        };
        for predictor in table.children().filter(Node::is_element) {
            let term = match predictor.tag_name().name() {
                "NumericPredictor" => numeric(predictor, fields)?,
                "CategoricalPredictor" => categorical(predictor, fields)?,
                "PredictorTerm" => term(predictor, fields)?,
                "Extension" => continue,
                other => return Err(wrong(predictor, format!("{other} is not supported"))),
            };
            score.terms.push(term);
        }
        Ok(Self {
            score,
            category: table.attribute("targetCategory"),
        })
    }

    /// The table of a class whose score is always 0.
    fn is_empty(&self) -> bool {
        self.score.terms.is_empty() && self.score.constant == 0.0
    }
}

fn numeric(predictor: Node<'_, '_>, fields: &Fields) -> Result<(Source, f64), PmmlError> {
    let exponent = predictor.attribute("exponent").unwrap_or("1");
    if exponent.trim().parse() != Ok(1.0) {
        return Err(wrong(
            predictor,
            format!("the exponent {exponent} makes it no linear model"),
        ));
    }
    let feature = fields.numeric(predictor, attribute(predictor, "name")?)?;
    Ok((
        Source {
            feature,
            part: Part::Number,
        },
        number(predictor, "coefficient")?,
    ))
}

fn categorical(predictor: Node<'_, '_>, fields: &mut Fields) -> Result<(Source, f64), PmmlError> {
    let (name, value) = (
        attribute(predictor, "name")?,
        attribute(predictor, "value")?,
    );
    let (feature, category) = fields.category(predictor, name, value)?;
    Ok((
        Source {
            feature,
            part: Part::Category(category),
        },
        number(predictor, "coefficient")?,
    ))
}

/// A product of fields. One alone is a numeric predictor.
fn term(predictor: Node<'_, '_>, fields: &Fields) -> Result<(Source, f64), PmmlError> {
    let mut references = children(predictor, "FieldRef");
    match (references.next(), references.next()) {
        (Some(reference), None) => {
            let feature = fields.numeric(reference, attribute(reference, "field")?)?;
            Ok((
                Source {
                    feature,
                    part: Part::Number,
                },
                number(predictor, "coefficient")?,
            ))
        }
        _ => Err(wrong(
            predictor,
            "a product of several fields makes it no linear model",
        )),
    }
}

fn prediction(
    model: Node<'_, '_>,
    tables: &[Table<'_>],
    fields: &Fields,
) -> Result<Prediction, PmmlError> {
    let normalization = model.attribute("normalizationMethod").unwrap_or("none");
    if attribute(model, "functionName")? == "classification" {
        return classification(model, tables, fields, normalization);
    }
    let kind = match normalization {
        "none" => Kind::Linear,
        "exp" => Kind::Generalized(Link::Log),
        "logit" | "softmax" => Kind::Generalized(Link::Logit),
        other => {
            return Err(wrong(
                model,
                format!("normalizationMethod={other:?} is not supported in a regression"),
            ));
        }
    };
    match tables {
        [table] => Ok(Prediction::regression(kind, vec![table.score.clone()])),
        tables => Err(wrong(
            model,
            format!("a regression has one RegressionTable, not {}", tables.len()),
        )),
    }
}

/// Of two classes one has a table without predictors, as a rule: its score is 0.
fn classification(
    model: Node<'_, '_>,
    tables: &[Table<'_>],
    fields: &Fields,
    normalization: &str,
) -> Result<Prediction, PmmlError> {
    let labels = tables.iter().map(|table| {
        let category = table.category.ok_or_else(|| {
            wrong(
                model,
                "a RegressionTable of a classification has no targetCategory",
            )
        })?;
        Ok(fields.target_label(category))
    });
    let labels: Vec<Label> = labels.collect::<Result<_, PmmlError>>()?;
    let scores: Vec<Column> = tables.iter().map(|table| table.score.clone()).collect();
    let single = match (tables, labels.as_slice()) {
        ([first, second], [one, other]) if second.is_empty() => Some((first, other, one)),
        ([first, second], [one, other]) if first.is_empty() => Some((second, one, other)),
        _ => None,
    };
    match (normalization, single) {
        ("logit", Some((table, first, second))) if !tables.first().is_some_and(Table::is_empty) => {
            Ok(Prediction::classes(
                Kind::OneVsRest,
                vec![table.score.clone()],
                vec![first.clone(), second.clone()],
            ))
        }
        ("softmax", Some((table, first, second))) => Ok(Prediction::classes(
            Kind::OneVsRest,
            vec![table.score.clone()],
            vec![first.clone(), second.clone()],
        )),
        ("softmax", None) => Ok(Prediction::classes(Kind::Multinomial, scores, labels)),
        ("none", _) => Ok(Prediction::classes(Kind::Classes, scores, labels)),
        (other, _) => Err(wrong(
            model,
            format!(
                "normalizationMethod={other:?} is not supported for {} classes",
                labels.len()
            ),
        )),
    }
}
