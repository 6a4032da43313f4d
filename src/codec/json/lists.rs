//! A body that is nothing but a list of lists, in pieces of several lists.

use super::Reader;
use super::cursor::Cursor;
use super::error::ReadError;
use super::rows::{self, Element};
use crate::codec::{DecodeError, Shape};
use crate::rows::RowBuilder;

/// The keys under which a list of rows may stand alone.
const KEYS: [&[u8]; 2] = [b"\"instances\"", b"\"inputs\""];

/// The lists of `[[…], […]]`, `{"instances": [[…], […]]}` or `{"inputs": [[…], […]]}`, with the commas between them;
/// `None` if the text begins or ends otherwise.
pub(in crate::codec) fn lists(text: &[u8]) -> Option<&[u8]> {
    let text = trim(text);
    let list = match text {
        [b'{', object @ .., b'}'] => under_key(object)?,
        list => list,
    };
    let lists = list.strip_prefix(b"[")?.strip_suffix(b"]")?;
    let lists = trim(lists);
    lists.starts_with(b"[").then_some(lists)
}

/// The value of an object that has one of the keys and no other, as far as its beginning tells.
fn under_key(object: &[u8]) -> Option<&[u8]> {
    let object = trim(object);
    let rest = KEYS.iter().find_map(|key| object.strip_prefix(*key))?;
    Some(trim(trim(rest).strip_prefix(b":")?))
}

/// The text without white space around it, of which JSON knows less than ASCII.
fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\n' | b'\r' | b'\t', rest @ ..]
    | [rest @ .., b' ' | b'\n' | b'\r' | b'\t'] = text
    {
        text = rest;
    }
    text
}

/// The place behind the first comma from a position on that seems to stand between two lists.
pub(in crate::codec) fn after_list(text: &[u8], from: usize) -> Option<usize> {
    memchr::memchr_iter(b']', text.get(from..)?).find_map(|at| {
        let rest = text.get(from + at + 1..)?;
        let rest = rest.trim_ascii_start().strip_prefix(b",")?;
        let is_list = rest.trim_ascii_start().starts_with(b"[");
        is_list.then_some(text.len() - rest.len())
    })
}

/// Reads lists with commas between them, each a row.
pub(in crate::codec) fn read_lists(
    text: &[u8],
    builder: &mut RowBuilder<'_>,
) -> Result<Option<Shape>, DecodeError> {
    let mut reader = Reader::new(builder);
    let read = read(&mut Cursor::new(text), &mut reader);
    read.map_err(|error| error.locate(text))?;
    Ok(reader.shape)
}

fn read(cursor: &mut Cursor<'_>, reader: &mut Reader<'_, '_>) -> Result<(), ReadError> {
    loop {
        if rows::element(cursor, reader)? != Element::Row {
            return Err(ReadError::shape("a cell stands among rows"));
        }
        if cursor.is_at_end() {
            return Ok(());
        }
        cursor.comma()?;
    }
}
