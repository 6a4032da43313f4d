//! ColumnTransformer and FeatureUnion: which columns go through which transformers.

use super::step::{Outcome, Step};
use super::transformers;
use crate::import::linear::{Column, Conversion};
use crate::import::objects::{Node, Value};

/// The outputs of all transformers side by side, each on its own columns.
pub(super) fn column_transformer(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let names = names(step, columns, conversion)?;
    // `transformers` without underscore are the ones before training.
    let value = step.attribute("transformers_")?;
    let entries = value
        .elements()
        .ok_or_else(|| step.wrong("transformers_", "a list"))?;
    let mut output = Vec::new();
    for entry in entries {
        let (name, transformer, chosen) = triple(step, entry)?;
        let part = step.part(transformer, &format!("transformer {name:?}"))?;
        let selected: Vec<_> = indices(&part, chosen, names.as_deref(), columns.len())?
            .into_iter()
            .filter_map(|index| columns.get(index).cloned())
            .collect();
        if !selected.is_empty() {
            let made = transformers::apply(&part, &selected, conversion)?;
            output.extend(weighted(step, name, made, conversion)?);
        }
    }
    Ok(output)
}

/// The outputs of all transformers side by side, each on all columns.
pub(super) fn feature_union(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let mut output = Vec::new();
    for (name, part) in transformers::parts(step, "transformer_list")? {
        let made = transformers::apply(&part, columns, conversion)?;
        output.extend(weighted(step, name, made, conversion)?);
    }
    Ok(output)
}

/// The outputs of one transformer, times its weight if it has one.
fn weighted(
    step: &Step<'_>,
    name: &str,
    columns: Vec<Column>,
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    step.spend(&columns, conversion)?;
    let weights = step.optional("transformer_weights");
    let Some(weight) = weights.and_then(|weights| weights.entry(name)) else {
        return Ok(columns);
    };
    let weight = weight
        .number()
        .ok_or_else(|| step.wrong("transformer_weights", "a dict of numbers"))?;
    Ok(columns
        .iter()
        .map(|column| column.affine(0.0, weight, 0.0))
        .collect())
}

/// The names of the columns. scikit-learn 0.20 and 0.21 do not keep them: there they are those that the whole
/// model's columns have, where these are the transformer's.
fn names(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &Conversion,
) -> Outcome<Option<Vec<String>>> {
    let name = step.either("feature_names_in_", "_feature_names_in");
    if let Some(names) = step.optional(name).and_then(Value::elements) {
        return names
            .map(|name| name.text().map(str::to_owned))
            .collect::<Option<_>>()
            .map(Some)
            .ok_or_else(|| step.wrong(name, "an array of texts"));
    }
    let features = columns.iter().map(Column::untouched);
    if !features.eq((0..conversion.features.len()).map(Some)) {
        return Ok(None);
    }
    let names = conversion.features.iter();
    Ok(names.map(|feature| feature.name.clone()).collect())
}

fn triple<'a>(step: &Step<'_>, entry: Value<'a>) -> Outcome<(&'a str, Value<'a>, Value<'a>)> {
    let parts: Vec<_> = entry
        .elements()
        .map(|parts| parts.take(4).collect())
        .unwrap_or_default();
    match parts.as_slice() {
        [name, transformer, columns] => {
            let name = name
                .text()
                .ok_or_else(|| step.wrong("the name of a transformer", "a text"))?;
            Ok((name, *transformer, *columns))
        }
        _ => Err(step.wrong("transformers_", "a list of names, transformers and columns")),
    }
}

/// The numbers of the chosen columns. They are chosen by numbers, names, a slice of either, or a mask.
fn indices(
    step: &Step<'_>,
    chosen: Value<'_>,
    names: Option<&[String]>,
    count: usize,
) -> Outcome<Vec<usize>> {
    if chosen.class().is_some_and(|class| class.name == "slice") {
        return slice(step, chosen, names, count);
    }
    // The list of remaining columns is a class of its own in some versions, with the list in `data`.
    let chosen = chosen.attribute("data").unwrap_or(chosen);
    if let Some(mask) = mask(chosen) {
        let set = mask.into_iter().enumerate().filter(|(_, chosen)| *chosen);
        return Ok(set.map(|(index, _)| index).collect());
    }
    let elements: Vec<Value<'_>> = match chosen.elements() {
        Some(elements) => elements.collect(),
        None if chosen.array().is_some() => return array_indices(step, chosen, names, count),
        None => vec![chosen],
    };
    elements
        .into_iter()
        .map(|element| index(step, element, names, count))
        .collect()
}

