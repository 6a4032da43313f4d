//! The integration tests: one binary that drives the real `sagelet` over real sockets and real files.
//!
//! | module | what it protects |
//! | --- | --- |
//! | [`architecture`] | imports between rooms run as docs/architecture.md says |
//! | [`artifact`] | every way in which a file can be no artifact has its own error |
//! | [`damage`] | no truncation and no flipped bit of an artifact goes unnoticed |
//! | [`derived`] | columns that are computed from others have the numbers of scikit-learn, in every format |
//! | [`linfa_shapes`] | linfa's fitted types still have the serde form that models are built through |
//! | [`predictions`] | predictions are what the formulas say; documents survive a round trip |
//! | [`serving`] | `/ping` and `/invocations`, in every state of the model directory |
//! | [`numbers`] | numbers come out as they went in, in order |
//! | [`cells`] | each sort of cell, as each format carries or refuses it |
//! | [`cases`] | requests and their answers on disk, in `cases/invocations` and `cases/hosting` |
//! | [`labels`] | several labels per row, votes, averages and thresholds, in every format |
//! | [`agreement`] | the same rows in every format give the same predictions to the bit |
//! | [`compression`] | compressed bodies are read, and none costs more than it may |
//! | [`configuration`] | every variable: what a wrong value does, and that a right one is heeded |
//! | [`multi_model`] | models are loaded, listed, used and unloaded by request |
//! | [`open_inference`] | tensors as bytes, repository, configuration and statistics of Open Inference |
//! | [`explained`] | contributions are those of shap, intervals those of statsmodels and R |
//! | [`metrics`] | `/metrics` is what a Prometheus parser reads, and counts what happened |
//! | [`logs`] | a line a request, in text or JSON, none for probes |
//! | [`headers`] | answers have the headers they should and no others |
//! | [`training`] | `sagelet train`: channels, hyperparameters, the failure file |
//! | [`lifecycle`] | signals, ports, exit codes, environment variables |
//! | [`program_name`] | `serve` and `train` as names of the program, words after them |
//! | [`examples`] | data, artifact and expected predictions in `examples/` belong together |
//! | [`transcripts`] | the requests of docs/migration.md and docs/troubleshooting.md are answered as they say |
//! | [`converted`] | a converted pipeline, served, predicts what scikit-learn does |
//! | [`framing`] | HTTP/1.1 as RFC 9112 has it, by the cases in `cases/http`: what is refused is refused for good |
//! | [`pieces`] | requests that arrive in pieces, wherever they are cut; 100-continue; HEAD |
//! | [`large`] | a large body is answered by several threads as by one |
//! | [`caps`] | requests that are too large are refused before they are read |
//! | [`deadlines`] | clients that are too slow, or do nothing, are let go |
//! | [`promises`] | docs/promises.md names tests that there are |
//! | [`overload`] | floods and stalls: the next client is served, and memory comes back |
//! | [`faults`] | clients that vanish, descriptors that run out |
//! | [`surroundings`] | odd files called model.cbor, files that change, a process that is stopped and continued |
//! | [`signatures`] | only models that a trusted key signs are served, where a key is set |
//! | [`shutdown`] | SIGTERM loses no request |
//!
//! [`harness`] starts the program (`SAGELET_BINARY` names another build of it, such as the static one) and
//! speaks raw HTTP to it. Its client checks the headers of every answer it reads.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod harness;

mod agreement;
mod architecture;
mod artifact;
mod caps;
mod cases;
mod cells;
mod compression;
mod configuration;
mod converted;
mod damage;
mod deadlines;
mod derived;
mod examples;
mod explained;
mod faults;
mod framing;
mod headers;
mod labels;
mod large;
mod lifecycle;
mod linfa_shapes;
mod logs;
mod metrics;
mod multi_model;
mod numbers;
mod open_inference;
mod overload;
mod pieces;
mod predictions;
mod program_name;
mod promises;
mod serving;
mod shutdown;
mod signatures;
mod surroundings;
mod training;
mod transcripts;
