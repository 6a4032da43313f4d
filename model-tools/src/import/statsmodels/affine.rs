//! Arithmetic in formulas, such as `I(2 * x + 1)`: sums and multiples of columns, and nothing else.

use crate::import::limits::FORMULA_DEPTH_MAX;
use crate::import::linear::{Column, combination};
use crate::shown::{bare, quoted};

/// Reads an expression, in which `column` knows names.
///
/// # Errors
/// What in it is not affine, or not known.
pub(super) fn read(
    text: &str,
    column: &mut dyn FnMut(&str) -> Result<Column, String>,
) -> Result<Column, String> {
    let mut reader = Reader { rest: text, column };
    let value = reader.sum(0)?;
    match reader.rest.trim_start() {
        "" => Ok(value),
        rest => Err(unreadable(rest)),
    }
}

struct Reader<'a, 'c> {
    rest: &'a str,
    column: &'c mut dyn FnMut(&str) -> Result<Column, String>,
}

fn unreadable(rest: &str) -> String {
    format!("{} in it is not arithmetic that is read", quoted(rest))
}

fn number(value: f64) -> Column {
    Column {
        constant: value,
        terms: Vec::new(),
    }
}

impl<'a> Reader<'a, '_> {
    /// Takes one of these signs away, if it comes next.
    fn sign(&mut self, signs: &[&'static str]) -> Option<&'static str> {
        let rest = self.rest.trim_start();
        let sign = signs.iter().find(|sign| rest.starts_with(**sign))?;
        self.rest = rest.strip_prefix(sign)?;
        Some(sign)
    }

    fn sum(&mut self, depth: usize) -> Result<Column, String> {
        let mut columns = vec![self.product(depth)?];
        let mut factors = vec![1.0];
        while let Some(sign) = self.sign(&["+", "-"]) {
            factors.push(if sign == "-" { -1.0 } else { 1.0 });
            columns.push(self.product(depth)?);
        }
        Ok(combination(&columns, &factors, 0.0))
    }

    fn product(&mut self, depth: usize) -> Result<Column, String> {
        let mut value = self.single(depth)?;
        loop {
            // `**` first: it begins as `*` does.
            let Some(sign) = self.sign(&["**", "*", "//", "/", "%"]) else {
                return Ok(value);
            };
            let right = self.single(depth)?;
            value = match (sign, value.terms.as_slice(), right.terms.as_slice()) {
                ("*", _, []) => value.affine(0.0, right.constant, 0.0),
                ("*", [], _) => right.affine(0.0, value.constant, 0.0),
                ("/", _, []) if right.constant != 0.0 => {
                    value.affine(0.0, 1.0 / right.constant, 0.0)
                }
                ("**", _, []) if right.constant == 1.0 => value,
                ("**", ..) => return Err(computed("a power of a column")),
                ("*", ..) => return Err(computed("a product of columns")),
                _ => return Err(computed("a quotient of columns")),
            };
        }
    }

    fn single(&mut self, depth: usize) -> Result<Column, String> {
        if depth > FORMULA_DEPTH_MAX {
            return Err(format!(
                "more than {FORMULA_DEPTH_MAX} parentheses lie inside one another"
            ));
        }
        match self.sign(&["(", "+", "-"]) {
            Some("(") => {
                let value = self.sum(depth + 1)?;
                let closed = self.sign(&[")"]).map(|_| value);
                closed.ok_or_else(|| unreadable(self.rest))
            }
            Some("-") => Ok(self.single(depth + 1)?.affine(0.0, -1.0, 0.0)),
            Some(_) => self.single(depth + 1),
            None => self.operand(),
        }
    }

    /// A number or a name.
    fn operand(&mut self) -> Result<Column, String> {
        let rest = self.rest.trim_start();
        if let Some((name, after)) = super::term::quoted_name(rest) {
            self.rest = after;
            return (self.column)(name);
        }
        let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.');
        let end = rest
            .find(|letter: char| !is_part(letter))
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if word.is_empty() {
            return Err(unreadable(rest));
        }
        if after.trim_start().starts_with('(') {
            let word = bare(word);
            return Err(computed(&format!("the function {word} of a column")));
        }
        self.rest = after;
        match word.parse::<f64>() {
            Ok(value) if word.starts_with(|first: char| first.is_ascii_digit() || first == '.') => {
                Ok(number(value))
            }
            _ => (self.column)(word),
        }
    }
}

/// The reason for what an artifact has no columns for.
pub(super) fn computed(what: &str) -> String {
    format!("{what} is a column that is not converted yet")
}
