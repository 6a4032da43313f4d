//! What the stages before the model make of columns.

use sagelet::artifact::{Columns as Range, Derived, Norm};

use super::columns::Columns;
use super::made::Made;
use super::stage::Stage;
use super::{SparkError, encoding, linalg, scaling};
use crate::import::index::whole_index;
use crate::import::linear::{Column, combination};
use crate::import::parquet::Value;

/// Classes that make columns and predict nothing.
const KNOWN: [&str; 20] = [
    "VectorAssembler",
    "StandardScalerModel",
    "MinMaxScalerModel",
    "MaxAbsScalerModel",
    "RobustScalerModel",
    "ImputerModel",
    "StringIndexerModel",
    "OneHotEncoderModel",
    "Bucketizer",
    "Binarizer",
    "PolynomialExpansion",
    "Interaction",
    "Normalizer",
    "ElementwiseProduct",
    "PCAModel",
    "VectorSlicer",
    "ChiSqSelectorModel",
    "UnivariateFeatureSelectorModel",
    "VarianceThresholdSelectorModel",
    "VectorSizeHint",
];

/// Whether a class changes columns in a way that is read.
pub(super) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// One of the columns that a stage makes, from those that the stages before it do. `width` is how many elements it has,
/// if the next stage says so.
pub(super) fn make(
    stage: &Stage<'_>,
    output: usize,
    width: Option<usize>,
    index: usize,
    columns: &mut Columns<'_, '_>,
) -> Result<Made, SparkError> {
    let input = || {
        let input = stage.inputs().into_iter().nth(output);
        input.ok_or_else(|| stage.without("inputCol"))
    };
    Ok(match stage.name() {
        "StringIndexerModel" => Made::Index(encoding::index(stage, output, index, columns)?),
        "Bucketizer" => Made::Bin(encoding::bucket(stage, output, index, columns)?),
        "ImputerModel" => Made::Number(imputed(stage, &input()?, index, columns)?),
        "OneHotEncoderModel" => Made::Vector(encoding::one_hot(stage, output, index, columns)?),
        "VectorAssembler" => Made::Vector(assembled(stage, index, columns)?),
        "Interaction" => Made::Vector(interaction(stage, index, columns)?),
        "VectorSizeHint" => columns.column(&input()?, index)?,
        "Binarizer" => binarized(stage, output, &input()?, index, columns)?,
        "StandardScalerModel" | "MinMaxScalerModel" | "MaxAbsScalerModel" | "RobustScalerModel" => {
            let table = stage.table()?;
            let width = scaling::width(stage, &table)?;
            let vector = columns.vector(&input()?, Some(width), index)?;
            let scaled = scaling::scaled(stage, &table, &vector)?;
            columns.conversion.note(folded(stage));
            Made::Vector(scaled)
        }
        "ElementwiseProduct" => Made::Vector(products(stage, &input()?, index, columns)?),
        "PCAModel" => Made::Vector(components(stage, &input()?, index, columns)?),
        "Normalizer" => Made::Vector(normalized(stage, &input()?, width, index, columns)?),
        "PolynomialExpansion" => Made::Vector(polynomial(stage, &input()?, index, columns)?),
        "VectorSlicer"
        | "ChiSqSelectorModel"
        | "UnivariateFeatureSelectorModel"
        | "VarianceThresholdSelectorModel" => Made::Vector(selected(stage, index, columns)?),
        _ => {
            return Err(stage.refuse(
                "what it makes of columns is not read; columns that are assembled, scaled, imputed, indexed, one-hot encoded, put into buckets and multiplied are",
            ));
        }
    })
}

fn folded(stage: &Stage<'_>) -> String {
    format!("folded {} into the coefficients", stage.name())
}

fn assembled(
    stage: &Stage<'_>,
    index: usize,
    columns: &mut Columns<'_, '_>,
) -> Result<Vec<Column>, SparkError> {
    let mut vector = Vec::new();
    for name in stage.inputs() {
        let made = columns.column(&name, index)?;
        let elements = columns.elements(made)?;
        columns.spend(elements.len())?;
        vector.extend(elements);
    }
    Ok(vector)
}

