//! `model-tools sign`: puts a signature beside a model's digest.

use std::path::Path;

use clap::Args;
use sagelet::artifact::{PublicKey, Signature, signature, signed_message, with_signature};
use sagelet::limits::ARTIFACT_BYTES_MAX;

use crate::error::Error;
use crate::input::{self, Input};
use crate::output;
use crate::signing::{self, PrivateKey};

/// Sign an artifact, for servers that serve only signed models (SAGELET_MODEL_KEY)
///
/// The signature says that the holder of the key vouches for the model with this digest. It stands inside the artifact,
/// and takes the place of any that is there. A key that a service keeps signs in three steps: --message writes what is to
/// be signed, the service signs it (Ed25519, or ECDSA with SHA-256), and --signature puts the result into the artifact.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Artifact to sign; - is standard input
    #[arg(value_name = "MODEL")]
    model: String,
    /// Private key in PEM, of Ed25519 or P-256; with --signature, the public key
    #[arg(short, long, value_name = "KEY", required_unless_present = "message")]
    key: Option<String>,
    /// Signature that was made elsewhere: 64 bytes, or DER, or the base64 of one of them
    #[arg(long, value_name = "FILE")]
    signature: Option<String>,
    /// Write the message that a signature signs to OUT, instead of a signed artifact
    #[arg(long, conflicts_with_all = ["key", "signature"])]
    message: bool,
    /// File to write; - is standard output
    #[arg(short, long, value_name = "OUT")]
    output: String,
    /// Replace OUT if it exists
    #[arg(long)]
    force: bool,
}

/// Signs one artifact, or writes what is to be signed.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    if let Some(key) = &arguments.key {
        input::check_distinct(&arguments.model, key)?;
    }
    let input = Input::read(&arguments.model, ARTIFACT_BYTES_MAX)?;
    let (digest, _) = signature(&input.bytes).map_err(|error| input.refused(error))?;
    let message = signed_message(digest);
    let Some(key) = &arguments.key else {
        return write(arguments, message.as_bytes());
    };
    let (public, signature) = match &arguments.signature {
        Some(file) => (signing::read_public(key)?, signing::read_signature(file)?),
        None => own(&PrivateKey::read(key)?, &message, &input)?,
    };
    let Some(public) = public
        .iter()
        .find(|public| public.verifies(message.as_bytes(), &signature))
    else {
        return Err(input.refused(
            "the signature is by another key, or of something else than `sign --message` writes: nothing was written",
        ));
    };
    let signed = with_signature(&input.bytes, &signature).map_err(|error| input.refused(error))?;
    write(arguments, &signed)?;
    output::note(format_args!("signed {digest} ({})", public.algorithm()));
    Ok(())
}

fn own(
    key: &PrivateKey,
    message: &str,
    input: &Input,
) -> Result<(Vec<PublicKey>, Signature), Error> {
    let signature = key.sign(message.as_bytes());
    let signature = signature.ok_or_else(|| input.refused("the key signs nothing"))?;
    Ok((vec![key.public()], signature))
}

fn write(arguments: &Arguments, bytes: &[u8]) -> Result<(), Error> {
    if arguments.output == "-" {
        output::print(bytes)
    } else {
        output::write_file(Path::new(&arguments.output), bytes, arguments.force)
    }
}
