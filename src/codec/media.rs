//! Content types: which format a header names, and what its parameters say of the body.

use std::borrow::Cow;

use super::Format;
use super::error::DecodeError;

/// A content type that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentType {
    /// The format.
    pub format: Format,
    pub(super) header: Header,
    pub(super) charset: Charset,
}

/// Whether the first line of CSV names the columns (RFC 4180, section 3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Header {
    /// It does if it consists of the names of features.
    #[default]
    Recognised,
    /// It does.
    Present,
    /// It does not.
    Absent,
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
    #[error("content type {0:?} cannot be read: use one of {known}", known = readable())]
    Unknown(String),
    /// A parameter with a value that changes what the body means, and that is not known.
    #[error("content type {header:?} cannot be read: {name}={value} is not one of {known}")]
    Parameter {
        /// The whole header.
        header: String,
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: String,
        /// Values that can be read.
        known: &'static str,
    },
}

/// Other names that clients use for the formats.
const ALIASES: [(&str, Format); 7] = [
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
            header: Header::default(),
            charset: Charset::default(),
        }
    }

    /// Reads a `Content-Type`. Case is ignored, and so are parameters that do not change what the body means,
    /// since the platform passes on what the client wrote.
    ///
    /// # Errors
    /// The type is not known, or a parameter says what cannot be done.
    pub fn parse(header: &str) -> Result<Self, ContentTypeError> {
        let end = memchr::memchr(b';', header.as_bytes()).unwrap_or(header.len());
        let (essence, parameters) = header.split_at(end);
        let format =
            format(essence.trim()).ok_or_else(|| ContentTypeError::Unknown(header.to_owned()))?;
        let mut content_type = Self::of(format);
        for part in parameters.split_terminator(';').skip(1) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim().trim_matches('"').to_ascii_lowercase();
            let name = name.trim().to_ascii_lowercase();
            content_type.set(&name, &value).map_err(|(name, known)| {
                ContentTypeError::Parameter {
                    header: header.to_owned(),
                    name,
                    value,
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
                self.header = match value {
                    "present" => Header::Present,
                    "absent" => Header::Absent,
                    _ => return Err(("header", "present, absent")),
                }
            }
            // How many columns of labels come before the features. Requests have none: labels are the answer.
            ("label_size", Format::Csv) if value != "0" => return Err(("label_size", "0")),
            _ => {}
        }
        Ok(())
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
    /// The text in UTF-8. CSV with bytes that are not UTF-8 is refused where they stand in a cell.
    pub(super) fn utf8(self, body: &[u8]) -> Result<Cow<'_, [u8]>, DecodeError> {
        if self == Self::Utf8 || body.is_ascii() {
            return Ok(Cow::Borrowed(body));
        }
        let text: String = body.iter().map(|&byte| char::from(byte)).collect();
        Ok(Cow::Owned(text.into_bytes()))
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
        let error = ContentType::parse("text/csv; label_size=1").unwrap_err();
        assert_eq!(
            error.to_string(),
            "content type \"text/csv; label_size=1\" cannot be read: label_size=1 is not one of 0"
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
