//! `/invocations`: rows in, predictions out, in the formats that the request's headers name.

use super::app::App;
use super::loaded::LoadedModel;
use super::refusal::Refusal;
use super::web::{Request, Response};
use crate::codec::{self, Accept, Asked, ContentType, Format, Predictions, Shape};

const CUSTOM_ATTRIBUTES: &str = "X-Amzn-SageMaker-Custom-Attributes";

/// Predicts the rows of a body.
pub(super) fn answer(
    app: &App,
    loaded: &LoadedModel,
    request: Request<'_>,
    body: &[u8],
) -> Result<Response, Refusal> {
    let content_type = content_type(request, body)?;
    let format = answer_format(app, request, content_type.format.answer())?;
    let response = predict(app, loaded, (content_type, format), None, body)?;
    // The platform gives the caller only what the answer sets.
    if app.settings.echo_custom_attributes
        && let Some(attributes) = request.header(CUSTOM_ATTRIBUTES)
    {
        return Ok(response.with(CUSTOM_ATTRIBUTES, attributes.to_owned()));
    }
    Ok(response)
}

/// Predicts the rows of a JSON body, and answers in JSON of this shape; in the one that goes with the
/// request's, if there is none.
pub(super) fn answer_json(
    app: &App,
    loaded: &LoadedModel,
    shape: Option<Shape>,
    body: &[u8],
) -> Result<Response, Refusal> {
    let json = (ContentType::of(Format::Json), Format::Json);
    predict(app, loaded, json, shape, body)
}

fn predict(
    app: &App,
    loaded: &LoadedModel,
    (content_type, format): (ContentType, Format),
    shape: Option<Shape>,
    body: &[u8],
) -> Result<Response, Refusal> {
    let (outputs, asked) = codec::predict(&loaded.model, content_type, body)?;
    let rows = outputs.rows();
    let asked = Asked {
        shape: shape.unwrap_or(asked.shape),
        ..asked
    };
    let predictions =
        Predictions::new(&loaded.model, outputs, &app.settings.fields).of_model(&loaded.name);
    let answer = codec::encode(format, &predictions, &asked)?;
    Ok(Response::content(format.media_type(), answer).for_rows(rows))
}

/// The type of the request's body. Where the client names none: JSON if it begins as JSON does, else CSV.
fn content_type(request: Request<'_>, body: &[u8]) -> Result<ContentType, Refusal> {
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
fn answer_format(app: &App, request: Request<'_>, of_request: Format) -> Result<Format, Refusal> {
    let default = app.settings.accept.as_ref();
    let default = default
        .and_then(|accept| accept.choose(of_request))
        .unwrap_or(of_request);
    let Some(accept) = request.header("Accept") else {
        return Ok(default);
    };
    let chosen = Accept::parse(accept).choose(default);
    chosen.ok_or_else(|| Refusal::NotAcceptable(accept.to_owned()))
}
