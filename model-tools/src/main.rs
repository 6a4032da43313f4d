//! `model-tools`: the command line around the models that sagelet serves.

mod beside;
mod blame;
mod check;
mod convert;
mod declarations;
mod derived;
mod diff;
mod error;
mod export;
mod formats;
mod import;
mod input;
mod inspect;
mod keygen;
mod limits;
mod output;
mod package;
mod predict;
mod probes;
mod proof;
mod report;
mod rows;
mod scores;
mod shown;
mod sign;
mod signing;
mod verification;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::Error;

/// Tests bound the memory that reading a damaged file may take.
#[cfg(test)]
#[global_allocator]
static ALLOCATOR: cap::Cap<std::alloc::System> = cap::Cap::new(std::alloc::System, usize::MAX);

/// The command line makes no sense.
const USAGE: u8 = 2;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  a model was refused, or a file could not be read or written; of diff: the models differ
  2  the command line makes no sense; of diff: the models could not be compared";

/// Convert, inspect, check and score the models that sagelet serves.
///
/// A file's format is recognised by its content, never by its name. FILE may be - for standard input.
#[derive(Parser)]
#[command(version, about, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Inspect(inspect::Arguments),
    Convert(convert::Arguments),
    Check(check::Arguments),
    Predict(predict::Arguments),
    Diff(diff::Arguments),
    Package(package::Arguments),
    Report(report::Arguments),
    Keygen(keygen::Arguments),
    Sign(sign::Arguments),
    Verify(verify::Arguments),
    /// List the formats that can be read and written
    Formats,
}

fn main() -> ExitCode {
    let command = match Cli::try_parse() {
        Ok(cli) => cli.command,
        Err(message) => {
            // Nowhere is left to report that even this could not be printed.
            let _ = message.print();
            return if message.use_stderr() {
                ExitCode::from(USAGE)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    match run(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !matches!(error, Error::Different) {
                output::note(format_args!("error: {error}"));
            }
            match error {
                Error::Usage(_) | Error::NotCompared(_) => ExitCode::from(USAGE),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn run(command: Command) -> Result<(), Error> {
    match command {
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Predict(arguments) => predict::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Package(arguments) => package::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Keygen(arguments) => keygen::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Formats => formats::run(),
    }
}
