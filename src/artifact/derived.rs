//! What an artifact says of columns that are computed from others: functions, tables, products and text.
//!
//! Columns are numbered from 0: first those that the features make, then those of each entry in order. An entry
//! refers only to columns before its own, so that a row is computed from front to back.

mod form;
mod vocabulary;

use super::feature::{Encoding, Feature};
use super::features::Features;
pub use vocabulary::Vocabulary;

/// An entry of `derived`: what one or more columns are computed from, and how.
#[derive(Debug, Clone, PartialEq)]
pub enum Derived {
    /// A function of each column.
    Function {
        /// The columns.
        of: Vec<usize>,
        /// The function.
        function: Function,
    },
    /// Each column, but nothing below `lower` or above `upper`.
    Clip {
        /// The columns.
        of: Vec<usize>,
        /// The least value.
        lower: Option<f64>,
        /// The largest value.
        upper: Option<f64>,
    },
    /// 1 where a column is above a number, else 0.
    Threshold {
        /// The columns.
        of: Vec<usize>,
        /// The number.
        above: f64,
    },
    /// A power transform of each column.
    Power {
        /// The columns.
        of: Vec<usize>,
        /// Which transform.
        method: PowerMethod,
        /// Its parameter, one per column.
        lambdas: Vec<f64>,
    },
    /// The interval that a column's number falls into: interval i begins at edge i − 1, which belongs to it.
    Bins {
        /// The column.
        of: usize,
        /// Where an interval ends and the next begins, not falling.
        edges: Vec<f64>,
        /// What an interval becomes.
        encode: BinEncoding,
    },
    /// Straight lines between points, constant outside. Where x repeats, the mean of the function read from the left
    /// and from the right.
    Table {
        /// The column.
        of: usize,
        /// Where the points are, not falling.
        x: Vec<f64>,
        /// The function's values there.
        y: Vec<f64>,
        /// A number that is closer to the first or last x than this counts as that one.
        margin: Option<f64>,
    },
    /// The B-splines of a knot vector, one column each.
    Spline {
        /// The column.
        of: usize,
        /// The whole knot vector, not falling.
        knots: Vec<f64>,
        /// The degree of the polynomials.
        degree: usize,
        /// What holds outside of knots `degree` and `len − 1 − degree`.
        extrapolation: Extrapolation,
    },
    /// Products of columns.
    Products {
        /// The columns of each product; a column that stands twice is squared.
        of: Vec<Vec<usize>>,
    },
    /// Weighted sums of columns.
    Combinations {
        /// The sums.
        of: Vec<Combination>,
    },
    /// Columns divided by their norm in the row. A row of zeros stays.
    Normalize {
        /// The columns.
        of: Columns,
        /// The norm.
        norm: Norm,
    },
    /// The counts of terms in a text, one column per term. Only `normalize` of exactly these columns and coefficients
    /// may use them.
    Text(Box<Text>),
}

/// A function of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// The natural logarithm.
    Log,
    /// The logarithm to base 2.
    Log2,
    /// The logarithm to base 10.
    Log10,
    /// log(1 + x)
    Log1p,
    /// e to the power of x
    Exp,
    /// 2 to the power of x
    Exp2,
    /// exp(x) − 1
    Expm1,
    /// The square root.
    Sqrt,
    /// The cube root.
    Cbrt,
    /// x · x
    Square,
    /// 1 / x
    Reciprocal,
    /// |x|
    Absolute,
    /// −1, 0 or 1
    Sign,
    /// The largest whole number that is not above x.
    Floor,
    /// The smallest whole number that is not below x.
    Ceil,
    /// The nearest whole number; the even one of two as near.
    Round,
    /// The sine of an angle in radians.
    Sin,
    /// The cosine of an angle in radians.
    Cos,
    /// The tangent of an angle in radians.
    Tan,
    /// The hyperbolic tangent.
    Tanh,
    /// The inverse hyperbolic sine.
    Asinh,
    /// 1 / (1 + exp(−x))
    Logistic,
    /// log(x / (1 − x))
    Logit,
    /// The inverse of the standard normal distribution function.
    NormalQuantile,
}

/// A power transform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PowerMethod {
    /// (x to the power of λ − 1) / λ, and log(x) for λ = 0: of numbers above 0.
    BoxCox,
    /// The same of x + 1 from 0 on; below, its mirror image with 2 − λ.
    YeoJohnson,
}

/// What an interval becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinEncoding {
    /// One column per interval: 1 in that of the number's interval, else 0.
    OneHot,
    /// One column: the number of the interval, from 0.
    Ordinal,
}

/// What a spline is outside of its interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extrapolation {
    /// The row is refused.
    Error,
    /// What it is at the nearer end.
    Constant,
    /// The tangent at the nearer end.
    Linear,
    /// The polynomial of the nearest piece.
    Continue,
    /// What it is in the interval, which repeats. The first `degree` splines are those behind the last as well.
    Periodic,
}

