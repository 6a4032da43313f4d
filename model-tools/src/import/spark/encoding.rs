//! Categories: StringIndexer numbers them, OneHotEncoder makes a column of each.

use sagelet::artifact::{BinEncoding, Encoding, Label, OneHot, Unknown};

use super::SparkError;
use super::columns::Columns;
use super::made::{Bin, Index, MISSING, Made, refused};
use super::stage::Stage;
use crate::import::limits::PAYLOAD_BYTES_MAX;
use crate::import::linear::{Column, Conversion, Part};
use crate::import::parquet::Value;

/// The categories of one of a StringIndexer's columns, the first of which has the number 0.
pub(super) fn index(
    stage: &Stage<'_>,
    place: usize,
    before: usize,
    columns: &mut Columns<'_, '_>,
) -> Result<Index, SparkError> {
    let names = stage.inputs();
    let name = names.get(place).ok_or_else(|| stage.without("inputCol"))?;
    let table = stage.table()?;
    let labels = match table.first("labelsArray") {
        Some(lists) => {
            let lists = lists.elements().unwrap_or_default();
            lists.get(place).and_then(|list| list.elements())
        }
        None => table.first("labels").and_then(Value::elements),
    };
    let mut left = PAYLOAD_BYTES_MAX;
    let text = |label: &Value| {
        let text = label.text()?;
        left = left.checked_sub(text.len())?;
        Some(text.to_owned())
    };
    let texts: Option<Vec<String>> =
        labels.and_then(|labels| labels.into_iter().map(text).collect());
    let texts = texts.filter(|texts| !texts.is_empty());
    let texts = texts.ok_or_else(|| stage.without("labels"))?;
    let keeps = stage.text("handleInvalid") == Some("keep");
    if keeps && texts.iter().any(|text| text == MISSING) {
        return Err(refused(
            name,
            "the empty text and the missing cell have numbers of their own; an artifact takes one for the other",
        ));
    }
    Ok(Index {
        feature: columns.raw(name, before)?,
        labels: labels_of(texts),
        keeps,
    })
}

/// The texts of numbers are numbers: Spark writes 3 of a column of whole numbers, 3.0 of one of doubles.
fn labels_of(texts: Vec<String>) -> Vec<Label> {
    let whole = |end: &'static str| {
        let number = move |text: &String| {
            let digits = text.strip_suffix(end)?;
            let number: i64 = digits.parse().ok()?;
            (number.to_string() == digits).then_some(Label::Integer(number))
        };
        texts.iter().map(number).collect::<Option<Vec<_>>>()
    };
    whole("")
        .or_else(|| whole(".0"))
        .unwrap_or_else(|| texts.into_iter().map(Label::Text).collect())
}

/// The columns of one of a OneHotEncoder's columns.
pub(super) fn one_hot(
    stage: &Stage<'_>,
    place: usize,
    before: usize,
    columns: &mut Columns<'_, '_>,
) -> Result<Vec<Column>, SparkError> {
    let names = stage.inputs();
    let name = names.get(place).ok_or_else(|| stage.without("inputCol"))?;
    let sizes = stage
        .table()?
        .first("categorySizes")
        .and_then(Value::counts);
    let size = sizes.and_then(|sizes| sizes.get(place).copied());
    let size = size.ok_or_else(|| stage.without("categorySizes"))?;
    let keeps = stage.text("handleInvalid") == Some("keep");
    columns.spend(size)?;
    let mut made = match columns.column_or_raw(name, before)? {
        Made::Index(index) => known(&index, size, keeps, &mut columns.conversion)?,
        Made::Bin(bin) => of_bins(&bin, size, keeps, name, &mut columns.conversion)?,
        Made::Number(column) => {
            let feature = column.untouched().ok_or_else(|| {
                refused(name, "its categories are numbers that a stage has computed")
            })?;
            numbers(feature, size, keeps, &mut columns.conversion)?
        }
        Made::Vector(_) => {
            return Err(refused(
                name,
                "it is a vector, where a category is expected",
            ));
        }
    };
    if stage.flag("dropLast", true) {
        made.pop();
    }
    Ok(made)
}

