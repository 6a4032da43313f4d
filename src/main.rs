//! `sagelet`: reads the command line, calls the library, and turns the result into an exit code.

use std::fmt::Display;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use sagelet::config::{self, ConfigError, Environment, Flags};
use sagelet::{log, serve, train};

/// The command line or the environment makes no sense (`EX_USAGE` of sysexits.h).
const USAGE: u8 = 64;

/// A SageMaker container for linear models: serve, train, ping.
#[derive(Parser)]
#[command(version, about, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
   0  done, or ended by SIGTERM
   1  failed; the reason is in the log
  64  a flag, argument or variable is not valid";

#[derive(Subcommand)]
enum Command {
    /// Answer /ping and /invocations from the artifact in <PREFIX>/model
    Serve {
        #[command(flatten)]
        prefix: Prefix,
        #[command(flatten)]
        address: Address,
    },
    /// Fit a model to the CSV files in <PREFIX>/input/data/training, write <PREFIX>/model/model.cbor
    Train {
        #[command(flatten)]
        prefix: Prefix,
    },
    /// Ask a running server whether it is healthy: exit code 0 if so (a health check without a shell)
    Ping {
        #[command(flatten)]
        address: Address,
    },
    /// Print name and version
    Version,
}

#[derive(Args)]
struct Prefix {
    /// Directory that holds model, input and output [env: SAGELET_PREFIX] [default: /opt/ml]
    #[arg(long, value_name = "DIRECTORY")]
    prefix: Option<String>,
}

#[derive(Args)]
struct Address {
    /// IP address to listen on [default: 0.0.0.0]
    #[arg(long, value_name = "IP")]
    host: Option<String>,
    /// Port to listen on; 0 takes a free one and says which [env: SAGEMAKER_BIND_TO_PORT] [default: 8080]
    #[arg(long, value_name = "PORT")]
    port: Option<String>,
}

fn main() -> ExitCode {
    let command = match Cli::try_parse() {
        Ok(cli) => cli.command,
        Err(message) => {
            let _ = message.print();
            return if message.use_stderr() {
                ExitCode::from(USAGE)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    match command {
        Command::Serve { prefix, address } => serve(flags(Some(prefix), Some(address))),
        Command::Train { prefix } => finish(train::run(&config::prefix(
            &flags(Some(prefix), None),
            &Environment,
        ))),
        Command::Ping { address } => with_address(&flags(None, Some(address)), serve::ping),
        Command::Version => {
            log::info(format_args!("{}", sagelet::PRODUCER));
            ExitCode::SUCCESS
        }
    }
}

fn flags(prefix: Option<Prefix>, address: Option<Address>) -> Flags {
    let (host, port) = address.map_or((None, None), |address| (address.host, address.port));
    Flags {
        prefix: prefix.and_then(|prefix| prefix.prefix),
        host,
        port,
    }
}

fn serve(flags: Flags) -> ExitCode {
    let prefix = config::prefix(&flags, &Environment);
    match config::transport(&Environment) {
        Ok(settings) => with_address(&flags, |address| serve::run(&prefix, address, &settings)),
        Err(error) => misconfigured(&error),
    }
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

fn misconfigured(error: &ConfigError) -> ExitCode {
    log::error(format_args!("{error}"));
    ExitCode::from(USAGE)
}

fn finish<E: Display>(result: Result<(), E>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::error(format_args!("{error}"));
            ExitCode::FAILURE
        }
    }
}
