//! What a model is: a [layout](crate::rows::Layout) and rows of its design matrix -> a fitted linfa type ->
//! [outputs](Outputs).
//!
//! linfa's types panic on rows of another width, isotonic regression turns NaN into 0, multinomial logistic
//! regression panics on NaN. All of it is checked here, so that no caller can reach it.

mod averaged;
mod decision;
mod explainer;
mod linfa_types;
mod outputs;
mod predictor;
mod quantile;
mod scores;
mod shape;
mod sources;
mod sparse;
#[cfg(test)]
mod tests;
mod uncertainty;
mod verify;
mod votes;

pub use outputs::{Classes, Labels, Outputs};
pub use uncertainty::{Errors, Uncertainty};
pub use verify::TOLERANCE;

use ndarray::{Array2, ArrayView2};

use crate::artifact::{
    self, ArtifactError, Document, InverseTransform, Label, Outcome, Score, Threshold,
};
use crate::rows::{Cell, Collected, Entries, EntryRows, Layout, LayoutError, RowBuilder, RowError};
use decision::Decision;
use explainer::Explainer;
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
    /// The features make no layout of rows.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// Rows that cannot be predicted.
    #[error(transparent)]
    Predict(#[from] PredictError),
    /// A verification row that the artifact's own features do not take.
    #[error("verification {0}")]
    VerificationRow(PredictError),
    /// A prediction differs from the one the artifact says it must give.
    #[error(
        "verification row {row} gives {found:?} instead of {expected:?} (the difference may be {allowed:e} at most): \
         the artifact predicts something else here than where it was made. Convert or train the model again"
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

/// Why rows that the layout takes have no prediction.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PredictError {
    /// Cells that are no row of the model.
    #[error(transparent)]
    Row(#[from] RowError),
    /// Cells so large that a class's score is infinity minus infinity.
    #[error(
        "row {row}: the numbers are too large for this model: the score of a class is not a number"
    )]
    Overflow {
        /// The row, counted from 1.
        row: usize,
    },
    /// A matrix of another width than the model's: a fault of the program, not of the request.
    #[error("a design matrix of {found} columns came to a model of {expected}")]
    Matrix {
        /// The model's columns.
        expected: usize,
        /// The matrix's.
        found: usize,
    },
}

impl PredictError {
    /// The same error of a block of rows whose first has this number.
    #[must_use]
    pub fn starting_at(self, first: usize) -> Self {
        match self {
            Self::Overflow { row } => Self::Overflow {
                row: row + first - 1,
            },
            other => other,
        }
    }
}

/// A model that can predict.
#[derive(Debug, Clone)]
pub struct Model {
    predictor: Predictor,
    layout: Layout,
    labels: Vec<Label>,
    /// Numbers that a row gives.
    outputs: usize,
    /// Scores that a row has.
    scores: usize,
    inverse_transform: Option<InverseTransform>,
    /// Where labels are not decided at the score 0.
    decision: Option<Decision>,
    explainer: Explainer,
}

impl Model {
    /// Builds the model of a document and replays the document's verification rows on it.
    ///
    /// # Errors
    /// linfa refuses the parameters, or a verification row gives another prediction.
    pub fn load(document: &Document) -> Result<Self, ModelError> {
        let layout = Layout::of(document)?;
        let threshold = document.threshold.as_ref();
        let mut model = Self {
            explainer: Explainer::of(document, &layout),
            predictor: Predictor::build(&document.model, layout.sparse_columns())?,
            layout,
            labels: document.model.labels().to_vec(),
            outputs: document.model.outputs().max(1),
            scores: document.model.scores().len(),
            inverse_transform: document.inverse_transform,
            decision: threshold.map(|threshold| Decision::of(threshold, &document.model)),
        };
        if let Outcome::Isotonic(_) = document.model.outcome() {
            let base = model.value_of(model.explainer.first_reference());
            model.explainer.set_base(base);
        }
        verify::replay(&model, document)?;
        Ok(model)
    }

    /// What a function of one column predicts for a number.
    fn value_of(&self, number: f64) -> f64 {
        let row = Array2::from_elem((1, 1), number);
        let outputs = self.predict(row.view()).ok();
        let values = outputs.and_then(Outputs::single);
        values.map_or(f64::NAN, |values| values.sum())
    }

    /// Decides for labels from this probability on (or this score, where there are no probabilities), instead of where the
    /// model's document says.
    ///
    /// # Errors
    /// The model decides for no label by a number of its own.
    pub fn decide_at(&mut self, document: &Document, at: f64) -> Result<(), ArtifactError> {
        let own = document.threshold.clone();
        let mut threshold = own.unwrap_or_else(|| Threshold::for_model(&document.model, at));
        threshold.at = at;
        threshold.check(&document.model)?;
        self.decision = Some(Decision::of(&threshold, &document.model));
        Ok(())
    }

    /// What the cells of a row may be, and how they become the row's part of the design matrix.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// How many numbers a row gives at most: targets, or scores or probabilities of classes.
    #[must_use]
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// How many numbers of a row are computed at once at most: what it gives, or the scores that this is made of.
    #[must_use]
    pub fn numbers(&self) -> usize {
        self.outputs.max(self.scores)
    }

