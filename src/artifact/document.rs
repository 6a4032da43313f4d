//! What an artifact says, in the types that CBOR and JSON are read into and written from.

use std::collections::BTreeMap;
use std::fmt;

use super::cbor::{Head, Writer};
use super::cell::Cell;
use super::derived::{self, Derived};
use super::error::ArtifactError;
use super::feature::Feature;
use super::features::Features;
use super::form::Form;
use super::inverse::InverseTransform;
use super::item::{Item, Map, Wrong};
use super::parameters::Parameters;
use super::scan;
use super::statistics::{Covariance, TrainingStatistics};
use super::threshold::Threshold;

/// The name that every artifact carries.
pub const FORMAT: &str = "sagelet-model";

/// The version of a document that needs nothing newer. Every reader there has been reads it.
pub const VERSION: Version = Version(1, 0);

/// The version of a document with columns that rows may carry beside the features: a reader of 1.0 ignores the key
/// and refuses such rows.
const WITH_OTHER_COLUMNS: Version = Version(1, 1);

/// The version of a document with statistics of the training or a covariance: a reader of 1.0 ignores the keys, and
/// predicts the same.
const WITH_STATISTICS: Version = Version(1, 2);

/// The version of a document that a reader of major version 1 would read otherwise than it is meant.
const WITH_REQUIREMENTS: Version = Version(2, 0);

/// The requirement of a document with marks of its own for missing cells.
const MISSING_VALUES: &str = "missing-values";

/// The requirement of a document with columns that are computed from others.
const DERIVED_COLUMNS: &str = "derived-columns";

/// The requirement of a document whose labels are decided by a threshold of its own.
const THRESHOLD: &str = "threshold";

/// Whether this program understands a requirement of this name.
pub(super) fn understands(requirement: &str) -> bool {
    [MISSING_VALUES, DERIVED_COLUMNS, THRESHOLD].contains(&requirement)
}

/// Major and minor version of the format.
///
/// A reader refuses a major version it does not know. A minor version only adds keys that a reader may
/// ignore without predicting differently. What a reader of major version 1 would predict differently is written as
/// major version 2, which lists what a reader must understand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version(
    /// Major.
    pub u16,
    /// Minor.
    pub u16,
);

impl Version {
    /// Whether this program reads documents of this version.
    #[must_use]
    pub fn is_known(self) -> bool {
        (VERSION.0..=WITH_REQUIREMENTS.0).contains(&self.0)
    }

    /// Whether documents of this version list what a reader must understand.
    pub(super) fn has_requirements(self) -> bool {
        self.0 >= WITH_REQUIREMENTS.0
    }
}

impl Default for Version {
    fn default() -> Self {
        VERSION
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.0, self.1)
    }
}

/// A model and what is known about it. The same structure is the payload of an artifact and, as JSON, the
/// form that a person can write by hand (`docs/artifact.md`).
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Version of the format.
    pub version: Version,
    /// What a reader must understand to predict as it is meant; only in major version 2. A reader refuses what it
    /// does not know by name.
    pub requires: Vec<String>,
    /// The columns of a row, in their order. Empty only in hand-written JSON, where it means "as many as
    /// there are coefficients, without names". They may be fewer than the coefficients, where a category
    /// makes several columns of the design matrix.
    pub features: Features,
    /// Columns that rows may carry by name beside the features, such as the label: their cells may be anything.
    pub other_columns: Vec<String>,
    /// Texts that mean a missing cell, instead of those that pandas knows.
    pub missing_values: Vec<String>,
    /// Columns that are computed from others, behind those that the features make.
    pub derived: Vec<Derived>,
    /// The fitted parameters.
    pub model: Parameters,
    /// What turns the regression's result into the prediction, where the model was fitted to a transformed
    /// target.
    pub inverse_transform: Option<InverseTransform>,
    /// Where a classifier's decision is, if it is not at the score 0.
    pub threshold: Option<Threshold>,
    /// Where the model comes from: `producer`, `algorithm`, `source`, … Free text, for people.
    pub provenance: BTreeMap<String, String>,
    /// What was measured when the model was made: `training_rows`, `r2`, …
    pub metrics: BTreeMap<String, f64>,
    /// What was seen in the rows that the model was fitted to.
    pub training: Option<TrainingStatistics>,
    /// The covariance of the coefficients, where it is defined: without a penalty.
    pub covariance: Option<Covariance>,
    /// Rows with the predictions they must give, replayed whenever the model is loaded.
    pub verification: Verification,
}

