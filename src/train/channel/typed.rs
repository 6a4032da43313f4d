//! What the files of a channel are: their format, and how its rows are read.

use std::io::Read;
use std::path::Path;

use super::files::{Channel, ChannelError};
use super::open::Source;
use super::pipe::Pipe;
use super::{DataFile, config, format_of};
use crate::codec::{ContentType, Format};
use crate::train::TrainError;
use crate::train::settings::Settings;

/// Bytes of a file that say what it is.
const HEAD_BYTES: u64 = 4 << 10;

/// The files of a channel with their format, and how their rows are read: what its content type says holds, and
/// settings count more. A channel beside the training channel that says nothing is read as that one is.
pub(in crate::train) fn typed(
    prefix: &Path,
    channel: &Channel,
    settings: &Settings,
    training: Option<ContentType>,
) -> Result<(Vec<DataFile>, ContentType), TrainError> {
    let config = config(prefix, channel.name)?;
    let said = config
        .content_type
        .as_deref()
        .filter(|text| !text.trim().is_empty());
    let said = said.map(|text| content_type(channel, text)).transpose()?;
    let mut files = Vec::new();
    for path in &channel.paths {
        let format = match said {
            Some(said) => said.format,
            None => sniffed(path, channel)?,
        };
        files.push(DataFile {
            path: path.clone(),
            format,
            pipe: channel.pipe.clone(),
        });
    }
    let format = files.first().map_or(Format::Csv, |file| file.format);
    if let Some(other) = files.iter().find(|file| file.format != format) {
        return Err(ChannelError::ContentType {
            channel: channel.name.to_owned(),
            reason: format!(
                "{} is {}, and the first file is {}: one format per channel",
                other.path.display(),
                other.format.media_type(),
                format.media_type()
            ),
        }
        .into());
    }
    if let Some(training) = training.filter(|training| training.format != format) {
        return Err(ChannelError::ContentType {
            channel: channel.name.to_owned(),
            reason: format!(
                "it is {}, and the training channel is {}: one format for all channels",
                format.media_type(),
                training.format.media_type()
            ),
        }
        .into());
    }
    let said = said.or(training).unwrap_or(ContentType::of(format));
    let content_type = said.delimited_by(settings.delimiter.unwrap_or(said.delimiter()));
    Ok((files, content_type))
}

/// The content type of a channel. The built-in algorithms write `label_size` into it, which says nothing here: the
/// label is where the settings say.
fn content_type(channel: &Channel, text: &str) -> Result<ContentType, ChannelError> {
    let parts: Vec<&str> = text
        .split(';')
        .filter(|part| !part.trim().to_ascii_lowercase().starts_with("label_size"))
        .collect();
    ContentType::parse(&parts.join(";")).map_err(|error| ChannelError::ContentType {
        channel: channel.name.to_owned(),
        reason: error.to_string(),
    })
}

/// The format of a file by its name or content.
fn sniffed(path: &Path, channel: &Channel) -> Result<Format, TrainError> {
    let head = head(path, channel.pipe.as_deref())?;
    Ok(format_of(path, &head).ok_or_else(|| ChannelError::Format(path.to_owned()))?)
}

/// The first bytes of a file or of what comes through a pipe, after decompression.
fn head(path: &Path, pipe: Option<&Pipe>) -> Result<Vec<u8>, ChannelError> {
    let read = || {
        let mut head = Vec::new();
        let mut source = match pipe {
            Some(pipe) => Source::Stream(pipe.open()?),
            None => Source::open(path)?,
        };
        source.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
        if let (Some(pipe), Source::Stream(rest)) = (pipe, source) {
            pipe.give_back(head.clone(), rest);
        }
        Ok(head)
    };
    read().map_err(|source| ChannelError::Read {
        path: path.to_owned(),
        source,
    })
}