    /// Bytes of memory that the model takes beside its document: coefficients, and the names and rules of columns.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let coefficients = match &self.predictor {
            Predictor::Sparse(sparse) => sparse.memory_bytes(),
            _ => (self.layout.width() + 1) * self.numbers() * size_of::<f64>(),
        };
        coefficients + self.layout.memory_bytes() + self.explainer.memory_bytes()
    }

    /// How many contributions each score of a row has: one per column of a request.
    #[must_use]
    pub fn inputs(&self) -> usize {
        self.explainer.inputs()
    }

    /// Each score at the reference that contributions are compared with: the prediction there, of an isotonic regression.
    #[must_use]
    pub fn base_values(&self) -> &[f64] {
        self.explainer.base()
    }

    /// Appends what each column of a request adds to each score of these rows, in the shape (rows, scores, inputs).
    /// `scores` are those of the model's document, `outputs` what the model gave for the rows.
    pub fn explain(
        &self,
        scores: &[Score<'_>],
        (rows, entries): (ArrayView2<'_, f64>, EntryRows<'_>),
        outputs: &Outputs,
        contributions: &mut Vec<f64>,
    ) {
        match (scores, outputs) {
            ([], Outputs::Values(values)) => {
                let base = self.base_values().iter().sum::<f64>();
                contributions.extend(values.iter().map(|value| value - base));
            }
            _ => self.explainer.explain(scores, rows, entries, contributions),
        }
    }

    /// How sure predictions are: intervals hold this share of all cases. `None` if `document`, the model's own, has no
    /// covariance, or columns that are computed from texts.
    #[must_use]
    pub fn uncertainty<'d>(&self, document: &'d Document, level: f64) -> Option<Uncertainty<'d>> {
        let is_dense = self.layout.sparse_columns().is_empty();
        Uncertainty::of(document, level).filter(|_| is_dense)
    }

    /// The classes of a classifier; none for a regression.
    #[must_use]
    pub fn labels(&self) -> &[Label] {
        &self.labels
    }

    /// Predicts rows of the design matrix, in the shape (rows, [`width`](Layout::width) of the layout).
    ///
    /// # Errors
    /// [`PredictError::Overflow`]; [`PredictError::Matrix`] for a matrix of another width.
    pub fn predict(&self, rows: ArrayView2<'_, f64>) -> Result<Outputs, PredictError> {
        self.predict_sparse(rows, EntryRows::default())
    }

    /// Predicts rows of the design matrix whose sparse part, if the model has one, are these entries.
    ///
    /// # Errors
    /// [`PredictError::Overflow`]; [`PredictError::Matrix`] for a matrix of another width.
    pub fn predict_sparse(
        &self,
        rows: ArrayView2<'_, f64>,
        entries: EntryRows<'_>,
    ) -> Result<Outputs, PredictError> {
        let (expected, found) = (self.layout.width(), rows.ncols());
        if found != expected {
            return Err(PredictError::Matrix { expected, found });
        }
        let mut outputs = self.predictor.predict(rows, entries)?;
        if let (Some(inverse), Outputs::Values(values)) = (self.inverse_transform, &mut outputs) {
            values.mapv_inplace(|value| inverse.apply(value));
        }
        if let Some(decision) = &self.decision {
            decision.apply(&mut outputs, &self.predictor);
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
    pub fn probabilities(&self, scores: &Array2<f64>) -> Option<Array2<f64>> {
        self.predictor.probabilities(scores)
    }

    /// Whether the scores that it gives are linear ones, or what is made of them; a mean of probabilities has none.
    #[must_use]
    pub fn has_scores(&self) -> bool {
        !matches!(self.predictor, Predictor::Averaged(_))
    }

    /// What a verification row holds for these cells: the targets of a regression, the probabilities of a
    /// classifier, the scores of a classifier without them.
    ///
    /// # Errors
    /// The cells are no row of this model.
    pub fn predict_row(&self, cells: &[artifact::Cell]) -> Result<Vec<f64>, PredictError> {
        let (row, entries) = self.design_row(cells)?;
        let outputs = match self.predict_sparse(row.view(), entries.rows())? {
            Outputs::Values(values) => values,
            Outputs::Classes(Classes { scores, .. }) | Outputs::Labels(Labels { scores, .. }) => {
                self.probabilities(&scores).unwrap_or(scores)
            }
        };
        Ok(outputs.into_iter().collect())
    }

    /// The numbers of a row of the design matrix, each with its column as the document numbers them; a column of a
    /// text only if it is not 0.
    ///
    /// # Errors
    /// The cells are no row of this model.
    pub fn columns_of_row(&self, cells: &[artifact::Cell]) -> Result<Vec<(usize, f64)>, RowError> {
        let (dense, entries) = self.design_row(cells)?;
        let sparse = self.layout.sparse_columns();
        let is_sparse = |column: &usize| sparse.iter().any(|range| range.contains(column));
        let columns = (0..).filter(|column| !is_sparse(column));
        let mut numbers: Vec<_> = columns.zip(dense).collect();
        let mut columns = sparse.iter().cloned().flatten().enumerate();
        for &(column, value) in entries.rows().row(0) {
            let found = columns.find(|(index, _)| *index == column);
            numbers.extend(found.map(|(_, column)| (column, value)));
        }
        Ok(numbers)
    }

    /// A row of the design matrix, in the shape (1, width), and its sparse part.
    ///
    /// # Errors
    /// The cells are no row of this model.
    pub fn design_row(&self, cells: &[artifact::Cell]) -> Result<(Array2<f64>, Entries), RowError> {
        let mut rows = Collected::default();
        let mut builder = RowBuilder::new(&self.layout, &mut rows);
        for cell in cells {
            builder.push(Cell::from(cell))?;
        }
        builder.end_row()?;
        builder.finish()?;
        Ok(rows.into_parts())
    }
}
