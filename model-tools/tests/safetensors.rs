//! safetensors: the weight and bias of a layer, in the bytes that the format's own writer makes.

use sagelet::artifact::{Artifact, Parameters};

use crate::harness::{Run, Scratch, run};

/// A file with this header and these numbers.
fn file(header: &str, numbers: &[u8]) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(numbers);
    bytes
}

fn f32s(numbers: &[f32]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect()
}

fn convert(scratch: &Scratch, bytes: &[u8]) -> Run {
    let path = scratch.write("model.safetensors", bytes);
    let output = scratch.path("model.cbor");
    run(["convert", &path, "-o", &output, "--force"])
}

const LAYER: &str = r#"{"__metadata__":{"format":"pt"},"linear.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"linear.bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}}"#;

#[test]
fn a_layer_of_several_outputs_is_a_regression_of_several_targets() {
    let scratch = Scratch::new();
    let bytes = file(LAYER, &f32s(&[1.0, 2.0, 3.0, -1.0, -2.0, 0.1, 10.0, 20.0]));
    let told = convert(&scratch, &bytes);
    assert!(
        told.stderr.contains("taken for a linear regression"),
        "{}",
        told.stderr
    );
    let document = Artifact::read(scratch.path("model.cbor").as_ref())
        .unwrap()
        .document;
    match document.model {
        Parameters::MultiTargetRegression(multi) => {
            assert_eq!(multi.intercepts, [10.0, 20.0]);
            // 0.1 as 32 bits have it, to the last digit.
            assert_eq!(
                multi.coefficients,
                [[1.0, 2.0, 3.0], [-1.0, -2.0, f64::from(0.1_f32)]]
            );
        }
        other => panic!("{}", other.kind()),
    }
}

#[test]
fn a_weight_alone_has_an_intercept_of_0() {
    let scratch = Scratch::new();
    let header = r#"{"weight":{"dtype":"F64","shape":[1,2],"data_offsets":[0,16]}}"#;
    let numbers: Vec<u8> = [2.0_f64, -0.25]
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    convert(&scratch, &file(header, &numbers)).ok();
    let document = Artifact::read(scratch.path("model.cbor").as_ref())
        .unwrap()
        .document;
    match document.model {
        Parameters::LinearRegression(linear) => {
            assert_eq!(
                (linear.intercept, linear.coefficients),
                (0.0, vec![2.0, -0.25])
            );
        }
        other => panic!("{}", other.kind()),
    }
}

#[test]
fn what_is_no_single_layer_or_damaged_is_refused() {
    let scratch = Scratch::new();
    let numbers = f32s(&[0.0; 8]);
    for (from, to, reason) in [
        (
            "F32\",\"shape\":[2,3]",
            "I32\",\"shape\":[2,3]",
            "\"linear.weight\" has the type I32",
        ),
        // Of the tensor before the other, which it would overlap.
        ("[0,24]", "[0,99]", "damaged, or not safetensors: "),
        ("[24,32]", "[20,28]", "damaged, or not safetensors: "),
        ("[24,32]", "[28,36]", "damaged, or not safetensors: "),
        ("[0,24]", "[0,20]", "damaged, or not safetensors: "),
        (
            "[2,3]",
            "[2,3,1]",
            "it holds the tensors \"linear.bias\", \"linear.weight\"",
        ),
        (
            "[2,3]",
            "[99999999999,99999999999]",
            "damaged, or not safetensors: ",
        ),
        (
            "\"linear.bias\"",
            "\"other.weight\"",
            "it holds the tensors \"linear.weight\", \"other.weight\"",
        ),
        ("\"shape\":[2],", "", "missing field `shape`"),
    ] {
        let header = LAYER.replace(from, to);
        assert_ne!(header, LAYER);
        convert(&scratch, &file(&header, &numbers)).refused(1, reason);
    }
    let whole = file(LAYER, &numbers);
    convert(&scratch, &whole[..whole.len() - 1]).refused(1, "damaged, or not safetensors: ");
    // What follows the last tensor was ignored once.
    convert(&scratch, &[whole.as_slice(), b"more"].concat())
        .refused(1, "damaged, or not safetensors: ");
}

#[test]
fn a_layer_that_is_too_wide_is_refused() {
    let scratch = Scratch::new();
    let header = r#"{"weight":{"dtype":"F16","shape":[1,2000001],"data_offsets":[0,4000002]}}"#;
    convert(&scratch, &file(header, &vec![0; 4_000_002])).refused(1, "a layer of 2000001 columns");
}
