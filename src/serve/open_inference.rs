//! Open Inference Protocol V2 over REST: health, metadata and inference.

use rouille::{Request, Response};
use serde_json::{Value, json};

use super::app::App;
use super::models::decoded;
use super::placement::Loaded;
use super::refusal::Refusal;
use super::routes::{Trace, path, refused};
use super::{invocations, response};
use crate::artifact::Feature;
use crate::codec::{Datatype, Shape};

/// The only version of a model: which artifact it is, its digest says.
const MODEL_VERSION: &str = "1";

/// Answers a request of the protocol; `segments` are those after `/v2`.
pub(super) fn answer(
    app: &App,
    segments: &[&str],
    request: &Request,
    body: &[u8],
    trace: &mut Trace,
) -> Result<Response, Refusal> {
    let method = request.method();
    let segments = match segments {
        ["models", name, "versions", MODEL_VERSION, rest @ ..] => {
            [&["models", name], rest].concat()
        }
        other => other.to_vec(),
    };
    match (segments.as_slice(), method) {
        ([] | [""], "GET") => Ok(response::json(&json!({
            "name": "sagelet", "version": env!("CARGO_PKG_VERSION"), "extensions": [],
        }))),
        (["health", "live"], "GET") => Ok(response::json(&json!({ "live": true }))),
        (["health", "ready"], "GET") => app
            .ready()
            .map(|()| response::json(&json!({ "ready": true }))),
        (["models", name], "GET") => app.with_model(&decoded(name), |loaded| {
            Ok(response::json(&metadata(loaded)))
        }),
        (["models", name, "ready"], "GET") => app.with_model(&decoded(name), |loaded| {
            Ok(response::json(
                &json!({ "name": loaded.name, "ready": true }),
            ))
        }),
        (["models", name, "infer"], "POST") => app.with_model(&decoded(name), |loaded| {
            infer(app, loaded, request, body, trace)
        }),
        (["models", _, "infer"], _) => Err(refused(path(request), method, "POST")),
        ([] | [""] | ["health", "live" | "ready"] | ["models", _] | ["models", _, "ready"], _) => {
            Err(refused(path(request), method, "GET"))
        }
        _ => Err(Refusal::UnknownPath(path(request).to_owned())),
    }
}

fn infer(
    app: &App,
    loaded: &Loaded,
    request: &Request,
    body: &[u8],
    trace: &mut Trace,
) -> Result<Response, Refusal> {
    if request.header("Inference-Header-Content-Length").is_some() {
        return Err(Refusal::Parameter(
            "tensors in binary are not read: send \"data\" as JSON".to_owned(),
        ));
    }
    invocations::answer_json(app, loaded, Some(Shape::Tensors), body, trace)
}

/// What the model takes and gives. Rows of numbers are one tensor; features of several types are one each.
fn metadata(loaded: &Loaded) -> Value {
    let document = &loaded.artifact.document;
    let numbers = document
        .features
        .iter()
        .all(|feature| feature.encoding.is_none());
    let inputs: Vec<Value> = if numbers {
        vec![tensor("input-0", "FP64", Some(document.features.len()))]
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
        tensor("predict", "FP64", (targets > 1).then_some(targets))
    } else {
        tensor("predict", Datatype::of_labels(labels).name(), None)
    }];
    if loaded.model.has_probabilities() {
        outputs.push(tensor("predict_proba", "FP64", Some(labels.len())));
    }
    json!({
        "name": loaded.name,
        "versions": [MODEL_VERSION],
        "platform": "sagelet",
        "inputs": inputs,
        "outputs": outputs,
    })
}

fn tensor(name: &str, datatype: &str, columns: Option<usize>) -> Value {
    match columns {
        Some(columns) => json!({ "name": name, "datatype": datatype, "shape": [-1, columns] }),
        None => json!({ "name": name, "datatype": datatype, "shape": [-1] }),
    }
}

fn datatype(feature: &Feature) -> &'static str {
    match &feature.encoding {
        None => "FP64",
        Some(encoding) => Datatype::of_labels(encoding.categories()).name(),
    }
}
