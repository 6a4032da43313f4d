//! Files whose formats are known, before they are read: one file, or several that are a model together.

use std::path::Path;

use super::container::{self, File, Files, Folder};
use super::pickle::Pickle;
use super::skops::Skops;
use super::trust::Contents;
use super::{
    FORMATS, Format, ImportError, ImportOptions, Imported, JSON, LINEAR_LEARNER, PICKLE, SKOPS,
    Source, large, linear_learner, names, rank, sklearn, spark, strangers,
};
use crate::error::Error;
use crate::input::Input;
use crate::limits::MODEL_BYTES_MAX;

/// The rank of a list of column names, which is no model, behind those of all formats.
const NAMES: usize = FORMATS.len();

/// What reports call files that are all lists of names.
static LIST: &Format = &Format {
    name: "names",
    description: "lists of column names, which are no model",
    detect: |_| false,
    read: |_| Err(ImportError::NoModel),
};

/// What the command line names, before it is read.
pub(crate) struct Opened {
    /// The file as it is; of several files all their bytes, one after the other.
    pub(crate) input: Input,
    /// What it was wrapped in, from the outside in.
    pub(crate) layers: Vec<String>,
    /// What the model's file is without that, or the first of several.
    pub(crate) format: &'static Format,
    content: Content,
}

/// The bytes of the model.
enum Content {
    /// Those of the input.
    Input,
    /// What the input was wrapped around.
    Unwrapped(Vec<u8>),
    /// Several files.
    Members {
        members: Vec<Member>,
        /// Whether they were given in the order in which rows go through them.
        in_order: bool,
    },
}

/// One of several files.
pub(crate) struct Member {
    /// What keys and errors call it: its name in the archive or folder, or how the command line gave it.
    pub(crate) name: String,
    /// What it is; none of a list of column names.
    pub(crate) format: Option<&'static Format>,
    /// Its content.
    pub(crate) bytes: Vec<u8>,
}

/// What is in one file that holds objects.
pub(crate) struct Listing {
    /// The file's name, where there are several.
    pub(crate) file: Option<String>,
    /// Its format.
    pub(crate) format: &'static str,
    /// What is in it, or why it cannot be read.
    pub(crate) contents: Result<Contents, String>,
}

/// Opens the file, archive or folder at a path, standard input, or several files, and tells what they are.
///
/// # Errors
/// One cannot be read, or is of no known format.
pub(crate) fn open<P: AsRef<str>>(paths: &[P]) -> Result<Opened, Error> {
    let paths: Vec<&str> = paths.iter().map(AsRef::as_ref).collect();
    match paths.as_slice() {
        [path] if Path::new(path).is_dir() => open_folder(path),
        [path] => open_file(large::read(path)?),
        several => open_several(several),
    }
}

fn open_folder(path: &str) -> Result<Opened, Error> {
    let packed = spark::pack(Path::new(path)).map_err(|source| Error::Read {
        input: path.to_owned(),
        source,
    })?;
    if let Some(bytes) = packed {
        let mut opened = open_file(Input::of(path.to_owned(), bytes))?;
        opened.layers.push("folder".to_owned());
        return Ok(opened);
    }
    match container::folder(Path::new(path), rank_of_member)? {
        Folder::Mlflow(file) => open_file(large::read(&file.to_string_lossy())?),
        Folder::Files(files, bytes) => {
            let name = path.to_owned();
            Ok(among(
                Input::of(name, bytes),
                vec!["folder".to_owned()],
                files,
            ))
        }
    }
}

fn open_file(input: Input) -> Result<Opened, Error> {
    let content = container::open(&input.bytes, rank_of_member, spark::detect);
    let content = content.map_err(|error| input.refused(error))?;
    let layers = content.layers;
    let bytes = match content.files {
        Files::Several(files) => return Ok(among(input, layers, files)),
        Files::One(bytes) => bytes,
    };
    let format = known(&bytes).map_err(|reason| input.refused(reason))?;
    let content = match layers.is_empty() {
        true => Content::Input,
        false => Content::Unwrapped(bytes.into_owned()),
    };
    Ok(Opened {
        input,
        layers,
        format,
        content,
    })
}

