//! The program that a pickle is, followed instruction by instruction. It moves numbers of nodes; it calls nothing.

use super::error::{PickleError, Problem};
use super::machine::{Machine, Outcome, Stop};
use super::{calls, literal, opcode as op};
use crate::import::limits::INSTRUCTIONS_MAX;
use crate::import::objects::{Id, Node};

/// The newest protocol, of Python 3.8 and later.
const PROTOCOL_MAX: u8 = 5;

impl Machine<'_, '_> {
    /// Follows the program to its end and gives the object it makes.
    pub(super) fn run(&mut self) -> Result<Id, PickleError> {
        loop {
            let offset = self.input.offset();
            match self.step() {
                Ok(None) => {}
                Ok(Some(root)) => return Ok(root),
                Err(Stop::Here(problem)) => return Err(problem.at(offset)),
                Err(Stop::Elsewhere(error)) => return Err(error),
            }
        }
    }

    fn step(&mut self) -> Result<Option<Id>, Stop> {
        let offset = self.input.offset();
        self.reading.instructions += 1;
        if self.reading.instructions > INSTRUCTIONS_MAX {
            return Err(Problem::Instructions.into());
        }
        let code = self.input.byte("the program")?;
        if let Some(node) = literal::read(code, &mut self.input)? {
            self.push_node(node)?;
            return Ok(None);
        }
        match code {
            op::STOP => return Ok(Some(self.pop()?)),
            op::PROTO => self.protocol()?,
            op::FRAME => drop(self.input.take(8, "a frame")?),
            op::MARK => self.marks.push(self.stack.len()),
            op::POP => self.discard()?,
            op::POP_MARK => drop(self.pop_to_mark()?),
            op::DUP => self.stack.push(self.top()?),
            op::LIST | op::TUPLE | op::DICT | op::FROZENSET => self.collect(code)?,
            op::TUPLE1 => self.tuple(1)?,
            op::TUPLE2 => self.tuple(2)?,
            op::TUPLE3 => self.tuple(3)?,
            op::APPEND | op::APPENDS | op::ADDITEMS => self.append(code)?,
            op::SETITEM | op::SETITEMS => self.set_items(code)?,
            op::PUT | op::BINPUT | op::LONG_BINPUT | op::MEMOIZE => self.remember(code)?,
            op::GET | op::BINGET | op::LONG_BINGET => self.recall(code)?,
            op::GLOBAL | op::STACK_GLOBAL => self.global(code, offset)?,
            op::REDUCE => calls::reduce(self)?,
            op::NEWOBJ => calls::new_object(self)?,
            op::NEWOBJ_EX => calls::new_object_with_names(self)?,
            op::BUILD => calls::build(self)?,
            other => return Err(refused(other).into()),
        }
        Ok(None)
    }

    /// POP takes a mark away if one is on top.
    fn discard(&mut self) -> Outcome<()> {
        if self.marks.last() == Some(&self.stack.len()) {
            self.marks.pop();
            return Ok(());
        }
        self.pop().map(drop)
    }

    fn protocol(&mut self) -> Outcome<()> {
        let protocol = self.input.byte("the protocol")?;
        if protocol > PROTOCOL_MAX {
            return Err(Problem::Protocol(protocol));
        }
        self.reading.protocol = self.reading.protocol.max(protocol);
        Ok(())
    }

    fn tuple(&mut self, length: usize) -> Outcome<()> {
        let height = self.stack.len().checked_sub(length);
        let height = height.filter(|&height| height >= self.floor());
        let elements = self
            .stack
            .split_off(height.ok_or(Problem::Stack("enough for a tuple"))?);
        self.push_node(Node::Tuple(elements)).map(drop)
    }

    fn collect(&mut self, code: u8) -> Outcome<()> {
        let elements = self.pop_to_mark()?;
        let node = match code {
            op::LIST => Node::List(elements),
            op::TUPLE => Node::Tuple(elements),
            op::FROZENSET => Node::Set(elements),
            _ => Node::Dict(pairs(&elements)?),
        };
        self.push_node(node).map(drop)
    }

