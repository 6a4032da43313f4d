//! How much memory a document takes, and loading one.

use super::cbor::{self, Head};
use super::cell::Cell;
use super::derived::{Columns, Combination, Derived, Terms, Text};
use super::document::{Document, Verification};
use super::envelope;
use super::feature::{Encoding, Feature};
use super::label::Label;
use super::parameters::{Isotonic, Outcome, Parameters};
use super::statistics::{ColumnStatistics, TrainingStatistics};
use crate::limits::{LOADED_ITEM_BYTES, LOADED_NUMBER_BYTES, LOADING_FACTOR};

/// Bytes of memory that reading an artifact and building its model take at most, estimated from its items before
/// anything is built from them. What is no artifact takes what its file does.
#[must_use]
pub fn loading_bytes(artifact: &[u8]) -> usize {
    let opened = envelope::open(artifact);
    let items = opened.map_or(0, |opened| items_bytes(opened.payload));
    items.saturating_add(artifact.len().saturating_mul(LOADING_FACTOR))
}

/// The key of a document before its features.
const FEATURES: &[u8] = b"features";

/// What the items of a payload become.
fn items_bytes(mut payload: &[u8]) -> usize {
    let (mut bytes, mut is_features) = (0_usize, false);
    while let Ok(head) = Head::take(&mut payload) {
        bytes = bytes.saturating_add(match head {
            Head::Float(_) => LOADED_NUMBER_BYTES,
            Head::Array(Some(count)) if is_features => features_bytes(&mut payload, count),
            _ => LOADED_ITEM_BYTES,
        });
        is_features = match head {
            Head::Bytes(Some(length)) | Head::Text(Some(length)) => {
                let Ok(content) = cbor::content(&mut payload, length) else {
                    break;
                };
                content == FEATURES
            }
            _ => false,
        };
    }
    bytes
}

/// What the features become before the first that says something: nothing if none does, else they have rules and names
/// as that one has.
fn features_bytes(payload: &mut &[u8], count: usize) -> usize {
    for passed in 0..count {
        let mut rest = *payload;
        match Head::take(&mut rest) {
            Ok(Head::Map(Some(0))) => *payload = rest,
            Ok(_) => return passed.saturating_mul(LOADED_ITEM_BYTES),
            Err(_) => break,
        }
    }
    LOADED_ITEM_BYTES
}

const NUMBER_BYTES: usize = size_of::<f64>();

impl Document {
    /// Bytes of memory that the document takes: its lists, numbers and texts, without what the allocator adds.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let described = self.features.described();
        let features = described.map(|(_, feature)| feature_bytes(feature));
        let features = features.sum::<usize>();
        let labels = self.model.labels().iter().map(label_bytes).sum::<usize>();
        let kept = self.training.as_ref().map_or(0, statistics_bytes);
        let covariance = self.covariance.as_ref();
        let covariance = covariance.map_or(0, |kept| kept.factor.len() * NUMBER_BYTES);
        let derived = self
            .derived
            .iter()
            .map(Derived::memory_bytes)
            .sum::<usize>();
        kept + covariance
            + derived
            + features
            + labels
            + self.model.memory_bytes()
            + self.verification.memory_bytes()
    }
}

impl Derived {
    /// Bytes of the lists, numbers and texts.
    fn memory_bytes(&self) -> usize {
        let indices = |count: usize| count * size_of::<usize>();
        let numbers = |count: usize| count * NUMBER_BYTES;
        let own = match self {
            Self::Function { of, .. } | Self::Clip { of, .. } | Self::Threshold { of, .. } => {
                indices(of.len())
            }
            Self::Power { of, .. } => indices(of.len()) + numbers(of.len()),
            Self::Bins { edges, .. } => numbers(edges.len()),
            Self::Table { x, .. } => 2 * numbers(x.len()),
            Self::Spline { knots, .. } => numbers(knots.len()),
            Self::Products { of } => of
                .iter()
                .map(|factors| size_of::<Vec<usize>>() + indices(factors.len()))
                .sum(),
            Self::Combinations { of } => of
                .iter()
                .map(|sum| size_of::<Combination>() + 2 * numbers(sum.columns.len()))
                .sum(),
            Self::Normalize { of, .. } => match of {
                Columns::List(list) => indices(list.len()),
                Columns::Range { .. } => 0,
            },
            Self::Text(text) => text.memory_bytes(),
        };
        size_of::<Self>() + own
    }
}

