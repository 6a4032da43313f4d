//! What a model takes and gives: metadata of the protocol, and the configuration that Triton's clients read.

use serde_json::{Value, json};

use crate::MODEL_VERSION;
use crate::artifact::Feature;
use crate::codec::Datatype;
use crate::serve::app::App;
use crate::serve::loaded::LoadedModel;
use crate::serve::refusal::Refusal;
use crate::serve::web::Response;

/// A tensor of the model: all rows, and this many columns, or one without a dimension of its own.
struct Tensor {
    name: String,
    datatype: Datatype,
    columns: Option<usize>,
}

/// `/v2/models/NAME`
pub(in crate::serve) fn metadata(app: &App, name: &str) -> Result<Response, Refusal> {
    app.with_model(name, |loaded| {
        let list = |tensors: Vec<Tensor>| tensors.iter().map(Tensor::metadata).collect::<Value>();
        Ok(Response::json(&json!({
            "name": loaded.name,
            "versions": [MODEL_VERSION],
            "platform": "sagelet",
            "inputs": list(inputs(loaded)),
            "outputs": list(outputs(loaded)),
        })))
    })
}

/// `/v2/models/NAME/config`. Rows are a dimension of each tensor, so there is no dimension of batches.
pub(in crate::serve) fn config(app: &App, name: &str) -> Result<Response, Refusal> {
    app.with_model(name, |loaded| {
        let list = |tensors: Vec<Tensor>| tensors.iter().map(Tensor::config).collect::<Value>();
        Ok(Response::json(&json!({
            "name": loaded.name,
            "platform": "sagelet",
            "backend": "sagelet",
            "version_policy": { "latest": { "num_versions": 1 } },
            "max_batch_size": 0,
            "input": list(inputs(loaded)),
            "output": list(outputs(loaded)),
        })))
    })
}

/// Rows of numbers are one tensor; features of several types are one each.
fn inputs(loaded: &LoadedModel) -> Vec<Tensor> {
    let document = &loaded.artifact.document;
    let mut features = document.features.iter();
    if features.all(|feature| feature.encoding.is_none()) {
        return vec![Tensor {
            name: "input-0".to_owned(),
            datatype: Datatype::FP64,
            columns: Some(document.features.len()),
        }];
    }
    let features = document.features.iter().enumerate();
    features
        .map(|(column, feature)| Tensor {
            name: document.feature_name(column).to_string(),
            datatype: datatype(feature),
            columns: Some(1),
        })
        .collect()
}

fn outputs(loaded: &LoadedModel) -> Vec<Tensor> {
    let document = &loaded.artifact.document;
    let (labels, targets) = (document.model.labels(), document.model.outputs());
    let mut outputs = vec![Tensor {
        name: "predict".to_owned(),
        datatype: match labels {
            [] => Datatype::FP64,
            _ if document.model.is_multilabel() => Datatype::INT64,
            labels => Datatype::of_labels(labels),
        },
        columns: (document.model.is_multilabel() || labels.is_empty() && targets > 1)
            .then_some(targets),
    }];
    if loaded.model.has_probabilities() {
        outputs.push(Tensor {
            name: "predict_proba".to_owned(),
            datatype: Datatype::FP64,
            columns: Some(labels.len()),
        });
    }
    outputs
}

fn datatype(feature: &Feature) -> Datatype {
    match &feature.encoding {
        None => Datatype::FP64,
        Some(encoding) => Datatype::of_labels(encoding.categories()),
    }
}

impl Tensor {
    fn shape(&self) -> Value {
        match self.columns {
            Some(columns) => json!([-1, columns]),
            None => json!([-1]),
        }
    }

    fn metadata(&self) -> Value {
        let datatype = self.datatype.name();
        json!({ "name": self.name, "datatype": datatype, "shape": self.shape() })
    }

    fn config(&self) -> Value {
        let data_type = match self.datatype {
            Datatype::Bytes => "TYPE_STRING".to_owned(),
            other => format!("TYPE_{other}"),
        };
        json!({ "name": self.name, "data_type": data_type, "dims": self.shape() })
    }
}
