//! What derived columns are called where people read them.

use sagelet::artifact::{
    BinEncoding, Columns, Combination, Derived, Document, Norm, PowerMethod, Terms, Text,
};

/// Combinations of more columns than this are called by their number of columns.
const COMBINED_SHOWN_MAX: usize = 3;

/// Adds the names of a document's derived columns to those of its features' columns.
pub(crate) fn extend(names: &mut Vec<String>, document: &Document) {
    for entry in &document.derived {
        let added = columns(entry, names, document);
        names.extend(added);
    }
}

fn columns(entry: &Derived, names: &[String], document: &Document) -> Vec<String> {
    let name = |column: &usize| names.get(*column).cloned().unwrap_or_default();
    let each = |of: &[usize], called: &dyn Fn(String) -> String| {
        of.iter().map(|column| called(name(column))).collect()
    };
    match entry {
        Derived::Function { of, function } => {
            let function = function.name();
            each(of, &|name| format!("{function}({name})"))
        }
        Derived::Clip { of, lower, upper } => {
            let bounds = bounds(*lower, *upper);
            each(of, &|name| format!("{name} within {bounds}"))
        }
        Derived::Threshold { of, above } => each(of, &|name| format!("{name} > {above}")),
        Derived::Power { of, method, .. } => {
            let method = match method {
                PowerMethod::BoxCox => "box-cox",
                PowerMethod::YeoJohnson => "yeo-johnson",
            };
            each(of, &|name| format!("{method}({name})"))
        }
        Derived::Bins { of, edges, encode } => match encode {
            BinEncoding::OneHot => bins(&name(of), edges),
            BinEncoding::Ordinal => vec![format!("bin of {}", name(of))],
        },
        Derived::Table { of, .. } => vec![format!("table({})", name(of))],
        Derived::Spline { of, .. } => {
            let spline = |number| format!("spline {number} of {}", name(of));
            (1..=entry.columns()).map(spline).collect()
        }
        Derived::Products { of } => of.iter().map(|factors| product(factors, &name)).collect(),
        Derived::Combinations { of } => of.iter().map(|sum| combination(sum, &name)).collect(),
        Derived::Normalize { of, norm } => normalized(of, *norm, &name),
        Derived::Text(text) => terms(text, &document.feature_name(text.feature)),
    }
}

fn bounds(lower: Option<f64>, upper: Option<f64>) -> String {
    let shown = |bound: Option<f64>| bound.map_or("…".to_owned(), |bound| bound.to_string());
    format!("{}..{}", shown(lower), shown(upper))
}

fn bins(name: &str, edges: &[f64]) -> Vec<String> {
    let ends = edges.iter().copied().map(Some).chain([None]);
    let starts = [None].into_iter().chain(edges.iter().copied().map(Some));
    let bin = |(start, end): (Option<f64>, Option<f64>)| match (start, end) {
        (Some(start), Some(end)) => format!("{start} <= {name} < {end}"),
        (Some(start), None) => format!("{name} >= {start}"),
        (None, Some(end)) => format!("{name} < {end}"),
        (None, None) => format!("any {name}"),
    };
    starts.zip(ends).map(bin).collect()
}

/// `a · b²`.
fn product(factors: &[usize], name: &dyn Fn(&usize) -> String) -> String {
    let mut sorted = factors.to_vec();
    sorted.sort_unstable();
    let powers = sorted.chunk_by(|one, next| one == next).map(|chunk| {
        let name = chunk.first().map(name).unwrap_or_default();
        match chunk.len() {
            1 => name,
            2 => format!("{name}²"),
            power => format!("{name}^{power}"),
        }
    });
    powers.collect::<Vec<_>>().join(" · ")
}

/// `2 · a - 3 · b + 1`.
fn combination(sum: &Combination, name: &dyn Fn(&usize) -> String) -> String {
    let count = sum.columns.len();
    if count > COMBINED_SHOWN_MAX {
        return format!("sum of {count} columns");
    }
    let terms = sum.columns.iter().zip(&sum.weights);
    let mut text = terms.fold(String::new(), |text, (column, weight)| {
        let sign = match (text.is_empty(), *weight < 0.0) {
            (true, false) => "",
            (true, true) => "-",
            (false, false) => " + ",
            (false, true) => " - ",
        };
        let name = name(column);
        let weight = weight.abs();
        match weight == 1.0 {
            true => format!("{text}{sign}{name}"),
            false => format!("{text}{sign}{weight} · {name}"),
        }
    });
    if sum.constant != 0.0 || text.is_empty() {
        let sign = if sum.constant < 0.0 { "-" } else { "+" };
        text = format!("{text} {sign} {}", sum.constant.abs());
    }
    text
}

fn normalized(of: &Columns, norm: Norm, name: &dyn Fn(&usize) -> String) -> Vec<String> {
    let norm = match norm {
        Norm::L1 => "l1",
        Norm::L2 => "l2",
        Norm::Max => "max",
    };
    of.iter()
        .map(|column| format!("{} / {norm} norm", name(&column)))
        .collect()
}

fn terms(text: &Text, feature: &str) -> Vec<String> {
    match &text.terms {
        Terms::Vocabulary(vocabulary) => vocabulary
            .iter()
            .map(|term| format!("{feature} {term:?}"))
            .collect(),
        Terms::Hashing { columns, .. } => (0..*columns)
            .map(|column| format!("{feature} #{column}"))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use sagelet::artifact::{Feature, Linear, Parameters};

    use super::*;

    #[test]
    fn every_column_has_a_name_that_says_what_it_is() {
        let entries = serde_json::json!([
            {"kind": "function", "of": [0], "function": "log1p"},
            {"kind": "clip", "of": [0], "lower": 0},
            {"kind": "threshold", "of": [1], "above": 3},
            {"kind": "power", "of": [1], "method": "box-cox", "lambdas": [2]},
            {"kind": "bins", "of": 0, "edges": [1, 2], "encode": "one-hot"},
            {"kind": "bins", "of": 0, "edges": [1, 2], "encode": "ordinal"},
            {"kind": "table", "of": 0, "x": [1], "y": [2]},
            {"kind": "spline", "of": 0, "knots": [0, 1, 2], "degree": 0, "extrapolation": "error"},
            {"kind": "products", "of": [[0, 0, 1], [2]]},
            {"kind": "combinations", "of": [{"columns": [0, 1], "weights": [2, -1], "constant": 3}]},
            {"kind": "normalize", "of": [0], "norm": "l2"},
            {"kind": "text", "feature": 2, "terms": {"vocabulary": ["good"]}},
            {"kind": "text", "feature": 2, "terms": {"hashing": {"columns": 1, "alternate_sign": false}}},
        ]);
        let linear = Linear {
            intercept: 0.0,
            coefficients: Vec::new(),
        };
        let mut document = Document::new(
            ["a", "b", "words"].map(Feature::named).into(),
            Parameters::LinearRegression(linear),
        );
        document.derived = serde_json::from_value(entries).unwrap();
        let mut names = vec!["a".to_owned(), "b".to_owned()];
        extend(&mut names, &document);
        let expected = [
            "a",
            "b",
            "log1p(a)",
            "a within 0..…",
            "b > 3",
            "box-cox(b)",
            "a < 1",
            "1 <= a < 2",
            "a >= 2",
            "bin of a",
            "table(a)",
            "spline 1 of a",
            "spline 2 of a",
            "a² · b",
            "log1p(a)",
            "2 · a - b + 3",
            "a / l2 norm",
            "words \"good\"",
            "words #0",
        ];
        assert_eq!(names, expected);
    }
}
