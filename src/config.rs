//! From strings (flags, environment) to checked settings. Nothing here opens a file or a socket.
//!
//! `docs/configuration.md` is the table of all of them. A name that another container knows is honoured where
//! ours is not set.

mod names;
#[cfg(feature = "serve")]
mod serving;

pub use names::{UnknownVariable, check_names};

#[cfg(feature = "serve")]
pub use serving::serving;

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
#[cfg(feature = "serve")]
use std::num::NonZeroU32;
use std::path::PathBuf;
#[cfg(feature = "serve")]
use std::time::Duration;

#[cfg(feature = "serve")]
use crate::container;
#[cfg(feature = "serve")]
use crate::limits::CONTAINER_BYTES_MIN;
#[cfg(feature = "serve")]
use crate::transport::{Settings, for_requests};

/// Where the platform mounts model, input and output.
const PREFIX: &str = "/opt/ml";

/// Where the platform connects to, unless `SAGEMAKER_BIND_TO_PORT` says otherwise.
const PORT: u16 = 8080;

/// Environment variables by name: the process's own, or a map in tests.
pub trait Variables {
    /// The variable's value, if it is set and not empty.
    fn get(&self, name: &str) -> Option<String>;

    /// The names of all variables that are set.
    fn names(&self) -> Vec<String>;
}

/// The environment of this process.
#[derive(Debug, Clone, Copy)]
pub struct Environment;

impl Variables for Environment {
    fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }

    fn names(&self) -> Vec<String> {
        std::env::vars_os()
            .map(|(name, _)| name.to_string_lossy().into_owned())
            .collect()
    }
}

impl Variables for HashMap<&str, &str> {
    fn get(&self, name: &str) -> Option<String> {
        HashMap::get(self, name)
            .filter(|value| !value.is_empty())
            .map(|value| (*value).to_owned())
    }

    fn names(&self) -> Vec<String> {
        self.keys().map(|name| (*name).to_owned()).collect()
    }
}

/// A setting that has no meaning.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}={value:?} is not valid: expected {expected}")]
pub struct ConfigError {
    /// The flag or variable.
    pub name: &'static str,
    /// What it was set to.
    pub value: String,
    /// What would have been valid.
    pub expected: &'static str,
}

/// The flags of all subcommands, as written.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Flags {
    /// `--prefix`
    pub prefix: Option<String>,
    /// `--host`
    pub host: Option<String>,
    /// `--port`
    pub port: Option<String>,
    /// The artifact after `serve`.
    pub model: Option<String>,
    /// `--live`
    pub live: bool,
}

/// The directory tree that the platform mounts: `--prefix`, else `SAGELET_PREFIX`, else `/opt/ml`.
#[must_use]
pub fn prefix(flags: &Flags, variables: &impl Variables) -> PathBuf {
    let given = flags
        .prefix
        .clone()
        .or_else(|| variables.get("SAGELET_PREFIX"));
    given.map_or_else(|| PathBuf::from(PREFIX), PathBuf::from)
}

/// The address to serve on: `--host`, else every interface; `--port`, else `SAGEMAKER_BIND_TO_PORT`, else
/// 8080. Port 0 lets the system choose.
///
/// # Errors
/// Host or port is not of its form.
pub fn address(flags: &Flags, variables: &impl Variables) -> Result<SocketAddr, ConfigError> {
    let host = match &flags.host {
        None => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        Some(host) => parse(
            "--host",
            host.clone(),
            "an IP address such as 0.0.0.0 or 127.0.0.1",
        )?,
    };
    let expected = "a port number from 0 to 65535";
    let port = match (&flags.port, variables.get("SAGEMAKER_BIND_TO_PORT")) {
        (Some(port), _) => parse("--port", port.clone(), expected)?,
        (None, Some(port)) => parse("SAGEMAKER_BIND_TO_PORT", port, expected)?,
        (None, None) => PORT,
    };
    Ok(SocketAddr::new(host, port))
}

/// Caps and deadlines of the transport: the defaults, where no variable says otherwise.
///
/// # Errors
/// A variable is not a whole number from 1 on.
#[cfg(feature = "serve")]
pub fn transport(variables: &impl Variables) -> Result<Settings, ConfigError> {
    let count = |names: &[&'static str], default: usize| match number(variables, names)? {
        None => Ok(default),
        Some(count) => Ok(count.get() as usize),
    };
    let seconds = |names: &[&'static str], default: Duration| match number(variables, names)? {
        None => Ok(default),
        Some(seconds) => Ok(Duration::from_secs(seconds.get().into())),
    };
    let default = Settings::default();
    Ok(Settings {
        workers: count(&["SAGELET_WORKERS"], default.workers)?,
        compute_threads: count(
            &[
                "SAGELET_COMPUTE_THREADS",
                "SAGEMAKER_MODEL_SERVER_WORKERS",
                "MODEL_SERVER_WORKERS",
            ],
            default.compute_threads,
        )?,
        connections: count(&["SAGELET_CONNECTIONS"], default.connections)?,
        body_bytes: count(&BODY_BYTES, default.body_bytes)?,
        memory_bytes: memory(variables)?,
        idle: seconds(&["SAGELET_IDLE_SECONDS"], default.idle)?,
        head: seconds(&["SAGELET_HEAD_SECONDS"], default.head)?,
        body: seconds(&TIMEOUTS.map(|[body, _]| body), default.body)?,
        write: seconds(&TIMEOUTS.map(|[_, write]| write), default.write)?,
        ..default
    })
}

