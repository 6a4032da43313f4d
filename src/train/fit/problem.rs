//! One problem for the solver: what is checked before, which solver is called, and its errors in words of the data.

use sagelet_solver::algorithm::{Failure, Fit, Quality};
use sagelet_solver::design::Design;
use sagelet_solver::error::FitError as SolverError;
use sagelet_solver::family::Family;
use sagelet_solver::labels::Classes;
use sagelet_solver::penalty::Penalty;
use sagelet_solver::survey::Summary;
use sagelet_solver::tally::Regression;
use sagelet_solver::{fit as solver, least_squares};

use super::choose::{Choice, Judge, Paths, Side};
use super::classes::{by_place, class_weights, sorted_labels};
use super::decide::{HeldOut, decide};
use super::error::FitError;
use super::fitted::Fitted;
use super::kind::Kind;
use super::shown::shown;
use crate::artifact::Label;
use crate::limits::CLASSES_MAX;
use crate::log;
use crate::text::Quoted;
use crate::train::TrainError;
use crate::train::passes::Passes;
use crate::train::settings::{Loss, PredictorType, Settings};
use crate::train::table::Schema;

/// The rows as they are fitted, and what is asked of them.
pub(super) struct Problem<'a, 'p> {
    pub(super) schema: &'a Schema,
    pub(super) settings: &'a Settings,
    pub(super) judge: Judge<'p>,
    pub(super) sides: Vec<Side>,
    /// What squared loss is judged by, if not by folds.
    pub(super) held_out: Option<Summary>,
    pub(super) design: Design,
    pub(super) summary: Summary,
    pub(super) penalty: Penalty,
}

impl<'p> Problem<'_, 'p> {
    pub(super) fn numbers(mut self, passes: &mut Passes<'p>) -> Result<Fitted, TrainError> {
        let kind = Kind::of_numbers(self.settings);
        if let Some(family) = kind.family() {
            self.check_labels(family)?;
            self.check_width(self.design.unknowns())?;
        }
        let choice = self.choose(kind, None, passes)?;
        let Some(family) = kind.family() else {
            return self.least_squares(choice);
        };
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
        let outcome = Outcome {
            choice,
            ..Outcome::of(kind, fit)
        };
        Ok(self.finished(outcome))
    }

    fn least_squares(self, choice: Option<Choice>) -> Result<Fitted, TrainError> {
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
        let outcome = Outcome {
            choice,
            ..Outcome::of(Kind::LeastSquares, fit)
        };
        Ok(self.finished(outcome))
    }

    pub(super) fn classes(mut self, passes: &mut Passes<'p>) -> Result<Fitted, TrainError> {
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
        passes.make_room(self.summary.columns.len(), self.design.unknowns() * scores)?;
        let kind = match is_binary {
            true => Kind::Logistic,
            false => Kind::Softmax,
        };
        let choice = self.choose(kind, Some(&classes), passes)?;
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
        let mut fit = fitted.map_err(|failure| self.failed(failure))?;
        let threshold = match is_binary {
            true => self.decide(&classes, choice.as_ref(), passes, &mut fit)?,
            false => None,
        };
        Ok(self.finished(Outcome {
            choice,
            threshold,
            labels,
            classes: Some(classes),
            ..Outcome::of(kind, fit)
        }))
    }

    /// Chooses the penalty, where the settings leave it open or want it judged by folds.
    fn choose(
        &mut self,
        kind: Kind,
        classes: Option<&Classes>,
        passes: &Passes<'p>,
    ) -> Result<Option<Choice>, TrainError> {
        let has_folds = matches!(self.judge, Judge::Folds(_));
        if !has_folds && !self.settings.selection.is_auto() {
            return Ok(None);
        }
        let paths = Paths {
            settings: self.settings,
            kind,
            classes,
            summary: &self.summary,
            design: &self.design,
            passes,
            judge: &self.judge,
            held_out: self.held_out.as_ref(),
            sides: &self.sides,
        };
        let choice = paths.choose().map_err(|failure| self.failed(failure))?;
        self.penalty = choice.penalty();
        Ok(Some(choice))
    }

    fn decide(
        &self,
        classes: &Classes,
        choice: Option<&Choice>,
        passes: &Passes<'p>,
        fit: &mut Fit,
    ) -> Result<Option<f64>, TrainError> {
        let held_out = HeldOut {
            design: &self.design,
            classes,
            passes,
            judge: &self.judge,
            sides: &self.sides,
            choice,
        };
        decide(&self.settings.decision, &held_out, fit)
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
        if (self.penalty.l1 > 0.0 || self.settings.selection.l1) && unknowns > most {
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

    fn finished(self, outcome: Outcome) -> Fitted {
        let fit = outcome.fit;
        if fit.passes > 0 {
            log::info(format_args!(
                "found the optimum in {} passes: the largest gradient is {:.1e} of its size",
                fit.passes + 1,
                fit.violation
            ));
        }
        Fitted {
            kind: outcome.kind,
            penalty: self.penalty,
            choice: outcome.choice,
            threshold: outcome.threshold,
            f_beta: self.settings.decision.f_beta,
            summary: self.summary,
            design: self.design,
            labels: outcome.labels,
            classes: outcome.classes,
            intercepts: fit.intercepts,
            coefficients: fit.coefficients,
            objective: fit.objective,
            passes: fit.passes + 1,
            quality: fit.quality,
            covariance: fit.covariance,
        }
    }
}

/// What was fitted, and what was chosen on the way.
struct Outcome {
    kind: Kind,
    fit: Fit,
    choice: Option<Choice>,
    threshold: Option<f64>,
    labels: Vec<Label>,
    classes: Option<Classes>,
}

impl Outcome {
    /// A fit of numbers, of which nothing was chosen.
    fn of(kind: Kind, fit: Fit) -> Self {
        Self {
            kind,
            fit,
            choice: None,
            threshold: None,
            labels: Vec::new(),
            classes: None,
        }
    }
}

fn say_progress(objective: f64, passes: usize) {
    log::info(format_args!("pass {}: objective={objective};", passes + 1));
}
