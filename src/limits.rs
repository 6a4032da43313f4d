//! Every bound of the program, named with its unit, with its reason.

/// Bytes of an artifact file: room for 1.8 million coefficients of 9 bytes each, small enough that a wrong
/// file in the model directory cannot fill the memory of the smallest instance.
pub const ARTIFACT_BYTES_MAX: usize = 16 << 20;

/// Levels of nesting in an artifact. The format itself needs five (document, verification, rows, row, cell).
pub const ARTIFACT_DEPTH_MAX: usize = 8;

/// Columns of a model: what an artifact of the largest size can hold, rounded up.
pub const FEATURES_MAX: usize = 2_000_000;

/// Rows that an artifact may carry to verify itself. They are replayed at every start, before the first
/// `/ping` can say 200, so their number bounds the time to start.
pub const VERIFICATION_ROWS_MAX: usize = 1_000;

/// Characters of an offending value that an error repeats. The platform cuts a model's error text at 2,048
/// characters (`ModelError.OriginalMessage`), and the rest of the sentence has to fit too.
pub const ERROR_VALUE_CHARS_MAX: usize = 64;

/// Bytes of a request body: batch transform sends up to 100 MB (`MaxPayloadInMB`), more than any other mode.
pub const BODY_BYTES_MAX: usize = 100 << 20;

/// Bytes of a configuration file of the training contract. `hyperparameters.json` holds at most 100 entries
/// of 256 + 2,500 characters.
pub const TRAINING_CONFIG_BYTES_MAX: u64 = 4 << 20;

/// Characters of `output/failure`: the platform shows the first 1,024 as `FailureReason`.
pub const FAILURE_CHARS_MAX: usize = 1_024;

/// Classes of a classifier: a row's probabilities are held and written for all of them.
pub const CLASSES_MAX: usize = 10_000;

/// Numbers of a request's design matrix, 8 bytes each: what the largest body of one-digit cells makes. A
/// feature with many categories makes many of one cell, so the body's size alone is no bound.
pub const DESIGN_CELLS_MAX: usize = 50 << 20;
