//! Derived fields: expressions that are affine functions of numbers, or tell categories and missing cells apart.
//!
//! Specification: dmg.org/pmml/v4-4/Transformations.html and Functions.html.

use roxmltree::Node;

use super::PmmlError;
use super::fields::Fields;
use super::tables::Mapping;
use super::value::{Category, Value};
use super::xml::{attribute, children, elements, finite, number, refuse, wrong};
use crate::import::limits::PMML_DEPTH_MAX;
use crate::import::linear::{Cells, Column};

/// Children of a DerivedField and others that are no expressions.
const NO_EXPRESSIONS: [&str; 2] = ["Interval", "Value"];

/// Fields by their names, derived when they are first named.
impl Fields<'_, '_> {
    /// What a field is that `node` names.
    pub(super) fn value(
        &mut self,
        node: Node<'_, '_>,
        name: &str,
        depth: usize,
    ) -> Result<Value, PmmlError> {
        if let Some(value) = self.known(name)? {
            return Ok(value);
        }
        let Some((key, field)) = self.take_derived(name) else {
            return Err(wrong(
                node,
                format!(
                    "{name:?} is no active field of the rows, and none that is derived before it is used"
                ),
            ));
        };
        let value = derived(field, self, depth)?;
        self.keep(key, value.clone());
        Ok(value)
    }

    /// The column of a field of numbers.
    pub(super) fn number(
        &mut self,
        node: Node<'_, '_>,
        name: &str,
        depth: usize,
    ) -> Result<Column, PmmlError> {
        match self.value(node, name, depth)? {
            Value::Number(column) => Ok(column),
            Value::Interpolated(..) => Err(wrong(
                node,
                format!(
                    "the field {name:?} is piecewise linear, which only a regression on it alone can be"
                ),
            )),
            Value::Category(_) => Err(wrong(
                node,
                format!("the field {name:?} is categorical, and used as a number"),
            )),
        }
    }

    /// A field of categories.
    pub(super) fn category(
        &mut self,
        node: Node<'_, '_>,
        name: &str,
        depth: usize,
    ) -> Result<Category, PmmlError> {
        match self.value(node, name, depth)? {
            Value::Category(category) => Ok(category),
            _ => Err(wrong(
                node,
                format!("the field {name:?} is a number, and used as a category"),
            )),
        }
    }
}

/// What a DerivedField is.
fn derived(
    field: Node<'_, '_>,
    fields: &mut Fields<'_, '_>,
    depth: usize,
) -> Result<Value, PmmlError> {
    let name = attribute(field, "name")?;
    let mut expressions =
        elements(field).filter(|child| !NO_EXPRESSIONS.contains(&child.tag_name().name()));
    let Some(expression) = expressions.next() else {
        return Err(wrong(
            field,
            format!("the derived field {name:?} has no expression"),
        ));
    };
    let value = match (expression.tag_name().name(), field.attribute("optype")) {
        ("MapValues", Some("categorical" | "ordinal")) => {
            recoded(expression, fields, depth + 1).map(Value::Category)
        }
        _ => value(expression, fields, depth + 1),
    };
    let value = value.map_err(|error| error.of(name))?;
    let is_whole = field.attribute("dataType") == Some("integer");
    match value {
        Value::Number(column) if is_whole && !is_whole_number(&column) => Err(wrong(
            field,
            format!("the derived field {name:?} is rounded to an integer, which is not linear"),
        )),
        value => Ok(value),
    }
}

/// Cells and indicators, as they are, stay what they are as integers.
fn is_whole_number(column: &Column) -> bool {
    column.untouched().is_some() || Cells::is_indicator(column)
}

fn value(
    node: Node<'_, '_>,
    fields: &mut Fields<'_, '_>,
    depth: usize,
) -> Result<Value, PmmlError> {
    if depth > PMML_DEPTH_MAX {
        return Err(wrong(
            node,
            format!(
                "more than {PMML_DEPTH_MAX} derived fields and expressions lie inside one another"
            ),
        ));
    }
    match node.tag_name().name() {
        "Constant" => constant(node).map(Value::Number),
        "FieldRef" => reference(node, fields, depth),
        "NormContinuous" => norm_continuous(node, fields, depth),
        "NormDiscrete" => norm_discrete(node, fields, depth).map(Value::Number),
        "MapValues" => mapped(node, fields, depth).map(Value::Number),
        "Apply" => apply(node, fields, depth).map(Value::Number),
        other => Err(wrong(
            node,
            format!("{other} is not supported, as it makes no linear model"),
        )),
    }
}

fn column(
    node: Node<'_, '_>,
    fields: &mut Fields<'_, '_>,
    depth: usize,
) -> Result<Column, PmmlError> {
    match value(node, fields, depth + 1)? {
        Value::Number(column) => Ok(column),
        _ => Err(wrong(node, "it is no number, and used as one")),
    }
}

fn constant(node: Node<'_, '_>) -> Result<Column, PmmlError> {
    let number = finite(node, "Constant", node.text().unwrap_or_default())?;
    Ok(Column {
        constant: number,
        terms: Vec::new(),
    })
}

