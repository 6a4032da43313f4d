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

pub use design::Design;
pub use outputs::{Classes, Outputs};
pub use row_error::{RowError, Value};
pub use schema::Schema;
pub use verify::TOLERANCE;

use ndarray::Array2;

use crate::artifact::{Document, InverseTransform, Label};
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
    /// Rows of another width than the model's.
    #[error("rows have {found} columns, the model takes {expected}")]
    Width {
        /// The model's.
        expected: usize,
        /// The rows'.
        found: usize,
    },
    /// Cells so large that a class's score is infinity minus infinity.
    #[error(
        "row {row}: the numbers are too large for this model: the score of a class is not a number"
    )]
    Overflow {
        /// Counted from 1.
        row: usize,
    },
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
    /// [`ModelError::Width`], [`ModelError::Overflow`].
    pub fn predict(&self, rows: &Array2<f64>) -> Result<Outputs, ModelError> {
        self.check_width(rows)?;
        let mut outputs = self.predictor.predict(rows)?;
        if let (Some(inverse), Outputs::Values(values)) = (self.inverse_transform, &mut outputs) {
            values.mapv_inplace(|value| inverse.apply(value));
        }
        Ok(outputs)
    }

    /// The probabilities of the classes in the shape (rows, classes); none for a regression or a classifier
    /// that has no probabilities.
    ///
    /// # Errors
    /// [`ModelError::Width`].
    pub fn probabilities(&self, rows: &Array2<f64>) -> Result<Option<Array2<f64>>, ModelError> {
        self.check_width(rows)?;
        Ok(self.predictor.probabilities(rows))
    }

    fn check_width(&self, rows: &Array2<f64>) -> Result<(), ModelError> {
        let (expected, found) = (self.schema.width(), rows.ncols());
        if found == expected {
            Ok(())
        } else {
            Err(ModelError::Width { expected, found })
        }
    }
}
