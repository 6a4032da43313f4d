//! From rows to a fitted model: which loss, which classes, and what the solver says in words of the data.

use std::collections::BTreeMap;

use sagelet_solver::algorithm::{Failure, Fit, Quality};
use sagelet_solver::block::{Block, Pass, Source};
use sagelet_solver::design::{Design, Fill, Treatment};
use sagelet_solver::error::FitError as SolverError;
use sagelet_solver::family::{Family, Link};
use sagelet_solver::labels::Classes;
use sagelet_solver::penalty::Penalty;
use sagelet_solver::survey::{Summary, Survey};
use sagelet_solver::table::Table;
use sagelet_solver::tally::Regression;
use sagelet_solver::{fit as solver, least_squares};

use super::TrainError;
use super::passes::Passes;
use super::settings::{LinkChoice, Loss, Missing, PositiveWeight, PredictorType, Settings};
use super::table::{LabelKind, Schema, as_booleans};
use crate::artifact::Label;
use crate::limits::CLASSES_MAX;
use crate::log;
use crate::text::Quoted;

/// Why the data determine no model.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// Fewer rows than unknowns.
    #[error(
        "{rows} rows cannot determine {unknowns} coefficients (intercept included): more rows, fewer features, or a \
         penalty (wd)"
    )]
    TooFewRows {
        /// Rows with a weight above 0.
        rows: u64,
        /// Coefficients and intercept.
        unknowns: usize,
    },
    /// A column that adds nothing to those before it.
    #[error(
        "feature {0} is a combination of the features before it, so its coefficient is not determined: leave it out \
         (hyperparameter drop), or give a penalty (wd)"
    )]
    Dependent(String),
    /// A coefficient without bound.
    #[error(
        "the coefficient of feature {0} grows without end: the feature tells some of the labels without error. Give \
         a penalty (wd), or leave the feature out"
    )]
    Diverging(String),
    /// Classes that can be told apart.
    #[error(
        "the classes can be told apart without error, so no finite coefficients are the best ones: give a penalty \
         (wd), or leave out the feature that gives the label away"
    )]
    Separable,
    /// Numbers that are too large.
    #[error(
        "the numbers are too large: sums of their squares are not finite. Divide the columns, or drop them"
    )]
    Overflow,
    /// No convergence.
    #[error(
        "no optimum was found in {passes} passes over the rows: the largest gradient is {gradient:.1e} of its size. \
         A penalty (wd) makes the problem easier"
    )]
    NotConverged {
        /// Passes.
        passes: usize,
        /// The largest gradient.
        gradient: f64,
    },
    /// One class, or none.
    #[error("all labels are {0}: a classifier needs at least two classes")]
    OneClass(Quoted),
    /// Too many classes.
    #[error(
        "there are {found} classes, {allowed} are {why}: are the labels numbers to be predicted \
         (predictor_type=regressor), or is the label another column (hyperparameter label)?"
    )]
    Classes {
        /// Classes of the data.
        found: usize,
        /// Classes at most.
        allowed: u64,
        /// Who says so.
        why: &'static str,
    },
    /// Labels that a loss has no meaning for.
    #[error("loss={loss} needs labels {needed}, and the smallest is {smallest}")]
    Labels {
        /// The loss.
        loss: &'static str,
        /// What labels may be.
        needed: &'static str,
        /// The smallest label.
        smallest: f64,
    },
    /// Weights of 0.
    #[error("all weights are 0: no row counts")]
    NoWeight,
    /// l1 with more unknowns than a Hessian is built for.
    #[error(
        "l1 with {unknowns} unknowns is not built: {most} are possible for this loss. Use wd alone, or fewer columns"
    )]
    WideLasso {
        /// Unknowns.
        unknowns: usize,
        /// Unknowns at most.
        most: usize,
    },
}

/// What is fitted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    LeastSquares,
    Generalized(f64, Link),
    Logistic,
    Softmax,
}

