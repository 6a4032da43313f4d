//! Arrays in joblib's dumps: their bytes lie between the instructions, after the object that describes them.

use super::error::Problem;
use super::machine::{Machine, Stop};
use super::numpy;
use crate::import::objects::{Array, Dtype, Global, Id, Kind, Node, Value};

/// The byte that fills the gap before aligned data.
const PADDING: u8 = 0xff;

/// Whether this is the class that describes an array.
pub(super) fn is_array_wrapper(class: &Global) -> bool {
    // scikit-learn brought joblib along as `sklearn.externals.joblib` up to 0.22.
    class.name == "NumpyArrayWrapper" && class.module.ends_with("joblib.numpy_pickle")
}

/// What the wrapper says of the array.
struct Description {
    dtype: Dtype,
    shape: Vec<usize>,
    order: crate::import::objects::Order,
    /// Whether a byte with the size of a gap, and the gap, come before the data (joblib 1.2 and later).
    padded: bool,
}

/// Takes the array that follows out of the input and puts it in the wrapper's place.
pub(super) fn splice(machine: &mut Machine<'_, '_>, wrapper: Id) -> Result<(), Stop> {
    let description = describe(machine.reading.objects.value(wrapper))?;
    let array = if description.dtype.kind == Kind::Object {
        nested(machine)?
    } else {
        let data = data(machine, &description)?;
        let Description {
            dtype,
            shape,
            order,
            ..
        } = description;
        Array::new(&machine.reading.objects, dtype, shape, order, data).map_err(Problem::from)?
    };
    machine
        .reading
        .objects
        .replace(wrapper, Node::Array(Box::new(array)))?;
    Ok(())
}

fn describe(wrapper: Value<'_>) -> Result<Description, Problem> {
    let missing =
        |what: &str| Problem::Argument(format!("the {what} of an array of joblib is missing"));
    let dtype = wrapper.attribute("dtype").map(Value::node);
    let Some(Node::Dtype(dtype)) = dtype else {
        return Err(missing("type"));
    };
    let shape = wrapper.attribute("shape").ok_or_else(|| missing("shape"))?;
    let alignment = wrapper.attribute("numpy_array_alignment_bytes");
    Ok(Description {
        dtype: *dtype,
        shape: numpy::shape(wrapper.objects(), shape.id())?,
        order: numpy::order_of(wrapper.attribute("order").and_then(Value::text))?,
        padded: alignment.is_some_and(|alignment| !alignment.is_none()),
    })
}

/// Objects follow as a pickle of their own, which makes the array. In it nothing is spliced: joblib reads it
/// with Python's own unpickler.
fn nested(machine: &mut Machine<'_, '_>) -> Result<Array, Stop> {
    let mut inner = Machine::new(machine.input.clone(), machine.reading, false);
    let root = inner.run().map_err(Stop::Elsewhere)?;
    let input = inner.input.clone();
    machine.input = input;
    match machine.reading.objects.get(root) {
        Node::Array(array) => Ok(array.as_ref().clone()),
        _ => Err(Problem::Argument("an array of objects that is none".to_owned()).into()),
    }
}

fn data(machine: &mut Machine<'_, '_>, description: &Description) -> Result<Id, Problem> {
    const WHAT: &str = "an array";
    if description.padded {
        let gap = machine.input.byte(WHAT)?;
        let gap = machine.input.take(usize::from(gap), WHAT)?;
        if gap.iter().any(|&byte| byte != PADDING) {
            return Err(Problem::Argument(
                "the gap before an array is not filled as joblib does".to_owned(),
            ));
        }
    }
    let elements = description.shape.iter();
    let bytes = elements
        .copied()
        .try_fold(description.dtype.bytes, usize::checked_mul);
    let bytes = machine.input.take(bytes.unwrap_or(usize::MAX), WHAT)?;
    Ok(machine.reading.objects.add(Node::Bytes(bytes.into()))?)
}
