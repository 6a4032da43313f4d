//! How the scores of two classes become a decision: calibration and threshold, by the scores of held-out rows.

use sagelet_solver::algorithm::Fit;
use sagelet_solver::block::{Rows, Source};
use sagelet_solver::design::{Design, Fill, Treatment};
use sagelet_solver::evaluate::Scores;
use sagelet_solver::family::Family;
use sagelet_solver::fit as solver;
use sagelet_solver::labels::Classes;
use sagelet_solver::penalty::Penalty;
use sagelet_solver::survey::Survey;
use sagelet_solver::threshold::{self, Cut, Scored};

use super::choose::{Choice, Judge, Model, Side};
use super::kind::Kind;
use crate::limits::TRAINING_SCORES_MAX;
use crate::log;
use crate::train::TrainError;
use crate::train::part::Part;
use crate::train::passes::Passes;
use crate::train::settings::{Criterion, Decision};

/// The rows by which a decision is made.
pub(super) struct HeldOut<'a, 'p> {
    pub(super) design: &'a Design,
    pub(super) classes: &'a Classes,
    pub(super) passes: &'a Passes<'p>,
    pub(super) judge: &'a Judge<'p>,
    pub(super) sides: &'a [Side],
    pub(super) choice: Option<&'a Choice>,
}

/// Multiplies a calibration into the model, and gives the score from which on the second class is predicted; none
/// for 0.
pub(super) fn decide(
    decision: &Decision,
    held_out: &HeldOut<'_, '_>,
    fit: &mut Fit,
) -> Result<Option<f64>, TrainError> {
    if decision.criterion.is_none() && !decision.calibrate {
        return Ok(None);
    }
    let samples = decision.samples.and_then(|most| usize::try_from(most).ok());
    let most = samples
        .unwrap_or(TRAINING_SCORES_MAX)
        .min(TRAINING_SCORES_MAX);
    let mut scored = held_out.scores(fit, most)?;
    if scored.len() == most {
        log::info(format_args!(
            "threshold and calibration look at the first {most} rows"
        ));
    }
    if decision.calibrate {
        calibrate(&mut scored, fit);
    }
    let criterion = decision.criterion;
    Ok(criterion.and_then(|criterion| cut(criterion, decision, &mut scored)))
}

impl HeldOut<'_, '_> {
    /// The scores of held-out rows: folds by the models of the others.
    fn scores(&self, fit: &Fit, most: usize) -> Result<Vec<Scored>, TrainError> {
        let own = Model {
            intercepts: fit.intercepts.clone(),
            coefficients: fit.coefficients.clone(),
        };
        let folds = match self.judge {
            Judge::Folds(folds) => *folds,
            Judge::Rows(passes) => return self.scored(&own, self.design, passes.clone(), most),
            Judge::Nobody => {
                log::info(format_args!(
                    "no rows are held out (validation channel, validation_split, folds): threshold and calibration \
                     are chosen by the training rows"
                ));
                return self.scored(&own, self.design, self.passes.clone(), most);
            }
        };
        let models = self.choice.map_or(&[][..], Choice::models);
        let mut all = Vec::new();
        for (fold, (model, side)) in models.iter().zip(self.sides).enumerate() {
            let passes = self.passes.of(Part::Fold(folds, fold));
            all.extend(self.scored(model, &side.design, passes, most - all.len())?);
        }
        Ok(all)
    }

    fn scored(
        &self,
        model: &Model,
        design: &Design,
        mut passes: Passes<'_>,
        most: usize,
    ) -> Result<Vec<Scored>, TrainError> {
        let model = model.evaluate(design, Kind::Logistic, Some(self.classes));
        passes.pass(&Scores { model, most })
    }
}

/// Platt's: a logistic regression on the scores alone. Slope and intercept of a linear score are a linear score, so
/// that the model takes them in.
fn calibrate(scored: &mut [Scored], fit: &mut Fit) {
    let Some((slope, shift)) = platt(scored).filter(|(slope, _)| *slope > 0.0) else {
        log::warning(format_args!(
            "the model is not calibrated: no rising line through the scores of the held-out rows fits best"
        ));
        return;
    };
    log::info(format_args!(
        "calibration: slope={slope}; intercept={shift};"
    ));
    for row in scored {
        row.score = row.score * slope + shift;
    }
    for intercept in &mut fit.intercepts {
        *intercept = *intercept * slope + shift;
    }
    for coefficient in fit.coefficients.iter_mut().flatten() {
        *coefficient *= slope;
    }
    // It belongs to coefficients that maximise the likelihood.
    fit.covariance = None;
}

fn platt(scored: &[Scored]) -> Option<(f64, f64)> {
    let rows = Rows {
        width: 1,
        cells: scored.iter().map(|row| row.score).collect(),
        labels: scored
            .iter()
            .map(|row| f64::from(u8::from(row.is_second)))
            .collect(),
        weights: scored.iter().map(|row| row.weight).collect(),
        ..Rows::default()
    };
    let survey = Survey::classification(&rows.block(0, rows.labels.len()), 2);
    let Ok(sum) = (&rows).pass(&survey);
    let summary = survey.summary(sum);
    let treatment = Treatment {
        fill: Fill::Mean,
        indicator: false,
        normalise: true,
    };
    let design = Design::new(&summary, &[treatment], true);
    let classes = Classes::new(&[0.0, 1.0], &[1.0, 1.0]);
    let (family, penalty) = (Family::Logistic, Penalty::default());
    let mut source = &rows;
    let fit = solver::scalar(
        &mut source,
        &summary,
        &design,
        family,
        Some(&classes),
        penalty,
        |_, _| {},
    );
    let fit = fit.ok()?;
    Some((
        *fit.coefficients.first()?.first()?,
        *fit.intercepts.first()?,
    ))
}

/// The best of all cuts.
fn cut(criterion: Criterion, decision: &Decision, scored: &mut [Scored]) -> Option<f64> {
    let value = |cut: &Cut| match criterion {
        Criterion::Accuracy => Some(cut.accuracy()),
        Criterion::F1 => Some(cut.f_beta(1.0)),
        Criterion::FBeta => Some(cut.f_beta(decision.f_beta)),
        Criterion::PrecisionAtTargetRecall => {
            (cut.recall() >= decision.target_recall).then(|| cut.precision())
        }
        Criterion::RecallAtTargetPrecision => {
            (cut.precision() >= decision.target_precision).then(|| cut.recall())
        }
    };
    let best = threshold::best(scored, &value).or_else(|| {
        log::warning(format_args!(
            "no threshold has the precision {} on the held-out rows: the one with the highest precision is taken",
            decision.target_precision
        ));
        threshold::best(scored, &|cut| Some(cut.precision()))
    })?;
    log::info(format_args!(
        "threshold: score={}; probability={}; held_out_accuracy={}; held_out_precision={}; held_out_recall={};",
        best.at,
        Family::Logistic.mean(best.at),
        best.accuracy(),
        best.precision(),
        best.recall()
    ));
    Some(best.at)
}
