//! A training job from its channels to what it leaves.

mod writing;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use sagelet_solver::algorithm::Quality;
use sagelet_solver::block::{Block, Pass, Source};
use sagelet_solver::evaluate::Evaluate;

use super::channel::{self, Channel, ChannelError, Chunk, Chunks, DataFile};
use super::checkpoint::{Checkpoints, Identity};
use super::decode::Decoder;
use super::fit::{self, Fitted, Judge};
use super::part::{FoldRule, Folds, Part};
use super::passes::{Passes, Store};
use super::settings::{Loss, Missing, PredictorType, Settings};
use super::table::{self, Discoverer, Discovery, LabelKind, Look, Roles, Schema};
use super::{TrainError, header, memory, workers};
use crate::artifact::Feature;
use crate::codec::{ContentType, Format, examples};
use crate::limits::FEATURES_MAX;
use crate::log;

/// Channel names that are looked for, in this order: the guide's, and the platform's built-in algorithms'.
const TRAINING: [&str; 2] = ["training", "train"];

/// Folds where a penalty is to be chosen and nothing says how: scikit-learn's.
const FOLDS: usize = 5;

/// How good a model is on the rows of each channel, by the channel's name.
type Qualities = Vec<(&'static str, Quality)>;

/// A job and its training channel.
pub(super) struct Job<'a> {
    prefix: &'a Path,
    settings: &'a Settings,
    channel: Channel,
    files: Vec<DataFile>,
    content_type: ContentType,
    look: Look,
    roles: Roles,
    /// The first chunk of the first file.
    first: Chunk,
    threads: usize,
    stop: Arc<AtomicBool>,
}

impl<'a> Job<'a> {
    pub(super) fn open(prefix: &'a Path, settings: &'a Settings) -> Result<Self, TrainError> {
        let stop = Arc::new(AtomicBool::new(false));
        // Without it, a process without a parent in its container cannot be stopped but by force.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGTERM, Arc::clone(&stop));
        let none = || ChannelError::NoFiles {
            path: prefix.join(channel::DATA),
        };
        let channel = channel::find(prefix, &TRAINING)?.ok_or_else(none)?;
        let (files, content_type) = channel::typed(prefix, &channel, settings, None)?;
        let mut chunks = Chunks::new(&files, content_type);
        let first = chunks.next()?.ok_or(TrainError::NoRows)?;
        chunks.give_back(first.bytes.clone());
        let path = files
            .first()
            .map(|file| file.path.clone())
            .unwrap_or_default();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let mut look = table::look(&path, &first.bytes, content_type, settings)?;
        let content_type = content_type.past_header();
        let keeps_labels_apart = look.columns == 0;
        if keeps_labels_apart {
            look.columns = match settings.feature_dim {
                Some(said) => usize::try_from(said)
                    .unwrap_or(usize::MAX)
                    .min(FEATURES_MAX),
                None => widest(&files, content_type, threads)?,
            };
        }
        let roles = Roles::new(
            look.columns,
            look.names.clone(),
            !keeps_labels_apart,
            settings,
        )?;
        Ok(Self {
            prefix,
            settings,
            channel,
            files,
            content_type,
            look,
            roles,
            first,
            threads,
            stop,
        })
    }

    /// Looks at columns until it is known which hold categories.
    pub(super) fn schema(&self) -> Result<Schema, TrainError> {
        let Some(label) = self.roles.label else {
            // Formats that keep labels apart hold numbers alone.
            let kind = label_kind(self.settings, false);
            let numbers = Discovery::default();
            let roles = self.roles.clone();
            return Ok(Schema::new(roles, &numbers, kind, false, self.settings)?);
        };
        let first = self.discoverer(self.roles.kept().chain([label]).collect())?;
        let mut found = self.discovered(&first, &self.first)?;
        let label_kind = label_kind(self.settings, found.holds_texts(label));
        if found.needs_all_rows(&self.roles) {
            log::info(format_args!("looking at all rows for categories"));
            let all = self.discoverer(self.roles.kept().collect())?;
            found = self.discover_all(&all)?;
        }
        found.settle(&self.roles)?;
        let is_by_place = matches!(self.content_type.format, Format::Csv | Format::Npy);
        let roles = self.roles.clone();
        Ok(Schema::new(
            roles,
            &found,
            label_kind,
            is_by_place,
            self.settings,
        )?)
    }

