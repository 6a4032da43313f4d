//! The stages of a saved model: each a class with its parameters, and numbers in a table.

use serde_json::{Map, Value as Json};

use super::SparkError;
use super::linalg;
use super::tree::Folder;
use crate::import::limits::{ESTIMATOR_LEVELS_MAX, SPARK_STAGES_MAX};
use crate::import::parquet::{self, Table, Value};
use crate::shown::bare;

/// A transformer or model.
pub(super) struct Stage<'t> {
    /// The class with its package.
    pub(super) class: String,
    /// The version of Spark that saved it.
    pub(super) version: String,
    pub(super) folder: Folder<'t>,
    about: Map<String, Json>,
}

/// What a model consists of, in the order in which rows go through it.
pub(super) fn stages<'t>(root: &Folder<'t>) -> Result<Vec<Stage<'t>>, SparkError> {
    let mut stages = Vec::new();
    collect(root.clone(), 0, &mut stages)?;
    Ok(stages)
}

fn collect<'t>(
    folder: Folder<'t>,
    depth: usize,
    stages: &mut Vec<Stage<'t>>,
) -> Result<(), SparkError> {
    if depth > ESTIMATOR_LEVELS_MAX || stages.len() >= SPARK_STAGES_MAX {
        return Err(SparkError::TooManyStages);
    }
    let stage = Stage::read(folder)?;
    let inner = match stage.name() {
        "PipelineModel" => {
            let names = stage.texts("stageUids").unwrap_or_default();
            let digits = names.len().to_string().len();
            let inner = names.iter().enumerate().map(|(index, name)| {
                // The number has as many digits as that of the last stage.
                let stages = stage.folder.inner("stages");
                stages.inner(&format!("{index:0digits$}_{name}"))
            });
            inner.collect()
        }
        "CrossValidatorModel" | "TrainValidationSplitModel" => {
            vec![stage.folder.inner("bestModel")]
        }
        "RFormulaModel" => vec![stage.folder.inner("pipelineModel")],
        _ => {
            stages.push(stage);
            Vec::new()
        }
    };
    for folder in inner {
        collect(folder, depth + 1, stages)?;
    }
    Ok(())
}

impl<'t> Stage<'t> {
    pub(super) fn read(folder: Folder<'t>) -> Result<Self, SparkError> {
        let about: Map<String, Json> = serde_json::from_slice(folder.metadata()?)?;
        let text = |key: &str| about.get(key).and_then(Json::as_str).unwrap_or_default();
        Ok(Self {
            class: text("class").to_owned(),
            version: text("sparkVersion").to_owned(),
            folder,
            about,
        })
    }

    /// The class without its package.
    pub(super) fn name(&self) -> &str {
        self.class.rsplit('.').next().unwrap_or_default()
    }

    /// The error that says why this stage makes no artifact.
    pub(super) fn refuse(&self, reason: impl std::fmt::Display) -> SparkError {
        SparkError::Stage {
            class: bare(self.name()),
            reason: reason.to_string(),
        }
    }

    /// The error for a file whose content is not what the class says.
    pub(super) fn without(&self, what: &str) -> SparkError {
        self.refuse(format_args!(
            "{what} is missing or not as expected: the file is damaged, or of a version that is not known"
        ))
    }

    /// A parameter that was set, or its default.
    pub(super) fn parameter(&self, name: &str) -> Option<&Json> {
        let of = |key: &str| self.about.get(key)?.get(name);
        of("paramMap").or_else(|| of("defaultParamMap"))
    }

    /// What is said of the model beside its parameters.
    pub(super) fn addition(&self, name: &str) -> Option<&Json> {
        self.about.get(name)
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.parameter(name)?.as_str()
    }

    pub(super) fn flag(&self, name: &str, default: bool) -> bool {
        let flag = self.parameter(name).and_then(Json::as_bool);
        flag.unwrap_or(default)
    }

    pub(super) fn number(&self, name: &str) -> Option<f64> {
        number(self.parameter(name)?)
    }

    pub(super) fn numbers(&self, name: &str) -> Option<Vec<f64>> {
        self.parameter(name)?
            .as_array()?
            .iter()
            .map(number)
            .collect()
    }

    /// Lists of numbers.
    pub(super) fn lists(&self, name: &str) -> Option<Vec<Vec<f64>>> {
        let list = |list: &Json| list.as_array()?.iter().map(number).collect();
        self.parameter(name)?.as_array()?.iter().map(list).collect()
    }

    pub(super) fn texts(&self, name: &str) -> Option<Vec<String>> {
        let texts = self.parameter(name)?.as_array()?;
        let text = |text: &Json| text.as_str().map(str::to_owned);
        texts.iter().map(text).collect()
    }

    /// The columns that go in, in the singular or plural.
    pub(super) fn inputs(&self) -> Vec<String> {
        self.columns("inputCol", "inputCols")
    }

    /// The columns that come out.
    pub(super) fn outputs(&self) -> Vec<String> {
        self.columns("outputCol", "outputCols")
    }

    fn columns(&self, one: &str, several: &str) -> Vec<String> {
        let several = self.texts(several);
        several.unwrap_or_else(|| self.text(one).map(str::to_owned).into_iter().collect())
    }

    /// The table with its numbers.
    pub(super) fn table(&self) -> Result<Table, SparkError> {
        let refuse = |error| self.refuse(error);
        let mut whole = Table::default();
        for part in self.folder.data()? {
            let table = parquet::read(part).map_err(refuse)?;
            whole.names = table.names;
            whole.rows.extend(table.rows);
        }
        Ok(whole)
    }

    /// A vector in the first row of its table, without its zeros left out.
    pub(super) fn vector(&self, table: &Table, name: &str) -> Result<Vec<f64>, SparkError> {
        let vector = table.first(name).and_then(linalg::vector);
        vector.ok_or_else(|| self.without(name))
    }

    /// A matrix in the first row of its table, row by row.
    pub(super) fn matrix(&self, table: &Table, name: &str) -> Result<Vec<Vec<f64>>, SparkError> {
        let matrix = table.first(name).and_then(linalg::matrix);
        matrix.ok_or_else(|| self.without(name))
    }

    /// A number in the first row of its table.
    pub(super) fn value(&self, table: &Table, name: &str) -> Result<f64, SparkError> {
        let number = table.first(name).and_then(Value::number);
        number.ok_or_else(|| self.without(name))
    }
}

/// A number; those that JSON has no form for are texts.
fn number(value: &Json) -> Option<f64> {
    match value.as_str() {
        Some("NaN") => Some(f64::NAN),
        Some("Inf" | "Infinity") => Some(f64::INFINITY),
        Some("-Inf" | "-Infinity") => Some(f64::NEG_INFINITY),
        Some(_) => None,
        None => value.as_f64(),
    }
}
