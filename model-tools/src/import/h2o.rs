//! Generalised linear models of H2O, as a MOJO: a zip archive with `model.ini`, and a file for the levels of each factor.
//!
//! The score is what `hex.genmodel.algos.glm` computes: factors come first, each with a coefficient for every level or
//! for every one but the first, then numbers, then the intercept.

use std::collections::HashMap;

use sagelet::artifact::{Cell, Encoding, Feature, Label, Link, OneHot, Unknown};
use sagelet::limits::FEATURES_MAX;
use sagelet::text::Quoted;

use super::archive::{ArchiveError, Files};
use super::index::whole_index;
use super::linear::{self, Column, Conflict, Conversion, Kind, Part, Prediction, combination};
use super::{ImportError, Imported};
use crate::shown::{bare, quoted};

/// The member that says what the model is.
const INI: &str = "model.ini";

/// Why a MOJO gives no model.
#[derive(Debug, thiserror::Error)]
pub(crate) enum H2oError {
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error("{0} is not UTF-8")]
    Utf8(Quoted),
    #[error("a MOJO of H2O with the algorithm {0}: only glm is a linear model")]
    Algorithm(Quoted),
    #[error("the {key} of the MOJO is {value}, {reason}")]
    Setting {
        /// Its name in model.ini.
        key: &'static str,
        /// What it is.
        value: Quoted,
        /// Why it makes no artifact.
        reason: &'static str,
    },
    #[error("model.ini has no {0}, or in another form than is known")]
    Missing(&'static str),
    #[error("the MOJO has {found} coefficients, and its columns need {expected}")]
    Width {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    #[error("the MOJO has {0} columns: 1 to {FEATURES_MAX} are possible")]
    Columns(usize),
    #[error("the levels of the column {0} are not in the MOJO")]
    Domain(Quoted),
    #[error(transparent)]
    Conflict(#[from] Conflict),
}

/// A zip archive with a `model.ini`.
pub(super) fn detect(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") && Files::open(bytes).is_ok_and(|files| files.has(INI))
}

/// Reads a model.
pub(super) fn read(bytes: &[u8]) -> Result<Imported, ImportError> {
    Ok(convert(bytes)?)
}

fn convert(bytes: &[u8]) -> Result<Imported, H2oError> {
    let mut files = Files::open(bytes)?;
    let ini = Ini::read(&text(&mut files, INI)?);
    ini.check()?;
    let columns = ini.read_columns(&mut files)?;
    let layout = Layout::read(&ini, &columns)?;
    let features = layout.features(&ini, &columns)?;
    let mut conversion = Conversion::new(features);
    let response = columns
        .get(layout.features)
        .and_then(|column| column.levels.clone());
    let scores = layout.scores(&mut conversion, &columns, &ini)?;
    let prediction = prediction(&ini, scores, response.unwrap_or_default(), &mut conversion)?;
    let (mut document, notes) = linear::document(conversion, &prediction)?;
    let version = ini.info.get("h2o_version").map_or("", String::as_str);
    let library = format!("H2O {}", bare(version));
    document
        .provenance
        .insert("library".to_owned(), library.trim().to_owned());
    if let Some(family) = ini.info.get("family") {
        document
            .provenance
            .insert("family".to_owned(), bare(family));
    }
    Ok(Imported {
        notes,
        ..Imported::new(document)
    })
}

fn text(files: &mut Files<'_>, name: &str) -> Result<String, H2oError> {
    String::from_utf8(files.read(name)?).map_err(|_| H2oError::Utf8(quoted(name)))
}

/// `model.ini`: settings, names of columns, and files of levels.
struct Ini {
    info: HashMap<String, String>,
    columns: Vec<String>,
    /// The file with a column's levels, by the column's place.
    domains: HashMap<usize, String>,
}

/// A column of the rows, or the response.
struct DataColumn {
    name: String,
    /// Of a factor.
    levels: Option<Vec<Label>>,
}

impl Ini {
    fn read(text: &str) -> Self {
        let mut ini = Self {
            info: HashMap::new(),
            columns: Vec::new(),
            domains: HashMap::new(),
        };
        let mut section = "";
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match line.trim() {
                head @ ("[info]" | "[columns]" | "[domains]") => section = head,
                _ if section == "[columns]" => ini.columns.push(line.to_owned()),
                line if section == "[info]" => {
                    let pair = line.split_once('=');
                    let pair =
                        pair.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()));
                    ini.info.extend(pair);
                }
                // `3: 12 d001.txt`: the place of the column, how many levels it has, and their file.
                line => ini.domains.extend(domain(line)),
            }
        }
        ini
    }

    /// Refuses what is no generalised linear model, and what changes its score.
    fn check(&self) -> Result<(), H2oError> {
        let algorithm = self.info.get("algo").map_or("", String::as_str);
        if algorithm != "glm" {
            return Err(H2oError::Algorithm(quoted(algorithm)));
        }
        if let Some(family) = self
            .info
            .get("family")
            .filter(|family| *family == "ordinal")
        {
            return Err(H2oError::Setting {
                key: "family",
                value: quoted(family),
                reason: "which has a threshold for every class",
            });
        }
        for key in ["offset_column", "offset"] {
            let value = self
                .info
                .get(key)
                .filter(|value| !matches!(value.as_str(), "null" | ""));
            if let Some(value) = value {
                return Err(H2oError::Setting {
                    key: "offset_column",
                    value: quoted(value),
                    reason: "and an offset is not read",
                });
            }
        }
        Ok(())
    }

    fn flag(&self, key: &str) -> bool {
        self.info.get(key).is_some_and(|value| value == "true")
    }

    fn count(&self, key: &'static str) -> Result<usize, H2oError> {
        let count = self.info.get(key).and_then(|value| value.parse().ok());
        count.ok_or(H2oError::Missing(key))
    }

    /// `[1.5, 2]`; an empty list where there is none.
    fn numbers(&self, key: &'static str) -> Result<Vec<f64>, H2oError> {
        let Some(list) = self.info.get(key) else {
            return Ok(Vec::new());
        };
        let inner = list
            .strip_prefix('[')
            .and_then(|list| list.strip_suffix(']'));
        let inner = inner.ok_or(H2oError::Missing(key))?;
        let numbers = inner
            .split(',')
            .map(str::trim)
            .filter(|number| !number.is_empty());
        let numbers: Option<Vec<f64>> = numbers.map(|number| number.parse().ok()).collect();
        numbers.ok_or(H2oError::Missing(key))
    }

    /// A list of whole numbers that are not below 0.
    fn places(&self, key: &'static str) -> Result<Vec<usize>, H2oError> {
        let places: Option<Vec<usize>> = self.numbers(key)?.into_iter().map(whole_index).collect();
        places.ok_or(H2oError::Missing(key))
    }

    fn read_columns(&self, files: &mut Files<'_>) -> Result<Vec<DataColumn>, H2oError> {
        let is_escaped = self.flag("escape_domain_values");
        let mut columns = Vec::new();
        for (index, name) in self.columns.iter().enumerate() {
            let levels = match self.domains.get(&index) {
                Some(file) => {
                    let levels = text(files, &format!("domains/{file}"))?;
                    Some(labels(levels.lines(), is_escaped))
                }
                None => None,
            };
            columns.push(DataColumn {
                name: name.clone(),
                levels,
            });
        }
        Ok(columns)
    }
}

