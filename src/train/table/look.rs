//! A first look at the first file: how many columns it has, whether they have names.

use std::io::{Cursor, Read};
use std::path::Path;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::roles::TableError;
use crate::codec::{ContentType, FileHead, first_record};
use crate::rows::{TextNumber, read_number};
use crate::train::settings::{ColumnChoice, Settings};

/// What the first file looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::train) struct Look {
    pub(in crate::train) columns: usize,
    pub(in crate::train) names: Option<Vec<String>>,
    /// The cells of the first record, where it is a header.
    pub(in crate::train) header: Option<Vec<String>>,
}

/// Looks at the first bytes of a file of this type.
pub(in crate::train) fn look(
    path: &Path,
    head: &[u8],
    content_type: ContentType,
    settings: &Settings,
) -> Result<Look, TableError> {
    match content_type.format.file_head() {
        FileHead::Record => look_at_csv(path, head, content_type, settings),
        FileHead::Line => look_at_json(head),
        FileHead::Shape => look_at_npy(head),
        FileHead::NotRead(reason) => {
            Err(TableError::Format(format!("{} {reason}", path.display())))
        }
        FileHead::Nothing => Ok(Look {
            columns: 0,
            names: None,
            header: None,
        }),
    }
}

fn look_at_csv(
    path: &Path,
    head: &[u8],
    content_type: ContentType,
    settings: &Settings,
) -> Result<Look, TableError> {
    let unreadable = |error: crate::codec::StreamError| {
        TableError::Format(format!("{}: {error}", path.display()))
    };
    let mut source = Cursor::new(head);
    let first = first_record(source.by_ref(), content_type).map_err(unreadable)?;
    let second = second_record(head, content_type);
    let trimmed: Vec<String> = first.iter().map(|cell| cell.trim().to_owned()).collect();
    let is_header = settings
        .header
        .or(content_type.header())
        .unwrap_or_else(|| is_header(&trimmed, second.as_deref(), settings));
    if is_header && trimmed.first().is_some_and(String::is_empty) && trimmed.len() > 1 {
        let drops_it = settings.drop.contains(&ColumnChoice::Number(1)) && settings.label.is_some();
        if !drops_it {
            return Err(TableError::IndexColumn(path.display().to_string()));
        }
    }
    let is_damaged = |name: &String| name.contains(char::REPLACEMENT_CHARACTER);
    if let Some(column) = trimmed.iter().position(is_damaged).filter(|_| is_header) {
        return Err(TableError::HeaderEncoding {
            path: path.display().to_string(),
            column: column + 1,
        });
    }
    Ok(Look {
        columns: first.len(),
        names: is_header.then_some(trimmed),
        header: is_header.then_some(first),
    })
}

/// The second line's cells, if there is one.
fn second_record(head: &[u8], content_type: ContentType) -> Option<Vec<String>> {
    let end = memchr::memchr2(b'\n', b'\r', head)?;
    let rest = head.get(end..)?.trim_ascii_start();
    let record = first_record(Cursor::new(rest), content_type).ok()?;
    (!record.is_empty()).then_some(record)
}

/// A first line is a header if settings name its cells, or if none of its cells is a number and the second line
/// has one where it is not empty.
fn is_header(first: &[String], second: Option<&[String]>, settings: &Settings) -> bool {
    let named = [&settings.label, &settings.weights, &settings.offset]
        .into_iter()
        .flatten()
        .chain(&settings.drop)
        .chain(&settings.categories)
        .any(|choice| matches!(choice, ColumnChoice::Name(name) if first.contains(name)));
    let is_number = |cell: &String| matches!(read_number(cell.as_bytes()), TextNumber::Number(_));
    let of_texts = !first.is_empty() && !first.iter().any(is_number);
    named || (of_texts && second.is_some_and(|second| second.iter().any(is_number)))
}

