//! Pickles of Python, protocols 0 to 5, and joblib's dumps, read as data.
//!
//! A pickle is a program for a stack machine, and loading one in Python can run anything. Here the program
//! only makes a tree of [`Objects`]: a class or function is a name, a call is that name with its arguments.
//! Every instruction, object and byte counts against a bound.

mod calls;
mod constructor;
mod dill;
mod error;
mod input;
mod joblib;
mod literal;
mod machine;
mod numpy;
mod opcode;
mod program;
#[cfg(test)]
mod tests;
mod thin;

pub(crate) use error::PickleError;
pub(crate) use thin::thin;

use std::collections::HashMap;

use self::input::Input;
use self::machine::{Machine, Reading};
use super::objects::{Global, Id, Objects, Value};
use super::trust::{Contents, Named};

/// A pickle that was read.
#[derive(Debug)]
pub(crate) struct Pickle {
    objects: Objects,
    root: Id,
    /// Every class and function that it names, in the order of their first mention.
    pub(crate) globals: Vec<Named>,
    /// The highest protocol that it announces.
    pub(crate) protocol: u8,
    /// Bytes that follow its end.
    pub(crate) trailing_bytes: usize,
}

impl Pickle {
    /// Reads the first pickle in `bytes`.
    ///
    /// # Errors
    /// The first instruction that cannot be followed, with its place.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, PickleError> {
        let mut reading = Reading::default();
        let mut machine = Machine::new(Input::new(bytes), &mut reading, true);
        let root = machine.run()?;
        let trailing_bytes = machine.input.left();
        Ok(Self {
            root,
            trailing_bytes,
            protocol: reading.protocol,
            globals: named(reading.globals, &reading.objects, root),
            objects: reading.objects,
        })
    }

    /// The object that the pickle makes.
    pub(crate) fn root(&self) -> Value<'_> {
        self.objects.value(self.root)
    }

    /// What is in it.
    pub(crate) fn contents(self) -> Contents {
        Contents {
            protocol: Some(self.protocol.into()),
            objects: self.objects.len(),
            class: self.root().class().map(ToString::to_string),
            globals: self.globals,
        }
    }
}

/// Names with their first places, in the order of these, and how much the file makes of them.
fn named(places: HashMap<Global, usize>, objects: &Objects, root: Id) -> Vec<Named> {
    let trusted = dill::trusted(objects, root, &places.keys().collect::<Vec<_>>());
    let names = places.into_iter();
    let mut names: Vec<_> = names
        .map(|(global, offset)| match trusted.contains(&global) {
            true => Named::trusted(global, offset),
            false => Named::new(global, Some(offset)),
        })
        .collect();
    names.sort_by_key(|named| named.offset);
    names
}

/// Whether `bytes` begin as pickles do. Protocols 0 and 1 have no signature: their pickles end in a full stop
/// and begin with an instruction that makes an instance, a list, a tuple or a dict.
pub(crate) fn is_pickle(bytes: &[u8]) -> bool {
    match bytes {
        [opcode::PROTO, 0..=5, ..] => true,
        [first, .., opcode::STOP] => matches!(*first, opcode::GLOBAL | opcode::MARK | b']' | b'}'),
        _ => false,
    }
}