fn domain(line: &str) -> Option<(usize, String)> {
    let (place, rest) = line.split_once(':')?;
    let file = rest.split_whitespace().nth(1)?;
    Some((place.trim().parse().ok()?, file.to_owned()))
}

/// The levels of a factor: whole numbers if all of them are written as such, as H2O makes factors of numbers.
fn labels<'a>(lines: impl Iterator<Item = &'a str>, is_escaped: bool) -> Vec<Label> {
    let texts: Vec<String> = lines
        .map(|line| {
            if is_escaped {
                unescaped(line)
            } else {
                line.to_owned()
            }
        })
        .collect();
    let whole = |text: &String| {
        let number: i64 = text.parse().ok()?;
        (number.to_string() == *text).then_some(Label::Integer(number))
    };
    let numbers: Option<Vec<Label>> = texts.iter().map(whole).collect();
    numbers.unwrap_or_else(|| texts.into_iter().map(Label::Text).collect())
}

/// Line ends within a level are written as `\n`, and backslashes twice.
fn unescaped(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some('\\') => text.push('\\'),
                Some(other) => text.extend(['\\', other]),
                None => text.push('\\'),
            },
            letter => text.push(letter),
        }
    }
    text
}

/// Where the coefficients of factors and numbers lie.
struct Layout {
    /// Columns of a row.
    features: usize,
    /// Where the coefficients of each factor begin, and where the last ends.
    offsets: Vec<usize>,
    numbers: usize,
    /// Whether the first level of each factor has a coefficient too.
    all_levels: bool,
}

impl Layout {
    fn read(ini: &Ini, columns: &[DataColumn]) -> Result<Self, H2oError> {
        let (factors, numbers) = (ini.count("cats")?, ini.count("nums")?);
        let features = factors.saturating_add(numbers);
        if features == 0 || features > FEATURES_MAX || features > columns.len() {
            return Err(H2oError::Columns(features));
        }
        let mut offsets = ini.places("cat_offsets")?;
        if offsets.is_empty() {
            offsets.push(0);
        }
        let rises = offsets
            .iter()
            .zip(offsets.iter().skip(1))
            .all(|(a, b)| a <= b);
        if offsets.len() != factors + 1 || !rises || offsets.first() != Some(&0) {
            return Err(H2oError::Missing("cat_offsets"));
        }
        Ok(Self {
            features,
            offsets,
            numbers,
            all_levels: ini.flag("use_all_factor_levels"),
        })
    }

    fn factors(&self) -> usize {
        self.offsets.len() - 1
    }

