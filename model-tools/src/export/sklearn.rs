//! JSON that ten lines of Python make a fitted scikit-learn estimator of (`docs/model-tools.md`).
//!
//! An object with "import" is what Python imports under that name; with "parameters" it is called with them, with
//! "fit" fitted to these rows, and "attributes" are what a fit would have found. An object with "array" is a numpy
//! array. Preprocessing steps are really fitted, to rows that leave them no choice, as their attributes are private
//! and change from version to version; estimators get the attributes that scikit-learn documents.

use sagelet::artifact::{Document, Isotonic, Label, Parameters};
use serde_json::{Map, Value, json};

use super::sums::{self, Cells, Curve, Outcome, Probabilities, Sum, Term};
use super::{ExportError, check_categories, check_labels};

/// Writes the description of an estimator or pipeline.
pub(super) fn write(document: &Document) -> Result<Vec<u8>, ExportError> {
    let features = &document.features;
    let plain = features.iter().all(|feature| feature.is_plain());
    let columns = if plain {
        Vec::new()
    } else {
        columns(document)?
    };
    let table = if plain {
        plain_table(document)
    } else {
        Table::of(document, &columns)
    };
    let estimator = estimator(document, &table)?;
    let description = if plain {
        estimator
    } else {
        pipeline(document, &columns, estimator)
    };
    let mut bytes = serde_json::to_vec_pretty(&description)
        .map_err(|error| ExportError::Refused(error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// What a column transformer makes of a feature.
enum Column<'a> {
    Number(usize, Option<f64>),
    /// One column a category; whether others are taken, and what a missing cell is.
    Categories(usize, Vec<&'a Label>, bool, Option<&'a Label>),
    Missing(usize),
}

/// The table of coefficients of the columns after preprocessing.
struct Table {
    intercepts: Vec<f64>,
    coefficients: Vec<Vec<f64>>,
}

fn plain_table(document: &Document) -> Table {
    let width = document.features.len();
    let sums = sums::of(document);
    let coefficients = |sum: &Sum<'_>| {
        let mut row = vec![0.0; width];
        for term in &sum.terms {
            if let (Term::Number { coefficient, .. }, Some(place)) =
                (term, row.get_mut(term.feature()))
            {
                *place = *coefficient;
            }
        }
        row
    };
    Table {
        intercepts: sums.iter().map(|sum| sum.intercept).collect(),
        coefficients: sums.iter().map(coefficients).collect(),
    }
}

/// The columns that any score reads, in the order of the features.
fn columns(document: &Document) -> Result<Vec<Column<'_>>, ExportError> {
    let mut columns: Vec<Column<'_>> = Vec::new();
    check_categories(document, "a column of OneHotEncoder")?;
    for sum in sums::of(document) {
        for term in sum.terms {
            let column = match term {
                Term::Number { feature, fill, .. } => Column::Number(feature, fill),
                Term::Missing { feature, .. } => Column::Missing(feature),
                Term::Category {
                    feature,
                    numbers,
                    unknown,
                    fill,
                } => {
                    let labels = numbers.into_iter().map(|(label, _)| label).collect();
                    Column::Categories(feature, labels, unknown.is_some(), fill)
                }
            };
            if columns.iter().all(|known| known.key() != column.key()) {
                columns.push(column);
            }
        }
    }
    columns.sort_by_key(Column::key);
    Ok(columns)
}

impl Column<'_> {
    /// The feature, and whether this is its indicator.
    fn key(&self) -> (usize, bool) {
        match self {
            Self::Number(feature, _) | Self::Categories(feature, ..) => (*feature, false),
            Self::Missing(feature) => (*feature, true),
        }
    }

    fn width(&self) -> usize {
        match self {
            Self::Categories(_, labels, ..) => labels.len(),
            _ => 1,
        }
    }
}

