//! Pickles without their large arrays, for files of which only the small parts count.
//!
//! A pickle is followed from a stream, instruction by instruction, and copied but for byte strings of more than
//! [`PAYLOAD_BYTES_KEPT_MAX`]: an instruction of our own says how long each was. Nothing is held of what is left out.

use std::io::{self, BufRead, Read};

use super::opcode as op;
use crate::import::limits::{LINE_BYTES_MAX, PAYLOAD_BYTES_KEPT_MAX, THIN_BYTES_MAX};

/// The class that joblib writes before arrays that lie between the instructions, where they cannot be told apart.
const JOBLIB: &[u8] = b"NumpyArrayWrapper";

/// Copies a pickle without its large byte strings. None if it is damaged, has instructions that are not known, holds
/// arrays of joblib, or stays larger than [`THIN_BYTES_MAX`].
///
/// # Errors
/// The source cannot be read.
pub(crate) fn thin(source: impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut copy = Copy {
        source,
        bytes: Vec::new(),
    };
    loop {
        match copy.step() {
            Ok(true) => {}
            Ok(false) => return Ok(Some(copy.bytes)),
            Err(Stop::Unknown) => return Ok(None),
            Err(Stop::Failed(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Ok(None);
            }
            Err(Stop::Failed(error)) => return Err(error),
        }
    }
}

enum Stop {
    /// It is no pickle that can be thinned.
    Unknown,
    Failed(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// How an instruction's argument lies in the file.
enum Argument {
    Fixed(usize),
    Lines(usize),
    /// After its length in so many bytes.
    Counted(usize),
}

struct Copy<R> {
    source: R,
    bytes: Vec<u8>,
}

impl<R: BufRead> Copy<R> {
    /// Copies an instruction; false if it was the last.
    fn step(&mut self) -> Result<bool, Stop> {
        let mut code = [0];
        self.source.read_exact(&mut code)?;
        let [code] = code;
        match argument(code).ok_or(Stop::Unknown)? {
            Argument::Fixed(count) => {
                self.bytes.push(code);
                self.copy(count)?;
            }
            Argument::Lines(count) => {
                self.bytes.push(code);
                for _ in 0..count {
                    self.copy_line()?;
                }
            }
            Argument::Counted(width) => self.counted(code, width)?,
        }
        if self.bytes.len() > THIN_BYTES_MAX {
            return Err(Stop::Unknown);
        }
        Ok(code != op::STOP)
    }

    fn copy(&mut self, count: usize) -> Result<(), Stop> {
        let before = self.bytes.len();
        let read = (&mut self.source)
            .take(count as u64)
            .read_to_end(&mut self.bytes)?;
        if read < count {
            return Err(Stop::Unknown);
        }
        let copied = self.bytes.get(before..).unwrap_or_default();
        if memchr::memmem::find(copied, JOBLIB).is_some() {
            return Err(Stop::Unknown);
        }
        Ok(())
    }

    fn copy_line(&mut self) -> Result<(), Stop> {
        let most = LINE_BYTES_MAX as u64 + 1;
        (&mut self.source)
            .take(most)
            .read_until(b'\n', &mut self.bytes)?;
        match self.bytes.last() {
            Some(b'\n') => Ok(()),
            _ => Err(Stop::Unknown),
        }
    }

    /// Bytes after their length; large ones are left out, if they are no text.
    fn counted(&mut self, code: u8, width: usize) -> Result<(), Stop> {
        let mut length = [0; 8];
        let own = length.get_mut(..width).ok_or(Stop::Unknown)?;
        self.source.read_exact(own)?;
        let count = u64::from_le_bytes(length);
        let is_bytes = matches!(code, op::BINBYTES | op::BINBYTES8 | op::BYTEARRAY8);
        if is_bytes && count > PAYLOAD_BYTES_KEPT_MAX as u64 {
            let skipped = io::copy(&mut (&mut self.source).take(count), &mut io::sink())?;
            if skipped < count {
                return Err(Stop::Unknown);
            }
            self.bytes.push(op::LEFT_OUT);
            self.bytes.extend(count.to_le_bytes());
            return Ok(());
        }
        let count = usize::try_from(count).map_err(|_| Stop::Unknown)?;
        if count > THIN_BYTES_MAX {
            return Err(Stop::Unknown);
        }
        self.bytes.push(code);
        self.bytes.extend(length.iter().take(width));
        self.copy(count)
    }
}

fn argument(code: u8) -> Option<Argument> {
    use Argument::{Counted, Fixed, Lines};
    Some(match code {
        op::MARK
        | op::STOP
        | op::POP
        | op::DUP
        | op::NONE
        | op::REDUCE
        | op::APPEND
        | op::BUILD
        | op::DICT
        | op::LIST
        | op::SETITEM
        | op::TUPLE
        | op::POP_MARK
        | op::APPENDS
        | op::EMPTY_LIST
        | op::EMPTY_TUPLE
        | op::EMPTY_DICT
        | op::SETITEMS
        | op::NEWOBJ
        | op::TUPLE1
        | op::TUPLE2
        | op::TUPLE3
        | op::NEWTRUE
        | op::NEWFALSE
        | op::EMPTY_SET
        | op::ADDITEMS
        | op::FROZENSET
        | op::NEWOBJ_EX
        | op::STACK_GLOBAL
        | op::MEMOIZE => Fixed(0),
        op::BININT1 | op::BINPUT | op::BINGET | op::PROTO => Fixed(1),
        op::BININT2 => Fixed(2),
        op::BININT | op::LONG_BINPUT | op::LONG_BINGET => Fixed(4),
        op::BINFLOAT | op::FRAME => Fixed(8),
        op::FLOAT | op::INT | op::LONG | op::STRING | op::UNICODE | op::GET | op::PUT => Lines(1),
        op::GLOBAL => Lines(2),
        op::SHORT_BINSTRING | op::SHORT_BINUNICODE | op::SHORT_BINBYTES | op::LONG1 => Counted(1),
        op::BINSTRING | op::BINUNICODE | op::BINBYTES | op::LONG4 => Counted(4),
        op::BINUNICODE8 | op::BINBYTES8 | op::BYTEARRAY8 => Counted(8),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Pickle;
    use super::*;
    use crate::import::objects::ArrayError;

    /// `[_frombuffer(bytes, dtype("f8"), (length,), "C"), 7]`
    fn with_array(length: u32) -> Vec<u8> {
        let mut bytes = b"\x80\x05](cnumpy.core.numeric\n_frombuffer\n(".to_vec();
        let size = u64::from(length) * 8;
        bytes.push(op::BYTEARRAY8);
        bytes.extend(size.to_le_bytes());
        bytes.extend(vec![1; usize::try_from(size).unwrap()]);
        bytes.extend(b"cnumpy\ndtype\nU\x02f8\x85R(J");
        bytes.extend(length.to_le_bytes());
        bytes.extend(b"tU\x01CtRK\x07e.");
        bytes
    }

    #[test]
    fn a_large_array_is_left_out_and_all_else_is_kept() {
        let whole = with_array(1 << 20);
        let thinned = thin(whole.as_slice()).unwrap().unwrap();
        assert!(thinned.len() < 200, "{} bytes", thinned.len());
        let pickle = Pickle::read(&thinned).unwrap();
        let mut elements = pickle.root().elements().unwrap();
        let array = elements.next().unwrap().array().unwrap();
        assert_eq!(array.shape, [1 << 20]);
        let numbers = array.floats(pickle.root().objects());
        assert_eq!(numbers, Err(ArrayError::LeftOut(8 << 20)));
        assert_eq!(elements.next().unwrap().integer(), Some(7));
    }

    #[test]
    fn what_is_small_stays_byte_for_byte() {
        let whole = with_array(100);
        assert_eq!(thin(whole.as_slice()).unwrap().unwrap(), whole);
    }

    #[test]
    fn a_pickle_cut_short_or_of_joblib_is_not_thinned() {
        let whole = with_array(1 << 18);
        for length in (0..whole.len()).step_by(997).chain([whole.len() - 1]) {
            assert_eq!(
                thin(whole.get(..length).unwrap()).unwrap(),
                None,
                "{length}"
            );
        }
        let joblib = b"\x80\x04\x8c\x11NumpyArrayWrapper.";
        assert_eq!(thin(joblib.as_slice()).unwrap(), None);
    }
}
