//! What a pickle would have Python call: constructors that are understood make what they make in Python; of all
//! others only the name and the arguments are kept.

use super::constructor::{Constructor, understood};
use super::dill::{self, Harmless};
use super::error::Problem;
use super::machine::{Machine, Stop};
use super::{joblib, numpy};
use crate::import::objects::{Id, Node, Object, Objects};

/// REDUCE: the result of a function.
pub(super) fn reduce(machine: &mut Machine<'_, '_>) -> Result<(), Stop> {
    let arguments = machine.pop()?;
    let function = machine.pop()?;
    let objects = &machine.reading.objects;
    let constructor = understood(objects, function);
    let values = match objects.get(arguments) {
        Node::Tuple(values) => values.as_slice(),
        _ => return Err(Problem::Stack("a tuple of arguments").into()),
    };
    match dill::call(objects, function, values)? {
        Some(Harmless::Array(node) | Harmless::Module(node)) => {
            machine.push_node(node)?;
            return Ok(());
        }
        Some(Harmless::Name(module, name)) => {
            let offset = machine.input.offset().saturating_sub(1);
            return Ok(machine.name(module, name, offset)?);
        }
        None => {}
    }
    if constructor == Some(Constructor::Function) {
        let [module, name] = function_name(objects, values)?;
        machine.name(module, name, machine.input.offset().saturating_sub(1))?;
        return Ok(());
    }
    let made = match constructor {
        Some(Constructor::FromBuffer) => Some(numpy::from_buffer(objects, values)?),
        Some(Constructor::Scalar) => numpy::scalar(objects, values)?,
        Some(Constructor::Dtype) => Some(numpy::dtype(objects, values)?),
        Some(Constructor::Encode | Constructor::Bytes) => bytes(machine, values),
        Some(Constructor::Instance) => instance(values),
        Some(Constructor::Reconstruct | Constructor::Function) | None => None,
    };
    let unknown = || Node::Object(Box::new(Object::new(function, arguments)));
    machine.push_node(made.unwrap_or_else(unknown))?;
    Ok(())
}

/// NEWOBJ: an instance of a class.
pub(super) fn new_object(machine: &mut Machine<'_, '_>) -> Result<(), Stop> {
    let arguments = machine.pop()?;
    let class = machine.pop()?;
    machine.push_node(Node::Object(Box::new(Object::new(class, arguments))))?;
    Ok(())
}

/// NEWOBJ_EX: an instance of a class whose constructor takes names.
pub(super) fn new_object_with_names(machine: &mut Machine<'_, '_>) -> Result<(), Stop> {
    let _names = machine.pop()?;
    new_object(machine)
}

/// BUILD: an object's attributes.
pub(super) fn build(machine: &mut Machine<'_, '_>) -> Result<(), Stop> {
    let state = machine.pop()?;
    let id = machine.top()?;
    let objects = &machine.reading.objects;
    if let Node::Dtype(dtype) = objects.get(id) {
        let dtype = numpy::dtype_with_state(objects, *dtype, state)?;
        machine.reading.objects.replace(id, Node::Dtype(dtype))?;
        return Ok(());
    }
    let class = objects.value(id).class();
    let is_array = class.and_then(Constructor::of) == Some(Constructor::Reconstruct)
        || class.is_some_and(joblib::is_array_wrapper);
    if is_array && has_contents(objects.get(id)) {
        let problem = "an array has elements before it has a size".to_owned();
        return Err(Problem::Argument(problem).into());
    }
    if class.and_then(Constructor::of) == Some(Constructor::Reconstruct) {
        let array = numpy::array_from_state(objects, state)?;
        machine
            .reading
            .objects
            .replace(id, Node::Array(Box::new(array)))?;
        return Ok(());
    }
    let is_joblib_array = class.is_some_and(joblib::is_array_wrapper);
    set_state(machine, id, state)?;
    if is_joblib_array && machine.joblib {
        joblib::splice(machine, id)?;
    }
    Ok(())
}

/// Whether something was put into an object as into a list or dict. What an array takes the place of must not be
/// forgotten with it: `dill` asks who refers to its functions.
fn has_contents(node: &Node) -> bool {
    match node {
        Node::Object(object) => !object.entries.is_empty() || !object.elements.is_empty(),
        _ => false,
    }
}

fn set_state(machine: &mut Machine<'_, '_>, id: Id, state: Id) -> Result<(), Problem> {
    match machine.reading.objects.get_mut(id) {
        Some(Node::Object(object)) if object.state.is_none() => object.state = Some(state),
        Some(Node::Object(_)) => {
            return Err(Problem::Argument(
                "an object gets its attributes a second time".to_owned(),
            ));
        }
        _ => return Err(Problem::Stack("an object to give attributes to")),
    }
    Ok(())
}

/// `_ufunc_reconstruct(module, name)` imports any module in Python: what it names is judged as if the pickle
/// had named it itself.
fn function_name(objects: &Objects, values: &[Id]) -> Result<[String; 2], Problem> {
    let text = |place: usize| {
        let text = values
            .get(place)
            .and_then(|&value| objects.value(value).text());
        text.map(str::to_owned).ok_or_else(|| {
            Problem::Argument("the name of a function of numpy is no text".to_owned())
        })
    };
    Ok([text(0)?, text(1)?])
}

/// Bytes out of `encode(text, "latin1")`, `bytes(bytes)`, `bytearray(text, "latin-1")` or `bytes()`.
fn bytes(machine: &Machine<'_, '_>, values: &[Id]) -> Option<Node> {
    let objects = &machine.reading.objects;
    let Some(&first) = values.first() else {
        return Some(Node::Bytes(Box::default()));
    };
    let encoding = values.get(1).and_then(|&name| objects.value(name).text());
    match (objects.get(first), encoding) {
        (Node::Bytes(bytes), None) => Some(Node::Bytes(bytes.clone())),
        (Node::Text(text), Some("latin1" | "latin-1")) => {
            let bytes: Option<Vec<u8>> = text
                .chars()
                .map(|character| u8::try_from(character).ok())
                .collect();
            Some(Node::Bytes(bytes?.into()))
        }
        _ => None,
    }
}

/// `copyreg._reconstructor(class, base, state of the base)`.
fn instance(values: &[Id]) -> Option<Node> {
    let (&class, &base) = (values.first()?, values.get(1)?);
    Some(Node::Object(Box::new(Object::new(class, base))))
}
