//! What the cells of a row may be and where they land: prepared once from an artifact, shared by all threads.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::categories::{Categories, Code};
use super::cell::Cell;
use super::derived::Plan;
use super::error::LayoutError;
use super::missing::Marks;
use super::number::{self, TextNumber};
use crate::artifact::{self, Document, Encoding, Feature, Features};

/// The columns of a row and what becomes of each.
///
/// The columns that a row by position has come first, in their order. Columns that only a name can bring follow.
#[derive(Debug, Clone)]
pub struct Layout {
    /// One a column; empty if no column has a name.
    names: Vec<Option<String>>,
    by_name: HashMap<String, usize>,
    /// Whether an input has a name. If none has, `x0`, `x1`, … and `0`, `1`, … name them.
    has_named_inputs: bool,
    has_numeric_names: bool,
    /// One a column; empty if every cell is a number that the model takes as it is, which is nearly always.
    rules: Vec<Rule>,
    /// How many cells a row by position has.
    cells: usize,
    /// How many columns the design matrix has.
    width: usize,
    marks: Marks,
    /// What is computed from the cells of a row.
    plan: Option<Arc<Plan>>,
    /// Whether the sink gets every cell as well.
    hands_on_all: bool,
    /// Whether each cell of a row by position is a number that the model takes as it is.
    are_cells_plain: bool,
}

/// What becomes of the cells of a column.
#[derive(Debug, Clone)]
pub(super) enum Rule {
    /// A number.
    Number {
        /// Its column of the design matrix.
        offset: usize,
        /// What stands in for a missing cell.
        missing: Option<f64>,
        /// The column of the design matrix that says whether the cell was missing.
        indicator: Option<usize>,
    },
    /// A category.
    Category {
        categories: Box<Categories>,
        /// The first of its columns of the design matrix.
        offset: usize,
        missing: Option<Code>,
        indicator: Option<usize>,
    },
    /// A text, from which columns are computed.
    Text {
        /// The number of the feature.
        feature: usize,
        /// What stands in for a missing cell.
        missing: Option<String>,
        /// The column of the design matrix that says whether the cell was missing.
        indicator: Option<usize>,
    },
    /// The model does not look at the column: it may be absent, and its cells may be anything.
    Ignored,
    /// The cells go to the sink as they are, under this number.
    HandedOn(usize),
}

impl Layout {
    /// The layout of a checked document: its features, the columns that rows may carry beside them, and the marks of
    /// missing cells.
    ///
    /// # Errors
    /// [`LayoutError::Ambiguous`]
    pub fn of(document: &Document) -> Result<Self, LayoutError> {
        let mut layout = Self::new(&document.features)?;
        layout.marks = Marks::new(&document.missing_values);
        for name in &document.other_columns {
            layout.ignore(name);
        }
        layout.plan = Plan::of(document).map(Arc::new);
        if let Some(plan) = &layout.plan {
            layout.width = plan.width();
        }
        Ok(layout)
    }

    /// The layout of these features.
    ///
    /// # Errors
    /// [`LayoutError::Ambiguous`]
    pub fn new(features: &Features) -> Result<Self, LayoutError> {
        let mut layout = Self::numbers(features.len());
        layout.width = features.design_columns();
        let mut described = features.described();
        if described.any(|(_, feature)| feature.name.is_some()) {
            layout.names = features
                .iter()
                .map(|feature| feature.name.clone())
                .collect();
            layout.has_named_inputs = true;
            layout.index_names();
        }
        let mut described = features.described();
        if described.any(|(_, feature)| !feature.is_plain()) {
            layout.are_cells_plain = false;
            let mut offset = 0;
            for (index, feature) in features.iter().enumerate() {
                layout.rules.push(Rule::new(feature, index, offset)?);
                offset += feature.design_columns();
            }
        }
        Ok(layout)
    }

    /// Rows of this many numbers without names.
    #[must_use]
    pub fn numbers(inputs: usize) -> Self {
        Self {
            names: Vec::new(),
            by_name: HashMap::new(),
            has_named_inputs: false,
            has_numeric_names: false,
            rules: Vec::new(),
            cells: inputs,
            width: inputs,
            marks: Marks::default(),
            plan: None,
            hands_on_all: false,
            are_cells_plain: true,
        }
    }

