//! Predictions are what the formulas say, and a document survives writing and reading, whatever is in it.

use ndarray::Array2;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use sagelet::artifact::{
    Artifact, Document, Feature, GeneralizedLinear, Isotonic, Linear, Link, Parameters,
};
use sagelet::model::{Model, PredictError, TOLERANCE};

/// Numbers of sizes that sums of a few do not overflow.
fn number() -> impl Strategy<Value = f64> + Clone + use<> {
    prop_oneof![-1e3..1e3, -1e-6..1e-6, -1e100..1e100, Just(0.0), Just(-0.0)]
}

/// Numbers whose exponential is finite.
fn small() -> impl Strategy<Value = f64> + Clone + use<> {
    prop_oneof![-3.0..3.0, -1e-6..1e-6, Just(0.0)]
}

fn link() -> impl Strategy<Value = Link> {
    prop_oneof![Just(Link::Identity), Just(Link::Log), Just(Link::Logit)]
}

/// Coefficients, and rows as wide as they are many.
fn regression(
    cell: impl Strategy<Value = f64> + Clone + 'static,
) -> impl Strategy<Value = (Vec<f64>, Vec<Vec<f64>>)> {
    (1..20_usize).prop_flat_map(move |width| {
        (
            vec(cell.clone(), width),
            vec(vec(cell.clone(), width), 1..5),
        )
    })
}

/// Strictly increasing x and rising or falling y, as many of each.
fn thresholds() -> impl Strategy<Value = Isotonic> {
    (
        vec((0.001..10.0, 0.0..10.0), 1..12),
        -50.0..50.0,
        any::<bool>(),
    )
        .prop_map(|(steps, start, rising): (Vec<(f64, f64)>, f64, bool)| {
            let mut isotonic = Isotonic {
                x_thresholds: Vec::new(),
                y_thresholds: Vec::new(),
            };
            let (mut x, mut y) = (start, start);
            for (step, rise) in steps {
                x += step;
                y += if rising { rise } else { -rise };
                isotonic.x_thresholds.push(x);
                isotonic.y_thresholds.push(y);
            }
            isotonic
        })
}

fn document(parameters: Parameters) -> Document {
    Document::new(vec![Feature::default(); parameters.width()], parameters)
}

fn predict(parameters: Parameters, rows: &[Vec<f64>]) -> Vec<f64> {
    let model = Model::load(&document(parameters)).unwrap();
    let cells = rows.concat();
    let design = Array2::from_shape_vec((rows.len(), model.layout().width()), cells).unwrap();
    model
        .predict(design.view())
        .unwrap()
        .single()
        .unwrap()
        .to_vec()
}

/// intercept + Σ coefficient · cell, and the sum of the magnitudes that are added up.
fn naive(intercept: f64, coefficients: &[f64], row: &[f64]) -> (f64, f64) {
    let products = || {
        coefficients
            .iter()
            .zip(row)
            .map(|(coefficient, cell)| coefficient * cell)
    };
    let sum = products().fold(intercept, |sum, product| sum + product);
    let size = products().fold(intercept.abs(), |sum, product| sum + product.abs());
    (sum, size)
}

/// The isotonic function, straight from its definition.
fn interpolate(isotonic: &Isotonic, cell: f64) -> f64 {
    let (x, y) = (&isotonic.x_thresholds, &isotonic.y_thresholds);
    let last = x.len() - 1;
    if cell <= x[0] {
        return y[0];
    }
    if cell >= x[last] {
        return y[last];
    }
    let right = x.iter().position(|&threshold| threshold >= cell).unwrap();
    let left = right - 1;
    let share = (cell - x[left]) / (x[right] - x[left]);
    y[left] + share * (y[right] - y[left])
}

