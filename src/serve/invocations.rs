//! `/invocations`: rows in, predictions out, in the formats that the request's headers name.

use rouille::{Request, Response};

use super::app::App;
use super::placement::Loaded;
use super::refusal::Refusal;
use super::response;
use super::routes::Trace;
use crate::codec::{self, Accept, ContentType, Format, ResponseOptions, Shape};
use crate::score;

const CUSTOM_ATTRIBUTES: &str = "X-Amzn-SageMaker-Custom-Attributes";

/// Predicts the rows of a body.
pub(super) fn answer(
    app: &App,
    loaded: &Loaded,
    request: &Request,
    body: &[u8],
    trace: &mut Trace,
) -> Result<Response, Refusal> {
    let content_type = content_type(request, body)?;
    let format = answer_format(app, request, content_type.format.answer())?;
    let mut response = predict(app, loaded, (content_type, format), None, body, trace)?;
    // The platform gives the caller only what the answer sets.
    if app.serving.echo_custom_attributes
        && let Some(attributes) = request.header(CUSTOM_ATTRIBUTES)
    {
        let attributes = attributes.to_owned().into();
        response
            .headers
            .push((CUSTOM_ATTRIBUTES.into(), attributes));
    }
    Ok(response)
}

/// Predicts the rows of a JSON body, and answers in JSON of this shape; in the one that goes with the
/// request's, if there is none.
pub(super) fn answer_json(
    app: &App,
    loaded: &Loaded,
    shape: Option<Shape>,
    body: &[u8],
    trace: &mut Trace,
) -> Result<Response, Refusal> {
    let json = (ContentType::of(Format::Json), Format::Json);
    predict(app, loaded, json, shape, body, trace)
}

fn predict(
    app: &App,
    loaded: &Loaded,
    (content_type, format): (ContentType, Format),
    shape: Option<Shape>,
    body: &[u8],
    trace: &mut Trace,
) -> Result<Response, Refusal> {
    let (outputs, options) = score::score(&loaded.model, content_type, body)?;
    trace.rows = outputs.rows();
    let options = ResponseOptions {
        shape: shape.unwrap_or(options.shape),
        ..options
    };
    let predictions = score::predictions(&loaded.model, outputs, &app.serving.fields);
    let predictions = predictions.of_model(&loaded.name);
    let answer = codec::encode(format, &predictions, &options)?;
    Ok(response::content(format.media_type(), answer))
}

/// The type of the request's body. Where the client names none: JSON if it begins as JSON does, else CSV.
fn content_type(request: &Request, body: &[u8]) -> Result<ContentType, Refusal> {
    match request.header("Content-Type") {
        Some(header) if !header.trim().is_empty() => Ok(ContentType::parse(header)?),
        _ => match body.trim_ascii_start().first() {
            Some(b'{' | b'[') => Ok(ContentType::of(Format::Json)),
            _ => Ok(ContentType::of(Format::Csv)),
        },
    }
}

/// What the client accepts; where it takes anything, the format of `SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT`,
/// else the one that goes with the request's.
fn answer_format(app: &App, request: &Request, of_request: Format) -> Result<Format, Refusal> {
    let default = app.serving.accept.as_ref();
    let default = default
        .and_then(|accept| accept.choose(of_request))
        .unwrap_or(of_request);
    let Some(accept) = request.header("Accept") else {
        return Ok(default);
    };
    let chosen = Accept::parse(accept).choose(default);
    chosen.ok_or_else(|| Refusal::NotAcceptable(accept.to_owned()))
}
