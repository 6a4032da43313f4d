//! What every foreign linear model comes down to: scores that are affine functions of columns of rows.

mod cells;
mod columns;
mod computed;
mod conversion;
mod entries;
pub(crate) mod normal;
mod prediction;
mod reading;
mod uses;

pub(crate) use cells::Cells;
pub(crate) use columns::{Column, Conflict, Part, Source, combination};
pub(crate) use conversion::Conversion;
pub(crate) use prediction::{Cut, Kind, Mixed, Prediction, document};
