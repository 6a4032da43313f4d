//! Every bound that the program sets, named with its unit, with its reason. What a format bounds by itself, such as
//! the bytes of a number in text, stands beside the code that writes it.

use std::time::Duration;

/// Bytes of an artifact file: room for [`COEFFICIENTS_MAX`] coefficients of 9 bytes each. What a file takes while it is
/// loaded is reserved before anything is built from it, so that a wrong file cannot fill a small container's memory.
pub const ARTIFACT_BYTES_MAX: usize = 64 << 20;

/// Levels of nesting in an artifact. The format itself needs seven (document, model, members, member,
/// calibration, function, thresholds).
pub const ARTIFACT_DEPTH_MAX: usize = 8;

/// Public keys that models may be signed by: one for each team that signs, and two while a key is exchanged.
pub const MODEL_KEYS_MAX: usize = 16;

/// Bytes of a file of public keys: 16 of them in PEM take 3 kB, comments some more.
pub const MODEL_KEY_FILE_BYTES_MAX: u64 = 64 << 10;

/// Columns of a model: a hashing vectorizer has a million unless it is told otherwise.
pub const FEATURES_MAX: usize = 2_000_000;

/// Coefficients of a model: 60 classes of 100,000 words.
pub const COEFFICIENTS_MAX: usize = 6_000_000;

/// Factors of a product of columns: polynomial features have two to five.
pub const FACTORS_MAX: usize = 32;

/// The degree of a spline's polynomials: three is the rule.
pub const SPLINE_DEGREE_MAX: usize = 20;

/// Words or characters of a term: each text is looked through once for every length.
pub const NGRAM_MAX: usize = 32;

/// Terms of one text: each is looked up, and this many take some seconds.
pub const TEXT_TERMS_MAX: usize = 64 << 20;

/// Entries that a text gathers before those of one column are added up: they fit a core's cache.
pub const TERMS_GATHERED: usize = 16 << 10;

/// Bytes that working on a text takes for each of its own: the text in lower case and without accents, and where its words
/// or characters begin.
pub const TEXT_MEMORY_FACTOR: usize = 16;

/// Bytes for working on a text that are not reserved: a text of a kilobyte, like nearly all.
pub const TEXT_BYTES_FREE: usize = 64 << 10;

/// Words that a text's terms leave out: the longest published lists have some 1,500.
pub const STOP_WORDS_MAX: usize = 100_000;

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

/// Quantiles per column in the training statistics of an artifact: percentiles and their ends.
pub const STATISTICS_LEVELS_MAX: usize = 101;

/// Columns of the design matrix up to which an artifact keeps the covariance of their coefficients: its factor is 1 MB.
pub const COVARIANCE_COLUMNS_MAX: usize = 500;

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

/// Bytes of a body from which on several threads read it: starting one takes as long as reading some ten thousand bytes.
pub const PIECES_BYTES_MIN: usize = 192 << 10;

/// Bytes of the smallest piece of a body that one thread reads at once: what is done for each piece is lost in it.
pub const PIECE_BYTES_MIN: usize = 32 << 10;

/// Bytes of the largest piece: with its numbers it fits a core's cache.
pub const PIECE_BYTES_MAX: usize = 256 << 10;

/// Pieces that a body has for each thread at least: the last of them to end keeps the others waiting for a quarter of a
/// share at most.
pub const PIECES_PER_THREAD: usize = 4;

/// Characters of the reason that an answer gives. The platform passes on 2,048 characters of the whole answer.
pub const REASON_CHARS_MAX: usize = 1_024;

/// Names of columns or files that an error lists.
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

/// Trailer fields of a body. Clients send one or two.
pub const TRAILERS_MAX: usize = 32;

/// Bytes of a body up to which the thread that read a request also answers it. That takes the thread less
/// than half a millisecond; passing every small request to another thread would cost more than it gains.
pub const IN_PLACE_BYTES_MAX: usize = 64 << 10;

/// Products of a cell and a coefficient up to which the thread that read a request also answers it: a quarter of a
/// millisecond.
pub const IN_PLACE_PRODUCTS_MAX: usize = 256 << 10;

/// Numbers of an answer up to which the thread that read a request also answers it: writing one takes some 30
/// nanoseconds.
pub const IN_PLACE_OUTPUTS_MAX: usize = 8 << 10;

/// Bytes of a body above which its connection moves to the worker for large bodies. The move takes as long as
/// reading some ten thousand bytes.
pub const BULK_BYTES_MIN: usize = 256 << 10;

/// Bytes of memory that a request takes without counting against those of all requests: what nearly all requests
/// need. Only so many are worked on at once as there are threads.
pub const ACCOUNT_FREE_BYTES: usize = 64 << 10;