/// A fitted model and everything that was learnt on the way.
#[derive(Debug)]
pub(super) struct Fitted {
    pub(super) kind: Kind,
    pub(super) summary: Summary,
    pub(super) design: Design,
    pub(super) labels: Vec<Label>,
    pub(super) classes: Option<Classes>,
    pub(super) intercepts: Vec<f64>,
    pub(super) coefficients: Vec<Vec<f64>>,
    pub(super) objective: f64,
    /// Passes over the rows, the first among them.
    pub(super) passes: usize,
    pub(super) quality: Quality,
    pub(super) covariance: Option<Table>,
}

impl Kind {
    pub(super) fn family(self) -> Option<Family> {
        match self {
            Self::LeastSquares | Self::Softmax => None,
            Self::Logistic => Some(Family::Logistic),
            Self::Generalized(power, link) => Some(Family::Tweedie { power, link }),
        }
    }

    /// The kind of a regression.
    fn of_numbers(settings: &Settings) -> Self {
        let power = match settings.loss {
            Some(Loss::Poisson) => 1.0,
            Some(Loss::Gamma) => 2.0,
            Some(Loss::Tweedie) => settings.tweedie_power.unwrap_or(1.5),
            _ => return Self::LeastSquares,
        };
        let link = match settings.link {
            Some(LinkChoice::Identity) => Link::Identity,
            Some(LinkChoice::Log) => Link::Log,
            None if power == 0.0 => Link::Identity,
            None => Link::Log,
        };
        if power == 0.0 && link == Link::Identity {
            return Self::LeastSquares;
        }
        Self::Generalized(power, link)
    }
}

/// Whether the model follows from one pass over the rows.
pub(super) fn is_one_pass(schema: &Schema, settings: &Settings) -> bool {
    schema.label_kind == LabelKind::Number && Kind::of_numbers(settings) == Kind::LeastSquares
}

/// Fits a model to the rows of a channel.
pub(super) fn fit(
    passes: &mut Passes<'_>,
    schema: &Schema,
    settings: &Settings,
) -> Result<Fitted, TrainError> {
    let first = passes.first_block()?;
    let block = first.block(0, first.labels.len());
    let survey = match schema.label_kind {
        LabelKind::Number if is_one_pass(schema, settings) => {
            Survey::regression(&block).with_all_or_no_rows()
        }
        LabelKind::Number => Survey::regression(&block),
        LabelKind::Class => Survey::classification(&block, CLASSES_MAX)
            .with_class_weights(class_weights(passes, schema, settings)?),
    };
    let sum = passes.pass(&survey)?;
    let summary = survey.summary(sum);
    if summary.triangle.at(0, 0) == 0.0 {
        return Err(FitError::NoWeight.into());
    }
    let features = schema.features.len();
    log::info(format_args!(
        "training on {} rows of {features} features",
        summary.rows
    ));
    let treatments = treatments(schema, &summary, settings);
    let design = Design::new(&summary, &treatments, settings.intercept);
    say_constant(&design, schema);
    let problem = Problem {
        schema,
        settings,
        design,
        summary,
        penalty: Penalty {
            l1: settings.l1,
            l2: settings.wd,
        },
    };
    match schema.label_kind {
        LabelKind::Number => problem.numbers(passes),
        LabelKind::Class => problem.classes(passes),
    }
}

struct Problem<'a> {
    schema: &'a Schema,
    settings: &'a Settings,
    design: Design,
    summary: Summary,
    penalty: Penalty,
}

