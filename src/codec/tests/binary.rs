//! npy, npz, RecordIO-protobuf and libsvm: arrays and sparse rows.

use std::io::Write;

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

const NPZ: &str = "application/x-npz";

fn npz(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    archive(members, zip::CompressionMethod::Deflated)
}

fn archive(members: &[(&str, Vec<u8>)], method: zip::CompressionMethod) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The matrix 1 0 / 0 0 / 3 2 as scipy writes it, with one of its arrays replaced.
fn sparse(name: &str, array: Vec<u8>) -> Vec<u8> {
    let numbers = |numbers: &[i32]| {
        let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        npy("<i4", "False", &format!("({},)", numbers.len()), &bytes)
    };
    let mut members = [
        ("indices.npy", numbers(&[0, 1, 0])),
        ("indptr.npy", numbers(&[0, 1, 1, 3])),
        ("format.npy", npy("|S3", "False", "()", b"csr")),
        ("shape.npy", numbers(&[3, 2])),
        ("data.npy", npy("|u1", "False", "(3,)", &[1, 2, 3])),
    ];
    for member in &mut members {
        if member.0 == name {
            member.1 = array.clone();
        }
    }
    npz(&members)
}

#[test]
fn a_sparse_matrix_in_an_npz_archive_is_its_rows() {
    let expected = array![[1.0, 0.0], [0.0, 0.0], [3.0, 2.0]];
    let unchanged = sparse("", Vec::new());
    assert_eq!(read(&named(), NPZ, &unchanged).unwrap().0, expected);
    let unicode = sparse(
        "format.npy",
        npy("<U3", "False", "()", b"c\0\0\0s\0\0\0r\0\0\0"),
    );
    assert_eq!(read(&named(), NPZ, &unicode).unwrap().0, expected);
    let one = npz(&[("x.npy", npy("|u1", "True", "(2, 2)", &[1, 3, 2, 4]))]);
    assert_eq!(
        read(&named(), NPZ, &one).unwrap().0,
        array![[1.0, 2.0], [3.0, 4.0]]
    );
}

/// `numpy.savez` stores arrays as they are: they are read where they stand, and their checksum still counts.
#[test]
fn a_stored_array_of_an_npz_archive_is_read_in_place_and_a_damaged_one_refused() {
    let rows = npy("|u1", "False", "(2, 2)", &[1, 2, 3, 4]);
    let mut one = archive(&[("x.npy", rows.clone())], zip::CompressionMethod::Stored);
    let (found, _) = read(&named(), NPZ, &one).unwrap();
    assert_eq!(found, array![[1.0, 2.0], [3.0, 4.0]]);
    let place = memchr::memmem::find(&one, &rows).unwrap() + rows.len() - 1;
    one[place] = 5;
    let error = read(&named(), NPZ, &one).unwrap_err();
    assert!(error.contains("\"x.npy\": Invalid checksum"), "{error}");
}

#[test]
fn an_archive_that_contradicts_itself_or_holds_too_much_is_refused() {
    let numbers = |numbers: &[i64]| {
        let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        npy("<i8", "False", &format!("({},)", numbers.len()), &bytes)
    };
    let rises = "does not rise from 0 to the number of cells";
    for (name, array, reason) in [
        (
            "format.npy",
            npy("|S3", "False", "()", b"csc"),
            "send matrix.tocsr()",
        ),
        (
            "shape.npy",
            numbers(&[3, 3]),
            "the matrix has 3 columns, and the model 2",
        ),
        ("shape.npy", numbers(&[3]), "is not two whole numbers"),
        (
            "shape.npy",
            numbers(&[4, 2]),
            "not as long as its shape says",
        ),
        (
            "indices.npy",
            numbers(&[0, 1]),
            "not as long as its shape says",
        ),
        ("indices.npy", numbers(&[0, -1, 0]), "negative index"),
        ("indices.npy", numbers(&[0, 2, 0]), "no column with index 2"),
        (
            "indices.npy",
            numbers(&[0, 1, 1]),
            "row 3: index 1 is given twice",
        ),
        ("indptr.npy", numbers(&[1, 1, 1, 3]), rises),
        ("indptr.npy", numbers(&[0, 2, 1, 3]), rises),
        ("indptr.npy", numbers(&[0, 1, 1, 4]), rises),
        ("indptr.npy", numbers(&[0, 1, 1, 2]), rises),
        ("data.npy", b"x".to_vec(), "does not begin with"),
    ] {
        let error = read(&named(), NPZ, &sparse(name, array)).unwrap_err();
        assert!(error.contains(reason), "{name}: {error}");
    }
    let error = |bytes: &[u8]| read(&named(), NPZ, bytes).unwrap_err();
    assert!(error(b"x").contains("the body is not an npz archive"));
    let two = npz(&[("a.npy", numbers(&[1, 2])), ("b.npy", numbers(&[1, 2]))]);
    assert!(error(&two).contains("it holds 2 arrays"));
    let bomb = npz(&[("a.npy", vec![0; 8 << 20])]);
    assert!(bomb.len() < 20_000, "{}", bomb.len());
    assert!(error(&bomb).contains("200 times its own"));
}

#[test]
fn an_archive_whose_end_counts_members_without_end_is_refused_before_room_is_made_for_them() {
    let end = |counts: [u8; 4], place: [u8; 8]| {
        let directory = vec![0; 1_000];
        [
            &directory[..],
            b"PK\x05\x06\0\0\0\0",
            &counts,
            &place,
            b"\0\0",
        ]
        .concat()
    };
    let many = [0xe8, 0x03, 0xe8, 0x03];
    for archive in [
        end(many, [46, 0, 0, 0, 0, 0, 0, 0]),
        end([1, 0, 1, 0], [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
        end([1, 0, 1, 0], [46, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]),
    ] {
        let error = read(&named(), NPZ, &archive).unwrap_err();
        assert!(error.contains("more than 16 arrays"), "{error}");
    }
}
