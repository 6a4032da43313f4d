//! MapValues: a table that gives each category a number, or another name.

use std::collections::HashSet;

use roxmltree::Node;

use super::PmmlError;
use super::fields::Fields;
use super::value::{Category, Table, Value};
use super::xml::{attribute, children, elements, finite, wrong};
use crate::import::linear::Column;

/// A MapValues element.
pub(super) struct Mapping<'a, 'input> {
    node: Node<'a, 'input>,
    /// The field of categories that the table is about.
    pub(super) field: &'a str,
    table: Table,
}

impl<'a, 'input> Mapping<'a, 'input> {
    /// Reads the element. Of equal rows the first counts.
    pub(super) fn read(node: Node<'a, 'input>) -> Result<Self, PmmlError> {
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
            if seen.insert(value.clone()) {
                table.push((value, stands_for));
            }
        }
        if table.is_empty() {
            return Err(wrong(node, "MapValues has no table inside the document"));
        }
        Ok(Self {
            node,
            field: attribute(pair, "field")?,
            table,
        })
    }

    /// The number of each category; `defaultValue` for one that is not in the table.
    pub(super) fn number(
        &self,
        category: Category,
        fields: &mut Fields<'_, '_>,
    ) -> Result<Column, PmmlError> {
        let default = self.told("defaultValue")?;
        if default.is_none() {
            self.check_complete(&category, fields)?;
        }
        let base = default.unwrap_or_default();
        let (mut columns, mut weights) = (Vec::new(), Vec::new());
        for (value, text) in &self.table {
            columns.push(fields.indicator(&category, value));
            weights.push(finite(self.node, "a number of the table", text)? - base);
        }
        if let Some(number) = self.told("mapMissingTo")? {
            let missing = fields.missing(&Value::Category(category));
            columns.push(missing.ok_or_else(|| {
                wrong(
                    self.node,
                    "MapValues with mapMissingTo is not supported here",
                )
            })?);
            weights.push(number - base);
        }
        fields.sum(&columns, &weights, base)
    }

    fn told(&self, name: &'static str) -> Result<Option<f64>, PmmlError> {
        let text = self.node.attribute(name);
        text.map(|text| finite(self.node, name, text)).transpose()
    }

    /// The categories under other names.
    pub(super) fn recoded(
        self,
        category: Category,
        fields: &Fields<'_, '_>,
    ) -> Result<Category, PmmlError> {
        for name in ["defaultValue", "mapMissingTo"] {
            if self.node.attribute(name).is_some() {
                return Err(wrong(
                    self.node,
                    format!("MapValues of categories with {name} is not supported"),
                ));
            }
        }
        self.check_complete(&category, fields)?;
        Ok(category.renamed(self.table))
    }

    /// Refuses a table that has nothing for a category: its cells would be missing afterwards, and are 0 here.
    fn check_complete(
        &self,
        category: &Category,
        fields: &Fields<'_, '_>,
    ) -> Result<(), PmmlError> {
        match fields.not_in(category, &self.table) {
            Some(value) => Err(wrong(
                self.node,
                format!("MapValues has no defaultValue, and nothing for {value}"),
            )),
            None => Ok(()),
        }
    }
}
