//! Codes of classes, as rows carry them, and the places of the classes.

use std::collections::BTreeMap;

/// The classes of a classification, in their order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Classes {
    /// The place of each code, by its bits.
    places: BTreeMap<u64, usize>,
    /// The same for codes that are small whole numbers, which most are.
    direct: Vec<Option<usize>>,
    weights: Vec<f64>,
}

/// Codes that are looked up directly.
const DIRECT: usize = 256;

impl Classes {
    /// Classes with these codes, in their order, and what multiplies the weights of their rows.
    #[must_use]
    pub fn new(codes: &[f64], weights: &[f64]) -> Self {
        let mut places = BTreeMap::new();
        for (place, code) in codes.iter().enumerate() {
            places.insert((code + 0.0).to_bits(), place);
        }
        let direct = (0..DIRECT).map(|code| places.get(&(code as f64).to_bits()).copied());
        Self {
            direct: direct.collect(),
            places,
            weights: weights.to_vec(),
        }
    }

    /// How many classes there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.places.len()
    }

    /// The place of a class, by its code.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "compared with the code afterwards"
    )]
    pub fn place(&self, code: f64) -> Option<usize> {
        let whole = code as usize;
        if whole < DIRECT && whole as f64 == code {
            return self.direct[whole];
        }
        self.places.get(&(code + 0.0).to_bits()).copied()
    }

    /// What multiplies the weights of the rows of a class.
    #[must_use]
    pub fn weight(&self, place: usize) -> f64 {
        self.weights.get(place).copied().unwrap_or(1.0)
    }
}
