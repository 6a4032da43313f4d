//! Bodies of rows in every format, all with the same cells.

use sagelet::codec::Format;

/// A cell of every row.
const CELL: f64 = 12.345678;

/// A body of so many rows in a format.
pub(crate) fn body(format: Format, rows: usize, features: usize) -> Vec<u8> {
    let cells = vec![CELL.to_string(); features].join(",");
    match format {
        Format::Csv => format!("{cells}\n").repeat(rows).into_bytes(),
        Format::Json => {
            let rows = vec![format!("[{cells}]"); rows].join(",");
            format!("[{rows}]").into_bytes()
        }
        Format::JsonLines => format!("[{cells}]\n").repeat(rows).into_bytes(),
        Format::Npy => array(rows, features),
        Format::RecordIo => record(features).repeat(rows),
        Format::LibSvm => {
            let pairs = (1..=features).map(|index| format!(" {index}:{CELL}"));
            format!("0{}\n", pairs.collect::<String>())
                .repeat(rows)
                .into_bytes()
        }
        Format::Npz => stored("x.npy", &array(rows, features)),
    }
}

/// About how many rows make a body of so many bytes.
pub(crate) fn rows_of(format: Format, bytes: usize, features: usize) -> usize {
    let two = body(format, 2, features).len();
    let row = two - body(format, 1, features).len();
    bytes / row
}

fn array(rows: usize, features: usize) -> Vec<u8> {
    let text =
        format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({rows}, {features}), }}\n");
    let mut array = b"\x93NUMPY\x01\x00".to_vec();
    array.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
    array.extend(text.as_bytes());
    array.extend(CELL.to_le_bytes().repeat(rows * features));
    array
}

/// A frame of RecordIO around a record with a tensor of doubles.
fn record(features: usize) -> Vec<u8> {
    let cells = CELL.to_le_bytes().repeat(features);
    let value = field(3, &field(1, &cells));
    let entry = field(1, &[field(1, b"values"), field(2, &value)].concat());
    let length = u32::try_from(entry.len()).unwrap().to_le_bytes();
    let mut frame = [&0xced7_230a_u32.to_le_bytes()[..], &length, &entry].concat();
    frame.resize(frame.len().next_multiple_of(4), 0);
    frame
}

/// A field of a protocol buffer with a length.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    let mut field = vec![number << 3 | 2];
    let mut length = content.len();
    while length >= 0x80 {
        field.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    field.push(u8::try_from(length).unwrap());
    field.extend(content);
    field
}

/// A zip archive of one member that is not compressed.
fn stored(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut sum = flate2::Crc::new();
    sum.update(bytes);
    let length = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
    // Version, flags, method, time and date, the same in both heads.
    let about = [
        &[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0][..],
        &sum.sum().to_le_bytes(),
        &length,
        &length,
    ];
    let about = [&about.concat()[..], &name_length, &[0, 0]].concat();
    let local = [b"PK\x03\x04", &about[..], name.as_bytes()].concat();
    let central = [b"PK\x01\x02\x14\x00", &about[..], &[0; 14], name.as_bytes()].concat();
    let directory_length = u32::try_from(central.len()).unwrap().to_le_bytes();
    let start = u32::try_from(local.len() + bytes.len())
        .unwrap()
        .to_le_bytes();
    let end = [
        &b"PK\x05\x06\0\0\0\0\x01\0\x01\0"[..],
        &directory_length,
        &start,
        &[0, 0],
    ];
    [&local[..], bytes, &central, &end.concat()].concat()
}