/// Rows with the predictions they must give.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verification {
    /// The rows as a client would send them, as long as there are features.
    pub rows: Vec<Vec<Cell>>,
    /// What each row must give: the targets of a regression, the probabilities of a classifier, the scores of
    /// a classifier without them. A list of one is written as the number alone.
    pub predictions: Vec<Vec<f64>>,
}

impl Verification {
    /// Adds a row of numbers and what it must give.
    pub fn push(&mut self, row: &[f64], prediction: Vec<f64>) {
        self.rows
            .push(row.iter().copied().map(Cell::from).collect());
        self.predictions.push(prediction);
    }

    /// Whether there is nothing to verify with.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.predictions.is_empty()
    }
}

impl Document {
    /// Gives the document the lowest version whose readers predict as it is meant, and lists what they must
    /// understand.
    pub fn set_version(&mut self) {
        self.requires = self.needed();
        self.version = if !self.requires.is_empty() {
            WITH_REQUIREMENTS
        } else if self.training.is_some() || self.covariance.is_some() {
            WITH_STATISTICS
        } else if !self.other_columns.is_empty() {
            WITH_OTHER_COLUMNS
        } else {
            VERSION
        };
    }

    /// What a reader must understand, by name: everything in the document that a reader of version 1 passes over.
    pub(super) fn needed(&self) -> Vec<String> {
        let mut needed = Vec::new();
        if !self.missing_values.is_empty() {
            needed.push(MISSING_VALUES.to_owned());
        }
        if derived::is_needed(&self.features, &self.derived) {
            needed.push(DERIVED_COLUMNS.to_owned());
        }
        if self.threshold.is_some() {
            needed.push(THRESHOLD.to_owned());
        }
        needed
    }

    /// A document of version 1.0 with nothing in it but features and parameters.
    #[must_use]
    pub fn new(features: Vec<Feature>, model: Parameters) -> Self {
        Self {
            version: VERSION,
            requires: Vec::new(),
            features: features.into(),
            other_columns: Vec::new(),
            missing_values: Vec::new(),
            derived: Vec::new(),
            model,
            inverse_transform: None,
            threshold: None,
            provenance: BTreeMap::new(),
            metrics: BTreeMap::new(),
            training: None,
            covariance: None,
            verification: Verification::default(),
        }
    }

    /// How many columns the features and derived columns make together.
    #[must_use]
    pub fn width(&self) -> usize {
        derived::width(&self.features, &self.derived)
    }

    /// The name to show for the column with this index: its own, or `x0`, `x1`, …
    #[must_use]
    pub fn feature_name(&self, column: usize) -> String {
        let own = self
            .features
            .get(column)
            .and_then(|feature| feature.name.clone());
        own.unwrap_or_else(|| default_name(column))
    }
}

/// What a column without a name is called: `x0`, `x1`, …
#[must_use]
pub fn default_name(column: usize) -> String {
    format!("x{column}")
}

/// Reads a payload whose digest was found right.
pub(super) fn decode(payload: &[u8]) -> Result<Document, ArtifactError> {
    let item = scan::check(payload, "payload")?;
    Document::read(item).map_err(|wrong| wrong.of_part("payload", item))
}

impl Form for Version {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        let number = |item: Item<'_>| {
            let number = u16::try_from(item.whole()?);
            number.map_err(|_| item.invalid("a number up to 65535"))
        };
        let [major, minor] = item.pair("a version: two numbers", number)?;
        Ok(Self(major, minor))
    }

    fn write(&self, writer: &mut Writer) {
        writer.array(2);
        writer.whole(self.0.into());
        writer.whole(self.1.into());
    }
}