impl Problem<'_> {
    fn numbers(self, passes: &mut Passes<'_>) -> Result<Fitted, TrainError> {
        let kind = Kind::of_numbers(self.settings);
        let Some(family) = kind.family() else {
            return self.least_squares();
        };
        self.check_labels(family)?;
        self.check_width(self.design.unknowns())?;
        let fitted = solver::scalar(
            passes,
            &self.summary,
            &self.design,
            family,
            None,
            self.penalty,
            say_progress,
        );
        let fit = fitted.map_err(|failure| self.failed(failure))?;
        Ok(self.finished(kind, fit, Vec::new(), None))
    }

    fn least_squares(self) -> Result<Fitted, TrainError> {
        let fitted = least_squares::fit(
            &self.summary,
            &self.design,
            self.penalty,
            self.settings.normalize_label,
        );
        let fitted = fitted.map_err(|error| self.in_words(error))?;
        let weight = self.design.weight;
        let quality = Regression {
            rows: self.summary.rows_weighted,
            weight,
            loss: 0.5 * fitted.residual_squares,
            squares: fitted.residual_squares,
            // No second look at the rows: their sum of magnitudes is not known.
            magnitudes: f64::NAN,
            label_squares: fitted.label_squares,
            ..Regression::default()
        };
        let fit = Fit {
            intercepts: vec![fitted.intercept],
            coefficients: vec![fitted.coefficients],
            objective: fitted.objective,
            passes: 0,
            violation: 0.0,
            quality: Quality::Regression(quality),
            covariance: fitted.covariance,
        };
        Ok(self.finished(Kind::LeastSquares, fit, Vec::new(), None))
    }

    fn classes(self, passes: &mut Passes<'_>) -> Result<Fitted, TrainError> {
        let found: Vec<f64> = self
            .summary
            .classes
            .keys()
            .map(|bits| f64::from_bits(*bits))
            .collect();
        let (labels, codes) = sorted_labels(&found, self.schema);
        self.check_classes(&labels)?;
        let is_binary = labels.len() == 2
            && self.settings.loss != Some(Loss::Softmax)
            && self.settings.predictor_type != Some(PredictorType::Multiclass);
        if let (true, [_, positive]) = (is_binary, labels.as_slice()) {
            let positive = positive.to_string();
            log::info(format_args!(
                "the positive class is {}",
                Quoted::of(positive.as_bytes())
            ));
        }
        let weights = by_place(&codes, &class_weights(passes, self.schema, self.settings)?);
        let classes = Classes::new(&codes, &weights);
        let scores = if is_binary { 1 } else { labels.len() };
        self.check_width(self.design.unknowns() * scores)?;
        let fitted = if is_binary {
            solver::scalar(
                passes,
                &self.summary,
                &self.design,
                Family::Logistic,
                Some(&classes),
                self.penalty,
                say_progress,
            )
        } else {
            solver::softmax(
                passes,
                &self.summary,
                &self.design,
                &classes,
                self.penalty,
                say_progress,
            )
        };
        let fit = fitted.map_err(|failure| self.failed(failure))?;
        let kind = if is_binary {
            Kind::Logistic
        } else {
            Kind::Softmax
        };
        Ok(self.finished(kind, fit, labels, Some(classes)))
    }

    fn check_classes(&self, labels: &[Label]) -> Result<(), FitError> {
        let found = labels.len();
        let too_many = |allowed: u64, why| {
            Err(FitError::Classes {
                found,
                allowed,
                why,
            })
        };
        match (
            labels,
            self.settings.predictor_type,
            self.settings.num_classes,
        ) {
            ([], ..) => Err(FitError::NoWeight),
            ([one], ..) => Err(FitError::OneClass(Quoted::of(one.to_string().as_bytes()))),
            (_, Some(PredictorType::Binary), _) if found > 2 => {
                too_many(2, "what predictor_type=binary_classifier takes")
            }
            (_, None, _) if found > 2 && self.settings.loss == Some(Loss::Logistic) => {
                too_many(2, "what loss=logistic takes")
            }
            (_, _, Some(said)) if found as u64 > said => too_many(said, "what num_classes says"),
            _ if found > CLASSES_MAX => too_many(CLASSES_MAX as u64, "possible"),
            _ => Ok(()),
        }
    }

    fn check_labels(&self, family: Family) -> Result<(), FitError> {
        let (smallest, _) = self.summary.label_range;
        let loss = match self.settings.loss {
            Some(Loss::Poisson) => "poisson",
            Some(Loss::Gamma) => "gamma",
            _ => "tweedie",
        };
        match family.smallest_label() {
            Some((bound, false)) if smallest <= bound => Err(FitError::Labels {
                loss,
                needed: "above 0",
                smallest,
            }),
            Some((bound, true)) if smallest < bound => Err(FitError::Labels {
                loss,
                needed: "of 0 or more",
                smallest,
            }),
            _ => Ok(()),
        }
    }

    fn check_width(&self, unknowns: usize) -> Result<(), FitError> {
        let most = sagelet_solver::optimiser::NEWTON_UNKNOWNS_MAX;
        if self.penalty.l1 > 0.0 && unknowns > most {
            return Err(FitError::WideLasso { unknowns, most });
        }
        Ok(())
    }

    fn failed(&self, failure: Failure<TrainError>) -> TrainError {
        match failure {
            Failure::Source(error) => error,
            Failure::Fit(error) => self.in_words(error).into(),
        }
    }

    /// The solver's error with the names of features.
    fn in_words(&self, error: SolverError) -> FitError {
        match error {
            SolverError::TooFewRows { rows, unknowns } => FitError::TooFewRows { rows, unknowns },
            SolverError::Dependent(column) => FitError::Dependent(self.shown(column)),
            SolverError::Diverging(column) => FitError::Diverging(self.shown(column)),
            SolverError::Separable => FitError::Separable,
            SolverError::NotConverged { passes, gradient } => {
                FitError::NotConverged { passes, gradient }
            }
            _ => FitError::Overflow,
        }
    }

    fn shown(&self, column: usize) -> String {
        shown(&self.design, self.schema, column)
    }

    fn finished(
        self,
        kind: Kind,
        fit: Fit,
        labels: Vec<Label>,
        classes: Option<Classes>,
    ) -> Fitted {
        if fit.passes > 0 {
            log::info(format_args!(
                "found the optimum in {} passes: the largest gradient is {:.1e} of its size",
                fit.passes + 1,
                fit.violation
            ));
        }
        Fitted {
            kind,
            summary: self.summary,
            design: self.design,
            labels,
            classes,
            intercepts: fit.intercepts,
            coefficients: fit.coefficients,
            objective: fit.objective,
            passes: fit.passes + 1,
            quality: fit.quality,
            covariance: fit.covariance,
        }
    }
}

