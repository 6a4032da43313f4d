//! What a model is: rows of numbers -> a fitted linfa type -> predictions.
//!
//! linfa's types panic on rows of another width, and isotonic regression turns NaN into 0. Both are checked
//! here, so that no caller can reach them.

mod linfa_types;
mod verify;

pub use verify::TOLERANCE;

use linfa::traits::PredictInplace;
use linfa_linear::{FittedIsotonicRegression, FittedLinearRegression, TweedieRegressor};
use ndarray::{Array1, Array2, ArrayView1, Axis};

use crate::artifact::{Document, Parameters};

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
    width: usize,
}

/// The fitted types of linfa-linear.
#[derive(Debug, Clone)]
enum Predictor {
    Linear(FittedLinearRegression<f64>),
    GeneralizedLinear(TweedieRegressor<f64>),
    Isotonic(FittedIsotonicRegression<f64>),
}

impl Model {
    /// Builds the model of a document and replays the document's verification rows on it.
    ///
    /// # Errors
    /// linfa refuses the parameters, or a verification row gives another prediction.
    pub fn load(document: &Document) -> Result<Self, ModelError> {
        let model = Self::build(&document.model)?;
        verify::replay(&model, document)?;
        Ok(model)
    }

    fn build(parameters: &Parameters) -> Result<Self, ModelError> {
        let predictor = match parameters {
            Parameters::LinearRegression(linear) => Predictor::Linear(linfa_types::linear(linear)?),
            Parameters::GeneralizedLinear(generalized) => {
                Predictor::GeneralizedLinear(linfa_types::generalized_linear(generalized)?)
            }
            Parameters::Isotonic(isotonic) => Predictor::Isotonic(linfa_types::isotonic(isotonic)?),
        };
        Ok(Self {
            predictor,
            width: parameters.width(),
        })
    }

    /// How many columns a row has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// One prediction a row. `rows` has the shape (rows, [`width`](Self::width)) and finite cells, as
    /// [`codec`](crate::codec) makes it.
    ///
    /// # Errors
    /// [`ModelError::Width`].
    pub fn predict(&self, rows: &Array2<f64>) -> Result<Array1<f64>, ModelError> {
        if rows.ncols() != self.width {
            return Err(ModelError::Width {
                expected: self.width,
                found: rows.ncols(),
            });
        }
        let mut predictions = Array1::zeros(rows.nrows());
        match &self.predictor {
            Predictor::Linear(linear) => linear.predict_inplace(rows, &mut predictions),
            Predictor::GeneralizedLinear(tweedie) => {
                tweedie.predict_inplace(rows, &mut predictions)
            }
            Predictor::Isotonic(isotonic) => isotonic.predict_inplace(rows, &mut predictions),
        }
        Ok(predictions)
    }

    /// The prediction for one row of finite cells.
    ///
    /// # Errors
    /// [`ModelError::Width`].
    pub fn predict_row(&self, row: &[f64]) -> Result<f64, ModelError> {
        let rows = ArrayView1::from(row).insert_axis(Axis(0)).to_owned();
        Ok(self.predict(&rows)?.sum())
    }
}