/// Several files of the command line.
fn open_several(paths: &[&str]) -> Result<Opened, Error> {
    let mut members = Vec::with_capacity(paths.len());
    let mut all = Vec::new();
    for path in paths {
        let input = Input::read(path, MODEL_BYTES_MAX)?;
        let content = container::open(&input.bytes, rank_of_member, spark::detect);
        let content = content.map_err(|error| input.refused(error))?;
        let Files::One(bytes) = content.files else {
            return Err(input.refused(
                "an archive holds a model of its own: give it alone, or the files in it",
            ));
        };
        let bytes = bytes.into_owned();
        let format = match names::of_json(&bytes) {
            Some(_) => None,
            None => Some(known(&bytes).map_err(|reason| input.refused(reason))?),
        };
        if let Some(other) = format.filter(|format| !format.holds_objects()) {
            return Err(input.refused(format_args!(
                "{} is a model of its own: several files together are those of scikit-learn, and lists of column names",
                other.name
            )));
        }
        all.extend_from_slice(&input.bytes);
        members.push(Member {
            name: input.name,
            format,
            bytes,
        });
    }
    let names: Vec<_> = members.iter().map(|member| member.name.as_str()).collect();
    let input = Input::of(names.join(", "), all);
    Ok(of_members(input, Vec::new(), members, true))
}

/// The models among the files of an archive or folder. If objects of scikit-learn are, all of them count, since one
/// may go before another; of other formats those that are most like an artifact.
fn among(input: Input, mut layers: Vec<String>, mut files: Vec<File>) -> Opened {
    let format = |file: &File| FORMATS.get(file.rank);
    let holds = |file: &File| format(file).is_some_and(Format::holds_objects);
    let best = files.iter().map(|file| file.rank).min().unwrap_or(NAMES);
    if FORMATS.get(best).is_some_and(Format::holds_objects) {
        files.retain(|file| holds(file) || file.rank == NAMES);
    } else {
        files.retain(|file| file.rank == best);
    }
    let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
    if let Some(layer) = layers.last_mut() {
        *layer = format!("{layer}: {}", names.join(", "));
    }
    let mut members: Vec<_> = files
        .into_iter()
        .map(|file| Member {
            format: FORMATS.get(file.rank),
            name: file.name,
            bytes: file.bytes,
        })
        .collect();
    match (members.pop(), members.is_empty()) {
        (
            Some(Member {
                format: Some(format),
                bytes,
                ..
            }),
            true,
        ) => Opened {
            input,
            layers,
            format,
            content: Content::Unwrapped(bytes),
        },
        (last, _) => of_members(
            input,
            layers,
            members.into_iter().chain(last).collect(),
            false,
        ),
    }
}

fn of_members(input: Input, layers: Vec<String>, members: Vec<Member>, in_order: bool) -> Opened {
    let mut formats = members.iter().filter_map(|member| member.format);
    Opened {
        input,
        layers,
        format: formats.next().unwrap_or(LIST),
        content: Content::Members { members, in_order },
    }
}

/// The place of the format among the [`FORMATS`], or that of lists of column names.
pub(super) fn rank_of_member(bytes: &[u8]) -> Option<usize> {
    let rank = rank(bytes);
    let is_json = rank
        .and_then(|rank| FORMATS.get(rank))
        .is_none_or(|format| format.name == JSON);
    match is_json && names::of_json(bytes).is_some() {
        true => Some(NAMES),
        false => rank,
    }
}

/// The format of a file that is a model.
fn known(bytes: &[u8]) -> Result<&'static Format, String> {
    let format = rank(bytes).and_then(|rank| FORMATS.get(rank));
    let is_other = |format: &Format| format.name == JSON && strangers::what(bytes).is_some();
    format
        .filter(|format| !is_other(format))
        .ok_or_else(|| unknown(bytes))
}

fn unknown(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "the file is empty".to_owned();
    }
    if names::of_json(bytes).is_some() {
        return "this is a list of names, and no model: give it together with the model whose columns it names".to_owned();
    }
    strangers::what(bytes).map_or_else(
        || "not a model of a known format: `model-tools formats` lists them".to_owned(),
        |what| format!("this is {what}"),
    )
}