/// Names for the bytes that a body may have: ours, and that of other containers.
#[cfg(feature = "serve")]
const BODY_BYTES: [&str; 2] = ["SAGELET_BODY_BYTES", "MAX_CONTENT_LENGTH"];

/// What a container of this memory leaves for requests: that of `SAGELET_MEMORY_BYTES`, else what the system allows.
#[cfg(feature = "serve")]
fn memory(variables: &impl Variables) -> Result<usize, ConfigError> {
    const _: () = assert!(CONTAINER_BYTES_MIN == 24 << 20, "the text says so");
    let expected =
        "at least 25165824 bytes (24 MiB): less holds no body and its answer beside the program";
    let (name, bytes) = match variables.get("SAGELET_MEMORY_BYTES") {
        Some(value) => (
            "SAGELET_MEMORY_BYTES",
            parse("SAGELET_MEMORY_BYTES", value, expected)?,
        ),
        None => (
            "the limit on memory (cgroup, prlimit)",
            container::memory_bytes().unwrap_or(usize::MAX),
        ),
    };
    if bytes < CONTAINER_BYTES_MIN {
        return Err(ConfigError {
            name,
            value: bytes.to_string(),
            expected,
        });
    }
    Ok(for_requests(bytes))
}

/// Names for the time that a request's body may take, and its answer: ours, and those of other containers,
/// which know one timeout.
#[cfg(feature = "serve")]
const TIMEOUTS: [[&str; 2]; 3] = [
    ["SAGELET_BODY_SECONDS", "SAGELET_WRITE_SECONDS"],
    ["SAGEMAKER_MODEL_SERVER_TIMEOUT"; 2],
    ["MODEL_SERVER_TIMEOUT"; 2],
];

/// The number under the first of these names that is set.
#[cfg(feature = "serve")]
fn number(
    variables: &impl Variables,
    names: &[&'static str],
) -> Result<Option<NonZeroU32>, ConfigError> {
    let set = names
        .iter()
        .find_map(|name| Some((*name, variables.get(name)?)));
    set.map(|(name, value)| parse(name, value, "a whole number from 1 on"))
        .transpose()
}

fn parse<T: std::str::FromStr>(
    name: &'static str,
    value: String,
    expected: &'static str,
) -> Result<T, ConfigError> {
    value.trim().parse().map_err(|_| ConfigError {
        name,
        value,
        expected,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(host: Option<&str>, port: Option<&str>) -> Flags {
        Flags {
            host: host.map(str::to_owned),
            port: port.map(str::to_owned),
            ..Flags::default()
        }
    }

    #[test]
    fn the_defaults_are_the_platforms() {
        let none = HashMap::new();
        assert_eq!(
            address(&Flags::default(), &none),
            Ok(SocketAddr::from(([0, 0, 0, 0], 8080)))
        );
        assert_eq!(prefix(&Flags::default(), &none), PathBuf::from("/opt/ml"));
    }

    #[test]
    fn a_flag_wins_over_a_variable_and_a_variable_over_the_default() {
        let variables = HashMap::from([
            ("SAGEMAKER_BIND_TO_PORT", "9001"),
            ("SAGELET_PREFIX", "/tmp/ml"),
        ]);
        assert_eq!(address(&Flags::default(), &variables).unwrap().port(), 9001);
        assert_eq!(
            address(&flags(None, Some("0")), &variables).unwrap().port(),
            0
        );
        assert_eq!(
            prefix(&Flags::default(), &variables),
            PathBuf::from("/tmp/ml")
        );
        let flags = Flags {
            prefix: Some("here".to_owned()),
            ..Flags::default()
        };
        assert_eq!(prefix(&flags, &variables), PathBuf::from("here"));
    }

    #[test]
    fn a_wrong_port_is_named_with_its_source_and_what_was_expected() {
        let variables = HashMap::from([("SAGEMAKER_BIND_TO_PORT", "80800")]);
        let error = address(&Flags::default(), &variables)
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "SAGEMAKER_BIND_TO_PORT=\"80800\" is not valid: expected a port number from 0 to 65535"
        );
        assert!(address(&flags(Some("localhost"), None), &HashMap::new()).is_err());
    }

    #[test]
    #[cfg(feature = "serve")]
    fn transport_settings_are_whole_numbers_from_one_on() {
        let settings = transport(&HashMap::from([
            ("SAGELET_HEAD_SECONDS", "3"),
            ("SAGELET_BODY_BYTES", "1024"),
        ]));
        let settings = settings.unwrap();
        assert_eq!(
            (settings.head, settings.body_bytes),
            (Duration::from_secs(3), 1024)
        );
        for value in ["0", "25165823", "many"] {
            let error = transport(&HashMap::from([("SAGELET_MEMORY_BYTES", value)])).unwrap_err();
            assert!(error.to_string().contains("at least 25165824"), "{error}");
        }
        let settings = transport(&HashMap::from([("SAGELET_MEMORY_BYTES", "67108864")]));
        assert_eq!(settings.unwrap().memory_bytes, 39 << 20);
        for value in ["0", "-1", "1.5", "many"] {
            let error = transport(&HashMap::from([("SAGELET_CONNECTIONS", value)])).unwrap_err();
            assert_eq!(error.name, "SAGELET_CONNECTIONS");
        }
    }

    #[test]
    fn an_empty_variable_is_no_variable() {
        let variables = HashMap::from([("SAGEMAKER_BIND_TO_PORT", "")]);
        assert_eq!(address(&Flags::default(), &variables).unwrap().port(), 8080);
    }
}
