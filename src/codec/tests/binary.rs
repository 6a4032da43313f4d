//! npy, RecordIO-protobuf and libsvm: arrays and sparse rows.

use ndarray::array;

use serde_json::json;

use super::{layout, named, read, refused, rows};

#[test]
fn libsvm_rows_count_from_one_unless_the_content_type_says_otherwise() {
    let expected = array![[1.0, 2.0], [0.0, 4.0]];
    for body in ["1 1:1 2:2\n-1 2:4\n", "1:1 2:2 # comment\n1 qid:3 2:4"] {
        assert_eq!(rows(&named(), "text/libsvm", body), expected, "{body}");
    }
    // Whole numbers keep their digits, for categories that a float has no place for.
    let large = layout(
        json!([{"encoding": {"kind": "ordinal", "categories": [9_007_199_254_740_993_i64]}}]),
    );
    let body = "1 1:9007199254740993\n";
    assert_eq!(rows(&large, "text/libsvm", body), array![[0.0]]);
    assert!(
        refused(&large, "text/libsvm", "1 1:9007199254740992\n").contains("none of the categories")
    );
    // A row of zeros has no cells at all.
    assert_eq!(rows(&named(), "text/libsvm", "1\n"), array![[0.0, 0.0]]);
    let from_zero = "text/libsvm; indexing=0";
    assert_eq!(rows(&named(), from_zero, "0:1 1:2\n1:4\n"), expected);
    let error = |body| refused(&named(), "text/libsvm", body);
    assert!(error("1:1\n0:1 1:2\n").contains("row 2 has the index 0"));
    assert_eq!(error("1:1 2:2 1:3\n"), "row 1: index 1 is given twice");
    assert_eq!(
        error("1 3:1\n"),
        "row 1: there is no column with index 3: the model has 2 features, counted from 1"
    );
    assert!(error("1 a:1\n").contains("row 1: \"a:1\" is not of the form index:number"));
    assert_eq!(error("1 1:nan\n"), "row 1, column 1: the cell is empty");
}

fn npy(descr: &str, fortran: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header =
        format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

#[test]
fn npy_arrays_of_every_number_type_and_order_are_the_same_rows() {
    let expected = array![[1.0, 2.0], [3.0, 4.0]];
    let numbers = [1u8, 2, 3, 4];
    let bytes = |of: fn(u8) -> Vec<u8>| numbers.into_iter().flat_map(of).collect::<Vec<u8>>();
    let cases = [
        ("<f8", bytes(|n| f64::from(n).to_le_bytes().to_vec())),
        (">f8", bytes(|n| f64::from(n).to_be_bytes().to_vec())),
        ("<f4", bytes(|n| f32::from(n).to_le_bytes().to_vec())),
        ("<i8", bytes(|n| i64::from(n).to_le_bytes().to_vec())),
        ("<i4", bytes(|n| i32::from(n).to_le_bytes().to_vec())),
        (">i2", bytes(|n| i16::from(n).to_be_bytes().to_vec())),
        ("<u4", bytes(|n| u32::from(n).to_le_bytes().to_vec())),
        ("|u1", numbers.to_vec()),
        ("|i1", numbers.to_vec()),
    ];
    for (descr, data) in cases {
        let array = npy(descr, "False", "(2, 2)", &data);
        let read = read(&named(), "application/x-npy", &array).unwrap();
        assert_eq!(read.0, expected, "{descr}");
    }
    let fortran = npy("|u1", "True", "(2, 2)", &[1, 3, 2, 4]);
    assert_eq!(
        read(&named(), "application/x-npy", &fortran).unwrap().0,
        expected
    );
    let row = npy("|u1", "False", "(2,)", &[1, 2]);
    assert_eq!(
        read(&named(), "application/x-npy", &row).unwrap().0,
        array![[1.0, 2.0]]
    );
}

#[test]
fn npy_that_is_none_is_refused() {
    let error = |body: &[u8]| read(&named(), "application/x-npy", body).unwrap_err();
    assert!(error(b"1,2\n").contains("does not begin with"));
    assert!(error(b"\x93NUMPY\x01\x00\xff\xffx").contains("ends inside its header"));
    assert!(error(&npy("<f8", "False", "(2, 2)", &[0; 31])).contains("31 bytes do not fill"));
    assert!(
        error(&npy("<f8", "False", "(99999999999, 99999999999)", &[0; 8])).contains("do not fill")
    );
    assert!(error(&npy("<c16", "False", "(1, 2)", &[0; 32])).contains("data type c16"));
    assert_eq!(
        error(&npy("|u1", "False", "(1, 3)", &[0; 3])),
        "row 1 has 3 columns, not 2"
    );
    let nan: Vec<u8> = [1.0, f64::NAN]
        .into_iter()
        .flat_map(f64::to_le_bytes)
        .collect();
    assert_eq!(
        error(&npy("<f8", "False", "(1, 2)", &nan)),
        "row 1, column 2: the cell is empty"
    );
}

/// A protobuf field that is a message or a packed list.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![number << 3 | 2, u8::try_from(content.len()).unwrap()];
    bytes.extend(content);
    bytes
}

