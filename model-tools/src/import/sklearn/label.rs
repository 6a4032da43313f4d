//! Classes and categories: the labels of an artifact out of arrays of numpy.

use sagelet::artifact::Label;

use super::step::{Outcome, Step};
use crate::import::limits::PAYLOAD_BYTES_MAX;
use crate::import::objects::{Kind, Node, Value};

/// What labels and categories are that take more than [`PAYLOAD_BYTES_MAX`].
pub(super) const TOO_LARGE: &str = "more texts than a linear model needs";

/// The labels in an array, in its order.
pub(super) fn all(step: &Step<'_>, name: &str, value: Value<'_>) -> Outcome<Vec<Label>> {
    all_but(step, name, value, None, &Label::Boolean(false))
}

/// The labels in an array, with another one in one place.
pub(super) fn all_but(
    step: &Step<'_>,
    name: &str,
    value: Value<'_>,
    place: Option<usize>,
    instead: &Label,
) -> Outcome<Vec<Label>> {
    let array = value.array().ok_or_else(|| step.wrong(name, "an array"))?;
    if value.copied_bytes() > PAYLOAD_BYTES_MAX {
        return Err(step.refuse(format_args!("{name} holds {TOO_LARGE}")));
    }
    let or_instead = |index: usize, label: Option<Label>| match place {
        Some(place) if place == index => Some(instead.clone()),
        _ => label,
    };
    let labels = match array.dtype.kind {
        Kind::Object => value.elements().and_then(|elements| {
            let labels = elements.map(of_object).enumerate();
            labels
                .map(|(index, label)| or_instead(index, label))
                .collect::<Option<Vec<_>>>()
        }),
        Kind::Text | Kind::Bytes => array
            .texts(value.objects())
            .ok()
            .map(|texts| texts.into_iter().map(Label::Text).collect()),
        // Whole numbers keep their digits: beyond 2^53 a float has no place for them.
        Kind::Integer | Kind::Unsigned => array.integers(value.objects()).map(|numbers| {
            let labels = numbers.into_iter().map(Label::Integer).enumerate();
            let labels = labels.filter_map(|(index, label)| or_instead(index, Some(label)));
            labels.collect()
        }),
        kind => array.floats(value.objects()).ok().and_then(|numbers| {
            let labels = numbers.into_iter().enumerate();
            labels
                .map(|(index, number)| or_instead(index, of_number(kind, number)))
                .collect()
        }),
    };
    labels.ok_or_else(|| {
        step.refuse(format_args!(
            "{name} has values that are neither texts nor whole numbers nor True and False"
        ))
    })
}

/// The label that one value is.
pub(super) fn one(step: &Step<'_>, name: &str, value: Value<'_>) -> Outcome<Label> {
    of_object(value).ok_or_else(|| step.wrong(name, "a text, a whole number, True or False"))
}

/// Whether Python takes two labels for the same: `True` is 1 there.
pub(super) fn same(one: &Label, other: &Label) -> bool {
    let number = |label: &Label| match label {
        Label::Boolean(truth) => Some(i64::from(*truth)),
        Label::Integer(number) => Some(*number),
        Label::Text(_) => None,
    };
    one == other || number(one).is_some_and(|own| number(other) == Some(own))
}

fn of_object(value: Value<'_>) -> Option<Label> {
    match value.node() {
        Node::Bool(truth) => Some(Label::Boolean(*truth)),
        Node::Integer(number) => Some(Label::Integer(*number)),
        Node::Array(array) if matches!(array.dtype.kind, Kind::Text | Kind::Object) => None,
        Node::Array(array) if matches!(array.dtype.kind, Kind::Integer | Kind::Unsigned) => {
            let numbers = array.integers(value.objects())?;
            numbers.first().copied().map(Label::Integer)
        }
        Node::Array(array) => of_number(array.dtype.kind, value.number()?),
        Node::Float(number) => of_number(Kind::Float, *number),
        _ => value.text().map(|text| Label::Text(text.to_owned())),
    }
}

fn of_number(kind: Kind, number: f64) -> Option<Label> {
    match kind {
        Kind::Bool => Some(Label::Boolean(number != 0.0)),
        _ => Label::of_whole(number),
    }
}
