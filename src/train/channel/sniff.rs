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
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if head.starts_with(b"\x93NUMPY") {
        Format::Npy
    } else if head.starts_with(&[0x0a, 0x23, 0xd7, 0xce]) {
        Format::RecordIo
    } else if line.trim_ascii_start().starts_with(b"{") {
        Format::JsonLines
    } else if is_libsvm(line) {
        Format::LibSvm
    } else {
        Format::Csv
    }
}

/// Whether a line is a number and then pairs with colons.
fn is_libsvm(line: &[u8]) -> bool {
    let mut tokens = line.trim_ascii().split(|byte| *byte == b' ');
    let label = tokens.next().unwrap_or_default();
    let mut pairs = tokens.filter(|token| !token.is_empty()).peekable();
    leading_decimal(label.strip_prefix(b"+").unwrap_or(label))
        .is_some_and(|(_, rest)| rest.is_empty())
        && pairs.peek().is_some()
        && pairs.all(|pair| leading_decimal(pair).is_some_and(|(_, rest)| rest.starts_with(b":")))
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
