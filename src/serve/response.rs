//! Answers as rouille has them.

use std::borrow::Cow;

use rouille::{Response, ResponseBody};

/// Names and values.
pub(super) type Headers = Vec<(Cow<'static, str>, Cow<'static, str>)>;

/// An answer of these parts and no others.
pub(super) fn with(status_code: u16, headers: Headers, data: ResponseBody) -> Response {
    Response {
        status_code,
        headers,
        data,
        upgrade: None,
    }
}

/// 200 without a body.
pub(super) fn empty() -> Response {
    with(200, Vec::new(), ResponseBody::empty())
}

/// 200 with a body of this type.
pub(super) fn content(media_type: &'static str, body: Vec<u8>) -> Response {
    let headers: Headers = vec![("Content-Type".into(), media_type.into())];
    with(200, headers, ResponseBody::from_data(body))
}

/// 200 with JSON.
pub(super) fn json(value: &serde_json::Value) -> Response {
    content("application/json", value.to_string().into_bytes())
}
