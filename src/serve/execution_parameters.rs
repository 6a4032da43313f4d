//! `/execution-parameters`: what batch transform asks before it sends the first rows.

use serde_json::json;

use super::app::App;
use super::web::Response;
use crate::limits::BATCH_PAYLOADS_MB_MAX;

/// As many requests at once as there are compute threads. Each has the platform's usual size, or that of the largest
/// body where it is set.
pub(super) fn answer(app: &App) -> Response {
    let payload = app.settings.batch_payload_mb;
    let transforms = app
        .compute_threads
        .clamp(1, (BATCH_PAYLOADS_MB_MAX / payload).max(1));
    Response::json(&json!({
        "MaxConcurrentTransforms": transforms,
        "BatchStrategy": "MULTI_RECORD",
        "MaxPayloadInMB": payload,
    }))
}