fn reference(
    node: Node<'_, '_>,
    fields: &mut Fields<'_, '_>,
    depth: usize,
) -> Result<Value, PmmlError> {
    let value = fields.value(node, attribute(node, "field")?, depth + 1)?;
    match (value, node.attribute("mapMissingTo")) {
        (value, None) => Ok(value),
        (Value::Number(column), Some(text)) => {
            let number = finite(node, "mapMissingTo", text)?;
            filled(node, &column, number, fields).map(Value::Number)
        }
        (_, Some(_)) => Err(wrong(
            node,
            "FieldRef with mapMissingTo is not supported for categories",
        )),
    }
}

/// The column with a number where its cell is missing.
fn filled(
    node: Node<'_, '_>,
    column: &Column,
    number: f64,
    fields: &mut Fields<'_, '_>,
) -> Result<Column, PmmlError> {
    let column = fields.cells.fill(column, number);
    column.ok_or_else(|| {
        wrong(
            node,
            "it fills in something else than the missing cells of one field",
        )
    })
}

/// The number that MapValues has for each category.
fn mapped(
    node: Node<'_, '_>,
    fields: &mut Fields<'_, '_>,
    depth: usize,
) -> Result<Column, PmmlError> {
    let mapping = Mapping::read(node)?;
    let category = fields.category(node, mapping.field, depth + 1)?;
    mapping.number(category, fields)
}

/// The categories of a field under the names that MapValues gives them.
fn recoded(
    node: Node<'_, '_>,
    fields: &mut Fields<'_, '_>,
    depth: usize,
) -> Result<Category, PmmlError> {
    let mapping = Mapping::read(node)?;
    let category = fields.category(node, mapping.field, depth + 1)?;
    mapping.recoded(category, fields)
}

/// Straight lines between points: a line, or two or more that are level outside of the points.
fn norm_continuous(
    node: Node<'_, '_>,
    fields: &mut Fields<'_, '_>,
    depth: usize,
) -> Result<Value, PmmlError> {
    let mut points = Vec::new();
    for point in children(node, "LinearNorm") {
        points.push((number(point, "orig")?, number(point, "norm")?));
    }
    let column = fields.number(node, attribute(node, "field")?, depth + 1)?;
    let is_level = match node.attribute("outliers").unwrap_or("asIs") {
        "asIs" => false,
        "asExtremeValues" => true,
        other => {
            return Err(wrong(
                node,
                format!("NormContinuous with outliers={other:?} is not supported"),
            ));
        }
    };
    match (points.as_slice(), is_level) {
        (&[(x, y), (next, last)], false) if x != next => {
            let column = column.affine(-x, (last - y) / (next - x), y);
            match node.attribute("mapMissingTo") {
                Some(text) => filled(node, &column, finite(node, "mapMissingTo", text)?, fields)
                    .map(Value::Number),
                None => Ok(Value::Number(column)),
            }
        }
        ([_, _, ..], true) => {
            refuse(node, &["mapMissingTo"])?;
            Ok(Value::Interpolated(points, column))
        }
        _ => Err(wrong(
            node,
            "NormContinuous of several lines without outliers=\"asExtremeValues\" makes it no linear model",
        )),
    }
}

/// 1 for one category, else 0.
fn norm_discrete(
    node: Node<'_, '_>,
    fields: &mut Fields<'_, '_>,
    depth: usize,
) -> Result<Column, PmmlError> {
    let category = fields.category(node, attribute(node, "field")?, depth + 1)?;
    let indicator = fields.indicator(&category, attribute(node, "value")?);
    let Some(text) = node.attribute("mapMissingTo") else {
        return Ok(indicator);
    };
    let number = finite(node, "mapMissingTo", text)?;
    let missing = fields.missing(&Value::Category(category));
    let missing = missing
        .ok_or_else(|| wrong(node, "NormDiscrete with mapMissingTo is not supported here"))?;
    fields.sum(&[indicator, missing], &[1.0, number], 0.0)
}

fn apply(
    node: Node<'_, '_>,
    fields: &mut Fields<'_, '_>,
    depth: usize,
) -> Result<Column, PmmlError> {
    refuse(node, &["mapMissingTo", "defaultValue"])?;
    let function = attribute(node, "function")?;
    let arguments: Vec<Node<'_, '_>> = elements(node).collect();
    match (function, arguments.as_slice()) {
        ("+" | "-" | "*" | "/", &[left, right]) => {
            let (left, right) = (column(left, fields, depth)?, column(right, fields, depth)?);
            arithmetic(node, function, &left, &right, fields)
        }
        ("sum", [_, ..]) => sum(&arguments, fields, depth),
        ("if", &[condition, yes, no]) => choice(condition, yes, no, fields, depth),
        _ => Err(wrong(
            node,
            format!(
                "the function {function:?} of {} arguments is not supported, as it makes no linear model",
                arguments.len()
            ),
        )),
    }
}

