//! Names that say how a model is chosen: the path of penalties, the folds, the threshold of two classes.

use super::choices::Criterion;
use super::entry::{Effect, Entry, entry, without_use};
use super::value::Value;
use crate::limits::{TRAINING_FOLDS_MAX, TRAINING_PATH_MAX};

/// The names, in the order of the docs.
pub(super) const SELECTION: &[Entry] = &[
    entry(
        "num_models",
        true,
        Effect::Set(|settings, value| {
            if value.0 != "auto" {
                let expected = "auto, or a number from 1 to 1000";
                settings.selection.models = bounded(value, 1, TRAINING_PATH_MAX).ok_or(expected)?;
            }
            Ok(())
        }),
        "`auto`, a number from 1 to 1000",
        "Penalties that `auto` tries, for each of `l1_ratio`. Unset or `auto`: 100. No effect without `auto`.",
    ),
    entry(
        "penalties",
        false,
        Effect::Set(|settings, value| {
            settings.selection.penalties = numbers(value, f64::INFINITY)?;
            Ok(())
        }),
        "a list of numbers of 0 or more",
        "What `auto` tries, instead of `num_models` penalties that fall evenly on the scale of logarithms.",
    ),
    entry(
        "l1_ratio",
        false,
        Effect::Set(|settings, value| {
            settings.selection.ratios = numbers(value, 1.0)?;
            if settings.selection.ratios.contains(&0.0) {
                return Err("numbers above 0, up to 1");
            }
            Ok(())
        }),
        "a list of numbers above 0, up to 1",
        "Where `l1` and `wd` are both `auto`: shares of the penalty p that are tried, `l1` = p·ratio and `wd` = \
         p·(1 − ratio). Unset: 0.5.",
    ),
    entry(
        "folds",
        false,
        Effect::Set(|settings, value| {
            let expected = "a number of folds from 2 to 20";
            let folds = bounded(value, 2, TRAINING_FOLDS_MAX).ok_or(expected)?;
            settings.selection.folds = Some(folds);
            Ok(())
        }),
        "a number from 2 to 20",
        "Judges models by so many folds of the training rows: each fold by a model of the others. Unset: the rows of \
         the validation channel judge, or those of `validation_split`; without them, 5 folds where something is `auto`.",
    ),
    entry(
        "fold_rows",
        false,
        Effect::Set(|settings, value| {
            settings.selection.contiguous = match value.0 {
                "hashed" => false,
                "contiguous" => true,
                _ => return Err("hashed or contiguous"),
            };
            Ok(())
        }),
        "`hashed`, `contiguous`",
        "Which rows are in a fold: scrambled from the row's place in the files and `seed`, or rows that follow each \
         other (scikit-learn's `KFold(k)`), which takes a pass more to count them. Unset: `hashed`.",
    ),
    entry(
        "one_standard_error",
        false,
        Effect::Set(|settings, value| {
            settings.selection.one_standard_error = value.truth()?;
            Ok(())
        }),
        "true, false",
        "Takes the strongest penalty of the path whose held-out loss is within one standard error of the smallest. \
         Needs folds. Unset: false.",
    ),
    entry(
        "early_stopping_patience",
        true,
        Effect::Set(|settings, value| {
            settings.selection.patience = match value.0 {
                "auto" => None,
                _ => Some(value.whole()?.max(1)),
            };
            Ok(())
        }),
        "`auto`, a whole number",
        "Ends the path after so many penalties, one after the other, without a smaller held-out loss. Unset or \
         `auto`: the whole path; 3 if `early_stopping_tolerance` is given.",
    ),
    entry(
        "early_stopping_tolerance",
        true,
        Effect::Set(|settings, value| {
            settings.selection.tolerance = Some(value.amount()?);
            Ok(())
        }),
        "a number of 0 or more",
        "Share of the smallest held-out loss so far by which a loss has to be smaller to count for \
         `early_stopping_patience`. Unset: 0.001.",
    ),
    entry(
        "binary_classifier_model_selection_criteria",
        true,
        Effect::Set(|settings, value| {
            settings.decision.criterion = match value.0 {
                "loss_function" | "cross_entropy_loss" => None,
                "accuracy" => Some(Criterion::Accuracy),
                "f1" => Some(Criterion::F1),
                "f_beta" => Some(Criterion::FBeta),
                "precision_at_target_recall" => Some(Criterion::PrecisionAtTargetRecall),
                "recall_at_target_precision" => Some(Criterion::RecallAtTargetPrecision),
                _ => {
                    return Err(
                        "loss_function, accuracy, f1, f_beta, precision_at_target_recall or \
                                recall_at_target_precision",
                    );
                }
            };
            Ok(())
        }),
        "`loss_function`, `accuracy`, `f1`, `f_beta`, `precision_at_target_recall`, `recall_at_target_precision`",
        "What the threshold of two classes is chosen by, among all cuts of the held-out rows; the artifact keeps it. \
         Penalties are chosen by the held-out loss whatever it is. Unset or `loss_function`: the probability 0.5.",
    ),
    entry(
        "f_beta",
        true,
        Effect::Set(|settings, value| {
            let beta = value.amount().ok().filter(|beta| *beta > 0.0);
            settings.decision.f_beta = beta.ok_or("a number above 0")?;
            Ok(())
        }),
        "a number above 0",
        "How many times as important recall is as precision in `f_beta` and the metric `binary_f_beta`. Unset: 1.",
    ),
    entry(
        "target_precision",
        true,
        Effect::Set(|settings, value| {
            settings.decision.target_precision = value.share()?;
            Ok(())
        }),
        "a number from 0 to less than 1",
        "The precision that `recall_at_target_precision` keeps. Unset: 0.8.",
    ),
    entry(
        "target_recall",
        true,
        Effect::Set(|settings, value| {
            settings.decision.target_recall = value.share()?;
            Ok(())
        }),
        "a number from 0 to less than 1",
        "The recall that `precision_at_target_recall` keeps. Unset: 0.8.",
    ),
    entry(
        "num_calibration_samples",
        true,
        Effect::Set(|settings, value| {
            settings.decision.samples = match value.0 {
                "auto" => None,
                _ => Some(value.whole()?.max(1)),
            };
            Ok(())
        }),
        "`auto`, a whole number",
        "Held-out rows that the threshold and the calibration look at, from the first on. Unset or `auto`: up to \
         4,194,304.",
    ),
    entry(
        "calibration",
        false,
        Effect::Set(|settings, value| {
            settings.decision.calibrate = match value.0 {
                "none" => false,
                "platt" => true,
                _ => return Err("none or platt"),
            };
            Ok(())
        }),
        "`none`, `platt`",
        "`platt`: fits slope and intercept of the held-out rows' scores by a second logistic regression and multiplies \
         them into the model of two classes. Unset: `none`.",
    ),
    without_use("accuracy_top_k"),
];

fn bounded(value: Value<'_>, least: usize, most: usize) -> Option<usize> {
    let number = usize::try_from(value.whole().ok()?).ok()?;
    (least..=most).contains(&number).then_some(number)
}

/// Numbers from 0 to `most`.
fn numbers(value: Value<'_>, most: f64) -> Result<Vec<f64>, &'static str> {
    let expected = "a list of numbers of 0 or more, 1000 at most";
    let list = value.list().map_err(|_| expected)?;
    let numbers = list.iter().map(|text| Value(text).amount().ok());
    let numbers: Option<Vec<f64>> = numbers.collect();
    numbers
        .filter(|numbers| numbers.len() <= TRAINING_PATH_MAX)
        .filter(|numbers| numbers.iter().all(|number| *number <= most))
        .ok_or(expected)
}
