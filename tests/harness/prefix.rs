//! A directory tree as the platform mounts it under `/opt/ml`.

use std::fs;
use std::path::{Path, PathBuf};

use sagelet::artifact::{Artifact, Document, Feature, Linear, Parameters};

/// A tree that is removed with the test.
pub(crate) struct Prefix {
    directory: tempfile::TempDir,
}

impl Prefix {
    /// An empty `model` directory and nothing else.
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let prefix = Self { directory };
        fs::create_dir_all(prefix.path("model")).expect("the model directory");
        prefix
    }

    /// With the artifact of `document` as `model/model.cbor`.
    pub(crate) fn with_model(document: Document) -> Self {
        let prefix = Self::new();
        let (_, bytes) = Artifact::seal(document).expect("a document in order");
        prefix.write("model/model.cbor", bytes);
        prefix
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The tree's root, as an argument.
    pub(crate) fn argument(&self) -> &str {
        self.directory.path().to_str().expect("UTF-8")
    }

    /// What follows the program's name to serve it on a free port of this machine.
    pub(crate) fn serve_arguments(&self) -> [&str; 7] {
        let [serve, prefix, root, host, address] = self.serve_arguments_without_port();
        [serve, prefix, root, host, address, "--port", "0"]
    }

    /// The same, where the port comes from elsewhere.
    pub(crate) fn serve_arguments_without_port(&self) -> [&str; 5] {
        ["serve", "--prefix", self.argument(), "--host", "127.0.0.1"]
    }

    /// Writes a file, and the directories above it.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("directories");
        fs::write(path, content).expect("a file");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}

/// A linear regression without names.
pub(crate) fn linear(intercept: f64, coefficients: &[f64]) -> Document {
    Document::new(
        vec![Feature::default(); coefficients.len()],
        Parameters::LinearRegression(Linear {
            intercept,
            coefficients: coefficients.to_vec(),
        }),
    )
}

/// The model that predicts its one cell: what goes in has to come out.
pub(crate) fn identity() -> Document {
    linear(0.0, &[1.0])
}
