//! The training channel: every CSV file under `input/data/training` (or `train`), as one table.

use std::fs::File;
use std::path::{Path, PathBuf};

use ndarray::{Array1, Array2, Axis, Slice};

use crate::codec::{
    ContentType, DecodeError, Format, Header, RowDefaults, StreamError, first_record, read_stream,
};
use crate::limits::FEATURES_MAX;
use crate::log;
use crate::rows::{Collected, Layout, RowBuilder};

/// Channel names that are looked for, in this order: the guide's, and the platform's built-in algorithms'.
const NAMES: [&str; 2] = ["training", "train"];

/// Levels of directories that are searched: an S3 prefix with partitions is a few deep.
const DEPTH_MAX: usize = 16;

/// Why there is no training data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// A file or directory cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No CSV files.
    #[error(
        "there are no .csv files in {path}/training or {path}/train: the channel was named otherwise, \
         its S3 prefix was wrong, or the training job may not read it"
    )]
    NoFiles {
        /// `<prefix>/input/data`
        path: PathBuf,
    },
    /// The first row of the first file has no room for a label and a feature.
    #[error(
        "{path}: the first row has {columns} columns: the label and 1 to {FEATURES_MAX} features are needed"
    )]
    NoFeatures {
        /// The file.
        path: PathBuf,
        /// How many columns it has.
        columns: usize,
    },
    /// A row that cannot be trained on. Rows are counted from the first of their file.
    #[error(
        "{path}: {source} (columns are counted with the label, which is column 1; there is no header line)"
    )]
    Row {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        source: StreamError,
    },
}

/// What to fit, and what it came from.
#[derive(Debug)]
pub(super) struct TrainingData {
    /// One row an example, one column a feature.
    pub(super) records: Array2<f64>,
    /// One label an example.
    pub(super) targets: Array1<f64>,
    /// The files' names, for provenance.
    pub(super) files: Vec<String>,
}

impl TrainingData {
    /// How many examples there are.
    pub(super) fn rows(&self) -> usize {
        self.records.nrows()
    }

    /// How many features an example has.
    pub(super) fn features(&self) -> usize {
        self.records.ncols()
    }
}

/// Reads the channel under `input/data`.
pub(super) fn read(data: &Path) -> Result<TrainingData, ChannelError> {
    let paths = find(data)?;
    let Some(first) = paths.first() else {
        return Err(ChannelError::NoFiles {
            path: data.to_owned(),
        });
    };
    let columns = columns(first)?;
    if !(2..=FEATURES_MAX + 1).contains(&columns) {
        return Err(ChannelError::NoFeatures {
            path: first.clone(),
            columns,
        });
    }
    let layout = Layout::numbers(columns);
    let mut rows = Collected::default();
    for path in &paths {
        read_file(path, &layout, &mut rows)?;
        log::info(format_args!("read {}", path.display()));
    }
    let table = rows.into_matrix();
    if table.nrows() == 0 {
        return Err(refused(first, DecodeError::Empty { cells: columns }.into()));
    }
    Ok(TrainingData {
        targets: table.column(0).to_owned(),
        records: table.slice_axis(Axis(1), Slice::from(1..)).to_owned(),
        files: paths
            .iter()
            .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
            .collect(),
    })
}

/// The channel's CSV files in the order of their paths, so that the same data give the same model.
fn find(data: &Path) -> Result<Vec<PathBuf>, ChannelError> {
    for name in NAMES {
        let mut files = Vec::new();
        let channel = data.join(name);
        if channel.is_dir() {
            search(&channel, DEPTH_MAX, &mut files)?;
        }
        if !files.is_empty() {
            files.sort();
            return Ok(files);
        }
    }
    Ok(Vec::new())
}

fn search(directory: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), ChannelError> {
    let failed = |source| ChannelError::Read {
        path: directory.to_owned(),
        source,
    };
    for entry in directory.read_dir().map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        // `_SUCCESS`, `.DS_Store`, `._data.csv`: what other tools leave beside data.
        if name.starts_with(['.', '_']) {
            continue;
        }
        if path.is_dir() && depth > 0 {
            search(&path, depth - 1, files)?;
        } else if name.to_ascii_lowercase().ends_with(".csv") {
            files.push(path);
        } else {
            log::info(format_args!(
                "{} is not a .csv file and was ignored",
                path.display()
            ));
        }
    }
    Ok(())
}

/// Reads the rows of a file, which are counted from its first.
fn read_file(path: &Path, layout: &Layout, rows: &mut Collected) -> Result<(), ChannelError> {
    let defaults = RowDefaults {
        header: Header::Absent,
        ..RowDefaults::default()
    };
    let csv = ContentType::of(Format::Csv).or(defaults);
    let mut builder = RowBuilder::new(layout, rows);
    read_stream(open(path)?, csv, &mut builder)
        .and_then(|()| Ok(builder.finish().map_err(DecodeError::from)?))
        .map_err(|source| refused(path, source))
}

fn refused(path: &Path, source: StreamError) -> ChannelError {
    ChannelError::Row {
        path: path.to_owned(),
        source,
    }
}

fn columns(path: &Path) -> Result<usize, ChannelError> {
    let record = first_record(open(path)?, ContentType::of(Format::Csv));
    let record = record.map_err(|source| refused(path, source))?;
    Ok(record.len())
}

fn open(path: &Path) -> Result<File, ChannelError> {
    File::open(path).map_err(|source| ChannelError::Read {
        path: path.to_owned(),
        source,
    })
}
