//! C functions that need nothing but `math.h`.

use std::collections::HashSet;
use std::fmt::Write as _;

use sagelet::artifact::{Document, Isotonic, Label};

use super::sums::{self, Cells, Curve, Outcome, Probabilities, Sum, Term};
use super::{ExportError, check_categories, header};

/// Texts are compared by a function of their own: it is the only one that string.h would be needed for.
const SAME: &str = "
static int same(const char *a, const char *b) {
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}
";

const LOGISTIC: &str = "
static double logistic(double score) {
    return 1.0 / (1.0 + exp(-score));
}
";

/// Writes a file to be compiled, or included in another.
pub(super) fn write(document: &Document) -> Result<Vec<u8>, ExportError> {
    check_categories(document, "a member of a C struct")?;
    let members = members(document);
    let mut text = header(document, "//");
    text.push_str("\n#include <math.h>\n\n// The cells of a row.\n");
    text.push_str(&row(document, &members));
    let has_texts = document
        .features
        .iter()
        .any(|feature| sums::cells(feature) == Cells::Texts);
    if has_texts {
        text.push_str(SAME);
    }
    let writer = Writer { document, members };
    let outcome = sums::outcome(document)?;
    writer.scores(&mut text);
    match outcome {
        Outcome::Values(curves) => values(&mut text, document, "scores[i]", &curves),
        Outcome::Isotonic(isotonic, curves) => {
            thresholds(&mut text, isotonic);
            values(&mut text, document, "interpolated(scores[i])", &curves);
        }
        Outcome::Classes(labels, kind) => classes(&mut text, document, labels, kind),
    }
    Ok(text.into_bytes())
}

/// The members of the struct, in the order of the features: `x_` and the name, if that makes a name in C.
fn members(document: &Document) -> Vec<String> {
    let mut taken = HashSet::new();
    let features = 0..document.features.len();
    features
        .map(|index| {
            let name = document.feature_name(index);
            let plain = name.chars().map(|character| match character {
                letter if letter.is_ascii_alphanumeric() => letter,
                _ => '_',
            });
            let mut member: String = "x_".chars().chain(plain).collect();
            while !taken.insert(member.clone()) {
                let _ = write!(member, "_{index}");
            }
            member
        })
        .collect()
}

fn row(document: &Document, members: &[String]) -> String {
    let mut text = String::from("typedef struct {\n");
    for (index, (feature, member)) in document.features.iter().zip(members).enumerate() {
        let (kind, missing) = match sums::cells(feature) {
            Cells::Texts => ("const char *", "0 if missing"),
            _ => ("double ", "NAN if missing"),
        };
        let name: String = document
            .feature_name(index)
            .chars()
            .map(sagelet::text::printable)
            .collect();
        let _ = writeln!(text, "    {kind}{member}; // {name:?}; {missing}");
    }
    text + "} model_row;\n"
}

struct Writer<'a> {
    document: &'a Document,
    members: Vec<String>,
}

impl Writer<'_> {
    fn scores(&self, text: &mut String) {
        let sums = sums::of(self.document);
        let count = sums.len();
        text.push_str(
            "\n// The linear scores; NAN if a cell is missing or of an unknown category.\n",
        );
        let _ = writeln!(
            text,
            "void model_scores(const model_row *row, double scores[{count}]) {{\n    double score;"
        );
        for (index, sum) in sums.iter().enumerate() {
            let _ = writeln!(text, "\n    score = {:?};", sum.intercept);
            self.terms(text, sum);
            let _ = writeln!(text, "    scores[{index}] = score;");
        }
        text.push_str("}\n");
    }

    fn terms(&self, text: &mut String, sum: &Sum<'_>) {
        for term in &sum.terms {
            let member = self.members.get(term.feature()).map_or("", String::as_str);
            let cell = format!("row->{member}");
            let statement = match term {
                Term::Number {
                    coefficient,
                    fill: None,
                    ..
                } => format!("score += {coefficient:?} * {cell};"),
                Term::Number {
                    coefficient,
                    fill: Some(fill),
                    ..
                } => format!("score += {coefficient:?} * (isnan({cell}) ? {fill:?} : {cell});"),
                Term::Category {
                    numbers,
                    unknown,
                    fill,
                    ..
                } => category(&cell, numbers, *unknown, *fill),
                Term::Missing {
                    coefficient,
                    feature,
                } => {
                    let missing = self.missing(*feature, &cell);
                    format!("score += {missing} ? {coefficient:?} : 0.0;")
                }
            };
            let _ = writeln!(text, "    {statement}");
        }
    }

    fn missing(&self, feature: usize, cell: &str) -> String {
        let feature = self.document.features.get(feature);
        match feature.map(sums::cells) {
            Some(Cells::Texts) => format!("!{cell}"),
            _ => format!("isnan({cell})"),
        }
    }
}

