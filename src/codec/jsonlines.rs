//! `application/jsonlines`: one record per line, one row's prediction per line.

use super::ResponseOptions;
use super::error::{DecodeError, EncodeError};
use super::json::{self, Reader};
use super::output::Output;
use super::predictions::Predictions;
use crate::rows::RowBuilder;

/// Reads one record per line: what may stand in a list under `instances` in JSON. Blank lines after the last row are
/// passed over; between rows they are refused, since each line has its line in the answer.
pub(super) fn read(
    body: &[u8],
    builder: &mut RowBuilder<'_>,
) -> Result<ResponseOptions, DecodeError> {
    let body = body.trim_ascii_end();
    let mut reader = Reader::new(builder);
    for line in super::lines(body) {
        let row = reader.row();
        if line.trim_ascii().is_empty() {
            return Err(DecodeError::EmptyRow { row });
        }
        json::read_line(line, &mut reader)?;
    }
    Ok(ResponseOptions::default())
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
