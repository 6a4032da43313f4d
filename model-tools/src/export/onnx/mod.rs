//! ONNX: a graph of MatMul and Add over doubles, for onnxruntime and everything else that reads it.
//!
//! `LinearRegressor` and `LinearClassifier` of ai.onnx.ml hold coefficients as floats of 32 bits; the standard
//! operators take doubles, and lose nothing. Where all features are numbers the graph has one input `X` in the shape
//! (N, features); else each feature is an input of its own, in the shape (N, 1), under its name.
//!
//! A row that the server refuses never gets an answer that looks like one: a regression and probabilities are NaN, and
//! a label is looked up at a place that does not exist, so that the run fails.

mod graph;
mod protobuf;

use sagelet::artifact::{Cell, Document, Encoding, Feature, Isotonic, Label, Unknown};

use self::graph::{Attribute, Element, Graph};
use super::sums::{self, Cells, Curve, Outcome, Probabilities, Sum, Term};
use super::{ExportError, check_categories, check_labels, check_names, output_name};

/// Writes a model of operator set 13.
pub(super) fn write(document: &Document) -> Result<Vec<u8>, ExportError> {
    check(document)?;
    let mut writer = Writer {
        document,
        graph: Graph::default(),
    };
    let scores = writer.scores();
    match sums::outcome(document)? {
        Outcome::Values(curves) => writer.values(scores, &curves),
        Outcome::Isotonic(isotonic, curves) => {
            let value = writer.interpolated(&scores, isotonic);
            writer.values(value, &curves);
        }
        Outcome::Classes(labels, kind) => writer.classes(&scores, labels, kind),
    }
    let description = format!(
        "{}, {} features",
        document.model.kind(),
        document.features.len()
    );
    let mut properties: Vec<_> = document.provenance.clone().into_iter().collect();
    properties.extend(names(document));
    Ok(writer.graph.finish(&description, &properties))
}

/// Names as JSON, which a tensor has no place for: of the features in the order of the columns, and of the targets.
fn names(document: &Document) -> Vec<(String, String)> {
    let mut lists = Vec::new();
    let features = &document.features;
    // A feature that the model does not look at has no input, and its place only in this list.
    let is_one_input = features
        .iter()
        .all(|feature| sums::cells(feature) == Cells::Numbers);
    if !is_one_input || features.iter().any(|feature| feature.name.is_some()) {
        let names = (0..features.len()).map(|index| document.feature_name(index));
        lists.push((
            "feature_names".to_owned(),
            serde_json::Value::from_iter(names).to_string(),
        ));
    }
    let targets = document.model.targets();
    if !targets.is_empty() {
        let names = serde_json::Value::from_iter(targets.iter().cloned());
        lists.push(("target_names".to_owned(), names.to_string()));
    }
    lists
}