/// Bytes by which the buffer of an answer grows at least.
pub const ANSWER_GROWTH_BYTES_MIN: usize = 64 << 10;

/// Bytes of memory that requests take together where the container allows more: ten of the largest bodies.
pub const MEMORY_BYTES_MAX: usize = 1 << 30;

/// Bytes of memory of the smallest container that the server starts in: the program itself, its threads, and a body
/// of a few megabytes with its answer.
pub const CONTAINER_BYTES_MIN: usize = 24 << 20;

/// Bytes of a container's memory that are not for requests: program, stacks, a block of rows for each thread, log,
/// and the kernel's own buffers of the sockets.
pub const CONTAINER_BYTES_KEPT: usize = 12 << 20;

/// Bytes by which a body's buffer grows at least, so that a body of a megabyte is copied four times and not a
/// thousand times while it grows.
pub const BODY_GROWTH_BYTES_MIN: usize = 64 << 10;

/// Bytes per second that a body must keep up on average: slower than any network that carries requests.
pub const BODY_RATE_MIN: u64 = 1 << 10;

/// Bytes of a body that are read from one connection, or decompressed, at once.
pub const BODY_READ_BYTES_MAX: usize = 128 << 10;

/// Bytes that one read takes from a connection between bodies. A small request fits many times over.
pub const INPUT_BYTES: usize = 64 << 10;

/// How many times its own bytes a compressed body may hold. Rows of random digits shrink to a half, of few
/// distinct values to a twentieth, and deflate can hold 1,032 times its bytes only if all rows are the same.
pub const COMPRESSION_RATIO_MAX: usize = 200;

/// Bytes that a compressed body may hold whatever its ratio: equal rows in a small request are no attack.
pub const COMPRESSION_RATIO_FREE_BYTES: usize = 1 << 20;

/// Bytes of a compressed body that may yield nothing: twice what is decompressed at once. An empty block costs a
/// decoder microseconds, and no encoder writes many.
pub const COMPRESSION_WASTE_BYTES_MAX: usize = 2 * BODY_READ_BYTES_MAX;

/// Members of a gzip body, or frames of zstd: a body of the largest size in blocks of 32 KiB has 3,200.
pub const COMPRESSED_PARTS_MAX: usize = 4_096;

/// Bytes of a zstd frame that later bytes may refer to: what RFC 8878 asks decoders to support, and what encoders
/// take up to level 19. Only a thread that decompresses holds them.
pub const ZSTD_WINDOW_BYTES_MAX: u64 = 8 << 20;

/// Bytes that decoding a zstd frame takes beside its window: tables, one block as it is read, and a margin of the window.
pub const ZSTD_DECODER_BYTES: usize = 1 << 20;

/// Bytes at the end of an npz archive in which the record of its directory stands: itself, and the longest comment.
pub const NPZ_END_BYTES_MAX: usize = 22 + 65_535 + 4;

/// Arrays of an npz archive: a sparse matrix has five.
pub const NPZ_ARRAYS_MAX: usize = 16;

/// Blocks of a zstd frame before their number is compared with what they hold: a window has 64 ordinary ones, and
/// programs that flush after each row write more.
pub const ZSTD_BLOCKS_FREE: usize = 4_096;

/// Bytes that blocks of a zstd frame hold on average beyond [`ZSTD_BLOCKS_FREE`]: an ordinary one has 128 KiB.
pub const ZSTD_BLOCK_BYTES_MIN: usize = 1 << 10;

/// Bytes of an answer from which on it is compressed, if the client takes gzip: some thousand predictions. Writing
/// fewer takes less time than compressing them.
pub const ANSWER_COMPRESSED_BYTES_MIN: usize = 16 << 10;

/// Bytes of texts, times the lengths of terms, up to which the thread that read a request also answers it: half a
/// millisecond.
pub const IN_PLACE_TEXT_BYTES_MAX: usize = 4 << 10;

/// Bytes of a body of CSV in which a quote is looked for, to know whether its cells are in quotes at all before it is cut
/// into pieces: whoever quotes does it in the first rows.
pub const QUOTE_SAMPLE_BYTES: usize = 64 << 10;

/// Bytes of a compressed body up to which the thread that read a request also decompresses it. At its slowest,
/// with a table of codes for every few bytes, that takes about a millisecond.
pub const COMPRESSED_IN_PLACE_BYTES_MAX: usize = 4 << 10;

/// Requests that may queue for each compute thread. A large request takes tens of milliseconds; a client that
/// would wait longer than eight of them is served sooner by another instance, which clients try on 503.
pub const QUEUE_PER_COMPUTE_THREAD: usize = 8;

