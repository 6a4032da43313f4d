//! What a fit takes of memory, planned from what the container has before anything is allocated.

use sagelet_solver::sketch::{Resolution, USUAL_OCTAVES};

use super::TrainError;
use crate::container;
use crate::limits::{TRAINING_BYTES_KEPT, TRAINING_MEMORY_BYTES, TRAINING_TABLES};

/// How a fit keeps to the memory that there is. Its result is the same whatever the plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plan {
    /// Threads that work on chunks, each of which holds sums of its own.
    pub(super) threads: usize,
    /// Bytes of decoded rows that are kept between passes.
    pub(super) kept: u64,
}

/// Plans the first pass over rows of so many columns, on `threads` threads at most, in which decoded rows may keep `kept`
/// bytes: half of what the container has, if the settings do not say. Each of `folds` has sums of its own.
///
/// # Errors
/// [`TrainError::Memory`] if there is too little for one thread.
pub(super) fn plan(
    columns: usize,
    threads: usize,
    kept: Option<u64>,
    folds: usize,
) -> Result<Plan, TrainError> {
    match limit() {
        Some(limit) => surveyed(columns, threads, kept.unwrap_or(limit / 2), limit, folds),
        None => Ok(Plan {
            threads,
            kept: kept.unwrap_or(TRAINING_MEMORY_BYTES),
        }),
    }
}

/// How many threads the steps of a fit may take, which have a table of unknowns by unknowns each, after the first pass.
///
/// # Errors
/// [`TrainError::Memory`] if there is too little for one thread.
pub(super) fn step_threads(
    columns: usize,
    unknowns: usize,
    plan: Plan,
) -> Result<usize, TrainError> {
    let held = survey_bytes(columns).saturating_add(plan.kept);
    let sum = table_bytes(unknowns);
    let Some(limit) = limit() else {
        return Ok(plan.threads);
    };
    let fits = |threads: &usize| needed(held, sum, *threads) <= limit;
    (1..=plan.threads)
        .rev()
        .find(fits)
        .ok_or(TrainError::Memory {
            columns: unknowns,
            needed: needed(held, sum, 1),
            most: limit,
        })
}

fn limit() -> Option<u64> {
    container::memory_bytes().and_then(|bytes| u64::try_from(bytes).ok())
}

fn surveyed(
    columns: usize,
    threads: usize,
    kept: u64,
    most: u64,
    folds: usize,
) -> Result<Plan, TrainError> {
    let sum = survey_bytes(columns).saturating_mul(folds as u64);
    let needed = |threads| needed(0, sum, threads);
    let fitting = (1..=threads).rev().find_map(|threads| {
        let left = most.checked_sub(needed(threads))?;
        Some(Plan {
            threads,
            kept: kept.min(left),
        })
    });
    fitting.ok_or_else(|| TrainError::Memory {
        columns,
        needed: needed(1),
        most,
    })
}

/// Bytes of what the first pass finds in a chunk: its factor, and the counts of each column's numbers.
fn survey_bytes(columns: usize) -> u64 {
    let counts = Resolution::of_width(columns).bytes(USUAL_OCTAVES) * columns;
    table_bytes(columns).saturating_add(counts as u64)
}

fn table_bytes(columns: usize) -> u64 {
    (columns as u64).saturating_pow(2) * size_of::<f64>() as u64
}

/// Bytes of a pass whose sums have `sum` bytes, beside what is `held`. A thread has the sum of the chunk that it works on
/// and one that waits for its turn.
fn needed(held: u64, sum: u64, threads: usize) -> u64 {
    let sums = (2 * threads + TRAINING_TABLES) as u64;
    sum.saturating_mul(sums)
        .saturating_add(held)
        .saturating_add(TRAINING_BYTES_KEPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fit_takes_as_many_threads_and_keeps_as_many_rows_as_there_is_memory_for() {
        let plan = |megabytes: u64| surveyed(1_000, 2, 64 << 20, megabytes * 1_000_000, 1);
        let refused = plan(100).unwrap_err().to_string();
        assert!(
            refused.starts_with("a fit of 1000 columns takes up to 11")
                && refused.contains("bytes of memory, and 100000000 are allowed"),
            "{refused}"
        );
        assert_eq!(plan(130).unwrap().threads, 1);
        let both = plan(180).unwrap();
        assert_eq!(both.threads, 2);
        assert!(both.kept < 32 << 20, "{both:?}");
        assert_eq!(plan(1_000).unwrap().kept, 64 << 20);
        assert!(
            surveyed(1_000, 2, 0, 180_000_000, 5).is_err(),
            "five folds take five times as much"
        );
    }
}
