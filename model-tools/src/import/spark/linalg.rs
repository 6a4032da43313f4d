//! Vectors and matrices as Spark writes them into a table: dense, or with the places of what is not 0.

use sagelet::limits::FEATURES_MAX;
use serde_json::Value as Json;

use crate::import::parquet::Value;

/// A vector: `{type, size, indices, values}`, sparse where the type is 0.
pub(super) fn vector(value: &Value) -> Option<Vec<f64>> {
    let [kind, size, indices, values] = value.fields()? else {
        return None;
    };
    let values = values.numbers()?;
    if kind.count()? == 1 {
        return Some(values);
    }
    let mut dense = zeros(size.count()?)?;
    place(&mut dense, &indices.counts()?, &values)?;
    Some(dense)
}

/// The rows of a matrix: `{type, numRows, numCols, colPtrs, rowIndices, values, isTransposed}`, by columns unless it is
/// transposed.
pub(super) fn matrix(value: &Value) -> Option<Vec<Vec<f64>>> {
    let [kind, rows, columns, starts, indices, values, transposed] = value.fields()? else {
        return None;
    };
    let (rows, columns) = (rows.count()?, columns.count()?);
    let transposed = transposed.truth()?;
    let (outer, inner) = match transposed {
        true => (rows, columns),
        false => (columns, rows),
    };
    if outer == 0 || inner == 0 {
        return None;
    }
    let values = values.numbers()?;
    let mut dense = zeros(outer.checked_mul(inner)?)?;
    if kind.count()? == 1 {
        (values.len() == dense.len()).then_some(())?;
        dense = values;
    } else {
        let (starts, indices) = (starts.counts()?, indices.counts()?);
        (starts.len() == outer + 1).then_some(())?;
        for (line, bounds) in dense.chunks_exact_mut(inner).zip(starts.windows(2)) {
            let [from, to] = bounds else { return None };
            place(line, indices.get(*from..*to)?, values.get(*from..*to)?)?;
        }
    }
    let row = |row: usize| match transposed {
        true => dense
            .iter()
            .skip(row * inner)
            .take(inner)
            .copied()
            .collect(),
        false => dense.iter().skip(row).step_by(inner).copied().collect(),
    };
    Some((0..rows).map(row).collect())
}

/// A vector among the parameters of a stage: `{"type": 1, "values": […]}`.
pub(super) fn of_json(value: &Json) -> Option<Vec<f64>> {
    let numbers = value.get("values")?.as_array()?.iter().map(Json::as_f64);
    let values: Vec<f64> = numbers.collect::<Option<_>>()?;
    if value.get("type")?.as_u64()? == 1 {
        return Some(values);
    }
    let count = |count: &Json| usize::try_from(count.as_u64()?).ok();
    let indices = value.get("indices")?.as_array()?.iter().map(count);
    let mut dense = zeros(count(value.get("size")?)?)?;
    place(&mut dense, &indices.collect::<Option<Vec<_>>>()?, &values)?;
    Some(dense)
}

fn zeros(count: usize) -> Option<Vec<f64>> {
    (count <= FEATURES_MAX).then(|| vec![0.0; count])
}

/// Puts values where they belong.
fn place(dense: &mut [f64], indices: &[usize], values: &[f64]) -> Option<()> {
    (indices.len() == values.len()).then_some(())?;
    for (index, value) in indices.iter().zip(values) {
        *dense.get_mut(*index)? = *value;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(values: impl IntoIterator<Item = Value>) -> Value {
        Value::Struct(vec![Value::List(values.into_iter().collect())])
    }

    fn counts(values: &[i64]) -> Value {
        list(values.iter().map(|value| Value::Integer(*value)))
    }

    fn sparse(transposed: bool) -> Value {
        let values = [1.0, 2.0, 3.0].map(Value::Number);
        Value::Struct(vec![
            Value::Integer(0),
            Value::Integer(2),
            Value::Integer(3),
            counts(if transposed {
                &[0, 2, 3]
            } else {
                &[0, 1, 1, 3]
            }),
            counts(if transposed { &[0, 2, 1] } else { &[0, 0, 1] }),
            list(values),
            Value::Boolean(transposed),
        ])
    }

    #[test]
    fn a_sparse_matrix_goes_by_columns_or_by_rows() {
        let by_columns = matrix(&sparse(false)).unwrap();
        assert_eq!(by_columns, [[1.0, 0.0, 2.0], [0.0, 0.0, 3.0]]);
        let by_rows = matrix(&sparse(true)).unwrap();
        assert_eq!(by_rows, [[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]]);
    }

    #[test]
    fn a_place_outside_of_a_vector_is_no_vector() {
        let vector_of = |index: i64| {
            vector(&Value::Struct(vec![
                Value::Integer(0),
                Value::Integer(2),
                counts(&[index]),
                list([Value::Number(5.0)]),
            ]))
        };
        assert_eq!(vector_of(1).unwrap(), [0.0, 5.0]);
        assert_eq!(vector_of(2), None);
    }
}
