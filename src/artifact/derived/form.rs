//! How an entry is read: from one flat map, whatever its kind.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{
    Analyzer, BinEncoding, Columns, Combination, Derived, Extrapolation, Function, Norm,
    PowerMethod, StripAccents, Terms, Text,
};
use crate::artifact::form::required;
use crate::artifact::{number, read};

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Function,
    Clip,
    Threshold,
    Power,
    Bins,
    Table,
    Spline,
    Products,
    Combinations,
    Normalize,
    Text,
}

/// What entries of any kind have.
#[derive(Deserialize)]
struct DerivedForm {
    #[serde(deserialize_with = "read::word")]
    kind: Kind,
    of: Option<Of>,
    #[serde(default, deserialize_with = "read::optional_word")]
    function: Option<Function>,
    #[serde(default, deserialize_with = "number::option")]
    lower: Option<f64>,
    #[serde(default, deserialize_with = "number::option")]
    upper: Option<f64>,
    #[serde(default, deserialize_with = "number::option")]
    above: Option<f64>,
    #[serde(default, deserialize_with = "number::option")]
    margin: Option<f64>,
    #[serde(default, deserialize_with = "read::optional_word")]
    method: Option<PowerMethod>,
    #[serde(default, deserialize_with = "number::optional_list")]
    lambdas: Option<Vec<f64>>,
    #[serde(default, deserialize_with = "number::optional_list")]
    edges: Option<Vec<f64>>,
    #[serde(default, deserialize_with = "read::optional_word")]
    encode: Option<BinEncoding>,
    #[serde(default, deserialize_with = "number::optional_list")]
    x: Option<Vec<f64>>,
    #[serde(default, deserialize_with = "number::optional_list")]
    y: Option<Vec<f64>>,
    #[serde(default, deserialize_with = "number::optional_list")]
    knots: Option<Vec<f64>>,
    #[serde(default, deserialize_with = "read::optional_index")]
    degree: Option<usize>,
    #[serde(default, deserialize_with = "read::optional_word")]
    extrapolation: Option<Extrapolation>,
    #[serde(default, deserialize_with = "read::optional_word")]
    norm: Option<Norm>,
    #[serde(default, deserialize_with = "read::optional_index")]
    feature: Option<usize>,
    #[serde(default = "yes", deserialize_with = "read::flag")]
    lowercase: bool,
    #[serde(default, deserialize_with = "read::optional_word")]
    strip_accents: Option<StripAccents>,
    #[serde(default, deserialize_with = "read::optional_word")]
    analyzer: Option<Analyzer>,
    ngrams: Option<[usize; 2]>,
    #[serde(default, deserialize_with = "read::texts")]
    stop_words: Vec<String>,
    terms: Option<Terms>,
    #[serde(default, deserialize_with = "read::flag")]
    binary: bool,
    #[serde(default, deserialize_with = "read::flag")]
    sublinear: bool,
    #[serde(default, deserialize_with = "number::list")]
    idf: Vec<f64>,
}

fn yes() -> bool {
    true
}

impl<'de> Deserialize<'de> for Derived {
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        DerivedForm::deserialize(deserializer)?.derived()
    }
}

impl DerivedForm {
    fn derived<E: Error>(self) -> Result<Derived, E> {
        if let Kind::Text = self.kind {
            return Ok(Derived::Text(Box::new(self.text()?)));
        }
        let of = required(self.of, "of")?;
        Ok(match self.kind {
            Kind::Function => Derived::Function {
                of: of.list()?,
                function: required(self.function, "function")?,
            },
            Kind::Clip => Derived::Clip {
                of: of.list()?,
                lower: self.lower,
                upper: self.upper,
            },
            Kind::Threshold => Derived::Threshold {
                of: of.list()?,
                above: required(self.above, "above")?,
            },
            Kind::Power => Derived::Power {
                of: of.list()?,
                method: required(self.method, "method")?,
                lambdas: required(self.lambdas, "lambdas")?,
            },
            Kind::Bins => Derived::Bins {
                of: of.one()?,
                edges: required(self.edges, "edges")?,
                encode: required(self.encode, "encode")?,
            },
            Kind::Table => Derived::Table {
                of: of.one()?,
                x: required(self.x, "x")?,
                y: required(self.y, "y")?,
                margin: self.margin,
            },
            Kind::Spline => Derived::Spline {
                of: of.one()?,
                knots: required(self.knots, "knots")?,
                degree: required(self.degree, "degree")?,
                extrapolation: required(self.extrapolation, "extrapolation")?,
            },
            Kind::Products => Derived::Products { of: of.lists()? },
            Kind::Combinations => Derived::Combinations {
                of: of.combinations()?,
            },
            Kind::Normalize | Kind::Text => Derived::Normalize {
                of: of.columns()?,
                norm: required(self.norm, "norm")?,
            },
        })
    }

