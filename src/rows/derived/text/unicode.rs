//! What Python knows of characters beyond Rust's standard library: word characters, combining
//! characters and decompositions, for the version of Unicode that `unicode.py` names.

use std::sync::OnceLock;

/// The tables as `unicode.py` writes them.
static BYTES: &[u8] = include_bytes!("unicode.bin");

/// The tables, made at the first use.
struct Tables {
    words: Vec<Range>,
    combining: Vec<Range>,
    decompositions: Vec<Range>,
    /// What the first character of each range of decompositions becomes.
    parts: Vec<u32>,
}

/// A range of characters with something in common.
struct Range {
    start: u32,
    end: u32,
    /// Where the parts of the first character begin.
    first: u32,
    /// How many parts there are.
    count: u32,
}

/// Whether Python's `\w` takes a character: letters, numbers of any sort and the underscore; not combining marks.
pub(super) fn is_word(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric() || character == '_';
    }
    find(&tables().words, character).is_some()
}

/// Whether Python's `\s` takes a character: Rust's white space and the separators of ASCII.
pub(super) fn is_space(character: char) -> bool {
    character.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&character)
}

/// The text without accents, as scikit-learn's `strip_accents_unicode`.
pub(super) fn without_combining(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    let mut stripped = String::with_capacity(text.len());
    decompose(&text, |part| stripped.push(part));
    stripped
}

/// The text in ASCII, as scikit-learn's `strip_accents_ascii`.
pub(super) fn in_ascii(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    let mut stripped = String::with_capacity(text.len());
    decompose(&text, |part| {
        if part.is_ascii() {
            stripped.push(part);
        }
    });
    stripped
}

/// Gives the parts of each character that are not combining.
fn decompose(text: &str, mut part: impl FnMut(char)) {
    let tables = tables();
    for character in text.chars() {
        if character.is_ascii() {
            part(character);
        } else if let Some(parts) = hangul(character) {
            parts.into_iter().flatten().for_each(&mut part);
        } else if let Some(range) = find(&tables.decompositions, character) {
            let first = range.first as usize;
            let parts = tables.parts.get(first..first + range.count as usize);
            let offset = u32::from(character) - range.start;
            let parts = parts.unwrap_or_default().iter();
            let moved = parts.filter_map(|&point| char::from_u32(point + offset));
            moved.for_each(&mut part);
        } else if find(&tables.combining, character).is_none() {
            part(character);
        }
    }
}

/// The parts of a Hangul syllable.
fn hangul(character: char) -> Option<[Option<char>; 3]> {
    let index = u32::from(character).checked_sub(0xac00)?;
    if index >= 11_172 {
        return None;
    }
    let last = index % 28;
    Some([
        char::from_u32(0x1100 + index / 588),
        char::from_u32(0x1161 + index % 588 / 28),
        (last > 0).then(|| char::from_u32(0x11a7 + last)).flatten(),
    ])
}

/// The range that holds a character.
fn find(ranges: &[Range], character: char) -> Option<&Range> {
    let point = u32::from(character);
    let behind = ranges.partition_point(|range| range.end <= point);
    ranges.get(behind).filter(|range| range.start <= point)
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut bytes = BYTES;
        let mut parts = Vec::new();
        Tables {
            words: ranges(table(&mut bytes), |_| (0, 0)),
            combining: ranges(table(&mut bytes), |_| (0, 0)),
            decompositions: ranges(table(&mut bytes), |bytes| {
                let first = u32::try_from(parts.len()).unwrap_or_default();
                let count = number(bytes);
                parts.extend((0..count).map(|_| number(bytes)));
                (first, count)
            }),
            parts,
        }
    })
}

/// The bytes of the next table.
fn table(bytes: &mut &'static [u8]) -> &'static [u8] {
    let length = number(bytes) as usize;
    let (table, rest) = bytes.split_at_checked(length).unwrap_or_default();
    *bytes = rest;
    table
}

fn ranges(mut bytes: &[u8], mut more: impl FnMut(&mut &[u8]) -> (u32, u32)) -> Vec<Range> {
    let (mut ranges, mut end) = (Vec::new(), 0);
    while !bytes.is_empty() {
        let start = end + number(&mut bytes);
        end = start + number(&mut bytes);
        let (first, count) = more(&mut bytes);
        ranges.push(Range {
            start,
            end,
            first,
            count,
        });
    }
    ranges
}

/// The next number, in groups of seven bits.
fn number(bytes: &mut &[u8]) -> u32 {
    let (mut number, mut shift) = (0, 0);
    while let Some((&byte, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u32::from(byte & 127) << shift;
        shift += 7;
        if byte < 128 {
            break;
        }
    }
    number
}
