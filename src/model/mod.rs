//! What a model is: cells of rows -> [design matrix](Design) -> a fitted linfa type -> [outputs](Outputs).
//!
//! linfa's types panic on rows of another width, isotonic regression turns NaN into 0, multinomial logistic
//! regression panics on NaN. All of it is checked here, so that no caller can reach it.

mod design;
mod linfa_types;
mod outputs;
mod predictor;
mod row_error;
mod schema;
#[cfg(test)]
mod tests;
mod verify;

pub use design::{Design, Sink};
pub use outputs::{Classes, Outputs};
pub use row_error::{Names, Place, RowError};
pub use schema::Schema;
pub use verify::TOLERANCE;

use ndarray::Array2;

use crate::artifact::{Cell, Document, InverseTransform, Label};
use predictor::Predictor;

/// Why a document became no model, or a model gave no prediction.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// linfa's own reading refused the parameters.
    #[error("linfa does not take these parameters as {kind}: {reason}")]
    Refused {
        /// The kind of model.
        kind: &'static str,
        /// What serde said.
        reason: String,
    },
    /// A row that cannot be predicted.
    #[error(transparent)]
    Row(#[from] RowError),
    /// A verification row that the artifact's own features do not take.
    #[error("verification {0}")]
    VerificationRow(RowError),
    /// A prediction differs from the one the artifact says it must give.
    #[error(
        "verification row {row} gives {found:?} instead of {expected:?} (the difference may be {allowed:e} at most): \
         the artifact does not predict here what it did where it was made"
    )]
    Verification {
        /// Counted from 1.
        row: usize,
        /// As the artifact has it.
        expected: f64,
        /// As computed.
        found: f64,
        /// How far apart they might have been.
        allowed: f64,
    },
}

/// A model that can predict.
#[derive(Debug, Clone)]
pub struct Model {
    predictor: Predictor,
    schema: Schema,
    labels: Vec<Label>,
    inverse_transform: Option<InverseTransform>,
}

impl Model {
    /// Builds the model of a document and replays the document's verification rows on it.
    ///
    /// # Errors
    /// linfa refuses the parameters, or a verification row gives another prediction.
    pub fn load(document: &Document) -> Result<Self, ModelError> {
        let model = Self {
            predictor: Predictor::build(&document.model)?,
            schema: Schema::new(&document.features),
            labels: document.model.labels().to_vec(),
            inverse_transform: document.inverse_transform,
        };
        verify::replay(&model, document)?;
        Ok(model)
    }

    /// What the cells of a row are, and how they become the row's part of the design matrix.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The classes of a classifier; none for a regression.
    #[must_use]
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// Predicts a design matrix, as [`Design`] makes it of this model's [`schema`](Self::schema).
    ///
    /// # Errors
    /// [`RowError::Overflow`]; [`RowError::Matrix`] for a matrix of another width.
    pub fn predict(&self, rows: &Array2<f64>) -> Result<Outputs, RowError> {
        let (expected, found) = (self.schema.width(), rows.ncols());
        if found != expected {
            return Err(RowError::Matrix { expected, found });
        }
        let mut outputs = self.predictor.predict(rows)?;
        if let (Some(inverse), Outputs::Values(values)) = (self.inverse_transform, &mut outputs) {
            values.mapv_inplace(|value| inverse.apply(value));
        }
        Ok(outputs)
    }

    /// Whether this is a classifier that has probabilities.
    #[must_use]
    pub fn has_probabilities(&self) -> bool {
        self.predictor.has_probabilities()
    }

    /// The probabilities that scores of this model mean, in the shape (rows, classes); none for a regression
    /// or a classifier that has no probabilities.
    #[must_use]
    pub fn probabilities(&self, classes: &Classes) -> Option<Array2<f64>> {
        self.predictor.probabilities(&classes.scores)
    }

    /// What a verification row holds for these cells: the targets of a regression, the probabilities of a
    /// classifier, the scores of a classifier without them.
    ///
    /// # Errors
    /// The cells are no row of this model.
    pub fn predict_row(&self, cells: &[Cell]) -> Result<Vec<f64>, RowError> {
        let mut design = Design::new(&self.schema);
        cells.iter().try_for_each(|cell| design.push(cell))?;
        design.end_row()?;
        let outputs = match self.predict(&design.finish())? {
            Outputs::Values(values) => values,
            Outputs::Classes(classes) => self.probabilities(&classes).unwrap_or(classes.scores),
        };
        Ok(outputs.into_iter().collect())
    }
}
