//! Formats of rows: what files and channels say of themselves is what they are read as.

use super::{ROWS, assert_close, job, parameters, prefix_with, refused, trained};
use crate::harness::Prefix;

#[test]
fn compressed_files_are_read_by_their_content() {
    let prefix = Prefix::new();
    let mut gzip = flate2_of(&ROWS[..19]);
    gzip.extend(flate2_of(""));
    prefix.write("input/data/train/a.csv.gz", &gzip);
    prefix.write("input/data/train/b.csv", &ROWS[19..]);
    let document = trained(&prefix);
    assert_eq!(document.metrics["training_rows"], 5.0);
    assert_close(&parameters(&document).coefficients, &[2.0, -3.0]);
}

/// A stored gzip member: no compression, since no compressor is at hand.
fn flate2_of(text: &str) -> Vec<u8> {
    let mut crc = !0u32;
    for byte in text.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (!(crc & 1)).wrapping_add(1));
        }
    }
    let length = u16::try_from(text.len()).unwrap();
    let mut member = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    member.extend(length.to_le_bytes());
    member.extend((!length).to_le_bytes());
    member.extend(text.as_bytes());
    member.extend((!crc).to_le_bytes());
    member.extend(u32::from(length).to_le_bytes());
    member
}

#[test]
fn json_lines_are_read_by_name_or_by_place() {
    let by_name = "{\"y\":1,\"a\":0,\"b\":0}\n{\"b\":0,\"y\":3,\"a\":1}\n{\"y\":-2,\"a\":0,\"b\":1}\n{\"y\":0,\"a\":1,\"b\":1}\n";
    let by_place = "[1,0,0]\n[3,1,0]\n[-2,0,1]\n[0,1,1]\n";
    for rows in [by_name, by_place] {
        let prefix = Prefix::new();
        prefix.write("input/data/train/rows.jsonl", rows);
        assert_close(&parameters(&trained(&prefix)).coefficients, &[2.0, -3.0]);
    }
}

#[test]
fn libsvm_recordio_and_npy_are_read_with_their_labels() {
    let libsvm = "1\n3 1:1\n-2 2:1\n0 1:1 2:1\n5 1:2\n";
    let rows = [
        [1.0, 0.0, 0.0],
        [3.0, 1.0, 0.0],
        [-2.0, 0.0, 1.0],
        [0.0, 1.0, 1.0],
        [5.0, 2.0, 0.0],
    ];
    let mut npy = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    npy.extend(
        format!(
            "{:<118}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (5, 3), }"
        )
        .bytes(),
    );
    npy.extend(
        rows.iter()
            .flatten()
            .flat_map(|cell: &f64| cell.to_le_bytes()),
    );
    let recordio: Vec<u8> = rows
        .iter()
        .flat_map(|row| frame(row[0], &row[1..]))
        .collect();
    for (name, bytes) in [
        ("part-0", libsvm.as_bytes()),
        ("x.npy", &npy),
        ("rows.pbr", &recordio),
    ] {
        let prefix = Prefix::new();
        prefix.write(&format!("input/data/train/{name}"), bytes);
        let document = trained(&prefix);
        assert_close(&parameters(&document).coefficients, &[2.0, -3.0]);
        assert_close(&[parameters(&document).intercept], &[1.0]);
    }
    let prefix = Prefix::new();
    prefix.write("input/data/train/part-0.libsvm", "1 1:1\n2:1 1:3\n");
    assert!(refused(&prefix).contains("row 2: the label is missing"));
}

/// A frame of RecordIO with a record of doubles.
fn frame(label: f64, features: &[f64]) -> Vec<u8> {
    let field = |number: u8, bytes: &[u8]| {
        let mut field = vec![number << 3 | 2, u8::try_from(bytes.len()).unwrap()];
        field.extend(bytes);
        field
    };
    let entry = |numbers: &[f64]| {
        let packed: Vec<u8> = numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect();
        let value = field(3, &field(1, &packed));
        [field(1, b"values"), field(2, &value)].concat()
    };
    let record = [field(1, &entry(features)), field(2, &entry(&[label]))].concat();
    let mut frame = vec![
        0x0a,
        0x23,
        0xd7,
        0xce,
        u8::try_from(record.len()).unwrap(),
        0,
        0,
        0,
    ];
    frame.extend(&record);
    frame.resize(frame.len().next_multiple_of(4), 0);
    frame
}

#[test]
fn the_content_type_of_the_channel_counts_more_than_names() {
    let prefix = Prefix::new();
    prefix.write("input/data/train/rows.jsonl", ROWS);
    prefix.write(
        "input/config/inputdataconfig.json",
        r#"{"train": {"ContentType": "text/csv;label_size=1", "TrainingInputMode": "FastFile"}}"#,
    );
    assert_close(&parameters(&trained(&prefix)).coefficients, &[2.0, -3.0]);
    prefix.write(
        "input/config/inputdataconfig.json",
        r#"{"train": {"ContentType": "image/png"}}"#,
    );
    std::fs::remove_file(prefix.path("model/model.cbor")).unwrap();
    assert!(refused(&prefix).contains("image/png"));
}

/// Colons and blanks were taken as settings, and the file was read with commas.
#[test]
fn every_delimiter_that_can_be_set_is_the_one_that_files_are_read_with() {
    for (said, delimiter) in [
        (";", ";"),
        ("|", "|"),
        (":", ":"),
        (" ", " "),
        ("space", " "),
        ("\\t", "\t"),
        ("tab", "\t"),
    ] {
        let rows = ROWS.replace(',', delimiter);
        let prefix = job(&format!(r#"{{"delimiter": "{said}"}}"#), &rows);
        assert_close(&parameters(&trained(&prefix)).coefficients, &[2.0, -3.0]);
    }
}

/// The format alone was heeded: a header of years became a row, and the first index of libsvm was taken for 1.
#[test]
fn parameters_of_the_channels_content_type_hold() {
    let libsvm = "1\n3 0:1\n-2 1:1\n0 0:1 1:1\n5 0:2\n";
    let years = format!("2001,2002,2003\n{ROWS}");
    for (content_type, rows, names) in [
        (
            "text/csv; delimiter=semicolon",
            &*ROWS.replace(',', ";"),
            None,
        ),
        ("text/csv; header=present", &years, Some(["2002", "2003"])),
        ("text/libsvm; indexing=0", libsvm, None),
    ] {
        let prefix = prefix_with(rows);
        let config = format!(r#"{{"training": {{"ContentType": "{content_type}"}}}}"#);
        prefix.write("input/config/inputdataconfig.json", config);
        let document = trained(&prefix);
        assert_close(&parameters(&document).coefficients, &[2.0, -3.0]);
        for (index, name) in names.into_iter().flatten().enumerate() {
            assert_eq!(document.feature_name(index), name);
        }
    }
}

/// Every channel was read as the training channel is, whatever its own content type said.
#[test]
fn the_content_type_of_a_validation_channel_is_its_own() {
    let prefix = prefix_with(ROWS);
    prefix.write("input/data/validation/rows", ROWS.replace(',', ";"));
    let config = |content_type: &str| {
        let config = format!(r#"{{"validation": {{"ContentType": "{content_type}"}}}}"#);
        prefix.write("input/config/inputdataconfig.json", config);
    };
    config("text/csv; delimiter=semicolon");
    assert!(trained(&prefix).metrics["validation_mse"] < 1e-20);
    std::fs::remove_file(prefix.path("model/model.cbor")).unwrap();
    config("application/jsonlines");
    assert!(refused(&prefix).contains("one format for all channels"));
}
