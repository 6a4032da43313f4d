//! `/execution-parameters`: what batch transform asks before it sends the first rows.

use rouille::Response;
use serde_json::json;

use super::app::App;
use super::response;

/// What a batch job sends at once unless it is told otherwise: the platform's own default.
const PAYLOAD_MB: usize = 6;

/// The platform allows no more than this for all requests at once together.
const PAYLOADS_MB_MAX: usize = 100;

/// As many requests at once as there are threads to work on them, of the platform's usual size, or of the
/// largest body if that is smaller.
pub(super) fn answer(app: &App) -> Response {
    let payload = PAYLOAD_MB.min((app.body_bytes >> 20).max(1));
    let transforms = app.compute_threads.clamp(1, PAYLOADS_MB_MAX / payload);
    response::json(&json!({
        "MaxConcurrentTransforms": transforms,
        "BatchStrategy": "MULTI_RECORD",
        "MaxPayloadInMB": payload,
    }))
}
