//! `model-tools package`: the `model.tar.gz` that the platform unpacks under `/opt/ml/model`.

use std::path::Path;

use clap::Args;
use flate2::{Compression, GzBuilder};
use sagelet::artifact::Artifact;
use sagelet::model::Model;

use crate::convert;
use crate::error::Error;
use crate::{import, output};

/// The name of the artifact in the archive, which is the one that `sagelet serve` looks for first.
const NAME: &str = "model.cbor";

/// Everyone may read: the archive is unpacked by one user and read by another.
const MODE: u32 = 0o644;

/// Package a model as the model.tar.gz that the platform wants
///
/// The archive holds the artifact, model.cbor, at its top. Another format is converted first. The same model
/// gives the same bytes, wherever and whenever it is packaged: no times, owners or names of machines are kept.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Model, in any format that `model-tools formats` lists, or several files that are one together; - is standard
    /// input
    #[arg(value_name = "MODEL", required = true)]
    models: Vec<String>,
    #[command(flatten)]
    options: import::ImportOptions,
    /// File to write; - is standard output
    #[arg(short, long, value_name = "OUT", default_value = "model.tar.gz")]
    output: String,
    /// Replace OUT if it exists
    #[arg(long)]
    force: bool,
}

/// Packages one model.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let source = import::read_all(&arguments.models, &arguments.options)?;
    let bytes = if sagelet::artifact::is_artifact(&source.input.bytes) {
        Model::load(&source.imported.document).map_err(|error| source.input.refused(error))?;
        source.input.bytes.clone()
    } else {
        let sealed = Artifact::seal(convert::complete(&source)?);
        sealed.map_err(|error| source.input.refused(error))?.1
    };
    let archive = archive(&bytes).map_err(|error| source.input.refused(error))?;
    if arguments.output == "-" {
        output::print(&archive)?;
    } else {
        output::write_file(Path::new(&arguments.output), &archive, arguments.force)?;
    }
    output::note(format_args!(
        "wrote {}: {NAME} in {} bytes",
        arguments.output,
        archive.len()
    ));
    Ok(())
}

/// One file in a gzipped tar archive, with nothing in it of the machine or the moment.
fn archive(artifact: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut header = tar::Header::new_ustar();
    header.set_size(artifact.len() as u64);
    header.set_mode(MODE);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    // No name of the file, no time, and "unknown" for the operating system.
    let gzip = GzBuilder::new()
        .operating_system(255)
        .write(Vec::new(), Compression::best());
    let mut tar = tar::Builder::new(gzip);
    tar.append_data(&mut header, NAME, artifact)?;
    tar.into_inner()?.finish()
}