/// A framed record with one value of the features `values`.
fn record(value: &[u8]) -> Vec<u8> {
    let entry = [field(1, b"values"), field(2, value)].concat();
    let record = field(1, &entry);
    let mut bytes = 0xced7_230a_u32.to_le_bytes().to_vec();
    bytes.extend(u32::try_from(record.len()).unwrap().to_le_bytes());
    bytes.extend(&record);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn packed_floats(numbers: [f32; 2]) -> Vec<u8> {
    numbers.into_iter().flat_map(f32::to_le_bytes).collect()
}

const RECORDIO: &str = "application/x-recordio-protobuf";

#[test]
fn recordio_tensors_of_every_type_are_the_same_row() {
    let doubles: Vec<u8> = [1.0f64, 2.0]
        .into_iter()
        .flat_map(f64::to_le_bytes)
        .collect();
    let cases = [
        field(2, &field(1, &packed_floats([1.0, 2.0]))),
        field(3, &field(1, &doubles)),
        field(7, &field(1, &[1, 2])),
        // Sparse, the second key first.
        field(
            2,
            &[
                field(1, &packed_floats([2.0, 1.0])),
                field(2, &[1, 0]),
                field(3, &[2]),
            ]
            .concat(),
        ),
        // Numbers one by one instead of packed.
        field(7, &[8, 1, 8, 2]),
    ];
    for value in cases {
        let body = [record(&value), record(&value)].concat();
        let (rows, _) = read(&named(), RECORDIO, &body).unwrap();
        assert_eq!(rows, array![[1.0, 2.0], [1.0, 2.0]], "{value:?}");
    }
    // A sparse row may have no cells; int32 may be negative.
    let empty = record(&field(2, &field(3, &[2])));
    assert_eq!(
        read(&named(), RECORDIO, &empty).unwrap().0,
        array![[0.0, 0.0]]
    );
    let minus_one = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    let negative = record(&field(7, &field(1, &[minus_one.as_slice(), &[5]].concat())));
    assert_eq!(
        read(&named(), RECORDIO, &negative).unwrap().0,
        array![[-1.0, 5.0]]
    );
}

#[test]
fn recordio_that_is_none_is_refused_with_its_record() {
    let good = record(&field(2, &field(1, &packed_floats([1.0, 2.0]))));
    let error = |body: &[u8]| read(&named(), RECORDIO, body).unwrap_err();
    assert!(
        error(b"1,2\n3,4\n5,6\n").contains("row 1: the frame does not begin with the magic number")
    );
    let cut = [good.as_slice(), good.get(..20).unwrap()].concat();
    assert!(error(&cut).contains("row 2: the body ends inside a record"));
    assert!(error(&record(&[])).contains("\"values\" holds no tensor"));
    assert!(error(&record(&field(9, b"x"))).contains("holds bytes"));
    assert!(error(&record(&field(2, &field(1, &[0; 3])))).contains("a float is cut short"));
    assert!(error(&record(&[0x12, 0x7f])).contains("longer than its message"));
    let wide = record(&field(
        2,
        &[field(1, &packed_floats([2.0, 1.0])), field(2, &[1, 7])].concat(),
    ));
    assert!(error(&wide).contains("no column with index 7"));
    assert_eq!(
        error(&record(&field(7, &field(1, &[1])))),
        "row 1 has 1 column, not 2"
    );
}
