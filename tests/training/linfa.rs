//! Where linfa's own solvers converge, training finds what they find. linfa's fitted types are what is served.

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_elasticnet::ElasticNet;
use linfa_linear::LinearRegression;
use linfa_logistic::{LogisticRegression, MultiLogisticRegression};
use ndarray::{Array1, Array2, Axis};
use sagelet::artifact::{Document, Parameters};

use super::{job, trained};

const ROWS: usize = 200;
const COLUMNS: usize = 4;

/// Columns of mean 0 that are not correlated much, and a score of each row.
fn records() -> (Array2<f64>, Array1<f64>) {
    let cell = |(row, column): (usize, usize)| {
        ((row * (2 * column + 3) * 7_919 + column * 104_729) % 1_009) as f64 / 1_009.0
    };
    let cells = Array2::from_shape_fn((ROWS, COLUMNS), cell);
    let cells = &cells - &cells.mean_axis(Axis(0)).unwrap();
    let noise = Array1::from_shape_fn(ROWS, |row| ((row * 6_007) % 503) as f64 / 503.0 - 0.5);
    let score = cells.dot(&Array1::from(vec![2.0, -1.0, 0.5, 0.0])) + noise;
    (cells, score)
}

/// What a job makes of these rows.
fn document(cells: &Array2<f64>, labels: &Array1<f64>, settings: &str) -> Document {
    let rows = cells.rows().into_iter().zip(labels);
    let line = |(row, label): (ndarray::ArrayView1<'_, f64>, &f64)| {
        let cells: Vec<String> = row.iter().map(f64::to_string).collect();
        format!("{label},{}\n", cells.join(","))
    };
    trained(&job(settings, &rows.map(line).collect::<String>()))
}

#[track_caller]
fn assert_near(found: &[f64], expected: impl IntoIterator<Item = f64>, allowed: f64) {
    for (found, expected) in found.iter().zip(expected) {
        let difference = (found - expected).abs();
        assert!(difference <= allowed, "{found}, linfa has {expected}");
    }
}

#[test]
fn least_squares_is_that_of_linfa() {
    let (cells, labels) = records();
    let Parameters::LinearRegression(found) = document(&cells, &labels, "{}").model else {
        panic!("another kind");
    };
    let dataset = Dataset::new(cells, labels);
    let expected = LinearRegression::new().fit(&dataset).unwrap();
    assert_near(&found.coefficients, expected.params().to_vec(), 1e-12);
    assert_near(&[found.intercept], [expected.intercept()], 1e-12);
}

/// linfa does not centre the columns, so this is without an intercept.
#[test]
fn the_elastic_net_is_that_of_linfa() {
    let (cells, labels) = records();
    let settings =
        r#"{"use_bias": "false", "normalize_data": "false", "l1": "0.012", "wd": "0.008"}"#;
    let Parameters::ElasticNet(found) = document(&cells, &labels, settings).model else {
        panic!("another kind");
    };
    assert!(found.coefficients.contains(&0.0), "{found:?}");
    let dataset = Dataset::new(cells, labels);
    let params = ElasticNet::params().penalty(0.02).l1_ratio(0.6);
    let params = params.with_intercept(false).tolerance(1e-12);
    let expected = params.max_iterations(100_000).fit(&dataset).unwrap();
    assert_near(&found.coefficients, expected.hyperplane().to_vec(), 1e-8);
}

#[test]
fn logistic_regression_is_that_of_linfa() {
    let (cells, score) = records();
    let labels = score.mapv(|score| f64::from(u8::from(score > 0.1)));
    let settings =
        r#"{"predictor_type": "binary_classifier", "normalize_data": "false", "wd": "0.01"}"#;
    let Parameters::LogisticRegression(found) = document(&cells, &labels, settings).model else {
        panic!("another kind");
    };
    let dataset = Dataset::new(cells, labels.mapv(|label| label > 0.5));
    let params = LogisticRegression::default().alpha(0.01 * ROWS as f64);
    let params = params.gradient_tolerance(1e-7).max_iterations(1_000);
    let expected = params.fit(&dataset).unwrap();
    // linfa says itself which class is positive.
    let sign = if expected.labels().pos.class {
        1.0
    } else {
        -1.0
    };
    assert_near(
        &found.coefficients,
        (expected.params() * sign).to_vec(),
        1e-7,
    );
    assert_near(&[found.intercept], [expected.intercept() * sign], 1e-7);
}

#[test]
fn multinomial_regression_is_that_of_linfa() {
    let (cells, score) = records();
    let class = |score: f64| usize::from(score > -0.3) + usize::from(score > 0.3);
    let labels = score.mapv(|score| class(score) as f64);
    let settings =
        r#"{"predictor_type": "multiclass_classifier", "normalize_data": "false", "wd": "0.01"}"#;
    let Parameters::MultinomialLogisticRegression(found) =
        document(&cells, &labels, settings).model
    else {
        panic!("another kind");
    };
    let dataset = Dataset::new(cells, score.mapv(class));
    let params = MultiLogisticRegression::default().alpha(0.01 * ROWS as f64);
    let params = params.gradient_tolerance(1e-7).max_iterations(1_000);
    let expected = params.fit(&dataset).unwrap();
    for (own, expected) in found.coefficients.iter().zip(expected.params().columns()) {
        assert_near(own, expected.to_vec(), 1e-7);
    }
}
