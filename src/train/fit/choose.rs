//! Which penalty: models along a path of penalties, judged by rows that were held out.

use sagelet_solver::algorithm::{Failure, Quality};
use sagelet_solver::block::Source;
use sagelet_solver::design::Design;
use sagelet_solver::error::FitError as SolverError;
use sagelet_solver::evaluate::{Evaluate, Losses};
use sagelet_solver::family::{Family, Link};
use sagelet_solver::labels::Classes;
use sagelet_solver::path::{self, Tried};
use sagelet_solver::penalty::Penalty;
use sagelet_solver::survey::Summary;
use sagelet_solver::{least_squares, warm};

use super::kind::Kind;
use crate::log;
use crate::train::TrainError;
use crate::train::part::{Folds, Part};
use crate::train::passes::Passes;
use crate::train::settings::{Selection, Settings, SettingsError};

/// The smallest `l1` of a path, of the one at which all coefficients are 0: scikit-learn's.
const L1_SHARE: f64 = 1e-3;

/// The largest `wd` of a path, of the curvature that a column has without it: coefficients are a hundredth.
const WD_LARGEST: f64 = 1e2;

/// The smallest `wd` of a path, of the largest.
const WD_SHARE: f64 = 1e-8;

/// Penalties without a smaller loss that end a path, where only a tolerance is given: Linear Learner's.
const PATIENCE: u64 = 3;

/// What a smaller loss has to be smaller by, where only a patience is given: Linear Learner's.
const TOLERANCE: f64 = 1e-3;

/// The rows that judge models.
pub(in crate::train) enum Judge<'a> {
    /// None: nothing is chosen.
    Nobody,
    /// Rows that no model is fitted to.
    Rows(Passes<'a>),
    /// Each fold of the training rows judges models of the others.
    Folds(Folds),
}

/// What was tried, and what was chosen of it.
#[derive(Debug)]
pub(in crate::train) struct Choice {
    pub(in crate::train) tried: Vec<Tried>,
    pub(in crate::train) chosen: usize,
    /// What judged, in a phrase.
    pub(in crate::train) judge: String,
    /// The models of each penalty that folds were judged by.
    models: Vec<Vec<Model>>,
}

/// Intercepts and coefficients, in the units of the rows.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) intercepts: Vec<f64>,
    pub(super) coefficients: Vec<Vec<f64>>,
}

/// What was found in a fold, and in all other rows.
pub(super) struct Side {
    pub(super) held_out: Summary,
    pub(super) summary: Summary,
    pub(super) design: Design,
}

/// What a path is fitted to.
pub(super) struct Paths<'a, 'p> {
    pub(super) settings: &'a Settings,
    pub(super) kind: Kind,
    pub(super) classes: Option<&'a Classes>,
    pub(super) summary: &'a Summary,
    pub(super) design: &'a Design,
    pub(super) passes: &'a Passes<'p>,
    pub(super) judge: &'a Judge<'p>,
    /// What squared loss is judged by, if not by folds.
    pub(super) held_out: Option<&'a Summary>,
    pub(super) sides: &'a [Side],
}

/// Fits of the same rows, and the rows that judge them.
struct Fits<'a, 'p> {
    design: &'a Design,
    warm: Warm<'a>,
    rows: Passes<'p>,
    judge: Option<JudgeOf<'p>>,
}

