//! The command line of `sagelet`: which subcommand, with which flags.
//!
//! Read with lexopt and not with clap, which `model-tools` uses: four subcommands and four flags are no
//! reason to make the binary a seventh larger.

use std::ffi::OsString;
use std::path::Path;

use lexopt::{Arg, Parser, ValueExt};

use sagelet::config::Flags;

/// What `--help` prints: at most 80 columns.
pub(crate) const HELP: &str = "\
A SageMaker container for linear models: serve, train, ping

Usage: sagelet <COMMAND> [FLAGS]

Commands:
  serve [MODEL.cbor]  Answer /ping and /invocations from the model in this file,
                      or from the one .cbor file in <PREFIX>/model
  train               Fit a model to the files in
                      <PREFIX>/input/data/training, write
                      <PREFIX>/model/model.cbor
  ping                Ask a running server whether it can predict (a health
                      check without a shell)
  version             Print name and version
  help                Print this

Flags:
  --prefix <DIRECTORY>  Where model, input and output are, for serve and train
                        [env: SAGELET_PREFIX; default: /opt/ml]
  --host <IP>           Address to listen on, or to ping [default: 0.0.0.0]
  --port <PORT>         Port to listen on, or to ping; serve takes a free one
                        for 0 and says which
                        [env: SAGEMAKER_BIND_TO_PORT; default: 8080]
  --live                ping: ask only whether the server answers, with a model
                        or without
  -h, --help            Print this
  -V, --version         Print name and version

Exit codes:
   0  done, or ended by SIGTERM
   1  failed; the reason is in the log
  64  a flag, argument or variable is not valid
";

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// Words after `serve` or `train` that are neither flags nor the artifact. A platform or a derived image may
    /// add some: a container that refuses to start over a word it could do without helps nobody.
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
            (Arg::Long("prefix"), _) => flags.prefix = Some(parser.value()?.string()?),
            (Arg::Long("host"), _) => flags.host = Some(parser.value()?.string()?),
            (Arg::Long("port"), _) => flags.port = Some(parser.value()?.string()?),
            (Arg::Long("live"), _) => flags.live = true,
            (Arg::Value(word), None) => command = Some(subcommand(&word)?),
            (Arg::Value(word), Some(Command::Serve)) if is_model(&word, &flags) => {
                flags.model = Some(word.string()?);
            }
            (Arg::Value(word), Some(Command::Serve | Command::Train)) => ignored.push(word),
            (argument, _) => return Err(argument.unexpected()),
        }
    }
    let command = command.ok_or("no command is given: there are serve, train, ping, version")?;
    check_flags(command, &flags)?;
    Ok(CommandLine {
        command,
        flags,
        ignored,
    })
}

/// Whether a word after `serve` names the artifact to serve.
fn is_model(word: &OsString, flags: &Flags) -> bool {
    flags.model.is_none() && Path::new(word).extension() == Some("cbor".as_ref())
}

/// Flags may stand before the command, so which ones it takes is known only at the end.
fn check_flags(command: Command, flags: &Flags) -> Result<(), lexopt::Error> {
    let given = [
        ("--prefix", flags.prefix.is_some(), "serve and train"),
        ("--host", flags.host.is_some(), "serve and ping"),
        ("--port", flags.port.is_some(), "serve and ping"),
        ("--live", flags.live, "ping"),
    ];
    let is_wrong = |takers: &str| match command {
        Command::Serve => !takers.contains("serve"),
        Command::Train => !takers.contains("train"),
        Command::Ping => !takers.contains("ping"),
        Command::Version | Command::Help => false,
    };
    match given
        .into_iter()
        .find(|(_, is_given, takers)| *is_given && is_wrong(takers))
    {
        None => Ok(()),
        Some((flag, _, takers)) => Err(format!("{flag} is a flag of {takers} only").into()),
    }
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
