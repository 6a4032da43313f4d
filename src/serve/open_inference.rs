//! Open Inference Protocol V2 over REST: health, metadata and inference.

use serde_json::{Value, json};

use super::app::App;
use super::invocations;
use super::loaded::LoadedModel;
use super::refusal::Refusal;
use super::route::MODEL_VERSION;
use super::web::{Request, Response};
use crate::artifact::Feature;
use crate::codec::{Datatype, Shape};

/// `/v2`
pub(super) fn server() -> Response {
    Response::json(&json!({
        "name": "sagelet", "version": env!("CARGO_PKG_VERSION"), "extensions": [],
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

/// `/v2/models/NAME`
pub(super) fn model(app: &App, name: &str) -> Result<Response, Refusal> {
    app.with_model(name, |loaded| Ok(Response::json(&metadata(loaded))))
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
    body: &[u8],
) -> Result<Response, Refusal> {
    app.with_model(name, |loaded| {
        if request.header("Inference-Header-Content-Length").is_some() {
            return Err(Refusal::Parameter(
                "tensors in binary are not read: send \"data\" as JSON".to_owned(),
            ));
        }
        invocations::answer_json(app, loaded, Some(Shape::Tensors), body)
    })
}

/// What the model takes and gives. Rows of numbers are one tensor; features of several types are one each.
fn metadata(loaded: &LoadedModel) -> Value {
    let document = &loaded.artifact.document;
    let numbers = document
        .features
        .iter()
        .all(|feature| feature.encoding.is_none());
    let inputs: Vec<Value> = if numbers {
        vec![tensor(
            "input-0",
            Datatype::FP64,
            Some(document.features.len()),
        )]
    } else {
        let features = document.features.iter().enumerate();
        features
            .map(|(column, feature)| {
                tensor(&document.feature_name(column), datatype(feature), Some(1))
            })
            .collect()
    };
    let labels = document.model.labels();
    let mut outputs = vec![if labels.is_empty() {
        let targets = document.model.outputs();
        tensor("predict", Datatype::FP64, (targets > 1).then_some(targets))
    } else {
        tensor("predict", Datatype::of_labels(labels), None)
    }];
    if loaded.model.has_probabilities() {
        outputs.push(tensor("predict_proba", Datatype::FP64, Some(labels.len())));
    }
    json!({
        "name": loaded.name,
        "versions": [MODEL_VERSION],
        "platform": "sagelet",
        "inputs": inputs,
        "outputs": outputs,
    })
}

fn tensor(name: &str, datatype: Datatype, columns: Option<usize>) -> Value {
    let datatype = datatype.to_string();
    match columns {
        Some(columns) => json!({ "name": name, "datatype": datatype, "shape": [-1, columns] }),
        None => json!({ "name": name, "datatype": datatype, "shape": [-1] }),
    }
}

fn datatype(feature: &Feature) -> Datatype {
    match &feature.encoding {
        None => Datatype::FP64,
        Some(encoding) => Datatype::of_labels(encoding.categories()),
    }
}