    fn discoverer(&self, mut columns: Vec<usize>) -> Result<Discoverer, TrainError> {
        columns.sort_unstable();
        let names = self.look.names.as_deref();
        Ok(Discoverer::new(
            columns,
            self.look.columns,
            names,
            self.settings,
        )?)
    }

    fn discovered(&self, discoverer: &Discoverer, chunk: &Chunk) -> Result<Discovery, TrainError> {
        let skipped = match &self.look.header {
            Some(header) if chunk.extent.offset == 0 => {
                header::length(&chunk.bytes, header, self.content_type)
            }
            _ => 0,
        };
        let bytes = chunk.bytes.get(skipped..).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(Discovery::default());
        }
        let path = self
            .files
            .get(chunk.extent.file)
            .map(|file| file.path.clone());
        discoverer
            .look(bytes, self.content_type)
            .map_err(|error| TrainError::Example {
                path: path.unwrap_or_default(),
                source: error.into(),
            })
    }

    fn discover_all(&self, discoverer: &Discoverer) -> Result<Discovery, TrainError> {
        let mut chunks = Chunks::new(&self.files, self.content_type);
        let mut all = Discovery::default();
        workers::in_order(
            self.threads,
            || Ok(chunks.next()?.map(|chunk| (chunk.index, chunk))),
            |chunk| self.discovered(discoverer, &chunk),
            |_, found| all.merge(found),
        )?;
        Ok(all)
    }

    fn passes<'p>(
        &'p self,
        files: &'p [DataFile],
        schema: &'p Schema,
        store: &'p Store,
        part: Part,
        activity: &str,
    ) -> Passes<'p> {
        Passes {
            files,
            decoder: Decoder {
                schema,
                content_type: self.content_type,
            },
            header: self.look.header.as_deref(),
            threads: self.threads,
            part,
            store,
            stop: &self.stop,
            checkpoints: None,
            activity: activity.to_owned(),
        }
    }

    /// Where what passes add up to is saved. What comes through pipes has no names and sizes to know it by.
    fn checkpoints(&self, others: &[&Channel], schema: &Schema) -> Option<Checkpoints> {
        let channels = || others.iter().copied().chain([&self.channel]);
        let directory = self.prefix.join(super::CHECKPOINTS);
        if !directory.is_dir() || channels().any(|channel| channel.pipe.is_some()) {
            return None;
        }
        let files = channels().flat_map(|channel| channel.paths.iter().cloned());
        let data = self.prefix.join(channel::DATA);
        let identity = Identity::new(&data, &files.collect::<Vec<_>>(), self.settings);
        let (checkpoints, codes) = Checkpoints::open(directory, identity, self.settings);
        for text in codes {
            schema.codes.of(&text);
        }
        Some(checkpoints)
    }

    /// Fits the model and evaluates it on all channels.
    pub(super) fn fit(&self, schema: &Schema) -> Result<(Fitted, Qualities), TrainError> {
        let columns = schema.features.iter().map(Feature::design_columns);
        let columns = columns.sum::<usize>();
        // A column with missing cells has a second one, which says where.
        let fills = self.settings.missing != Missing::Refuse;
        let surveyed = columns * if fills { 2 } else { 1 };
        let (held_out, seed) = (self.settings.validation_split, self.settings.seed);
        let validation = channel::find(self.prefix, &["validation"])?;
        let test = channel::find(self.prefix, &["test"])?;
        let others: Vec<&Channel> = validation.iter().chain(&test).collect();
        let folds = self.folds(validation.is_some() || held_out > 0.0);
        // Many fits in a row are not saved: they would have to be told apart.
        let is_saved = folds.is_none() && !self.settings.selection.is_auto();
        let checkpoints = is_saved
            .then(|| self.checkpoints(&others, schema))
            .flatten();
        let plan = memory::plan(
            surveyed,
            self.threads,
            self.settings.memory,
            folds.unwrap_or(1),
        )?;
        let validation_files = validation.as_ref().map(|channel| self.files_of(channel));
        let validation_files = validation_files.transpose()?;
        let is_split = held_out > 0.0 && validation.is_none();
        let part = match is_split {
            true => Part::Fitted { held_out, seed },
            false => Part::All,
        };
        let (kept, kept_of_validation) = self.kept(schema, is_split, plan.kept);
        let (store, validation_store) = (Store::new(kept), Store::new(kept_of_validation));
        let mut passes = self.passes(&self.files, schema, &store, part, "training");
        passes.threads = plan.threads;
        let validation_rows = match &validation_files {
            Some((files, content_type)) => {
                let store = &validation_store;
                let mut rows = self.passes(files, schema, store, Part::All, "validation");
                rows.decoder.content_type = *content_type;
                Some(rows)
            }
            None if is_split => {
                let part = Part::HeldOut { held_out, seed };
                Some(self.passes(&self.files, schema, &store, part, "validation"))
            }
            None => None,
        };
        let judge = self.judge(folds, validation_rows.as_ref(), &mut passes)?;
        passes.checkpoints = checkpoints.as_ref();
        let fitted = fit::fit(&mut passes, judge, schema, self.settings)?;
        let mut channels = vec![("train", self.training_quality(&mut passes, &fitted)?)];
        if let Some(mut rows) = validation_rows {
            channels.push(("validation", evaluate(&mut rows, &fitted)?));
        }
        if let Some(channel) = test {
            let (files, content_type) = self.files_of(&channel)?;
            let store = Store::new(0);
            let mut passes = self.passes(&files, schema, &store, Part::All, channel.name);
            passes.decoder.content_type = content_type;
            channels.push((channel.name, evaluate(&mut passes, &fitted)?));
        }
        Ok((fitted, channels))
    }

    /// The files of another channel, read as the training channel is unless its own content type says otherwise.
    fn files_of(&self, channel: &Channel) -> Result<(Vec<DataFile>, ContentType), TrainError> {
        let training = Some(self.content_type);
        let (files, content_type) = channel::typed(self.prefix, channel, self.settings, training)?;
        Ok((files, content_type.past_header()))
    }

    /// Bytes of decoded rows that are kept, of `most`: of the training channel and, where its rows judge model after
    /// model, a quarter for the validation channel. Rows that nobody looks at again need not be kept.
    fn kept(&self, schema: &Schema, is_split: bool, most: u64) -> (u64, u64) {
        let selection = &self.settings.selection;
        let of_validation = if selection.is_auto() { most / 4 } else { 0 };
        let is_one_pass = !is_split && !selection.contiguous;
        match is_one_pass && fit::is_one_pass(schema, self.settings) {
            true => (0, of_validation),
            false => (most - of_validation, of_validation),
        }
    }

    /// How many folds judge models: as many as are asked for, or 5 where a penalty is to be chosen and no rows are held
    /// out.
    fn folds(&self, has_held_out: bool) -> Option<usize> {
        let selection = &self.settings.selection;
        if selection.folds.is_some() || has_held_out || !selection.is_auto() {
            return selection.folds;
        }
        log::info(format_args!(
            "no rows are held out (validation channel, validation_split), so {FOLDS} folds judge (folds)"
        ));
        Some(FOLDS)
    }

    /// Who judges models: folds, else rows that are held out.
    fn judge<'p>(
        &self,
        folds: Option<usize>,
        held_out: Option<&Passes<'p>>,
        passes: &mut Passes<'p>,
    ) -> Result<Judge<'p>, TrainError> {
        let Some(count) = folds else {
            return Ok(held_out.map_or(Judge::Nobody, |rows| Judge::Rows(rows.clone())));
        };
        let rule = match self.settings.selection.contiguous {
            true => FoldRule::Contiguous {
                rows: passes.pass(&RowCount)?,
            },
            false => FoldRule::Hashed {
                seed: self.settings.seed,
            },
        };
        Ok(Judge::Folds(Folds { count, rule }))
    }

    /// How good the model is on the rows that it was fitted to: as the last pass found it, if scores and decisions
    /// are still what they were then.
    fn training_quality(
        &self,
        passes: &mut Passes<'_>,
        fitted: &Fitted,
    ) -> Result<Quality, TrainError> {
        let decision = &self.settings.decision;
        let is_binary = fitted.kind == fit::Kind::Logistic;
        match is_binary && (fitted.threshold.is_some() || decision.calibrate) {
            true => evaluate(passes, fitted),
            false => Ok(fitted.quality.clone()),
        }
    }
}

