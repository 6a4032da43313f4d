//! What a training job was told: `hyperparameters.json`, every name of it honoured, said to have no effect, or
//! refused.

mod choices;
mod data_names;
mod entry;
mod error;
mod file;
mod model_names;
mod parse;
mod selection_names;
mod table;
#[cfg(test)]
mod tests;
mod unneeded_names;
mod value;

pub(super) use choices::{
    ColumnChoice, Criterion, Decision, LinkChoice, Loss, Missing, PositiveWeight, PredictorType,
    Selection, Settings,
};
pub use error::SettingsError;
pub(super) use file::{read, read_bounded};
