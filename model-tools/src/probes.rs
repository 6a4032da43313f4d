//! Verification rows for models that compute columns: cells on either side of the bounds that curves and bins have.

use sagelet::artifact::{Cell, Derived, Document, Encoding, Feature, Terms};

use crate::limits::VERIFICATION_CELLS_MAX;

/// Rows of a document.
const ROWS: usize = 12;

/// Numbers that most functions are defined for come first.
const NUMBERS: [f64; 6] = [1.0, 0.5, 2.0, 10.0, 0.0, -1.0];

/// Terms in the text of one row.
const TERMS: usize = 6;

/// A text for vectorizers without a vocabulary.
const TEXT: &str = "The quick brown fox jumps over the lazy dog";

/// Rows for a document with derived columns; none if they would be too long. A model may refuse some of them: no logarithm
/// is taken of a negative number.
pub(crate) fn rows(document: &Document) -> Vec<Vec<Cell>> {
    let features = &document.features;
    if features.len().saturating_mul(ROWS) > VERIFICATION_CELLS_MAX {
        return Vec::new();
    }
    let pools = pools(document);
    let row = |turn: usize| {
        let cells = features.iter().zip(&pools).enumerate();
        cells
            .map(|(index, (feature, pool))| cell(document, index, feature, pool, turn))
            .collect()
    };
    (0..ROWS).map(row).collect()
}

fn cell(document: &Document, index: usize, feature: &Feature, pool: &[f64], turn: usize) -> Cell {
    let turn_here = turn + index;
    match &feature.encoding {
        Some(Encoding::Text) => Cell::Text(text(document, index, turn)),
        Some(encoding) => {
            let categories = encoding.categories();
            let label = categories.get(turn_here % categories.len().max(1));
            label.map_or(Cell::Missing, Cell::from)
        }
        None => {
            let number = pool.get(turn_here % pool.len().max(1));
            Cell::Number(number.copied().unwrap_or_default())
        }
    }
}

/// Some terms of a feature's first vocabulary, others in each row.
fn text(document: &Document, feature: usize, turn: usize) -> String {
    let mut entries = document.derived.iter();
    let terms = entries.find_map(|entry| match entry {
        Derived::Text(text) if text.feature == feature => Some(&text.terms),
        _ => None,
    });
    let Some(Terms::Vocabulary(vocabulary)) = terms else {
        return TEXT.to_owned();
    };
    let step = (vocabulary.len() / (ROWS * TERMS)).max(1);
    let terms = (0..TERMS).filter_map(|term| vocabulary.term((turn * TERMS + term) * step));
    terms.collect::<Vec<_>>().join(" ")
}

/// The numbers that each feature's cells take turns with.
fn pools(document: &Document) -> Vec<Vec<f64>> {
    let mut owners = Vec::new();
    for (index, feature) in document.features.iter().enumerate() {
        owners.extend(std::iter::repeat_n(index, feature.design_columns()));
    }
    let mut pools = vec![Vec::new(); document.features.len()];
    for entry in &document.derived {
        let (of, bounds) = bounds(entry);
        let pool = owners.get(of).and_then(|owner| pools.get_mut(*owner));
        if let Some(pool) = pool {
            pool.extend(spread(&bounds));
        }
    }
    for pool in &mut pools {
        if pool.is_empty() {
            pool.extend(NUMBERS);
        }
    }
    pools
}

/// The column that an entry cuts into pieces, and where.
fn bounds(entry: &Derived) -> (usize, Vec<f64>) {
    match entry {
        Derived::Bins { of, edges, .. } => (*of, edges.clone()),
        Derived::Table { of, x, .. } => (*of, x.clone()),
        Derived::Spline {
            of, knots, degree, ..
        } => {
            let inner = knots.get(*degree..knots.len().saturating_sub(*degree));
            (*of, inner.unwrap_or_default().to_vec())
        }
        Derived::Threshold { of, above } => {
            (of.first().copied().unwrap_or(usize::MAX), vec![*above])
        }
        _ => (usize::MAX, Vec::new()),
    }
}

/// At most [`ROWS`] numbers: bounds, what lies between them, and one beyond either end.
fn spread(bounds: &[f64]) -> Vec<f64> {
    let step = (bounds.len() / (ROWS / 2)).max(1);
    let chosen: Vec<f64> = bounds.iter().copied().step_by(step).collect();
    let between = chosen.windows(2).filter_map(|pair| match pair {
        [one, next] => Some(one + (next - one) / 2.0),
        _ => None,
    });
    let ends = [
        bounds.first().map(|first| first - 1.0),
        bounds.last().map(|last| last + 1.0),
    ];
    chosen
        .iter()
        .copied()
        .chain(between)
        .chain(ends.into_iter().flatten())
        .collect()
}
