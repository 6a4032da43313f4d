//! The training table of a model that was fitted by a formula: names of columns, and the levels of those that are
//! factors. pandas has pickled tables in three forms; all are blocks of columns beside a list of names.

use std::collections::HashSet;

use sagelet::artifact::Label;

use super::arrow;
use crate::import::index::whole_index;
use crate::import::limits::TABLE_COLUMNS_MAX;
use crate::import::objects::{Array, Kind, Node, Order, Value};
use crate::shown::quoted;

/// A table of pandas.
pub(super) struct Frame<'a> {
    /// The names of its columns, in their order.
    pub(super) names: Vec<String>,
    blocks: Vec<Block<'a>>,
}

/// Columns that lie together.
struct Block<'a> {
    values: Value<'a>,
    /// The index of each in the table.
    places: Vec<usize>,
}

/// A level of a factor, as names of terms write it and as a label.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Level {
    pub(super) label: Label,
    pub(super) text: String,
}

impl<'a> Frame<'a> {
    /// Reads a pickled DataFrame, or the one that a matrix of formulaic is made of; none if it is something else.
    pub(super) fn read(frame: Value<'a>) -> Option<Self> {
        let frame = match frame.class()?.name.as_str() {
            "ModelMatrix" => frame.arguments()?.elements()?.next()?,
            _ => frame,
        };
        let manager = frame
            .attribute("_mgr")
            .or_else(|| frame.attribute("_data"))?;
        let (axis, blocks) = match raw_state(manager) {
            Some(state) => old_blocks(state)?,
            None => new_blocks(manager)?,
        };
        Some(Self {
            names: index(axis)?,
            blocks,
        })
    }

    /// The levels of a column: those of a categorical one in its order, else the cells that there are, sorted. `left`
    /// is how many cells may be looked at, and less afterwards.
    ///
    /// # Errors
    /// The column is not there, or its cells are no labels.
    pub(super) fn levels(&self, name: &str, left: &mut usize) -> Result<Vec<Level>, String> {
        let place = self.names.iter().position(|known| known == name);
        let block = self.blocks.iter().find_map(|block| {
            let row = block.places.iter().position(|own| Some(*own) == place)?;
            Some((block, row))
        });
        let Some((block, row)) = block.filter(|_| place.is_some()) else {
            return Err(format!("it has no column {}", quoted(name)));
        };
        if let Some(categories) = categories(block.values) {
            let levels = array_of(categories).and_then(|values| distinct(values, 0, left));
            return levels.ok_or_else(|| unreadable(name));
        }
        let mut levels = distinct(block.values, row, left).ok_or_else(|| unreadable(name))?;
        levels.sort();
        Ok(levels)
    }
}

fn unreadable(name: &str) -> String {
    format!(
        "the cells of {} are no texts, whole numbers or booleans, or too many to be looked at",
        quoted(name)
    )
}

