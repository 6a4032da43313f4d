//! Passes over the rows of a channel: decoded by all cores, kept in memory as far as it goes.

use std::any::Any;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use sagelet_solver::block::{Block, Pass, Rows, Source};
use sagelet_solver::optimiser::NEWTON_UNKNOWNS_MAX;

use super::channel::{Chunk, Chunks, DataFile, Extent, lines};
use super::checkpoint::{Checkpoints, Saved};
use super::decode::{Decoder, ExampleError};
use super::memory::{self, Plan};
use super::part::{Part, Place};
use super::progress::Progress;
use super::{ChannelError, TrainError};

/// The rows of a channel.
#[derive(Clone)]
pub(super) struct Passes<'a> {
    pub(super) files: &'a [DataFile],
    pub(super) decoder: Decoder<'a>,
    /// The cells of the header, which a file may begin with.
    pub(super) header: Option<&'a [String]>,
    pub(super) threads: usize,
    pub(super) part: Part,
    pub(super) store: &'a Store,
    pub(super) stop: &'a AtomicBool,
    /// Where what passes add up to is saved.
    pub(super) checkpoints: Option<&'a Checkpoints>,
    /// What progress is reported of.
    pub(super) activity: String,
}

/// What was learnt about chunks in the first pass.
#[derive(Debug)]
pub(super) struct Store {
    /// Bytes of decoded rows that may be kept.
    budget: u64,
    chunks: OnceLock<Vec<Known>>,
}

/// A chunk that was read before.
#[derive(Debug, Clone)]
struct Known {
    extent: Extent,
    /// Rows of the chunks before it.
    before: u64,
    /// Its rows, in the blocks in which they were decoded.
    blocks: Option<Arc<Vec<Rows>>>,
}

/// What a thread works on.
enum Item {
    Bytes(Chunk),
    Blocks(usize, Arc<Vec<Rows>>),
}

impl Item {
    /// The number of the chunk.
    fn chunk(&self) -> usize {
        match self {
            Self::Bytes(chunk) => chunk.index,
            Self::Blocks(index, _) => *index,
        }
    }
}

impl Store {
    pub(super) fn new(budget: u64) -> Self {
        Self {
            budget,
            chunks: OnceLock::new(),
        }
    }
}