/// A chain of conditions. An unknown category, and a missing cell without a replacement, make the score NAN.
fn category(
    cell: &str,
    numbers: &[(&Label, f64)],
    unknown: Option<f64>,
    fill: Option<&Label>,
) -> String {
    let texts = numbers
        .iter()
        .all(|(label, _)| matches!(label, Label::Text(_)));
    let missing = if texts {
        format!("!{cell}")
    } else {
        format!("isnan({cell})")
    };
    let filled = numbers.iter().find(|(label, _)| Some(*label) == fill);
    let filled = filled.map_or("NAN".to_owned(), |(_, number)| format!("{number:?}"));
    let mut text = format!("score += {missing} ? {filled}\n");
    for (label, number) in numbers {
        let condition = match label {
            Label::Text(name) => format!("same({cell}, {})", quoted(name)),
            Label::Integer(value) => format!("{cell} == {value}.0"),
            Label::Boolean(value) => format!("{cell} == {}.0", i32::from(*value)),
        };
        let _ = writeln!(text, "        : {condition} ? {number:?}");
    }
    let other = unknown.map_or("NAN".to_owned(), |number| format!("{number:?}"));
    text + &format!("        : {other};")
}

fn values(text: &mut String, document: &Document, start: &str, curves: &[Curve]) {
    let count = document.model.outputs();
    if curves.contains(&Curve::Logistic) {
        text.push_str(LOGISTIC);
    }
    let mut steps = format!("        values[i] = {start};\n");
    for curve in curves {
        let _ = writeln!(
            steps,
            "        values[i] = {};",
            match curve {
                Curve::Exp => "exp(values[i])",
                Curve::Expm1 => "expm1(values[i])",
                Curve::Square => "values[i] * values[i]",
                Curve::Logistic => "logistic(values[i])",
            }
        );
    }
    if count == 1 {
        let steps = steps
            .replace("        ", "    ")
            .replace("values[i]", "value");
        let steps = steps
            .replacen("    value = ", "    double value = ", 1)
            .replace("[i]", "[0]");
        let _ = write!(
            text,
            "\n// The prediction; NAN if a cell is missing or of an unknown category.\n\
             double model_predict(const model_row *row) {{\n    double scores[1];\n    \
             model_scores(row, scores);\n{steps}    return value;\n}}\n"
        );
        return;
    }
    let names = sums::prediction_names(document);
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    let _ = write!(
        text,
        "\nconst char *const model_targets[{count}] = {{{}}};\n\n\
         // The prediction for each target; NAN if a cell is missing or of an unknown category.\n\
         void model_predict(const model_row *row, double values[{count}]) {{\n    double scores[{count}];\n    \
         model_scores(row, scores);\n    for (int i = 0; i < {count}; i++) {{\n{steps}    }}\n}}\n",
        names.join(", ")
    );
}