    /// How many coefficients a score has, the intercept included.
    fn width(&self) -> usize {
        self.offsets.last().copied().unwrap_or_default() + self.numbers + 1
    }

    /// The features, with what stands in for missing cells if the model fills them in.
    fn features(&self, ini: &Ini, columns: &[DataColumn]) -> Result<Vec<Feature>, H2oError> {
        let fills = ini.flag("mean_imputation");
        let (means, modes) = match fills {
            true => (ini.numbers("num_means")?, ini.places("cat_modes")?),
            false => (Vec::new(), Vec::new()),
        };
        if fills && (means.len() != self.numbers || modes.len() != self.factors()) {
            return Err(H2oError::Missing("num_means or cat_modes"));
        }
        let mut features = Vec::new();
        for (index, column) in columns.iter().take(self.features).enumerate() {
            let mut feature = Feature::named(&column.name);
            if index < self.factors() {
                let levels = column.levels.clone();
                let levels = levels.ok_or_else(|| H2oError::Domain(quoted(&column.name)))?;
                if let Some(mode) = modes.get(index) {
                    let mode = levels.get(*mode).ok_or(H2oError::Missing("cat_modes"))?;
                    feature.missing = Cell::from(mode);
                }
                feature.encoding = Some(Encoding::OneHot(OneHot {
                    categories: levels,
                    drop: None,
                    unknown: Unknown::Error,
                }));
            } else if let Some(mean) = means.get(index - self.factors()) {
                feature.missing = Cell::Number(*mean);
            }
            features.push(feature);
        }
        Ok(features)
    }

    /// The score of every class, or the only one.
    fn scores(
        &self,
        conversion: &mut Conversion,
        columns: &[DataColumn],
        ini: &Ini,
    ) -> Result<Vec<Column>, H2oError> {
        let beta = ini.numbers("beta")?;
        let width = self.width();
        let classes = match ini.info.get("family").map(String::as_str) {
            Some("multinomial") => ini.count("n_classes")?,
            _ => 1,
        };
        let expected = width.saturating_mul(classes);
        if beta.len() != expected || beta.is_empty() {
            let found = beta.len();
            return Err(H2oError::Width { found, expected });
        }
        let mut scores = Vec::new();
        for beta in beta.chunks_exact(width) {
            conversion.spend(width)?;
            scores.push(self.score(beta, columns));
        }
        Ok(scores)
    }

    fn score(&self, beta: &[f64], columns: &[DataColumn]) -> Column {
        let (mut terms, mut weights) = (Vec::new(), Vec::new());
        let skipped = usize::from(!self.all_levels);
        let bounds = self.offsets.iter().zip(self.offsets.iter().skip(1));
        for (feature, (start, end)) in bounds.enumerate() {
            let levels = columns
                .get(feature)
                .and_then(|column| column.levels.as_ref());
            let known = levels.map_or(0, Vec::len).saturating_sub(skipped);
            for index in 0..(end - start).min(known) {
                terms.push(Column::of(feature, Part::Category(index + skipped)));
                weights.push(beta.get(start + index).copied().unwrap_or_default());
            }
        }
        let first = self.offsets.last().copied().unwrap_or_default();
        for index in 0..self.numbers {
            terms.push(Column::of(self.factors() + index, Part::Number));
            weights.push(beta.get(first + index).copied().unwrap_or_default());
        }
        combination(&terms, &weights, beta.last().copied().unwrap_or_default())
    }
}

/// What the model makes of its scores.
fn prediction(
    ini: &Ini,
    scores: Vec<Column>,
    classes: Vec<Label>,
    conversion: &mut Conversion,
) -> Result<Prediction, H2oError> {
    let setting = |key: &'static str| ini.info.get(key).map_or("", String::as_str);
    if setting("family") == "multinomial" {
        return match classes.len() == scores.len() {
            true => Ok(Prediction::classes(Kind::Multinomial, scores, classes)),
            false => Err(H2oError::Missing("the names of all classes")),
        };
    }
    let link = match (setting("link"), setting("tweedie_link_power")) {
        ("identity", _) | ("tweedie", "1" | "1.0") => Link::Identity,
        ("log", _) => Link::Log,
        ("logit", _) => Link::Logit,
        (other, _) => {
            return Err(H2oError::Setting {
                key: "link",
                value: quoted(other),
                reason: "and an artifact has the links identity, log and logit",
            });
        }
    };
    if let (Link::Logit, [first, second]) = (link, classes.as_slice()) {
        let threshold: Option<f64> = setting("default_threshold").parse().ok();
        if threshold == Some(0.5) {
            let labels = vec![first.clone(), second.clone()];
            return Ok(Prediction::classes(Kind::OneVsRest, scores, labels));
        }
        conversion.note(format!(
            "predicts the probability of {}: H2O's own label is that one from {} on, and an artifact has no such threshold yet",
            quoted(&second.to_string()),
            bare(setting("default_threshold"))
        ));
    }
    Ok(Prediction::regression(Kind::Generalized(link), scores))
}
