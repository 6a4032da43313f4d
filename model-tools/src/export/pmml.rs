//! PMML 4.4: a RegressionModel, for the scoring engines of databases and enterprises.
//!
//! Filling in missing cells, their indicators and the pieces of an isotonic regression are derived fields.
//! Specification: dmg.org/pmml/v4-4/Regression.html.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use sagelet::artifact::{Cell, Document, Encoding, Feature, Isotonic, Label, Unknown};

use super::sums::{self, Cells, Curve, Outcome, Probabilities, Sum, Term};
use super::{ExportError, check_names, output_name};

/// Writes a document of one model.
pub(super) fn write(document: &Document) -> Result<Vec<u8>, ExportError> {
    check_names(document)?;
    let mut writer = Writer {
        document,
        target: output_name(document, "prediction"),
        derived: BTreeSet::new(),
        read: sums::of(document)
            .iter()
            .flat_map(|sum| sum.terms.iter().map(Term::feature))
            .collect(),
    };
    let model = writer.model()?;
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.push_str("<PMML xmlns=\"http://www.dmg.org/PMML-4_4\" version=\"4.4\">\n");
    let _ = writeln!(
        text,
        "  <Header description={}>\n    <Application name=\"sagelet\" version=\"{}\"/>\n  </Header>",
        quoted(&format!(
            "{}, {} features",
            document.model.kind(),
            document.features.len()
        ))?,
        env!("CARGO_PKG_VERSION")
    );
    text.push_str(&writer.dictionary()?);
    text.push_str(&writer.transformations());
    text.push_str(&model);
    text.push_str("</PMML>\n");
    Ok(text.into_bytes())
}

fn refused<T>(reason: impl Into<String>) -> Result<T, ExportError> {
    Err(ExportError::Refused(reason.into()))
}

struct Writer<'a> {
    document: &'a Document,
    target: String,
    /// The derived fields that the model reads.
    derived: BTreeSet<String>,
    /// The indexes of the features that add something.
    read: BTreeSet<usize>,
}

