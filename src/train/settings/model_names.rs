//! Names that say what is fitted: the loss, the penalty, the weights of classes.

use super::choices::{LinkChoice, Loss, PositiveWeight, PredictorType};
use super::entry::{Effect, Entry, entry, refusing};

/// What is built later, as the reason of a refusal.
const CHOOSING: &str =
    "weights of classes are not chosen by held-out rows: give a number, or balanced";
const ROBUST: &str = "this loss is not built yet: regressors have squared_loss, poisson, gamma and tweedie, \
                      classifiers logistic and softmax_loss";

/// Losses of Linear Learner that are refused.
const ROBUST_LOSSES: &[&str] = &[
    "absolute_loss",
    "eps_insensitive_absolute_loss",
    "eps_insensitive_squared_loss",
    "hinge_loss",
    "huber_loss",
    "quantile_loss",
];

/// The names, in the order of the docs.
pub(super) const MODEL: &[Entry] = &[
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
    entry(
        "l1",
        true,
        Effect::Set(|settings, value| {
            settings.selection.l1 = value.0 == "auto";
            if !settings.selection.l1 {
                settings.l1 = value.amount()?;
            }
            Ok(())
        }),
        "`auto`, a number of 0 or more",
        "Factor of Σ\\|w\\| in the objective. Unset: 0. `auto`: chosen by held-out rows.",
    ),
    entry(
        "wd",
        true,
        Effect::Set(|settings, value| {
            settings.selection.wd = value.0 == "auto";
            if !settings.selection.wd {
                settings.wd = value.amount()?;
            }
            Ok(())
        }),
        "`auto`, a number of 0 or more",
        "Factor of ½Σw² in the objective. Unset: 0. `auto`: chosen by held-out rows.",
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
        "bias_wd_mult",
        true,
        Effect::Only(
            &["auto", "0", "0.0"],
            "the intercept is never penalised: 0 is possible",
        ),
        "`auto`, 0",
        "The intercept is never penalised, so other values are refused.",
    ),
];