    fn append(&mut self, code: u8) -> Outcome<()> {
        let added = if code == op::APPEND {
            vec![self.pop()?]
        } else {
            self.pop_to_mark()?
        };
        let container = self.top()?;
        match self.reading.objects.get_mut(container) {
            Some(Node::List(elements) | Node::Set(elements)) => elements.extend(added),
            Some(Node::Object(object)) => object.elements.extend(added),
            _ => return Err(Problem::Stack("a list to add to")),
        }
        Ok(())
    }

    fn set_items(&mut self, code: u8) -> Outcome<()> {
        let added = if code == op::SETITEM {
            let value = self.pop()?;
            vec![self.pop()?, value]
        } else {
            self.pop_to_mark()?
        };
        let added = pairs(&added)?;
        let container = self.top()?;
        match self.reading.objects.get_mut(container) {
            Some(Node::Dict(entries)) => entries.extend(added),
            Some(Node::Object(object)) => object.entries.extend(added),
            _ => return Err(Problem::Stack("a dict to add to")),
        }
        Ok(())
    }

    fn remember(&mut self, code: u8) -> Outcome<()> {
        let number = self.memo_number(code)?;
        let top = self.top()?;
        self.memo.insert(number, top);
        // Writers store each object once; a program of nothing else takes long and makes nothing.
        if self.memo.len() > self.reading.objects.len() {
            return Err(Problem::StoredTwice);
        }
        Ok(())
    }

    fn recall(&mut self, code: u8) -> Outcome<()> {
        let number = self.memo_number(code)?;
        let id = *self.memo.get(&number).ok_or(Problem::Memo(number))?;
        self.stack.push(id);
        Ok(())
    }

    fn memo_number(&mut self, code: u8) -> Outcome<u32> {
        const WHAT: &str = "the number of a stored object";
        match code {
            op::BINPUT | op::BINGET => self.input.byte(WHAT).map(u32::from),
            op::LONG_BINPUT | op::LONG_BINGET => self.input.u32(WHAT),
            op::PUT | op::GET => {
                let line = self.input.text_line(WHAT)?;
                line.parse()
                    .map_err(|_| Problem::Argument(format!("{WHAT} is not a number")))
            }
            _ => u32::try_from(self.memo.len()).map_err(|_| Problem::Instructions),
        }
    }

    fn global(&mut self, code: u8, offset: usize) -> Outcome<()> {
        let (module, name) = if code == op::GLOBAL {
            let module = self.input.text_line("the name of a module")?.to_owned();
            (
                module,
                self.input.text_line("the name of a class")?.to_owned(),
            )
        } else {
            let name = self.pop_text()?;
            (self.pop_text()?, name)
        };
        self.name(module, name, offset)
    }

    fn pop_text(&mut self) -> Outcome<String> {
        let id = self.pop()?;
        let text = self.reading.objects.value(id).text();
        text.map(str::to_owned)
            .ok_or(Problem::Stack("the name of a class"))
    }
}

fn pairs(flat: &[Id]) -> Outcome<Vec<(Id, Id)>> {
    let (pairs, rest) = flat.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Problem::Stack("a value for every key"));
    }
    Ok(pairs.iter().map(|&[key, value]| (key, value)).collect())
}

fn refused(code: u8) -> Problem {
    const HOOK: &str = "an object that only the writing program can give";
    const REGISTRY: &str = "the registry of extensions of the writing program";
    const BUFFER: &str = "a buffer that was written elsewhere";
    const OLD: &str = "a class of Python 2's old style";
    let (name, what) = match code {
        op::PERSID => ("PERSID", HOOK),
        op::BINPERSID => ("BINPERSID", HOOK),
        op::EXT1 => ("EXT1", REGISTRY),
        op::EXT2 => ("EXT2", REGISTRY),
        op::EXT4 => ("EXT4", REGISTRY),
        op::NEXT_BUFFER => ("NEXT_BUFFER", BUFFER),
        op::READONLY_BUFFER => ("READONLY_BUFFER", BUFFER),
        op::INST => ("INST", OLD),
        op::OBJ => ("OBJ", OLD),
        other => return Problem::UnknownInstruction(other),
    };
    Problem::Outside { name, what }
}
