//! What a row of training data says beside its cells.

/// What a row says beside its cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Example {
    /// The label, if there is one: of several the first.
    pub(crate) label: Option<f64>,
    /// How many features a row must have to hold this one.
    pub(crate) width: u64,
}
