//! Arithmetic in formulas, such as `I(2 * x ** 2 + 1)` and `np.log(x + 1)`: read into a tree, and nothing is evaluated.

use crate::import::limits::FORMULA_DEPTH_MAX;
use crate::shown::{bare, quoted};

/// An expression of columns.
#[derive(Debug, PartialEq)]
pub(super) enum Expression {
    Number(f64),
    /// The name of a column.
    Name(String),
    Sum(Box<Expression>, Box<Expression>),
    Product(Box<Expression>, Box<Expression>),
    Quotient(Box<Expression>, Box<Expression>),
    Negative(Box<Expression>),
    Power(Box<Expression>, Box<Expression>),
    /// A function of numpy or scipy by its name there.
    Function(String, Box<Expression>),
}

/// Reads an expression.
///
/// # Errors
/// What in it is not known.
pub(super) fn read(text: &str) -> Result<Expression, String> {
    let mut reader = Reader { rest: text };
    let value = reader.sum(0)?;
    match reader.rest.trim_start() {
        "" => Ok(value),
        rest => Err(unreadable(rest)),
    }
}

/// The reason for what an artifact has no columns for.
pub(super) fn computed(what: &str) -> String {
    format!("{what} is a column that is not converted")
}

fn unreadable(rest: &str) -> String {
    format!("{} in it is not arithmetic that is read", quoted(rest))
}

impl Expression {
    /// Calls `see` with the name of every column.
    ///
    /// # Errors
    /// The first that `see` gives.
    pub(super) fn names<'e>(
        &'e self,
        see: &mut dyn FnMut(&'e str) -> Result<(), String>,
    ) -> Result<(), String> {
        match self {
            Self::Number(_) => Ok(()),
            Self::Name(name) => see(name),
            Self::Negative(inner) | Self::Function(_, inner) => inner.names(see),
            Self::Sum(a, b) | Self::Product(a, b) | Self::Quotient(a, b) | Self::Power(a, b) => {
                a.names(see)?;
                b.names(see)
            }
        }
    }
}

