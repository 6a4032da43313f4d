//! From the cells of a row to the columns that are fitted: missing cells filled in, indicators added, centred and
//! divided by their deviation.

use crate::block::Block;
use crate::covariance::{self, Covariance};
use crate::dense::length;
use crate::survey::Summary;
use crate::table::Table;
use crate::triangle::Triangle;

/// What is done with a column of the rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Treatment {
    /// What stands in for missing cells.
    pub fill: Fill,
    /// Whether a column is added that is 1 where the cell was missing and 0 elsewhere.
    pub indicator: bool,
    /// Whether the penalty is on the coefficient of the column divided by its deviation.
    pub normalise: bool,
}

/// What stands in for a missing cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fill {
    /// The weighted mean of the cells that are not missing.
    Mean,
    /// Their median, as the counts have it.
    Median,
    /// This number.
    Constant(f64),
}

/// One column that is fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    /// The column of the rows that it comes from.
    pub source: usize,
    /// Whether it is 1 where the cell was missing, not the cell itself.
    pub indicator: bool,
    /// What stands in for a missing cell.
    pub fill: f64,
    /// What the survey took off the cells.
    pub shift: f64,
    /// Weighted mean.
    pub mean: f64,
    /// Weighted deviation from the mean.
    pub deviation: f64,
    /// What is taken off: the mean, or 0 without intercept.
    pub centre: f64,
    /// What the column is divided by while it is fitted; 0 if it is constant and left out of the fit.
    pub scale: f64,
    /// The factor from a coefficient of the fitted column to what the penalty is on.
    pub penalised: f64,
}

/// All columns that are fitted, and the factor of the rows in them.
#[derive(Debug, Clone)]
pub struct Design {
    /// In the order of the rows' columns, an indicator after the column it belongs to.
    pub columns: Vec<Column>,
    /// Whether there is an intercept.
    pub intercept: bool,
    /// How many rows there are.
    pub rows: u64,
    /// Sum of the weights.
    pub weight: f64,
    /// The factor of [1 | columns with their missing cells filled in, less the survey's shift | label less its
    /// shift].
    pub triangle: Triangle,
    /// The columns with a scale above 0.
    pub active: Vec<usize>,
}

impl Design {
    /// Settles what is done with each column, after the survey.
    #[must_use]
    pub fn new(summary: &Summary, treatments: &[Treatment], intercept: bool) -> Self {
        let weight = summary.triangle.at(0, 0).powi(2);
        let mut columns = Vec::new();
        for (source, treatment) in treatments.iter().enumerate() {
            let fill = fill(summary, source, treatment.fill);
            columns.push(Column::new(source, false, fill, summary.shifts[source]));
            if treatment.indicator {
                columns.push(Column::new(source, true, 1.0, 0.0));
            }
        }
        let triangle = factor(summary, &columns);
        for (index, column) in columns.iter_mut().enumerate() {
            column.measure(&triangle, index + 1);
            let treatment = treatments[column.source];
            column.settle(intercept, treatment.normalise && !column.indicator);
        }
        let active = (0..columns.len())
            .filter(|&index| columns[index].scale > 0.0)
            .collect();
        Self {
            columns,
            intercept,
            rows: summary.rows,
            weight,
            triangle,
            active,
        }
    }

    /// The factor of other rows in these columns: of [1 | columns with their missing cells filled in as here, less
    /// the survey's shift | label less its shift]. The same survey saw them.
    #[must_use]
    pub fn factor_of(&self, others: &Summary) -> Triangle {
        factor(others, &self.columns)
    }

    /// How many coefficients are fitted, the intercept among them.
    #[must_use]
    pub fn unknowns(&self) -> usize {
        self.active.len() + usize::from(self.intercept)
    }