enum Warm<'a> {
    Squares(least_squares::Warm<'a>, least_squares::Judge),
    Rows(warm::Warm<'a>),
}

enum JudgeOf<'p> {
    Factor(least_squares::Judge),
    Rows(Passes<'p>),
}

impl Choice {
    pub(in crate::train) fn penalty(&self) -> Penalty {
        let chosen = self.tried.get(self.chosen);
        chosen.map_or_else(Penalty::default, |tried| tried.penalty)
    }

    /// The chosen penalty's models of all rows but those of a fold.
    pub(super) fn models(&self) -> &[Model] {
        self.models.get(self.chosen).map_or(&[], Vec::as_slice)
    }

    /// The mean loss on held-out rows, of the chosen penalty.
    pub(in crate::train) fn loss(&self) -> f64 {
        self.tried.get(self.chosen).map_or(f64::NAN, Tried::loss)
    }
}

impl<'a, 'p> Paths<'a, 'p> {
    /// Tries all penalties.
    pub(super) fn choose(&self) -> Result<Choice, Failure<TrainError>> {
        let selection = &self.settings.selection;
        let has_folds = matches!(self.judge, Judge::Folds(_));
        if selection.one_standard_error && !has_folds {
            return Err(Failure::Source(TrainError::Settings(
                SettingsError::Contradiction {
                    names: "one_standard_error, folds",
                    reason: "one set of held-out rows has no standard error: give folds",
                },
            )));
        }
        let steepest = self.steepest().map_err(Failure::Source)?;
        let fixed = Penalty {
            l1: self.settings.l1,
            l2: self.settings.wd,
        };
        let paths = paths(selection, fixed, steepest, self.largest_wd());
        let (mut tried, mut models, mut firsts) = (Vec::new(), Vec::new(), Vec::new());
        for path in &paths {
            firsts.push(tried.len());
            self.follow(path, &mut tried, &mut models)?;
        }
        let best = path::best(&tried).ok_or(SolverError::Overflow)?;
        let first = firsts.iter().rev().find(|first| **first <= best);
        let chosen = match selection.one_standard_error {
            true => path::within_one_standard_error(&tried, first.copied().unwrap_or(0), best),
            false => best,
        };
        let choice = Choice {
            judge: self.judge_in_words(),
            tried,
            chosen,
            models,
        };
        say(&choice);
        Ok(choice)
    }

    /// Fits one penalty after the other.
    fn follow(
        &self,
        path: &[Penalty],
        tried: &mut Vec<Tried>,
        models: &mut Vec<Vec<Model>>,
    ) -> Result<(), Failure<TrainError>> {
        let mut whole = self.whole();
        let mut folds: Vec<_> = self
            .sides
            .iter()
            .enumerate()
            .map(|(k, s)| self.side(k, s))
            .collect();
        let mut stopping = Stopping::new(&self.settings.selection);
        for (place, penalty) in path.iter().enumerate() {
            let step = self.step(&mut whole, &mut folds, *penalty);
            let (next, own) = match step {
                Err(Failure::Fit(_)) if place > 0 => {
                    log::warning(format_args!(
                        "the path of penalties ends before l1={}, wd={}: rows determine no model there",
                        penalty.l1, penalty.l2
                    ));
                    return Ok(());
                }
                step => step?,
            };
            log::info(format_args!(
                "penalty {} of {}: l1={}; wd={}; held_out_loss={}; coefficients={};",
                place + 1,
                path.len(),
                penalty.l1,
                penalty.l2,
                next.loss(),
                next.coefficients
            ));
            let is_last = stopping.is_last(next.loss());
            tried.push(next);
            models.push(own);
            if is_last {
                log::info(format_args!("the path ends early: losses no longer fall"));
                return Ok(());
            }
        }
        Ok(())
    }

    /// Fits all rows, and all but those of each fold.
    fn step(
        &self,
        whole: &mut Fits<'a, 'p>,
        folds: &mut [Fits<'a, 'p>],
        penalty: Penalty,
    ) -> Result<(Tried, Vec<Model>), Failure<TrainError>> {
        let (model, training) = whole.fit(penalty)?;
        let (mut losses, mut models) = (Vec::new(), Vec::new());
        if let Some(loss) = self.judged(whole, &model).map_err(Failure::Source)? {
            losses.push(loss);
        }
        for fits in folds {
            let (model, _) = fits.fit(penalty)?;
            losses.extend(self.judged(fits, &model).map_err(Failure::Source)?);
            models.push(model);
        }
        let all = model.coefficients.iter().flatten();
        let tried = Tried {
            penalty,
            losses,
            training,
            coefficients: all.filter(|coefficient| **coefficient != 0.0).count(),
        };
        Ok((tried, models))
    }

    /// The mean loss of a model on the rows that judge it.
    fn judged(&self, fits: &mut Fits<'a, 'p>, model: &Model) -> Result<Option<f64>, TrainError> {
        Ok(match &mut fits.judge {
            None => None,
            Some(JudgeOf::Factor(factor)) => Some(model.judged(fits.design, factor)),
            Some(JudgeOf::Rows(passes)) => {
                let losses = Losses(model.evaluate(fits.design, self.kind, self.classes));
                let (loss, weight) = passes.pass(&losses)?;
                Some(loss / weight)
            }
        })
    }

    fn whole(&self) -> Fits<'a, 'p> {
        let judge = match (self.judge, self.held_out) {
            (Judge::Rows(_), Some(rows)) => Some(JudgeOf::Factor(least_squares::Judge::new(
                self.design,
                rows,
            ))),
            (Judge::Rows(passes), None) => Some(JudgeOf::Rows(passes.clone())),
            _ => None,
        };
        Fits {
            design: self.design,
            warm: self.warm(self.summary, self.design),
            rows: self.passes.clone(),
            judge,
        }
    }

    fn side(&self, fold: usize, side: &'a Side) -> Fits<'a, 'p> {
        let part = |inside| match self.judge {
            Judge::Folds(folds) if inside => Part::Fold(*folds, fold),
            Judge::Folds(folds) => Part::Others(*folds, fold),
            _ => Part::All,
        };
        let judge = match self.loss() {
            None => JudgeOf::Factor(least_squares::Judge::new(&side.design, &side.held_out)),
            Some(_) => JudgeOf::Rows(self.passes.of(part(true))),
        };
        Fits {
            design: &side.design,
            warm: self.warm(&side.summary, &side.design),
            rows: self.passes.of(part(false)),
            judge: Some(judge),
        }
    }

    fn warm(&self, summary: &'a Summary, design: &'a Design) -> Warm<'a> {
        match self.loss() {
            None => Warm::Squares(
                least_squares::Warm::new(summary, design, self.settings.normalize_label),
                least_squares::Judge::new(design, summary),
            ),
            Some(loss) => Warm::Rows(warm::Warm::new(summary, design, loss)),
        }
    }

    /// What is minimised by passes over the rows; none for squared loss.
    fn loss(&self) -> Option<warm::Loss<'a>> {
        match (self.kind, self.classes) {
            (Kind::Softmax, Some(classes)) => Some(warm::Loss::Softmax(classes)),
            (kind, classes) => Some(warm::Loss::Scalar(kind.family()?, classes)),
        }
    }

    /// The smallest `l1` at which all coefficients are 0.
    fn steepest(&self) -> Result<f64, TrainError> {
        if !self.settings.selection.l1 || !self.settings.selection.penalties.is_empty() {
            return Ok(1.0);
        }
        let found = match self.warm(self.summary, self.design) {
            Warm::Squares(warm, _) => warm.steepest(),
            Warm::Rows(warm) => warm.steepest(&mut self.passes.clone())?,
        };
        Ok(if found > 0.0 { found } else { 1.0 })
    }

    /// The `wd` at which coefficients are about a hundredth of what they are without.
    fn largest_wd(&self) -> f64 {
        let active = self.design.active.iter();
        let columns = active.filter_map(|&index| self.design.columns.get(index));
        let largest = columns
            .map(|column| column.penalised.powi(-2))
            .fold(0.0, f64::max);
        let curvature = match self.kind.family() {
            None if self.kind == Kind::LeastSquares => 1.0,
            Some(Family::Tweedie {
                power,
                link: Link::Log,
            }) => self.label_mean().powf(2.0 - power),
            Some(Family::Tweedie { power, .. }) => self.label_mean().powf(-power),
            _ => 0.25,
        };
        let top = WD_LARGEST * curvature * largest;
        if top > 0.0 && top.is_finite() {
            top
        } else {
            1.0
        }
    }

    fn label_mean(&self) -> f64 {
        let triangle = &self.summary.triangle;
        self.summary.label_shift + triangle.at(0, triangle.width() - 1) / triangle.at(0, 0)
    }

    fn judge_in_words(&self) -> String {
        match self.judge {
            Judge::Folds(folds) => format!("{} folds", folds.count),
            _ => "the validation rows".to_owned(),
        }
    }
}

