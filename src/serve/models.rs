//! `/models…`: requests to load, list, describe and unload the models of a multi-model endpoint.

use serde::Deserialize;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::store::{Listing, ModelStore};
use super::web::{Request, Response};
use crate::limits::MODELS_LISTED_MAX;

/// The body of a request to load a model.
#[derive(Deserialize)]
struct LoadRequest {
    model_name: String,
    url: String,
}

/// `POST /models`
pub(super) fn load(store: &ModelStore, body: &[u8]) -> Result<Response, Refusal> {
    let request: LoadRequest = serde_json::from_slice(body).map_err(|error| Refusal::Body {
        expected: "{\"model_name\": …, \"url\": …}",
        reason: error.to_string(),
    })?;
    store.load(&request.model_name, &request.url)?;
    Ok(Response::json(&json!({ "status": "Workers scaled" })))
}

/// `GET /models`: a page of the models in the order of their names; `nextPageToken` says where the next page
/// begins.
pub(super) fn list(store: &ModelStore, request: Request<'_>) -> Response {
    let number = |name| request.parameter(name).and_then(|text| text.parse().ok());
    let limit = number("limit").unwrap_or(MODELS_LISTED_MAX);
    let limit = limit.clamp(1, MODELS_LISTED_MAX);
    let start: usize = number("next_page_token").unwrap_or(0);
    let (page, has_more) = store.page(start, limit);
    let page: Vec<_> = page.iter().map(description).collect();
    let mut list = json!({ "models": page });
    if let (true, Some(fields)) = (has_more, list.as_object_mut()) {
        let next = start.saturating_add(limit).to_string();
        fields.insert("nextPageToken".to_owned(), next.into());
    }
    Response::json(&list)
}

/// `GET /models/NAME`
pub(super) fn describe(store: &ModelStore, name: &str) -> Result<Response, Refusal> {
    let listing = store.describe(name)?;
    Ok(Response::json(&description(&listing)))
}

/// `DELETE /models/NAME`
pub(super) fn unload(store: &ModelStore, name: &str) -> Result<Response, Refusal> {
    store.unload(name)?;
    let status = format!("Model \"{name}\" unregistered");
    Ok(Response::json(&json!({ "status": status })))
}

fn description(listing: &Listing) -> Value {
    json!({ "modelName": listing.name, "modelUrl": listing.url })
}