/// Bytes of a compute thread's stack: decoding and predicting are loops over buffers on the heap.
pub const COMPUTE_STACK_BYTES: usize = 512 << 10;

/// Pipelined requests of one connection that are answered before other connections get their turn.
pub const PIPELINE_TURN_MAX: usize = 32;

/// Bytes of answers that are gathered from pipelined requests before they are written.
pub const OUTPUT_GATHERED_BYTES_MAX: usize = 64 << 10;

/// Bytes that are read and dropped after a head or framing that breaks the rules, so that the answer is not lost with the
/// reset that closing on unread bytes would send. Of a body in order that is refused, everything is read.
pub const LINGER_BYTES_MAX: usize = 1 << 20;

/// How long such bytes are read: a client on a slow link needs a round trip to see the answer, and a proxy may write the
/// rest of the body before it looks.
pub const LINGER: Duration = Duration::from_secs(2);

/// How long a connection may stay open without a request. Longer than the keep-alive of the proxies in front
/// (60 s is common), so that they close first and no request meets a closing connection.
pub const IDLE: Duration = Duration::from_secs(120);

/// How long a head may take from its first byte to its last: any client sends it in one go.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a body may take before it must keep up [`BODY_RATE_MIN`]: a proxy may buffer its start.
pub const BODY_GRACE: Duration = Duration::from_secs(10);

/// How long a client may take no byte of its answer: one that reads at all reads within seconds.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// How long connections without a request may send one more after SIGTERM: a request in flight arrives within
/// a round trip.
pub const DRAIN_IDLE: Duration = Duration::from_secs(1);

/// How long requests have to be answered after SIGTERM: the platform kills after 30 s.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(25);

/// How long the last connections have to complete their handshake after SIGTERM: a round trip within a region
/// takes about a millisecond.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_millis(20);

/// How often deadlines are checked: often enough for deadlines of seconds, and rarely enough that ten
/// thousand idle connections cost nothing.
pub const SWEEP_INTERVAL: Duration = Duration::from_millis(250);

/// Connections that the system may hold before they are accepted; its own `somaxconn` (4,096 since Linux 5.4)
/// caps it.
pub const BACKLOG: i32 = 4_096;

/// Connections that are accepted before the acceptor looks for signals.
pub const ACCEPTED_AT_ONCE: i32 = 64;

/// How long accepting pauses when the system has no descriptor or memory for one more connection: evicting one
/// takes a millisecond.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// How often the log repeats that the system has none: a line per second is enough to find the cause.
pub const EXHAUSTION_LOG_INTERVAL: Duration = Duration::from_secs(1);

/// Milliseconds after which an unacknowledged answer or probe ends a connection: the client's machine is gone.
pub const USER_TIMEOUT_MS: u32 = 60_000;

/// Events that one wait takes from the kernel: at 16 bytes each, a page of the stack.
pub const EVENTS_MAX: usize = 256;

/// Descriptors that are not connections: listener, pollers, wake-ups, signals, standard streams, model files.
pub const DESCRIPTORS_KEPT: u64 = 64;

/// Connections at once, where the system's own limit on descriptors is higher: ten times what a load
/// balancer opens to one instance, at some 250 bytes each while idle (measured).
pub const CONNECTIONS_MAX: usize = 20_000;

/// Connections for which a worker keeps room when the last one has gone: with fewer, making room anew costs nothing.
pub const CONNECTIONS_KEPT: usize = 256;

/// How long `sagelet ping` waits for an answer, as long as the platform waits for `/ping`.
pub const PING_TIMEOUT: Duration = Duration::from_secs(2);

/// Bytes of the answer that `sagelet ping` reads: a reason and its headers.
pub const PING_ANSWER_BYTES_MAX: u64 = 16 << 10;

/// Megabytes that a batch job sends at once unless it is configured otherwise: the platform's own default.
pub const BATCH_PAYLOAD_MB: usize = 6;

/// Megabytes that a batch job may send in all requests at once together: the platform allows no more.
pub const BATCH_PAYLOADS_MB_MAX: usize = 100;

/// How long a request may take before the log calls it slow: the platform's tightest deadline is a minute,
/// and a row takes microseconds.
pub const SLOW: Duration = Duration::from_secs(1);

/// How long log lines gather after others were written: a busy server writes a hundred times a second, not
/// once per request.
pub const LOG_GATHER: Duration = Duration::from_millis(10);

/// How long the end of the program waits for the log to take its last lines.
pub const LOG_FLUSH_TIMEOUT: Duration = Duration::from_millis(500);

/// Bytes of a line of the log, its end included: a reason of the largest size fits, and log agents cut lines of
/// 16 KiB and more into pieces.
pub const LOG_LINE_BYTES_MAX: usize = 4 << 10;