/// A missing cell is what the training had on average. Another number that stands for one is not known to an artifact.
fn imputed(
    stage: &Stage<'_>,
    name: &str,
    index: usize,
    columns: &mut Columns<'_, '_>,
) -> Result<Column, SparkError> {
    if stage
        .number("missingValue")
        .is_some_and(|value| !value.is_nan())
    {
        return Err(stage.refuse(
            "its missingValue is a number, and an artifact fills in cells that are missing: fit it with NaN",
        ));
    }
    let table = stage.table()?;
    let with = stage.value(&table, name)?;
    if with.fract() != 0.0 {
        columns.conversion.note(format!(
            "ImputerModel: missing cells become {with}; in a column that is declared as whole numbers Spark would cut off the fraction"
        ));
    }
    columns.fill(name, index, with)
}

fn binarized(
    stage: &Stage<'_>,
    output: usize,
    name: &str,
    index: usize,
    columns: &mut Columns<'_, '_>,
) -> Result<Made, SparkError> {
    let thresholds = stage.numbers("thresholds");
    let threshold = thresholds.and_then(|thresholds| thresholds.get(output).copied());
    let above = threshold.or_else(|| stage.number("threshold"));
    let above = above.ok_or_else(|| stage.without("threshold"))?;
    let made = columns.column(name, index)?;
    let is_vector = matches!(made, Made::Vector(_));
    let of = columns.elements(made)?;
    let of = columns.conversion.refer_exactly(&of)?;
    let made = columns.conversion.compute(Derived::Threshold { of, above });
    Ok(match (is_vector, made.as_slice()) {
        (false, [column]) => Made::Number(column.clone()),
        _ => Made::Vector(made),
    })
}

/// Each element times a number.
fn products(
    stage: &Stage<'_>,
    name: &str,
    index: usize,
    columns: &mut Columns<'_, '_>,
) -> Result<Vec<Column>, SparkError> {
    let factors = stage.parameter("scalingVec").and_then(linalg::of_json);
    let factors = factors.ok_or_else(|| stage.without("scalingVec"))?;
    let vector = columns.vector(name, Some(factors.len()), index)?;
    columns.conversion.note(folded(stage));
    let scaled = vector.iter().zip(factors);
    Ok(scaled
        .map(|(column, factor)| column.affine(0.0, factor, 0.0))
        .collect())
}

fn components(
    stage: &Stage<'_>,
    name: &str,
    index: usize,
    columns: &mut Columns<'_, '_>,
) -> Result<Vec<Column>, SparkError> {
    let table = stage.table()?;
    let matrix = stage.matrix(&table, "pc")?;
    let vector = columns.vector(name, Some(matrix.len()), index)?;
    let terms: usize = vector.iter().map(|column| column.terms.len()).sum();
    let width = matrix.first().map_or(0, Vec::len);
    columns.conversion.spend(terms.saturating_mul(width))?;
    columns.conversion.note(folded(stage));
    let component = |place: usize| {
        let weights: Vec<f64> = matrix
            .iter()
            .filter_map(|row| row.get(place))
            .copied()
            .collect();
        combination(&vector, &weights, 0.0)
    };
    Ok((0..width).map(component).collect())
}

/// A vector divided by its norm.
fn normalized(
    stage: &Stage<'_>,
    name: &str,
    width: Option<usize>,
    index: usize,
    columns: &mut Columns<'_, '_>,
) -> Result<Vec<Column>, SparkError> {
    let norm = match stage.number("p") {
        Some(1.0) => Norm::L1,
        Some(2.0) => Norm::L2,
        Some(f64::INFINITY) => Norm::Max,
        _ => {
            return Err(
                stage.refuse("its p is not 1, 2 or infinite, and an artifact has no other norm")
            );
        }
    };
    let vector = columns.vector(name, width, index)?;
    let of = columns.conversion.refer(&vector)?;
    Ok(columns.conversion.compute(Derived::Normalize {
        of: Range::List(of),
        norm,
    }))
}