impl Writer<'_> {
    fn model(&mut self) -> Result<String, ExportError> {
        let sums = sums::of(self.document).into_iter();
        let sums: Vec<Sum<'_>> = sums.map(Sum::with_indicators).collect();
        let labels = self.document.model.labels();
        let (normalization, rescale, tables) = match sums::outcome(self.document)? {
            Outcome::Values(curves) => {
                let (normalization, rescale) = normalization(&curves)?;
                let [sum] = sums.as_slice() else {
                    return refused("a RegressionModel of PMML has one target, this model several");
                };
                (normalization, rescale, self.table(sum, None)?)
            }
            Outcome::Isotonic(isotonic, curves) => {
                let (normalization, rescale) = normalization(&curves)?;
                (normalization, rescale, self.isotonic(&sums, isotonic)?)
            }
            Outcome::Classes(_, Some(Probabilities::OneVsRest)) => {
                return refused(
                    "a RegressionModel of PMML has no logistic function of each class followed by a division by their sum",
                );
            }
            Outcome::Classes(_, kind) => {
                let logit = kind == Some(Probabilities::Logistic);
                let tables = self.tables(&sums, labels)?;
                (if logit { "logit" } else { "softmax" }, false, tables)
            }
        };
        let function = if labels.is_empty() {
            "regression"
        } else {
            "classification"
        };
        let mut text = format!(
            "  <RegressionModel functionName=\"{function}\" normalizationMethod=\"{normalization}\">\n"
        );
        text.push_str(&self.schema()?);
        text.push_str(&self.output()?);
        if rescale {
            let _ = writeln!(
                text,
                "    <Targets>\n      <Target field={} rescaleConstant=\"-1\"/>\n    </Targets>",
                quoted(&self.target)?
            );
        }
        text.push_str(&tables);
        text.push_str("  </RegressionModel>\n");
        Ok(text)
    }

    /// One table a class. Of two classes with one score, the first one's is empty.
    fn tables(&mut self, sums: &[Sum<'_>], labels: &[Label]) -> Result<String, ExportError> {
        let mut text = String::new();
        if let ([sum], [first, second]) = (sums, labels) {
            text.push_str(&self.table(sum, Some(second))?);
            let empty = Sum {
                intercept: 0.0,
                terms: Vec::new(),
            };
            text.push_str(&self.table(&empty, Some(first))?);
            return Ok(text);
        }
        for (sum, label) in sums.iter().zip(labels) {
            text.push_str(&self.table(sum, Some(label))?);
        }
        Ok(text)
    }

    /// A missing category makes all its predictors 0, so that of the category that it stands for is an indicator's.
    fn table(&mut self, sum: &Sum<'_>, label: Option<&Label>) -> Result<String, ExportError> {
        let intercept = sum.intercept;
        let (mut numeric, mut categorical) = (String::new(), String::new());
        let mut if_missing: BTreeMap<usize, f64> = BTreeMap::new();
        for term in &sum.terms {
            let feature = term.feature();
            let name = self.document.feature_name(feature);
            match term {
                Term::Number {
                    coefficient, fill, ..
                } => {
                    let field = self.field(&name, fill.is_some());
                    numeric.push_str(&predictor(&field, *coefficient)?);
                }
                Term::Missing { coefficient, .. } => {
                    *if_missing.entry(feature).or_default() += coefficient;
                }
                Term::Category { numbers, fill, .. } => {
                    for (category, number) in numbers {
                        if Some(*category) == *fill {
                            *if_missing.entry(feature).or_default() += number;
                        }
                        let (name, value) = (quoted(&name)?, quoted(&value(category))?);
                        let _ = writeln!(
                            categorical,
                            "      <CategoricalPredictor name={name} value={value} coefficient=\"{:?}\"/>",
                            number
                        );
                    }
                }
            }
        }
        for (feature, coefficient) in if_missing {
            let field = missing(&self.document.feature_name(feature));
            numeric.push_str(&predictor(&field, coefficient)?);
            self.derived.insert(field);
        }
        let category = match label {
            Some(label) => format!(" targetCategory={}", quoted(&value(label))?),
            None => String::new(),
        };
        Ok(format!(
            "    <RegressionTable intercept=\"{intercept:?}\"{category}>\n{numeric}{categorical}    </RegressionTable>\n"
        ))
    }

    fn isotonic(&mut self, sums: &[Sum<'_>], isotonic: &Isotonic) -> Result<String, ExportError> {
        let [Sum { terms, .. }] = sums else {
            return refused("an isotonic regression has one feature");
        };
        let [Term::Number { feature, fill, .. }] = terms.as_slice() else {
            return refused("PMML interpolates between numbers, not between categories");
        };
        if isotonic.x_thresholds.len() < 2 {
            return refused("PMML interpolates between two thresholds or more");
        }
        let name = self.document.feature_name(*feature);
        self.field(&name, fill.is_some());
        let field = interpolated(&name);
        self.derived.insert(field.clone());
        Ok(format!(
            "    <RegressionTable intercept=\"0\">\n      <NumericPredictor name={} coefficient=\"1\"/>\n    </RegressionTable>\n",
            quoted(&field)?
        ))
    }

    /// The field that a predictor reads: a derived one where missing cells are filled in.
    fn field(&mut self, name: &str, is_filled: bool) -> String {
        if !is_filled {
            return name.to_owned();
        }
        let field = filled(name);
        self.derived.insert(field.clone());
        field
    }

    /// The features that the model reads.
    fn used(&self) -> impl Iterator<Item = (String, &Feature)> {
        let features = self.document.features.iter().enumerate();
        let used = features.filter(|(index, _)| self.read.contains(index));
        used.map(|(index, feature)| (self.document.feature_name(index), feature))
    }

    fn dictionary(&self) -> Result<String, ExportError> {
        let mut text = String::from("  <DataDictionary>\n");
        for (name, feature) in self.used() {
            let categories = feature
                .encoding
                .as_ref()
                .map_or(&[][..], Encoding::categories);
            text.push_str(&data_field(&name, categories)?);
        }
        text.push_str(&data_field(&self.target, self.document.model.labels())?);
        Ok(text + "  </DataDictionary>\n")
    }

    fn schema(&self) -> Result<String, ExportError> {
        let mut text = String::from("    <MiningSchema>\n");
        for (name, feature) in self.used() {
            let takes_unknown = match &feature.encoding {
                Some(Encoding::OneHot(one_hot)) => one_hot.unknown == Unknown::Ignore,
                Some(Encoding::Ordinal(ordinal)) => ordinal.unknown.is_some(),
                _ => false,
            };
            let mut treatment = String::new();
            if takes_unknown {
                treatment.push_str(" invalidValueTreatment=\"asIs\"");
            }
            if feature.missing.is_missing() {
                treatment.push_str(" missingValueTreatment=\"returnInvalid\"");
            }
            let _ = writeln!(
                text,
                "      <MiningField name={}{treatment}/>",
                quoted(&name)?
            );
        }
        let target = quoted(&self.target)?;
        let _ = writeln!(
            text,
            "      <MiningField name={target} usageType=\"target\"/>"
        );
        Ok(text + "    </MiningSchema>\n")
    }

    fn output(&self) -> Result<String, ExportError> {
        if !self.document.model.has_probabilities() {
            return Ok(String::new());
        }
        let mut text = String::from("    <Output>\n");
        for label in self.document.model.labels() {
            let label = value(label);
            let _ = writeln!(
                text,
                "      <OutputField name={} optype=\"continuous\" dataType=\"double\" feature=\"probability\" value={}/>",
                quoted(&format!("probability({label})"))?,
                quoted(&label)?
            );
        }
        Ok(text + "    </Output>\n")
    }

    fn transformations(&self) -> String {
        let mut text = String::new();
        for (name, feature) in self.used() {
            let is_filled = self.derived.contains(&filled(&name));
            if is_filled {
                let fill = match feature.missing {
                    Cell::Number(fill) => fill,
                    _ => f64::NAN,
                };
                let first = format!("<Constant dataType=\"double\">{fill:?}</Constant>");
                let second = format!("<FieldRef field=\"{}\"/>", escaped(&name));
                text.push_str(&derived(&filled(&name), &choice(&name, &first, &second)));
            }
            if self.derived.contains(&missing(&name)) {
                text.push_str(&derived(
                    &missing(&name),
                    &choice(&name, "<Constant>1</Constant>", "<Constant>0</Constant>"),
                ));
            }
            if let (true, Ok(Outcome::Isotonic(isotonic, _))) = (
                self.derived.contains(&interpolated(&name)),
                sums::outcome(self.document),
            ) {
                let source = if is_filled {
                    filled(&name)
                } else {
                    name.clone()
                };
                text.push_str(&derived(&interpolated(&name), &pieces(&source, isotonic)));
            }
        }
        if text.is_empty() {
            return text;
        }
        format!("  <TransformationDictionary>\n{text}  </TransformationDictionary>\n")
    }
}

fn predictor(field: &str, coefficient: f64) -> Result<String, ExportError> {
    let field = quoted(field)?;
    Ok(format!(
        "      <NumericPredictor name={field} coefficient=\"{coefficient:?}\"/>\n"
    ))
}

/// The name of PMML for what is done to the sum, and whether 1 is taken off afterwards.
fn normalization(curves: &[Curve]) -> Result<(&'static str, bool), ExportError> {
    match curves {
        [] => Ok(("none", false)),
        [Curve::Exp] => Ok(("exp", false)),
        [Curve::Logistic] => Ok(("logit", false)),
        [Curve::Expm1] => Ok(("exp", true)),
        _ => refused(
            "a RegressionModel of PMML has exp and the logistic function of a sum, but no square, and one function at most",
        ),
    }
}

fn filled(name: &str) -> String {
    format!("filled({name})")
}

fn missing(name: &str) -> String {
    format!("missing({name})")
}

fn interpolated(name: &str) -> String {
    format!("interpolated({name})")
}

/// `first` where the cell is missing, else `second`.
fn choice(name: &str, first: &str, second: &str) -> String {
    let field = escaped(name);
    format!(
        "<Apply function=\"if\"><Apply function=\"isMissing\"><FieldRef field=\"{field}\"/></Apply>{first}{second}</Apply>"
    )
}

fn derived(name: &str, expression: &str) -> String {
    let name = escaped(name);
    format!(
        "    <DerivedField name=\"{name}\" optype=\"continuous\" dataType=\"double\">\n      {expression}\n    </DerivedField>\n"
    )
}

fn pieces(field: &str, isotonic: &Isotonic) -> String {
    let mut text = format!(
        "<NormContinuous field=\"{}\" outliers=\"asExtremeValues\">\n",
        escaped(field)
    );
    for (x, y) in isotonic.x_thresholds.iter().zip(&isotonic.y_thresholds) {
        let _ = writeln!(text, "        <LinearNorm orig=\"{x:?}\" norm=\"{y:?}\"/>");
    }
    text + "      </NormContinuous>"
}

fn data_field(name: &str, categories: &[Label]) -> Result<String, ExportError> {
    if name.is_empty() {
        return refused("a feature has an empty name, which no field of PMML can have");
    }
    let head = format!(
        "    <DataField name={} optype=\"{}\" dataType=\"{}\"",
        quoted(name)?,
        optype(categories),
        data_type(categories)
    );
    if categories.is_empty() {
        return Ok(head + "/>\n");
    }
    let mut text = head + ">\n";
    for category in categories {
        let _ = writeln!(text, "      <Value value={}/>", quoted(&value(category))?);
    }
    Ok(text + "    </DataField>\n")
}

fn optype(categories: &[Label]) -> &'static str {
    if categories.is_empty() {
        "continuous"
    } else {
        "categorical"
    }
}

fn data_type(categories: &[Label]) -> &'static str {
    match sums::sort(categories) {
        _ if categories.is_empty() => "double",
        Cells::Integers => "integer",
        Cells::Booleans => "boolean",
        _ => "string",
    }
}

/// A label as PMML writes it: booleans in lower case.
fn value(label: &Label) -> String {
    match label {
        Label::Boolean(value) => value.to_string(),
        other => other.to_string(),
    }
}

/// An attribute's value in its quotes.
fn quoted(text: &str) -> Result<String, ExportError> {
    let bad = |character: &char| character.is_control() && !['\t', '\n', '\r'].contains(character);
    if let Some(control) = text.chars().find(bad) {
        return refused(format!(
            "the name {text:?} has the character {control:?}, which XML cannot hold"
        ));
    }
    Ok(format!("\"{}\"", escaped(text)))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push_str(&format!("&#{};", u32::from(character))),
            other => escaped.push(other),
        }
    }
    escaped
}
