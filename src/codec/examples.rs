//! Labels of rows in formats that keep them apart from the cells, and how wide the rows are: for training. Serving
//! passes over labels.

use super::error::DecodeError;
use super::example::Example;
use super::{ContentType, Format, libsvm, recordio};
use crate::rows::{TextNumber, read_number};

/// Gives the example of each row of a body of libsvm or RecordIO; other formats have none.
///
/// # Errors
/// The first thing that is no row.
pub(crate) fn examples(
    content_type: ContentType,
    body: &[u8],
    each: &mut dyn FnMut(Example),
) -> Result<(), DecodeError> {
    match content_type.format {
        Format::LibSvm => {
            let first = content_type.indexing().first();
            super::lines(body.trim_ascii_end()).for_each(|line| each(of_line(line, first)));
            Ok(())
        }
        Format::RecordIo => recordio::examples(body, each),
        _ => Ok(()),
    }
}

/// The label and the last index of a line. What is wrong with its cells is found when they are read.
fn of_line(line: &[u8], first: u64) -> Example {
    let mut example = Example {
        label: None,
        width: 0,
    };
    for (place, token) in libsvm::tokens(line).enumerate() {
        match libsvm::cell(token) {
            Some((index, _)) => {
                example.width = example.width.max((index + 1).saturating_sub(first))
            }
            None if place == 0 => {
                let label = token.split(|byte| *byte == b',').next().unwrap_or_default();
                if let TextNumber::Number(label) = read_number(label) {
                    example.label = Some(label);
                }
            }
            None => {}
        }
    }
    example
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_libsvm_have_a_label_and_a_width() {
        let mut found = Vec::new();
        let body = b"+1 1:0.5 7:2 # note\n-1 qid:3 2:1\n3,4\n2:5\n";
        let libsvm = ContentType::of(Format::LibSvm);
        examples(libsvm, body, &mut |example| {
            found.push((example.label, example.width))
        })
        .unwrap();
        assert_eq!(
            found,
            [(Some(1.0), 7), (Some(-1.0), 2), (Some(3.0), 0), (None, 2)]
        );
    }
}
