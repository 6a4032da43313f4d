//! A body through codec, model and codec: rows in, predictions out, for the server and for `model-tools` alike.

mod explaining;
mod helpers;
mod pieces;

pub use explaining::{Explained, Explaining, INTERVAL_LEVEL, Unexplained, Wanted};
pub use helpers::Helpers;

use ndarray::{Array2, ArrayView2, Axis};

use crate::account::{Account, Shortage};
use crate::codec::{ContentType, DecodeError, Field, Predictions, ResponseOptions};
use crate::limits::{BLOCK_CELLS, CELLS_MAX};
use crate::model::{Classes, Labels, Model, Outputs, PredictError};
use crate::rows::{Cell, Entries, EntryRows, Layout, RowBuilder, RowError, Sink};

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
    /// There is not enough memory for the request.
    #[error(transparent)]
    Memory(#[from] Shortage),
}

/// Reads the rows of a body and predicts them, block by block; those of a large body on several threads, if there are
/// `helpers`. What the outputs take is reserved in `account` before it is spent; what decoding takes is, too, and given
/// back.
///
/// # Errors
/// The first thing in `body` that cannot be predicted, with its place.
pub fn score(
    model: &Model,
    content_type: ContentType,
    body: &[u8],
    account: &mut Account,
    helpers: &Helpers,
) -> Result<(Outputs, ResponseOptions), ScoreError> {
    let scored = score_and_explain(model, content_type, body, account, (helpers, None))?;
    Ok((scored.outputs, scored.options))
}

/// Predictions of the rows of a body, with what explains them.
#[derive(Debug)]
pub struct Scored {
    /// The predictions.
    pub outputs: Outputs,
    /// What explains them; nothing, if that was not asked for.
    pub explained: Explained,
    /// How the answer is to be written.
    pub options: ResponseOptions,
}

/// The same as [`score`], and explains the predictions if it is said how.
///
/// # Errors
/// The first thing in `body` that cannot be predicted, with its place.
pub fn score_and_explain(
    model: &Model,
    content_type: ContentType,
    body: &[u8],
    account: &mut Account,
    (helpers, explaining): (&Helpers, Option<&Explaining<'_>>),
) -> Result<Scored, ScoreError> {
    let work = (model, explaining);
    if let Some(scored) = pieces::score(work, content_type, body, account, helpers) {
        return Ok(scored);
    }
    let scorer = Scorer::new(model, account).explaining(explaining);
    scorer.score(model.layout(), content_type, body)
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
    let mut account = Account::unlimited();
    let mut scorer = Scorer::new(model, &mut account);
    scorer.watch = Some(watch);
    let scored = scorer.score(layout, content_type, body)?;
    Ok((scored.outputs, scored.options))
}

/// Outputs of a model, ready to be written. `fields` are written instead of the prediction, if there are any. What
/// probabilities take is reserved in `account`.
///
/// # Errors
/// It is not there.
pub fn predictions<'a>(
    model: &'a Model,
    outputs: Outputs,
    fields: &'a [Field],
    account: &mut Account,
) -> Result<Predictions<'a>, Shortage> {
    let predictions = match outputs {
        Outputs::Values(values) => Predictions::of_values(values),
        // What it gives as scores are its probabilities.
        Outputs::Classes(classes) if !model.has_scores() => {
            let (predicted, probabilities) = (classes.predicted, classes.scores);
            Predictions::of_classes(model.labels(), predicted, None, Some(probabilities))
        }
        Outputs::Classes(classes) => {
            let Classes { predicted, scores } = classes;
            let probabilities = probabilities(model, &scores, account)?;
            Predictions::of_classes(model.labels(), predicted, Some(scores), probabilities)
        }
        Outputs::Labels(Labels { predicted, scores }) => {
            let probabilities = probabilities(model, &scores, account)?;
            Predictions::of_labels(model.labels(), predicted, scores, probabilities)
        }
    };
    Ok(predictions.selecting(fields))
}

/// What scores mean as probabilities, if they mean any; their memory is reserved first.
fn probabilities(
    model: &Model,
    scores: &Array2<f64>,
    account: &mut Account,
) -> Result<Option<Array2<f64>>, Shortage> {
    if model.has_probabilities() {
        // Between two classes, each of the two is computed apart before they stand side by side.
        let numbers = scores.nrows() * (model.labels().len() + 2);
        account.reserve(numbers * size_of::<f64>())?;
    }
    Ok(model.probabilities(scores))
}

/// Gets cells that a layout hands on, with the number of their row and of their column.
type Watch<'w> = dyn FnMut(usize, usize, Cell<'_>) + 'w;