    /// Writes a row as it is fitted: 1 for the intercept, then the active columns.
    pub(crate) fn write(&self, block: &Block<'_>, row: usize, into: &mut [f64]) {
        let cells = block.row(row);
        let first = usize::from(self.intercept);
        if self.intercept {
            into[0] = 1.0;
        }
        for (place, &index) in into[first..].iter_mut().zip(&self.active) {
            let column = &self.columns[index];
            *place = (column.value(cells[column.source]) - column.centre) / column.scale;
        }
    }

    /// Writes a row as it is predicted from: missing cells filled in, indicators added.
    pub(crate) fn fill(&self, cells: &[f64], into: &mut [f64]) {
        for (place, column) in into.iter_mut().zip(&self.columns) {
            *place = column.value(cells[column.source]);
        }
    }

    /// The intercept and coefficients of all columns as they are in the rows, from those that were fitted.
    #[must_use]
    pub fn in_units_of_rows(&self, fitted: &[f64]) -> (f64, Vec<f64>) {
        let first = usize::from(self.intercept);
        let mut coefficients = vec![0.0; self.columns.len()];
        let mut intercept = if self.intercept { fitted[0] } else { 0.0 };
        for (&index, value) in self.active.iter().zip(&fitted[first..]) {
            let column = &self.columns[index];
            coefficients[index] = value / column.scale;
            intercept -= coefficients[index] * column.centre;
        }
        (intercept, coefficients)
    }

    /// `dispersion` times the inverse of `weight` · RᵀR, in the units of the rows. R is a factor of the rows as they
    /// are fitted; its inverse is triangular, and so is what the units make of it. None for more columns than a
    /// covariance is kept of.
    #[must_use]
    pub fn covariance(
        &self,
        factor: &Triangle,
        weight: f64,
        dispersion: f64,
        degrees: u64,
    ) -> Option<Covariance> {
        if self.columns.len() > covariance::COLUMNS_MAX {
            return None;
        }
        let unknowns = self.unknowns();
        let first = usize::from(self.intercept);
        let root = (dispersion / weight).sqrt();
        let mut rows = Table::zeros(self.columns.len() + 1, self.columns.len() + 1);
        for place in 0..unknowns {
            let mut unit = vec![0.0; unknowns];
            unit[place] = root;
            factor.substitute(&mut unit[..=place]);
            let own = match place.checked_sub(first) {
                Some(place) => self.active[place] + 1,
                None => 0,
            };
            let row = rows.row_mut(own);
            row[0] = if self.intercept { unit[0] } else { 0.0 };
            for (&index, value) in self.active.iter().zip(&unit[first..]) {
                let column = &self.columns[index];
                row[index + 1] = value / column.scale;
                row[0] -= row[index + 1] * column.centre;
            }
        }
        Some(Covariance {
            dispersion,
            degrees,
            factor: rows,
        })
    }

    /// The first active column that is a combination of those before it, if there is one.
    #[must_use]
    pub fn dependent(&self) -> Option<usize> {
        let first = usize::from(self.intercept);
        let rows = self.as_fitted(0.0);
        let places = self.active.iter().enumerate();
        let mut dependent = places.filter(|&(place, &index)| {
            let (column, own) = (place + first, rows.at(place + first, place + first).abs());
            let raw = self.triangle.length(index + 1) / self.columns[index].scale;
            own <= rounding(self.rows, rows.width()) * rows.length(column).max(raw)
        });
        dependent.next().map(|(_, &index)| index)
    }

    /// The factor of the rows as they are fitted: the intercept's ones, the active columns, and the label if
    /// there is one: less its shift with an intercept, as it is without.
    #[must_use]
    pub fn as_fitted(&self, label_shift: f64) -> Triangle {
        let mut combinations = Vec::new();
        if self.intercept {
            combinations.push(vec![(0, 1.0)]);
        }
        for &index in &self.active {
            let column = &self.columns[index];
            let centre = column.centre - column.shift;
            combinations.push(vec![
                (0, -centre / column.scale),
                (index + 1, 1.0 / column.scale),
            ]);
        }
        if self.triangle.width() > self.columns.len() + 1 {
            let shift = if self.intercept { 0.0 } else { label_shift };
            combinations.push(vec![(0, shift), (self.triangle.width() - 1, 1.0)]);
        }
        self.triangle.combine(&combinations)
    }
}