/// The number of rows.
struct RowCount;

impl Pass for RowCount {
    type Sum = u64;

    fn begin(&self) -> u64 {
        0
    }

    fn block(&self, sum: &mut u64, block: &Block<'_>) {
        *sum += block.rows() as u64;
    }

    fn merge(&self, total: &mut u64, next: u64) {
        *total += next;
    }
}

/// How many features the widest row has, of a format that does not say so at its beginning.
fn widest(
    files: &[DataFile],
    content_type: ContentType,
    threads: usize,
) -> Result<usize, TrainError> {
    let mut chunks = Chunks::new(files, content_type);
    let mut widest = 0;
    workers::in_order(
        threads,
        || Ok(chunks.next()?.map(|chunk| (chunk.index, chunk))),
        |chunk: Chunk| {
            let mut width = 0;
            let read = examples(content_type, &chunk.bytes, &mut |example| {
                width = width.max(example.width);
            });
            let path = files.get(chunk.extent.file).map(|file| file.path.clone());
            read.map(|()| width).map_err(|error| TrainError::Example {
                path: path.unwrap_or_default(),
                source: error.into(),
            })
        },
        |_, width| widest = widest.max(width),
    )?;
    Ok(usize::try_from(widest)
        .unwrap_or(usize::MAX)
        .min(FEATURES_MAX))
}

