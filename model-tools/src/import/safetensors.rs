//! safetensors files with the weight and bias of one linear layer, as PyTorch's `nn.Linear` has them.
//!
//! Format: eight bytes with the length of a JSON header, the header, the numbers
//! (github.com/huggingface/safetensors).

use std::collections::BTreeMap;

use sagelet::artifact::{Document, Feature, Linear, MultiTarget, Parameters};
use sagelet::limits::FEATURES_MAX;
use serde::Deserialize;

use super::objects::{Array, ArrayError, Dtype, Node, Objects, Order, TreeTooLarge};
use super::{ImportError, Imported};

/// Bytes of a header, as the format's own reader has it.
const HEADER_BYTES_MAX: usize = 100_000_000;

/// Why a file gives no model.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SafetensorsError {
    #[error("the header does not have the shape of safetensors: {0}")]
    Header(#[from] serde_json::Error),
    #[error("the tensor {0:?} lies outside of the file")]
    Offsets(String),
    #[error("the tensor {name:?} has the type {dtype}: F64, F32 and F16 are supported")]
    Dtype { name: String, dtype: String },
    #[error("the tensor {name:?}: {reason}")]
    Array { name: String, reason: ArrayError },
    #[error(
        "it holds the tensors {0}: one linear layer has a weight of one or two dimensions, and a bias if any"
    )]
    Tensors(String),
    #[error("{found} numbers in the bias of {expected} outputs")]
    Bias { found: usize, expected: usize },
    #[error("a layer of {0} columns: 1 to {FEATURES_MAX} are possible")]
    Width(usize),
    #[error(transparent)]
    TooLarge(#[from] TreeTooLarge),
}

/// What the header says of one tensor.
#[derive(Deserialize)]
struct Tensor {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

#[derive(Deserialize)]
struct Header {
    /// Texts about the file, which say nothing of the model.
    #[serde(rename = "__metadata__", default)]
    _metadata: BTreeMap<String, String>,
    #[serde(flatten)]
    tensors: BTreeMap<String, Tensor>,
}

/// The header and the bytes after it.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (header, data) = rest.split_at_checked(length)?;
    (length <= HEADER_BYTES_MAX && header.first() == Some(&b'{')).then_some((header, data))
}

/// The first eight bytes are the length of something that begins as JSON does.
pub(super) fn detect(bytes: &[u8]) -> bool {
    split(bytes).is_some()
}

/// Reads a file.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    Ok(convert(bytes)?)
}

fn convert(bytes: &[u8]) -> Result<Imported, SafetensorsError> {
    let (header, data) = split(bytes).unwrap_or_default();
    let header: Header = serde_json::from_slice(header)?;
    let tensors = &header.tensors;
    let all = || {
        header
            .tensors
            .keys()
            .take(10)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (mut weights, mut biases) = (named(tensors, "weight"), named(tensors, "bias"));
    let ((Some(weight), None), (bias, None)) = (
        (weights.next(), weights.next()),
        (biases.next(), biases.next()),
    ) else {
        return Err(SafetensorsError::Tensors(all()));
    };
    let used = 1 + usize::from(bias.is_some());
    let (outputs, width) = match *weight.1.shape.as_slice() {
        [width] => (1, width),
        [outputs, width] => (outputs, width),
        _ => return Err(SafetensorsError::Tensors(all())),
    };
    if used != header.tensors.len() || outputs == 0 {
        return Err(SafetensorsError::Tensors(all()));
    }
    if width == 0 || width > FEATURES_MAX {
        return Err(SafetensorsError::Width(width));
    }
    let coefficients = numbers(weight, data)?;
    let intercepts = bias.map_or_else(|| Ok(vec![0.0; outputs]), |bias| numbers(bias, data))?;
    if intercepts.len() != outputs {
        return Err(SafetensorsError::Bias {
            found: intercepts.len(),
            expected: outputs,
        });
    }
    let document = Document::new(
        vec![Feature::default(); width],
        parameters(&coefficients, intercepts, width),
    );
    let notes = vec!["a file of tensors does not say how its model predicts: taken for a linear regression, without a link or classes".to_owned()];
    Ok(Imported {
        notes,
        ..Imported::new(document)
    })
}

/// The tensors that are called so, in whichever layer.
fn named<'a>(
    tensors: &'a BTreeMap<String, Tensor>,
    ending: &'static str,
) -> impl Iterator<Item = (&'a String, &'a Tensor)> {
    let is_so = move |name: &str| name.rsplit('.').next() == Some(ending);
    tensors.iter().filter(move |(name, _)| is_so(name))
}

fn parameters(coefficients: &[f64], intercepts: Vec<f64>, width: usize) -> Parameters {
    match intercepts.as_slice() {
        [intercept] => Parameters::LinearRegression(Linear {
            intercept: *intercept,
            coefficients: coefficients.to_vec(),
        }),
        _ => Parameters::MultiTargetRegression(MultiTarget {
            targets: Vec::new(),
            intercepts,
            coefficients: coefficients
                .chunks_exact(width)
                .map(<[f64]>::to_vec)
                .collect(),
        }),
    }
}

/// The numbers of a tensor, row by row.
fn numbers((name, tensor): (&String, &Tensor), data: &[u8]) -> Result<Vec<f64>, SafetensorsError> {
    let [start, end] = tensor.data_offsets;
    let bytes = data
        .get(start..end)
        .ok_or_else(|| SafetensorsError::Offsets(name.clone()))?;
    let dtype = match tensor.dtype.as_str() {
        "F64" => "<f8",
        "F32" => "<f4",
        "F16" => "<f2",
        other => {
            let dtype = other.chars().take(20).collect();
            return Err(SafetensorsError::Dtype {
                name: name.clone(),
                dtype,
            });
        }
    };
    let wrong = |reason| SafetensorsError::Array {
        name: name.clone(),
        reason,
    };
    let mut objects = Objects::default();
    let bytes = objects.add(Node::Bytes(bytes.into()))?;
    let dtype = Dtype::parse(dtype).map_err(wrong)?;
    let array =
        Array::new(&objects, dtype, tensor.shape.clone(), Order::Rows, bytes).map_err(wrong)?;
    array.floats(&objects).map_err(wrong)
}
