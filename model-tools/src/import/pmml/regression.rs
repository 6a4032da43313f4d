//! `RegressionModel`.
//!
//! Specification: dmg.org/pmml/v4-4/Regression.html.

use roxmltree::Node;
use sagelet::artifact::{InverseTransform, Isotonic, Label, Link};

use super::fields::Fields;
use super::value::Value;
use super::xml::{attribute, children, elements, number, wrong};
use super::{PmmlError, Rescaling};
use crate::import::linear::{Column, Kind, Prediction};

/// What a RegressionModel predicts.
pub(super) fn prediction(
    model: Node<'_, '_>,
    rescaling: Rescaling,
    fields: &mut Fields<'_, '_>,
) -> Result<Prediction, PmmlError> {
    let tables = children(model, "RegressionTable").map(|table| Table::read(table, fields));
    let tables = tables.collect::<Result<Vec<_>, _>>()?;
    let normalization = model.attribute("normalizationMethod").unwrap_or("none");
    if attribute(model, "functionName")? == "classification" {
        rescaling.refuse(model)?;
        return classification(model, &tables, fields, normalization);
    }
    let [table] = tables.as_slice() else {
        return Err(wrong(
            model,
            format!("a regression has one RegressionTable, not {}", tables.len()),
        ));
    };
    regression(model, table, rescaling, normalization)
}

fn regression(
    model: Node<'_, '_>,
    table: &Table<'_>,
    rescaling: Rescaling,
    normalization: &str,
) -> Result<Prediction, PmmlError> {
    let kind = match (normalization, &table.isotonic) {
        ("none", None) => {
            let score = table
                .score
                .affine(0.0, rescaling.factor, rescaling.constant);
            return Ok(Prediction::regression(Kind::Linear, vec![score]));
        }
        ("none", Some(isotonic)) => Kind::Isotonic(rescaling.of(isotonic)),
        ("exp", Some(isotonic)) => Kind::Isotonic(isotonic.clone()),
        ("exp", None) if rescaling.is_minus_one() => Kind::Linear,
        ("exp", None) => Kind::Generalized(Link::Log),
        ("logit" | "softmax", None) => Kind::Generalized(Link::Logit),
        (other, _) => {
            return Err(wrong(
                model,
                format!("normalizationMethod={other:?} is not supported in a regression"),
            ));
        }
    };
    let mut prediction = Prediction::regression(kind, vec![table.score.clone()]);
    if normalization == "exp" && rescaling.is_minus_one() {
        prediction.inverse = Some(InverseTransform::Expm1);
    } else if normalization != "none" {
        rescaling.refuse(model)?;
        prediction.inverse = table.isotonic.as_ref().map(|_| InverseTransform::Exp);
    }
    Ok(prediction)
}

/// A RegressionTable.
struct Table<'a> {
    score: Column,
    /// Of the single predictor, if that is piecewise linear.
    isotonic: Option<Isotonic>,
    category: Option<&'a str>,
}

impl<'a> Table<'a> {
    fn read(table: Node<'a, '_>, fields: &mut Fields<'_, '_>) -> Result<Self, PmmlError> {
        let intercept = number(table, "intercept")?;
        let category = table.attribute("targetCategory");
        let (mut columns, mut coefficients) = (Vec::new(), Vec::new());
        let predictors: Vec<Node<'_, '_>> = elements(table).collect();
        if let [predictor] = predictors.as_slice()
            && let Some((score, isotonic)) = interpolated(*predictor, intercept, fields)?
        {
            return Ok(Self {
                score,
                isotonic: Some(isotonic),
                category,
            });
        }
        for predictor in predictors {
            columns.push(match predictor.tag_name().name() {
                "NumericPredictor" => numeric(predictor, fields)?,
                "CategoricalPredictor" => categorical(predictor, fields)?,
                "PredictorTerm" => term(predictor, fields)?,
                other => return Err(wrong(predictor, format!("{other} is not supported"))),
            });
            coefficients.push(number(predictor, "coefficient")?);
        }
        Ok(Self {
            score: fields.sum(&columns, &coefficients, intercept)?,
            isotonic: None,
            category,
        })
    }

