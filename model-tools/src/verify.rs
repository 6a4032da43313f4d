//! `model-tools verify`: whether models are signed by a trusted key.

use clap::Args;
use sagelet::artifact::{PublicKey, signer};
use sagelet::limits::ARTIFACT_BYTES_MAX;

use crate::error::Error;
use crate::input::Input;
use crate::{import, output, signing};

/// Check that artifacts are signed by a trusted key, as `sagelet serve` does with SAGELET_MODEL_KEY
///
/// The exit code is 0 if every file is, else 1. Whether a model could be served otherwise is what `check` says.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Artifacts, or archives with one in them, such as `package` writes; - is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// Public keys, in PEM or base64: a signature by one of them is enough
    #[arg(short, long, value_name = "KEYS")]
    key: String,
}

/// Checks every file, and says of each who signed it or what is wrong.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let keys = signing::read_public(&arguments.key)?;
    match output::judged(&arguments.files, |file| verify(file, &keys))? {
        0 => Ok(()),
        refused => Err(Error::Verify {
            refused,
            files: arguments.files.len(),
        }),
    }
}

fn verify(file: &str, keys: &[PublicKey]) -> Result<String, Error> {
    let input = Input::read(file, ARTIFACT_BYTES_MAX)?;
    let bytes = import::packaged(&input.bytes).map_err(|error| input.refused(error))?;
    let place = signer(&bytes, keys).map_err(|error| input.refused(error))?;
    Ok(format!(
        "{}: ok: signed by key {} of {} ({})\n",
        input.name,
        place + 1,
        keys.len(),
        keys.get(place).map_or("", PublicKey::algorithm)
    ))
}
