//! From rows to a fitted model: the survey, how columns are treated, then the problem for the solver.

mod choose;
mod classes;
mod decide;
mod error;
mod fitted;
mod kind;
mod problem;
mod shown;

pub(super) use choose::{Choice, Judge};
pub use error::FitError;
pub(super) use fitted::Fitted;
pub(super) use kind::{Kind, is_one_pass};
pub(super) use shown::{shown, shown_feature};

use sagelet_solver::block::Source;
use sagelet_solver::design::{Design, Fill, Treatment};
use sagelet_solver::folds::Folded;
use sagelet_solver::penalty::Penalty;
use sagelet_solver::survey::{Summary, Survey};

use super::TrainError;
use super::part::Part;
use super::passes::Passes;
use super::settings::{Missing, Settings};
use super::table::{LabelKind, Schema};
use crate::limits::CLASSES_MAX;
use crate::log;
use choose::Side;
use classes::class_weights;
use problem::Problem;

/// Fits a model to the rows of a channel.
pub(super) fn fit<'p>(
    passes: &mut Passes<'p>,
    judge: Judge<'p>,
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
    let (summary, apart) = surveyed(passes, &judge, &survey)?;
    if summary.triangle.at(0, 0) == 0.0 {
        return Err(FitError::NoWeight.into());
    }
    let features = schema.features.len();
    log::info(format_args!(
        "training on {} rows of {features} features",
        summary.rows
    ));
    let designed = |summary: &Summary| {
        let treatments = treatments(schema, summary, settings);
        Design::new(summary, &treatments, settings.intercept)
    };
    let design = designed(&summary);
    say_constant(&design, schema);
    let sides = apart.into_iter().map(|(held_out, summary)| Side {
        design: designed(&summary),
        held_out,
        summary,
    });
    let judges_squares = is_one_pass(schema, settings) && settings.selection.is_auto();
    let held_out = match &judge {
        Judge::Rows(rows) if judges_squares => {
            let sum = rows.clone().pass(&survey)?;
            Some(survey.summary(sum))
        }
        _ => None,
    };
    let problem = Problem {
        schema,
        settings,
        sides: sides.collect(),
        judge,
        held_out,
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

/// What the first pass finds in all rows and, where folds judge, in each fold and in all rows but those of it.
fn surveyed(
    passes: &mut Passes<'_>,
    judge: &Judge<'_>,
    survey: &Survey,
) -> Result<(Summary, Vec<(Summary, Summary)>), TrainError> {
    let Judge::Folds(folds) = judge else {
        let sum = passes.pass(survey)?;
        return Ok((survey.summary(sum), Vec::new()));
    };
    let folded = Folded::new(survey, folds.count);
    let sums = passes.of(Part::Folded(*folds)).pass(&folded)?;
    let (all, apart) = (folded.all(&sums), folded.apart(&sums));
    let is_empty = |summary: &Summary| summary.triangle.at(0, 0) == 0.0;
    if apart.iter().any(|(fold, _)| is_empty(fold)) {
        let (rows, folds) = (all.rows, folds.count);
        return Err(FitError::Folds { rows, folds }.into());
    }
    Ok((all, apart))
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
