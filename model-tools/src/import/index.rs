//! Numbers of files that stand for indices.

/// The index that a number is: none for one below 0, with a fraction, or that is not finite.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "compared on the next line"
)]
pub(super) fn whole_index(number: f64) -> Option<usize> {
    let index = number as usize;
    (index as f64 == number).then_some(index)
}