/// Bytes of a path in a line of the log: the names of models that a platform makes have up to 64 characters.
pub const LOG_PATH_BYTES_MAX: usize = 512;

/// Bytes of an identifier from a header in a line of the log: X-Ray's have some 100.
pub const LOG_ID_BYTES_MAX: usize = 256;

/// Bytes that a buffer of the log keeps when its lines are written: a hundredth of a second of a busy server.
pub const LOG_BUFFER_BYTES_KEPT: usize = 64 << 10;

/// Bytes of lines that may wait for the log to take them: ten thousand requests' worth. Past it, lines are
/// counted and dropped.
pub const LOG_BYTES_WAITING_MAX: usize = 1 << 20;

/// Bytes of memory that the models of a multi-model server take together, unless `SAGELET_MODELS_BYTES` says
/// otherwise.
pub const MODELS_BYTES_MAX: usize = 256 << 20;

/// How many times its own bytes an artifact takes while it is loaded, beside what it becomes: the file, its payload, and
/// the form that linfa's type is read from.
pub const LOADING_FACTOR: usize = 3;

/// Bytes of memory that a floating-point number of an artifact becomes: in the document, in the model, and while lists
/// of them grow.
pub const LOADED_NUMBER_BYTES: usize = 40;

/// Bytes of memory that any other item of an artifact becomes at most: a feature without a name, or a category with its
/// place in a table.
pub const LOADED_ITEM_BYTES: usize = 144;

/// How long the first line of the log waits for the model. A model of ordinary size is loaded in milliseconds, and who
/// waits for the line can predict at once.
pub const LOADING_GRACE: Duration = Duration::from_secs(1);

/// Models on one page of a list, as in the platform's own multi-model server.
pub const MODELS_LISTED_MAX: usize = 100;

/// Bytes of training data that one thread works on at once: a tenth of a second of work at most, so that threads
/// share files evenly, and enough rows that merging what they add up to costs little.
pub const TRAINING_CHUNK_BYTES: usize = 1 << 20;

/// Bytes of all checkpoints of a job: 60 passes over the Hessian of 2,000 unknowns. What a pass beyond has added up to
/// is not kept, and is passed again.
pub const CHECKPOINT_BYTES_MAX: u64 = 2 << 30;

/// Bytes of finished passes that wait in memory until they are written: two Hessians of 2,000 unknowns.
pub const CHECKPOINT_WAITING_BYTES_MAX: usize = 64 << 20;

/// Time for which training waits until the FIFO of an epoch is there, in Pipe mode: the platform makes it within
/// seconds of the one before it being read.
pub const TRAINING_PIPE_WAIT: Duration = Duration::from_secs(120);

/// Bytes of an npy file of training data, which is read whole. Larger tables come in several files.
pub const TRAINING_NPY_BYTES_MAX: usize = 1 << 30;

/// Columns that training fits: the factor of 4,096 columns takes 134 MB, and each thread has one.
pub const TRAINING_COLUMNS_MAX: usize = 4_096;

/// Sums of chunks that training holds beside two for each thread: that of all chunks, and what a step makes of it.
pub const TRAINING_TABLES: usize = 2;

/// Bytes of memory that training takes beside sums of chunks and rows that it keeps: the program, its threads, chunks as
/// they are read, and the rows that were drawn to start from. Measured: 18 MB for two threads and ten columns.
pub const TRAINING_BYTES_KEPT: u64 = 20 << 20;

/// Folds of the training rows: each has tables of its own, in every chunk that is worked on.
pub const TRAINING_FOLDS_MAX: usize = 20;

/// Penalties of a path: more are no finer than what folds can tell apart.
pub const TRAINING_PATH_MAX: usize = 1_000;

/// Held-out rows whose scores are sorted for a threshold: 100 MB of them.
pub const TRAINING_SCORES_MAX: usize = 1 << 22;

/// Bytes of decoded rows that are kept between passes if neither the settings nor the container's limit say how
/// many.
pub const TRAINING_MEMORY_BYTES: u64 = 1 << 30;

/// Bytes that names of columns may take without being reserved.
pub const CSV_NAMES_BYTES_FREE: usize = 64 << 10;

/// Numbers that a tensor may have beyond the columns of the model before it is refused without counting them.
pub const RECORD_NUMBERS_SPARE_MAX: usize = 64 << 10;

/// Pieces that one write takes: the head and the body of an answer, and what was gathered before them.
pub const PIECES_WRITTEN_AT_ONCE_MAX: usize = 4;

/// How many categories an error lists.
pub const ERROR_CATEGORIES_MAX: usize = 5;
