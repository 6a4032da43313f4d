//! Models that Spark ML saved: a pipeline of transformers and a linear model, or one of them alone.
//!
//! A saved model is a tree of folders. `metadata` in each says of which class it is and with which parameters, `data`
//! holds its numbers. What a column of the rows is, is found from the model backwards: only what it needs counts, so
//! that a stage for the label, which rows do not have, is none of its columns.

mod columns;
mod encoding;
mod linalg;
mod made;
mod predictors;
mod scaling;
mod stage;
mod transformers;
mod tree;

pub(super) use tree::{TreeError, detect, pack};

use sagelet::artifact::Label;
use sagelet::text::Quoted;

use self::columns::Columns;
use self::stage::Stage;
use self::tree::Tree;
use super::limits::SPARK_STAGES_MAX;
use super::linear::{self, Conflict};
use super::{ImportError, Imported};
use crate::shown::{bare, listed};

/// Why a saved model of Spark makes no artifact.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SparkError {
    #[error("the saved model of Spark: {0}")]
    Tree(#[from] TreeError),
    #[error("the saved model of Spark: what it says of a stage is no JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the saved model of Spark has more than {SPARK_STAGES_MAX} stages")]
    TooManyStages,
    #[error("a {class} of Spark: {reason}")]
    Stage {
        /// The class, such as `RandomForestClassificationModel`.
        class: String,
        /// Why it is not in an artifact.
        reason: String,
    },
    #[error("the column {0} of Spark: {1}")]
    Column(Quoted, String),
    #[error(transparent)]
    Conflict(#[from] Conflict),
}

/// Reads an archive of a saved model.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    Ok(convert(bytes)?)
}

fn convert(bytes: &[u8]) -> Result<Imported, SparkError> {
    let tree = Tree::read(bytes)?;
    let stages = stage::stages(&tree.root()?)?;
    let (index, names) = last(&stages)?;
    let model = stages.get(index).ok_or(SparkError::TooManyStages)?;
    let mut columns = Columns::new(stages.get(..index).unwrap_or_default(), transformers::make);
    let mut prediction = predictors::predict(model, &mut columns)?;
    if let Some(names) = names {
        prediction.labels = renamed(model, &prediction.labels, &names)?;
    }
    let inputs = columns.inputs();
    let mut conversion = columns.finish()?;
    if inputs.len() > 1 {
        conversion.note(format!(
            "rows have the columns {}, in the order in which the pipeline reads them",
            listed(inputs.iter().map(String::as_str))
        ));
    }
    let (mut document, notes) = linear::document(conversion, &prediction)?;
    let library = format!("Spark {}", bare(&model.version));
    let provenance = &mut document.provenance;
    provenance.insert("library".to_owned(), library.trim().to_owned());
    provenance.insert("class".to_owned(), bare(&model.class));
    Ok(Imported {
        notes,
        ..Imported::new(document)
    })
}

/// The index of the model, behind which no stage changes a number, and what the classes are called at last.
fn last(stages: &[Stage<'_>]) -> Result<(usize, Option<Vec<String>>), SparkError> {
    let mut names = None;
    for (index, stage) in stages.iter().enumerate().rev() {
        match stage.name() {
            "IndexToString" => names = stage.texts("labels").filter(|labels| !labels.is_empty()),
            "ColumnPruner" | "VectorAttributeRewriter" => {}
            name if transformers::is_known(name) => {
                return Err(stage.refuse(
                    "it is the last stage, and changes columns only: save the pipeline with the model behind it",
                ));
            }
            _ => return Ok((index, names)),
        }
    }
    Err(SparkError::Stage {
        class: "PipelineModel".to_owned(),
        reason: "it has no stage that predicts: save what fit() returned".to_owned(),
    })
}

/// Labels 0, 1, … by their names.
fn renamed(
    model: &Stage<'_>,
    labels: &[Label],
    names: &[String],
) -> Result<Vec<Label>, SparkError> {
    match labels.len() <= names.len() && !labels.is_empty() {
        true => Ok(names
            .iter()
            .take(labels.len())
            .map(|name| Label::Text(name.clone()))
            .collect()),
        false => Err(model.refuse(format_args!(
            "IndexToString behind it names {} classes of {}",
            names.len(),
            labels.len()
        ))),
    }
}
