//! MapValues: a table that gives each category a number, or another name.

use std::collections::HashSet;

use roxmltree::Node;

use super::PmmlError;
use super::fields::{Category, Fields, Table, Value};
use super::xml::{attribute, children, elements, finite, wrong};
use crate::import::linear::Column;

/// The number of each category; `defaultValue` for one that is not in the table.
pub(super) fn number(
    node: Node<'_, '_>,
    fields: &mut Fields<'_, '_>,
    depth: usize,
) -> Result<Column, PmmlError> {
    let (category, table) = read(node, fields, depth)?;
    let told = |name: &'static str| {
        let text = node.attribute(name);
        text.map(|text| finite(node, name, text)).transpose()
    };
    let default = told("defaultValue")?;
    if default.is_none() {
        complete(node, &category, &table, fields)?;
    }
    let base = default.unwrap_or_default();
    let (mut columns, mut weights) = (Vec::new(), Vec::new());
    for (value, text) in &table {
        columns.push(fields.indicator(&category, value));
        weights.push(finite(node, "a number of the table", text)? - base);
    }
    if let Some(number) = told("mapMissingTo")? {
        let missing = fields.missing(&Value::Category(category));
        let missing = missing
            .ok_or_else(|| wrong(node, "MapValues with mapMissingTo is not supported here"))?;
        columns.push(missing);
        weights.push(number - base);
    }
    fields.sum(&columns, &weights, base)
}

/// The categories under other names.
pub(super) fn recoded(
    node: Node<'_, '_>,
    fields: &mut Fields<'_, '_>,
    depth: usize,
) -> Result<Category, PmmlError> {
    for name in ["defaultValue", "mapMissingTo"] {
        if node.attribute(name).is_some() {
            return Err(wrong(
                node,
                format!("MapValues of categories with {name} is not supported"),
            ));
        }
    }
    let (category, table) = read(node, fields, depth)?;
    complete(node, &category, &table, fields)?;
    Ok(Fields::renamed(category, table))
}

/// Refuses a table that has nothing for a category: its cells would be missing afterwards, and are 0 here.
fn complete(
    node: Node<'_, '_>,
    category: &Category,
    table: &Table,
    fields: &Fields<'_, '_>,
) -> Result<(), PmmlError> {
    match fields.not_in(category, table) {
        Some(value) => Err(wrong(
            node,
            format!("MapValues has no defaultValue, and nothing for {value}"),
        )),
        None => Ok(()),
    }
}

/// The field of categories that a table is about, and its rows.
fn read(
    node: Node<'_, '_>,
    fields: &mut Fields<'_, '_>,
    depth: usize,
) -> Result<(Category, Table), PmmlError> {
    let pairs: Vec<Node<'_, '_>> = children(node, "FieldColumnPair").collect();
    let &[pair] = pairs.as_slice() else {
        return Err(wrong(
            node,
            format!(
                "MapValues of {} fields is not supported, only of one",
                pairs.len()
            ),
        ));
    };
    let category = fields.category(node, attribute(pair, "field")?, depth + 1)?;
    let (from, to) = (attribute(pair, "column")?, attribute(node, "outputColumn")?);
    let rows = children(node, "InlineTable").flat_map(|table| children(table, "row"));
    let mut table = Table::new();
    let mut seen = HashSet::new();
    for row in rows {
        let cell = |name: &str| {
            let cell = elements(row).find(|cell| cell.tag_name().name() == name);
            let text = cell.map(|cell| cell.text().unwrap_or_default().to_owned());
            text.ok_or_else(|| wrong(row, format!("a row of MapValues has no {name}")))
        };
        let (value, stands_for) = (cell(from)?, cell(to)?);
        // Of equal rows the first counts.
        if seen.insert(value.clone()) {
            table.push((value, stands_for));
        }
    }
    if table.is_empty() {
        return Err(wrong(node, "MapValues has no table inside the document"));
    }
    Ok((category, table))
}