impl Table {
    fn of(document: &Document, columns: &[Column<'_>]) -> Self {
        let mut table = Self {
            intercepts: Vec::new(),
            coefficients: Vec::new(),
        };
        for sum in sums::of(document).into_iter().map(Sum::with_indicators) {
            let mut row = Vec::new();
            for column in columns {
                let own = sum.terms.iter().find(|term| {
                    (term.feature(), matches!(term, Term::Missing { .. })) == column.key()
                });
                match own {
                    None => row.extend(std::iter::repeat_n(0.0, column.width())),
                    Some(Term::Number { coefficient, .. } | Term::Missing { coefficient, .. }) => {
                        row.push(*coefficient);
                    }
                    Some(Term::Category { numbers, .. }) => {
                        row.extend(numbers.iter().map(|(_, number)| number));
                    }
                }
            }
            table.intercepts.push(sum.intercept);
            table.coefficients.push(row);
        }
        table
    }
}

fn estimator(document: &Document, table: &Table) -> Result<Value, ExportError> {
    let width = table.coefficients.first().map_or(0, Vec::len);
    let labels = document.model.labels();
    let (mut estimator, curves) = match sums::outcome(document)? {
        Outcome::Values(curves) => (regression(document, table), curves),
        Outcome::Isotonic(isotonic, curves) => {
            if table.coefficients != [[1.0]] {
                return Err(ExportError::Refused(
                    "IsotonicRegression takes one column, and the feature makes several".to_owned(),
                ));
            }
            (isotonic_regression(isotonic), curves)
        }
        Outcome::Classes(_, kind) => {
            check_labels(document, "an array of numpy")?;
            (classifier(labels, table, kind), Vec::new())
        }
    };
    if let Some(Value::Object(attributes)) = estimator.get_mut("attributes") {
        attributes.insert("n_features_in_".to_owned(), json!(width));
        names(attributes, document);
    }
    for curve in curves {
        estimator = transformed(estimator, curve, document.model.outputs());
    }
    Ok(estimator)
}

/// The names of the features, if all have one and none was encoded.
fn names(attributes: &mut Map<String, Value>, document: &Document) {
    let names = document.features.iter().map(|feature| feature.name.clone());
    let plain = document.features.iter().all(|feature| feature.is_plain());
    if let (true, Some(names)) = (plain, names.collect::<Option<Vec<String>>>()) {
        attributes.insert(
            "feature_names_in_".to_owned(),
            array(&json!(names), "object"),
        );
    }
}

fn regression(document: &Document, table: &Table) -> Value {
    let class = match document.model {
        Parameters::ElasticNet(_) => "sklearn.linear_model.ElasticNet",
        Parameters::LinearRegression(_)
        | Parameters::GeneralizedLinear(_)
        | Parameters::MultiTargetRegression(_)
        | Parameters::Isotonic(_)
        | Parameters::LogisticRegression(_)
        | Parameters::MultinomialLogisticRegression(_)
        | Parameters::OneVsRest(_)
        | Parameters::LinearClassifier(_)
        | Parameters::OneVsOne(_)
        | Parameters::Multilabel(_)
        | Parameters::AveragedClassifiers(_) => "sklearn.linear_model.LinearRegression",
    };
    let one_target = !matches!(document.model, Parameters::MultiTargetRegression(_));
    let (coefficients, intercepts) = match (table.coefficients.first(), table.intercepts.first()) {
        (Some(coefficients), Some(intercept)) if one_target => {
            (floats(&json!(coefficients)), json!(intercept))
        }
        _ => (
            floats(&json!(table.coefficients)),
            floats(&json!(table.intercepts)),
        ),
    };
    json!({
        "import": class,
        "parameters": {},
        "attributes": {"coef_": coefficients, "intercept_": intercepts},
    })
}

fn isotonic_regression(isotonic: &Isotonic) -> Value {
    let (x, y) = (&isotonic.x_thresholds, &isotonic.y_thresholds);
    json!({
        "import": "sklearn.isotonic.IsotonicRegression",
        "parameters": {"out_of_bounds": "clip", "increasing": y.first() <= y.last()},
        "attributes": {
            "X_thresholds_": floats(&json!(x)),
            "y_thresholds_": floats(&json!(y)),
            "X_min_": x.first(),
            "X_max_": x.last(),
            "increasing_": y.first() <= y.last(),
        },
    })
}

fn classifier(labels: &[Label], table: &Table, kind: Option<Probabilities>) -> Value {
    let (mut coefficients, mut intercepts) = (table.coefficients.clone(), table.intercepts.clone());
    let (class, parameters) = match kind {
        Some(Probabilities::OneVsRest) => (
            "sklearn.linear_model.SGDClassifier",
            json!({"loss": "log_loss"}),
        ),
        Some(_) => ("sklearn.linear_model.LogisticRegression", json!({})),
        None => ("sklearn.svm.LinearSVC", json!({})),
    };
    if let (Some(Probabilities::Softmax), [first, second], [a, b]) = (
        kind,
        table.coefficients.as_slice(),
        table.intercepts.as_slice(),
    ) {
        // Of two classes, scikit-learn keeps the difference of the scores.
        coefficients = vec![
            second
                .iter()
                .zip(first)
                .map(|(second, first)| second - first)
                .collect(),
        ];
        intercepts = vec![b - a];
    }
    let kind = match sums::sort(labels) {
        Cells::Integers => "int64",
        Cells::Booleans => "bool",
        _ => "object",
    };
    json!({
        "import": class,
        "parameters": parameters,
        "attributes": {
            "coef_": floats(&json!(coefficients)),
            "intercept_": floats(&json!(intercepts)),
            "classes_": array(&json!(labels), kind),
        },
    })
}

/// A regressor whose predictions go through a function.
fn transformed(regressor: Value, curve: Curve, outputs: usize) -> Value {
    let function = match curve {
        Curve::Exp => "numpy.exp",
        Curve::Expm1 => "numpy.expm1",
        Curve::Square => "numpy.square",
        Curve::Logistic => "scipy.special.expit",
    };
    let transformer = json!({
        "import": "sklearn.preprocessing.FunctionTransformer",
        "parameters": {"inverse_func": {"import": function}, "check_inverse": false},
        "fit": [[0.5]],
    });
    json!({
        "import": "sklearn.compose.TransformedTargetRegressor",
        "parameters": {},
        "attributes": {
            "regressor_": regressor,
            "transformer_": transformer,
            "_training_dim": if outputs == 1 { 1 } else { 2 },
        },
    })
}

fn pipeline(document: &Document, columns: &[Column<'_>], estimator: Value) -> Value {
    let transformers: Vec<Value> = columns
        .iter()
        .map(|column| transformer(document, column))
        .collect();
    let example: Vec<Value> = document
        .features
        .iter()
        .map(|feature| {
            let categories = feature
                .encoding
                .as_ref()
                .map(|encoding| encoding.categories());
            categories
                .and_then(|list| list.first())
                .map_or(json!(0.0), |label| json!(label))
        })
        .collect();
    let preprocessing = json!({
        "import": "sklearn.compose.ColumnTransformer",
        "parameters": {"transformers": transformers, "sparse_threshold": 0},
        "fit": {"array": [example], "dtype": "object"},
    });
    json!({
        "import": "sklearn.pipeline.Pipeline",
        "parameters": {"steps": [["preprocessing", preprocessing], ["model", estimator]]},
    })
}

fn transformer(document: &Document, column: &Column<'_>) -> Value {
    let (feature, is_indicator) = column.key();
    let name = document.feature_name(feature).replace("__", "_");
    let impute = |fill: Value| {
        json!({
            "import": "sklearn.impute.SimpleImputer",
            "parameters": {"strategy": "constant", "fill_value": fill},
        })
    };
    let step = match column {
        Column::Number(_, None) => json!("passthrough"),
        Column::Number(_, Some(fill)) => impute(json!(fill)),
        Column::Missing(_) => json!({
            "import": "sklearn.impute.MissingIndicator",
            "parameters": {"features": "all"},
        }),
        Column::Categories(_, labels, takes_unknown, fill) => {
            let encode = json!({
                "import": "sklearn.preprocessing.OneHotEncoder",
                "parameters": {
                    "categories": [{"array": labels, "dtype": "object"}],
                    "handle_unknown": if *takes_unknown { "ignore" } else { "error" },
                    "sparse_output": false,
                },
            });
            match fill {
                None => encode,
                Some(fill) => json!({
                    "import": "sklearn.pipeline.Pipeline",
                    "parameters": {"steps": [["impute", impute(json!(fill))], ["encode", encode]]},
                }),
            }
        }
    };
    let name = format!(
        "{feature} {name}{}",
        if is_indicator { " is missing" } else { "" }
    );
    json!([name, step, [feature]])
}

fn floats(numbers: &Value) -> Value {
    array(numbers, "float64")
}

fn array(items: &Value, kind: &str) -> Value {
    json!({"array": items, "dtype": kind})
}
