//! Every bound on reading a foreign model, named with its unit, with its reason.

/// Bytes of a foreign file after decompression. An artifact holds 16 MiB of coefficients; what a fitted model
/// keeps beside them (averages, paths over penalties, cross-validation results) is often ten times that.
pub(crate) const FOREIGN_BYTES_MAX: usize = 256 << 20;

/// Objects in one tree. The names of the 2,000,000 features that an artifact may have are the largest part
/// of a real one; a node takes 32 bytes, so a full tree takes 128 MiB.
pub(crate) const OBJECTS_MAX: usize = 4_000_000;

/// Instructions of one pickle: two to four for each object. Each makes lists, stack or memo grow by at most
/// one entry, so this bounds them too.
pub(crate) const INSTRUCTIONS_MAX: usize = 16_000_000;

/// Bytes that texts, byte strings and arrays of one tree may hold together. Each is copied once out of the
/// file, so this is the file's own bound, with room for arrays that are written as text (protocol 2).
pub(crate) const PAYLOAD_BYTES_MAX: usize = FOREIGN_BYTES_MAX + (64 << 20);

/// Bytes above which an array is left out of a pickle that is read from a stream. The coefficients of the widest
/// statsmodels result, a few thousand, are far below it, and its training table above.
pub(crate) const PAYLOAD_BYTES_KEPT_MAX: usize = 1 << 20;

/// Bytes that stay of such a pickle. With the objects that are made of them it takes less than 64 MiB.
pub(crate) const THIN_BYTES_MAX: usize = 16 << 20;

/// Bytes of a file from which on a pickle of statsmodels is read from a stream.
pub(crate) const STREAMED_BYTES_MIN: u64 = 4 << 20;

/// Cells of a training table that are walked over for the levels of all factors together: those of ten factors in a
/// million rows of ten columns of texts, which lie in one array.
pub(crate) const CELLS_LOOKED_AT_MAX: usize = 100_000_000;

/// Dimensions of an array: numpy 2 allows 64, a fitted linear model has at most three.
pub(crate) const DIMENSIONS_MAX: usize = 64;

/// Bytes of a line in the text protocols 0 and 1: the longest are decimal integers and names.
pub(crate) const LINE_BYTES_MAX: usize = 64 << 10;

/// Memory in KiB that a decoder of xz or lzma may take. `xz -9` needs 64 MiB for its dictionary.
pub(crate) const LZMA_MEMORY_KIB_MAX: u32 = 128 << 10;

/// Files in an archive. A model directory of MLflow or SageMaker has ten to twenty.
pub(crate) const ARCHIVE_ENTRIES_MAX: usize = 1_000;

/// Bytes that lists of column names of one conversion may take together. Two million names, as many as an artifact has
/// features, of 40 bytes each.
pub(crate) const NAMES_BYTES_MAX: usize = 80 << 20;

/// Lists beside an estimator of which it is asked whether they are names of its columns.
pub(crate) const NAME_LISTS_MAX: usize = 64;

/// Estimators in one or several files, of which it is asked what they are for. A file of more is a collection.
pub(crate) const CANDIDATES_MAX: usize = 200;

/// Levels of derived fields and expressions inside one another in PMML. Exporters write three or four.
pub(crate) const PMML_DEPTH_MAX: usize = 64;
