//! How much memory training may take, from what the container has.

use super::TrainError;
use crate::container;
use crate::limits::{TRAINING_MEMORY_BYTES, TRAINING_TABLES};

/// Bytes of decoded rows that may be kept: half of what there is.
pub(super) fn budget() -> u64 {
    limit().map_or(TRAINING_MEMORY_BYTES, |limit| limit / 2)
}

fn limit() -> Option<u64> {
    container::memory_bytes().and_then(|bytes| u64::try_from(bytes).ok())
}

/// Checks that the tables of a fit of so many columns fit, before anything is allocated for them.
///
/// # Errors
/// [`TrainError::Memory`]
pub(super) fn check(columns: usize, threads: usize) -> Result<(), TrainError> {
    limit().map_or(Ok(()), |limit| compare(columns, threads, limit))
}

/// Each thread has a table of columns by columns, and the fit some more. A quarter of the memory is for the rest.
fn compare(columns: usize, threads: usize, limit: u64) -> Result<(), TrainError> {
    let table = (columns as u64).saturating_pow(2) * size_of::<f64>() as u64;
    let needed = table.saturating_mul((threads + TRAINING_TABLES) as u64);
    let most = limit - limit / 4;
    if needed <= most {
        return Ok(());
    }
    Err(TrainError::Memory {
        columns,
        needed,
        most,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_that_do_not_fit_are_refused_with_what_they_need() {
        assert!(budget() > 1 << 20);
        compare(1_000, 2, 64 << 20).unwrap();
        let refused = compare(4_000, 2, 256 << 20).unwrap_err().to_string();
        let expected = "a fit of 4000 columns takes up to 640000000 bytes of memory, and 201326592 are allowed";
        assert!(refused.starts_with(expected), "{refused}");
    }
}
