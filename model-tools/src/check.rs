//! `model-tools check`: whether artifacts are what `sagelet serve` would load.

use clap::Args;
use sagelet::artifact::Artifact;
use sagelet::limits::ARTIFACT_BYTES_MAX;
use sagelet::model::Model;

use crate::error::Error;
use crate::input::Input;
use crate::{import, output};

/// Check that files are valid artifacts, as `sagelet serve` would at its start
///
/// Checked are the envelope, the digest, the structure and meaning of the content, that linfa takes the
/// parameters, and that the model gives the predictions that the artifact's verification rows say. The exit
/// code is 0 if every file passes, else 1.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Artifacts to check, or archives with one in them, such as `package` writes; - is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
}

/// Checks every file, and says of each what was checked or what is wrong.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    match output::judged(&arguments.files, check)? {
        0 => Ok(()),
        refused => Err(Error::Check {
            refused,
            files: arguments.files.len(),
        }),
    }
}

fn check(file: &str) -> Result<String, Error> {
    let input = Input::read(file, ARTIFACT_BYTES_MAX)?;
    let bytes = import::packaged(&input.bytes).map_err(|error| input.refused(error))?;
    let artifact = Artifact::from_bytes(&bytes).map_err(|error| input.refused(error))?;
    Model::load(&artifact.document).map_err(|error| input.refused(error))?;
    let verified = match artifact.document.verification.rows.len() {
        0 => "no verification rows to replay".to_owned(),
        1 => "1 verification row replayed".to_owned(),
        rows => format!("{rows} verification rows replayed"),
    };
    Ok(format!(
        "{}: ok: digest and structure right, loads as {}, {verified}\n",
        input.name,
        artifact.document.model.kind()
    ))
}