/// Modules whose functions are known by their names. Others can be called so, too, but nobody does.
const MODULES: [&str; 5] = ["np.", "numpy.", "scipy.special.", "special.", "sp."];

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// Takes one of these signs away, if it comes next.
    fn sign(&mut self, signs: &[&'static str]) -> Option<&'static str> {
        let rest = self.rest.trim_start();
        let sign = signs.iter().find(|sign| rest.starts_with(**sign))?;
        self.rest = rest.strip_prefix(sign)?;
        Some(sign)
    }

    fn sum(&mut self, depth: usize) -> Result<Expression, String> {
        let mut value = self.product(depth)?;
        while let Some(sign) = self.sign(&["+", "-"]) {
            let right = Box::new(self.product(depth)?);
            let right = match sign {
                "-" => Box::new(Expression::Negative(right)),
                _ => right,
            };
            value = Expression::Sum(Box::new(value), right);
        }
        Ok(value)
    }

    fn product(&mut self, depth: usize) -> Result<Expression, String> {
        let mut value = self.signed(depth)?;
        while let Some(sign) = self.sign(&["*", "//", "/", "%"]) {
            let right = Box::new(self.signed(depth)?);
            let left = Box::new(value);
            value = match sign {
                "*" => Expression::Product(left, right),
                "/" => Expression::Quotient(left, right),
                sign => return Err(computed(&format!("what {sign} makes of columns"))),
            };
        }
        Ok(value)
    }

    /// A sign binds less than a power: −x² is −(x²).
    fn signed(&mut self, depth: usize) -> Result<Expression, String> {
        if depth > FORMULA_DEPTH_MAX {
            return Err(format!(
                "more than {FORMULA_DEPTH_MAX} parentheses or signs lie inside one another"
            ));
        }
        match self.sign(&["+", "-"]) {
            Some("-") => Ok(Expression::Negative(Box::new(self.signed(depth + 1)?))),
            Some(_) => self.signed(depth + 1),
            None => self.power(depth),
        }
    }

    fn power(&mut self, depth: usize) -> Result<Expression, String> {
        let base = self.operand(depth)?;
        match self.sign(&["**"]) {
            Some(_) => {
                let exponent = self.signed(depth + 1)?;
                Ok(Expression::Power(Box::new(base), Box::new(exponent)))
            }
            None => Ok(base),
        }
    }

    /// A number, a name, a function of something, or something in parentheses.
    fn operand(&mut self, depth: usize) -> Result<Expression, String> {
        if self.sign(&["("]).is_some() {
            let value = self.sum(depth + 1)?;
            return self.closed(value);
        }
        let rest = self.rest.trim_start();
        if let Some((name, after)) = super::term::quoted_name(rest) {
            let name = name.to_owned();
            self.rest = self.rest.get(self.rest.len() - after.len()..).unwrap_or("");
            return Ok(Expression::Name(name));
        }
        let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.');
        let end = rest.find(|letter: char| !is_part(letter));
        let (word, after) = rest
            .split_at_checked(end.unwrap_or(rest.len()))
            .unwrap_or((rest, ""));
        if word.is_empty() {
            return Err(unreadable(rest));
        }
        let word = word.to_owned();
        self.rest = self.rest.get(self.rest.len() - after.len()..).unwrap_or("");
        if self.sign(&["("]).is_some() {
            return self.function(&word, depth);
        }
        let is_number = word.starts_with(|first: char| first.is_ascii_digit() || first == '.');
        match word.parse::<f64>() {
            Ok(value) if is_number => Ok(Expression::Number(value)),
            _ => Ok(Expression::Name(word)),
        }
    }

    fn closed(&mut self, value: Expression) -> Result<Expression, String> {
        let closed = self.sign(&[")"]).map(|_| value);
        closed.ok_or_else(|| unreadable(self.rest))
    }

    /// A function whose opening parenthesis has been read. `I(…)` is what is in it.
    fn function(&mut self, word: &str, depth: usize) -> Result<Expression, String> {
        let name = MODULES.iter().find_map(|module| word.strip_prefix(module));
        let name = match (word, name) {
            ("I", _) => None,
            (_, Some(name)) => Some(name),
            _ => {
                return Err(computed(&format!(
                    "the function {} of a column",
                    bare(word)
                )));
            }
        };
        let value = Box::new(self.sum(depth + 1)?);
        let value = match name {
            None => *value,
            Some("power") if self.sign(&[","]).is_some() => {
                let exponent = self.sum(depth + 1)?;
                Expression::Power(value, Box::new(exponent))
            }
            Some(name) => Expression::Function(name.to_owned(), value),
        };
        self.closed(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        fn show(expression: &Expression) -> String {
            let two = |sign: &str, a, b| format!("({} {sign} {})", show(a), show(b));
            match expression {
                Expression::Number(number) => number.to_string(),
                Expression::Name(name) => name.clone(),
                Expression::Sum(a, b) => two("+", a, b),
                Expression::Product(a, b) => two("*", a, b),
                Expression::Quotient(a, b) => two("/", a, b),
                Expression::Negative(inner) => format!("-{}", show(inner)),
                Expression::Power(a, b) => two("**", a, b),
                Expression::Function(name, inner) => format!("{name} {}", show(inner)),
            }
        }
        show(&read(text).unwrap())
    }

    #[test]
    fn signs_bind_as_they_do_in_python() {
        assert_eq!(shown("-x ** 2"), "-(x ** 2)");
        assert_eq!(shown("2 ** -x ** 2"), "(2 ** -(x ** 2))");
        assert_eq!(shown("a - b - c"), "((a + -b) + -c)");
        assert_eq!(shown("a / b * c + 1"), "(((a / b) * c) + 1)");
        assert_eq!(shown("I(np.log(x + 1) ** 2)"), "(log (x + 1) ** 2)");
        assert_eq!(shown("np.power(Q('the size'), 3)"), "(the size ** 3)");
    }

    #[test]
    fn what_is_no_arithmetic_is_refused() {
        for text in [
            "x > 1",
            "x if y else z",
            "f(x)",
            "x // 2",
            "x %  2",
            "(x",
            "x)",
            "",
            "np.log(x, 2)",
            "x.y(1)",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        assert!(read(&"(".repeat(100_000)).is_err());
        assert!(read(&"-".repeat(100_000)).is_err());
        assert!(read(&"x ** ".repeat(100_000)).is_err());
    }
}
