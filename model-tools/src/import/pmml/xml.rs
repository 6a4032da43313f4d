//! Elements and attributes, and errors that name their lines.

use roxmltree::Node;

use super::PmmlError;

use crate::import::limits::XML_REASON_CHARS_MAX;

/// The children of a name, in whichever version's name space.
pub(super) fn children<'a, 'input>(
    node: Node<'a, 'input>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    elements(node).filter(move |child| child.tag_name().name() == name)
}

/// The children that say something.
pub(super) fn elements<'a, 'input>(
    node: Node<'a, 'input>,
) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children()
        .filter(|child| child.is_element() && child.tag_name().name() != "Extension")
}

/// A refusal of an element, by its line.
pub(super) fn wrong(node: Node<'_, '_>, reason: impl Into<String>) -> PmmlError {
    let line = node.document().text_pos_at(node.range().start).row;
    let mut reason: String = reason.into();
    if let Some((cut, _)) = reason.char_indices().nth(XML_REASON_CHARS_MAX) {
        reason.truncate(cut);
        reason.push('…');
    }
    PmmlError::Element { line, reason }
}

/// An attribute that has to be there.
pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Result<&'a str, PmmlError> {
    node.attribute(name)
        .ok_or_else(|| wrong(node, format!("{} has no {name}", node.tag_name().name())))
}

/// An attribute that has to be there and a finite number.
pub(super) fn number(node: Node<'_, '_>, name: &str) -> Result<f64, PmmlError> {
    finite(node, name, attribute(node, name)?)
}

/// The text of an attribute as a finite number.
pub(super) fn finite(node: Node<'_, '_>, name: &str, text: &str) -> Result<f64, PmmlError> {
    let number = text
        .trim()
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| wrong(node, format!("{name}={text:?} is not a finite number")))
}

/// Refuses attributes that are there and change what is predicted.
pub(super) fn refuse(node: Node<'_, '_>, names: &[&str]) -> Result<(), PmmlError> {
    match names.iter().find(|name| node.attribute(**name).is_some()) {
        Some(name) => Err(wrong(
            node,
            format!("{} with {name} is not supported", node.tag_name().name()),
        )),
        None => Ok(()),
    }
}