/// All products of up to `degree` elements, in the order in which Spark makes them.
fn polynomial(
    stage: &Stage<'_>,
    name: &str,
    index: usize,
    columns: &mut Columns<'_, '_>,
) -> Result<Vec<Column>, SparkError> {
    let degree = stage
        .number("degree")
        .filter(|degree| (1.0..=16.0).contains(degree));
    let degree = degree.ok_or_else(|| stage.refuse("its degree is not from 1 to 16"))?;
    let vector = columns.vector(name, None, index)?;
    let of = columns.conversion.refer(&vector)?;
    let mut made = Vec::new();
    let mut powers = Vec::new();
    let mut left = degree;
    // Elements are raised from the last to the first, each from the power 0 upwards.
    let mut expansion = Expansion {
        of: &of,
        powers: &mut powers,
        made: &mut made,
    };
    expansion.expand(of.len(), &mut left, columns)?;
    // The first is the product of nothing.
    made.remove(0);
    let single = |product: &Vec<usize>| match product.as_slice() {
        [place] => of.iter().position(|own| own == place),
        _ => None,
    };
    let computed: Vec<_> = made
        .iter()
        .filter(|product| single(product).is_none())
        .cloned()
        .collect();
    let mut computed = columns
        .conversion
        .compute(Derived::Products { of: computed })
        .into_iter();
    let column = |product: &Vec<usize>| match single(product).and_then(|place| vector.get(place)) {
        Some(column) => column.clone(),
        None => computed.next().unwrap_or_else(Column::zero),
    };
    Ok(made.iter().map(column).collect())
}

/// The products that have been found so far.
struct Expansion<'e> {
    of: &'e [usize],
    /// The elements of the product that is being made.
    powers: &'e mut Vec<usize>,
    made: &'e mut Vec<Vec<usize>>,
}

impl Expansion<'_> {
    /// Makes the products of the first `count` elements with those that are chosen already, of `left` at most.
    fn expand(
        &mut self,
        count: usize,
        left: &mut f64,
        columns: &mut Columns<'_, '_>,
    ) -> Result<(), SparkError> {
        let last = count.checked_sub(1).and_then(|place| self.of.get(place));
        let Some(last) = last.filter(|_| *left > 0.0) else {
            columns.spend(1 + self.powers.len())?;
            self.made.push(self.powers.iter().rev().copied().collect());
            return Ok(());
        };
        let before = (self.powers.len(), *left);
        loop {
            self.expand(count - 1, left, columns)?;
            if *left <= 0.0 {
                break;
            }
            self.powers.push(*last);
            *left -= 1.0;
        }
        self.powers.truncate(before.0);
        *left = before.1;
        Ok(())
    }
}

/// Products of one element of each column.
fn interaction(
    stage: &Stage<'_>,
    index: usize,
    columns: &mut Columns<'_, '_>,
) -> Result<Vec<Column>, SparkError> {
    let mut products: Vec<Vec<usize>> = vec![Vec::new()];
    for name in stage.inputs() {
        let made = columns.column(&name, index)?;
        if matches!(made, Made::Index(_) | Made::Bin(_)) {
            return Err(stage.refuse(
                "it multiplies a column of categories by their numbers in the table's description, which the file does not hold: encode it with OneHotEncoder",
            ));
        }
        let elements = columns.elements(made)?;
        let of = columns.conversion.refer(&elements)?;
        columns.spend(products.len().saturating_mul(of.len()))?;
        let longer = products.iter().flat_map(|product| {
            of.iter()
                .map(|place| product.iter().copied().chain([*place]).collect())
        });
        products = longer.collect();
    }
    Ok(columns
        .conversion
        .compute(Derived::Products { of: products }))
}

/// Some elements of a vector.
fn selected(
    stage: &Stage<'_>,
    index: usize,
    columns: &mut Columns<'_, '_>,
) -> Result<Vec<Column>, SparkError> {
    let is_slicer = stage.name() == "VectorSlicer";
    let places = match is_slicer {
        true => stage.numbers("indices").map(|places| {
            let place = |place: &f64| whole_index(*place);
            places.iter().map_while(place).collect()
        }),
        false => stage
            .table()?
            .first("selectedFeatures")
            .and_then(Value::counts),
    };
    let mut places: Vec<usize> =
        places.ok_or_else(|| stage.without("the places of its elements"))?;
    if stage.texts("names").is_some_and(|names| !names.is_empty()) {
        return Err(stage.refuse("it chooses elements by names, which the file does not hold"));
    }
    if !is_slicer {
        places.sort_unstable();
    }
    let input = match stage.text("featuresCol").filter(|_| !is_slicer) {
        Some(name) => name.to_owned(),
        None => stage
            .inputs()
            .into_iter()
            .next()
            .ok_or_else(|| stage.without("inputCol"))?,
    };
    let vector = columns.vector(&input, None, index)?;
    columns.spend(places.len())?;
    let chosen: Option<Vec<Column>> = places
        .iter()
        .map(|place| vector.get(*place).cloned())
        .collect();
    chosen.ok_or_else(|| stage.refuse("it chooses elements that its vector does not have"))
}
