//! Tables of numbers, and matrices of scipy that hold their rows without zeros: what estimators keep that were fitted
//! on sparse rows.

use super::step::{Outcome, Step, index};
use crate::import::limits::PAYLOAD_BYTES_MAX;
use crate::import::objects::Value;

/// A matrix in scipy's form "csr".
#[derive(Debug)]
pub(super) struct Sparse {
    /// Where each row begins in the two lists below, and where the last one ends.
    starts: Vec<usize>,
    /// The column of each number.
    places: Vec<usize>,
    numbers: Vec<f64>,
    width: usize,
}

impl Step<'_> {
    /// A table of numbers, as its rows. A single list is a table of one row.
    pub(super) fn table(&self, name: &str) -> Outcome<Vec<Vec<f64>>> {
        if let Some(sparse) = Sparse::read(self, name)? {
            return sparse.dense(self, name);
        }
        let (numbers, shape) = self.numbers(name)?;
        let width = match *shape.as_slice() {
            [width] | [_, width] if width > 0 => width,
            _ => {
                return Err(self.refuse(format_args!(
                    "{name} has the shape {shape:?}, which is that of no coefficients"
                )));
            }
        };
        Ok(numbers.chunks_exact(width).map(<[f64]>::to_vec).collect())
    }
}

impl Sparse {
    /// The attribute, if it is a sparse matrix; none if it is something else or not there.
    ///
    /// # Errors
    /// It is of another form than "csr", or its lists do not fit each other.
    pub(super) fn read(step: &Step<'_>, name: &str) -> Outcome<Option<Self>> {
        let Some(value) = step.optional(name) else {
            return Ok(None);
        };
        let Some(class) = value
            .class()
            .filter(|class| class.module.starts_with("scipy.sparse"))
        else {
            return Ok(None);
        };
        if !matches!(class.name.as_str(), "csr_matrix" | "csr_array") {
            return Err(step.refuse(format_args!(
                "{name} is a sparse matrix of the form {}: csr is supported",
                class.name
            )));
        }
        let read = Self::lists(value).filter(Self::is_sound);
        read.map(Some)
            .ok_or_else(|| step.wrong(name, "a sound sparse matrix"))
    }

    fn lists(value: Value<'_>) -> Option<Self> {
        let attribute = |name: &str| {
            let value = value.attribute(name)?;
            value.array()?.floats(value.objects()).ok()
        };
        let whole = |name: &str, most: usize| {
            let numbers = attribute(name)?.into_iter();
            numbers
                .map(|number| index(number, most))
                .collect::<Option<Vec<_>>>()
        };
        let shape = value
            .attribute("_shape")
            .or_else(|| value.attribute("shape"))?;
        let shape: Vec<i64> = shape
            .elements()?
            .map(Value::integer)
            .collect::<Option<_>>()?;
        let [rows, width] = *shape.as_slice() else {
            return None;
        };
        let (rows, width) = (usize::try_from(rows).ok()?, usize::try_from(width).ok()?);
        let numbers = attribute("data")?;
        let sparse = Self {
            starts: whole("indptr", numbers.len() + 1)?,
            places: whole("indices", width)?,
            numbers,
            width,
        };
        (sparse.starts.len() == rows.checked_add(1)?).then_some(sparse)
    }

    /// Whether the lists are as long as each other, and rows follow each other.
    fn is_sound(&self) -> bool {
        self.places.len() == self.numbers.len()
            && self.starts.is_sorted()
            && self.starts.last() == Some(&self.numbers.len())
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Column and number of each cell of a row that is not zero.
    fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> {
        let start = self.starts.get(row).copied().unwrap_or_default();
        let end = self.starts.get(row + 1).copied().unwrap_or_default();
        let places = self.places.get(start..end).unwrap_or_default();
        let numbers = self.numbers.get(start..end).unwrap_or_default();
        places.iter().copied().zip(numbers.iter().copied())
    }

    /// Σ weight · row, one number a column.
    pub(super) fn sum(&self, weights: &[f64]) -> Vec<f64> {
        let mut sum = vec![0.0; self.width];
        for (row, weight) in weights.iter().enumerate().take(self.rows()) {
            for (place, number) in self.row(row) {
                if let Some(place) = sum.get_mut(place) {
                    *place += weight * number;
                }
            }
        }
        sum
    }

    /// The rows with their zeros.
    ///
    /// # Errors
    /// They take more memory than a model's numbers may.
    pub(super) fn dense(&self, step: &Step<'_>, name: &str) -> Outcome<Vec<Vec<f64>>> {
        let bytes = self
            .width
            .saturating_mul(self.rows())
            .saturating_mul(size_of::<f64>());
        if bytes > PAYLOAD_BYTES_MAX || self.width == 0 {
            return Err(step.refuse(format_args!(
                "{name} is {} x {} numbers",
                self.rows(),
                self.width
            )));
        }
        let row = |row: usize| {
            let mut dense = vec![0.0; self.width];
            for (place, number) in self.row(row) {
                if let Some(place) = dense.get_mut(place) {
                    *place += number;
                }
            }
            dense
        };
        Ok((0..self.rows()).map(row).collect())
    }
}
