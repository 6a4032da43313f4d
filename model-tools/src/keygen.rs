//! `model-tools keygen`: a key to sign models with.

use std::path::Path;

use clap::Args;
use ed25519_compact::{KeyPair, Seed};

use crate::error::Error;
use crate::{output, signing};

/// Make an Ed25519 key to sign models with
///
/// Writes the private key to KEY in PEM, readable by its owner alone, and prints the public key in base64, as
/// SAGELET_MODEL_KEY and `verify` take it. Keys that `openssl genpkey` makes, of Ed25519 or P-256, do as well.
#[derive(Args)]
pub(crate) struct Arguments {
    /// File to write, which must not exist
    #[arg(short, long, value_name = "KEY")]
    output: String,
}

/// Makes one key.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let mut seed = [0; Seed::BYTES];
    getrandom::fill(&mut seed).map_err(Error::Random)?;
    let pair = KeyPair::from_seed(Seed::new(seed));
    output::write_secret(Path::new(&arguments.output), pair.sk.to_pem().as_bytes())?;
    let line = signing::line(&pair.pk).unwrap_or_default();
    output::print(format!("{line}\n").as_bytes())?;
    output::note(format_args!(
        "wrote {}: the private key; keep it where models are signed, and nowhere else",
        arguments.output
    ));
    Ok(())
}
