//! From rows to a fitted model: the survey, how columns are treated, then the problem for the solver.

mod classes;
mod error;
mod fitted;
mod kind;
mod problem;
mod shown;

pub use error::FitError;
pub(super) use fitted::Fitted;
pub(super) use kind::{Kind, is_one_pass};
pub(super) use shown::{shown, shown_feature};

use sagelet_solver::block::Source;
use sagelet_solver::design::{Design, Fill, Treatment};
use sagelet_solver::penalty::Penalty;
use sagelet_solver::survey::{Summary, Survey};

use super::TrainError;
use super::passes::Passes;
use super::settings::{Missing, Settings};
use super::table::{LabelKind, Schema};
use crate::limits::CLASSES_MAX;
use crate::log;
use classes::class_weights;
use problem::Problem;

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
