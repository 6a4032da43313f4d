//! Sagelet: a complete SageMaker container for linear models in one static binary.
//!
//! # The flows
//! ```text
//! serve   socket -> transport (head, body) -> serve (route, handler) -> codec, model -> serve -> transport
//! train   hyperparameters, channels -> rows -> fit (linfa) -> artifact | failure file
//! tools   artifact or JSON -> Document -> inspect, check, convert, predict      (package model-tools)
//! ```
//!
//! # What holds everywhere
//! - [`artifact`] is the only way from bytes to a [`Document`](artifact::Document), and
//!   [`Model::load`](model::Model::load) the only way from there to a model: the code that serves an artifact
//!   is the code that inspects it.
//! - A model never sees a row of the wrong width or a number that is not finite: [`codec`] refuses them, with
//!   row, column and value.
//! - Nothing is allocated from a number that came from outside before it was compared with one of the
//!   [`limits`].
//! - A panic ends the request it happened in, not the process.
//!
//! # Deliberately absent
//! An async runtime; TLS (the platform ends it); writing anywhere while serving; executing anything read from
//! an artifact; `unsafe`.

pub mod account;
pub mod artifact;
pub mod codec;
#[cfg(any(feature = "serve", feature = "train"))]
pub mod config;
#[cfg(any(feature = "serve", feature = "train"))]
pub mod container;
pub mod limits;
#[cfg(any(feature = "serve", feature = "train"))]
pub mod log;
pub mod model;
pub mod protobuf;
pub mod rows;
pub mod score;
#[cfg(feature = "serve")]
pub mod serve;
pub mod text;
#[cfg(feature = "train")]
pub mod train;
#[cfg(feature = "serve")]
pub mod transport;

/// Name and version, as provenance, logs and `sagelet version` give them.
pub const PRODUCER: &str = concat!("sagelet ", env!("CARGO_PKG_VERSION"));

/// What the one model of an endpoint is called, where a protocol wants a name in its paths and answers.
pub const MODEL_NAME: &str = "model";

/// The only version of a model, where a protocol wants one. Its digest says which artifact it is.
pub const MODEL_VERSION: &str = "1";
