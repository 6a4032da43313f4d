//! The command line of `sagelet`: which subcommand, with which flags.
//!
//! Read with lexopt and not with clap, which `model-tools` uses: four subcommands and three flags are no
//! reason to make the binary a seventh larger.

use std::ffi::OsString;
use std::path::Path;

use lexopt::{Arg, Parser, ValueExt};

use sagelet::config::Flags;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
A SageMaker container for linear models: serve, train, ping

Usage: sagelet <COMMAND> [FLAGS]

Commands:
  serve    Answer /ping and /invocations from the artifact in <PREFIX>/model
  train    Fit a model to the CSV files in <PREFIX>/input/data/training, write <PREFIX>/model/model.cbor
  ping     Ask a running server whether it is healthy (a health check without a shell)
  version  Print name and version
  help     Print this

Flags:
  --prefix <DIRECTORY>  Where model, input and output are   [serve, train; env: SAGELET_PREFIX; default: /opt/ml]
  --host <IP>           Address to listen on, or to ask     [serve, ping; default: 0.0.0.0]
  --port <PORT>         Port to listen on, or to ask; serve takes a free one for 0 and says which
                                                  [serve, ping; env: SAGEMAKER_BIND_TO_PORT; default: 8080]
  -h, --help            Print this
  -V, --version         Print name and version

Exit codes:
   0  done, or ended by SIGTERM
   1  failed; the reason is in the log
  64  a flag, argument or variable is not valid
";

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// `sagelet serve`
    Serve,
    /// `sagelet train`
    Train,
    /// `sagelet ping`
    Ping,
    /// `sagelet version`
    Version,
    /// `sagelet help`
    Help,
}

/// A command line that was understood.
#[derive(Debug)]
pub(crate) struct CommandLine {
    /// What to do.
    pub(crate) command: Command,
    /// With which flags.
    pub(crate) flags: Flags,
    /// Words after `serve` or `train` that are no flags. A platform or a derived image may add some: a
    /// container that refuses to start over a word it could do without helps nobody.
    pub(crate) ignored: Vec<OsString>,
}

/// Reads the arguments, the program's own name first. That name may stand for a subcommand: an image links
/// `serve` and `train` to `sagelet`, for platforms that run these names from `PATH`.
///
/// # Errors
/// A sentence that names the argument and says what to do.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<CommandLine, lexopt::Error> {
    let mut parser = Parser::from_iter(arguments);
    let mut command = parser.bin_name().and_then(named_by_program);
    let (mut flags, mut ignored) = (Flags::default(), Vec::new());
    while let Some(argument) = parser.next()? {
        match (argument, &command) {
            (Arg::Short('h') | Arg::Long("help"), _) => command = Some(Command::Help),
            (Arg::Short('V') | Arg::Long("version"), _) => command = Some(Command::Version),
            (Arg::Value(word), None) => command = Some(subcommand(&word)?),
            (Arg::Value(word), Some(Command::Serve | Command::Train)) => ignored.push(word),
            (Arg::Long("prefix"), Some(Command::Serve | Command::Train)) => {
                flags.prefix = Some(parser.value()?.string()?);
            }
            (Arg::Long("host"), Some(Command::Serve | Command::Ping)) => {
                flags.host = Some(parser.value()?.string()?);
            }
            (Arg::Long("port"), Some(Command::Serve | Command::Ping)) => {
                flags.port = Some(parser.value()?.string()?);
            }
            (argument, _) => return Err(argument.unexpected()),
        }
    }
    let command = command.ok_or("no command is given")?;
    Ok(CommandLine {
        command,
        flags,
        ignored,
    })
}

fn named_by_program(name: &str) -> Option<Command> {
    match Path::new(name).file_name()?.to_str()? {
        "serve" => Some(Command::Serve),
        "train" => Some(Command::Train),
        _ => None,
    }
}

fn subcommand(word: &OsString) -> Result<Command, lexopt::Error> {
    match word.to_str() {
        Some("serve") => Ok(Command::Serve),
        Some("train") => Ok(Command::Train),
        Some("ping") => Ok(Command::Ping),
        Some("version") => Ok(Command::Version),
        Some("help") => Ok(Command::Help),
        _ => Err(
            format!("there is no command {word:?}: there are serve, train, ping, version").into(),
        ),
    }
}
