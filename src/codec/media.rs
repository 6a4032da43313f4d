//! Content types: which format a header names, and what its parameters say of the body.

use std::borrow::Cow;

use super::Format;
use crate::limits::LABEL_COLUMNS_MAX;
use crate::text::Quoted;

/// A content type that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentType {
    /// The format.
    pub format: Format,
    pub(super) charset: Charset,
    header: Option<Header>,
    delimiter: u8,
    label_columns: usize,
    indexing: Option<Indexing>,
    pub(super) tensors: Option<TensorBody>,
}

/// A body of Open Inference: JSON, and after it the bytes of tensors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TensorBody {
    /// Bytes of the JSON, where the request says how many; else all of the body.
    pub json_bytes: Option<usize>,
}

/// What a content type leaves open, as the settings of a server say it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RowDefaults {
    /// Whether CSV has a header.
    pub header: Header,
    /// What the first index of libsvm is.
    pub indexing: Indexing,
}

/// How CSV is to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct CsvOptions {
    pub(super) header: Header,
    pub(super) delimiter: u8,
    /// Columns of labels before the features.
    pub(super) label_columns: usize,
}

/// Whether the first line of CSV names the columns (RFC 4180, section 3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Header {
    /// It does if it consists of names of columns and is no row.
    #[default]
    Recognised,
    /// It does.
    Present,
    /// It does not.
    Absent,
}

/// What the first index of a row of libsvm is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Indexing {
    /// 1, as LIBSVM has it.
    #[default]
    FromOne,
    /// 0, as scikit-learn's `dump_svmlight_file` writes unless it is told otherwise.
    FromZero,
}

impl Header {
    /// Reads `auto`, `present` or `absent`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "auto" => Some(Self::Recognised),
            "present" => Some(Self::Present),
            "absent" => Some(Self::Absent),
            _ => None,
        }
    }
}

impl Indexing {
    /// Reads `0` or `1`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "0" => Some(Self::FromZero),
            "1" => Some(Self::FromOne),
            _ => None,
        }
    }

    pub(super) fn first(self) -> u64 {
        match self {
            Self::FromOne => 1,
            Self::FromZero => 0,
        }
    }
}

/// How the text of a body is encoded. ASCII is UTF-8.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Charset {
    #[default]
    Utf8,
    Latin1,
}

/// Why a content type cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContentTypeError {
    /// No format of this name.
    #[error("content type {0} cannot be read: use one of {known}", known = readable())]
    Unknown(Quoted),
    /// A parameter with a value that changes what the body means, and that is not known.
    #[error("content type {header} cannot be read: {name}={value} is not one of {known}")]
    Parameter {
        /// The whole header.
        header: Quoted,
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: Quoted,
        /// Values that can be read.
        known: &'static str,
    },
}

/// What SageMaker's Triton container calls a body of Open Inference. The parameter [`JSON_BYTES`] says how many bytes
/// of JSON are before those of the tensors.
pub(super) const TENSORS: &str = "application/vnd.sagemaker-triton.binary+json";
pub(super) const JSON_BYTES: &str = "json-header-size";

/// Other names that clients use for the formats.
const ALIASES: [(&str, Format); 8] = [
    (TENSORS, Format::Json),
    ("csv", Format::Csv),
    ("application/csv", Format::Csv),
    ("application/x-jsonlines", Format::JsonLines),
    ("application/jsonl", Format::JsonLines),
    ("application/x-ndjson", Format::JsonLines),
    ("text/x-libsvm", Format::LibSvm),
    ("libsvm", Format::LibSvm),
];

/// The format of a media type without parameters, whatever its case.
pub(super) fn format(essence: &str) -> Option<Format> {
    let names = Format::ALL.map(|format| (format.media_type(), format));
    names
        .into_iter()
        .chain(ALIASES)
        .find(|(name, _)| name.eq_ignore_ascii_case(essence))
        .map(|(_, format)| format)
}

