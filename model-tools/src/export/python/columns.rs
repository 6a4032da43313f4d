//! The columns of a row, of features and of derived columns, as statements of Python.

use std::fmt::Write as _;

use sagelet::artifact::{
    BinEncoding, Cell, Combination, Derived, Document, Encoding, Feature, Function, Norm,
    PowerMethod,
};

use super::literal;

/// Kinds of derived columns that are written.
pub(in crate::export) const KINDS: &[&str] = &[
    "function",
    "clip",
    "threshold",
    "power",
    "bins",
    "table",
    "products",
    "combinations",
    "normalize",
];

const HELPERS: &str = r#"

def _finite(number, done):
    """The number, if it is finite: as the server refuses any other, this raises."""
    if not isfinite(number):
        raise ValueError(f"{done} is not a number")
    return number


def _yeo_johnson(x, power):
    if x >= 0:
        return log1p(x) if power == 0 else expm1(power * log1p(x)) / power
    return -log1p(-x) if power == 2 else -expm1((2 - power) * log1p(-x)) / (2 - power)


def _box_cox(x, power):
    return log(x) if power == 0 else expm1(power * log(x)) / power


def _line(x, xs, ys):
    """Straight lines between points, constant outside; where xs repeat, the last of them."""
    place = bisect_right(xs, x)
    if place == 0:
        return ys[0]
    if place == len(xs):
        return ys[-1]
    slope = (ys[place] - ys[place - 1]) / (xs[place] - xs[place - 1])
    return slope * (x - xs[place - 1]) + ys[place - 1]


def _table(x, xs, ys, margin):
    """The mean of the lines from the left and from the right."""
    if x == xs[0] or margin is not None and x - margin < xs[0]:
        return ys[0]
    if x == xs[-1] or margin is not None and x + margin > xs[-1]:
        return ys[-1]
    back = _line(-x, [-x for x in reversed(xs)], [-y for y in reversed(ys)])
    return 0.5 * (_line(x, xs, ys) - back)


def _normalized(columns, norm):
    """Columns divided by their norm; zeros stay."""
    length = norm([abs(number) for number in columns])
    return [number / length for number in columns] if length else columns
"#;

/// Writes the function `_columns` and what it calls.
pub(super) fn write(text: &mut String, document: &Document) {
    text.push_str(HELPERS);
    text.push_str("\n\ndef _columns(row):\n    \"\"\"The columns that coefficients belong to.\"\"\"\n    c = []\n");
    for (index, feature) in document.features.iter().enumerate() {
        of_feature(text, index, feature);
    }
    for entry in &document.derived {
        of_entry(text, entry);
    }
    text.push_str("    return c\n");
}

fn of_feature(text: &mut String, index: usize, feature: &Feature) {
    let fill = match &feature.missing {
        Cell::Missing => String::new(),
        Cell::Number(number) => format!(", fill={number:?}"),
        Cell::Boolean(true) => ", fill=True".to_owned(),
        Cell::Boolean(false) => ", fill=False".to_owned(),
        Cell::Text(fill) => format!(", fill={}", super::quoted(fill)),
    };
    let _ = match &feature.encoding {
        None => writeln!(text, "    c.append(_number(row, {index}{fill}))"),
        Some(Encoding::OneHot(one_hot)) => {
            let kept = || {
                one_hot
                    .categories
                    .iter()
                    .filter(|one| one_hot.drop.as_ref() != Some(*one))
            };
            let numbers = kept()
                .enumerate()
                .map(|(place, one)| format!("{}: {place}", literal(one)));
            let dropped = one_hot
                .drop
                .iter()
                .map(|one| format!("{}: -1", literal(one)));
            let numbers: Vec<_> = numbers.chain(dropped).collect();
            let unknown = match one_hot.unknown {
                sagelet::artifact::Unknown::Ignore => ", unknown=-1",
                sagelet::artifact::Unknown::Error => "",
            };
            let count = kept().count();
            writeln!(
                text,
                "    place = _category(row, {index}, {{{}}}{unknown}{fill})\n    c += [float(place == one) for one in range({count})]",
                numbers.join(", ")
            )
        }
        Some(Encoding::Ordinal(ordinal)) => {
            let categories = ordinal.categories.iter().enumerate();
            let numbers: Vec<_> = categories
                .map(|(place, one)| {
                    let number = ordinal.numbers.get(place).copied().unwrap_or(place as f64);
                    format!("{}: {number:?}", literal(one))
                })
                .collect();
            let unknown = ordinal
                .unknown
                .map_or_else(String::new, |number| format!(", unknown={number:?}"));
            writeln!(
                text,
                "    c.append(_category(row, {index}, {{{}}}{unknown}{fill}))",
                numbers.join(", ")
            )
        }
        Some(Encoding::Text | Encoding::Unused) => Ok(()),
    };
    if feature.missing_indicator {
        let _ = writeln!(text, "    c.append(_missing(row, {index}))");
    }
}

