//! Columns that are computed from others: a row is computed from front to back when its last cell has been read.

mod function;
mod normalize;
mod power;
mod spline;
mod table;
mod text;

pub(crate) use function::normal_quantile;

use std::ops::Range;

use super::entries::Entry;
use crate::artifact::{BinEncoding, Columns, Combination, Derived, Document, Features, Norm, Text};
use crate::limits::TEXT_MEMORY_FACTOR;
use text::TextColumns;

/// What is computed for each row. Columns of the dense and of the sparse part are numbered apart.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    steps: Vec<Step>,
    texts: Vec<TextColumns>,
    norms: Vec<SparseNorm>,
    /// The sparse columns, as the document numbers them, in their order.
    sparse: Vec<Range<usize>>,
    /// The feature that each dense column is computed from first, for errors.
    origins: Vec<usize>,
}

/// An entry that makes dense columns.
#[derive(Debug, Clone)]
struct Step {
    /// The first column that it makes.
    at: usize,
    entry: Derived,
}

/// Sparse columns that are divided by their norm.
#[derive(Debug, Clone)]
struct SparseNorm {
    of: Range<usize>,
    /// The first column that it makes.
    at: usize,
    norm: Norm,
}

/// A column that could not be computed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault {
    /// The feature that it is computed from.
    pub(super) feature: usize,
    /// What went wrong: `the log of -1 is not a number`.
    pub(super) what: String,
}

impl Plan {
    /// The plan of a checked document; none if it computes nothing.
    pub(super) fn of(document: &Document) -> Option<Self> {
        if document.derived.is_empty() {
            return None;
        }
        let mut plan = Self {
            origins: origins(&document.features),
            ..Self::default()
        };
        let mut at = plan.origins.len();
        for entry in &document.derived {
            let columns = at..at + entry.columns();
            at = columns.end;
            match entry {
                Derived::Text(text) => plan.add_text(text, columns),
                Derived::Normalize { of, norm } if plan.sparse_at(of).is_some() => {
                    plan.add_norm(of, *norm, columns);
                }
                _ => plan.add(renumbered(entry, &plan.sparse)),
            }
        }
        Some(plan)
    }

    fn add_text(&mut self, text: &Text, columns: Range<usize>) {
        self.texts.push(TextColumns::new(text, self.sparse_width()));
        self.sparse.push(columns);
    }

    fn add_norm(&mut self, of: &Columns, norm: Norm, columns: Range<usize>) {
        let first = self.sparse_at(of).unwrap_or_default();
        self.norms.push(SparseNorm {
            of: first..first + of.len(),
            at: self.sparse_width(),
            norm,
        });
        self.sparse.push(columns);
    }

    /// The first of these columns among the sparse ones, if that is what they are.
    fn sparse_at(&self, of: &Columns) -> Option<usize> {
        let first = of.iter().next()?;
        let mut at = 0;
        for range in &self.sparse {
            if range.contains(&first) {
                return Some(at + first - range.start);
            }
            at += range.len();
        }
        None
    }

    fn add(&mut self, entry: Derived) {
        let at = self.origins.len();
        let origins = sources(&entry).map(|source| self.origins.get(source).copied().unwrap_or(0));
        let origins: Vec<usize> = origins.collect();
        let first = origins.first().copied().unwrap_or(0);
        let own = origins.into_iter().chain(std::iter::repeat(first));
        self.origins.extend(own.take(entry.columns()));
        self.steps.push(Step { at, entry });
    }

    /// The sparse columns, as the document numbers them, in their order.
    pub(super) fn sparse(&self) -> &[Range<usize>] {
        &self.sparse
    }

    fn sparse_width(&self) -> usize {
        self.sparse.iter().map(Range::len).sum()
    }

    /// Adds the columns of the texts that a feature's cell makes to the entries of a row.
    pub(super) fn read_text(
        &self,
        feature: usize,
        content: &str,
        entries: &mut Vec<Entry>,
    ) -> Result<(), Fault> {
        let texts = self.texts.iter().filter(|text| text.feature() == feature);
        for text in texts {
            let read = text.compute(content, entries);
            read.map_err(|what| Fault { feature, what })?;
        }
        Ok(())
    }

    /// Bytes of memory that a feature's cell of so many bytes takes at most while its texts are computed.
    pub(super) fn text_bytes(&self, feature: usize, bytes: usize) -> usize {
        let texts = self.texts.iter().filter(|text| text.feature() == feature);
        let entries = texts.map(|text| text.entries_bytes(bytes));
        // Each norm makes as many again.
        let entries = entries.fold(0, usize::saturating_add);
        let entries = entries.saturating_mul(1 + self.norms.len());
        entries.saturating_add(bytes.saturating_mul(TEXT_MEMORY_FACTOR))
    }

