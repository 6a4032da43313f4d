//! The sums of the survey as bytes.

use crate::bytes::{Reader, Writer};
use crate::sample::Sample;
use crate::sketch::{Resolution, Sketch};
use crate::survey::{ColumnSummary, Sum};
use crate::table::Table;
use crate::triangle::Triangle;

impl Sum {
    /// Writes everything but drawn rows, which others need not have.
    pub(crate) fn save(&self, to: &mut Writer) {
        to.whole(self.rows);
        to.whole(self.rows_weighted);
        to.numbers(&[self.label_range.0, self.label_range.1]);
        to.whole(self.with_missing.len() as u64);
        for &column in &self.with_missing {
            to.whole(column as u64);
        }
        for column in &self.columns {
            column.save(to);
        }
        to.whole(self.classes.len() as u64);
        for (code, (rows, weight)) in &self.classes {
            to.whole(*code);
            to.whole(*rows);
            to.number(*weight);
        }
        self.triangle.save(to);
    }

    /// Reads the sum of rows of this width, without drawn rows. `regression` says whether labels are numbers.
    pub(crate) fn restore(from: &mut Reader<'_>, width: usize, regression: bool) -> Option<Self> {
        let mut sum = Self::new(width, regression, Sample::none(width));
        sum.rows = from.whole()?;
        sum.rows_weighted = from.whole()?;
        sum.label_range = (from.number()?, from.number()?);
        for _ in 0..from.count(1)? {
            let column = usize::try_from(from.whole()?).ok()?;
            let rises = sum.with_missing.last().is_none_or(|last| *last < column);
            if column >= width || !rises {
                return None;
            }
            sum.with_missing.push(column);
        }
        let resolution = Resolution::of_width(width);
        for column in &mut sum.columns {
            *column = ColumnSummary::restore(from, resolution)?;
        }
        for _ in 0..from.count(3)? {
            let (code, rows) = (from.whole()?, from.whole()?);
            sum.classes.insert(code, (rows, from.number()?));
        }
        let factored = sum.triangle.width() + sum.with_missing.len();
        sum.gathered = Table::zeros(factored, sum.gathered.width());
        sum.triangle = Triangle::restore(from, factored)?;
        Some(sum)
    }
}

impl ColumnSummary {
    fn save(&self, to: &mut Writer) {
        to.whole(self.count);
        to.whole(self.missing);
        to.numbers(&[self.minimum, self.maximum]);
        self.sketch.save(to);
    }

    fn restore(from: &mut Reader<'_>, resolution: Resolution) -> Option<Self> {
        Some(Self {
            count: from.whole()?,
            missing: from.whole()?,
            minimum: from.number()?,
            maximum: from.number()?,
            sketch: Sketch::restore(from, resolution)?,
        })
    }
}