fn mask(chosen: Value<'_>) -> Option<Vec<bool>> {
    if let Some(array) = chosen.array().filter(|array| array.dtype.name() == "bool") {
        let numbers = array.floats(chosen.objects()).ok()?;
        return Some(numbers.into_iter().map(|number| number != 0.0).collect());
    }
    let elements: Vec<_> = chosen.elements()?.collect();
    let all_truths = !elements.is_empty()
        && elements
            .iter()
            .all(|value| matches!(value.node(), Node::Bool(_)));
    all_truths.then(|| elements.into_iter().filter_map(Value::truth).collect())
}

fn array_indices(
    step: &Step<'_>,
    chosen: Value<'_>,
    names: Option<&[String]>,
    count: usize,
) -> Outcome<Vec<usize>> {
    let array = chosen
        .array()
        .ok_or_else(|| step.refuse("its columns are not a list"))?;
    if let Ok(texts) = array.texts(chosen.objects()) {
        return texts.iter().map(|name| named(step, name, names)).collect();
    }
    let numbers = array.floats(chosen.objects());
    let numbers = numbers.map_err(|error| step.refuse(format_args!("its columns: {error}")))?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a cast of another float finds no column"
    )]
    numbers
        .into_iter()
        .map(|number| numbered(step, number as i64, count))
        .collect()
}

fn index(
    step: &Step<'_>,
    element: Value<'_>,
    names: Option<&[String]>,
    count: usize,
) -> Outcome<usize> {
    match (element.integer(), element.text()) {
        (Some(number), _) => numbered(step, number, count),
        (None, Some(name)) => named(step, name, names),
        (None, None) => Err(step.refuse("its columns are neither numbers nor names")),
    }
}

/// Negative numbers count from the end.
fn numbered(step: &Step<'_>, number: i64, count: usize) -> Outcome<usize> {
    let from_end = || {
        Some(count)
            .zip(usize::try_from(number.checked_neg()?).ok())
            .and_then(|(count, back)| count.checked_sub(back))
    };
    let index = usize::try_from(number).ok().or_else(from_end);
    index
        .filter(|&index| index < count)
        .ok_or_else(|| step.refuse(format_args!("there is no column {number} among {count}")))
}

fn named(step: &Step<'_>, name: &str, names: Option<&[String]>) -> Outcome<usize> {
    let Some(names) = names else {
        return Err(step.refuse(format_args!(
            "it takes the column {name:?}, but the names of all columns and their order are not in the file: dump \
             {{\"model\": model, \"features\": [the names in their order]}}"
        )));
    };
    let mut places = names.iter();
    places
        .position(|known| known == name)
        .ok_or_else(|| step.refuse(format_args!("there is no column named {name:?}")))
}

/// `slice(start, stop, step)`: the stop of names is included, that of numbers is not.
fn slice(
    step: &Step<'_>,
    chosen: Value<'_>,
    names: Option<&[String]>,
    count: usize,
) -> Outcome<Vec<usize>> {
    let arguments = chosen.arguments().and_then(Value::elements);
    let arguments: Vec<_> = arguments.map(Iterator::collect).unwrap_or_default();
    let [start, stop, stride] = arguments.as_slice() else {
        return Err(step.refuse("its columns are a slice of another form"));
    };
    if !stride.is_none() && stride.integer() != Some(1) {
        return Err(step.refuse("its columns are a slice with a step"));
    }
    let bound = |value: &Value<'_>, absent: usize, after_name: usize| -> Outcome<usize> {
        match (value.is_none(), value.integer(), value.text()) {
            (true, ..) => Ok(absent),
            (_, Some(number), _) if number >= 0 => {
                Ok(usize::try_from(number).unwrap_or(count).min(count))
            }
            (_, Some(number), _) => numbered(step, number, count),
            (_, _, Some(name)) => Ok(named(step, name, names)? + after_name),
            _ => Err(step.refuse("its columns are a slice of another form")),
        }
    };
    Ok((bound(start, 0, 0)?..bound(stop, count, 1)?).collect())
}