impl Column {
    fn new(source: usize, indicator: bool, fill: f64, shift: f64) -> Self {
        Self {
            source,
            indicator,
            fill,
            shift,
            mean: 0.0,
            deviation: 0.0,
            centre: 0.0,
            scale: 0.0,
            penalised: 0.0,
        }
    }

    fn value(&self, cell: f64) -> f64 {
        match (self.indicator, cell.is_nan()) {
            (false, false) => cell,
            (false, true) => self.fill,
            (true, missing) => f64::from(u8::from(missing)),
        }
    }

    /// Reads mean and deviation off the factor.
    fn measure(&mut self, triangle: &Triangle, place: usize) {
        let root = triangle.at(0, 0);
        self.mean = self.shift + triangle.at(0, place) / root;
        let about_mean = (1..=place)
            .map(|row| triangle.at(row, place))
            .fold(0.0, length);
        self.deviation = about_mean / root.abs();
        if self.deviation <= 4.0 * f64::EPSILON * self.mean.abs() {
            self.deviation = 0.0;
        }
    }

    /// Settles how the column is fitted. Without intercept there is nothing that a mean could be moved into.
    fn settle(&mut self, intercept: bool, normalise: bool) {
        (self.centre, self.scale) = if intercept {
            (self.mean, self.deviation)
        } else {
            (0.0, length(self.mean, self.deviation))
        };
        let unit = if normalise && self.deviation > 0.0 {
            self.deviation
        } else {
            1.0
        };
        self.penalised = unit / self.scale;
    }
}

fn factor(summary: &Summary, columns: &[Column]) -> Triangle {
    let mut combinations = vec![vec![(0, 1.0)]];
    for column in columns {
        combinations.push(match column.indicator {
            true => indicator(summary, column.source),
            false => filled(summary, column.source, column.fill),
        });
    }
    if summary.triangle.width() > 1 + summary.shifts.len() + summary.with_missing.len() {
        combinations.push(vec![(summary.triangle.width() - 1, 1.0)]);
    }
    summary.triangle.combine(&combinations)
}

/// What a column adds to those before it, of its length, if that is rounding alone.
fn rounding(rows: u64, width: usize) -> f64 {
    8.0 * f64::EPSILON * ((rows as f64).sqrt() + width as f64)
}

fn fill(summary: &Summary, source: usize, fill: Fill) -> f64 {
    match fill {
        Fill::Constant(number) => number,
        Fill::Median => summary.columns[source].sketch.quantile(0.5).unwrap_or(0.0),
        Fill::Mean => {
            let missing = missing_place(summary, source);
            let missing = missing.map_or(0.0, |place| summary.triangle.at(0, place));
            let present = summary.triangle.at(0, 0) - missing;
            let mean = summary.triangle.at(0, source + 1) / present;
            summary.shifts[source] + if mean.is_finite() { mean } else { 0.0 }
        }
    }
}

/// The column of the survey's factor that says where the cells of a column are missing.
fn missing_place(summary: &Summary, source: usize) -> Option<usize> {
    let place = summary.with_missing.binary_search(&source).ok()?;
    Some(1 + summary.shifts.len() + place)
}

/// The column with its missing cells filled in: 0 stands there, and the fill less the shift ought to.
fn filled(summary: &Summary, source: usize, fill: f64) -> Vec<(usize, f64)> {
    let mut combination = vec![(source + 1, 1.0)];
    if let Some(place) = missing_place(summary, source) {
        combination.push((place, fill - summary.shifts[source]));
    }
    combination
}

fn indicator(summary: &Summary, source: usize) -> Vec<(usize, f64)> {
    let place = missing_place(summary, source);
    place.map(|place| (place, 1.0)).into_iter().collect()
}