fn of_entry(text: &mut String, entry: &Derived) {
    let each = |of: &[usize], made: &str| format!("[{made} for x in [c[i] for i in {of:?}]]");
    let made = match entry {
        Derived::Function { of, function } => each(of, function_of(*function)),
        Derived::Clip { of, lower, upper } => {
            let lower = lower.map_or("-inf".to_owned(), |bound| format!("{bound:?}"));
            let upper = upper.map_or("inf".to_owned(), |bound| format!("{bound:?}"));
            each(of, &format!("min(max(x, {lower}), {upper})"))
        }
        Derived::Threshold { of, above } => each(of, &format!("float(x > {above:?})")),
        Derived::Power {
            of,
            method,
            lambdas,
        } => {
            let name = match method {
                PowerMethod::BoxCox => "_box_cox",
                PowerMethod::YeoJohnson => "_yeo_johnson",
            };
            format!("[{name}(c[i], power) for i, power in zip({of:?}, {lambdas:?})]")
        }
        Derived::Bins { of, edges, encode } => match encode {
            BinEncoding::OneHot => format!(
                "[float(bisect_right({edges:?}, c[{of}]) == one) for one in range({})]",
                edges.len() + 1
            ),
            BinEncoding::Ordinal => format!("[float(bisect_right({edges:?}, c[{of}]))]"),
        },
        Derived::Table { of, x, y, margin } => {
            let margin = margin.map_or("None".to_owned(), |margin| format!("{margin:?}"));
            format!("[_table(c[{of}], {x:?}, {y:?}, {margin})]")
        }
        Derived::Products { of } => {
            format!("[prod(c[i] for i in factors) for factors in {of:?}]")
        }
        Derived::Combinations { of } => combinations(of),
        Derived::Normalize { of, norm } => {
            let norm = match norm {
                Norm::L1 => "sum",
                Norm::L2 => "lambda all: sqrt(sum(one * one for one in all))",
                Norm::Max => "max",
            };
            let of: Vec<_> = of.iter().collect();
            format!("_normalized([c[i] for i in {of:?}], {norm})")
        }
        // Refused before: KINDS lists what is written.
        Derived::Spline { .. } | Derived::Text(_) => "[]".to_owned(),
    };
    let _ = writeln!(
        text,
        "    c += [_finite(one, {:?}) for one in {made}]",
        entry.kind()
    );
}

fn combinations(of: &[Combination]) -> String {
    let sums = of.iter().map(|sum| {
        let terms = sum.columns.iter().zip(&sum.weights);
        let terms = terms.map(|(column, weight)| format!(" + {weight:?} * c[{column}]"));
        format!("{:?}{}", sum.constant, terms.collect::<String>())
    });
    format!("[{}]", sums.collect::<Vec<_>>().join(", "))
}

/// The function of `x`.
fn function_of(function: Function) -> &'static str {
    match function {
        Function::Log => "log(x)",
        Function::Log2 => "log2(x)",
        Function::Log10 => "log10(x)",
        Function::Log1p => "log1p(x)",
        Function::Exp => "exp(x)",
        Function::Exp2 => "2.0 ** x",
        Function::Expm1 => "expm1(x)",
        Function::Sqrt => "sqrt(x)",
        Function::Cbrt => "copysign(abs(x) ** (1 / 3), x)",
        Function::Square => "x * x",
        Function::Reciprocal => "1.0 / x",
        Function::Absolute => "abs(x)",
        Function::Sign => "float((x > 0) - (x < 0))",
        Function::Floor => "float(floor(x))",
        Function::Ceil => "float(ceil(x))",
        Function::Round => "float(round(x))",
        Function::Sin => "sin(x)",
        Function::Cos => "cos(x)",
        Function::Tan => "tan(x)",
        Function::Tanh => "tanh(x)",
        Function::Asinh => "asinh(x)",
        Function::Logistic => "_logistic(x)",
        Function::Logit => "log(x / (1.0 - x))",
        Function::NormalQuantile => "NormalDist().inv_cdf(x)",
    }
}
