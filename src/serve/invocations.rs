//! `/invocations`: rows in, predictions out, in the formats that the request's headers name.

use std::time::Instant;

use super::app::App;
use super::body::Body;
use super::loaded::LoadedModel;
use super::refusal::Refusal;
use super::selection::{CUSTOM_ATTRIBUTES, Selection};
use super::web::{Request, Response};
use crate::account::Account;
use crate::codec::{
    self, Accept, ContentType, Encoded, Field, Format, ResponseOptions, Shape, TensorBody,
};
use crate::score::{self, Explaining, Scored};
use crate::text::without_mark;

/// Predicts the rows of a body.
pub(super) fn answer(
    app: &App,
    loaded: &LoadedModel,
    request: Request<'_>,
    body: Body<'_>,
) -> Result<Response, Refusal> {
    let content_type = content_type(request, &body.bytes)?.or(app.settings.rows);
    let format = answer_format(app, request, content_type.format.answer())?;
    let scores = app.settings.json_scores && content_type.format != Format::Json;
    let shape = scores.then_some(Shape::Scores);
    let selection = Selection::of(app, request)?;
    let formats = (content_type, format);
    let answer = predict(app, loaded, formats, (shape, &selection), body)?;
    let media_type = answer.encoded.media_type(format);
    let response = Response::content(media_type, answer.encoded.body).for_rows(answer.rows);
    // The platform gives the caller only what the answer sets.
    if app.settings.echo_custom_attributes
        && let Some(attributes) = request.header(CUSTOM_ATTRIBUTES)
    {
        return Ok(response.with(CUSTOM_ATTRIBUTES, attributes.to_owned()));
    }
    Ok(response)
}

/// Predicts the rows of a JSON body, and answers in JSON of this shape, or of the one that goes with theirs.
pub(super) fn answer_json(
    app: &App,
    loaded: &LoadedModel,
    (shape, selection): (Option<Shape>, &Selection<'_>),
    body: Body<'_>,
) -> Result<Response, Refusal> {
    let json = (ContentType::of(Format::Json), Format::Json);
    let answer = predict(app, loaded, json, (shape, selection), body)?;
    let media_type = answer.encoded.media_type(Format::Json);
    Ok(Response::content(media_type, answer.encoded.body).for_rows(answer.rows))
}

/// An answer before it has its header fields.
pub(super) struct Answer {
    pub(super) encoded: Encoded,
    pub(super) rows: usize,
}

/// Predicts the rows of an Open Inference body, and answers in tensors.
pub(super) fn answer_tensors(
    app: &App,
    loaded: &LoadedModel,
    (form, selection): (TensorBody, &Selection<'_>),
    body: Body<'_>,
) -> Result<Answer, Refusal> {
    let formats = (ContentType::open_inference(form), Format::Json);
    predict(
        app,
        loaded,
        formats,
        (Some(Shape::Tensors), selection),
        body,
    )
}

fn predict(
    app: &App,
    loaded: &LoadedModel,
    (content_type, format): (ContentType, Format),
    (shape, selection): (Option<Shape>, &Selection<'_>),
    body: Body<'_>,
) -> Result<Answer, Refusal> {
    let began = Instant::now();
    let failed = || loaded.statistics.failed(began.elapsed());
    let (model, document) = (&loaded.model, &loaded.artifact.document);
    let scored = score_selected(
        app,
        loaded,
        content_type,
        selection,
        &body.bytes,
        body.account,
    );
    let (scored, explaining) = scored.inspect_err(|_| failed())?;
    let Scored {
        outputs,
        explained,
        options,
    } = scored;
    let account = body.free();
    let (rows, computed) = (outputs.rows(), began.elapsed());
    let options = ResponseOptions {
        shape: shape.unwrap_or(options.shape),
        ..options
    };
    let predictions = score::predictions(model, outputs, &selection.fields, account);
    let mut predictions = predictions.inspect_err(|_| failed())?;
    if let Some(explaining) = explaining {
        let fields = &selection.fields;
        let explanations = explaining.explanations(explained, document, fields, account);
        predictions = predictions.explained_by(explanations.inspect_err(|_| failed())?);
    }
    let predictions = predictions.of_model(&loaded.name);
    let encoded = codec::encode(format, &predictions, &options, account);
    let encoded = encoded.inspect_err(|_| failed())?;
    loaded.statistics.succeeded(rows, computed, began.elapsed());
    Ok(Answer { encoded, rows })
}

/// Predicts the rows, and explains them if fields of the answer do: those that are selected, or outputs that the body
/// names, which is known when its rows have been read.
fn score_selected<'m>(
    app: &App,
    loaded: &'m LoadedModel,
    content_type: ContentType,
    selection: &Selection<'_>,
    body: &[u8],
    account: &mut Account,
) -> Result<(Scored, Option<Explaining<'m>>), Refusal> {
    let (model, document) = (&loaded.model, &loaded.artifact.document);
    let mut score = |selection: &Selection<'_>| {
        let explaining = Explaining::of(model, document, selection.wanted())?;
        let work = (&app.helpers, explaining.as_ref());
        let scored = score::score_and_explain(model, content_type, body, account, work)?;
        Ok::<_, Refusal>((scored, explaining))
    };
    let (scored, explaining) = score(selection)?;
    let outputs = scored.options.outputs.iter();
    let fields = outputs.filter_map(|output| Field::parse(&output.name));
    let mut more = fields.filter(|field| field.explains() && !selection.fields.contains(field));
    match more.next() {
        None => Ok((scored, explaining)),
        Some(first) => score(&selection.with(std::iter::once(first).chain(more))),
    }
}

/// The type of the request's body. If the client names none: JSON if the body begins as JSON does, else CSV.
/// `application/octet-stream` is what clients send that do not know the type (RFC 9110, section 8.3).
fn content_type(request: Request<'_>, body: &[u8]) -> Result<ContentType, Refusal> {
    match request.header("Content-Type").map(str::trim) {
        Some(header) if !header.is_empty() && !is_octet_stream(header) => {
            Ok(ContentType::parse(header)?)
        }
        _ if begins_as_json(body) => Ok(ContentType::of(Format::Json)),
        _ => Ok(ContentType::of(Format::Csv)),
    }
}

fn is_octet_stream(header: &str) -> bool {
    let name = "application/octet-stream";
    let Some((essence, parameters)) = header.split_at_checked(name.len()) else {
        return false;
    };
    let parameters = parameters.trim_ascii_start();
    essence.eq_ignore_ascii_case(name) && (parameters.is_empty() || parameters.starts_with(';'))
}

fn begins_as_json(body: &[u8]) -> bool {
    matches!(without_mark(body).trim_ascii_start(), [b'{' | b'[', ..])
}

/// The format that the client accepts. For a client that accepts anything it is that of
/// `SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT`, else the one that goes with the request's.
fn answer_format(app: &App, request: Request<'_>, of_request: Format) -> Result<Format, Refusal> {
    let default = app.settings.accept.as_ref();
    let default = default
        .and_then(|accept| accept.choose(of_request))
        .unwrap_or(of_request);
    let Some(accept) = request.header_list("Accept") else {
        return Ok(default);
    };
    let chosen = Accept::parse(&accept).choose(default);
    chosen.ok_or_else(|| Refusal::NotAcceptable(accept.into_owned()))
}
