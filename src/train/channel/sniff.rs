//! Which format a file has: by the channel's content type, its name, or how it begins.

use std::path::Path;

use crate::codec::Format;
use crate::rows::leading_decimal;

/// Suffixes that name a format.
const SUFFIXES: [(&str, Format); 13] = [
    (".csv", Format::Csv),
    (".tsv", Format::Csv),
    (".data", Format::Csv),
    (".jsonl", Format::JsonLines),
    (".jsonlines", Format::JsonLines),
    (".ndjson", Format::JsonLines),
    (".libsvm", Format::LibSvm),
    (".svm", Format::LibSvm),
    (".svmlight", Format::LibSvm),
    (".npy", Format::Npy),
    (".pbr", Format::RecordIo),
    (".recordio", Format::RecordIo),
    (".rec", Format::RecordIo),
];

/// Lines that are looked at.
const LINES: usize = 3;

/// Suffixes of data that cannot be trained on.
const FOREIGN: [&str; 9] = [
    ".parquet", ".avro", ".orc", ".arrow", ".feather", ".xlsx", ".zip", ".tar", ".pkl",
];

/// The format of a file that begins with these bytes after decompression; none if it is none that can be
/// trained on.
pub(in crate::train) fn format_of(path: &Path, head: &[u8]) -> Option<Format> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_ascii_lowercase();
    let name = [".gz", ".zst", ".gzip"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(&name);
    if FOREIGN.iter().any(|suffix| name.ends_with(suffix)) || head.starts_with(b"PAR1") {
        return None;
    }
    let by_name = SUFFIXES.iter().find(|(suffix, _)| name.ends_with(suffix));
    Some(by_name.map_or_else(|| by_content(head), |(_, format)| *format))
}

fn by_content(head: &[u8]) -> Format {
    if head.starts_with(b"\x93NUMPY") {
        Format::Npy
    } else if head.starts_with(&[0x0a, 0x23, 0xd7, 0xce]) {
        Format::RecordIo
    } else if head.trim_ascii_start().starts_with(b"{") {
        Format::JsonLines
    } else if is_libsvm(head) {
        Format::LibSvm
    } else {
        Format::Csv
    }
}

/// Whether the first lines are numbers and then pairs with colons, and some have pairs.
fn is_libsvm(head: &[u8]) -> bool {
    let is_decimal = |text: &[u8]| {
        let text = text.strip_prefix(b"+").unwrap_or(text);
        leading_decimal(text).is_some_and(|(_, rest)| rest.is_empty())
    };
    let is_pair =
        |token: &[u8]| leading_decimal(token).is_some_and(|(_, rest)| rest.starts_with(b":"));
    let mut has_pairs = false;
    for line in head.split(|byte| *byte == b'\n').take(LINES) {
        let tokens = line.split(u8::is_ascii_whitespace);
        for (place, token) in tokens.filter(|token| !token.is_empty()).enumerate() {
            if place > 0 && !is_pair(token) || place == 0 && !is_decimal(token) {
                return false;
            }
            has_pairs |= place > 0;
        }
    }
    has_pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_then_contents_say_the_format() {
        for (name, head, format) in [
            ("a.csv", "1,2", Some(Format::Csv)),
            ("a.CSV.gz", "1,2", Some(Format::Csv)),
            ("part-00000", "1,2,3\n4,5,6\n", Some(Format::Csv)),
            ("part-00000", "{\"a\": 1}\n", Some(Format::JsonLines)),
            ("part-00000", "1 1:0.5 3:2\n", Some(Format::LibSvm)),
            ("part-00000", "-1 7:1\n", Some(Format::LibSvm)),
            ("train", "\u{a}", Some(Format::Csv)),
            ("a.ndjson", "", Some(Format::JsonLines)),
            ("a.parquet", "PAR1", None),
            ("part-00000", "PAR1", None),
        ] {
            assert_eq!(
                format_of(Path::new(name), head.as_bytes()),
                format,
                "{name} {head}"
            );
        }
        assert_eq!(
            format_of(Path::new("x"), b"\x93NUMPY\x01"),
            Some(Format::Npy)
        );
        assert_eq!(
            format_of(Path::new("x"), &[0x0a, 0x23, 0xd7, 0xce, 1]),
            Some(Format::RecordIo)
        );
    }
}
