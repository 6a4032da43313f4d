//! The factors of a formula: which of a factor's levels a column stands for, told by the names of all its columns together.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use sagelet::artifact::{Encoding, OneHot, Unknown};

use super::StatsmodelsError;
use super::computed::constant;
use super::expression::computed;
use super::frame::{Frame, Level};
use super::term::{self, Factor};
use crate::import::limits::CELLS_LOOKED_AT_MAX;
use crate::import::linear::{Column, Conversion, Part, combination};
use crate::shown::quoted;

/// What a sum contrast calls its column of ones.
const MEAN: &str = "mean";

/// How patsy and formulaic begin the level of a treatment contrast and of a sum contrast. A column for every level has its
/// name alone.
const TREATMENT: &str = "T.";
const SUM: &str = "S.";

/// The names of the columns of each factor, by the code that makes it: `C(city, Sum)`, `city`.
pub(super) type Named<'n> = BTreeMap<&'n str, BTreeSet<&'n str>>;

/// The factors of a formula, by their codes.
pub(super) struct Factors<'n>(BTreeMap<&'n str, Coded>);

/// A factor, ready to give its columns.
struct Coded {
    feature: usize,
    /// The index of each level, by its text.
    levels: BTreeMap<String, usize>,
    /// The level that a sum contrast subtracts.
    left_out: Option<usize>,
    /// The level of the feature that no column needs.
    unused: Option<usize>,
}

/// What a column of a factor is made of.
#[derive(Debug, Clone, Copy)]
enum Meaning {
    Level(usize),
    /// The first level less the second.
    Difference(usize, usize),
    Ones,
}

/// The column that a factor's code is about.
pub(super) fn variable(code: &str) -> Result<&str, String> {
    let variable = term::variable(code);
    variable.ok_or_else(|| computed(&format!("{} of columns", quoted(code))))
}

impl<'n> Factors<'n> {
    /// Finds out how every factor is coded, and says so of its feature.
    pub(super) fn read(
        named: &Named<'n>,
        frame: &Frame<'_>,
        places: &BTreeMap<&str, usize>,
        conversion: &mut Conversion,
    ) -> Result<Self, StatsmodelsError> {
        let mut left = CELLS_LOOKED_AT_MAX;
        let mut tables: BTreeMap<usize, Vec<Level>> = BTreeMap::new();
        let mut factors = BTreeMap::new();
        for (code, names) in named {
            let refused = |reason| StatsmodelsError::term(code, reason);
            let variable = variable(code).map_err(refused)?;
            let feature = places.get(variable).copied().unwrap_or_default();
            let levels = match tables.entry(feature) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => {
                    let levels = frame.levels(variable, &mut left);
                    entry.insert(levels.map_err(StatsmodelsError::Frame)?)
                }
            };
            factors.insert(*code, Coded::new(feature, levels, names).map_err(refused)?);
        }
        let mut factors = Self(factors);
        for (feature, levels) in tables {
            let unused = factors.unused(named, feature, levels.len());
            let label = |index: usize| levels.get(index).map(|level| level.label.clone());
            let encoding = Encoding::OneHot(OneHot {
                drop: unused.and_then(label),
                categories: levels.iter().map(|level| level.label.clone()).collect(),
                unknown: Unknown::Error,
            });
            conversion.encode(feature, encoding)?;
        }
        Ok(factors)
    }

    /// The only level of a feature that no column needs, which then has none in the artifact.
    fn unused(&mut self, named: &Named<'_>, feature: usize, count: usize) -> Option<usize> {
        let mut needed = BTreeSet::new();
        for (code, coded) in &self.0 {
            for name in named.get(code).into_iter().flatten() {
                match coded.meaning(name).filter(|_| coded.feature == feature) {
                    Some(Meaning::Level(level)) => needed.extend([level]),
                    Some(Meaning::Difference(level, other)) => needed.extend([level, other]),
                    Some(Meaning::Ones) | None => {}
                }
            }
        }
        let mut others = (0..count).filter(|level| !needed.contains(level));
        let unused = others.next().filter(|_| others.next().is_none())?;
        for coded in self.0.values_mut().filter(|coded| coded.feature == feature) {
            coded.unused = Some(unused);
        }
        Some(unused)
    }

    /// The column of a level.
    pub(super) fn column(&self, factor: &Factor<'_>) -> Result<Column, String> {
        let text = factor.level.unwrap_or_default();
        let coded = self.0.get(factor.code);
        let meaning = coded.and_then(|coded| Some((coded, coded.meaning(text)?)));
        match meaning {
            Some((coded, Meaning::Level(level))) => Ok(coded.category(level)),
            Some((coded, Meaning::Difference(level, other))) => {
                let both = [coded.category(level), coded.category(other)];
                Ok(combination(&both, &[1.0, -1.0], 0.0))
            }
            Some((_, Meaning::Ones)) => Ok(constant(1.0)),
            None => Err(format!("the training table has no level {}", quoted(text))),
        }
    }
}

impl Coded {
    /// A factor with columns of these names, which are the levels of the table: all of them, or all but one. In one formula
    /// a factor may have both, where it is part of interactions.
    fn new(feature: usize, levels: &[Level], names: &BTreeSet<&str>) -> Result<Self, String> {
        let places = levels.iter().map(|level| level.text.clone()).zip(0..);
        let mut coded = Self {
            feature,
            levels: places.collect(),
            left_out: None,
            unused: None,
        };
        let all = levels.len();
        let known = |prefix: &str| {
            let known = names.iter().filter_map(|name| {
                let level = name.strip_prefix(prefix)?;
                coded.levels.get(level).copied()
            });
            known.collect::<BTreeSet<usize>>()
        };
        let (full, treatment, sum) = (known(""), known(TREATMENT), known(SUM));
        let mean = usize::from(names.contains(MEAN) && !sum.is_empty());
        let is_known = full.len() + treatment.len() + sum.len() + mean == names.len();
        let fits = |count: usize, missing: usize| count == 0 || count + missing == all;
        if !is_known || !fits(full.len(), 0) || !fits(treatment.len(), 1) || !fits(sum.len(), 1) {
            return Err(unknown(names, all));
        }
        if !sum.is_empty() {
            coded.left_out = (0..all).find(|level| !sum.contains(level));
        }
        Ok(coded)
    }

    fn meaning(&self, name: &str) -> Option<Meaning> {
        let level = |text: Option<&str>| self.levels.get(text?).copied();
        if let (Some(level), Some(other)) = (level(name.strip_prefix(SUM)), self.left_out) {
            return Some(Meaning::Difference(level, other));
        }
        let level = level(name.strip_prefix(TREATMENT)).or_else(|| level(Some(name)));
        let is_mean = name == MEAN && self.left_out.is_some();
        level
            .map(Meaning::Level)
            .or_else(|| is_mean.then_some(Meaning::Ones))
    }

    /// 1 where a row has this level. The level that no column needs has none in the artifact either.
    fn category(&self, level: usize) -> Column {
        let before = self.unused.is_some_and(|unused| unused < level);
        Column::of(self.feature, Part::Category(level - usize::from(before)))
    }
}

fn unknown(names: &BTreeSet<&str>, all: usize) -> String {
    let is_other = |name: &&str| name.starts_with("D.") || name.starts_with("H.");
    match names.iter().any(is_other) {
        true => "only the contrasts Treatment and Sum are read".to_owned(),
        false => format!(
            "its {} columns do not fit the {all} levels in the training table: save the model with the table that it was fitted to",
            names.len()
        ),
    }
}