    /// The table of a class whose score is always 0.
    fn is_empty(&self) -> bool {
        self.score.terms.is_empty() && self.score.constant == 0.0
    }
}

/// A single predictor that is piecewise linear in a cell, with its coefficient and the intercept worked in.
fn interpolated(
    predictor: Node<'_, '_>,
    intercept: f64,
    fields: &mut Fields<'_, '_>,
) -> Result<Option<(Column, Isotonic)>, PmmlError> {
    let (Some(name), "NumericPredictor") =
        (predictor.attribute("name"), predictor.tag_name().name())
    else {
        return Ok(None);
    };
    let Value::Interpolated(points, column) = fields.value(predictor, name, 0)? else {
        return Ok(None);
    };
    require_linear(predictor)?;
    if column.untouched().is_none() {
        return Err(wrong(
            predictor,
            format!("the field {name:?} is piecewise linear in something else than a cell"),
        ));
    }
    let coefficient = number(predictor, "coefficient")?;
    let (x_thresholds, y) = points.into_iter().unzip::<_, _, _, Vec<f64>>();
    let y_thresholds = y.into_iter().map(|y| intercept + coefficient * y).collect();
    Ok(Some((
        column,
        Isotonic {
            x_thresholds,
            y_thresholds,
        },
    )))
}

fn require_linear(predictor: Node<'_, '_>) -> Result<(), PmmlError> {
    let exponent = predictor.attribute("exponent").unwrap_or("1");
    if exponent.trim().parse() != Ok(1.0) {
        return Err(wrong(
            predictor,
            format!("the exponent {exponent} makes it no linear model"),
        ));
    }
    Ok(())
}

fn numeric(predictor: Node<'_, '_>, fields: &mut Fields<'_, '_>) -> Result<Column, PmmlError> {
    require_linear(predictor)?;
    fields.number(predictor, attribute(predictor, "name")?, 0)
}

fn categorical(predictor: Node<'_, '_>, fields: &mut Fields<'_, '_>) -> Result<Column, PmmlError> {
    let category = fields.category(predictor, attribute(predictor, "name")?, 0)?;
    Ok(fields.indicator(&category, attribute(predictor, "value")?))
}

/// A product of fields. One alone is a numeric predictor.
fn term(predictor: Node<'_, '_>, fields: &mut Fields<'_, '_>) -> Result<Column, PmmlError> {
    let mut references = children(predictor, "FieldRef");
    match (references.next(), references.next()) {
        (Some(reference), None) => fields.number(reference, attribute(reference, "field")?, 0),
        _ => Err(wrong(
            predictor,
            "a product of several fields makes it no linear model",
        )),
    }
}

/// Of two classes one has a table without predictors, as a rule: its score is 0.
fn classification(
    model: Node<'_, '_>,
    tables: &[Table<'_>],
    fields: &mut Fields<'_, '_>,
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
    if tables.iter().any(|table| table.isotonic.is_some()) {
        return Err(wrong(
            model,
            "a piecewise linear field in a classification is not supported",
        ));
    }
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
        ("none", _) => without_normalization(model, scores, labels, fields),
        (other, _) => Err(wrong(
            model,
            format!(
                "normalizationMethod={other:?} is not supported for {} classes",
                labels.len()
            ),
        )),
    }
}

/// Scores that are probabilities themselves: the last class has what the others leave, whatever its own table says.
fn without_normalization(
    model: Node<'_, '_>,
    mut scores: Vec<Column>,
    labels: Vec<Label>,
    fields: &mut Fields<'_, '_>,
) -> Result<Prediction, PmmlError> {
    scores.pop();
    fields.cells.conversion.note(
        "loses its probabilities, which are no function of scores here; its classes are kept"
            .to_owned(),
    );
    let score = match scores.as_slice() {
        [] => {
            return Err(wrong(
                model,
                "a classification has two RegressionTables or more",
            ));
        }
        [first] => {
            return Ok(Prediction::classes(
                Kind::Classes,
                vec![first.affine(0.0, -2.0, 1.0)],
                labels,
            ));
        }
        several => fields.sum(several, &vec![-1.0; several.len()], 1.0)?,
    };
    scores.push(score);
    Ok(Prediction::classes(Kind::Classes, scores, labels))
}