fn check(document: &Document) -> Result<(), ExportError> {
    check_names(document)?;
    check_categories(document, "an ONNX tensor")?;
    check_labels(document, "an ONNX tensor")?;
    let refused = |reason: String| Err(ExportError::Refused(reason));
    for (index, feature) in document.features.iter().enumerate() {
        let name = document.feature_name(index);
        if name.is_empty() || name.starts_with(graph::PREFIX) {
            return refused(format!(
                "a feature is called \"{name}\", which names something else in a graph"
            ));
        }
        match sums::cells(feature) {
            Cells::Integers | Cells::Booleans if !feature.missing.is_missing() => {
                return refused(format!(
                    "feature {name} fills in missing cells, and an ONNX tensor of whole numbers or booleans has none"
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

struct Writer<'a> {
    document: &'a Document,
    graph: Graph,
}

impl Writer<'_> {
    /// The scores of every row, in the shape (N, scores).
    fn scores(&mut self) -> String {
        let sums = sums::of(self.document).into_iter();
        let sums: Vec<Sum<'_>> = sums.map(Sum::with_indicators).collect();
        let intercepts: Vec<f64> = sums.iter().map(|sum| sum.intercept).collect();
        let features = &self.document.features;
        let numeric = features
            .iter()
            .all(|feature| sums::cells(feature) == Cells::Numbers);
        let mut parts = Vec::new();
        if numeric {
            let input = self.graph.input("X", Element::Double, features.len());
            let columns: Vec<usize> = (0..features.len()).collect();
            parts.extend(self.numbers(&input, &columns, &sums));
        } else {
            for (index, feature) in features.iter().enumerate() {
                let name = self.document.feature_name(index);
                match sums::cells(feature) {
                    Cells::Numbers => {
                        let input = self.graph.input(&name, Element::Double, 1);
                        parts.extend(self.numbers(&input, &[index], &sums));
                    }
                    Cells::Unused => {}
                    cells => {
                        let input = self.category_input(&name, cells);
                        for term in [false, true] {
                            let part = self.categories(&input, index, term, &sums);
                            parts.extend(part);
                        }
                        if hides_missing(feature) {
                            parts.push(self.nan_if_empty(&input));
                        }
                    }
                }
            }
        }
        let mut total = self.graph.doubles([1, intercepts.len()], &intercepts);
        for part in parts {
            total = self.graph.add("Add", &[&total, &part], &[]);
        }
        total
    }

    /// What numbers add to the scores: filled in where missing, times the coefficients, and the indicators.
    fn numbers(&mut self, input: &str, columns: &[usize], sums: &[Sum<'_>]) -> Vec<String> {
        let fills: Vec<f64> = columns.iter().map(|index| self.fill(*index)).collect();
        let mut coefficients = vec![0.0; columns.len() * sums.len()];
        let mut indicators = coefficients.clone();
        for (output, sum) in sums.iter().enumerate() {
            for term in &sum.terms {
                let position = term
                    .feature()
                    .checked_sub(columns.first().copied().unwrap_or(0));
                let Some(row) = position.filter(|row| *row < columns.len()) else {
                    continue;
                };
                let (table, value) = match term {
                    Term::Number { coefficient, .. } => (&mut coefficients, *coefficient),
                    Term::Missing { coefficient, .. } => (&mut indicators, *coefficient),
                    Term::Category { .. } => continue,
                };
                if let Some(place) = table.get_mut(row * sums.len() + output) {
                    *place = value;
                }
            }
        }
        let shape = [columns.len(), sums.len()];
        let mut cells = input.to_owned();
        let mut parts = Vec::new();
        if fills.iter().any(|fill| !fill.is_nan()) {
            let missing = self.graph.add("IsNaN", &[input], &[]);
            let fills = self.graph.doubles([1, columns.len()], &fills);
            cells = self.graph.add("Where", &[&missing, &fills, input], &[]);
            if indicators.iter().any(|coefficient| *coefficient != 0.0) {
                let missing = self.graph.cast(&missing, Element::Double);
                let indicators = self.graph.doubles(shape, &indicators);
                parts.push(self.graph.add("MatMul", &[&missing, &indicators], &[]));
            }
        }
        let coefficients = self.graph.doubles(shape, &coefficients);
        parts.push(self.graph.add("MatMul", &[&cells, &coefficients], &[]));
        parts
    }

    /// What stands in for a missing cell of a number; NaN if nothing does.
    fn fill(&self, index: usize) -> f64 {
        match self
            .document
            .features
            .get(index)
            .map(|feature| &feature.missing)
        {
            Some(Cell::Number(fill)) => *fill,
            _ => f64::NAN,
        }
    }

    fn category_input(&mut self, name: &str, cells: Cells) -> String {
        match cells {
            Cells::Texts => self.graph.input(name, Element::Text, 1),
            Cells::Integers => self.graph.input(name, Element::Integer, 1),
            _ => {
                let input = self.graph.input(name, Element::Boolean, 1);
                self.graph.cast(&input, Element::Integer)
            }
        }
    }

    /// What a feature's categories add to the scores, or its indicator if `missing`.
    fn categories(
        &mut self,
        input: &str,
        feature: usize,
        missing: bool,
        sums: &[Sum<'_>],
    ) -> Option<String> {
        let mut labels: Vec<Label> = Vec::new();
        let mut rows: Vec<Vec<f64>> = Vec::new();
        let mut takes_unknown = true;
        for (output, sum) in sums.iter().enumerate() {
            let own = sum.terms.iter().filter(|term| term.feature() == feature);
            let term = own
                .clone()
                .find(|term| matches!(term, Term::Missing { .. }) == missing);
            let Some((numbers, unknown)) = term.and_then(numbers_of) else {
                continue;
            };
            takes_unknown = unknown.is_some();
            for (label, number) in numbers {
                let index = labels
                    .iter()
                    .position(|known| *known == label)
                    .unwrap_or_else(|| {
                        labels.push(label);
                        rows.push(vec![0.0; sums.len()]);
                        labels.len() - 1
                    });
                if let Some(place) = rows.get_mut(index).and_then(|row| row.get_mut(output)) {
                    *place = number;
                }
            }
        }
        if labels.is_empty() {
            return None;
        }
        let categories = match labels.first() {
            Some(Label::Text(_)) => Attribute::Texts(
                "cats_strings",
                labels.iter().map(Label::to_string).collect(),
            ),
            _ => Attribute::Integers("cats_int64s", labels.iter().map(whole).collect()),
        };
        let zeros = Attribute::Integer("zeros", i64::from(takes_unknown));
        let hot = self
            .graph
            .add_ml("OneHotEncoder", &[input], &[categories, zeros]);
        let hot = self.graph.cast(&hot, Element::Double);
        let count = i64::try_from(labels.len()).unwrap_or(i64::MAX);
        let shape = self.graph.integers(&[-1, count]);
        let hot = self.graph.add("Reshape", &[&hot, &shape], &[]);
        let numbers = self
            .graph
            .doubles([labels.len(), sums.len()], &rows.concat());
        Some(self.graph.add("MatMul", &[&hot, &numbers], &[]))
    }

    /// NaN if the text is empty, which is what a missing one is, else 0.
    fn nan_if_empty(&mut self, input: &str) -> String {
        let empty = Attribute::Texts("cats_strings", vec![String::new()]);
        let zeros = Attribute::Integer("zeros", 1);
        let hot = self
            .graph
            .add_ml("OneHotEncoder", &[input], &[empty, zeros]);
        let shape = self.graph.integers(&[-1, 1]);
        let hot = self.graph.add("Reshape", &[&hot, &shape], &[]);
        let is_empty = self.graph.cast(&hot, Element::Boolean);
        let nan = self.graph.doubles([1, 1], &[f64::NAN]);
        let zero = self.graph.doubles([1, 1], &[0.0]);
        self.graph.add("Where", &[&is_empty, &nan, &zero], &[])
    }

    /// Straight lines between thresholds: the share of each piece that lies below the cell, times the piece's rise.
    fn interpolated(&mut self, cells: &str, isotonic: &Isotonic) -> String {
        let (x, y) = (&isotonic.x_thresholds, &isotonic.y_thresholds);
        let first = self
            .graph
            .doubles([1, 1], &[y.first().copied().unwrap_or_default()]);
        let pieces = x.len().saturating_sub(1);
        if pieces == 0 {
            let nothing = self.graph.doubles([1, 1], &[0.0]);
            let zeros = self.graph.add("Mul", &[cells, &nothing], &[]);
            return self.graph.add("Add", &[&zeros, &first], &[]);
        }
        let differences = |list: &[f64]| -> Vec<f64> {
            list.iter()
                .zip(list.iter().skip(1))
                .map(|(a, b)| b - a)
                .collect()
        };
        let low = self
            .graph
            .doubles([1, pieces], x.get(..pieces).unwrap_or_default());
        let high = self
            .graph
            .doubles([1, pieces], x.get(1..).unwrap_or_default());
        let widths = self.graph.doubles([1, pieces], &differences(x));
        let rises = self.graph.doubles([pieces, 1], &differences(y));
        let above = self.graph.add("Max", &[cells, &low], &[]);
        let within = self.graph.add("Min", &[&above, &high], &[]);
        let covered = self.graph.add("Sub", &[&within, &low], &[]);
        let shares = self.graph.add("Div", &[&covered, &widths], &[]);
        let risen = self.graph.add("MatMul", &[&shares, &rises], &[]);
        let value = self.graph.add("Add", &[&first, &risen], &[]);
        // Max and Min may give the bound where the cell is NaN.
        let is_nan = self.graph.add("IsNaN", &[cells], &[]);
        self.graph.add("Where", &[&is_nan, cells, &value], &[])
    }

    fn values(&mut self, mut value: String, curves: &[Curve]) {
        for curve in curves {
            value = match curve {
                Curve::Exp => self.graph.add("Exp", &[&value], &[]),
                Curve::Expm1 => {
                    let one = self.graph.doubles([1, 1], &[1.0]);
                    let power = self.graph.add("Exp", &[&value], &[]);
                    self.graph.add("Sub", &[&power, &one], &[])
                }
                Curve::Square => self.graph.add("Mul", &[&value, &value], &[]),
                Curve::Logistic => self.graph.add("Sigmoid", &[&value], &[]),
            };
        }
        let targets = self.document.model.outputs();
        let name = output_name(self.document, "prediction");
        self.graph
            .output(&value, &name, Element::Double, Some(targets));
    }

    /// The logistic function, spelled out: onnxruntime's Sigmoid is 1 less something for scores below 0, which leaves
    /// few digits of a small number, and one-vs-rest divides by such.
    fn logistic(&mut self, scores: &str) -> String {
        let one = self.graph.doubles([1, 1], &[1.0]);
        let negative = self.graph.add("Neg", &[scores], &[]);
        let power = self.graph.add("Exp", &[&negative], &[]);
        let below = self.graph.add("Add", &[&one, &power], &[]);
        self.graph.add("Div", &[&one, &below], &[])
    }

    fn classes(&mut self, scores: &str, labels: &[Label], kind: Option<Probabilities>) {
        let best = self.best(scores, labels.len());
        let (names, element) = self.labels(labels);
        let label = self.graph.add("Gather", &[&names, &best], &[]);
        let name = output_name(self.document, "label");
        self.graph.output(&label, &name, element, None);
        let Some(kind) = kind else { return };
        let probabilities = self.probabilities(scores, labels.len(), kind);
        let name = output_name(self.document, "probabilities");
        self.graph
            .output(&probabilities, &name, Element::Double, Some(labels.len()));
    }

    /// The index of each row's label, in the shape (N). A score that is NaN wins and loses no comparison, so that
    /// ArgMax and Greater would give the first label: such a row gets an index past the last label, and Gather fails.
    fn best(&mut self, scores: &str, classes: usize) -> String {
        let none = [i64::try_from(classes).unwrap_or(i64::MAX)];
        let none = self.graph.integers(&none);
        if sums::of(self.document).len() == 1 {
            let zero = self.graph.doubles([1, 1], &[0.0]);
            let second = self.graph.add("Greater", &[scores, &zero], &[]);
            let second = self.graph.cast(&second, Element::Integer);
            let is_nan = self.graph.add("IsNaN", &[scores], &[]);
            let best = self.graph.add("Where", &[&is_nan, &none, &second], &[]);
            let shape = self.graph.integers(&[-1]);
            return self.graph.add("Reshape", &[&best, &shape], &[]);
        }
        let by_row = Attribute::Integer("keepdims", 0);
        let axes = self.graph.integers(&[1]);
        let sum = self.graph.add("ReduceSum", &[scores, &axes], &[by_row]);
        let is_nan = self.graph.add("IsNaN", &[&sum], &[]);
        let attributes = [
            Attribute::Integer("axis", 1),
            Attribute::Integer("keepdims", 0),
        ];
        let highest = self.graph.add("ArgMax", &[scores], &attributes);
        self.graph.add("Where", &[&is_nan, &none, &highest], &[])
    }

    fn labels(&mut self, labels: &[Label]) -> (String, Element) {
        match sums::sort(labels) {
            Cells::Integers => {
                let values: Vec<i64> = labels.iter().map(whole).collect();
                (self.graph.integers(&values), Element::Integer)
            }
            Cells::Booleans => {
                let values: Vec<bool> = labels.iter().map(|label| whole(label) == 1).collect();
                (self.graph.booleans(&values), Element::Boolean)
            }
            _ => {
                let texts: Vec<String> = labels.iter().map(Label::to_string).collect();
                (self.graph.texts(&texts), Element::Text)
            }
        }
    }

    fn probabilities(&mut self, scores: &str, classes: usize, kind: Probabilities) -> String {
        match kind {
            Probabilities::Softmax => {
                self.graph
                    .add("Softmax", &[scores], &[Attribute::Integer("axis", 1)])
            }
            Probabilities::Logistic => {
                let one = self.graph.doubles([1, 1], &[1.0]);
                let second = self.graph.add("Sigmoid", &[scores], &[]);
                let first = self.graph.add("Sub", &[&one, &second], &[]);
                self.graph.add(
                    "Concat",
                    &[&first, &second],
                    &[Attribute::Integer("axis", 1)],
                )
            }
            Probabilities::OneVsRest => {
                let alike = self.graph.doubles([1, 1], &[1.0 / classes as f64]);
                let zero = self.graph.doubles([1, 1], &[0.0]);
                let axes = self.graph.integers(&[1]);
                let logistic = self.logistic(scores);
                let total = self.graph.add("ReduceSum", &[&logistic, &axes], &[]);
                let shares = self.graph.add("Div", &[&logistic, &total], &[]);
                // Not "above 0 or alike": a total of NaN would be alike.
                let nothing = self.graph.add("Equal", &[&total, &zero], &[]);
                self.graph.add("Where", &[&nothing, &alike, &shares], &[])
            }
        }
    }
}

/// Whether an empty text would pass for an unknown category, where the server refuses a missing cell.
fn hides_missing(feature: &Feature) -> bool {
    let takes_unknown = match &feature.encoding {
        Some(Encoding::OneHot(one_hot)) => one_hot.unknown == Unknown::Ignore,
        Some(Encoding::Ordinal(ordinal)) => ordinal.unknown.is_some(),
        Some(Encoding::Text | Encoding::Unused) | None => false,
    };
    let empty = Label::Text(String::new());
    let categories = feature.encoding.as_ref().map(Encoding::categories);
    takes_unknown
        && feature.missing.is_missing()
        && sums::cells(feature) == Cells::Texts
        && categories.is_some_and(|categories| !categories.contains(&empty))
}

/// Categories with a number each, and the number of any other one.
type Numbers = (Vec<(Label, f64)>, Option<f64>);

/// What each category adds, and any other one. A missing text is an empty one.
fn numbers_of(term: &Term<'_>) -> Option<Numbers> {
    match term {
        Term::Number { .. } => None,
        Term::Missing { coefficient, .. } => {
            Some((vec![(Label::Text(String::new()), *coefficient)], Some(0.0)))
        }
        Term::Category {
            numbers,
            unknown,
            fill,
            ..
        } => {
            let mut all: Vec<(Label, f64)> = numbers
                .iter()
                .map(|(label, number)| ((*label).clone(), *number))
                .collect();
            let empty = Label::Text(String::new());
            let filled = all
                .iter()
                .find(|(label, _)| Some(label) == *fill)
                .map(|(_, number)| *number);
            if let Some(number) = filled
                && all.iter().all(|(label, _)| *label != empty)
            {
                all.push((empty, number));
            }
            Some((all, *unknown))
        }
    }
}

/// A whole number, or 1 and 0 for booleans.
fn whole(label: &Label) -> i64 {
    match label {
        Label::Integer(number) => *number,
        Label::Boolean(value) => i64::from(*value),
        Label::Text(_) => 0,
    }
}
