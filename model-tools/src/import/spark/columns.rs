//! The columns of a pipeline, found from the model backwards: what no stage makes is a column of the rows.

use std::collections::{BTreeMap, BTreeSet};

use sagelet::artifact::{Cell, Feature};
use sagelet::limits::FEATURES_MAX;

use super::SparkError;
use super::made::{Made, refused};
use super::stage::Stage;
use crate::import::limits::SPARK_COLUMN_WEIGHTS;
use crate::import::linear::{Column, Conversion, Part};
use crate::shown::quoted;

/// What makes one of a stage's columns: the stage, which of its columns, how many elements it has if that is known, the
/// stage's place, and the columns before it.
pub(super) type Maker =
    fn(&Stage<'_>, usize, Option<usize>, usize, &mut Columns<'_, '_>) -> Result<Made, SparkError>;

/// The columns that have been found so far.
pub(super) struct Columns<'s, 't> {
    /// Those before the model.
    stages: &'s [Stage<'t>],
    make: Maker,
    pub(super) conversion: Conversion,
    made: BTreeMap<String, Made>,
    /// The features of the rows by their names.
    features: BTreeMap<String, usize>,
    /// The vector that is all of a row, by its name, with its width.
    whole: Option<(String, usize)>,
    /// Features that are read as they come, and such whose missing cells are filled in.
    plain: BTreeSet<usize>,
    filled: BTreeSet<usize>,
}

