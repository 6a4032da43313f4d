//! Pieces of a body are its rows, wherever it is cut; or else one of them cannot be read.

use proptest::prelude::*;

use super::*;
use crate::rows::Discarded;

/// The rows of a body that is cut into pieces of so many bytes, and how many there are. `None` if one cannot be read.
fn in_pieces(
    layout: &Layout,
    content_type: ContentType,
    body: &[u8],
    bytes: usize,
) -> Option<(Array2<f64>, Shape, usize)> {
    let mut nowhere = Discarded;
    let mut head = RowBuilder::new(layout, &mut nowhere);
    let pieces = content_type.cut(body, bytes, &mut head)?;
    let columns = head.into_columns();
    let (mut rows, mut block, mut shapes) = (Collected::default(), Vec::new(), Vec::new());
    for piece in &pieces {
        let mut builder = RowBuilder::new(layout, &mut rows)
            .with_columns(columns.clone())
            .with_block(block);
        shapes.push(piece.read(&mut builder).ok()?);
        block = builder.finish_with_block().unwrap();
    }
    shapes.dedup();
    let [shape] = shapes.as_slice() else {
        return None;
    };
    let options = content_type.options_of_pieces(*shape);
    Some((rows.into_matrix(), options.shape, pieces.len()))
}

/// Cuts the body at every place, and compares with the whole. Returns how many pieces it had at most.
fn check(layout: &Layout, content_type: &str, body: &[u8]) -> usize {
    let whole = read(layout, content_type, body);
    let content_type = ContentType::parse(content_type).unwrap();
    let mut most = 0;
    for bytes in 1..=body.len() + 1 {
        let Some((rows, shape, pieces)) = in_pieces(layout, content_type, body, bytes) else {
            continue;
        };
        most = most.max(pieces);
        match &whole {
            Ok((expected, expected_shape)) => {
                assert_eq!((&rows, shape), (expected, *expected_shape), "{bytes}");
            }
            Err(error) => assert_eq!(rows.nrows(), 0, "{bytes}: {error}"),
        }
    }
    most
}

fn bytes_of_npy(is_fortran: bool) -> Vec<u8> {
    let order = if is_fortran { "True" } else { "False" };
    let header = format!("{{'descr': '<f8', 'fortran_order': {order}, 'shape': (5, 2), }}\n");
    let mut body = b"\x93NUMPY\x01\x00".to_vec();
    body.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    body.extend(header.as_bytes());
    body.extend((0..10).flat_map(|number| f64::from(number).to_le_bytes()));
    body
}

fn bytes_of_recordio() -> Vec<u8> {
    let mut body = Vec::new();
    for row in 0..5_u8 {
        let numbers = [f32::from(row), f32::from(row) / 2.0];
        let mut message = numbers
            .iter()
            .flat_map(|n| n.to_le_bytes())
            .collect::<Vec<_>>();
        for key in [&b"\x0a"[..], b"\x12", b"\x0a\x06values\x12", b"\x0a"] {
            let length = u8::try_from(message.len()).unwrap();
            message = [key, &[length], &message].concat();
        }
        body.extend(0xced7_230a_u32.to_le_bytes());
        body.extend(u32::try_from(message.len()).unwrap().to_le_bytes());
        body.extend(&message);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    body
}

#[test]
fn a_body_of_any_format_is_the_same_rows_in_pieces() {
    let plain = Layout::numbers(2);
    let csv = "1,2\n3,4e2\r\n5,-6.25\n\"7\",8\n9,10";
    let lists = "[1,2], [3, 4e2],[5,-6.25] ,\n[7,8],[9,10]";
    let lines = "[1,2]\n[3, 4e2]\n{\"data\": {\"features\": {\"values\": [5,6]}}}\n";
    for (content_type, body) in [
        ("text/csv", csv.to_owned()),
        ("text/csv", format!("x1,x0\n{csv}\n\n")),
        ("text/csv;header=present", format!("a,b\n{csv}\n")),
        ("application/json", format!("[{lists}]")),
        (
            "application/json",
            format!("\u{feff} {{\"instances\": [ {lists} ] }}\n"),
        ),
        ("application/json", format!("{{\"inputs\":[{lists}]}}")),
        (
            "application/jsonlines",
            "[1,2]\n[3, 4e2]\r\n[5,-6.25]\n[7,8]".to_owned(),
        ),
        (
            "application/jsonlines",
            lines
                .lines()
                .last()
                .unwrap()
                .repeat(3)
                .replace("}{", "}\n{"),
        ),
    ] {
        assert!(check(&plain, content_type, body.as_bytes()) > 2, "{body}");
    }
    for body in [bytes_of_npy(false), bytes_of_npy(true)] {
        assert_eq!(check(&plain, "application/x-npy", &body), 5);
    }
    let body = bytes_of_recordio();
    assert_eq!(check(&plain, "application/x-recordio-protobuf", &body), 5);
    // Two shapes in one body are refused, wherever it is cut.
    check(&plain, "application/jsonlines", lines.as_bytes());
}

#[test]
fn a_line_end_in_quotes_ends_no_piece() {
    let layout = layout(json!([
        {"name": "a", "encoding": {"kind": "ordinal", "categories": ["x\n1,y", "\n", "\"\n\""]}},
        "b",
    ]));
    let body = "\"x\n1,y\",1\n\"\n\",2\r\n\"\"\"\n\"\"\",3\n".repeat(3);
    assert_eq!(check(&layout, "text/csv", body.as_bytes()), 9);
}

#[test]
fn blank_lines_are_rows_of_one_cell_or_refused() {
    let one = layout(json!([{"name": "a", "missing": 7}]));
    assert!(check(&one, "text/csv", b"1\n\n\n2\n\n3\n\n") > 3);
    let plain = Layout::numbers(2);
    for body in [
        "1,2\n\n3,4\n",
        "1,2\n3,4\n\n\n",
        "\n1,2\n3,4\n",
        "1,2\n3,4\n \n5,6",
    ] {
        check(&plain, "text/csv", body.as_bytes());
    }
}

#[test]
fn what_resembles_lists_but_is_none_is_read_as_a_whole() {
    let plain = Layout::numbers(2);
    for body in [
        "[[1,2],[3,4],]",
        "[[1,2],[3,4]",
        "\u{c}[[1,2],[3,4]]",
        "[[[1,2],[3,4]]]",
        "{\"instances\":[[1,2],[3,4]],\"inputs\":[[5,6],[7,8]]}",
        "{\"instances\":[[1,2]],\"signature_name\":[[3],[4]]}",
        "[[1,2],{\"features\":[3,4]},[5,6]]",
        "[[1,2],3,[5,6]]",
    ] {
        check(&plain, "application/json", body.as_bytes());
    }
}

proptest! {
    #[test]
    fn any_text_in_pieces_is_refused_or_its_rows(text in "([1-9]|,|\"|\"\"|\n|\r\n|\r| ){0,24}") {
        check(&Layout::numbers(2), "text/csv", text.as_bytes());
        check(&layout(json!([{"name": "a", "missing": 7}])), "text/csv", text.as_bytes());
    }

    #[test]
    fn any_json_in_pieces_is_refused_or_its_rows(text in "\\[(\\[1,2\\]|\\[|\\]|,|\\[3,4\\],| |\"a\"){0,12}\\]") {
        check(&Layout::numbers(2), "application/json", text.as_bytes());
    }
}
