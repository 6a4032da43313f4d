//! `application/x-npz`: a zip archive of npy arrays: one array of rows, or a sparse matrix as scipy's `save_npz` writes
//! it and SageMaker's `SparseMatrixSerializer` sends it.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use zip::read::ZipFile;
use zip::{CompressionMethod, ZipArchive};

use super::error::DecodeError;
use super::npy::Array;
use crate::limits::{
    BODY_BYTES_MAX, BODY_GROWTH_BYTES_MIN, COMPRESSION_RATIO_FREE_BYTES, COMPRESSION_RATIO_MAX,
    NPZ_ARRAYS_MAX, NPZ_END_BYTES_MAX,
};
use crate::rows::{Cell, RowBuilder, SparseRow};
use crate::text::Quoted;

/// The arrays of a sparse matrix in compressed rows.
const SPARSE: [&str; 5] = [
    "data.npy",
    "indices.npy",
    "indptr.npy",
    "shape.npy",
    "format.npy",
];

type Archive<'b> = ZipArchive<Cursor<&'b [u8]>>;

/// Reads the rows of an archive.
pub(super) fn read(body: &[u8], builder: &mut RowBuilder<'_>) -> Result<(), DecodeError> {
    if body.is_empty() {
        return Ok(());
    }
    let mut archive = Members::open(body)?;
    match archive.names().as_slice() {
        names
            if SPARSE
                .iter()
                .all(|name| names.contains(&(*name).to_owned())) =>
        {
            read_sparse(&mut archive, builder)
        }
        [name] => {
            let bytes = archive.bytes(name, builder)?;
            array(name, &bytes)?.read(builder)
        }
        names => Err(refused(format!(
            "it holds {} arrays: one array of rows is read, or a sparse matrix of the format csr",
            names.len()
        ))),
    }
}

fn refused(reason: String) -> DecodeError {
    DecodeError::syntax("an npz archive", reason)
}

fn of_array(name: &str, reason: &str) -> DecodeError {
    refused(format!("{}: {reason}", Quoted::of(name.as_bytes())))
}

fn array<'b>(name: &str, bytes: &'b [u8]) -> Result<Array<'b>, DecodeError> {
    Array::parse(bytes).map_err(|reason| of_array(name, &reason))
}

/// The members of an archive, which may hold so many bytes together.
struct Members<'b> {
    body: &'b [u8],
    archive: Archive<'b>,
    bytes_left: usize,
}

/// Whether some record of a directory at the end of an archive counts more than [`NPZ_ARRAYS_MAX`] members, or refers to
/// a larger record of another kind. The library makes room for as many as the record says, before it has seen one.
fn says_too_many(body: &[u8]) -> bool {
    let end = body.len().saturating_sub(NPZ_END_BYTES_MAX);
    let end = body.get(end..).unwrap_or_default();
    let records = memchr::memmem::find_iter(end, b"PK\x05\x06");
    let mut records = records.filter_map(|start| end.get(start + 8..)?.first_chunk::<12>());
    records.any(|[a, b, c, d, place @ ..]| {
        let counts = [[*a, *b], [*c, *d]].map(u16::from_le_bytes);
        let is_elsewhere = place.starts_with(&[0xff; 4]) || place.ends_with(&[0xff; 4]);
        is_elsewhere
            || counts
                .iter()
                .any(|&count| usize::from(count) > NPZ_ARRAYS_MAX)
    })
}

impl<'b> Members<'b> {
    fn open(body: &'b [u8]) -> Result<Self, DecodeError> {
        if says_too_many(body) {
            return Err(refused(format!("it has more than {NPZ_ARRAYS_MAX} arrays")));
        }
        let archive = ZipArchive::new(Cursor::new(body));
        let archive = archive.map_err(|error| refused(error.to_string()))?;
        let most = body
            .len()
            .saturating_mul(COMPRESSION_RATIO_MAX)
            .max(COMPRESSION_RATIO_FREE_BYTES);
        Ok(Self {
            body,
            archive,
            bytes_left: most.min(BODY_BYTES_MAX),
        })
    }

    fn names(&self) -> Vec<String> {
        let names = self.archive.file_names();
        names
            .map(|name| name.map(Cow::into_owned).unwrap_or_default())
            .collect()
    }

    /// What a member holds, read in place where it is stored as it is. Whatever its header says, no more is read than the
    /// archive may hold.
    fn bytes(
        &mut self,
        name: &str,
        builder: &mut RowBuilder<'_>,
    ) -> Result<Cow<'b, [u8]>, DecodeError> {
        let member = self.archive.by_name(name);
        let mut member = member.map_err(|error| damaged(name, &error))?;
        let bytes = if member.compression() == CompressionMethod::Stored {
            Cow::Borrowed(stored(name, &mut member, self.body)?)
        } else {
            Cow::Owned(unpacked(name, member, self.bytes_left, builder)?)
        };
        let Some(left) = self.bytes_left.checked_sub(bytes.len()) else {
            return Err(refused(format!(
                "its arrays hold more than {BODY_BYTES_MAX} bytes, or than {COMPRESSION_RATIO_MAX} times its own"
            )));
        };
        self.bytes_left = left;
        Ok(bytes)
    }
}

