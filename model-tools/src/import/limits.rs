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

/// Nodes of a graph of MXNet. A linear layer with its output and losses has a dozen.
pub(crate) const MXNET_NODES_MAX: usize = 10_000;

/// Arrays of a file of MXNet. A linear layer has two; normalisation and several outputs some more.
pub(crate) const MXNET_ARRAYS_MAX: u64 = 1_000;

/// Dimensions of an array of MXNet. Weights have two.
pub(crate) const MXNET_DIMENSIONS_MAX: u32 = 8;

/// Bytes of a name in MXNet's files: they have a dozen.
pub(crate) const MXNET_NAME_BYTES_MAX: u64 = 1_000;

/// Bytes at the beginning in which a pickle names the class of its object.
pub(crate) const PICKLE_HEAD_BYTES: u64 = 128;

/// Values that a Parquet file holds, with the lists and groups around them. A matrix of two million coefficients has one
/// each, and its places if it is sparse.
pub(crate) const PARQUET_VALUES_MAX: usize = 4_000_000;

/// Bytes of a Parquet file's pages and texts after decompression: eight for each value, and as many for what lies around.
pub(crate) const PARQUET_BYTES_MAX: usize = 64 << 20;

/// Bytes of one page of Parquet after decompression. Writers end one after 1 MiB, or after a row, which may hold a whole
/// matrix.
pub(crate) const PARQUET_PAGE_BYTES_MAX: usize = 32 << 20;

/// Bytes of the end of a Parquet file, which describes it: about 300 for each column, of which an Imputer has one for each
/// column of the rows.
pub(crate) const PARQUET_FOOTER_BYTES_MAX: usize = 4 << 20;

/// Values in such a description, of which a node takes 32 bytes.
pub(crate) const PARQUET_NODES_MAX: usize = 1_000_000;

/// Levels of groups and lists inside one another in Parquet: a list of vectors has five.
pub(crate) const PARQUET_DEPTH_MAX: usize = 16;

/// Files of a saved model of Spark that count: two for each stage.
pub(crate) const SPARK_FILES_MAX: usize = 1_000;

/// Entries of all folders of a saved model of Spark: sums of digits and marks beside each file.
pub(crate) const SPARK_FOLDERS_MAX: usize = 20_000;

/// Folders inside one another in a saved model of Spark: a pipeline in a search in a pipeline has nine.
pub(crate) const SPARK_FOLDER_LEVELS_MAX: usize = 16;

/// Stages of a pipeline of Spark. Long ones have one for each of some dozens of columns.
pub(crate) const SPARK_STAGES_MAX: usize = 300;

/// Weights that each column of a vector of Spark counts as. With its feature, its name and its copies it takes up to 400
/// bytes, where a weight takes 16, so that vectors of half a million columns take less than 256 MiB.
pub(crate) const SPARK_COLUMN_WEIGHTS: usize = 16;

/// Parentheses and signs inside one another in a formula. People write two or three.
pub(crate) const FORMULA_DEPTH_MAX: usize = 32;

/// The highest power of a column in a formula, which becomes a product of as many columns. People write two or three.
pub(crate) const FORMULA_POWER_MAX: f64 = 16.0;

/// Columns of a training table beside a result of statsmodels.
pub(crate) const TABLE_COLUMNS_MAX: usize = 1_000_000;

/// Characters of the reason for refusing XML: names and values in it are as long as their file has them.
pub(crate) const XML_REASON_CHARS_MAX: usize = 400;

/// Nodes of an XML document: ten for each of the 100,000 predictors of a very wide model.
pub(crate) const XML_NODES_MAX: u32 = 1_000_000;

/// Levels of nesting in UBJSON: a linear model has six.
pub(crate) const UBJ_DEPTH_MAX: usize = 32;

/// Levels that estimators may be nested in each other: a search over a pipeline of a column transformer of
/// pipelines has five.
pub(crate) const ESTIMATOR_LEVELS_MAX: usize = 16;

/// Characters of a class's name that an error shows. The longest in scikit-learn has 35.
pub(crate) const CLASS_CHARS_MAX: usize = 100;

/// Levels of dicts, lists and objects that are looked into for estimators: people write one or two.
pub(crate) const CONTAINER_LEVELS_MAX: usize = 4;

/// Values in them that are looked at: a file of more is no model with a few things beside it.
pub(crate) const CONTAINER_VALUES_MAX: usize = 10_000;

/// Bytes of a key that leads to an estimator: a longer one is no name.
pub(crate) const KEY_BYTES_MAX: usize = 200;

/// Estimators that an error lists: a screen holds these.
pub(crate) const CANDIDATES_LISTED_MAX: usize = 10;

/// Bytes of a header of safetensors, as the format's own reader has it.
pub(crate) const SAFETENSORS_HEADER_BYTES_MAX: usize = 100_000_000;

/// Bytes at the beginning of a file in which the words of formats that are not read are looked for.
pub(crate) const STRANGER_HEAD_BYTES: usize = 4096;

/// Characters of a class's name with its module that are shown. The longest in scikit-learn has 75.
pub(crate) const GLOBAL_CHARS_MAX: usize = 200;

/// Bytes of MLflow's file `MLmodel`: a signature of a thousand columns takes 100 KiB.
pub(crate) const DESCRIPTION_BYTES_MAX: usize = 4 << 20;