    /// Adds a column that rows may have by name, and that the model does not look at.
    fn ignore(&mut self, name: &str) {
        if !self.by_name.contains_key(name) {
            self.fill();
            self.names.push(Some(name.to_owned()));
            self.rules.push(Rule::Ignored);
            self.index_names();
        }
    }

    /// Adds a column whose cells go to the sink: a label, a weight. By position it stands at `position`, before
    /// the column that stood there. The first column so added has the number 0 for the sink.
    pub fn hand_on(&mut self, position: usize, name: Option<&str>) {
        self.fill();
        self.are_cells_plain = false;
        if let Some(other) = name.and_then(|name| self.by_name.get(name).copied())
            && other >= self.cells
        {
            self.names.remove(other);
            self.rules.remove(other);
        }
        let is_handed = |rule: &&Rule| matches!(rule, Rule::HandedOn(_));
        let number = self.rules.iter().filter(is_handed).count();
        let position = position.min(self.cells);
        self.names.insert(position, name.map(str::to_owned));
        self.rules.insert(position, Rule::HandedOn(number));
        self.cells += 1;
        self.index_names();
    }

    /// Lets the sink see every cell, under the number of its column, besides what becomes of it.
    pub fn hand_on_all(&mut self) {
        self.hands_on_all = true;
    }

    /// Writes out the names and rules that all columns have in common.
    fn fill(&mut self) {
        if self.names.is_empty() {
            self.names = vec![None; self.cells];
        }
        if self.rules.is_empty() {
            self.rules = (0..self.cells).map(Rule::plain).collect();
        }
    }

    fn index_names(&mut self) {
        let named = self.names.iter().enumerate();
        let by_name = named.filter_map(|(index, name)| Some((name.clone()?, index)));
        self.by_name = by_name.collect();
        let is_number = |name: &str| matches!(number::read(name.as_bytes()), TextNumber::Number(_));
        let has_numeric_names = self.names().any(is_number);
        self.has_numeric_names = has_numeric_names;
    }

