//! Rows on their way through the program: blocks of them, passes over all blocks, and what can be passed over.

/// Rows of numbers with what is to be predicted from them.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    /// Columns of a row.
    pub width: usize,
    /// Row by row; NaN where a cell is missing.
    pub cells: &'a [f64],
    /// One per row: the value of a regression, the code of a class.
    pub labels: &'a [f64],
    /// One per row, at least 0; empty if all are 1.
    pub weights: &'a [f64],
    /// What is added to the linear predictor, one per row; empty if all are 0.
    pub offsets: &'a [f64],
    /// The fold that each row is in; empty if all are in the first.
    pub folds: &'a [u8],
}

impl<'a> Block<'a> {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.labels.len()
    }

    /// The cells of one row.
    #[must_use]
    pub fn row(&self, row: usize) -> &'a [f64] {
        &self.cells[row * self.width..(row + 1) * self.width]
    }

    /// The weight of one row.
    #[must_use]
    pub fn weight(&self, row: usize) -> f64 {
        self.weights.get(row).copied().unwrap_or(1.0)
    }

    /// The offset of one row.
    #[must_use]
    pub fn offset(&self, row: usize) -> f64 {
        self.offsets.get(row).copied().unwrap_or(0.0)
    }

    /// The fold of one row.
    #[must_use]
    pub fn fold(&self, row: usize) -> usize {
        self.folds.get(row).copied().unwrap_or(0).into()
    }
}

/// What is worked out from all rows in one pass. Chunks of the data are worked on side by side, each by its own
/// sum, and the sums are merged in the order of the chunks: the result does not depend on the number of threads.
pub trait Pass: Sync {
    /// What a chunk of rows adds up to.
    type Sum: Send + 'static;

    /// The sum of no rows.
    fn begin(&self) -> Self::Sum;

    /// Adds a block.
    fn block(&self, sum: &mut Self::Sum, block: &Block<'_>);

    /// Adds the sum of the chunk that comes next.
    fn merge(&self, total: &mut Self::Sum, next: Self::Sum);

    /// The total as bytes, from which the pass can go on after a restart. None if it is passed again instead.
    fn save(&self, total: &Self::Sum) -> Option<Vec<u8>> {
        let _ = total;
        None
    }

    /// The total that was saved by a pass that looked for the same; None if another did.
    fn restore(&self, bytes: &[u8]) -> Option<Self::Sum> {
        let _ = bytes;
        None
    }
}

/// Rows that can be passed over again and again, always in the same blocks.
pub trait Source {
    /// Why a pass failed.
    type Error;

    /// Passes over all rows.
    ///
    /// # Errors
    /// The rows cannot be read.
    fn pass<P: Pass>(&mut self, pass: &P) -> Result<P::Sum, Self::Error>;
}

/// Rows in memory.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Columns of a row.
    pub width: usize,
    /// Row by row.
    pub cells: Vec<f64>,
    /// One per row.
    pub labels: Vec<f64>,
    /// One per row, or empty.
    pub weights: Vec<f64>,
    /// One per row, or empty.
    pub offsets: Vec<f64>,
    /// One per row, or empty.
    pub folds: Vec<u8>,
}

/// Rows of a chunk in memory.
const CHUNK_ROWS: usize = 4096;

impl Rows {
    /// Copies those rows of a block that `wanted` says, by their place in it.
    #[must_use]
    pub fn some_of(block: &Block<'_>, wanted: impl Fn(usize) -> bool) -> Self {
        let mut rows = Self {
            width: block.width,
            ..Self::default()
        };
        for row in (0..block.rows()).filter(|row| wanted(*row)) {
            rows.cells.extend_from_slice(block.row(row));
            rows.labels.push(block.labels[row]);
            if !block.weights.is_empty() {
                rows.weights.push(block.weight(row));
            }
            if !block.offsets.is_empty() {
                rows.offsets.push(block.offset(row));
            }
        }
        rows
    }

    /// Some of the rows as a block.
    #[must_use]
    pub fn block(&self, from: usize, to: usize) -> Block<'_> {
        Block {
            width: self.width,
            cells: &self.cells[from * self.width..to * self.width],
            labels: &self.labels[from..to],
            weights: self.weights.get(from..to).unwrap_or(&[]),
            offsets: self.offsets.get(from..to).unwrap_or(&[]),
            folds: self.folds.get(from..to).unwrap_or(&[]),
        }
    }
}

impl Source for &Rows {
    type Error = std::convert::Infallible;

    fn pass<P: Pass>(&mut self, pass: &P) -> Result<P::Sum, Self::Error> {
        let mut total = pass.begin();
        let rows = self.labels.len();
        for from in (0..rows).step_by(CHUNK_ROWS) {
            let mut sum = pass.begin();
            pass.block(&mut sum, &self.block(from, (from + CHUNK_ROWS).min(rows)));
            pass.merge(&mut total, sum);
        }
        Ok(total)
    }
}