    /// How many lengths of terms all texts together are looked through for.
    pub(super) fn term_lengths(&self) -> usize {
        self.texts.iter().map(TextColumns::term_lengths).sum()
    }

    /// Adds the columns of a row's entries, from `start` on, that are divided by their norm.
    pub(super) fn normalize(&self, entries: &mut Vec<Entry>, start: usize) {
        for step in &self.norms {
            let from = entries.len();
            let row = entries.get(start..).unwrap_or_default();
            let own = row.iter().filter(|(column, _)| step.of.contains(column));
            let moved = own.map(|&(column, value)| (column - step.of.start + step.at, value));
            let moved: Vec<Entry> = moved.collect();
            entries.extend(moved);
            normalize::divide_entries(step.norm, entries.get_mut(from..).unwrap_or_default());
        }
    }

    /// How many dense columns there are.
    pub(super) fn width(&self) -> usize {
        self.origins.len()
    }

    /// How many numbers are read to compute a row.
    pub(super) fn work(&self) -> usize {
        let reads = self.steps.iter().map(|step| reads(&step.entry));
        reads.fold(self.width(), usize::saturating_add)
    }

    /// Bytes of memory that the plan takes.
    pub(super) fn memory_bytes(&self) -> usize {
        let texts = self.texts.iter().map(TextColumns::memory_bytes);
        let steps = self.steps.len() * size_of::<Step>();
        (self.work() + self.width()) * size_of::<usize>() + steps + texts.sum::<usize>()
    }

    /// Computes the columns of a row behind those that its cells made.
    pub(super) fn compute(&self, row: &mut [f64]) -> Result<(), Fault> {
        for step in &self.steps {
            let Some((before, out)) = row.split_at_mut_checked(step.at) else {
                continue;
            };
            let out = out.get_mut(..step.entry.columns()).unwrap_or_default();
            step.entry.compute(before, out).map_err(|what| Fault {
                feature: self.origin_of(step, out),
                what,
            })?;
        }
        Ok(())
    }

    /// The feature behind the first number of a step that is not finite.
    fn origin_of(&self, step: &Step, out: &[f64]) -> usize {
        let wrong = out.iter().position(|number| !number.is_finite());
        let column = step.at + wrong.unwrap_or(0);
        self.origins.get(column).copied().unwrap_or(0)
    }
}

/// The feature of each column that features make.
fn origins(features: &Features) -> Vec<usize> {
    let features = features.iter().enumerate();
    features
        .flat_map(|(index, feature)| std::iter::repeat_n(index, feature.design_columns()))
        .collect()
}

/// An entry that makes dense columns, with the numbers that columns have without the sparse ones.
fn renumbered(entry: &Derived, sparse: &[Range<usize>]) -> Derived {
    let mut entry = entry.clone();
    let dense = |column: &mut usize| {
        let before = sparse.iter().filter(|range| range.end <= *column);
        *column -= before.map(Range::len).sum::<usize>();
    };
    match &mut entry {
        Derived::Function { of, .. }
        | Derived::Clip { of, .. }
        | Derived::Threshold { of, .. }
        | Derived::Power { of, .. } => of.iter_mut().for_each(dense),
        Derived::Bins { of, .. } | Derived::Table { of, .. } | Derived::Spline { of, .. } => {
            dense(of);
        }
        Derived::Products { of } => of.iter_mut().flatten().for_each(dense),
        Derived::Combinations { of } => {
            let columns = of.iter_mut().flat_map(|sum| &mut sum.columns);
            columns.for_each(dense);
        }
        Derived::Normalize { of, .. } => {
            let mut columns: Vec<usize> = of.iter().collect();
            columns.iter_mut().for_each(dense);
            *of = Columns::List(columns);
        }
        Derived::Text(_) => {}
    }
    entry
}

/// The first column that each of an entry's columns is computed from.
fn sources(entry: &Derived) -> Box<dyn Iterator<Item = usize> + '_> {
    match entry {
        Derived::Function { of, .. }
        | Derived::Clip { of, .. }
        | Derived::Threshold { of, .. }
        | Derived::Power { of, .. } => Box::new(of.iter().copied()),
        Derived::Bins { of, .. } | Derived::Table { of, .. } | Derived::Spline { of, .. } => {
            Box::new(std::iter::once(*of))
        }
        Derived::Products { of } => Box::new(of.iter().filter_map(|of| of.first().copied())),
        Derived::Combinations { of } => Box::new(
            of.iter()
                .map(|sum| sum.columns.first().copied().unwrap_or(0)),
        ),
        Derived::Normalize { of, .. } => Box::new(of.iter()),
        Derived::Text(_) => Box::new(std::iter::empty()),
    }
}