/// A weighted sum of columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Combination {
    /// The columns.
    pub columns: Vec<usize>,
    /// What each is multiplied by.
    pub weights: Vec<f64>,
    /// What is added.
    pub constant: f64,
}

/// Columns: a range or a list of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Columns {
    /// Columns that follow each other.
    Range {
        /// The first.
        first: usize,
        /// How many.
        count: usize,
    },
    /// Any columns.
    List(Vec<usize>),
}

/// How long a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Norm {
    /// The sum of the magnitudes.
    L1,
    /// The square root of the sum of the squares.
    L2,
    /// The largest magnitude.
    Max,
}

/// How a text becomes counts of terms. The steps are those of scikit-learn's vectorizers, in this order.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// The feature whose cells are the texts, counted from 0.
    pub feature: usize,
    /// Whether texts are compared in lower case, as Python's `str.lower` makes it.
    pub lowercase: bool,
    /// What becomes of accents, after lower case.
    pub strip_accents: Option<StripAccents>,
    /// What terms are made of.
    pub analyzer: Analyzer,
    /// The least and the largest number of words or characters of a term.
    pub ngrams: [usize; 2],
    /// Words that are left out before terms are made of the others.
    pub stop_words: Vec<String>,
    /// Which column a term has.
    pub terms: Terms,
    /// Whether each column is 1 however often the term stands in the text.
    pub binary: bool,
    /// Whether a count c becomes 1 + log(c).
    pub sublinear: bool,
    /// What each column is multiplied by then; empty for 1.
    pub idf: Vec<f64>,
    /// The norm that the row is divided by at last.
    pub norm: Option<Norm>,
}

/// What becomes of accents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StripAccents {
    /// Characters are decomposed (NFKD), and those outside of ASCII are left out.
    Ascii,
    /// Characters are decomposed (NFKD), and combining ones are left out.
    Unicode,
}

/// What terms are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Analyzer {
    /// Words: two letters, digits or underscores and more.
    Word,
    /// Characters.
    Char,
    /// Characters of each word between white space, with a space before and behind it.
    CharWb,
}

/// Which column a term has.
#[derive(Debug, Clone, PartialEq)]
pub enum Terms {
    /// The one with its index in a list; other terms have none.
    Vocabulary(Vocabulary),
    /// One that its hash says (MurmurHash3 of 32 bits, seed 0).
    Hashing {
        /// How many columns there are.
        columns: usize,
        /// Whether the sign of the hash is that of the count.
        alternate_sign: bool,
    },
}

impl Derived {
    /// How many columns the entry adds.
    #[must_use]
    pub fn columns(&self) -> usize {
        match self {
            Self::Function { of, .. }
            | Self::Clip { of, .. }
            | Self::Threshold { of, .. }
            | Self::Power { of, .. } => of.len(),
            Self::Bins { edges, encode, .. } => match encode {
                BinEncoding::OneHot => edges.len() + 1,
                BinEncoding::Ordinal => 1,
            },
            Self::Table { .. } => 1,
            Self::Spline {
                knots,
                degree,
                extrapolation,
                ..
            } => {
                let splines = knots.len().saturating_sub(degree.saturating_add(1));
                match extrapolation {
                    Extrapolation::Periodic => splines.saturating_sub(*degree),
                    _ => splines,
                }
            }
            Self::Products { of } => of.len(),
            Self::Combinations { of } => of.len(),
            Self::Normalize { of, .. } => of.len(),
            Self::Text(text) => text.columns(),
        }
    }
}

impl Text {
    /// How many columns there are.
    #[must_use]
    pub fn columns(&self) -> usize {
        match &self.terms {
            Terms::Vocabulary(vocabulary) => vocabulary.len(),
            Terms::Hashing { columns, .. } => *columns,
        }
    }
}

impl Columns {
    /// How many columns there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Range { count, .. } => *count,
            Self::List(list) => list.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The columns, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        let (range, list) = match self {
            Self::Range { first, count } => (*first..first.saturating_add(*count), &[][..]),
            Self::List(list) => (0..0, list.as_slice()),
        };
        range.chain(list.iter().copied())
    }
}

/// How many columns features and entries make together.
pub(super) fn width(features: &Features, derived: &[Derived]) -> usize {
    let added = derived.iter().map(Derived::columns);
    added.fold(features.design_columns(), usize::saturating_add)
}

/// Whether a document with these parts needs a reader that computes columns.
pub(super) fn is_needed(features: &Features, derived: &[Derived]) -> bool {
    let is_text = |feature: &Feature| matches!(feature.encoding, Some(Encoding::Text));
    !derived.is_empty() || features.described().any(|(_, feature)| is_text(feature))
}
