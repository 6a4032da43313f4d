//! The helpers that dill calls for numpy's arrays and for slices, where it calls them for these and nothing else.
//!
//! All other functions of dill make code or import modules. These would do so as well with other arguments, so a file
//! is only trusted with them if it calls them at once with harmless ones, and keeps them for nothing else.

use std::collections::HashSet;

use super::constructor::{Constructor, understood};
use super::error::Problem;
use super::numpy;
use crate::import::objects::{Global, Id, Node, Objects};

/// The modules of dill up to 0.2 and since.
const MODULES: [&str; 2] = ["dill._dill", "dill.dill"];

/// `_create_array(function, arguments, state, attributes)` calls the function, and gives its result the state.
const ARRAY: &str = "_create_array";

/// `_load_type(name)` gives a type of Python by its name.
const TYPE: &str = "_load_type";

/// `_get_attr(_import_module(module), name)` is how dill before 0.3.5 named numpy's functions that make arrays.
const MODULE: &str = "_import_module";
const ATTRIBUTE: &str = "_get_attr";

/// numpy's function for arrays.
const RECONSTRUCT: &str = "_reconstruct";

/// What the result of a helper is, if it is called for what it is for.
pub(super) enum Harmless {
    /// An array of numpy.
    Array(Node),
    /// The module of numpy in which its arrays are made.
    Module(Node),
    /// A class or function by its module and name.
    Name(String, String),
}

fn is_helper(global: &Global) -> bool {
    MODULES.contains(&global.module.as_str())
        && matches!(global.name.as_str(), ARRAY | TYPE | MODULE | ATTRIBUTE)
}

/// What a call of a function of dill gives; none if it is no helper, or called for anything else.
pub(super) fn call(
    objects: &Objects,
    function: Id,
    arguments: &[Id],
) -> Result<Option<Harmless>, Problem> {
    let global = objects
        .value(function)
        .global()
        .filter(|global| is_helper(global));
    match (global.map(|global| global.name.as_str()), arguments) {
        (Some(TYPE), [name]) => {
            let is_slice = matches!(objects.value(*name).text(), Some("slice" | "SliceType"));
            Ok(is_slice.then(|| Harmless::Name("builtins".to_owned(), "slice".to_owned())))
        }
        (Some(MODULE), [name]) => Ok(objects.value(*name).text().and_then(module)),
        (Some(ATTRIBUTE), [module, name]) => Ok(attribute(objects, *module, *name)),
        (Some(ARRAY), [function, empty, state]) => array(objects, *function, *empty, *state),
        (Some(ARRAY), [function, empty, state, attributes]) if is_nothing(objects, *attributes) => {
            array(objects, *function, *empty, *state)
        }
        _ => Ok(None),
    }
}

/// A module of numpy, if its arrays are made there: a name without a class or function in it.
fn module(name: &str) -> Option<Harmless> {
    let module = Global {
        module: name.to_owned(),
        name: String::new(),
    };
    let reconstruct = Global {
        name: RECONSTRUCT.to_owned(),
        ..module.clone()
    };
    let is_known = Constructor::of(&reconstruct) == Some(Constructor::Reconstruct);
    is_known.then(|| Harmless::Module(Node::Global(Box::new(module))))
}

/// A function in such a module that makes arrays or single numbers.
fn attribute(objects: &Objects, module: Id, name: Id) -> Option<Harmless> {
    let module = objects
        .value(module)
        .global()
        .filter(|module| module.name.is_empty())?;
    let function = Global {
        module: module.module.clone(),
        name: objects.value(name).text()?.to_owned(),
    };
    let is_known = matches!(
        Constructor::of(&function),
        Some(Constructor::Reconstruct | Constructor::Scalar)
    );
    is_known.then_some(Harmless::Name(function.module, function.name))
}

/// No attributes beside the array's own state.
fn is_nothing(objects: &Objects, attributes: Id) -> bool {
    match objects.get(attributes) {
        Node::None => true,
        Node::Dict(entries) => entries.is_empty(),
        _ => false,
    }
}

fn array(
    objects: &Objects,
    function: Id,
    empty: Id,
    state: Id,
) -> Result<Option<Harmless>, Problem> {
    let is_numpy = understood(objects, function) == Some(Constructor::Reconstruct);
    let class = objects
        .value(empty)
        .elements()
        .and_then(|mut arguments| arguments.next());
    let class = class.and_then(|class| class.global());
    let is_array = class.is_some_and(|class| class.module == "numpy" && class.name == "ndarray");
    if !is_numpy || !is_array {
        return Ok(None);
    }
    let array = numpy::array_from_state(objects, state)?;
    Ok(Some(Harmless::Array(Node::Array(Box::new(array)))))
}