impl Fits<'_, '_> {
    /// The model of the next penalty, and its mean loss on the rows that it is fitted to.
    fn fit(&mut self, penalty: Penalty) -> Result<(Model, f64), Failure<TrainError>> {
        match &mut self.warm {
            Warm::Squares(warm, own) => {
                let (intercept, coefficients) = warm.fit(penalty)?;
                let model = Model {
                    intercepts: vec![intercept],
                    coefficients: vec![coefficients],
                };
                let loss = model.judged(self.design, own);
                Ok((model, loss))
            }
            Warm::Rows(warm) => {
                let fit = warm.fit(&mut self.rows, penalty)?;
                let loss = match &fit.quality {
                    Quality::Regression(quality) => quality.loss / quality.weight,
                    Quality::Classification(quality) => quality.loss / quality.weight,
                };
                let model = Model {
                    intercepts: fit.intercepts,
                    coefficients: fit.coefficients,
                };
                Ok((model, loss))
            }
        }
    }
}

impl Model {
    pub(super) fn evaluate<'a>(
        &'a self,
        design: &'a Design,
        kind: Kind,
        classes: Option<&'a Classes>,
    ) -> Evaluate<'a> {
        let (intercepts, coefficients) = (&self.intercepts, &self.coefficients);
        Evaluate::new(
            design,
            intercepts,
            coefficients,
            kind.family(),
            classes,
            0.0,
        )
    }

    fn judged(&self, design: &Design, rows: &least_squares::Judge) -> f64 {
        match (self.intercepts.as_slice(), self.coefficients.as_slice()) {
            ([intercept], [coefficients]) => rows.loss(design, *intercept, coefficients),
            _ => f64::NAN,
        }
    }
}

