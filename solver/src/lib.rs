//! The numeric core of `sagelet train`: blocks of rows in, coefficients out. It reads no files.
//!
//! ```text
//! rows -> survey (factor, columns, sample) -> design -> least_squares            (no further pass)
//!                                                    -> scalar, softmax -> optimiser (newton, lbfgs) -> again?
//! ```
//!
//! The objective is (1/Σv) Σ vᵢ·lossᵢ + l1·Σ|w| + (l2/2)·Σw², where v are the weights, the intercept is not
//! penalised, and w belongs to columns divided by their deviation where they are normalised.
#![allow(
    clippy::indexing_slicing,
    clippy::needless_range_loop,
    reason = "indices come from the shapes of the matrices themselves: nothing foreign reaches this crate"
)]

pub mod algorithm;
pub mod block;
pub mod bytes;
mod cholesky;
pub mod covariance;
pub mod dense;
pub mod design;
pub mod error;
pub mod evaluate;
pub mod family;
pub mod fit;
pub mod folds;
pub mod labels;
mod lasso;
mod lbfgs;
pub mod least_squares;
mod newton;
pub mod optimiser;
pub mod path;
pub mod penalty;
mod refine;
mod sample;
mod saved;
pub mod scalar;
pub mod sketch;
pub mod softmax;
pub mod step;
pub mod survey;
pub mod table;
pub mod tally;
pub mod threshold;
pub mod triangle;
mod twofold;
pub mod warm;
