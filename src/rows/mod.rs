//! What a row means: cells of any format in, blocks of the design matrix out.
//!
//! A format only turns bytes into [cells](Cell), by position or by name. The [layout](Layout) of a model says what
//! each cell may be and where it lands, and the [row builder](RowBuilder) decides for every format, tool and for
//! training alike what a cell means. `docs/hosting.md` ("What a row means") gives the rules to users.
//!
//! A layout is immutable and shared by threads. A builder works on its own rows, starts at any row number and
//! hands whole blocks to its [sink](Sink). Limits of a request are the sink's: nothing here is about requests.

mod builder;
mod categories;
mod cell;
mod columns;
mod decimal;
mod derived;
mod entries;
mod error;
mod kept;
mod layout;
mod missing;
mod number;
mod sink;
mod sparse;
#[cfg(test)]
mod tests;

pub use builder::RowBuilder;
pub use cell::{Cell, Origin};
pub use columns::{Columns, HeaderOrder};
pub use decimal::leading as leading_decimal;
pub(crate) use derived::normal_quantile;
pub use entries::{Entries, Entry, EntryRows};
pub use error::{LayoutError, Names, Place, RowError};
pub use layout::Layout;
pub use number::{TextNumber, number_cell, read as read_number};
pub use sink::{Collected, Discarded, Sink};
pub use sparse::SparseRow;