/// How many numbers an entry reads.
fn reads(entry: &Derived) -> usize {
    match entry {
        Derived::Products { of } => of.iter().map(Vec::len).sum(),
        Derived::Combinations { of } => of.iter().map(|sum| sum.columns.len()).sum(),
        Derived::Spline { degree, .. } => (degree + 1) * (degree + 1),
        Derived::Normalize { of, .. } => 2 * of.len(),
        other => other.columns(),
    }
}

trait Compute {
    /// Computes the entry's columns; the reason if one of them is not a finite number.
    fn compute(&self, before: &[f64], out: &mut [f64]) -> Result<(), String>;
}

impl Compute for Derived {
    fn compute(&self, before: &[f64], out: &mut [f64]) -> Result<(), String> {
        match self {
            Self::Function { of, function } => {
                each(before, out, of, |number| function::value(*function, number));
                check_each(before, out, of, function::name(*function))
            }
            Self::Clip { of, lower, upper } => {
                let lower = lower.unwrap_or(f64::NEG_INFINITY);
                let upper = upper.unwrap_or(f64::INFINITY);
                each(before, out, of, |number| number.max(lower).min(upper));
                Ok(())
            }
            Self::Threshold { of, above } => {
                each(before, out, of, |number| {
                    f64::from(u8::from(number > *above))
                });
                Ok(())
            }
            Self::Power {
                of,
                method,
                lambdas,
            } => {
                let pairs = of.iter().zip(lambdas);
                for (out, (&column, &lambda)) in out.iter_mut().zip(pairs) {
                    *out = power::value(*method, lambda, at(before, column));
                }
                check_each(before, out, of, power::name(*method))
            }
            Self::Bins { of, edges, encode } => {
                table::bins(at(before, *of), edges, *encode == BinEncoding::OneHot, out);
                Ok(())
            }
            Self::Table { of, x, y, margin } => {
                let number = table::value(at(before, *of), x, y, *margin);
                out.fill(number);
                check_each(before, out, &[*of], "value of the table")
            }
            Self::Spline {
                of,
                knots,
                degree,
                extrapolation,
            } => {
                let number = at(before, *of);
                spline::values(number, knots, *degree, *extrapolation, out)?;
                check_all(out, || format!("a B-spline of {number}"))
            }
            Self::Products { of } => {
                for (out, factors) in out.iter_mut().zip(of) {
                    *out = product(before, factors);
                }
                check_all(out, || "a product of columns".to_owned())
            }
            Self::Combinations { of } => {
                for (out, sum) in out.iter_mut().zip(of) {
                    *out = combination(before, sum);
                }
                check_all(out, || "a sum of columns".to_owned())
            }
            Self::Normalize { of, norm } => {
                for (out, column) in out.iter_mut().zip(of.iter()) {
                    *out = at(before, column);
                }
                normalize::divide(*norm, out);
                check_all(out, || "a column divided by the norm".to_owned())
            }
            Self::Text(_) => Ok(()),
        }
    }
}

/// The number in a column.
fn at(row: &[f64], column: usize) -> f64 {
    row.get(column).copied().unwrap_or_default()
}

fn each(before: &[f64], out: &mut [f64], of: &[usize], value: impl Fn(f64) -> f64) {
    for (out, &column) in out.iter_mut().zip(of) {
        *out = value(at(before, column));
    }
}

fn product(row: &[f64], factors: &[usize]) -> f64 {
    match *factors {
        [one, other] => at(row, one) * at(row, other),
        _ => factors.iter().map(|&column| at(row, column)).product(),
    }
}

fn combination(row: &[f64], sum: &Combination) -> f64 {
    let terms = sum.columns.iter().zip(&sum.weights);
    let terms = terms.map(|(&column, weight)| at(row, column) * weight);
    terms.sum::<f64>() + sum.constant
}

/// Refuses the first number that is not finite, with the number that it comes from.
fn check_each(before: &[f64], out: &[f64], of: &[usize], what: &str) -> Result<(), String> {
    let pairs = out.iter().zip(of);
    match pairs.into_iter().find(|(number, _)| !number.is_finite()) {
        Some((number, &column)) => Err(not_finite(
            *number,
            &format!("the {what} of {}", at(before, column)),
        )),
        None => Ok(()),
    }
}

fn check_all(out: &[f64], what: impl Fn() -> String) -> Result<(), String> {
    match out.iter().find(|number| !number.is_finite()) {
        Some(number) => Err(not_finite(*number, &what())),
        None => Ok(()),
    }
}

fn not_finite(number: f64, what: &str) -> String {
    let expected = if number.is_nan() {
        "a number"
    } else {
        "a finite number"
    };
    format!("{what} is not {expected}")
}
