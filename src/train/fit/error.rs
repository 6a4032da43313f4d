//! Why the data determine no model, in words that say what to do.

use crate::text::Quoted;

/// Why the data determine no model.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// Fewer rows than unknowns.
    #[error(
        "{rows} rows cannot determine {unknowns} coefficients (intercept included): more rows, fewer features, or a \
         penalty (wd)"
    )]
    TooFewRows {
        /// Rows with a weight above 0.
        rows: u64,
        /// Coefficients and intercept.
        unknowns: usize,
    },
    /// A column that adds nothing to those before it.
    #[error(
        "feature {0} is a combination of the features before it, so its coefficient is not determined: leave it out \
         (hyperparameter drop), or give a penalty (wd)"
    )]
    Dependent(String),
    /// A coefficient without bound.
    #[error(
        "the coefficient of feature {0} grows without end: the feature tells some of the labels without error. Give \
         a penalty (wd), or leave the feature out"
    )]
    Diverging(String),
    /// Classes that can be told apart.
    #[error(
        "the classes can be told apart without error, so no finite coefficients are the best ones: give a penalty \
         (wd), or leave out the feature that gives the label away"
    )]
    Separable,
    /// Numbers that are too large.
    #[error(
        "the numbers are too large: sums of their squares are not finite. Divide the columns, or drop them"
    )]
    Overflow,
    /// No convergence.
    #[error(
        "no optimum was found in {passes} passes over the rows: the largest gradient is {gradient:.1e} of its size. \
         A penalty (wd) makes the problem easier"
    )]
    NotConverged {
        /// Passes.
        passes: usize,
        /// The largest gradient.
        gradient: f64,
    },
    /// One class, or none.
    #[error("all labels are {0}: a classifier needs at least two classes")]
    OneClass(Quoted),
    /// Too many classes.
    #[error(
        "there are {found} classes, {allowed} are {why}: are the labels numbers to be predicted \
         (predictor_type=regressor), or is the label another column (hyperparameter label)?"
    )]
    Classes {
        /// Classes of the data.
        found: usize,
        /// Classes at most.
        allowed: u64,
        /// Who says so.
        why: &'static str,
    },
    /// Labels that a loss has no meaning for.
    #[error("loss={loss} needs labels {needed}, and the smallest is {smallest}")]
    Labels {
        /// The loss.
        loss: &'static str,
        /// What labels may be.
        needed: &'static str,
        /// The smallest label.
        smallest: f64,
    },
    /// Folds without rows.
    #[error(
        "{rows} rows are too few for {folds} folds: one of them has no row that weighs anything. Give fewer folds, or \
         fold_rows=contiguous"
    )]
    Folds {
        /// Rows of all folds.
        rows: u64,
        /// Folds.
        folds: usize,
    },
    /// Weights of 0.
    #[error("all weights are 0: give at least one row a positive weight")]
    NoWeight,
    /// l1 with more unknowns than a Hessian is built for.
    #[error(
        "l1 with {unknowns} unknowns is not built: {most} are possible for this loss. Use wd alone, or fewer columns"
    )]
    WideLasso {
        /// Unknowns.
        unknowns: usize,
        /// Unknowns at most.
        most: usize,
    },
}
