//! Names that say how the rows are read, and what the job may use.

use super::choices::{ColumnChoice, Missing};
use super::entry::{Effect, Entry, entry};
use super::value::{Expected, Value};

/// The names, in the order of the docs.
pub(super) const DATA: &[Entry] = &[
    entry(
        "feature_names",
        false,
        Effect::Set(|settings, value| {
            settings.feature_names = Some(value.list()?);
            Ok(())
        }),
        "a list of names",
        "Names of the features, in the order of their columns. Unset: those of the header, if there is one.",
    ),
    entry(
        "label",
        false,
        Effect::Set(|settings, value| {
            settings.label = Some(column(value.0)?);
            Ok(())
        }),
        "a name or number",
        "The column of the label; numbers count from 1. Unset: the first column.",
    ),
    entry(
        "weights",
        false,
        Effect::Set(|settings, value| {
            settings.weights = Some(column(value.0)?);
            Ok(())
        }),
        "a name or number",
        "The column of the rows' weights, of 0 or more. Unset: all rows weigh 1.",
    ),
    entry(
        "offset",
        false,
        Effect::Set(|settings, value| {
            settings.offset = Some(column(value.0)?);
            Ok(())
        }),
        "a name or number",
        "The column that is added to the linear predictor with a coefficient of 1, in training alone. Unset: none.",
    ),
    entry(
        "drop",
        false,
        Effect::Set(|settings, value| {
            settings.drop = columns(value)?;
            Ok(())
        }),
        "a list of names or numbers",
        "Columns that are left out; the model's rows do not have them. Unset: none.",
    ),
    entry(
        "categories",
        false,
        Effect::Set(|settings, value| {
            settings.categories = columns(value)?;
            Ok(())
        }),
        "a list of names or numbers",
        "Columns that hold categories, whatever their cells look like. Unset: the columns whose cells are all texts.",
    ),
    entry(
        "unknown_categories",
        false,
        Effect::Set(|settings, value| {
            settings.ignore_unknown_categories = match value.0 {
                "refuse" => false,
                "ignore" => true,
                _ => return Err("refuse or ignore"),
            };
            Ok(())
        }),
        "`refuse`, `ignore`",
        "What the model does with a category that training did not see; `ignore`: as if it were none. Unset: \
         `refuse`.",
    ),
    entry(
        "missing",
        false,
        Effect::Set(|settings, value| {
            settings.missing = match value.0 {
                "refuse" => Missing::Refuse,
                "mean" => Missing::Mean,
                "median" => Missing::Median,
                "constant" => Missing::Constant,
                "indicator" => Missing::Indicator,
                _ => return Err("refuse, mean, median, constant or indicator"),
            };
            Ok(())
        }),
        "`refuse`, `mean`, `median`, `constant`, `indicator`",
        "What stands in for missing cells of numbers; `indicator`: the mean, and one more column that says where. \
         Missing categories are the most frequent one. Unset: `refuse`.",
    ),
    entry(
        "missing_constant",
        false,
        Effect::Set(|settings, value| {
            settings.missing_constant = value.number()?;
            Ok(())
        }),
        "a number",
        "What stands in for missing cells with `missing=constant`. Unset: 0.",
    ),
    entry(
        "missing_values",
        false,
        Effect::Set(|settings, value| {
            settings.missing_values = value.texts()?;
            Ok(())
        }),
        "a list of texts",
        "Texts that mean a missing cell, such as `?`, besides the empty cell and what pandas takes for missing. \
         Unset: none.",
    ),
    entry(
        "header",
        false,
        Effect::Set(|settings, value| {
            settings.header = match value.0 {
                "auto" => None,
                "present" => Some(true),
                "absent" => Some(false),
                _ => Some(value.truth().map_err(|_| "auto, present or absent")?),
            };
            Ok(())
        }),
        "`auto`, `present`, `absent`",
        "Whether CSV files begin with a line of names. Unset or `auto`: as the channel's content type says, else they do if no cell of the first line is a \
         number and some of the second are.",
    ),
    entry(
        "delimiter",
        false,
        Effect::Set(|settings, value| {
            settings.delimiter = Some(match value.0 {
                "tab" | "\\t" | "\t" => b'\t',
                "space" => b' ',
                text => match text.as_bytes() {
                    [byte @ (b',' | b';' | b'|' | b':' | b' ')] => *byte,
                    _ => return Err("one of , ; | : space or tab"),
                },
            });
            Ok(())
        }),
        "`,` `;` `\\|` `:` `space` `tab`",
        "What stands between the cells of CSV files. Unset: as the channel's content type says, else a comma.",
    ),
    entry(
        "validation_split",
        false,
        Effect::Set(|settings, value| {
            settings.validation_split = value.share()?;
            Ok(())
        }),
        "a number from 0 to less than 1",
        "Share of the training rows that is held out for validation, if there is no validation channel. Unset: 0.",
    ),
    entry(
        "seed",
        false,
        Effect::Set(|settings, value| {
            settings.seed = value.whole()?;
            Ok(())
        }),
        "a whole number",
        "Which rows `validation_split` holds out. Unset: 0.",
    ),
    entry(
        "memory",
        false,
        Effect::Set(|settings, value| {
            settings.memory = Some(value.bytes()?);
            Ok(())
        }),
        "bytes, such as `64m`",
        "Decoded rows that are kept between passes; what is beyond is read again. Unset: half of the container's \
         limit.",
    ),
    entry(
        "checkpoint_seconds",
        false,
        Effect::Set(|settings, value| {
            settings.checkpoint_seconds = value.whole()?;
            Ok(())
        }),
        "a whole number",
        "Seconds between two checkpoints, if the job has a directory for them; 0: after every chunk of 1 MiB. \
         Unset: 60.",
    ),
];

fn column(text: &str) -> Result<ColumnChoice, Expected> {
    match text.parse::<usize>() {
        Ok(0) => Err("a column: numbers count from 1"),
        Ok(number) => Ok(ColumnChoice::Number(number)),
        Err(_) if text.is_empty() => Err("the name or number of a column"),
        Err(_) => Ok(ColumnChoice::Name(text.to_owned())),
    }
}

fn columns(value: Value<'_>) -> Result<Vec<ColumnChoice>, Expected> {
    value.list()?.iter().map(|name| column(name)).collect()
}