/// The media types that can be read, for an error that has to list them.
fn readable() -> String {
    Format::ALL.map(Format::media_type).join(", ")
}

impl ContentType {
    /// A format without parameters.
    #[must_use]
    pub fn of(format: Format) -> Self {
        Self {
            format,
            charset: Charset::default(),
            header: None,
            delimiter: b',',
            label_columns: 0,
            indexing: None,
            tensors: None,
        }
    }

    /// A body of Open Inference.
    #[must_use]
    pub fn open_inference(body: TensorBody) -> Self {
        Self {
            tensors: Some(body),
            ..Self::of(Format::Json)
        }
    }

    /// Whether the type is one of Open Inference alone.
    #[must_use]
    pub fn is_open_inference(self) -> bool {
        self.tensors.is_some()
    }

    /// The same, where what the content type leaves open is as these defaults say.
    #[must_use]
    pub fn or(mut self, defaults: RowDefaults) -> Self {
        self.header.get_or_insert(defaults.header);
        self.indexing.get_or_insert(defaults.indexing);
        self
    }

    /// The same, with this byte between the cells of CSV.
    #[must_use]
    #[cfg(feature = "train")]
    pub(crate) fn delimited_by(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    /// The byte between the cells of CSV.
    #[cfg(feature = "train")]
    pub(crate) fn delimiter(self) -> u8 {
        self.delimiter
    }

    /// Whether the first line of CSV names the columns, if the content type says so.
    #[cfg(feature = "train")]
    pub(crate) fn header(self) -> Option<bool> {
        match self.header? {
            Header::Present => Some(true),
            Header::Absent => Some(false),
            Header::Recognised => None,
        }
    }

    /// The same for rows alone: whoever reads them has passed over a header before.
    #[must_use]
    #[cfg(feature = "train")]
    pub(crate) fn past_header(mut self) -> Self {
        self.header = Some(Header::Absent);
        self
    }

    pub(super) fn csv_options(self) -> CsvOptions {
        CsvOptions {
            header: self.header.unwrap_or_default(),
            delimiter: self.delimiter,
            label_columns: self.label_columns,
        }
    }

    pub(super) fn indexing(self) -> Indexing {
        self.indexing.unwrap_or_default()
    }

    /// Reads a `Content-Type`. Case is ignored, and so are parameters that do not change what the body means,
    /// since the platform passes on what the client wrote.
    ///
    /// # Errors
    /// The type is not known, or a parameter says what cannot be done.
    pub fn parse(header: &str) -> Result<Self, ContentTypeError> {
        let end = memchr::memchr(b';', header.as_bytes()).unwrap_or(header.len());
        let (essence, parameters) = header.split_at(end);
        let format = format(essence.trim())
            .ok_or_else(|| ContentTypeError::Unknown(Quoted::of(header.as_bytes())))?;
        let mut content_type = Self::of(format);
        if essence.trim().eq_ignore_ascii_case(TENSORS) {
            content_type.tensors = Some(TensorBody::default());
        }
        for part in parameters.split_terminator(';').skip(1) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value
                .trim_matches(' ')
                .trim_matches('"')
                .to_ascii_lowercase();
            let name = name.trim().to_ascii_lowercase();
            content_type.set(&name, &value).map_err(|(name, known)| {
                ContentTypeError::Parameter {
                    header: Quoted::of(header.as_bytes()),
                    name,
                    value: Quoted::of(value.as_bytes()),
                    known,
                }
            })?;
        }
        Ok(content_type)
    }

