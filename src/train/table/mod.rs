//! What the columns of the training data are: label, weight, offset, features; numbers or categories.

mod discover;
mod look;
mod roles;
mod schema;

pub(super) use discover::{Discoverer, Discovery};
pub(super) use look::{Look, look};
pub(super) use roles::Roles;
pub use roles::TableError;
pub(super) use schema::{LabelKind, Role, Schema, as_booleans};