fn assert_within(found: f64, expected: f64, size: f64) -> Result<(), TestCaseError> {
    let allowed = TOLERANCE * size;
    prop_assert!(
        (found - expected).abs() <= allowed,
        "{found:e} instead of {expected:e} (±{allowed:e})"
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn linear_regression_is_its_formula(intercept in number(), (coefficients, rows) in regression(number())) {
        let linear = Linear { intercept, coefficients: coefficients.clone() };
        let predictions = predict(Parameters::LinearRegression(linear), &rows);
        for (row, found) in rows.iter().zip(predictions) {
            let (expected, size) = naive(intercept, &coefficients, row);
            assert_within(found, expected, size)?;
        }
    }

    #[test]
    fn generalized_linear_is_its_formula(link in link(), intercept in small(), (coefficients, rows) in regression(small())) {
        let model = GeneralizedLinear { link, intercept, coefficients: coefficients.clone() };
        let predictions = predict(Parameters::GeneralizedLinear(model), &rows);
        for (row, found) in rows.iter().zip(predictions) {
            let (linear, size) = naive(intercept, &coefficients, row);
            match link {
                Link::Identity => assert_within(found, linear, size)?,
                Link::Log => assert_within(found, linear.exp(), linear.exp() * (1.0 + size))?,
                Link::Logit => assert_within(found, 1.0 / (1.0 + (-linear).exp()), 1.0 + size)?,
            }
        }
    }

    #[test]
    fn isotonic_is_its_formula(isotonic in thresholds(), cells in vec(-100.0..200.0, 1..20)) {
        let size = isotonic.y_thresholds.iter().fold(0.0, |most: f64, y| most.max(y.abs()));
        let mut cells: Vec<f64> = cells;
        cells.extend(&isotonic.x_thresholds);
        let rows: Vec<Vec<f64>> = cells.iter().map(|&cell| vec![cell]).collect();
        let predictions = predict(Parameters::Isotonic(isotonic.clone()), &rows);
        for (&cell, found) in cells.iter().zip(predictions) {
            assert_within(found, interpolate(&isotonic, cell), size)?;
        }
    }

    #[test]
    fn a_document_survives_cbor_and_json(document in any_document()) {
        let (sealed, bytes) = Artifact::seal(document.clone()).unwrap();
        let read = Artifact::from_bytes(&bytes).unwrap();
        prop_assert_eq!(&read, &sealed);
        prop_assert_eq!(&read.document, &document);
        let (_, again) = Artifact::seal(read.document).unwrap();
        prop_assert_eq!(again, bytes, "the same document gives the same bytes");
        let json = serde_json::to_string(&document).unwrap();
        let from_json: Document = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(from_json, document);
    }

    #[test]
    fn bytes_of_no_meaning_never_panic(bytes in vec(any::<u8>(), 0..200)) {
        let mut tagged = vec![0xd9, 0xd9, 0xf7];
        tagged.extend(bytes);
        prop_assert!(Artifact::from_bytes(&tagged).is_err());
    }
}

fn parameters() -> impl Strategy<Value = Parameters> {
    let linear = (number(), vec(number(), 1..8)).prop_map(|(intercept, coefficients)| {
        Parameters::LinearRegression(Linear {
            intercept,
            coefficients,
        })
    });
    let generalized =
        (link(), number(), vec(number(), 1..8)).prop_map(|(link, intercept, coefficients)| {
            Parameters::GeneralizedLinear(GeneralizedLinear {
                link,
                intercept,
                coefficients,
            })
        });
    prop_oneof![
        linear,
        generalized,
        thresholds().prop_map(Parameters::Isotonic)
    ]
}

fn any_document() -> impl Strategy<Value = Document> {
    let parts = (
        parameters(),
        btree_map(".{0,8}", ".{0,12}", 0..4),
        btree_map(".{0,8}", number(), 0..4),
    );
    (parts, any::<bool>(), 0..3_usize).prop_flat_map(
        |((parameters, provenance, metrics), named, rows)| {
            let width = parameters.width();
            (vec(vec(number(), width), rows), vec(number(), rows)).prop_map(
                move |(rows, predictions)| {
                    let feature = |column| Feature {
                        name: named.then(|| format!("ä{column}\n\"")),
                        ..Feature::default()
                    };
                    let mut document =
                        Document::new((0..width).map(feature).collect(), parameters.clone());
                    document.provenance = provenance.clone();
                    document.metrics = metrics.clone();
                    for (row, prediction) in rows.iter().zip(&predictions) {
                        document.verification.push(row, vec![*prediction]);
                    }
                    document
                },
            )
        },
    )
}

#[test]
fn rows_of_another_width_are_an_error_and_no_panic() {
    for document in crate::damage::one_of_each_kind() {
        let model = Model::load(&document).unwrap();
        let rows = Array2::zeros((2, model.layout().width() + 1));
        let error = model.predict(rows.view()).unwrap_err();
        assert!(matches!(error, PredictError::Matrix { .. }), "{error}");
    }
}

#[test]
fn no_rows_give_no_predictions() {
    for document in crate::damage::one_of_each_kind() {
        let model = Model::load(&document).unwrap();
        let none = Array2::zeros((0, model.layout().width()));
        assert_eq!(model.predict(none.view()).unwrap().rows(), 0);
    }
}
