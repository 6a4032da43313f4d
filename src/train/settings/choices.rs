//! Everything that a job can be told, in types.

/// What is predicted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::train) enum PredictorType {
    Regressor,
    Binary,
    Multiclass,
}

/// The loss that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::train) enum Loss {
    Squared,
    Logistic,
    Softmax,
    Poisson,
    Gamma,
    Tweedie,
}

/// The link of a generalised linear model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::train) enum LinkChoice {
    Identity,
    Log,
}

/// What multiplies the weights of the rows of a class.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::train) enum PositiveWeight {
    Number(f64),
    Balanced,
}

/// What is done about missing cells of columns of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::train) enum Missing {
    Refuse,
    Mean,
    Median,
    Constant,
    /// The mean, and one more column that is 1 where the cell was missing.
    Indicator,
}

/// A column, by its name or by its number counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::train) enum ColumnChoice {
    Number(usize),
    Name(String),
}

/// How a penalty is chosen.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::train) struct Selection {
    pub(in crate::train) l1: bool,
    pub(in crate::train) wd: bool,
    /// Penalties on the path, for each ratio.
    pub(in crate::train) models: usize,
    /// The penalties themselves; empty if they follow from the data.
    pub(in crate::train) penalties: Vec<f64>,
    pub(in crate::train) ratios: Vec<f64>,
    pub(in crate::train) folds: Option<usize>,
    pub(in crate::train) contiguous: bool,
    pub(in crate::train) one_standard_error: bool,
    pub(in crate::train) patience: Option<u64>,
    pub(in crate::train) tolerance: Option<f64>,
}

/// What the threshold of two classes is chosen by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::train) enum Criterion {
    Accuracy,
    F1,
    FBeta,
    PrecisionAtTargetRecall,
    RecallAtTargetPrecision,
}

/// How the scores of two classes become a decision.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::train) struct Decision {
    /// None for the probability 0.5.
    pub(in crate::train) criterion: Option<Criterion>,
    pub(in crate::train) f_beta: f64,
    pub(in crate::train) target_precision: f64,
    pub(in crate::train) target_recall: f64,
    /// Held-out rows that are looked at.
    pub(in crate::train) samples: Option<u64>,
    pub(in crate::train) calibrate: bool,
}

impl Selection {
    /// Whether a penalty is chosen.
    pub(in crate::train) fn is_auto(&self) -> bool {
        self.l1 || self.wd
    }
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            l1: false,
            wd: false,
            models: 100,
            penalties: Vec::new(),
            ratios: vec![0.5],
            folds: None,
            contiguous: false,
            one_standard_error: false,
            patience: None,
            tolerance: None,
        }
    }
}

impl Default for Decision {
    fn default() -> Self {
        Self {
            criterion: None,
            f_beta: 1.0,
            target_precision: 0.8,
            target_recall: 0.8,
            samples: None,
            calibrate: false,
        }
    }
}

/// Everything that a job can be told.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::train) struct Settings {
    pub(in crate::train) predictor_type: Option<PredictorType>,
    pub(in crate::train) loss: Option<Loss>,
    pub(in crate::train) tweedie_power: Option<f64>,
    pub(in crate::train) link: Option<LinkChoice>,
    pub(in crate::train) num_classes: Option<u64>,
    pub(in crate::train) feature_dim: Option<u64>,
    pub(in crate::train) intercept: bool,
    pub(in crate::train) l1: f64,
    pub(in crate::train) wd: f64,
    pub(in crate::train) selection: Selection,
    pub(in crate::train) decision: Decision,
    pub(in crate::train) normalize_data: bool,
    pub(in crate::train) normalize_label: bool,
    pub(in crate::train) positive_weight: PositiveWeight,
    pub(in crate::train) balance_classes: bool,
    pub(in crate::train) feature_names: Option<Vec<String>>,
    pub(in crate::train) label: Option<ColumnChoice>,
    pub(in crate::train) weights: Option<ColumnChoice>,
    pub(in crate::train) offset: Option<ColumnChoice>,
    pub(in crate::train) drop: Vec<ColumnChoice>,
    pub(in crate::train) categories: Vec<ColumnChoice>,
    pub(in crate::train) ignore_unknown_categories: bool,
    pub(in crate::train) missing: Missing,
    pub(in crate::train) missing_constant: f64,
    pub(in crate::train) missing_values: Vec<String>,
    pub(in crate::train) header: Option<bool>,
    pub(in crate::train) delimiter: Option<u8>,
    pub(in crate::train) validation_split: f64,
    pub(in crate::train) seed: u64,
    pub(in crate::train) memory: Option<u64>,
    pub(in crate::train) checkpoint_seconds: u64,
    /// Everything that was said, for comparing one job with another.
    pub(in crate::train) given: String,
    /// Sentences about settings that have no effect, for the log.
    pub(in crate::train) notes: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            predictor_type: None,
            loss: None,
            tweedie_power: None,
            link: None,
            num_classes: None,
            feature_dim: None,
            intercept: true,
            l1: 0.0,
            wd: 0.0,
            selection: Selection::default(),
            decision: Decision::default(),
            normalize_data: true,
            normalize_label: false,
            positive_weight: PositiveWeight::Number(1.0),
            balance_classes: false,
            feature_names: None,
            label: None,
            weights: None,
            offset: None,
            drop: Vec::new(),
            categories: Vec::new(),
            ignore_unknown_categories: false,
            missing: Missing::Refuse,
            missing_constant: 0.0,
            missing_values: Vec::new(),
            header: None,
            delimiter: None,
            validation_split: 0.0,
            seed: 0,
            memory: None,
            checkpoint_seconds: 60,
            given: String::new(),
            notes: Vec::new(),
        }
    }
}
