//! PolynomialFeatures: products and powers of columns.

use sagelet::artifact::Derived;

use super::step::{Outcome, Step};
use crate::import::linear::{Column, Conversion};
use crate::import::objects::Value;

/// A product of columns, by their places; the same place twice is a square.
type Product = Vec<usize>;

/// The products of up to `degree` columns, in scikit-learn's order, after a column of ones if `include_bias`.
pub(super) fn products(
    step: &Step<'_>,
    columns: &[Column],
    conversion: &mut Conversion,
) -> Outcome<Vec<Column>> {
    let (least, most) = degrees(step)?;
    let mut made = Vec::new();
    if step.flag("include_bias", true)? {
        made.push(Column {
            constant: 1.0,
            ..Column::zero()
        });
    }
    if least <= 1 && most >= 1 {
        made.extend_from_slice(columns);
    }
    if most < 2 {
        return Ok(made);
    }
    let refused = |conflict| step.refuse(conflict);
    let of = conversion.refer(columns).map_err(refused)?;
    let interactions = step.flag("interaction_only", false)?;
    let mut before: Vec<Product> = (0..of.len()).map(|place| vec![place]).collect();
    for degree in 2..=most {
        let count = count(before.len(), of.len());
        conversion
            .spend(count.saturating_mul(degree))
            .map_err(refused)?;
        before = extended(&before, of.len(), interactions);
        if degree >= least {
            made.extend(conversion.compute(Derived::Products {
                of: before.iter().map(|product| named(product, &of)).collect(),
            }));
        }
        if before.is_empty() {
            break;
        }
    }
    Ok(made)
}

/// At least as many products as [`extended`] makes, so that they are counted before they are made.
fn count(before: usize, columns: usize) -> usize {
    before.saturating_mul(columns)
}

/// Each product with each column that is not before its last one.
fn extended(products: &[Product], columns: usize, interactions: bool) -> Vec<Product> {
    let mut longer = Vec::new();
    for product in products {
        let last = product.last().copied().unwrap_or_default();
        for place in last + usize::from(interactions)..columns {
            longer.push(product.iter().copied().chain([place]).collect());
        }
    }
    longer
}

fn named(product: &[usize], of: &[usize]) -> Vec<usize> {
    let columns = product.iter().filter_map(|place| of.get(*place));
    columns.copied().collect()
}

/// The least and the most columns of a product: `degree` is the most, or both.
fn degrees(step: &Step<'_>) -> Outcome<(usize, usize)> {
    let degree = step.attribute("degree")?;
    let number = |value: Value<'_>| usize::try_from(value.integer()?).ok();
    let degrees = match degree.elements() {
        Some(bounds) => {
            let bounds: Vec<_> = bounds.take(3).map(number).collect();
            match *bounds.as_slice() {
                [Some(least), Some(most)] => Some((least, most)),
                _ => None,
            }
        }
        None => number(degree).map(|most| (0, most)),
    };
    degrees.ok_or_else(|| step.wrong("degree", "a whole number, or two of them"))
}