fn label_kind(settings: &Settings, holds_texts: bool) -> LabelKind {
    match (settings.predictor_type, settings.loss) {
        (Some(PredictorType::Regressor), _) => LabelKind::Number,
        (Some(PredictorType::Binary | PredictorType::Multiclass), _)
        | (None, Some(Loss::Logistic | Loss::Softmax)) => LabelKind::Class,
        (None, Some(_)) => LabelKind::Number,
        (None, None) => {
            let kind = if holds_texts {
                LabelKind::Class
            } else {
                LabelKind::Number
            };
            let (found, predictor_type) = match kind {
                LabelKind::Class => ("texts", "a classifier"),
                LabelKind::Number => ("numbers", "a regressor"),
            };
            log::info(format_args!(
                "the labels are {found}, so the model is {predictor_type} (hyperparameter predictor_type)"
            ));
            kind
        }
    }
}

fn evaluate(passes: &mut Passes<'_>, fitted: &Fitted) -> Result<Quality, TrainError> {
    let evaluate = Evaluate::new(
        &fitted.design,
        &fitted.intercepts,
        &fitted.coefficients,
        fitted.kind.family(),
        fitted.classes.as_ref(),
        fitted.summary.label_shift,
    );
    passes.pass(&evaluate.with_threshold(fitted.threshold))
}
