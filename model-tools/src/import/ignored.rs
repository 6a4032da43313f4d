//! Finding of keys that a document has no place for, such as a misspelt "featurs".

use sagelet::artifact::Document;
use serde_json::Value;

/// The keys of `source` that are not in the document read from it, a line each.
///
/// The document is written again and compared: what reading passed over is missing in it. (A reader that
/// counts unknown keys as it goes sees none inside of an enum with a tag, which `model` is.)
pub(super) fn keys(source: &Value, document: &Document) -> Vec<String> {
    let mut lines = Vec::new();
    if let Ok(written) = serde_json::to_value(document) {
        compare(source, Some(&written), "", &mut lines);
    }
    lines
}

fn compare(source: &Value, written: Option<&Value>, path: &str, lines: &mut Vec<String>) {
    match source {
        Value::Object(entries) => {
            for (key, value) in entries {
                let path = match path {
                    "" => key.clone(),
                    _ => format!("{path}.{key}"),
                };
                let counterpart = written.and_then(|written| written.get(key));
                if counterpart.is_none() && !is_empty(value) {
                    lines.push(format!("unknown key \"{path}\""));
                } else {
                    compare(value, counterpart, &path, lines);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items
                .iter()
                .enumerate()
                .filter(|(_, item)| item.is_object())
            {
                let counterpart = written.and_then(|written| written.get(index));
                compare(item, counterpart, &format!("{path}[{index}]"), lines);
            }
        }
        _ => {}
    }
}

/// Whether a value says nothing, so that leaving it out loses nothing.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty() || entries.values().all(is_empty),
        _ => false,
    }
}
