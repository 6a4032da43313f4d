//! Labels of classes in their order, and what the settings make of their weights.

use std::collections::BTreeMap;

use sagelet_solver::block::{Block, Pass, Source};
use sagelet_solver::bytes::{Reader, Writer};

use crate::artifact::Label;
use crate::limits::CLASSES_MAX;
use crate::train::TrainError;
use crate::train::passes::Passes;
use crate::train::settings::{PositiveWeight, Settings};
use crate::train::table::{Schema, as_booleans};

/// Labels in their order, and the code of each.
pub(super) fn sorted_labels(codes: &[f64], schema: &Schema) -> (Vec<Label>, Vec<f64>) {
    let mut labels: Vec<Label> = codes.iter().map(|code| schema.codes.label(*code)).collect();
    as_booleans(&mut labels);
    let mut pairs: Vec<(Label, f64)> = labels.into_iter().zip(codes.iter().copied()).collect();
    pairs.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    pairs.into_iter().unzip()
}

pub(super) fn by_place(codes: &[f64], weights: &BTreeMap<u64, f64>) -> Vec<f64> {
    let weight = |code: &f64| weights.get(&code.to_bits()).copied().unwrap_or(1.0);
    codes.iter().map(weight).collect()
}

/// What multiplies the weights of the rows of each class, by the bits of its code; empty if nothing does.
pub(super) fn class_weights(
    passes: &mut Passes<'_>,
    schema: &Schema,
    settings: &Settings,
) -> Result<BTreeMap<u64, f64>, TrainError> {
    let multiplier = match settings.positive_weight {
        PositiveWeight::Number(1.0) if !settings.balance_classes => return Ok(BTreeMap::new()),
        PositiveWeight::Number(multiplier) => Some(multiplier),
        PositiveWeight::Balanced => None,
    };
    let weights = passes.pass(&ClassWeights)?;
    let codes: Vec<f64> = weights.keys().map(|bits| f64::from_bits(*bits)).collect();
    let (_, codes) = sorted_labels(&codes, schema);
    let balanced = |code: &f64| {
        let own = weights.get(&code.to_bits()).copied().unwrap_or(0.0);
        let total: f64 = weights.values().sum();
        if own > 0.0 {
            total / (codes.len() as f64 * own)
        } else {
            1.0
        }
    };
    let mut by_code = BTreeMap::new();
    for (place, code) in codes.iter().enumerate() {
        let weight = match multiplier {
            _ if settings.balance_classes => balanced(code),
            Some(multiplier) if place == 1 && codes.len() == 2 => multiplier,
            Some(_) => 1.0,
            None => balanced(code),
        };
        by_code.insert(code.to_bits(), weight);
    }
    Ok(by_code)
}

/// The sum of weights of each class.
struct ClassWeights;

impl Pass for ClassWeights {
    type Sum = BTreeMap<u64, f64>;

    fn begin(&self) -> Self::Sum {
        BTreeMap::new()
    }

    fn block(&self, sum: &mut Self::Sum, block: &Block<'_>) {
        for (row, label) in block.labels.iter().enumerate() {
            let known = sum.len();
            let bits = (label + 0.0).to_bits();
            if known <= CLASSES_MAX || sum.contains_key(&bits) {
                *sum.entry(bits).or_default() += block.weight(row);
            }
        }
    }

    fn merge(&self, total: &mut Self::Sum, next: Self::Sum) {
        for (code, weight) in next {
            *total.entry(code).or_default() += weight;
        }
    }

    fn save(&self, total: &Self::Sum) -> Option<Vec<u8>> {
        let mut to = Writer::default();
        to.whole(total.len() as u64);
        for (code, weight) in total {
            to.whole(*code);
            to.number(*weight);
        }
        Some(to.into_bytes())
    }

    fn restore(&self, bytes: &[u8]) -> Option<Self::Sum> {
        let mut from = Reader::new(bytes);
        let mut total = BTreeMap::new();
        for _ in 0..from.count(9)? {
            total.insert(from.whole()?, from.number()?);
        }
        from.at_end(total)
    }
}
