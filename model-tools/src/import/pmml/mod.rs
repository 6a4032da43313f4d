//! PMML: a RegressionModel or GeneralRegressionModel, as R's pmml, JPMML, KNIME, Spark, SPSS, SAS and others write them.

mod expressions;
mod fields;
mod general;
mod regression;
mod tables;
mod value;
mod xml;

use roxmltree::{Document as Xml, Node, ParsingOptions};
use sagelet::artifact::Isotonic;

use self::fields::Fields;
use self::xml::{children, elements, finite, refuse, wrong};
use super::linear::{self, Conflict, Prediction};
use super::{ImportError, Imported};

use crate::import::limits::XML_NODES_MAX;

/// Why a file gives no model.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PmmlError {
    #[error("it is not UTF-8")]
    Utf8,
    #[error("the XML is damaged, or has a DTD: {0}")]
    Xml(#[from] roxmltree::Error),
    #[error("there is no RegressionModel or GeneralRegressionModel in it: {0}")]
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

impl PmmlError {
    /// The same in a derived field, whose name is told once.
    fn of(self, name: &str) -> Self {
        match self {
            Self::Element { line, reason } if !reason.starts_with("the derived field") => {
                Self::Element {
                    line,
                    reason: format!("the derived field {name:?}: {reason}"),
                }
            }
            other => other,
        }
    }
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
        nodes_limit: XML_NODES_MAX,
        ..ParsingOptions::default()
    };
    let xml = Xml::parse_with_options(text.trim_start_matches('\u{feff}'), options)?;
    let root = xml.root_element();
    let (fields, mut prediction) = predicted(root)?;
    let (conversion, scores) = fields.cells.features(&prediction.scores)?;
    prediction.scores = scores;
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

/// What the first model that can be read predicts, and the fields that it reads.
fn predicted<'a, 'input>(
    root: Node<'a, 'input>,
) -> Result<(Fields<'a, 'input>, Prediction), PmmlError> {
    let regression = children(root, "RegressionModel").next();
    let general = children(root, "GeneralRegressionModel").next();
    let model = regression.or(general).ok_or_else(|| no_model(root))?;
    let rescaling = Rescaling::read(model)?;
    let mut fields = Fields::read(root, model)?;
    let prediction = match regression {
        Some(model) => regression::prediction(model, rescaling, &mut fields)?,
        None => general::prediction(model, rescaling, &mut fields)?,
    };
    Ok((fields, prediction))
}

/// Models whose elements have names of their own, and what they are.
const OTHER_MODELS: [(&str, &str); 3] = [
    (
        "NeuralNetwork",
        "the functions between its layers are not linear",
    ),
    ("Scorecard", "it adds up scores of ranges of numbers"),
    ("MiningModel", "it is made of several models"),
];

fn no_model(root: Node<'_, '_>) -> PmmlError {
    let mut names = elements(root).map(|node| node.tag_name().name());
    let is_other = |name: &&str| OTHER_MODELS.iter().any(|(other, _)| other == name);
    let model = names.find(|name| name.ends_with("Model") || is_other(name));
    let Some(name) = model else {
        return PmmlError::NoModel("no model at all".to_owned());
    };
    let why = OTHER_MODELS.iter().find(|(other, _)| *other == name);
    let why = why.map_or_else(String::new, |(_, why)| format!(", as {why}"));
    PmmlError::NoModel(format!("a {name} is not supported{why}"))
}

/// What becomes of a prediction in the end: factor · prediction + constant.
#[derive(Debug, Clone, Copy)]
struct Rescaling {
    factor: f64,
    constant: f64,
}

impl Rescaling {
    /// A target may be cast or cut off too, which an artifact has no form for.
    fn read(model: Node<'_, '_>) -> Result<Self, PmmlError> {
        let mut rescaling = Self {
            factor: 1.0,
            constant: 0.0,
        };
        let schema =
            children(model, "MiningSchema").flat_map(|schema| children(schema, "MiningField"));
        let is_target = |field: &Node<'_, '_>| {
            matches!(field.attribute("usageType"), Some("target" | "predicted"))
        };
        let names: Vec<&str> = schema
            .filter(is_target)
            .filter_map(|field| field.attribute("name"))
            .collect();
        let targets = children(model, "Targets").flat_map(|targets| children(targets, "Target"));
        let of_other = |target: &Node<'_, '_>| {
            target
                .attribute("field")
                .is_some_and(|name| !names.contains(&name))
        };
        for target in targets.filter(|target| !of_other(target)) {
            refuse(target, &["castInteger", "min", "max"])?;
            for (name, place) in [
                ("rescaleFactor", &mut rescaling.factor),
                ("rescaleConstant", &mut rescaling.constant),
            ] {
                if let Some(text) = target.attribute(name) {
                    *place = finite(target, name, text)?;
                }
            }
        }
        Ok(rescaling)
    }

    /// Whether it takes 1 off, as what makes exp to expm1 does.
    fn is_minus_one(self) -> bool {
        self.factor == 1.0 && self.constant == -1.0
    }

    fn of(self, isotonic: &Isotonic) -> Isotonic {
        let rescaled = isotonic
            .y_thresholds
            .iter()
            .map(|y| y * self.factor + self.constant);
        Isotonic {
            x_thresholds: isotonic.x_thresholds.clone(),
            y_thresholds: rescaled.collect(),
        }
    }

    /// Refuses it where there is no place for it.
    fn refuse(self, model: Node<'_, '_>) -> Result<(), PmmlError> {
        if self.factor == 1.0 && self.constant == 0.0 {
            return Ok(());
        }
        Err(wrong(
            model,
            "rescaleFactor or rescaleConstant changes the prediction of a function other than the identity, which is not supported",
        ))
    }
}