impl Passes<'_> {
    /// Leaves threads out where the steps of a fit of so many unknowns would not fit into memory on all.
    ///
    /// # Errors
    /// [`TrainError::Memory`] if they do not fit on one.
    pub(super) fn make_room(&mut self, columns: usize, unknowns: usize) -> Result<(), TrainError> {
        let plan = Plan {
            threads: self.threads,
            kept: self.store.budget,
        };
        self.threads = memory::step_threads(columns, unknowns.min(NEWTON_UNKNOWNS_MAX), plan)?;
        Ok(())
    }

    /// The first rows: up to one block.
    pub(super) fn first_block(&self) -> Result<Rows, TrainError> {
        let mut chunks = Chunks::new(self.files, self.decoder.content_type);
        let (mut found, mut read) = (None, Vec::new());
        while found.is_none() {
            let Some(chunk) = chunks.next()? else {
                return Err(TrainError::NoRows);
            };
            let mut before = 0;
            self.decode(&chunk, &mut |block| {
                let place = Place {
                    chunk: chunk.index,
                    before: 0,
                    row: before,
                };
                before += block.rows() as u64;
                let rows = self.part.select(block, place);
                if found.is_none() && !rows.labels.is_empty() {
                    found = Some(rows);
                }
            })?;
            read.extend(chunk.bytes);
        }
        chunks.give_back(read);
        found.ok_or(TrainError::NoRows)
    }

    /// Decodes a chunk whose rows are counted from its own first.
    fn decode(&self, chunk: &Chunk, each: &mut dyn FnMut(&Block<'_>)) -> Result<(), TrainError> {
        let bytes = self.without_header(chunk);
        if bytes.is_empty() {
            return Ok(());
        }
        self.decoder
            .read(bytes, 1, each)
            .map_err(|error| self.placed(chunk, error))
    }

    /// The bytes of a chunk without the header that its file may begin with.
    fn without_header<'b>(&self, chunk: &'b Chunk) -> &'b [u8] {
        match self.header {
            Some(header) if chunk.extent.offset == 0 => {
                let length = super::header::length(&chunk.bytes, header, self.decoder.content_type);
                chunk.bytes.get(length..).unwrap_or_default()
            }
            _ => &chunk.bytes,
        }
    }

    /// The same error with the file, and with the row's number in it: the chunk is read again.
    fn placed(&self, chunk: &Chunk, error: ExampleError) -> TrainError {
        let path = self
            .files
            .get(chunk.extent.file)
            .map(|file| file.path.clone());
        let bytes = self.without_header(chunk);
        let skipped = chunk
            .bytes
            .get(..chunk.bytes.len() - bytes.len())
            .unwrap_or_default();
        let before = chunk.extent.lines + lines(skipped);
        let before = usize::try_from(before).unwrap_or(usize::MAX - 1);
        let again = self.decoder.read(bytes, before + 1, &mut |_| {});
        TrainError::Example {
            path: path.unwrap_or_default(),
            source: again.err().unwrap_or(error),
        }
    }

    /// Passes over other rows of the same channel.
    pub(super) fn of(&self, part: Part) -> Self {
        Self {
            part,
            ..self.clone()
        }
    }

    fn give(&self, pass: &dyn AnyPass, sum: &mut Sum, block: &Block<'_>, place: Place) {
        self.part
            .give(block, place, &mut |block| pass.add(sum, block));
    }

    /// The first pass over all chunks: finds where they end, and keeps what there is room for.
    fn first_pass(&self, pass: &dyn AnyPass, run: &mut Run) -> Result<(), TrainError> {
        let mut chunks = Chunks::new(self.files, self.decoder.content_type);
        if let Some(last) = run.known.last() {
            chunks.go_on(last.extent, run.done)?;
        }
        let kept = Mutex::new(0u64);
        let mut before = 0;
        let mut progress = Progress::new(&self.activity);
        super::workers::in_order(
            self.threads,
            || {
                self.check_stop()?;
                Ok(chunks.next()?.map(|chunk| (chunk.index, chunk)))
            },
            |chunk: Chunk| self.add_first(pass, &chunk, &kept),
            |_, (sum, rows, mut chunk)| {
                progress.add(rows, chunk.extent.length as u64);
                chunk.before = before;
                before += rows;
                run.known.push(chunk);
                self.add_chunk(pass, run, sum);
            },
        )
    }

    /// What the rows of a chunk add up to, how many they are, and those that are kept.
    fn add_first(
        &self,
        pass: &dyn AnyPass,
        chunk: &Chunk,
        kept: &Mutex<u64>,
    ) -> Result<(Sum, u64, Known), TrainError> {
        let mut sum = pass.start();
        let mut blocks = Vec::new();
        let (mut bytes, mut rows, mut rows_kept) = (0, 0, 0);
        self.decode(chunk, &mut |block| {
            let place = Place {
                chunk: chunk.index,
                before: 0,
                row: rows,
            };
            self.give(pass, &mut sum, block, place);
            rows += block.rows() as u64;
            if self.has_room(kept) {
                let copy = copied(block);
                bytes += size(&copy);
                rows_kept += block.rows() as u64;
                blocks.push(copy);
            }
        })?;
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = *kept + bytes <= self.store.budget;
        *kept += if fits { bytes } else { 0 };
        let blocks = (fits && rows_kept == rows).then(|| Arc::new(blocks));
        let known = Known {
            extent: chunk.extent,
            before: 0,
            blocks,
        };
        Ok((sum, rows, known))
    }

    fn has_room(&self, kept: &Mutex<u64>) -> bool {
        *kept.lock().unwrap_or_else(PoisonError::into_inner) < self.store.budget
    }

    fn later_pass(
        &self,
        pass: &dyn AnyPass,
        known: &[Known],
        run: &mut Run,
    ) -> Result<(), TrainError> {
        let mut chunks = Chunks::new(self.files, self.decoder.content_type);
        let mut numbered = known.iter().enumerate().skip(run.done);
        let mut progress = Progress::new(&self.activity);
        super::workers::in_order(
            self.threads,
            || {
                self.check_stop()?;
                let Some((index, known)) = numbered.next() else {
                    return Ok(None);
                };
                let item = match &known.blocks {
                    Some(blocks) => Item::Blocks(index, Arc::clone(blocks)),
                    None => Item::Bytes(Chunk {
                        index,
                        extent: known.extent,
                        bytes: chunks.again(known.extent)?,
                    }),
                };
                Ok(Some((index, item)))
            },
            |item| {
                let mut sum = pass.start();
                let mut rows = 0;
                let chunk = item.chunk();
                let before = known.get(chunk).map_or(0, |known| known.before);
                let mut give = |block: &Block<'_>| {
                    let row = rows;
                    rows += block.rows() as u64;
                    self.give(pass, &mut sum, block, Place { chunk, before, row });
                };
                match item {
                    Item::Bytes(chunk) => self.decode(&chunk, &mut give)?,
                    Item::Blocks(_, blocks) => {
                        for block in blocks.iter() {
                            give(&block.block(0, block.labels.len()));
                        }
                    }
                }
                Ok::<_, TrainError>((sum, rows))
            },
            |_, (sum, rows)| {
                let length = known.get(run.done).map_or(0, |known| known.extent.length);
                progress.add(rows, length as u64);
                self.add_chunk(pass, run, sum);
            },
        )
    }

    /// Adds what the next chunk added up to, and saves the total if it is time.
    fn add_chunk(&self, pass: &dyn AnyPass, run: &mut Run, sum: Sum) {
        pass.join(&mut run.total, sum);
        run.done += 1;
        if self.checkpoints.is_some_and(Checkpoints::is_due) {
            self.save(pass, run, false);
        }
    }

    /// A pass over all rows: what it adds up to. It goes on from a checkpoint if there is one.
    fn run(&self, pass: &dyn AnyPass) -> Result<Sum, TrainError> {
        let (number, saved) = self
            .checkpoints
            .map_or((0, None), |checkpoints| checkpoints.begin());
        let known = self.store.chunks.get();
        let (mut run, is_finished) = Run::begin(pass, number, saved, known.is_none());
        if !is_finished {
            let ended = match known {
                None => self.first_pass(pass, &mut run),
                Some(known) => self.later_pass(pass, known, &mut run),
            };
            self.save(pass, &run, ended.is_ok());
            ended?;
        }
        if known.is_none() {
            // Another pass of the same store was faster: its chunks are these.
            let _ = self.store.chunks.set(run.known);
        }
        Ok(run.total)
    }

    fn save(&self, pass: &dyn AnyPass, run: &Run, is_finished: bool) {
        let Some(checkpoints) = self.checkpoints else {
            return;
        };
        if let Some(total) = pass.saved(&run.total) {
            let saved = Saved {
                is_finished,
                chunks: run.done,
                extents: run.known.iter().map(|known| known.extent).collect(),
                codes: self.decoder.schema.codes.texts(),
                total,
            };
            checkpoints.save(run.number, &saved);
        }
    }

    fn check_stop(&self) -> Result<(), TrainError> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(ChannelError::Stopped.into());
        }
        Ok(())
    }
}