    fn text<E: Error>(self) -> Result<Text, E> {
        Ok(Text {
            feature: required(self.feature, "feature")?,
            lowercase: self.lowercase,
            strip_accents: self.strip_accents,
            analyzer: self.analyzer.unwrap_or(Analyzer::Word),
            ngrams: self.ngrams.unwrap_or([1, 1]),
            stop_words: self.stop_words,
            terms: required(self.terms, "terms")?,
            binary: self.binary,
            sublinear: self.sublinear,
            idf: self.idf,
            norm: self.norm,
        })
    }
}

/// What an entry is computed from: a column, or several in one of the ways that the kinds write them.
enum Of {
    Column(usize),
    Range { first: usize, count: usize },
    List(Vec<Item>),
}

enum Item {
    Column(usize),
    Columns(Vec<usize>),
    Combination(Combination),
}

impl Of {
    fn one<E: Error>(self) -> Result<usize, E> {
        match self {
            Self::Column(column) => Ok(column),
            _ => Err(E::custom("\"of\" of this kind is one column")),
        }
    }

    fn list<E: Error>(self) -> Result<Vec<usize>, E> {
        match self {
            Self::List(items) => items.into_iter().map(Item::column).collect(),
            _ => Err(E::custom("\"of\" of this kind is a list of columns")),
        }
    }

    fn columns<E: Error>(self) -> Result<Columns, E> {
        match self {
            Self::Range { first, count } => Ok(Columns::Range { first, count }),
            other => other.list().map(Columns::List),
        }
    }

    fn lists<E: Error>(self) -> Result<Vec<Vec<usize>>, E> {
        let wrong = || E::custom("\"of\" of products is a list of lists of columns");
        let Self::List(items) = self else {
            return Err(wrong());
        };
        let columns = |item| match item {
            Item::Columns(columns) => Ok(columns),
            _ => Err(wrong()),
        };
        items.into_iter().map(columns).collect()
    }

    fn combinations<E: Error>(self) -> Result<Vec<Combination>, E> {
        let wrong = || {
            E::custom("\"of\" of combinations is a list of maps with columns, weights and constant")
        };
        let Self::List(items) = self else {
            return Err(wrong());
        };
        let combination = |item| match item {
            Item::Combination(combination) => Ok(combination),
            _ => Err(wrong()),
        };
        items.into_iter().map(combination).collect()
    }
}

impl Item {
    fn column<E: Error>(self) -> Result<usize, E> {
        match self {
            Self::Column(column) => Ok(column),
            _ => Err(E::custom("\"of\" of this kind is a list of columns")),
        }
    }
}

struct OfVisitor;

impl<'de> Visitor<'de> for OfVisitor {
    type Value = Of;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a column, a list, or a map with first and count")
    }

    fn visit_u64<E: Error>(self, column: u64) -> Result<Of, E> {
        Ok(Of::Column(index(column)?))
    }

    fn visit_i64<E: Error>(self, column: i64) -> Result<Of, E> {
        Ok(Of::Column(index(column)?))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Of, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Of::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Of, A::Error> {
        #[derive(Deserialize)]
        struct Range {
            first: usize,
            count: usize,
        }
        let range = Range::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
        Ok(Of::Range {
            first: range.first,
            count: range.count,
        })
    }
}

impl<'de> Deserialize<'de> for Of {
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfVisitor)
    }
}

struct ItemVisitor;

impl<'de> Visitor<'de> for ItemVisitor {
    type Value = Item;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a column, a list of columns, or a combination")
    }

    fn visit_u64<E: Error>(self, column: u64) -> Result<Item, E> {
        Ok(Item::Column(index(column)?))
    }

    fn visit_i64<E: Error>(self, column: i64) -> Result<Item, E> {
        Ok(Item::Column(index(column)?))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Item, A::Error> {
        let mut columns = Vec::new();
        while let Some(column) = items.next_element()? {
            columns.push(column);
        }
        Ok(Item::Columns(columns))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Item, A::Error> {
        let map = serde::de::value::MapAccessDeserializer::new(map);
        Combination::deserialize(map).map(Item::Combination)
    }
}

impl<'de> Deserialize<'de> for Item {
    #[inline(never)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ItemVisitor)
    }
}

fn index<E: Error>(column: impl TryInto<usize>) -> Result<usize, E> {
    column
        .try_into()
        .map_err(|_| E::custom("a column has a number from 0 on"))
}
