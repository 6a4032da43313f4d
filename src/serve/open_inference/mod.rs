//! Open Inference Protocol V2 over REST: health, metadata and inference.

mod description;
mod repository;

pub(super) use description::{config, metadata};
pub(super) use repository::{all_statistics, index, list, statistics};

use serde_json::json;

use super::app::App;
use super::body::Body;
use super::invocations;
use super::refusal::Refusal;
use super::selection::Selection;
use super::web::{Request, Response};
use crate::codec::TensorBody;

/// The field that says how many bytes of a body are JSON, if tensors follow as bytes.
const JSON_BYTES: &str = "Inference-Header-Content-Length";

/// What the server takes beside the protocol itself.
const EXTENSIONS: [&str; 4] = [
    "binary_tensor_data",
    "model_configuration",
    "model_repository",
    "statistics",
];

/// `/v2`
pub(super) fn server() -> Response {
    Response::json(&json!({
        "name": "sagelet", "version": env!("CARGO_PKG_VERSION"), "extensions": EXTENSIONS,
    }))
}

/// `/v2/health/live`
pub(super) fn live() -> Response {
    Response::json(&json!({ "live": true }))
}

/// `/v2/health/ready`
pub(super) fn ready(app: &App) -> Result<Response, Refusal> {
    app.ready()
        .map(|()| Response::json(&json!({ "ready": true })))
}

/// `/v2/models/NAME/ready`
pub(super) fn model_ready(app: &App, name: &str) -> Result<Response, Refusal> {
    app.with_model(name, |loaded| {
        let state = json!({ "name": loaded.name, "ready": true });
        Ok(Response::json(&state))
    })
}

/// `/v2/models/NAME/infer`
pub(super) fn infer(
    app: &App,
    name: &str,
    request: Request<'_>,
    body: Body<'_>,
) -> Result<Response, Refusal> {
    let json_bytes = request.header(JSON_BYTES).map(json_bytes).transpose()?;
    let selection = Selection::of(app, request)?;
    app.with_model(name, |loaded| {
        let selected = (TensorBody { json_bytes }, &selection);
        let answer = invocations::answer_tensors(app, loaded, selected, body)?;
        let encoded = answer.encoded;
        let response = match encoded.json_bytes {
            None => Response::content("application/json", encoded.body),
            Some(bytes) => Response::content("application/octet-stream", encoded.body)
                .with(JSON_BYTES, bytes.to_string()),
        };
        Ok(response.for_rows(answer.rows))
    })
}

fn json_bytes(value: &str) -> Result<usize, Refusal> {
    match value.trim().parse() {
        Ok(0) => Err(Refusal::Parameter(format!(
            "{JSON_BYTES} is 0: a tensor without JSON before it is not read"
        ))),
        Ok(bytes) => Ok(bytes),
        Err(_) => Err(Refusal::Parameter(format!(
            "{JSON_BYTES} is no number of bytes"
        ))),
    }
}