/// A column of the design in words: the feature, and the category or that cells are missing.
pub(super) fn shown(design: &Design, schema: &Schema, column: usize) -> String {
    let Some(column) = design.columns.get(column) else {
        return "?".to_owned();
    };
    let mut first = 0;
    for (feature, kept) in schema.features.iter().zip(schema.roles.kept()) {
        let width = feature.design_columns();
        if column.source < first + width {
            let name = feature.name.as_ref().map_or_else(
                || format!("in column {}", kept + 1),
                |name| Quoted::of(name.as_bytes()).to_string(),
            );
            let category = feature.encoding.as_ref().and_then(|encoding| {
                let skipped = encoding.categories().len() - width;
                let label = encoding.categories().get(column.source - first + skipped)?;
                Some(format!(
                    " (category {})",
                    Quoted::of(label.to_string().as_bytes())
                ))
            });
            let missing = if column.indicator {
                " (where it is missing)"
            } else {
                ""
            };
            return format!("{name}{}{missing}", category.unwrap_or_default());
        }
        first += width;
    }
    "?".to_owned()
}

/// Labels in their order, and the code of each.
fn sorted_labels(codes: &[f64], schema: &Schema) -> (Vec<Label>, Vec<f64>) {
    let mut labels: Vec<Label> = codes.iter().map(|code| schema.codes.label(*code)).collect();
    as_booleans(&mut labels);
    let mut pairs: Vec<(Label, f64)> = labels.into_iter().zip(codes.iter().copied()).collect();
    pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
    pairs.into_iter().unzip()
}

