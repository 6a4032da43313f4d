//! `sagelet`: reads the command line, calls the library, and turns the result into an exit code.

mod command_line;

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use command_line::{Command, CommandLine};
use sagelet::config::{self, Environment, Flags};
use sagelet::serve::Question;
use sagelet::{log, serve, train};

/// The command line or the environment makes no sense (`EX_USAGE` of sysexits.h).
const USAGE: u8 = 64;

fn main() -> ExitCode {
    let CommandLine {
        command,
        flags,
        ignored,
    } = match command_line::parse(std::env::args_os()) {
        Ok(command_line) => command_line,
        Err(error) => return misused(&error),
    };
    for word in ignored {
        log::info(format_args!(
            "argument {word:?} is not known and was ignored"
        ));
    }
    match command {
        Command::Serve => checked(|| serve(&flags)),
        Command::Train => checked(|| finish(train::run(&config::prefix(&flags, &Environment)))),
        Command::Ping => ping(&flags),
        Command::Version => print(&format!("{}\n", sagelet::PRODUCER)),
        Command::Help => print(command_line::HELP),
    }
}

/// Runs a command if every variable that looks like one of ours is one.
fn checked(command: impl FnOnce() -> ExitCode) -> ExitCode {
    match config::check_names(&Environment) {
        Ok(()) => command(),
        Err(error) => misconfigured(&error),
    }
}

fn serve(flags: &Flags) -> ExitCode {
    let prefix = config::prefix(flags, &Environment);
    let settings = config::transport(&Environment)
        .and_then(|transport| Ok((transport, config::serving(flags, &Environment)?)));
    match settings {
        Ok((transport, serving)) => with_address(flags, |address| {
            serve::run(&prefix, address, &transport, serving)
        }),
        Err(error) => misconfigured(&error),
    }
}

fn ping(flags: &Flags) -> ExitCode {
    let question = if flags.live {
        Question::Live
    } else {
        Question::Ready
    };
    with_address(flags, |address| serve::ping(address, question))
}

fn with_address<E: Display>(
    flags: &Flags,
    command: impl FnOnce(std::net::SocketAddr) -> Result<(), E>,
) -> ExitCode {
    match config::address(flags, &Environment) {
        Ok(address) => finish(command(address)),
        Err(error) => misconfigured(&error),
    }
}

fn print(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn misused(error: &lexopt::Error) -> ExitCode {
    // Standard error may be closed; the exit code is not.
    let _ = writeln!(
        std::io::stderr(),
        "error: {error}\n\nFor more information, try '--help'."
    );
    ExitCode::from(USAGE)
}

fn misconfigured(error: &impl Display) -> ExitCode {
    log::error(format_args!("{error}"));
    ExitCode::from(USAGE)
}

fn finish<E: Display>(result: Result<(), E>) -> ExitCode {
    let code = match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::error(format_args!("{error}"));
            ExitCode::FAILURE
        }
    };
    log::flush();
    code
}