impl Opened {
    /// The one file of the model, without what it was wrapped in; nothing where there are several.
    fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Input => &self.input.bytes,
            Content::Unwrapped(bytes) => bytes,
            Content::Members { .. } => &[],
        }
    }

    /// Reads the model, with what `options` say that the file does not.
    ///
    /// # Errors
    /// Its content makes no model.
    pub(crate) fn import(&self, options: &ImportOptions) -> Result<Imported, ImportError> {
        let imported = match &self.content {
            Content::Members { members, in_order } => import_members(members, *in_order, options),
            _ => self.import_file(options),
        }?;
        imported.document.validate()?;
        Ok(imported)
    }

    fn import_file(&self, options: &ImportOptions) -> Result<Imported, ImportError> {
        let (bytes, keys) = (self.bytes(), options.keys.as_slice());
        match (self.format.name, keys, options.predictor_type) {
            (_, [], None) => (self.format.read)(bytes),
            (PICKLE, keys, None) => sklearn::read_pickle_part(bytes, keys),
            (SKOPS, keys, None) => sklearn::read_skops_part(bytes, keys),
            (LINEAR_LEARNER, [], options) => linear_learner::read_as(bytes, options),
            (other, [], Some(_)) => Err(ImportError::NoPredictorType(other)),
            (other, _, _) => Err(ImportError::NoKeys(other)),
        }
    }

    /// What is in pickles and skops files; nothing of other formats.
    ///
    /// # Errors
    /// The only file cannot be read.
    pub(crate) fn contents(&self) -> Result<Vec<Listing>, ImportError> {
        if let Content::Members { members, .. } = &self.content {
            return Ok(members.iter().filter_map(Member::listing).collect());
        }
        let Some(contents) = contents(self.format, self.bytes()) else {
            return Ok(Vec::new());
        };
        Ok(vec![Listing {
            file: None,
            format: self.format.name,
            contents: Ok(contents?),
        }])
    }

    /// The file together with the model that was read from it.
    pub(crate) fn with(self, imported: Imported) -> Source {
        Source {
            input: self.input,
            layers: self.layers,
            format: self.format,
            imported,
        }
    }
}

impl Member {
    fn listing(&self) -> Option<Listing> {
        let format = self.format?;
        let contents = contents(format, &self.bytes)?;
        Some(Listing {
            file: Some(self.name.clone()),
            format: format.name,
            contents: contents.map_err(|error| error.to_string()),
        })
    }
}

fn contents(format: &Format, bytes: &[u8]) -> Option<Result<Contents, ImportError>> {
    match format.name {
        PICKLE => Some(sklearn::pickle(bytes).map(Pickle::contents)),
        SKOPS => Some(
            Skops::read(bytes)
                .map(Skops::contents)
                .map_err(ImportError::from),
        ),
        _ => None,
    }
}

/// Reads a model out of several files: of other formats than scikit-learn's, the one that the only key names.
fn import_members(
    members: &[Member],
    in_order: bool,
    options: &ImportOptions,
) -> Result<Imported, ImportError> {
    if let (Some(first), Some(_)) = (
        members.iter().find_map(|member| member.format),
        options.predictor_type,
    ) {
        return Err(ImportError::NoPredictorType(first.name));
    }
    let of_objects = |member: &Member| member.format.is_none_or(Format::holds_objects);
    if members.iter().all(of_objects) {
        return sklearn::read_files(members, &options.keys, in_order);
    }
    let wanted = match options.keys.as_slice() {
        [key] => members.iter().find(|member| member.name == *key),
        _ => None,
    };
    match wanted {
        Some(Member {
            format: Some(format),
            bytes,
            ..
        }) => (format.read)(bytes),
        _ => {
            let names: Vec<_> = members.iter().map(|member| member.name.clone()).collect();
            Err(ImportError::SeveralModels(
                names.join(", "),
                names.into_iter().next().unwrap_or_default(),
            ))
        }
    }
}

/// Reads a file as `convert` does, for tests of damaged ones.
#[cfg(test)]
pub(super) fn import_bytes(bytes: &[u8]) -> Option<Imported> {
    let name = "test".to_owned();
    let opened = open_file(Input::of(name, bytes.to_vec())).ok()?;
    opened.import(&ImportOptions::default()).ok()
}