/// Predicts the blocks that a row builder hands over.
struct Scorer<'m> {
    model: &'m Model,
    watch: Option<&'m mut Watch<'m>>,
    account: &'m mut Account,
    /// What decoding has reserved.
    decoding: usize,
    outputs: Option<Outputs>,
    explaining: Option<&'m Explaining<'m>>,
    explained: Explained,
    /// Why no more blocks are taken.
    stopped: Option<ScoreError>,
}

impl<'m> Scorer<'m> {
    fn new(model: &'m Model, account: &'m mut Account) -> Self {
        Self {
            model,
            watch: None,
            account,
            decoding: 0,
            outputs: None,
            explaining: None,
            explained: Explained::default(),
            stopped: None,
        }
    }

    fn explaining(mut self, explaining: Option<&'m Explaining<'m>>) -> Self {
        self.explaining = explaining;
        self
    }

    fn score(
        mut self,
        layout: &Layout,
        content_type: ContentType,
        body: &[u8],
    ) -> Result<Scored, ScoreError> {
        let mut builder = RowBuilder::new(layout, &mut self);
        let reserved = builder.reserve_row(body.len());
        let read = match reserved {
            Ok(()) => content_type.read(body, builder),
            Err(error) => Err(error.into()),
        };
        self.release();
        if let Some(error) = self.stopped {
            return Err(error);
        }
        let options = read?;
        let cells = layout.cells();
        let outputs = self.outputs.ok_or(DecodeError::Empty { cells })?;
        Ok(Scored {
            outputs,
            explained: self.explained,
            options,
        })
    }

    /// Gives back what decoding has reserved.
    fn release(&mut self) {
        self.account.release(std::mem::take(&mut self.decoding));
    }

    fn predict(
        &mut self,
        rows: ArrayView2<'_, f64>,
        entries: EntryRows<'_>,
        first: usize,
    ) -> Result<(), ScoreError> {
        if are_too_many(first - 1 + rows.nrows(), self.model, self.explaining) {
            return Err(ScoreError::TooMany { row: first });
        }
        // As many rows as give the numbers of one block: a model may have more outputs than columns.
        let rows_at_once = (BLOCK_CELLS / self.model.numbers()).max(1);
        for (index, rows) in rows.axis_chunks_iter(Axis(0), rows_at_once).enumerate() {
            let before = index * rows_at_once;
            self.predict_some(rows, entries.skip(before), first + before)?;
        }
        Ok(())
    }

    fn predict_some(
        &mut self,
        rows: ArrayView2<'_, f64>,
        entries: EntryRows<'_>,
        first: usize,
    ) -> Result<(), ScoreError> {
        // The outputs, and the index of the class; or a byte for each label.
        let outputs = self.model.outputs();
        let bytes = rows.nrows() * (outputs * size_of::<f64>() + outputs.max(size_of::<usize>()));
        self.account.reserve(bytes)?;
        let outputs = self.model.predict_sparse(rows, entries);
        let outputs = outputs.map_err(|error| error.starting_at(first))?;
        if let Some(explaining) = self.explaining {
            // A list that grows is copied to one of twice its size.
            let numbers = rows.nrows() * explaining.numbers_of_row();
            self.account.reserve(2 * numbers * size_of::<f64>())?;
            explaining.explain(rows, entries, &outputs, &mut self.explained);
        }
        match &mut self.outputs {
            Some(before) => before
                .append(outputs)
                .map_err(|_| Shortage::refused_by_system(bytes))?,
            none => *none = Some(outputs),
        }
        Ok(())
    }

    fn stop(&mut self, error: ScoreError) -> RowError {
        self.stopped = Some(error);
        RowError::Stopped
    }
}

/// Whether so many rows are more work than one request may be.
fn are_too_many(rows: usize, model: &Model, explaining: Option<&Explaining<'_>>) -> bool {
    let explained = explaining.map_or(0, Explaining::numbers_of_row);
    rows.saturating_mul(model.layout().work().max(explained)) > CELLS_MAX
}

impl Sink for Scorer<'_> {
    fn block(
        &mut self,
        rows: ArrayView2<'_, f64>,
        entries: &Entries,
        first: usize,
    ) -> Result<(), RowError> {
        let predicted = self.predict(rows, entries.rows(), first);
        predicted.map_err(|error| self.stop(error))
    }

    fn cell(&mut self, row: usize, column: usize, cell: Cell<'_>) -> Result<(), RowError> {
        if let Some(watch) = &mut self.watch {
            watch(row, column, cell);
        }
        Ok(())
    }

    fn reserve(&mut self, bytes: usize) -> Result<(), RowError> {
        let reserved = self.account.reserve(bytes);
        reserved.map_err(|shortage| self.stop(shortage.into()))?;
        self.decoding += bytes;
        Ok(())
    }
}