impl Form for Verification {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        let map = item.map("a map with rows and predictions")?;
        let cells = |item: Item<'_>| item.list_of("a list of cells", Cell::read);
        let predictions = |item: Item<'_>| match item.head() {
            Head::Array(_) => item.numbers(),
            _ => Ok(vec![item.float("a number or a list of numbers")?]),
        };
        Ok(Self {
            rows: map.required("rows")?.list_of("a list of rows", cells)?,
            predictions: map
                .required("predictions")?
                .list_of("a list of predictions", predictions)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        let mut map = writer.fields();
        let rows = map.key("rows");
        rows.array(self.rows.len());
        for row in &self.rows {
            rows.array(row.len());
            row.iter().for_each(|cell| cell.write(rows));
        }
        let predictions = map.key("predictions");
        predictions.array(self.predictions.len());
        for prediction in &self.predictions {
            match prediction.as_slice() {
                [one] => predictions.number(*one),
                several => predictions.numbers(several),
            }
        }
    }
}

/// Reads a map from names to what each has.
fn named<'a, T>(
    map: &Map<'a>,
    key: &str,
    read: impl Fn(Item<'a>) -> Result<T, Wrong>,
) -> Result<BTreeMap<String, T>, Wrong> {
    let mut named = BTreeMap::new();
    if let Some(item) = map.get(key) {
        for (name, item) in item.map("a map")?.entries() {
            named.insert((*name).to_owned(), read(*item)?);
        }
    }
    Ok(named)
}

impl Form for Document {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        let map = item.map("a document: a map")?;
        let derived = |item: Item<'_>| item.list_of("a list of derived columns", Derived::read);
        let optional = |key| map.optional(key);
        Ok(Self {
            version: map.get("version").map_or(Ok(VERSION), Version::read)?,
            requires: map.some_texts("requires")?,
            features: map
                .get("features")
                .map_or_else(|| Ok(Features::default()), Features::read)?,
            other_columns: map.some_texts("other_columns")?,
            missing_values: map.some_texts("missing_values")?,
            derived: map.get("derived").map_or_else(|| Ok(Vec::new()), derived)?,
            model: Parameters::read(map.required("model")?)?,
            inverse_transform: optional("inverse_transform")
                .map(InverseTransform::read)
                .transpose()?,
            threshold: optional("threshold").map(Threshold::read).transpose()?,
            provenance: named(&map, "provenance", Item::string_of_own)?,
            metrics: named(&map, "metrics", Item::number)?,
            training: optional("training")
                .map(TrainingStatistics::read)
                .transpose()?,
            covariance: optional("covariance").map(Covariance::read).transpose()?,
            verification: map
                .get("verification")
                .map_or_else(|| Ok(Verification::default()), Verification::read)?,
        })
    }

    fn write(&self, writer: &mut Writer) {
        let mut map = writer.fields();
        self.version.write(map.key("version"));
        map.some_texts("requires", &self.requires);
        self.features.write(map.key("features"));
        map.some_texts("other_columns", &self.other_columns);
        map.some_texts("missing_values", &self.missing_values);
        map.some_list("derived", &self.derived);
        self.model.write(map.key("model"));
        map.optional("inverse_transform", self.inverse_transform.as_ref());
        map.optional("threshold", self.threshold.as_ref());
        if !self.provenance.is_empty() {
            let texts = map.key("provenance");
            texts.map(self.provenance.len());
            for (name, text) in &self.provenance {
                texts.text(name);
                texts.text(text);
            }
        }
        if !self.metrics.is_empty() {
            let numbers = map.key("metrics");
            numbers.map(self.metrics.len());
            for (name, number) in &self.metrics {
                numbers.text(name);
                numbers.number(*number);
            }
        }
        map.optional("training", self.training.as_ref());
        map.optional("covariance", self.covariance.as_ref());
        if !self.verification.is_empty() {
            self.verification.write(map.key("verification"));
        }
    }
}
