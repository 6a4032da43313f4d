//! What is known of the tensors of a graph, as functions of the rows' cells.

use std::fmt;

use sagelet::artifact::Label;

use super::message::Tensor;
use crate::import::linear::Column;

/// A tensor. All but constants have a row for each row of the input.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Constant(Tensor),
    /// Columns of cells that are no fractions, by their features.
    Cells(Vec<usize>, Sort),
    /// Whether the cells of features are missing.
    Missing(Vec<usize>),
    /// Whether columns are NaN, which they are where a cell that they need is missing.
    NaN(Vec<Column>),
    /// Affine functions of what cells make.
    Linear(Vec<Column>),
    /// Indicators of categories, which have to be put side by side first.
    Encoded(Encoded),
    /// Functions of each of these columns, one after the other.
    Curved(Vec<Curve>, Vec<Column>),
    /// 1 + exp of each.
    OnePlusExp(Vec<Column>),
    /// One column, held between bounds in several ways.
    Clamped(Column, Vec<Clamp>),
    /// The sum of the logistic functions in a row.
    LogisticSum(Vec<Column>),
    /// Whether that sum is above 0.
    LogisticSumIsPositive(Vec<Column>),
    /// Whether that sum is 0.
    LogisticSumIsZero(Vec<Column>),
    /// Each logistic function divided by their sum.
    Shares(Vec<Column>),
    Softmax(Vec<Column>),
    /// Whether the column is above 0; as a number 1 or 0.
    Above(Column),
    /// The place of the highest score.
    Highest(Vec<Column>),
    /// The label of the highest score.
    Class(Vec<Column>, Vec<Label>),
}

/// Indicators of categories in the shape (rows, inputs, categories).
#[derive(Debug, Clone)]
pub(super) struct Encoded {
    /// Input by input.
    pub(super) columns: Vec<Column>,
    pub(super) inputs: usize,
}

impl Encoded {
    /// How many inputs there are, and how many categories each has.
    pub(super) fn shape(&self) -> (usize, usize) {
        (self.inputs, self.columns.len() / self.inputs.max(1))
    }
}

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Text,
    Integer,
    Boolean,
}

/// A function of a number.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Curve {
    Exp,
    Expm1,
    Square,
    Logistic,
    /// Straight lines between these points, level outside of them.
    Interpolated(Vec<(f64, f64)>),
}

/// scale · max(low, min(high, x)) + shift
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Clamp {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) scale: f64,
    pub(super) shift: f64,
}

impl Value {
    /// The logistic function of columns.
    pub(super) fn logistic(columns: Vec<Column>) -> Self {
        Self::Curved(vec![Curve::Logistic], columns)
    }

    /// The columns that this is the logistic function of.
    pub(super) fn of_logistic(&self) -> Option<&[Column]> {
        match self {
            Self::Curved(curves, columns) if *curves == [Curve::Logistic] => Some(columns),
            _ => None,
        }
    }

    /// How many weights and other parts it is made of.
    pub(super) fn size(&self) -> usize {
        let weights =
            |columns: &[Column]| columns.iter().map(|column| 1 + column.terms.len()).sum();
        match self {
            Self::Constant(tensor) => tensor.numbers.len() + tensor.texts.len(),
            Self::Cells(features, _) | Self::Missing(features) => features.len(),
            Self::Curved(curves, columns) => {
                let points = |curve: &Curve| match curve {
                    Curve::Interpolated(points) => points.len(),
                    _ => 1,
                };
                curves.iter().map(points).sum::<usize>() + weights(columns)
            }
            Self::Clamped(column, clamps) => clamps.len() + column.terms.len(),
            Self::Above(column) => column.terms.len(),
            Self::Linear(columns)
            | Self::Encoded(Encoded { columns, .. })
            | Self::OnePlusExp(columns)
            | Self::LogisticSum(columns)
            | Self::LogisticSumIsPositive(columns)
            | Self::LogisticSumIsZero(columns)
            | Self::NaN(columns)
            | Self::Shares(columns)
            | Self::Softmax(columns)
            | Self::Highest(columns)
            | Self::Class(columns, _) => weights(columns),
        }
    }

    /// How many numbers a row has.
    pub(super) fn width(&self) -> Option<usize> {
        match self {
            Self::Constant(_) => None,
            Self::Cells(features, _) | Self::Missing(features) => Some(features.len()),
            Self::Linear(columns)
            | Self::Encoded(Encoded { columns, .. })
            | Self::Curved(_, columns)
            | Self::NaN(columns)
            | Self::OnePlusExp(columns)
            | Self::Shares(columns)
            | Self::Softmax(columns) => Some(columns.len()),
            Self::Clamped(_, clamps) => Some(clamps.len()),
            Self::LogisticSum(_)
            | Self::LogisticSumIsPositive(_)
            | Self::LogisticSumIsZero(_)
            | Self::Above(_)
            | Self::Highest(_)
            | Self::Class(..) => Some(1),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Constant(_) => "a constant",
            Self::Cells(_, Sort::Text) => "texts",
            Self::Cells(_, Sort::Integer) => "whole numbers",
            Self::Cells(_, Sort::Boolean) => "booleans",
            Self::Missing(_) => "whether cells are missing",
            Self::NaN(_) => "whether columns are NaN",
            Self::Linear(_) => "linear functions of the rows",
            Self::Encoded(_) => "categories in three dimensions",
            Self::Curved(..) => "curved functions of scores",
            Self::OnePlusExp(_) => "1 + exp of scores",
            Self::Clamped(..) => "columns held between bounds",
            Self::LogisticSum(_) => "a sum of probabilities",
            Self::LogisticSumIsPositive(_) => "whether a sum of probabilities is above 0",
            Self::LogisticSumIsZero(_) => "whether a sum of probabilities is 0",
            Self::Shares(_) | Self::Softmax(_) => "probabilities",
            Self::Above(_) => "whether a score is above a number",
            Self::Highest(_) => "the place of the highest score",
            Self::Class(..) => "labels",
        })
    }
}