/// Ends a path whose losses no longer fall.
struct Stopping {
    /// None for never.
    patience: Option<u64>,
    tolerance: f64,
    smallest: f64,
    without: u64,
}

impl Stopping {
    fn new(selection: &Selection) -> Self {
        let by_tolerance = selection.tolerance.map(|_| PATIENCE);
        Self {
            patience: selection.patience.or(by_tolerance),
            tolerance: selection.tolerance.unwrap_or(TOLERANCE),
            smallest: f64::INFINITY,
            without: 0,
        }
    }

    fn is_last(&mut self, loss: f64) -> bool {
        let bound = self.smallest - self.tolerance * self.smallest.abs();
        if loss < bound || self.smallest.is_infinite() {
            self.without = 0;
            self.smallest = loss;
        } else {
            self.without += 1;
        }
        self.patience.is_some_and(|most| self.without >= most)
    }
}

/// The penalties that are tried: one path for each ratio, from the strongest on.
fn paths(selection: &Selection, fixed: Penalty, steepest: f64, wd: f64) -> Vec<Vec<Penalty>> {
    let listed = |largest: f64, share: f64| {
        if selection.penalties.is_empty() {
            return path::falling(largest, share, selection.models);
        }
        let mut penalties = selection.penalties.clone();
        penalties.sort_by(|a, b| b.total_cmp(a));
        penalties
    };
    let of = |penalties: Vec<f64>, penalty: &dyn Fn(f64) -> Penalty| -> Vec<Penalty> {
        penalties.into_iter().map(penalty).collect()
    };
    match (selection.l1, selection.wd) {
        (false, false) => vec![vec![fixed]],
        (true, false) => vec![of(listed(steepest, L1_SHARE), &|l1| Penalty {
            l1,
            ..fixed
        })],
        (false, true) => vec![of(listed(wd, WD_SHARE), &|l2| Penalty { l2, ..fixed })],
        (true, true) => {
            let path = |ratio: &f64| {
                of(listed(steepest / ratio, L1_SHARE), &|both| Penalty {
                    l1: both * ratio,
                    l2: both * (1.0 - ratio),
                })
            };
            selection.ratios.iter().map(path).collect()
        }
    }
}

fn say(choice: &Choice) {
    let Some(chosen) = choice.tried.get(choice.chosen) else {
        return;
    };
    let error = chosen.standard_error();
    let error = error.map_or_else(String::new, |error| format!(" (standard error {error})"));
    log::info(format_args!(
        "chose l1={}; wd={}; of {} by {}: held_out_loss={};{error}",
        chosen.penalty.l1,
        chosen.penalty.l2,
        choice.tried.len(),
        choice.judge,
        chosen.loss()
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_ends_after_as_many_losses_without_a_smaller_one_as_patience_has() {
        let mut stopping = Stopping::new(&Selection {
            patience: Some(2),
            tolerance: Some(0.1),
            ..Selection::default()
        });
        let losses = [10.0, 9.5, 8.0, 7.9, 7.0, 6.9, 6.8, 1.0];
        let ends = losses.map(|loss| stopping.is_last(loss));
        assert_eq!(ends.iter().position(|ends| *ends), Some(6));
        let mut never = Stopping::new(&Selection::default());
        assert!(!losses.iter().any(|_| never.is_last(1.0)));
    }

    #[test]
    fn paths_fall_and_share_a_penalty_by_its_ratio() {
        let selection = Selection {
            l1: true,
            wd: true,
            penalties: vec![1.0, 4.0],
            ratios: vec![0.25, 1.0],
            ..Selection::default()
        };
        let penalty = |l1, l2| Penalty { l1, l2 };
        let found = paths(&selection, Penalty::default(), 1.0, 1.0);
        let expected = [
            vec![penalty(1.0, 3.0), penalty(0.25, 0.75)],
            vec![penalty(4.0, 0.0), penalty(1.0, 0.0)],
        ];
        assert_eq!(found, expected);
    }
}
