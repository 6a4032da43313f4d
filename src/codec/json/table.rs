//! Tables: `dataframe_split` with rows and the names of their columns, and columns under their names.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};

use super::ignore;
use super::reading::{Items, Reading, seed};
use super::tensor::{Flat, Tensor};
use crate::artifact::Cell;
use crate::codec::Shape;

/// `{"columns": [name, …], "data": [[cell, …], …]}`, in any order; an `index` is ignored.
pub(super) struct Split<'r, 'a, 'd>(pub(super) &'r mut Reading<'a, 'd>);

seed!(Split);

impl<'de> Visitor<'de> for Split<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with \"columns\" and \"data\"")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.0.settle(Shape::Predictions)?;
        let (mut found, mut passed_over) = (false, false);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "columns" if self.0.columns_known => ignore(&mut map)?,
                "columns" => {
                    let names = map.next_value::<Vec<Cell>>()?;
                    set_header(self.0, &names)?;
                    found = true;
                }
                "data" if found || self.0.columns_known => {
                    map.next_value_seed(Items::rows(self.0))?;
                }
                "data" => {
                    passed_over = true;
                    ignore(&mut map)?;
                }
                _ => ignore(&mut map)?,
            }
        }
        self.0.split_before_columns = passed_over;
        Ok(())
    }
}

/// Columns are matched by name if the model and the table have names; otherwise by their order. Where a table
/// has no names, pandas writes numbers.
fn set_header<E: serde::de::Error>(reading: &mut Reading<'_, '_>, names: &[Cell]) -> Result<(), E> {
    let texts: Option<Vec<_>> = names
        .iter()
        .map(|name| match name {
            Cell::Text(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    match texts {
        Some(texts) if reading.design.schema().has_names() => {
            let set = reading.design.set_header(texts);
            reading.keep(set)
        }
        _ => Ok(()),
    }
}

/// `{"age": [50, …], "bmi": [21.6, …]}`: each list is a column.
pub(super) struct ColumnLists<'r, 'a, 'd>(pub(super) &'r mut Reading<'a, 'd>);

seed!(ColumnLists);

impl<'de> Visitor<'de> for ColumnLists<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with a list for each column")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, rows: A) -> Result<(), A::Error> {
        Items::rows(self.0).visit_seq(rows)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            let mut cells = Flat::default();
            map.next_value_seed(&mut cells)?;
            self.0.tensors.push(Tensor::column(name, cells));
        }
        Ok(())
    }
}