    /// Bytes of memory that names and rules of columns take.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let of_name = |name: &str| 2 * name.len() + 2 * size_of::<(String, usize)>();
        let named = self.names().map(of_name).sum::<usize>();
        let names = self.names.len() * size_of::<Option<String>>();
        let plan = self.plan.as_ref().map_or(0, |plan| plan.memory_bytes());
        named + names + plan + self.rules.iter().map(Rule::memory_bytes).sum::<usize>()
    }

    /// How many cells a row by position has.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// How many columns the dense part of the design matrix has: all, unless columns are computed from texts.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// How many numbers are read and written to make a row of the design matrix.
    #[must_use]
    pub fn work(&self) -> usize {
        let plan = self.plan.as_ref();
        plan.map_or(self.width, |plan| plan.work())
    }

    /// How many lengths of terms a text is looked through for; 0 if no column is computed from texts.
    #[must_use]
    pub fn term_lengths(&self) -> usize {
        let plan = self.plan.as_ref();
        plan.map_or(0, |plan| plan.term_lengths())
    }

    /// How many columns there are, with those that only a name can bring.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.names.len().max(self.cells)
    }

    /// Whether an input has a name. If none has, columns are called `x0`, `x1`, … or `0`, `1`, ….
    #[must_use]
    pub fn has_named_inputs(&self) -> bool {
        self.has_named_inputs
    }

    /// The column of this name, counted from 0.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        let column = self.by_name.get(name).copied();
        column.or_else(|| self.alias(name))
    }

    /// The column that `x3` or `3` means where no input has a name.
    pub(super) fn alias(&self, name: &str) -> Option<usize> {
        if self.has_named_inputs {
            return None;
        }
        let digits = name.strip_prefix('x').unwrap_or(name);
        let is_canonical = digits == "0" || !digits.starts_with(['0', '+']);
        let column: usize = digits.parse().ok()?;
        (is_canonical && column < self.cells).then_some(column)
    }

    /// The name that a column has, if it has one.
    #[must_use]
    pub fn name(&self, column: usize) -> Option<&str> {
        self.names.get(column)?.as_deref()
    }

    /// Whether a column has the name of a number, so that a line of numbers could be a header.
    #[must_use]
    pub fn has_numeric_names(&self) -> bool {
        self.has_numeric_names
    }

    /// The names of all columns that have one, for comparing them otherwise than exactly.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().filter_map(Option::as_deref)
    }

    /// The names of the columns that a row by names must have.
    pub fn required_names(&self) -> impl Iterator<Item = &str> {
        let required = (0..self.cells).filter(|&column| !self.is_optional(column));
        required.filter_map(|column| self.name(column))
    }

    /// The name that an error gives a column: its own, or `x0`, `x1`, ….
    pub(super) fn shown_name(&self, column: usize) -> String {
        let own = self.name(column).map(str::to_owned);
        own.unwrap_or_else(|| artifact::default_name(column))
    }

    /// Whether a row by names may leave this column out.
    pub(super) fn is_optional(&self, column: usize) -> bool {
        column >= self.cells || matches!(self.rules.get(column), Some(Rule::Ignored))
    }

    /// Whether every cell is a number that the model takes as it is.
    pub(super) fn is_plain(&self) -> bool {
        self.rules.is_empty() && !self.marks.has_numbers() && !self.hands_on_all
    }

    /// Whether each cell of a row by position is a number that the model takes as it is, whatever columns only a name can
    /// bring.
    pub(super) fn has_plain_rows(&self) -> bool {
        self.are_cells_plain && !self.marks.has_numbers() && !self.hands_on_all
    }

    /// What becomes of the cells of a column; none beyond the last.
    pub(super) fn rule(&self, column: usize) -> Option<&Rule> {
        self.rules.get(column)
    }

    pub(super) fn hands_on_all(&self) -> bool {
        self.hands_on_all
    }

    /// Computes the dense columns of a row that are computed from others, as far as that is possible.
    pub(crate) fn complete(&self, row: &mut [f64]) {
        if let Some(plan) = &self.plan {
            // The numbers of a step that cannot be computed are left as they came out.
            let _ = plan.compute(row);
        }
    }

    pub(super) fn plan(&self) -> Option<&Plan> {
        self.plan.as_deref()
    }

    /// The columns of the sparse part of the design matrix, as the document numbers them, in the order of the sparse
    /// columns. All others are the dense part.
    #[must_use]
    pub fn sparse_columns(&self) -> &[Range<usize>] {
        self.plan.as_ref().map_or(&[], |plan| plan.sparse())
    }

    /// The column of a row whose cells are those of the input with this index.
    pub(super) fn column_of_input(&self, input: usize) -> usize {
        let is_input = |column: &usize| !matches!(self.rules.get(*column), Some(Rule::HandedOn(_)));
        (0..self.cells).filter(is_input).nth(input).unwrap_or(input)
    }

    pub(super) fn marks(&self) -> &Marks {
        &self.marks
    }
}

impl Rule {
    fn new(feature: &Feature, index: usize, offset: usize) -> Result<Self, LayoutError> {
        let last = offset + feature.design_columns().saturating_sub(1);
        let indicator = feature.missing_indicator.then_some(last);
        match &feature.encoding {
            Some(Encoding::Unused) => Ok(Self::Ignored),
            Some(Encoding::Text) => Ok(Self::Text {
                feature: index,
                missing: match &feature.missing {
                    artifact::Cell::Text(text) => Some(text.clone()),
                    _ => None,
                },
                indicator,
            }),
            Some(encoding) => {
                let name = feature.name.clone();
                let name = name.unwrap_or_else(|| artifact::default_name(index));
                let categories = Categories::new(encoding, &name)?;
                Ok(Self::Category {
                    missing: categories.code(Cell::from(&feature.missing)),
                    categories: Box::new(categories),
                    offset,
                    indicator,
                })
            }
            None => Ok(Self::Number {
                offset,
                missing: match feature.missing {
                    artifact::Cell::Number(number) => Some(number),
                    _ => None,
                },
                indicator,
            }),
        }
    }

    fn memory_bytes(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Category { categories, .. } => categories.memory_bytes(),
                _ => 0,
            }
    }

    fn plain(offset: usize) -> Self {
        Self::Number {
            offset,
            missing: None,
            indicator: None,
        }
    }
}
