//! Every bound of the program, named with its unit, with its reason.

/// Bytes of an artifact file: room for 1.8 million coefficients of 9 bytes each, small enough that a wrong
/// file in the model directory cannot fill the memory of the smallest instance.
pub const ARTIFACT_BYTES_MAX: usize = 16 << 20;

/// Levels of nesting in an artifact. The format itself needs five (document, verification, rows, row, cell).
pub const ARTIFACT_DEPTH_MAX: usize = 8;

/// Columns of a model: what an artifact of the largest size can hold, rounded up.
pub const FEATURES_MAX: usize = 2_000_000;

/// Columns that rows may carry beside the features, such as labels, weights and identifiers: more are another table.
pub const OTHER_COLUMNS_MAX: usize = 1_000;

/// Columns of labels before the features of a request (`label_size`): models have one or a few.
pub const LABEL_COLUMNS_MAX: usize = 1_000;

/// Bytes of CSV that are read from a file at once: the system reads them in one go, and they fit a core's cache.
pub const CSV_PIECE_BYTES: usize = 1 << 20;

/// Bytes of one record of a file of CSV: twenty million numbers. A quote that is never closed makes a longer one.
pub const CSV_RECORD_BYTES_MAX: usize = 256 << 20;

/// Levels of nesting in values of a JSON body that are passed over: two bytes each, and far more than any program
/// writes.
pub const JSON_DEPTH_MAX: usize = 10_000;

/// Texts that may mean a missing cell: pandas knows 19, and every cell that is no number is compared with all.
pub const MISSING_VALUES_MAX: usize = 100;

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

/// Numbers that the rows of one request may make for the model: a second of work. Rows are worked on in
/// blocks, so this bounds time, not memory; a sparse row or a category of many makes many numbers of few bytes.
pub const CELLS_MAX: usize = 1 << 30;

/// Numbers of the design matrix that are worked on at once: 256 KiB, which stay in a core's own cache.
pub const BLOCK_CELLS: usize = 32 << 10;

/// Names of columns that an error lists.
pub const ERROR_NAMES_MAX: usize = 10;

/// Bytes of a request's head: the headers that the platform passes on have at most 1,024 bytes each.
pub const HEAD_BYTES_MAX: usize = 16 << 10;

/// Bytes of a request line: the longest path names a model, whose name has at most 1,024 characters.
pub const TARGET_BYTES_MAX: usize = 8 << 10;

/// Fields of a request's head: browsers and proxies send two dozen.
pub const HEADERS_MAX: usize = 100;

/// Bytes of the line that gives a chunk's size: 16 digits and extensions that nobody uses.
pub const CHUNK_LINE_BYTES_MAX: usize = 1 << 10;

/// Bytes of the trailers after a chunked body: room for the checksums and signatures that some clients send.
pub const TRAILER_BYTES_MAX: usize = 4 << 10;

/// Bytes of a body up to which a request is answered by the thread that read it. It takes that thread less
/// than half a millisecond; a hand-over to another one costs every small request more than that would gain.
pub const IN_PLACE_BYTES_MAX: usize = 64 << 10;

/// Bytes that all bodies being received, waiting or worked on may have together: two and a half of the
/// largest, or thousands of ordinary ones. Past it, a body that would grow is refused with 503.
pub const BODIES_BYTES_MAX: usize = 256 << 20;

/// Requests that may wait for each compute thread. At the tens of milliseconds that a large request takes, what waits
/// longer than this queue is better sent to another instance, which is what clients do on 503.
pub const QUEUE_PER_COMPUTE_THREAD: usize = 8;

/// Pipelined requests of one connection that are answered before other connections have their turn.
pub const PIPELINE_TURN_MAX: usize = 32;

/// Bytes of answers that are gathered from pipelined requests before they are written.
pub const OUTPUT_GATHERED_BYTES_MAX: usize = 64 << 10;

/// Descriptors that are not connections: listener, pollers, wake-ups, signals, standard streams, model files.
pub const DESCRIPTORS_KEPT: u64 = 64;

/// Connections at once, where the system's own limit on descriptors is higher: ten times what a load
/// balancer opens to one instance, at less than 200 bytes each while idle (measured).
pub const CONNECTIONS_MAX: usize = 20_000;

/// Bytes of lines that may wait for the log to take them: ten thousand requests' worth. Past it, lines are
/// counted and dropped.
pub const LOG_BYTES_WAITING_MAX: usize = 1 << 20;

/// Bytes of artifacts that a multi-model server holds, unless `SAGELET_MODELS_BYTES` says otherwise. In
/// memory a model takes about three times the bytes of its artifact.
pub const MODELS_BYTES_MAX: usize = 256 << 20;

/// Models on one page of a list, as in the platform's own multi-model server.
pub const MODELS_LISTED_MAX: usize = 100;