/// A column for each number below `size`, and one for what is not known if the encoder keeps that.
fn known(
    index: &Index,
    size: usize,
    keeps: bool,
    conversion: &mut Conversion,
) -> Result<Vec<Column>, SparkError> {
    let count = index.labels.len();
    if count > size {
        let name = conversion.name(index.feature);
        return Err(refused(
            &name,
            "OneHotEncoder knows fewer categories than StringIndexer",
        ));
    }
    // An unknown text has the number `count`, which the encoder may know.
    let is_unknown_allowed = index.keeps && (count < size || keeps);
    let categories = match is_unknown_allowed {
        true => index.with_missing(conversion)?,
        false => index.labels.clone(),
    };
    let others = encoded(
        index.feature,
        categories,
        count,
        is_unknown_allowed,
        conversion,
    )?;
    let unknown = || remainder(&others);
    let mut made = others.clone();
    for number in count..size {
        made.push(match number == count && index.keeps {
            true => unknown(),
            false => Column::zero(),
        });
    }
    if keeps {
        made.push(match index.keeps && count == size {
            true => unknown(),
            false => Column::zero(),
        });
    }
    Ok(made)
}

/// The same of a column of the rows that holds the numbers themselves.
fn numbers(
    feature: usize,
    size: usize,
    keeps: bool,
    conversion: &mut Conversion,
) -> Result<Vec<Column>, SparkError> {
    let mut labels = Vec::new();
    labels.extend((0..).take(size).map(Label::Integer));
    let mut made = encoded(feature, labels, size, keeps, conversion)?;
    if keeps {
        made.push(remainder(&made));
    }
    Ok(made)
}

/// The columns of the first `count` categories.
fn encoded(
    feature: usize,
    categories: Vec<Label>,
    count: usize,
    ignores_unknown: bool,
    conversion: &mut Conversion,
) -> Result<Vec<Column>, SparkError> {
    conversion.encode(
        feature,
        Encoding::OneHot(OneHot {
            categories,
            drop: None,
            unknown: match ignores_unknown {
                true => Unknown::Ignore,
                false => Unknown::Error,
            },
        }),
    )?;
    let column = |category| Column::of(feature, Part::Category(category));
    Ok((0..count).map(column).collect())
}

/// 1 where none of these is.
fn remainder(columns: &[Column]) -> Column {
    let terms = columns.iter().flat_map(|column| &column.terms);
    Column {
        constant: 1.0,
        terms: terms.map(|(source, weight)| (*source, -weight)).collect(),
    }
}

fn of_bins(
    bin: &Bin,
    size: usize,
    keeps: bool,
    name: &str,
    conversion: &mut Conversion,
) -> Result<Vec<Column>, SparkError> {
    let count = bin.edges.len() + 1;
    if count > size {
        return Err(refused(
            name,
            "OneHotEncoder knows fewer intervals than Bucketizer makes",
        ));
    }
    let mut made = bin.columns(BinEncoding::OneHot, conversion)?;
    made.resize(size + usize::from(keeps), Column::zero());
    Ok(made)
}

/// The edges of the intervals of one of a Bucketizer's columns.
pub(super) fn bucket(
    stage: &Stage<'_>,
    place: usize,
    before: usize,
    columns: &mut Columns<'_, '_>,
) -> Result<Bin, SparkError> {
    let names = stage.inputs();
    let name = names.get(place).ok_or_else(|| stage.without("inputCol"))?;
    let splits = match stage.numbers("splits") {
        Some(splits) => Some(splits),
        None => stage
            .lists("splitsArray")
            .and_then(|lists| lists.into_iter().nth(place)),
    };
    let splits = splits.ok_or_else(|| stage.without("splits"))?;
    let [f64::NEG_INFINITY, edges @ .., f64::INFINITY] = splits.as_slice() else {
        return Err(stage.refuse(
            "its splits end at numbers, outside of which Spark refuses a row; an artifact cannot: let them begin with -Infinity and end with Infinity",
        ));
    };
    let rises = edges.iter().zip(edges.iter().skip(1)).all(|(a, b)| a < b);
    if !rises || edges.is_empty() {
        return Err(stage.without("splits"));
    }
    Ok(Bin {
        of: columns.number(name, before)?,
        edges: edges.to_vec(),
    })
}
