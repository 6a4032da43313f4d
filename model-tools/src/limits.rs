//! Every bound that the commands set, named with its unit, with its reason; those on reading a foreign model are in
//! `import::limits`.

/// Bytes of a model in any format: the widest model, two million features, written in JSON takes at most 27
/// bytes for a coefficient.
pub(crate) const MODEL_BYTES_MAX: usize = 64 << 20;

/// Names of a list in a sentence: a screen holds these.
pub(crate) const NAMES_LISTED_MAX: usize = 10;

/// Rows of a proof that the artifact keeps, with what the library predicted for them, to verify itself with.
pub(crate) const PROOF_ROWS_KEPT_MAX: usize = 20;

/// Cells of the rows that it keeps: 9 bytes each, which leave room for the model.
pub(crate) const PROOF_CELLS_KEPT_MAX: usize = 100_000;

/// Features of the widest model that rows are computed for: three rows of 9 bytes a cell are 4 MB of the
/// artifact then, and leave room for the model.
pub(crate) const VERIFICATION_FEATURES_MAX: usize = 150_000;

/// Cells of all computed rows together: three rows of the widest model.
pub(crate) const VERIFICATION_CELLS_MAX: usize = 3 * VERIFICATION_FEATURES_MAX;

/// Rows computed for an isotonic model, whose thresholds may be many.
pub(crate) const ISOTONIC_ROWS_MAX: usize = 100;

/// Rows computed for a feature of many categories.
pub(crate) const CATEGORY_ROWS_MAX: usize = 100;

/// Scores that get rows of their own. Further ones are reached by the rows of the others.
pub(crate) const VERIFICATION_SCORES_MAX: usize = 20;

/// Files of a folder that are looked at for one that belongs to a model.
pub(crate) const FOLDER_FILES_MAX: usize = 1_000;

/// Rows whose difference from a proof is explained.
pub(crate) const BLAME_ROWS_MAX: usize = 50;

/// Predictions that are tried to explain it. Each takes as long as one of a request, a few microseconds for ten columns.
pub(crate) const BLAME_TRIES_MAX: usize = 200_000;

/// Bars of a chart: more are no picture any more.
pub(crate) const CHART_BARS_MAX: usize = 30;

/// Charts of a model with many targets or classes.
pub(crate) const CHARTS_MAX: usize = 12;

/// Thresholds of an isotonic regression that are listed.
pub(crate) const THRESHOLDS_LISTED_MAX: usize = 50;

/// Columns of a row whose cells are described.
pub(crate) const CELLS_DESCRIBED_MAX: usize = 100;

/// Classes of the largest table of what was taken for what.
pub(crate) const CONFUSION_CLASSES_MAX: usize = 12;

/// Points of a scatter plot: more are hidden behind each other, and make a page heavy.
pub(crate) const CHART_POINTS_MAX: usize = 2_000;

/// Classes of the largest classifier in SQL: every class is compared with every other.
pub(crate) const SQL_CLASSES_MAX: usize = 100;

/// Terms in a row without parentheses. SQLite refuses expressions that are nested more than 1,000 deep, and to its
/// parser every sign is one level.
pub(crate) const SQL_TERMS_PER_GROUP: usize = 200;

/// Categories that are listed in a text; `--json` has them all.
pub(crate) const CATEGORIES_LISTED_MAX: usize = 12;

/// Categories that are listed in a text, the most frequent first; `--json` has them all.
pub(crate) const TRAINING_CATEGORIES_LISTED_MAX: usize = 6;

/// Bytes of a file with a key or a signature: 16 public keys in PEM take 3 kB, comments some more.
pub(crate) const KEY_FILE_BYTES_MAX: usize = 64 << 10;