impl<'s, 't> Columns<'s, 't> {
    pub(super) fn new(stages: &'s [Stage<'t>], make: Maker) -> Self {
        Self {
            stages,
            make,
            conversion: Conversion::new(Vec::new()),
            made: BTreeMap::new(),
            features: BTreeMap::new(),
            whole: None,
            plain: BTreeSet::new(),
            filled: BTreeSet::new(),
        }
    }

    /// Counts columns that a stage is about to make.
    pub(super) fn spend(&mut self, columns: usize) -> Result<(), SparkError> {
        let weights = columns.saturating_mul(SPARK_COLUMN_WEIGHTS);
        Ok(self.conversion.spend(weights)?)
    }

    /// The names of the rows' columns, in their order.
    pub(super) fn inputs(&self) -> Vec<String> {
        let mut names: Vec<_> = self.features.iter().collect();
        names.sort_by_key(|(_, feature)| **feature);
        names.into_iter().map(|(name, _)| name.clone()).collect()
    }

    /// What the conversion knows in the end.
    ///
    /// # Errors
    /// A column is filled in for one stage and read as it comes by another.
    pub(super) fn finish(self) -> Result<Conversion, SparkError> {
        let Some(feature) = self.plain.intersection(&self.filled).next() else {
            return Ok(self.conversion);
        };
        Err(refused(
            &self.conversion.name(*feature),
            "missing cells of it are filled in by an Imputer, and another stage reads it as it comes; an artifact has one way",
        ))
    }

    /// The elements of a vector of this width, as the stages before `before` make it.
    pub(super) fn vector(
        &mut self,
        name: &str,
        width: Option<usize>,
        before: usize,
    ) -> Result<Vec<Column>, SparkError> {
        let vector = match self.made_before(name, width, before)? {
            Some(made) => self.elements(made)?,
            None => self.whole_row(name, width)?,
        };
        match width {
            Some(width) if width != vector.len() => Err(refused(
                name,
                &format!(
                    "it has {} elements, and the next stage takes {width}: a column that it joins may be a vector, whose width no stage tells",
                    vector.len()
                ),
            )),
            _ => Ok(vector),
        }
    }

    /// A column of the rows or of a stage before `before`.
    pub(super) fn column(&mut self, name: &str, before: usize) -> Result<Made, SparkError> {
        match self.made_before(name, None, before)? {
            Some(made) => Ok(made),
            None => {
                let feature = self.feature(name)?;
                self.plain.insert(feature);
                Ok(Made::Number(Column::of(feature, Part::Number)))
            }
        }
    }

    /// The same for a stage that looks at a cell as it comes, so that it does not count as read as a number.
    pub(super) fn column_or_raw(&mut self, name: &str, before: usize) -> Result<Made, SparkError> {
        match self.made_before(name, None, before)? {
            Some(made) => Ok(made),
            None => {
                let feature = self.feature(name)?;
                Ok(Made::Number(Column::of(feature, Part::Number)))
            }
        }
    }

    /// A single number.
    pub(super) fn number(&mut self, name: &str, before: usize) -> Result<Column, SparkError> {
        let made = self.column(name, before)?;
        match self.elements(made)?.as_slice() {
            [column] => Ok(column.clone()),
            _ => Err(refused(name, "it is a vector, where a number is expected")),
        }
    }

    /// What the last stage before `before` makes that has an output of this name; none if no stage has.
    fn made_before(
        &mut self,
        name: &str,
        width: Option<usize>,
        before: usize,
    ) -> Result<Option<Made>, SparkError> {
        if let Some(made) = self.made.get(name) {
            return Ok(Some(made.clone()));
        }
        let stages = self.stages.iter().take(before).enumerate().rev();
        let makes = |stage: &Stage<'_>| stage.outputs().iter().position(|output| output == name);
        let mut found = stages.filter_map(|(index, stage)| Some((index, stage, makes(stage)?)));
        let Some((index, stage, output)) = found.next() else {
            return Ok(None);
        };
        let made = (self.make)(stage, output, width, index, self)?;
        self.made.insert(name.to_owned(), made.clone());
        Ok(Some(made))
    }

    /// What stands in a vector for a column.
    pub(super) fn elements(&mut self, made: Made) -> Result<Vec<Column>, SparkError> {
        Ok(match made {
            Made::Vector(columns) => columns,
            Made::Number(column) => vec![column],
            Made::Index(index) => vec![index.number(&mut self.conversion)?],
            Made::Bin(bin) => vec![bin.number(&mut self.conversion)?],
        })
    }

    /// A column of the rows.
    fn feature(&mut self, name: &str) -> Result<usize, SparkError> {
        if let Some((whole, _)) = &self.whole {
            return Err(refused(
                name,
                &format!(
                    "no stage makes it, and {} is all of a row already",
                    quoted(whole)
                ),
            ));
        }
        let next = self.conversion.features.len();
        if next >= FEATURES_MAX {
            return Err(refused(
                name,
                "there are more columns than an artifact holds",
            ));
        }
        let feature = *self.features.entry(name.to_owned()).or_insert(next);
        if feature == next {
            self.conversion.features.push(Feature::named(name));
        }
        Ok(feature)
    }

    /// A vector that no stage makes: its elements are the columns of the rows, which have no names.
    fn whole_row(&mut self, name: &str, width: Option<usize>) -> Result<Vec<Column>, SparkError> {
        let width = match (&self.whole, width) {
            (Some((whole, own)), _) if whole == name => *own,
            (None, Some(width)) if self.features.is_empty() && width <= FEATURES_MAX => width,
            _ => {
                return Err(refused(
                    name,
                    "no stage makes this vector, so that its columns are not known: save the pipeline with the VectorAssembler that makes it",
                ));
            }
        };
        self.spend(width)?;
        self.whole = Some((name.to_owned(), width));
        self.conversion.features.resize(width, Feature::default());
        Ok(self.conversion.input())
    }

    /// The feature of a column of the rows, whose cells a stage looks at as they come.
    pub(super) fn raw(&mut self, name: &str, before: usize) -> Result<usize, SparkError> {
        match self.made_before(name, None, before)? {
            None => self.feature(name),
            Some(_) => Err(refused(
                name,
                "a stage has computed it, and the next one has to see a column of the rows itself",
            )),
        }
    }

    /// Fills in the missing cells of a column of the rows.
    pub(super) fn fill(
        &mut self,
        name: &str,
        before: usize,
        with: f64,
    ) -> Result<Column, SparkError> {
        let feature = self.raw(name, before)?;
        self.conversion
            .replace_missing(feature, Cell::Number(with))?;
        self.filled.insert(feature);
        Ok(Column::of(feature, Part::Number))
    }
}