    /// The error is the parameter's name and the values that can be read.
    fn set(&mut self, name: &str, value: &str) -> Result<(), (&'static str, &'static str)> {
        match (name, self.format) {
            ("charset", _) => self.charset = charset(value, self.format)?,
            ("header", Format::Csv) => {
                self.header =
                    Some(Header::parse(value).ok_or(("header", "present, absent, auto"))?);
            }
            ("delimiter", Format::Csv) => self.delimiter = delimiter(value)?,
            // How many columns of labels come before the features, as the platform's own algorithms say it.
            ("label_size", Format::Csv) => {
                let count = value
                    .parse()
                    .ok()
                    .filter(|&count| count <= LABEL_COLUMNS_MAX);
                self.label_columns = count.ok_or(("label_size", "0 to 1000"))?;
            }
            (JSON_BYTES, Format::Json) if self.is_open_inference() => {
                let json_bytes = value
                    .parse()
                    .map_err(|_| (JSON_BYTES, "a number of bytes"))?;
                self.tensors = Some(TensorBody {
                    json_bytes: Some(json_bytes),
                });
            }
            ("indexing", Format::LibSvm) => {
                self.indexing = Some(Indexing::parse(value).ok_or(("indexing", "0, 1"))?);
            }
            _ => {}
        }
        Ok(())
    }
}

/// A delimiter as it is, or by its name where a header cannot hold it.
fn delimiter(value: &str) -> Result<u8, (&'static str, &'static str)> {
    match value {
        "," | "comma" => Ok(b','),
        ";" | "semicolon" => Ok(b';'),
        "\t" | "\\t" | "tab" => Ok(b'\t'),
        "|" | "pipe" => Ok(b'|'),
        _ => Err(("delimiter", "comma, semicolon, tab, pipe")),
    }
}

fn charset(value: &str, format: Format) -> Result<Charset, (&'static str, &'static str)> {
    match value {
        "utf-8" | "utf8" | "us-ascii" | "ascii" => Ok(Charset::Utf8),
        "iso-8859-1" | "latin1" | "latin-1" if format == Format::Csv => Ok(Charset::Latin1),
        _ if format == Format::Csv => Err(("charset", "utf-8, us-ascii, iso-8859-1")),
        _ => Err(("charset", "utf-8, us-ascii")),
    }
}

impl Charset {
    /// Bytes that [`utf8`](Self::utf8) takes beside the body.
    pub(super) fn copied_bytes(self, body: &[u8]) -> usize {
        if self == Self::Utf8 || body.is_ascii() {
            return 0;
        }
        body.len() + body.iter().filter(|byte| !byte.is_ascii()).count()
    }

    /// The text in UTF-8. CSV with bytes that are not UTF-8 is refused where they stand in a cell.
    pub(super) fn utf8(self, body: &[u8]) -> Cow<'_, [u8]> {
        if self == Self::Utf8 || body.is_ascii() {
            return Cow::Borrowed(body);
        }
        // A byte above 0x7f becomes two.
        let longer = body.iter().filter(|byte| !byte.is_ascii()).count();
        let mut text = String::with_capacity(body.len() + longer);
        text.extend(body.iter().map(|&byte| char::from(byte)));
        Cow::Owned(text.into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_harmless_parameters_change_nothing() {
        for header in [
            "text/csv",
            "Text/CSV",
            "text/csv; charset=utf-8",
            "text/csv;label_size=0",
            "text/CSV; label_size=0; charset=\"UTF-8\"; boundary=x",
            " text/csv ;",
        ] {
            let csv = ContentType::of(Format::Csv);
            assert_eq!(ContentType::parse(header), Ok(csv), "{header}");
        }
    }

    #[test]
    fn a_parameter_that_changes_the_meaning_is_refused_by_name() {
        let error = ContentType::parse("text/csv; label_size=x").unwrap_err();
        assert_eq!(
            error.to_string(),
            "content type \"text/csv; label_size=x\" cannot be read: label_size=\"x\" is not one of 0 to 1000"
        );
        assert!(ContentType::parse("text/csv; charset=utf-16").is_err());
        assert!(ContentType::parse("application/json; charset=iso-8859-1").is_err());
        assert!(ContentType::parse("text/csv; header=maybe").is_err());
    }

    #[test]
    fn an_unknown_type_is_answered_with_the_known_ones() {
        let error = ContentType::parse("image/png").unwrap_err().to_string();
        assert!(error.contains("text/csv, application/json,"), "{error}");
    }
}
