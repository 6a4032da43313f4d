//! Every hyperparameter, as data: the table of docs/training.md is printed from it.

use super::value::{Expected, Value};
use super::{ColumnChoice, LinkChoice, Loss, Missing, PositiveWeight, PredictorType, Settings};

/// A hyperparameter.
pub(super) struct Entry {
    pub(super) name: &'static str,
    /// Whether it is a name of SageMaker's Linear Learner.
    #[cfg(test)]
    linear_learner: bool,
    /// What it does with a value.
    pub(super) effect: Effect,
    /// Values that would be possible and are refused, with the reason.
    pub(super) refused: Option<(&'static [&'static str], &'static str)>,
    /// Values that are possible, for the docs.
    #[cfg(test)]
    values: &'static str,
    /// What it means, and what holds without it.
    #[cfg(test)]
    meaning: &'static str,
}

/// What a hyperparameter does with a value.
#[derive(Clone, Copy)]
pub(super) enum Effect {
    /// Changes the settings.
    Set(fn(&mut Settings, Value<'_>) -> Result<(), Expected>),
    /// Changes nothing: the possible values are what is done anyway. Others are refused, with the reason.
    Only(&'static [&'static str], &'static str),
    /// Changes nothing, which is said once.
    NotNeeded,
}

/// What is built later, as the reason of a refusal.
const CHOOSING: &str =
    "choosing a model by held-out rows is not built yet: give a value, or leave it out";
const ROBUST: &str = "this loss is not built yet: regressors have squared_loss, poisson, gamma and tweedie, \
                      classifiers logistic and softmax_loss";

const fn entry(
    name: &'static str,
    linear_learner: bool,
    effect: Effect,
    values: &'static str,
    meaning: &'static str,
) -> Entry {
    // What only the docs say need not be in the program.
    #[cfg(not(test))]
    let _ = (linear_learner, values, meaning);
    Entry {
        name,
        #[cfg(test)]
        linear_learner,
        effect,
        refused: None,
        #[cfg(test)]
        values,
        #[cfg(test)]
        meaning,
    }
}

const fn refusing(
    mut entry: Entry,
    values: &'static [&'static str],
    reason: &'static str,
) -> Entry {
    entry.refused = Some((values, reason));
    entry
}

/// A name of Linear Learner that an exact solver does not need.
const fn not_needed(name: &'static str) -> Entry {
    entry(
        name,
        true,
        Effect::NotNeeded,
        "any",
        "No effect, which the log says once: an exact solver needs none.",
    )
}

/// A name of Linear Learner for what another setting, which is refused, would use.
const fn without_use(name: &'static str) -> Entry {
    entry(
        name,
        true,
        Effect::NotNeeded,
        "any",
        "No effect, which the log says once: it belongs to a loss or a criterion that is refused.",
    )
}

/// Every name.
pub(super) const TABLE: &[Entry] = &[
    entry(
        "predictor_type",
        true,
        Effect::Set(|settings, value| {
            settings.predictor_type = Some(match value.0 {
                "regressor" => PredictorType::Regressor,
                "binary_classifier" => PredictorType::Binary,
                "multiclass_classifier" => PredictorType::Multiclass,
                _ => return Err("regressor, binary_classifier or multiclass_classifier"),
            });
            Ok(())
        }),
        "`regressor`, `binary_classifier`, `multiclass_classifier`",
        "What is predicted. Unset: what `loss` says; without it, labels that are texts make a classifier and \
         numbers a regressor.",
    ),
    refusing(
        entry(
            "loss",
            true,
            Effect::Set(|settings, value| {
                settings.loss = match value.0 {
                    "auto" => None,
                    "squared_loss" => Some(Loss::Squared),
                    "logistic" => Some(Loss::Logistic),
                    "softmax_loss" => Some(Loss::Softmax),
                    "poisson" => Some(Loss::Poisson),
                    "gamma" => Some(Loss::Gamma),
                    "tweedie" => Some(Loss::Tweedie),
                    // These are refused with their reason.
                    _ if ROBUST_LOSSES.contains(&value.0) => None,
                    _ => {
                        return Err(
                            "auto, squared_loss, logistic, softmax_loss, poisson, gamma or tweedie",
                        );
                    }
                };
                Ok(())
            }),
            "`auto`, `squared_loss`, `logistic`, `softmax_loss`, `poisson`, `gamma`, `tweedie`",
            "The loss. Unset or `auto`: `squared_loss`, `logistic` or `softmax_loss`, by the predictor type. The \
             robust and the margin losses are refused.",
        ),
        ROBUST_LOSSES,
        ROBUST,
    ),
    entry(
        "tweedie_power",
        false,
        Effect::Set(|settings, value| {
            let power = value.number()?;
            if power < 0.0 || (power > 0.0 && power < 1.0) {
                return Err("0, or a number of 1 or more");
            }
            settings.tweedie_power = Some(power);
            Ok(())
        }),
        "0, or a number of 1 or more",
        "Power of the mean that the variance grows with, for `loss=tweedie`: 0 normal, 1 Poisson, 2 Gamma, 3 \
         inverse Gaussian. Unset: 1.5.",
    ),
    entry(
        "link",
        false,
        Effect::Set(|settings, value| {
            settings.link = match value.0 {
                "auto" => None,
                "log" => Some(LinkChoice::Log),
                "identity" => Some(LinkChoice::Identity),
                _ => return Err("auto, log or identity"),
            };
            Ok(())
        }),
        "`auto`, `log`, `identity`",
        "Link of the mean, for `poisson`, `gamma` and `tweedie`. Unset or `auto`: `log`; `identity` for power 0.",
    ),
    entry(
        "num_classes",
        true,
        Effect::Set(|settings, value| {
            settings.num_classes = Some(value.whole()?);
            Ok(())
        }),
        "a whole number",
        "Checked: the labels may not have more classes.",
    ),
    entry(
        "feature_dim",
        true,
        Effect::Set(|settings, value| {
            settings.feature_dim = match value.0 {
                "auto" => None,
                _ => Some(value.whole()?),
            };
            Ok(())
        }),
        "`auto`, a whole number",
        "Checked: the rows must have this many features.",
    ),
    entry(
        "use_bias",
        true,
        Effect::Set(|settings, value| {
            settings.intercept = value.truth()?;
            Ok(())
        }),
        "true, false",
        "Whether the model has an intercept. Unset: true.",
    ),
    entry(
        "fit_intercept",
        false,
        Effect::Set(|settings, value| {
            settings.intercept = value.truth()?;
            Ok(())
        }),
        "true, false",
        "The same as `use_bias`.",
    ),
    refusing(
        entry(
            "l1",
            true,
            Effect::Set(|settings, value| {
                if value.0 != "auto" {
                    settings.l1 = value.amount()?;
                }
                Ok(())
            }),
            "a number of 0 or more",
            "Factor of Σ\\|w\\| in the objective. Unset: 0. `auto` is refused.",
        ),
        &["auto"],
        CHOOSING,
    ),
    refusing(
        entry(
            "wd",
            true,
            Effect::Set(|settings, value| {
                if value.0 != "auto" {
                    settings.wd = value.amount()?;
                }
                Ok(())
            }),
            "a number of 0 or more",
            "Factor of ½Σw² in the objective. Unset: 0. `auto` is refused.",
        ),
        &["auto"],
        CHOOSING,
    ),
    entry(
        "normalize_data",
        true,
        Effect::Set(|settings, value| {
            settings.normalize_data = value.0 == "auto" || value.truth()?;
            Ok(())
        }),
        "`auto`, true, false",
        "Whether the penalty is on the coefficients of columns divided by their deviation. Unset or `auto`: true. \
         0/1 columns of categories are left as they are.",
    ),
    entry(
        "normalize_label",
        true,
        Effect::Set(|settings, value| {
            settings.normalize_label = value.0 != "auto" && value.truth()?;
            Ok(())
        }),
        "`auto`, true, false",
        "Whether labels are divided by their deviation, which multiplies `l1` by it. Squared loss alone. Unset or \
         `auto`: false.",
    ),
    refusing(
        entry(
            "positive_example_weight_mult",
            true,
            Effect::Set(|settings, value| {
                settings.positive_weight = match value.0 {
                    "balanced" => PositiveWeight::Balanced,
                    "auto" => PositiveWeight::Number(1.0),
                    _ => PositiveWeight::Number(
                        value
                            .amount()
                            .ok()
                            .filter(|w| *w > 0.0)
                            .ok_or("a number above 0 or balanced")?,
                    ),
                };
                Ok(())
            }),
            "a number above 0, `balanced`",
            "Multiplies the weights of the rows of the positive class; `balanced`: both classes weigh the same \
             together. Unset: 1. `auto` is refused.",
        ),
        &["auto"],
        CHOOSING,
    ),
    entry(
        "balance_multiclass_weights",
        true,
        Effect::Set(|settings, value| {
            settings.balance_classes = value.truth()?;
            Ok(())
        }),
        "true, false",
        "Whether all classes weigh the same together. Unset: false.",
    ),
    entry(
        "binary_classifier_model_selection_criteria",
        true,
        Effect::Only(&["loss_function"], CHOOSING),
        "`loss_function`",
        "`loss_function` is what is minimised anyway; thresholds that are chosen by other criteria are refused.",
    ),
    entry(
        "bias_wd_mult",
        true,
        Effect::Only(
            &["auto", "0", "0.0"],
            "the intercept is never penalised: 0 is possible",
        ),
        "`auto`, 0",
        "The intercept is never penalised, so other values are refused.",
    ),
    not_needed("unbias_data"),
    not_needed("unbias_label"),
    not_needed("optimizer"),
    not_needed("learning_rate"),
    not_needed("momentum"),
    not_needed("beta_1"),
    not_needed("beta_2"),
    not_needed("bias_lr_mult"),
    not_needed("use_lr_scheduler"),
    not_needed("lr_scheduler_step"),
    not_needed("lr_scheduler_factor"),
    not_needed("lr_scheduler_minimum_lr"),
    not_needed("mini_batch_size"),
    not_needed("epochs"),
    not_needed("init_method"),
    not_needed("init_scale"),
    not_needed("init_sigma"),
    not_needed("init_bias"),
    not_needed("num_point_for_scaler"),
    not_needed("num_models"),
    not_needed("early_stopping_patience"),
    not_needed("early_stopping_tolerance"),
    without_use("quantile"),
    without_use("huber_delta"),
    without_use("loss_insensitivity"),
    without_use("margin"),
    without_use("target_precision"),
    without_use("target_recall"),
    without_use("f_beta"),
    without_use("accuracy_top_k"),
    without_use("num_calibration_samples"),
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
];

/// Losses of Linear Learner that are refused.
const ROBUST_LOSSES: &[&str] = &[
    "absolute_loss",
    "eps_insensitive_absolute_loss",
    "eps_insensitive_squared_loss",
    "hinge_loss",
    "huber_loss",
    "quantile_loss",
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

/// The table of docs/training.md, in Markdown.
#[cfg(test)]
fn markdown() -> String {
    let mut text = String::from("| Name | Values | Meaning |\n| --- | --- | --- |\n");
    for entry in TABLE {
        let star = if entry.linear_learner { "" } else { " *" };
        text.push_str(&format!(
            "| `{}`{star} | {} | {} |\n",
            entry.name, entry.values, entry.meaning
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_docs_have_this_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/training.md");
        let docs = std::fs::read_to_string(path).unwrap();
        let table = markdown();
        if std::env::var_os("UPDATE").is_some() {
            let start = docs.find("| Name | Values | Meaning |").unwrap();
            let length: usize = docs[start..]
                .split_inclusive('\n')
                .take_while(|line| line.starts_with('|'))
                .map(str::len)
                .sum();
            std::fs::write(
                path,
                format!("{}{table}{}", &docs[..start], &docs[start + length..]),
            )
            .unwrap();
            return;
        }
        for line in table.lines() {
            assert!(
                docs.contains(line),
                "docs/training.md lacks this line (UPDATE=1 writes the table):\n{line}"
            );
        }
    }

    #[test]
    fn all_44_names_of_linear_learner_are_there_and_no_name_twice() {
        let names: Vec<&str> = TABLE.iter().map(|entry| entry.name).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), names.len());
        assert_eq!(
            TABLE.iter().filter(|entry| entry.linear_learner).count(),
            44
        );
    }
}