impl Source for Passes<'_> {
    type Error = TrainError;

    fn pass<P: Pass>(&mut self, pass: &P) -> Result<P::Sum, TrainError> {
        let sum = self.run(pass)?;
        // A pass gives out sums of its own type.
        Ok(sum.downcast().map_or_else(|_| pass.begin(), |sum| *sum))
    }
}

/// The sum of a pass whose type is not known.
type Sum = Box<dyn Any + Send>;

/// A pass whose type is not known: what threads do is in the program once, not once per pass.
trait AnyPass: Sync {
    fn start(&self) -> Sum;

    fn add(&self, sum: &mut Sum, block: &Block<'_>);

    fn join(&self, total: &mut Sum, next: Sum);

    fn saved(&self, total: &Sum) -> Option<Vec<u8>>;

    fn restored(&self, bytes: &[u8]) -> Option<Sum>;
}

impl<P: Pass> AnyPass for P
where
    P::Sum: 'static,
{
    fn start(&self) -> Sum {
        Box::new(self.begin())
    }

    fn add(&self, sum: &mut Sum, block: &Block<'_>) {
        if let Some(sum) = sum.downcast_mut() {
            self.block(sum, block);
        }
    }

    fn join(&self, total: &mut Sum, next: Sum) {
        if let (Some(total), Ok(next)) = (total.downcast_mut(), next.downcast()) {
            self.merge(total, *next);
        }
    }

    fn saved(&self, total: &Sum) -> Option<Vec<u8>> {
        self.save(total.downcast_ref()?)
    }

    fn restored(&self, bytes: &[u8]) -> Option<Sum> {
        Some(Box::new(self.restore(bytes)?))
    }
}

/// A pass on its way.
struct Run {
    /// Its number among the passes that are saved.
    number: u64,
    total: Sum,
    /// Chunks that the total is of.
    done: usize,
    /// Those chunks, if the pass is the first that meets them.
    known: Vec<Known>,
}

impl Run {
    /// A pass from its beginning or from where it was saved, and whether there is nothing left to do.
    fn begin(
        pass: &dyn AnyPass,
        number: u64,
        saved: Option<Saved>,
        is_first: bool,
    ) -> (Self, bool) {
        let fits = |saved: &Saved| !is_first || saved.extents.len() == saved.chunks;
        let saved = saved.filter(fits).and_then(|saved| {
            let total = pass.restored(&saved.total)?;
            Some((total, saved))
        });
        let Some((total, saved)) = saved else {
            let run = Self {
                number,
                total: pass.start(),
                done: 0,
                known: Vec::new(),
            };
            return (run, false);
        };
        let known = saved.extents.into_iter().map(|extent| Known {
            extent,
            // Passes that are saved are over all rows: they have no use for it.
            before: 0,
            blocks: None,
        });
        let run = Self {
            number,
            total,
            done: saved.chunks,
            known: known.collect(),
        };
        (run, saved.is_finished)
    }
}

fn copied(block: &Block<'_>) -> Rows {
    Rows {
        width: block.width,
        cells: block.cells.to_vec(),
        labels: block.labels.to_vec(),
        weights: block.weights.to_vec(),
        offsets: block.offsets.to_vec(),
        folds: Vec::new(),
    }
}

fn size(rows: &Rows) -> u64 {
    let numbers = rows.cells.len() + rows.labels.len() + rows.weights.len() + rows.offsets.len();
    (numbers * size_of::<f64>()) as u64
}
