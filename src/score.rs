//! A body through codec, model and codec: rows in, predictions out, for the server and for `model-tools` alike.

use ndarray::ArrayView2;

use crate::codec::{ContentType, DecodeError, Field, Predictions, ResponseOptions};
use crate::limits::CELLS_MAX;
use crate::model::{Model, Outputs, PredictError};
use crate::rows::{Cell, Layout, RowBuilder, RowError, Sink};

/// Why a body has no predictions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScoreError {
    /// It holds something that is no row of the model.
    #[error(transparent)]
    Rows(#[from] DecodeError),
    /// A row has no prediction.
    #[error(transparent)]
    Predict(#[from] PredictError),
    /// More rows than are worked on for one request.
    #[error(
        "the rows make more than {CELLS_MAX} numbers for the model at row {row}: send fewer rows at a time"
    )]
    TooMany {
        /// The first row of the block that is too much, counted from 1.
        row: usize,
    },
}

/// Reads the rows of a body and predicts them, block by block.
///
/// # Errors
/// The first thing in `body` that cannot be predicted, with its place.
pub fn score(
    model: &Model,
    content_type: ContentType,
    body: &[u8],
) -> Result<(Outputs, ResponseOptions), ScoreError> {
    score_and_watch(model, model.layout(), content_type, body, &mut |_, _, _| {})
}

/// Reads the rows of a body and predicts them; `watch` gets each cell that `layout`, a layout of the model, hands on,
/// with the number of its row and of its column.
///
/// # Errors
/// The first thing in `body` that cannot be predicted, with its place.
pub fn score_and_watch(
    model: &Model,
    layout: &Layout,
    content_type: ContentType,
    body: &[u8],
    watch: &mut dyn FnMut(usize, usize, Cell<'_>),
) -> Result<(Outputs, ResponseOptions), ScoreError> {
    let mut scorer = Scorer {
        model,
        watch,
        outputs: None,
        stopped: None,
    };
    let read = content_type.read(body, RowBuilder::new(layout, &mut scorer));
    if let Some(error) = scorer.stopped {
        return Err(error);
    }
    let options = read?;
    let cells = layout.cells();
    let outputs = scorer.outputs.ok_or(DecodeError::Empty { cells })?;
    Ok((outputs, options))
}

/// Outputs of a model, ready to be written. `fields` are written instead of the prediction, if there are any.
#[must_use]
pub fn predictions<'a>(model: &'a Model, outputs: Outputs, fields: &'a [Field]) -> Predictions<'a> {
    let predictions = match outputs {
        Outputs::Values(values) => Predictions::of_values(values),
        Outputs::Classes(classes) => {
            let probabilities = model.probabilities(&classes);
            let (predicted, scores) = (classes.predicted, classes.scores);
            Predictions::of_classes(model.labels(), predicted, scores, probabilities)
        }
    };
    predictions.selecting(fields)
}

/// Predicts the blocks that a row builder hands over.
struct Scorer<'m> {
    model: &'m Model,
    watch: &'m mut dyn FnMut(usize, usize, Cell<'_>),
    outputs: Option<Outputs>,
    /// Why no more blocks are taken.
    stopped: Option<ScoreError>,
}

impl Scorer<'_> {
    fn predict(&mut self, rows: ArrayView2<'_, f64>, first: usize) -> Result<(), ScoreError> {
        if (first - 1 + rows.nrows()).saturating_mul(rows.ncols()) > CELLS_MAX {
            return Err(ScoreError::TooMany { row: first });
        }
        let outputs = self.model.predict(rows);
        let outputs = outputs.map_err(|error| error.starting_at(first))?;
        match &mut self.outputs {
            Some(before) => before.append(outputs),
            none => *none = Some(outputs),
        }
        Ok(())
    }
}

impl Sink for Scorer<'_> {
    fn block(&mut self, rows: ArrayView2<'_, f64>, first: usize) -> Result<(), RowError> {
        self.predict(rows, first).map_err(|error| {
            self.stopped = Some(error);
            RowError::Stopped
        })
    }

    fn cell(&mut self, row: usize, column: usize, cell: Cell<'_>) -> Result<(), RowError> {
        (self.watch)(row, column, cell);
        Ok(())
    }
}