impl Text {
    fn memory_bytes(&self) -> usize {
        let terms = match &self.terms {
            Terms::Vocabulary(vocabulary) => vocabulary.memory_bytes(),
            Terms::Hashing { .. } => 0,
        };
        let word = |word: &String| size_of::<String>() + word.len();
        let words = self.stop_words.iter().map(word).sum::<usize>();
        size_of::<Self>() + terms + words + self.idf.len() * NUMBER_BYTES
    }
}

impl Parameters {
    /// Bytes of the numbers.
    fn memory_bytes(&self) -> usize {
        let thresholds = |function: &Isotonic| 2 * function.x_thresholds.len();
        let numbers = match self.outcome() {
            Outcome::Isotonic(isotonic) => thresholds(isotonic),
            Outcome::Mean(model) => {
                let members = model.members.iter();
                let calibration = members.flat_map(|member| &member.calibration);
                score_numbers(self) + calibration.map(thresholds).sum::<usize>()
            }
            Outcome::Values(_) | Outcome::Classes(..) | Outcome::Votes(_) | Outcome::Labels(_) => {
                score_numbers(self)
            }
        };
        numbers * NUMBER_BYTES
    }
}

fn score_numbers(parameters: &Parameters) -> usize {
    let scores = parameters.scores();
    let numbers = scores.iter().map(|score| score.coefficients.len() + 1);
    numbers.sum()
}

impl Verification {
    fn memory_bytes(&self) -> usize {
        let cells = self.rows.iter().flatten().map(cell_bytes).sum::<usize>();
        cells + self.predictions.iter().map(Vec::len).sum::<usize>() * NUMBER_BYTES
    }
}

fn statistics_bytes(training: &TrainingStatistics) -> usize {
    let numbers = |column: &ColumnStatistics| {
        column.quantiles.len() + column.shares.len() + column.categories.len()
    };
    let columns = training.features.iter();
    columns
        .map(|column| size_of::<ColumnStatistics>() + numbers(column) * NUMBER_BYTES)
        .sum()
}

fn feature_bytes(feature: &Feature) -> usize {
    let name = feature.name.as_ref().map_or(0, String::len);
    let encoding = feature.encoding.as_ref();
    let categories = encoding.map_or(&[][..], Encoding::categories);
    size_of::<(usize, Feature)>() + name + categories.iter().map(label_bytes).sum::<usize>()
}

fn cell_bytes(cell: &Cell) -> usize {
    size_of::<Cell>()
        + match cell {
            Cell::Text(text) => text.len(),
            _ => 0,
        }
}

fn label_bytes(label: &Label) -> usize {
    size_of::<Label>()
        + match label {
            Label::Text(text) => text.len(),
            _ => 0,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{Artifact, Features, Linear};

    fn numbers(features: impl Into<Features>) -> Document {
        let features = features.into();
        let linear = Linear {
            intercept: 0.0,
            coefficients: vec![1.5; features.len()],
        };
        let mut document = Document::new(Vec::new(), Parameters::LinearRegression(linear));
        document.features = features;
        document
    }

    #[test]
    fn loading_is_estimated_by_the_items_and_not_by_the_bytes_of_the_file() {
        let mut features = vec![Feature::default(); 10_000];
        features.push(Feature::named("last"));
        let (artifact, bytes) = Artifact::seal(numbers(features)).unwrap();
        let needed = loading_bytes(&bytes);
        assert!(needed >= artifact.document.memory_bytes() + 2 * bytes.len());
        assert!(needed >= 10_000 * (size_of::<Feature>() + NUMBER_BYTES));
        assert!(loading_bytes(b"no artifact") < 100);
    }

    #[test]
    fn features_that_say_nothing_cost_nothing_each() {
        let (artifact, bytes) = Artifact::seal(numbers(Features::undescribed(10_000))).unwrap();
        assert_eq!(artifact.document.memory_bytes(), 10_001 * NUMBER_BYTES);
        let needed = loading_bytes(&bytes);
        let of_numbers = 10_001 * LOADED_NUMBER_BYTES;
        assert!(needed >= of_numbers + LOADING_FACTOR * bytes.len());
        assert!(needed < of_numbers + LOADING_FACTOR * bytes.len() + 100 * LOADED_ITEM_BYTES);
    }
}