/// What an object's state is set from, a pair included.
fn raw_state(object: Value<'_>) -> Option<Value<'_>> {
    match object.node() {
        Node::Object(object_) => Some(object.objects().value(object_.state?)),
        _ => None,
    }
}

/// `(axes, values, names, {"0.14.1": {"blocks": [{"values", "mgr_locs"}]}})`, up to pandas 1.2.
fn old_blocks(state: Value<'_>) -> Option<(Value<'_>, Vec<Block<'_>>)> {
    let newest = state.elements()?.last()?.entry("0.14.1")?;
    let axis = newest.entry("axes")?.elements()?.next()?;
    let mut blocks = Vec::new();
    for block in newest.entry("blocks")?.elements()? {
        blocks.push(Block {
            values: block.entry("values")?,
            places: places(block.entry("mgr_locs")?)?,
        });
    }
    Some((axis, blocks))
}

/// `BlockManager((_unpickle_block(values, places, dimensions), …), axes)`, from pandas 1.3 on.
fn new_blocks(manager: Value<'_>) -> Option<(Value<'_>, Vec<Block<'_>>)> {
    let arguments: Vec<Value<'_>> = manager.arguments()?.elements()?.collect();
    let &[blocks, axes] = arguments.as_slice() else {
        return None;
    };
    let mut read = Vec::new();
    for block in blocks.elements()? {
        let mut parts = block.arguments()?.elements()?;
        let (values, own) = (parts.next()?, parts.next()?);
        read.push(Block {
            values,
            places: places(own)?,
        });
    }
    Some((axes.elements()?.next()?, read))
}

/// Where the columns of a block are in the table: `slice(start, stop, step)`, or a list of places.
fn places(places: Value<'_>) -> Option<Vec<usize>> {
    let whole = |number: Value<'_>| usize::try_from(number.integer()?).ok();
    if let Some(array) = places.array() {
        let numbers = array.floats(places.objects()).ok()?;
        return numbers.into_iter().map(whole_index).collect();
    }
    let bounds: Vec<Value<'_>> = places.arguments()?.elements()?.collect();
    let &[start, stop, step] = bounds.as_slice() else {
        return None;
    };
    let (start, stop) = (whole(start)?, whole(stop)?.min(TABLE_COLUMNS_MAX));
    let step = if step.is_none() { 1 } else { whole(step)? };
    (step > 0).then(|| (start..stop).step_by(step).collect())
}

/// The names that an index of pandas holds: `_new_Index(class, {"data": …})`.
fn index(index: Value<'_>) -> Option<Vec<String>> {
    let told = index.arguments()?.elements()?.nth(1)?;
    if let Some(data) = told.entry("data") {
        return names(data);
    }
    let stop = told.entry("stop")?.integer()?;
    let is_counted = told.entry("start")?.integer()? == 0 && told.entry("step")?.integer()? == 1;
    let stop = usize::try_from(stop).ok()?;
    let is_small = stop <= sagelet::limits::FEATURES_MAX;
    (is_counted && is_small).then(|| (0..stop).map(|place| place.to_string()).collect())
}

/// Texts as they are, whole numbers as Python writes them.
fn names(data: Value<'_>) -> Option<Vec<String>> {
    let data = array_of(data)?;
    if let Some(texts) = arrow::texts(data) {
        return Some(texts);
    }
    let cells = cells(data, data.array()?)?;
    cells
        .into_iter()
        .map(|cell| Some(level(cell)?.text))
        .collect()
}

/// The array within what pandas puts around one: an index, or an array of its own.
fn array_of(values: Value<'_>) -> Option<Value<'_>> {
    let is_index = values
        .class()
        .is_some_and(|class| class.name == "_new_Index");
    let values = match is_index {
        true => values.arguments()?.elements()?.nth(1)?.entry("data")?,
        false => values,
    };
    if values.array().is_some() || arrow::is_array(values) {
        return Some(values);
    }
    raw_state(values)?
        .elements()?
        .find(|part| part.array().is_some())
}

/// The index of the categories of a categorical column.
fn categories(values: Value<'_>) -> Option<Value<'_>> {
    let state = raw_state(values)?;
    let dtype = match state.elements() {
        Some(mut parts) => parts.find(|part| part.attribute("categories").is_some()),
        None => state.entry("_dtype"),
    };
    dtype?
        .attribute("categories")
        .filter(|index| !index.is_none())
}

/// The different cells of a row of a block, missing ones left out.
fn distinct(values: Value<'_>, row: usize, left: &mut usize) -> Option<Vec<Level>> {
    let values = array_of(values)?;
    let mut levels = Vec::new();
    let mut seen = HashSet::new();
    if let Some(texts) = arrow::texts(values) {
        *left = left.checked_sub(texts.len())?;
        for text in texts {
            let level = Level {
                label: Label::Text(text.clone()),
                text,
            };
            if seen.insert(level.clone()) {
                levels.push(level);
            }
        }
        return Some(levels);
    }
    let array = values.array()?;
    *left = left.checked_sub(array.len())?;
    for cell in row_of(values, array, row)? {
        if cell.is_missing() {
            continue;
        }
        let level = level(cell)?;
        if seen.insert(level.clone()) {
            levels.push(level);
        }
    }
    Some(levels)
}

/// An element of an array.
#[derive(Clone, Copy)]
enum Cell<'a> {
    Number(f64, Kind),
    Object(Value<'a>),
}

/// The elements of a row of a block.
fn row_of<'a>(values: Value<'a>, array: &Array, row: usize) -> Option<Vec<Cell<'a>>> {
    let rows = match *array.shape.as_slice() {
        [rows, _] => rows,
        [_] => 1,
        _ => return None,
    };
    let row = if rows == 1 { 0 } else { row };
    let length = array.len() / rows.max(1);
    if array.dtype.kind != Kind::Object {
        let cells = cells(values, array)?.into_iter();
        return Some(
            cells
                .skip(row.saturating_mul(length))
                .take(length)
                .collect(),
        );
    }
    let is_own = |index: usize| match array.order {
        Order::Rows => index / length.max(1) == row,
        Order::Columns => index % rows.max(1) == row,
    };
    let elements = values.elements()?.enumerate();
    let own = elements.filter(|(index, _)| is_own(*index));
    Some(own.map(|(_, value)| Cell::Object(value)).collect())
}

/// The elements of an array, row by row.
fn cells<'a>(values: Value<'a>, array: &Array) -> Option<Vec<Cell<'a>>> {
    if array.dtype.kind != Kind::Object {
        let numbers = array.floats(values.objects()).ok()?;
        let cell = |number| Cell::Number(number, array.dtype.kind);
        return Some(numbers.into_iter().map(cell).collect());
    }
    let elements: Vec<Value<'a>> = values.elements()?.collect();
    Some(
        array
            .row_by_row(elements)
            .into_iter()
            .map(Cell::Object)
            .collect(),
    )
}

impl Cell<'_> {
    fn is_missing(&self) -> bool {
        match self {
            Self::Number(number, _) => number.is_nan(),
            Self::Object(value) => {
                value.is_none() || matches!(value.node(), Node::Float(number) if number.is_nan())
            }
        }
    }
}

/// A cell as a level; none for one that is no label.
fn level(cell: Cell<'_>) -> Option<Level> {
    let (number, is_float) = match cell {
        Cell::Number(number, Kind::Bool) => return Some(boolean(number != 0.0)),
        Cell::Number(number, kind) => (number, kind == Kind::Float),
        Cell::Object(value) => match value.node() {
            Node::Bool(truth) => return Some(boolean(*truth)),
            Node::Text(text) => {
                return Some(Level {
                    label: Label::Text(text.to_string()),
                    text: text.to_string(),
                });
            }
            Node::Float(number) => (*number, true),
            _ => (value.integer()? as f64, false),
        },
    };
    whole(number, is_float)
}

fn boolean(truth: bool) -> Level {
    let label = Label::Boolean(truth);
    Level {
        text: label.to_string(),
        label,
    }
}

/// A whole number, written as Python writes a float or an integer.
fn whole(number: f64, is_float: bool) -> Option<Level> {
    let label = Label::of_whole(number)?;
    let text = if is_float {
        format!("{number:?}")
    } else {
        label.to_string()
    };
    Some(Level { text, label })
}
