//! Why the rows determine no model.

/// Why the rows determine no model. Columns are those of the design, counted from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// Fewer rows than unknowns, and no penalty that decides between models.
    #[error("{rows} rows cannot determine {unknowns} coefficients")]
    TooFewRows {
        /// Rows with a weight above 0.
        rows: u64,
        /// Coefficients, the intercept among them.
        unknowns: usize,
    },
    /// A column that is a combination of those before it.
    #[error("column {0} is a combination of the columns before it")]
    Dependent(usize),
    /// Numbers that are too large.
    #[error("the numbers are too large: sums over them are not finite")]
    Overflow,
    /// A class can be told from the others without error, so that larger coefficients are always better.
    #[error(
        "the classes can be told apart without error: no finite coefficients are the best ones"
    )]
    Separable,
    /// Coefficients that grow without end. The column's grows fastest.
    #[error("the coefficient of column {0} grows without end")]
    Diverging(usize),
    /// More passes than are ever needed.
    #[error("no optimum was found in {passes} passes: the largest gradient is {gradient:e}")]
    NotConverged {
        /// Passes over the rows.
        passes: usize,
        /// The largest gradient, as a share of what it may be.
        gradient: f64,
    },
}