/// The sum of any number of columns.
fn sum(
    arguments: &[Node<'_, '_>],
    fields: &mut Fields<'_, '_>,
    depth: usize,
) -> Result<Column, PmmlError> {
    let mut columns = Vec::new();
    for argument in arguments {
        columns.push(column(*argument, fields, depth)?);
    }
    if columns
        .iter()
        .any(|column| fields.cells.can_be_missing(column))
    {
        fields.cells.conversion.note(
            "sum leaves out missing cells in PMML: the artifact refuses a row with one".to_owned(),
        );
    }
    let ones = vec![1.0; columns.len()];
    fields.sum(&columns, &ones, 0.0)
}

fn arithmetic(
    node: Node<'_, '_>,
    function: &str,
    left: &Column,
    right: &Column,
    fields: &mut Fields<'_, '_>,
) -> Result<Column, PmmlError> {
    let sign = if function == "-" { -1.0 } else { 1.0 };
    match (function, left.terms.as_slice(), right.terms.as_slice()) {
        ("+" | "-", _, []) => Ok(left.affine(sign * right.constant, 1.0, 0.0)),
        ("+" | "-", [], _) => Ok(right.affine(0.0, sign, left.constant)),
        ("+" | "-", ..) => fields.sum(&[left.clone(), right.clone()], &[1.0, sign], 0.0),
        ("*", _, []) => Ok(left.affine(0.0, right.constant, 0.0)),
        ("*", [], _) => Ok(right.affine(0.0, left.constant, 0.0)),
        ("/", _, []) if right.constant != 0.0 => Ok(left.affine(0.0, 1.0 / right.constant, 0.0)),
        ("/", _, []) => Err(wrong(node, "it divides by 0")),
        _ => Err(wrong(
            node,
            format!("the function {function:?} of two fields makes it no linear model"),
        )),
    }
}

/// `if`: what fills in missing cells, or tells missing cells and categories from others.
fn choice(
    condition: Node<'_, '_>,
    yes: Node<'_, '_>,
    no: Node<'_, '_>,
    fields: &mut Fields<'_, '_>,
    depth: usize,
) -> Result<Column, PmmlError> {
    let Condition {
        holds,
        is_missing,
        is_negated,
    } = Condition::read(condition, fields, depth + 1)?;
    let (yes, no) = if is_negated { (no, yes) } else { (yes, no) };
    let (yes_column, no_column) = (column(yes, fields, depth)?, column(no, fields, depth)?);
    match (yes_column.terms.as_slice(), no_column.terms.as_slice()) {
        ([], []) => {
            let difference = yes_column.constant - no_column.constant;
            Ok(holds.affine(0.0, difference, no_column.constant))
        }
        _ if is_missing && holds.terms.is_empty() => Ok(no_column),
        ([], _) if is_missing => {
            same_cell(yes, &holds, &no_column, fields)?;
            filled(yes, &no_column, yes_column.constant, fields)
        }
        _ => Err(wrong(
            condition,
            "a condition that chooses between fields makes it no linear model",
        )),
    }
}

/// Refuses to fill in another cell than the one that is looked at.
fn same_cell(
    node: Node<'_, '_>,
    missing: &Column,
    column: &Column,
    fields: &Fields<'_, '_>,
) -> Result<(), PmmlError> {
    let filled = fields
        .cells
        .cell_for(column, 0.0)
        .map(|(feature, _)| feature);
    if filled.is_some() && filled == fields.cells.missing_feature(missing) {
        return Ok(());
    }
    Err(wrong(
        node,
        "it fills in another cell than the one that it looks at",
    ))
}

/// What an `if` asks.
struct Condition {
    /// 1 where it holds, else 0.
    holds: Column,
    /// Whether it is about a missing cell, and not a category.
    is_missing: bool,
    /// Whether it is the contrary that is asked.
    is_negated: bool,
}

impl Condition {
    fn read(
        node: Node<'_, '_>,
        fields: &mut Fields<'_, '_>,
        depth: usize,
    ) -> Result<Self, PmmlError> {
        let unknown = || {
            wrong(
                node,
                "a condition other than on a missing cell or a category makes it no linear model",
            )
        };
        if node.tag_name().name() != "Apply" {
            return Err(unknown());
        }
        let arguments: Vec<Node<'_, '_>> = elements(node).collect();
        match (attribute(node, "function")?, arguments.as_slice()) {
            (function @ ("isMissing" | "isNotMissing"), &[field]) => {
                let value = value(field, fields, depth + 1)?;
                let holds = fields.missing(&value).ok_or_else(unknown)?;
                Ok(Self {
                    holds,
                    is_missing: true,
                    is_negated: function == "isNotMissing",
                })
            }
            (function @ ("equal" | "notEqual"), &[field, constant])
                if constant.tag_name().name() == "Constant" =>
            {
                let Value::Category(category) = value(field, fields, depth + 1)? else {
                    return Err(unknown());
                };
                let holds = fields.indicator(&category, constant.text().unwrap_or_default());
                Ok(Self {
                    holds,
                    is_missing: false,
                    is_negated: function == "notEqual",
                })
            }
            _ => Err(unknown()),
        }
    }
}