fn by_place(codes: &[f64], weights: &BTreeMap<u64, f64>) -> Vec<f64> {
    let weight = |code: &f64| weights.get(&code.to_bits()).copied().unwrap_or(1.0);
    codes.iter().map(weight).collect()
}

/// How each column of the rows is treated.
fn treatments(schema: &Schema, summary: &Summary, settings: &Settings) -> Vec<Treatment> {
    let fill = match settings.missing {
        Missing::Median => Fill::Median,
        Missing::Constant => Fill::Constant(settings.missing_constant),
        Missing::Refuse | Missing::Mean | Missing::Indicator => Fill::Mean,
    };
    let mut treatments = Vec::with_capacity(summary.columns.len());
    for feature in &schema.features {
        for _ in 0..feature.design_columns() {
            let is_number = feature.encoding.is_none();
            let missing = summary
                .columns
                .get(treatments.len())
                .map_or(0, |column| column.missing);
            treatments.push(Treatment {
                fill,
                indicator: is_number && settings.missing == Missing::Indicator && missing > 0,
                normalise: is_number && settings.normalize_data,
            });
        }
    }
    treatments
}

fn say_constant(design: &Design, schema: &Schema) {
    let constant: Vec<String> = (0..design.columns.len())
        .filter(|column| !design.active.contains(column))
        .take(crate::limits::ERROR_NAMES_MAX)
        .map(|column| shown(design, schema, column))
        .collect();
    if !constant.is_empty() {
        log::warning(format_args!(
            "constant features have the coefficient 0: {}",
            constant.join(", ")
        ));
    }
}

fn say_progress(objective: f64, passes: usize) {
    log::info(format_args!("pass {}: objective={objective};", passes + 1));
}

/// What multiplies the weights of the rows of each class, by the bits of its code; empty if nothing does.
fn class_weights(
    passes: &mut Passes<'_>,
    schema: &Schema,
    settings: &Settings,
) -> Result<BTreeMap<u64, f64>, TrainError> {
    let multiplier = match settings.positive_weight {
        PositiveWeight::Number(1.0) if !settings.balance_classes => return Ok(BTreeMap::new()),
        PositiveWeight::Number(multiplier) => Some(multiplier),
        PositiveWeight::Balanced => None,
    };
    let weights = passes.pass(&ClassWeights)?;
    let codes: Vec<f64> = weights.keys().map(|bits| f64::from_bits(*bits)).collect();
    let (_, codes) = sorted_labels(&codes, schema);
    let balanced = |code: &f64| {
        let own = weights.get(&code.to_bits()).copied().unwrap_or(0.0);
        let total: f64 = weights.values().sum();
        if own > 0.0 {
            total / (codes.len() as f64 * own)
        } else {
            1.0
        }
    };
    let by_code = codes.iter().enumerate().map(|(place, code)| {
        let weight = match multiplier {
            Some(multiplier) if !settings.balance_classes => {
                if place == 1 && codes.len() == 2 {
                    multiplier
                } else {
                    1.0
                }
            }
            _ => balanced(code),
        };
        (code.to_bits(), weight)
    });
    Ok(by_code.collect())
}

/// The sum of weights of each class.
struct ClassWeights;

impl Pass for ClassWeights {
    type Sum = BTreeMap<u64, f64>;

    fn begin(&self) -> Self::Sum {
        BTreeMap::new()
    }

    fn block(&self, sum: &mut Self::Sum, block: &Block<'_>) {
        for (row, label) in block.labels.iter().enumerate() {
            let known = sum.len();
            let bits = (label + 0.0).to_bits();
            if known <= CLASSES_MAX || sum.contains_key(&bits) {
                *sum.entry(bits).or_default() += block.weight(row);
            }
        }
    }

    fn merge(&self, total: &mut Self::Sum, next: Self::Sum) {
        for (code, weight) in next {
            *total.entry(code).or_default() += weight;
        }
    }
}