/// The helpers that a file which was read does nothing with but call them as above: what such a call gives does not
/// refer to them any more.
pub(super) fn trusted(objects: &Objects, root: Id, named: &[&Global]) -> HashSet<Global> {
    let mut trusted: HashSet<Global> = named
        .iter()
        .filter(|global| is_helper(global))
        .map(|global| (*global).clone())
        .collect();
    if trusted.is_empty() {
        return trusted;
    }
    let mut distrust = |id: Id| {
        if let Some(global) = objects
            .value(id)
            .global()
            .filter(|global| is_helper(global))
        {
            trusted.remove(global);
        }
    };
    distrust(root);
    objects
        .nodes()
        .for_each(|node| node.references(&mut distrust));
    trusted
}

#[cfg(test)]
mod tests {
    use crate::import::pickle::Pickle;
    use crate::import::trust::refuse_dangerous;

    const ARRAY: &[u8] = b"cdill._dill\n_create_array\n";
    const RECONSTRUCT: &[u8] = b"cnumpy.core.multiarray\n_reconstruct\n";
    const EMPTY: &[u8] = b"(cnumpy\nndarray\n(K\0tU\x01bt";
    const STATE: &[u8] = b"(K\x01(K\x01tcnumpy\ndtype\nU\x02f8\x85RI00\nU\x08abcdefght";

    fn is_refused(program: &[&[u8]]) -> bool {
        let bytes = [&[&b"\x80\x02"[..]], program, &[&b"."[..]]]
            .concat()
            .concat();
        let pickle = Pickle::read(&bytes).unwrap();
        refuse_dangerous(&pickle.globals).is_err()
    }

    #[test]
    fn helpers_that_make_arrays_and_slices_are_trusted() {
        assert!(!is_refused(&[
            ARRAY,
            b"(",
            RECONSTRUCT,
            EMPTY,
            STATE,
            b"tR"
        ]));
        assert!(!is_refused(&[
            ARRAY,
            b"(",
            RECONSTRUCT,
            EMPTY,
            STATE,
            b"NtR"
        ]));
        assert!(!is_refused(&[
            b"cdill._dill\n_load_type\nU\x05slice\x85RNK\x02N\x87R"
        ]));
        let module = b"cdill._dill\n_import_module\nU\x15numpy.core.multiarray\x85R";
        assert!(!is_refused(&[
            b"cdill._dill\n_get_attr\n",
            module,
            b"U\x06scalar\x86R"
        ]));
    }

    /// Each of these would run something in Python, or could.
    #[test]
    fn helpers_with_other_arguments_are_refused() {
        for program in [
            &[ARRAY, b"(", b"cposix\nsystem\n", EMPTY, STATE, b"tR"][..],
            &[ARRAY, b"(", b"cfoo\nbar\n", EMPTY, STATE, b"tR"],
            &[ARRAY, b"(", RECONSTRUCT, b"(cfoo\nBar\nt", STATE, b"tR"],
            &[ARRAY, b"(", RECONSTRUCT, EMPTY, STATE, b"(U\x01aK\x01dtR"],
            &[b"cdill._dill\n_load_type\nU\x08CodeType\x85R"],
            &[b"cdill._dill\n_import_module\nU\x02os\x85R"],
            &[b"cdill._dill\n_get_attr\ncfoo\nbar\nU\x06system\x86R"],
            &[b"cdill._dill\n_create_function\n)R"],
        ] {
            assert!(is_refused(program), "{}", program.concat().escape_ascii());
        }
    }

    /// What keeps a helper can call it later with anything.
    #[test]
    fn helpers_that_are_kept_are_refused() {
        let call: Vec<u8> = [ARRAY, b"q\x01(", RECONSTRUCT, EMPTY, STATE, b"tR"].concat();
        for keeper in [
            &b"h\x01\x86"[..],
            b"(h\x01l\x86",
            b"}U\x01ah\x01s\x86",
            b"cfunctools\npartial\nh\x01\x85R\x86",
            b"0cfoo\nBar\n)\x81h\x01b",
            b"0cfoo\nBar\n)\x81(h\x01e",
            b"0h\x01",
            b"(h\x01l0",
        ] {
            assert!(is_refused(&[&call, keeper]), "{}", keeper.escape_ascii());
        }
        // An array takes the place of this object, which has the helper as an element.
        let hidden = [RECONSTRUCT, EMPTY, b"R(h\x01e", STATE, b"b"].concat();
        let bytes = [b"\x80\x02", &call[..], &hidden, b"."].concat();
        assert!(Pickle::read(&bytes).is_err());
    }
}
