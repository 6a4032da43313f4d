//! `application/jsonlines`: a record a line, one row's prediction a line.

use super::error::DecodeError;
use super::json::{self, Reading};
use super::predictions::Predictions;
use super::{Asked, csv};
use crate::model::Design;

/// Reads a record a line: what may stand in a list under `instances` in JSON. Empty lines at the end are
/// passed over; between others they are refused, since each line has its line in the answer.
pub(super) fn read(body: &[u8], design: &mut Design<'_>) -> Result<Asked, DecodeError> {
    let body = json::without_nan(body.trim_ascii_end());
    let mut reading = Reading::new(design);
    if body.is_empty() {
        return Ok(Asked::default());
    }
    for line in csv::lines(&body) {
        let row = reading.row();
        if line.trim_ascii().is_empty() {
            return Err(DecodeError::EmptyRow { row });
        }
        json::read_record(line, &mut reading).map_err(|error| match error {
            DecodeError::Syntax { reason, .. } => {
                DecodeError::syntax("JSON Lines", format!("row {row}: {reason}"))
            }
            other => other,
        })?;
    }
    Ok(Asked::default())
}

/// An object a line, each line ended: the selected fields, or score and label.
pub(super) fn encode(predictions: &Predictions<'_>) -> Vec<u8> {
    let mut text = Vec::with_capacity(predictions.rows() * 32);
    for row in 0..predictions.rows() {
        json::push_object(&mut text, predictions, row);
        text.push(b'\n');
    }
    text
}
