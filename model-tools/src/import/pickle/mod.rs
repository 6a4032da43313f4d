//! Pickles of Python, protocols 0 to 5, and joblib's dumps, read as data.
//!
//! A pickle is a program for a stack machine, and loading one in Python can run anything. Here the program
//! only makes a tree of [`Objects`]: a class or function is a name, a call is that name with its arguments.
//! Every instruction, object and byte counts against a bound.

mod calls;
mod error;
mod globals;
mod input;
mod joblib;
mod literal;
mod machine;
mod numpy;
mod opcode;
#[cfg(test)]
mod tests;

pub(crate) use error::PickleError;
pub(crate) use globals::{Dangerous, Named, Trust};

use self::input::Input;
use self::machine::{Machine, Reading};
use super::objects::{Id, Objects, Value};

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
            globals: globals::named(reading.globals),
            objects: reading.objects,
        })
    }

    /// Checks that nothing dangerous is named.
    ///
    /// # Errors
    /// Everything dangerous that is.
    pub(crate) fn refuse_dangerous(&self) -> Result<(), Dangerous> {
        let dangerous = self
            .globals
            .iter()
            .filter(|named| named.trust == Trust::Dangerous);
        let named: Vec<_> = dangerous.cloned().collect();
        if named.is_empty() {
            return Ok(());
        }
        Err(Dangerous(named))
    }

    /// The object that the pickle makes.
    pub(crate) fn root(&self) -> Value<'_> {
        self.objects.value(self.root)
    }

    /// How many objects it is made of.
    pub(crate) fn object_count(&self) -> usize {
        self.objects.len()
    }
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
