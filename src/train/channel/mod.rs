//! Channels: which files a training job has been given, and what the platform says of them.

mod chunks;
mod files;
mod open;
mod pipe;
mod sniff;
mod typed;

pub(super) use chunks::{Chunk, Chunks, DataFile, Extent, lines};
pub use files::ChannelError;
pub(super) use files::{Channel, DATA, find};
pub(super) use typed::typed;

use sniff::format_of;
use std::path::Path;

use serde::Deserialize;

use super::settings::{self, SettingsError};

/// What `inputdataconfig.json` says of a channel.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ChannelConfig {
    #[serde(rename = "ContentType")]
    pub(super) content_type: Option<String>,
    #[serde(rename = "TrainingInputMode")]
    input_mode: Option<String>,
    #[serde(rename = "S3DistributionType")]
    distribution: Option<String>,
}

/// What `resourceconfig.json` says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Resources {
    hosts: Vec<String>,
}

/// Reads what the platform says of a channel. The platform writes the file; local tools may write none.
pub(super) fn config(prefix: &Path, channel: &str) -> Result<ChannelConfig, SettingsError> {
    let path = prefix.join("input/config/inputdataconfig.json");
    let text = settings::read_bounded(&path)?;
    if text.trim().is_empty() {
        return Ok(ChannelConfig::default());
    }
    let mut channels: std::collections::BTreeMap<String, ChannelConfig> =
        serde_json::from_str(&text).map_err(|error| SettingsError::Shape {
            path,
            reason: error.to_string(),
        })?;
    Ok(channels.remove(channel).unwrap_or_default())
}

impl ChannelConfig {
    /// Whether the channel's rows come through FIFOs.
    fn is_pipe(&self) -> bool {
        let mode = self.input_mode.as_deref();
        mode.is_some_and(|mode| mode.eq_ignore_ascii_case("pipe"))
    }
}

/// Refuses a job on several hosts: each of them would fit its own model.
pub(super) fn check_hosts(prefix: &Path) -> Result<(), ChannelError> {
    let paths = [
        "input/config/resourceconfig.json",
        "input/config/resourceConfig.json",
    ];
    for path in paths {
        // The guide's example has an empty file there; what cannot be read says nothing of hosts.
        let text = settings::read_bounded(&prefix.join(path)).unwrap_or_default();
        let resources: Resources = serde_json::from_str(&text).unwrap_or_default();
        if resources.hosts.len() > 1 {
            return Err(ChannelError::Hosts(resources.hosts.len()));
        }
    }
    Ok(())
}
