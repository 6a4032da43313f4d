//! A large body by several threads: its pieces are decoded and predicted apart, and put together in their order.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{Builder, Scope, ScopedJoinHandle};

use super::helpers::Helpers;
use super::{Explained, Explaining, Scored, Scorer, are_too_many};
use crate::account::Account;
use crate::codec::{ContentType, Piece, Shape};
use crate::limits::{
    BLOCK_CELLS, COMPUTE_STACK_BYTES, PIECE_BYTES_MAX, PIECE_BYTES_MIN, PIECES_BYTES_MIN,
    PIECES_PER_THREAD,
};
use crate::model::{Model, Outputs};
use crate::rows::{Columns, RowBuilder};

/// Predicts the rows of a large body on several threads, as many as there are helpers for. `None` if that is not
/// possible, for whatever reason: the body has to be read as a whole then, which finds what is wrong with it.
pub(super) fn score(
    (model, explaining): (&Model, Option<&Explaining<'_>>),
    content_type: ContentType,
    body: &[u8],
    account: &mut Account,
    helpers: &Helpers,
) -> Option<Scored> {
    let layout = model.layout();
    if body.len() < PIECES_BYTES_MIN || layout.width().max(layout.columns()) > BLOCK_CELLS {
        return None;
    }
    let helpers = helpers.take(body.len() / PIECE_BYTES_MIN)?;
    let pieces_wanted = (helpers.threads() + 1) * PIECES_PER_THREAD;
    let bytes = (body.len() / pieces_wanted).clamp(PIECE_BYTES_MIN, PIECE_BYTES_MAX);
    // What is reserved is given back if the body has to be read as a whole.
    let mut reserved = account.of_part();
    let mut head = Scorer::new(model, &mut reserved);
    let mut builder = RowBuilder::new(layout, &mut head);
    let pieces = content_type.cut(body, bytes, &mut builder);
    let columns = builder.into_columns();
    head.release();
    let pieces = pieces?;
    let work = Work {
        model,
        explaining,
        columns,
        pieces: &pieces,
        next: AtomicUsize::new(0),
        rows: AtomicUsize::new(0),
        is_stopped: AtomicBool::new(false),
    };
    let parts = work.run(helpers.threads(), &mut reserved)?;
    let (outputs, explained, shape) = together(parts, &mut reserved)?;
    account.absorb(reserved).ok()?;
    Some(Scored {
        outputs,
        explained,
        options: content_type.options_of_pieces(shape),
    })
}

/// What the threads that read a body share.
struct Work<'w> {
    model: &'w Model,
    explaining: Option<&'w Explaining<'w>>,
    /// What the header of the body said.
    columns: Columns,
    pieces: &'w [Piece<'w>],
    /// The piece that nobody has begun.
    next: AtomicUsize,
    /// Rows of the pieces that have been read.
    rows: AtomicUsize,
    /// Whether a piece could not be read.
    is_stopped: AtomicBool,
}

/// A piece that has been read.
struct Part {
    index: usize,
    outputs: Outputs,
    explained: Explained,
    shape: Option<Shape>,
}

/// What one thread has read, and the account of it.
type Share = (Vec<Part>, Account);