fn damaged(name: &str, error: &dyn std::fmt::Display) -> DecodeError {
    of_array(name, &error.to_string())
}

/// The bytes of a member that is not compressed, where they stand in the body. The library reads them once, which
/// compares their checksum.
fn stored<'b>(
    name: &str,
    member: &mut ZipFile<'_, Cursor<&'b [u8]>>,
    body: &'b [u8],
) -> Result<&'b [u8], DecodeError> {
    let length = std::io::copy(member, &mut std::io::sink());
    let length = length.map_err(|error| damaged(name, &error))?;
    let place = || {
        let start = usize::try_from(member.data_start()?).ok()?;
        body.get(start..)?.get(..usize::try_from(length).ok()?)
    };
    place().ok_or_else(|| of_array(name, "it ends after the archive"))
}

/// The bytes that a compressed member unpacks to: no more than one over `most`.
fn unpacked(
    name: &str,
    member: ZipFile<'_, Cursor<&[u8]>>,
    most: usize,
    builder: &mut RowBuilder<'_>,
) -> Result<Vec<u8>, DecodeError> {
    let mut bytes = Vec::new();
    let mut member = member.take(most as u64 + 1);
    loop {
        // What is grown by is reserved first; the buffer grows to twice its size at most.
        let step = bytes.len().max(BODY_GROWTH_BYTES_MIN);
        builder.reserve(step)?;
        let read = member.by_ref().take(step as u64).read_to_end(&mut bytes);
        if read.map_err(|error| damaged(name, &error))? < step {
            return Ok(bytes);
        }
    }
}

/// Reads a matrix in compressed rows: row `r` has the cells from `indptr[r]` to `indptr[r + 1]` of `data`, in the columns
/// that `indices` says.
fn read_sparse(archive: &mut Members<'_>, builder: &mut RowBuilder<'_>) -> Result<(), DecodeError> {
    let [data, indices, indptr, shape, format] = SPARSE;
    if !is_csr(&archive.bytes(format, builder)?) {
        return Err(of_array(
            format,
            "the matrix is not of the format csr: send matrix.tocsr()",
        ));
    }
    let shape_bytes = archive.bytes(shape, builder)?;
    let width = builder.layout().cells() as u64;
    let rows = match numbers(&array(shape, &shape_bytes)?).as_deref() {
        Some([rows, columns]) if *columns == width => *rows,
        Some([_, columns]) => {
            let reason = format!("the matrix has {columns} columns, and the model {width}");
            return Err(of_array(shape, &reason));
        }
        _ => return Err(of_array(shape, "it is not two whole numbers")),
    };
    let (data_bytes, indices_bytes) = (
        archive.bytes(data, builder)?,
        archive.bytes(indices, builder)?,
    );
    let cells = (array(data, &data_bytes)?, array(indices, &indices_bytes)?);
    let ends_bytes = archive.bytes(indptr, builder)?;
    let ends = array(indptr, &ends_bytes)?;
    if ends.len() as u64 != rows.saturating_add(1) || cells.0.len() != cells.1.len() {
        return Err(refused(
            "its data, indices and indptr are not as long as its shape says".to_owned(),
        ));
    }
    push_rows(&ends, &cells, builder)
}

fn push_rows(
    ends: &Array<'_>,
    (data, indices): &(Array<'_>, Array<'_>),
    builder: &mut RowBuilder<'_>,
) -> Result<(), DecodeError> {
    let contradiction = || {
        of_array(
            "indptr.npy",
            "it does not rise from 0 to the number of cells",
        )
    };
    let mut start = 0;
    if ends.cell(0).and_then(number) != Some(0) {
        return Err(contradiction());
    }
    let mut row = SparseRow::new(builder.layout().cells());
    for place in 1..ends.len() {
        let end = ends.cell(place).and_then(number);
        let end = end.and_then(|end| usize::try_from(end).ok());
        let end = end
            .filter(|&end| end >= start && end <= data.len())
            .ok_or_else(contradiction)?;
        row.clear();
        for cell in start..end {
            let (Some(column), Some(value)) =
                (indices.cell(cell).and_then(number), data.cell(cell))
            else {
                return Err(of_array(
                    "indices.npy",
                    "it has a negative index or a fraction",
                ));
            };
            row.set(column, value);
        }
        builder.push_sparse(&mut row, 0)?;
        builder.end_row()?;
        start = end;
    }
    if start != data.len() {
        return Err(contradiction());
    }
    Ok(())
}

/// All cells as whole numbers.
fn numbers(array: &Array<'_>) -> Option<Vec<u64>> {
    (0..array.len().min(3))
        .map(|place| array.cell(place).and_then(number))
        .collect()
}

fn number(cell: Cell<'_>) -> Option<u64> {
    match cell {
        Cell::Integer(number) => u64::try_from(number).ok(),
        _ => None,
    }
}

/// Whether an array of one text says `csr`: in bytes (`|S3`), or in characters of four bytes (`<U3`).
fn is_csr(array: &[u8]) -> bool {
    array.ends_with(b"csr") || array.ends_with(b"c\0\0\0s\0\0\0r\0\0\0")
}
