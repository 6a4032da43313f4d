//! Why bytes are no pickle that can be read, with the place in them.

use crate::import::limits::{INSTRUCTIONS_MAX, LINE_BYTES_MAX};
use crate::import::objects::{ArrayError, TreeTooLarge};

/// What is wrong at a byte. Offsets count the bytes after decompression.
#[derive(Debug, thiserror::Error)]
#[error("byte {offset} of the pickle: {problem}")]
pub(crate) struct PickleError {
    /// Where the instruction begins that cannot be followed.
    pub(crate) offset: usize,
    /// Why not.
    pub(crate) problem: Problem,
}

/// Why an instruction cannot be followed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// The file ends too early.
    #[error("the file ends here, inside {0}: it was cut short")]
    Truncated(&'static str),
    /// No such instruction.
    #[error("0x{0:02x} is no instruction of a pickle: the file is damaged, or is something else")]
    UnknownInstruction(u8),
    /// An instruction that needs what a file does not hold.
    #[error("the instruction {name} needs {what}, which is not in the file")]
    Outside {
        /// Its name.
        name: &'static str,
        /// What it would take.
        what: &'static str,
    },
    /// A newer Python than is known.
    #[error("protocol {0} is not known: 0 to 5 are")]
    Protocol(u8),
    /// More instructions than there may be.
    #[error("more than {INSTRUCTIONS_MAX} instructions: no linear model needs as many")]
    Instructions,
    /// More numbers for stored objects than objects.
    #[error("an object is stored under several numbers, which no program writes")]
    StoredTwice,
    /// More objects or bytes than there may be.
    #[error(transparent)]
    TooLarge(#[from] TreeTooLarge),
    /// The stack has not what the instruction works on.
    #[error("the stack does not hold {0}: the file is damaged")]
    Stack(&'static str),
    /// Nothing was remembered under this number.
    #[error("nothing was stored under the number {0}: the file is damaged")]
    Memo(u32),
    /// An argument of the wrong form.
    #[error("{0}")]
    Argument(String),
    /// A line that does not end.
    #[error("a line of more than {LINE_BYTES_MAX} bytes")]
    Line,
    /// An array that is none.
    #[error(transparent)]
    Array(#[from] ArrayError),
}

impl Problem {
    /// The problem at a place.
    pub(crate) fn at(self, offset: usize) -> PickleError {
        PickleError {
            offset,
            problem: self,
        }
    }
}