impl Work<'_> {
    /// Reads all pieces. Returns them in their order.
    fn run(&self, helpers: usize, account: &mut Account) -> Option<Vec<Part>> {
        let shares = std::thread::scope(|scope| {
            let helpers: Vec<_> = (0..helpers)
                .map_while(|_| self.start(scope, account.of_part()))
                .collect();
            let own = self.work(account.of_part());
            let theirs = helpers.into_iter().map(|helper| {
                // A panic of a helper is one of the request.
                let ended = helper.join();
                ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            });
            std::iter::once(own).chain(theirs).collect::<Vec<Share>>()
        });
        let mut parts = Vec::with_capacity(self.pieces.len());
        for (part, reserved) in shares {
            parts.extend(part);
            account.absorb(reserved).ok()?;
        }
        parts.sort_unstable_by_key(|part| part.index);
        (parts.len() == self.pieces.len()).then_some(parts)
    }

    /// Starts a helper, if the system has a thread for it.
    fn start<'s>(
        &'s self,
        scope: &'s Scope<'s, '_>,
        account: Account,
    ) -> Option<ScopedJoinHandle<'s, Share>> {
        let thread = Builder::new()
            .name("helper".to_owned())
            .stack_size(COMPUTE_STACK_BYTES);
        thread.spawn_scoped(scope, || self.work(account)).ok()
    }

    /// Reads pieces until all have been begun, or one cannot be read.
    fn work(&self, mut account: Account) -> Share {
        let (mut parts, mut block) = (Vec::new(), Vec::new());
        while let Some((index, piece)) = self.begin() {
            match self.read(index, piece, &mut block, &mut account) {
                Some(part) => parts.push(part),
                None => self.is_stopped.store(true, Ordering::Relaxed),
            }
        }
        (parts, account)
    }

    fn begin(&self) -> Option<(usize, &Piece<'_>)> {
        if self.is_stopped.load(Ordering::Relaxed) {
            return None;
        }
        let index = self.next.fetch_add(1, Ordering::Relaxed);
        self.pieces.get(index).map(|piece| (index, piece))
    }

    fn read(
        &self,
        index: usize,
        piece: &Piece<'_>,
        block: &mut Vec<f64>,
        account: &mut Account,
    ) -> Option<Part> {
        let mut scorer = Scorer::new(self.model, account).explaining(self.explaining);
        let mut builder = RowBuilder::new(self.model.layout(), &mut scorer)
            .with_columns(self.columns.clone())
            .with_block(std::mem::take(block));
        let shape = piece.read(&mut builder).ok()?;
        *block = builder.finish_with_block().ok()?;
        scorer.release();
        let outputs = scorer.outputs?;
        let rows = outputs.rows() + self.rows.fetch_add(outputs.rows(), Ordering::Relaxed);
        (!are_too_many(rows, self.model, self.explaining)).then_some(Part {
            index,
            outputs,
            explained: scorer.explained,
            shape,
        })
    }
}

/// The outputs of all parts, one behind the other. `None` if the answers to some are of another shape, or if there is no
/// memory for it.
fn together(
    mut parts: Vec<Part>,
    account: &mut Account,
) -> Option<(Outputs, Explained, Option<Shape>)> {
    let mut shapes = parts.iter().map(|part| part.shape);
    let shape = shapes.next()?;
    if shapes.any(|other| other != shape) {
        return None;
    }
    let mut explained = Explained::default();
    for part in &mut parts {
        explained.append(std::mem::take(&mut part.explained));
    }
    let numbers: usize = parts.iter().map(|part| part.outputs.numbers()).sum();
    let copied = numbers * size_of::<f64>();
    account.reserve(copied).ok()?;
    let outputs = Outputs::concatenated(parts.into_iter().map(|part| part.outputs), numbers);
    account.release(copied);
    Some((outputs?, explained, shape))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Memory;
    use crate::artifact::{Document, Encoding, Feature};
    use crate::codec::Format;

    /// Newlines in quotes, past where quotes are looked for: the cuts are no ends of rows.
    #[test]
    fn a_body_that_is_read_again_as_a_whole_does_not_pay_for_its_pieces() {
        let document: Document = serde_json::from_str(
            r#"{"features": [{"name": "x"}], "model":
                {"kind": "linear-regression", "intercept": 1, "coefficients": [2]}}"#,
        )
        .unwrap();
        let mut features: Vec<Feature> = document.features.iter().cloned().collect();
        features.push(Feature {
            name: Some("note".to_owned()),
            encoding: Some(Encoding::Unused),
            ..Feature::default()
        });
        let model = Model::load(&Document::new(features, document.model)).unwrap();
        let mut body = "1,a\n".repeat(80_000);
        body += &format!("1,\"{}\"\n", "\n".repeat(30)).repeat(20_000);
        let content_type = ContentType::of(Format::Csv);
        let helpers = Helpers::of_cores(2);

        let outputs_bytes = 100_000 * 2 * size_of::<f64>();
        let mut account = Memory::new(outputs_bytes * 3 / 2).request();
        let pieces = score(
            (&model, None),
            content_type,
            body.as_bytes(),
            &mut account,
            &helpers,
        );
        assert!(pieces.is_none());
        let whole = super::super::score(
            &model,
            content_type,
            body.as_bytes(),
            &mut account,
            &helpers,
        );
        assert_eq!(whole.unwrap().0.rows(), 100_000);
    }
}
