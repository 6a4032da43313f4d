//! The columns that a formula's expressions make.

use std::collections::BTreeMap;

use sagelet::artifact::{Derived, Function};

use super::expression::{Expression, computed};
use crate::import::functions::{self, Effect};
use crate::import::limits::FORMULA_POWER_MAX;
use crate::import::linear::{Column, Conflict, Conversion, Part, combination};
use crate::shown::{bare, quoted};

/// What expressions are computed with.
pub(super) struct Computer<'c> {
    pub(super) conversion: &'c mut Conversion,
    /// The features by the names of their columns.
    pub(super) places: &'c BTreeMap<&'c str, usize>,
}

impl Computer<'_> {
    /// The column of an expression.
    ///
    /// # Errors
    /// What in it an artifact does not compute.
    pub(super) fn column(&mut self, expression: &Expression) -> Result<Column, String> {
        match expression {
            Expression::Number(number) => Ok(constant(*number)),
            Expression::Name(name) => {
                let place = self.places.get(name.as_str()).copied();
                let place = place.ok_or_else(|| format!("there is no column {}", quoted(name)))?;
                Ok(Column::of(place, Part::Number))
            }
            Expression::Sum(a, b) => {
                let both = [self.column(a)?, self.column(b)?];
                Ok(combination(&both, &[1.0, 1.0], 0.0))
            }
            Expression::Negative(inner) => Ok(self.column(inner)?.affine(0.0, -1.0, 0.0)),
            Expression::Product(a, b) => {
                let (a, b) = (self.column(a)?, self.column(b)?);
                self.product(&[a, b])
            }
            Expression::Quotient(a, b) => {
                let (a, b) = (self.column(a)?, self.column(b)?);
                self.quotient(&a, &b)
            }
            Expression::Power(base, exponent) => {
                let (base, exponent) = (self.column(base)?, self.column(exponent)?);
                match exponent.terms.as_slice() {
                    [] => self.power(&base, exponent.constant),
                    _ => Err(computed("a power whose exponent is a column")),
                }
            }
            Expression::Function(name, inner) => {
                let inner = self.column(inner)?;
                self.function(name, &inner)
            }
        }
    }

    /// The product of columns, of which those that are numbers are multiplied by.
    pub(super) fn product(&mut self, columns: &[Column]) -> Result<Column, String> {
        let (numbers, columns): (Vec<&Column>, Vec<&Column>) =
            columns.iter().partition(|column| column.terms.is_empty());
        let factor: f64 = numbers.iter().map(|number| number.constant).product();
        let product = match columns.as_slice() {
            [] => return Ok(constant(factor)),
            [only] => (*only).clone(),
            several => {
                let several: Vec<Column> = several.iter().map(|column| (*column).clone()).collect();
                let of = self.conversion.refer(&several).map_err(reason)?;
                first(self.conversion.compute(Derived::Products { of: vec![of] }))
            }
        };
        Ok(product.affine(0.0, factor, 0.0))
    }

    fn quotient(&mut self, column: &Column, by: &Column) -> Result<Column, String> {
        match (by.terms.as_slice(), by.constant) {
            ([], 0.0) => Err("it divides by 0".to_owned()),
            ([], number) => Ok(column.affine(0.0, 1.0 / number, 0.0)),
            _ => {
                let by = self.apply(Function::Reciprocal, by)?;
                self.product(&[column.clone(), by])
            }
        }
    }

    /// A whole power is a product, a half one a square root.
    fn power(&mut self, base: &Column, exponent: f64) -> Result<Column, String> {
        if base.terms.is_empty() {
            return Ok(constant(base.constant.powf(exponent)));
        }
        if exponent == 0.5 {
            return self.apply(Function::Sqrt, base);
        }
        if exponent.fract() != 0.0 || exponent.abs() > FORMULA_POWER_MAX {
            return Err(computed(&format!("a column to the power of {exponent}")));
        }
        let base = match exponent < 0.0 {
            true => self.apply(Function::Reciprocal, base)?,
            false => base.clone(),
        };
        let mut factors = Vec::new();
        while (factors.len() as f64) < exponent.abs() {
            factors.push(base.clone());
        }
        self.product(&factors)
    }

    fn function(&mut self, name: &str, inner: &Column) -> Result<Column, String> {
        // numpy's reciprocal of a whole number is 0 but for 1, and whether the column has such is not in the file.
        let effect = functions::named(name).filter(|_| name != "reciprocal");
        match effect {
            _ if inner.terms.is_empty() => Err(computed("a function of a number")),
            Some(effect) => self.effect(effect, inner),
            None => Err(computed(&format!(
                "the function {} of a column",
                bare(name)
            ))),
        }
    }

    fn apply(&mut self, function: Function, column: &Column) -> Result<Column, String> {
        self.effect(Effect::Function(function), column)
    }

    fn effect(&mut self, effect: Effect, column: &Column) -> Result<Column, String> {
        let of = std::slice::from_ref(column);
        let columns = functions::applied(effect, of, self.conversion);
        columns.map(first).map_err(reason)
    }
}

/// A column that is the same number in every row.
pub(super) fn constant(number: f64) -> Column {
    Column {
        constant: number,
        terms: Vec::new(),
    }
}

fn first(columns: Vec<Column>) -> Column {
    columns.into_iter().next().unwrap_or_else(Column::zero)
}

fn reason(conflict: Conflict) -> String {
    conflict.to_string()
}