fn look_at_json(head: &[u8]) -> Result<Look, TableError> {
    let line = head
        .split(|byte| *byte == b'\n')
        .find(|line| !line.trim_ascii().is_empty());
    let line = line.unwrap_or_default();
    let unreadable = |error: serde_json::Error| {
        TableError::Format(format!(
            "the first line of JSON Lines cannot be read: {error}"
        ))
    };
    if line.trim_ascii_start().starts_with(b"[") {
        let cells: Vec<IgnoredAny> = serde_json::from_slice(line).map_err(unreadable)?;
        return Ok(Look {
            columns: cells.len(),
            names: None,
            header: None,
        });
    }
    let names = serde_json::Deserializer::from_slice(line)
        .deserialize_map(Keys)
        .map_err(unreadable)?;
    if names
        .iter()
        .any(|name| ["features", "data", "instances"].contains(&name.as_str()))
    {
        return Err(TableError::Format(
            "a line of JSON Lines holds its features in a list: write one field per column, \
             {\"label\": 1, \"age\": 30}, or one list per line, label first"
                .to_owned(),
        ));
    }
    Ok(Look {
        columns: names.len(),
        names: Some(names),
        header: None,
    })
}

/// The keys of an object, in their order.
struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Vec<String>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an object or a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut keys = Vec::new();
        while let Some((key, IgnoredAny)) = map.next_entry()? {
            keys.push(key);
        }
        Ok(keys)
    }
}

/// The number of columns, from the header of the array.
fn look_at_npy(head: &[u8]) -> Result<Look, TableError> {
    let text =
        String::from_utf8_lossy(head.get(..head.len().min(1024)).unwrap_or_default()).into_owned();
    let shape = text
        .split_once("'shape':")
        .and_then(|(_, rest)| rest.split_once('(')?.1.split(')').next());
    let lengths: Vec<usize> = shape
        .unwrap_or_default()
        .split(',')
        .filter_map(|length| length.trim().parse().ok())
        .collect();
    match lengths.as_slice() {
        [_, columns] => Ok(Look {
            columns: *columns,
            names: None,
            header: None,
        }),
        _ => Err(TableError::Format(
            "an npy array of training data has the shape (rows, columns), label first".to_owned(),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Format;

    fn looked(text: &str, settings: &Settings) -> Result<Look, TableError> {
        let csv = ContentType::of(Format::Csv);
        look(Path::new("rows.csv"), text.as_bytes(), csv, settings)
    }

    #[test]
    fn a_header_is_a_line_without_numbers_above_one_with_some() {
        let settings = Settings::default();
        for (text, columns, is_header) in [
            ("price,age\n1,2\n", 2, true),
            ("price,\"a,ge\"\r\n1,x\r\n", 2, true),
            ("1,2\n3,4\n", 2, false),
            ("a,b\nc,d\n", 2, false),
            ("a,b\n", 2, false),
            ("price,2020\n1,2\n", 2, false),
        ] {
            let look = looked(text, &settings).unwrap();
            assert_eq!(
                (look.columns, look.names.is_some()),
                (columns, is_header),
                "{text}"
            );
        }
        let label = Settings {
            label: Some(ColumnChoice::Name("a".to_owned())),
            ..Settings::default()
        };
        assert!(looked("a,b\nc,d\n", &label).unwrap().names.is_some());
    }

    #[test]
    fn an_index_column_is_refused_unless_it_is_dropped() {
        let error = looked(",price,age\n0,1,2\n", &Settings::default()).unwrap_err();
        assert!(error.to_string().contains("index=False"), "{error}");
        let dropping = Settings {
            drop: vec![ColumnChoice::Number(1)],
            label: Some(ColumnChoice::Name("price".to_owned())),
            ..Settings::default()
        };
        looked(",price,age\n0,1,2\n", &dropping).unwrap();
    }

    #[test]
    fn fields_and_lists_of_json_are_columns() {
        let look = look_at_json(b"{\"y\": 1, \"a\": 2, \"b\": null}\n").unwrap();
        assert_eq!(look.names.unwrap(), ["y", "a", "b"]);
        assert_eq!(look_at_json(b"[1, 2, 3]\n").unwrap().columns, 3);
        assert!(look_at_json(b"{\"features\": [1]}\n").is_err());
    }
}