fn thresholds(text: &mut String, isotonic: &Isotonic) {
    let count = isotonic.x_thresholds.len();
    for (name, numbers) in [
        ("model_x", &isotonic.x_thresholds),
        ("model_y", &isotonic.y_thresholds),
    ] {
        let numbers: Vec<String> = numbers
            .iter()
            .map(|number| format!("    {number:?}"))
            .collect();
        let _ = write!(
            text,
            "\nstatic const double {name}[{count}] = {{\n{}\n}};\n",
            numbers.join(",\n")
        );
    }
    let last = count.saturating_sub(1);
    let _ = write!(
        text,
        "
// Straight lines between thresholds, constant outside.
static double interpolated(double cell) {{
    if (isnan(cell)) return NAN;
    if (cell <= model_x[0]) return model_y[0];
    for (int i = 0; i < {last}; i++)
        if (cell <= model_x[i + 1])
            return model_y[i] + (cell - model_x[i]) / (model_x[i + 1] - model_x[i])
                * (model_y[i + 1] - model_y[i]);
    return model_y[{last}];
}}
"
    );
}

fn classes(
    text: &mut String,
    document: &Document,
    labels: &[Label],
    probabilities: Option<Probabilities>,
) {
    let (count, scores) = (labels.len(), sums::of(document).len());
    let names: Vec<String> = labels
        .iter()
        .map(|label| format!("    {}", quoted(&label.to_string())))
        .collect();
    let choice = if scores == 1 {
        "    return scores[0] > 0.0;\n"
    } else {
        "    for (int i = 1; i < SCORES; i++)\n        if (scores[i] > scores[best]) best = i;\n    return best;\n"
    };
    let best = if scores == 1 {
        ""
    } else {
        "    int best = 0;\n"
    };
    let body = format!(
        "
const char *const model_labels[LABELS] = {{
{}
}};

// The index of the predicted class in model_labels; -1 if a cell is missing or of an unknown category.
int model_predict(const model_row *row) {{
    double scores[SCORES];
{best}    model_scores(row, scores);
    for (int i = 0; i < SCORES; i++)
        if (isnan(scores[i])) return -1;
{choice}}}
",
        names.join(",\n")
    );
    let sized = |text: &str| {
        text.replace("SCORES", &scores.to_string())
            .replace("[LABELS]", &format!("[{count}]"))
    };
    text.push_str(&sized(&body));
    let Some(kind) = probabilities else { return };
    if kind != Probabilities::Softmax {
        text.push_str(LOGISTIC);
    }
    let body = match kind {
        Probabilities::Logistic => {
            "    probabilities[1] = logistic(scores[0]);\n    probabilities[0] = 1.0 - probabilities[1];\n"
        }
        Probabilities::Softmax => {
            "    double total = 0.0, highest = scores[0];\n    \
             for (int i = 1; i < SCORES; i++)\n        if (scores[i] > highest) highest = scores[i];\n    \
             for (int i = 0; i < SCORES; i++)\n        total += probabilities[i] = exp(scores[i] - highest);\n    \
             for (int i = 0; i < SCORES; i++) probabilities[i] /= total;\n"
        }
        Probabilities::OneVsRest => {
            "    double total = 0.0;\n    \
             for (int i = 0; i < SCORES; i++) total += probabilities[i] = logistic(scores[i]);\n    \
             for (int i = 0; i < SCORES; i++)\n        \
             probabilities[i] = total == 0.0 ? 1.0 / SCORES : probabilities[i] / total;\n"
        }
    };
    text.push_str(&sized(&format!(
        "\n// The probabilities of the classes, as model_labels has them; NAN as above.\n\
         void model_probabilities(const model_row *row, double probabilities[LABELS]) {{\n    \
         double scores[SCORES];\n    model_scores(row, scores);\n{body}}}\n"
    )));
}

/// A string literal of the text's UTF-8 bytes. A `?` is escaped too, for two of them begin a trigraph.
fn quoted(text: &str) -> String {
    let mut literal = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' | b'?' => literal.extend(['\\', char::from(byte)]),
            b' '..=b'~' => literal.push(char::from(byte)),
            // Always three digits: an octal escape ends there, a hexadecimal one nowhere.
            other => literal.push_str(&format!("\\{other:03o}")),
        }
    }
    literal + "\""
}
