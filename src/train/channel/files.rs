//! The files of a channel, in the order of their paths.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::pipe::Pipe;
use crate::log;
use crate::text::Quoted;
use crate::train::TrainError;

/// Levels of directories that are searched: an S3 prefix with partitions is a few deep.
const DEPTH_MAX: usize = 16;

/// Where channels are.
pub(in crate::train) const DATA: &str = "input/data";

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
    /// No files.
    #[error(
        "there are no data files in {path}/training or {path}/train: the channel was named otherwise, its S3 \
         prefix was wrong, or the training job may not read it"
    )]
    NoFiles {
        /// `<prefix>/input/data`
        path: PathBuf,
    },
    /// A content type that cannot be trained on.
    #[error("channel {channel}: {reason}")]
    ContentType {
        /// The channel.
        channel: String,
        /// What is wrong.
        reason: String,
    },
    /// A file whose suffix says that it is something else.
    #[error(
        "{0} cannot be trained on: rows may be CSV, JSON Lines, libsvm, RecordIO-protobuf or npy, bare or as .gz \
         or .zst"
    )]
    Format(PathBuf),
    /// A record that does not end.
    #[error(
        "{path}: a record that begins at byte {offset} is longer than {most} bytes: is a quote not closed, or \
         the content type wrong?"
    )]
    LongRecord {
        /// The file.
        path: PathBuf,
        /// Where the record begins, in the file's bytes after decompression.
        offset: u64,
        /// Bytes of a record at most.
        most: usize,
    },
    /// A pipe that gave other bytes than before.
    #[error(
        "{0}: the pipe of this epoch gives other rows than the one before, or the same in another order, so passes \
         over the rows do not add up: leave out ShuffleConfig, or use File or FastFile mode"
    )]
    OtherEpoch(PathBuf),
    /// Several hosts.
    #[error(
        "the job has {0} hosts, and each would fit a model of its own: use one instance (InstanceCount=1); one \
         reads some 100 MB a second and core"
    )]
    Hosts(usize),
    /// SIGTERM.
    #[error("the job was stopped by SIGTERM before a model was fitted")]
    Stopped,
}

/// A channel and its files.
#[derive(Debug, Clone)]
pub(in crate::train) struct Channel {
    pub(in crate::train) name: &'static str,
    pub(in crate::train) paths: Vec<PathBuf>,
    /// What the rows come through in Pipe mode.
    pub(in crate::train) pipe: Option<Arc<Pipe>>,
}

/// The first channel of these names under `<prefix>/input/data` that has files or comes through a pipe.
pub(in crate::train) fn find(
    prefix: &Path,
    names: &[&'static str],
) -> Result<Option<Channel>, TrainError> {
    for &name in names {
        let mut paths = Vec::new();
        let channel = prefix.join(DATA).join(name);
        if super::config(prefix, name)?.is_pipe() {
            let pipe = Some(Arc::new(Pipe::new(channel.clone())));
            paths.push(channel);
            return Ok(Some(Channel { name, paths, pipe }));
        }
        if channel.is_dir() {
            search(&channel, DEPTH_MAX, &mut paths)?;
        } else if channel.is_file() {
            paths.push(channel);
        }
        if !paths.is_empty() {
            paths.sort_unstable();
            let pipe = None;
            return Ok(Some(Channel { name, paths, pipe }));
        }
    }
    Ok(None)
}

fn search(directory: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> Result<(), ChannelError> {
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
            search(&path, depth - 1, paths)?;
        } else if is_documentation(&name) {
            log::info(format_args!(
                "{} holds no rows and was ignored",
                Quoted::of(path.to_string_lossy().as_bytes())
            ));
        } else if path.metadata().is_ok_and(|metadata| metadata.len() > 0) {
            paths.push(path);
        }
    }
    Ok(())
}

/// What people leave beside data.
fn is_documentation(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".md", ".html", ".pdf", ".manifest", ".crc", ".log"]
        .iter()
        .any(|suffix| name.ends_with(suffix))
}
