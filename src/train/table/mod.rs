//! What the columns of the training data are: label, weight, offset, features; numbers or categories.

mod discover;
mod look;
mod parts;
mod roles;
mod schema;

pub(super) use discover::{CategoryCounts, Discoverer, Discovery};
pub(super) use look::{Look, look};
pub(super) use parts::as_booleans;
pub use roles::TableError;
pub(super) use roles::{Role, Roles};
pub(super) use schema::{LabelKind, Schema};
