//! `application/jsonlines`: one record per line, one row's prediction per line.

use super::error::{DecodeError, EncodeError};
use super::json::{self, Reader};
use super::output::Output;
use super::predictions::Predictions;
use super::{ResponseOptions, Shape};
use crate::rows::RowBuilder;

/// Reads one record per line: what may stand in a list under `instances` in JSON. Blank lines after the last row are
/// passed over; between rows they are refused, since each line has its line in the answer.
pub(super) fn read(
    body: &[u8],
    builder: &mut RowBuilder<'_>,
) -> Result<ResponseOptions, DecodeError> {
    read_lines(body.trim_ascii_end(), builder)?;
    Ok(ResponseOptions::default())
}

/// Reads one record per line, none of which is blank. Returns the shape of the answer that goes with the records.
pub(super) fn read_lines(
    text: &[u8],
    builder: &mut RowBuilder<'_>,
) -> Result<Option<Shape>, DecodeError> {
    let mut reader = Reader::new(builder);
    for line in super::lines(text) {
        let row = reader.row();
        if line.trim_ascii().is_empty() {
            return Err(DecodeError::EmptyRow { row });
        }
        json::read_line(line, &mut reader)?;
    }
    Ok(reader.shape())
}

/// One object per line, each line ended: the selected fields, or score and label.
pub(super) fn encode(
    predictions: &Predictions<'_>,
    output: &mut Output<'_>,
) -> Result<(), EncodeError> {
    for row in 0..predictions.rows() {
        let text = output.row()?;
        json::push_object(text, predictions, row);
        text.push(b'\n');
    }
    Ok(())
}
