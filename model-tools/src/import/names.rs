//! Lists of column names in files of their own: what people save beside a model as `columns.json`.

/// Bytes of such a file: names of two million columns, the most that there may be, take a few dozen bytes each.
const BYTES_MAX: usize = 64 << 20;

/// The names in a JSON list of texts, or in an object with one such list and no other; none in anything else.
pub(super) fn of_json(bytes: &[u8]) -> Option<Vec<String>> {
    if bytes.len() > BYTES_MAX || !matches!(bytes.trim_ascii_start().first(), Some(b'[' | b'{')) {
        return None;
    }
    let value: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    match &value {
        serde_json::Value::Object(entries) if !entries.contains_key("model") => {
            let mut lists = entries.values().filter_map(texts);
            lists.next().filter(|_| lists.next().is_none())
        }
        other => texts(other),
    }
}

/// A list of texts that is not empty.
fn texts(value: &serde_json::Value) -> Option<Vec<String>> {
    let elements = value.as_array().filter(|elements| !elements.is_empty())?;
    elements
        .iter()
        .map(|element| element.as_str().map(str::to_owned))
        .collect()
}
