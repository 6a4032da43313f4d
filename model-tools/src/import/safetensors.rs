//! safetensors files with the weight and bias of one linear layer, as PyTorch's `nn.Linear` has them.
//!
//! Format: eight bytes with the length of a JSON header, the header, the numbers
//! (github.com/huggingface/safetensors).

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensorError, SafeTensors};
use sagelet::artifact::{Document, Feature, Linear, MultiTarget, Parameters};
use sagelet::limits::FEATURES_MAX;
use sagelet::text::Quoted;

use super::{ImportError, Imported};
use crate::import::limits::SAFETENSORS_HEADER_BYTES_MAX;
use crate::shown::{listed, quoted};

/// Why a file gives no model.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SafetensorsError {
    #[error("the file is damaged, or not safetensors: {0}")]
    File(Quoted),
    #[error("the tensor {name} has the type {dtype}: F64, F32 and F16 are supported")]
    Dtype {
        /// What it is called.
        name: Quoted,
        /// What it is.
        dtype: String,
    },
    #[error(
        "it holds the tensors {0}: one linear layer has a weight of one or two dimensions, and a bias if any"
    )]
    Tensors(String),
    #[error("{found} numbers in the bias of {expected} outputs")]
    Bias {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    #[error("a layer of {0} columns: 1 to {FEATURES_MAX} are possible")]
    Width(usize),
}

impl From<SafeTensorError> for SafetensorsError {
    fn from(error: SafeTensorError) -> Self {
        Self::File(quoted(&error.to_string()))
    }
}

/// The first eight bytes are the length of something that begins as JSON does.
pub(super) fn detect(bytes: &[u8]) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else {
        return false;
    };
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    length <= SAFETENSORS_HEADER_BYTES_MAX && length <= rest.len() && rest.first() == Some(&b'{')
}

/// Reads a file.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    Ok(convert(bytes)?)
}

/// The weight of the layer, and its bias if it has one.
type Layer<'a> = (TensorView<'a>, Option<(String, TensorView<'a>)>);

fn convert(bytes: &[u8]) -> Result<Imported, SafetensorsError> {
    let mut tensors = SafeTensors::deserialize(bytes)?.tensors();
    tensors.sort_by(|(a, _), (b, _)| a.cmp(b));
    let (name, (weight, bias)) = layer(&tensors)?;
    let (outputs, width) = match *weight.shape() {
        [width] => (1, width),
        [outputs, width] if outputs > 0 => (outputs, width),
        _ => return Err(others(&tensors)),
    };
    if width == 0 || width > FEATURES_MAX {
        return Err(SafetensorsError::Width(width));
    }
    let coefficients = numbers(&name, &weight)?;
    let intercepts = match bias {
        Some((name, bias)) => numbers(&name, &bias)?,
        None => vec![0.0; outputs],
    };
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

/// The tensors of a layer, in whichever one: a weight, and a bias if there is a second tensor.
fn layer<'a>(
    tensors: &[(String, TensorView<'a>)],
) -> Result<(String, Layer<'a>), SafetensorsError> {
    let named = |ending: &'static str| {
        let is_so =
            move |(name, _): &&(String, TensorView<'a>)| name.rsplit('.').next() == Some(ending);
        tensors.iter().filter(is_so)
    };
    let (mut weights, mut biases) = (named("weight"), named("bias"));
    match (weights.next(), weights.next(), biases.next(), biases.next()) {
        (Some((name, weight)), None, bias, None)
            if tensors.len() == 1 + usize::from(bias.is_some()) =>
        {
            Ok((name.clone(), (weight.clone(), bias.cloned())))
        }
        _ => Err(others(tensors)),
    }
}

fn others(tensors: &[(String, TensorView<'_>)]) -> SafetensorsError {
    let names = tensors.iter().map(|(name, _)| name.as_str());
    SafetensorsError::Tensors(listed(names))
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

/// The numbers of a tensor, row by row. The reader has checked that there are as many as the shape says.
fn numbers(name: &str, tensor: &TensorView<'_>) -> Result<Vec<f64>, SafetensorsError> {
    let data = tensor.data();
    Ok(match tensor.dtype() {
        Dtype::F64 => {
            let numbers = data.as_chunks().0.iter();
            numbers.map(|bytes| f64::from_le_bytes(*bytes)).collect()
        }
        Dtype::F32 => {
            let numbers = data.as_chunks().0.iter();
            numbers
                .map(|bytes| f64::from(f32::from_le_bytes(*bytes)))
                .collect()
        }
        Dtype::F16 => {
            let numbers = data.as_chunks().0.iter();
            numbers
                .map(|bytes| half::f16::from_le_bytes(*bytes).to_f64())
                .collect()
        }
        other => {
            return Err(SafetensorsError::Dtype {
                name: quoted(name),
                dtype: format!("{other:?}"),
            });
        }
    })
}
