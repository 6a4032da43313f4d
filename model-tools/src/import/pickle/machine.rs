//! The state of the stack machine that a pickle is a program for: numbers of nodes on a stack, marks and a memo.

use std::collections::HashMap;

use super::error::{PickleError, Problem};
use super::input::Input;
use crate::import::objects::{Global, Id, Node, Objects};

/// What all pickles of one file share: an object array in a joblib dump is a pickle within the pickle.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) objects: Objects,
    /// The first place that names each class and function.
    pub(super) globals: HashMap<Global, usize>,
    pub(super) instructions: usize,
    /// The highest protocol that was announced.
    pub(super) protocol: u8,
}

/// The machine in the middle of its program.
pub(super) struct Machine<'a, 'r> {
    pub(super) input: Input<'a>,
    pub(super) reading: &'r mut Reading,
    /// Whether arrays of joblib lie between the instructions.
    pub(super) joblib: bool,
    pub(super) stack: Vec<Id>,
    /// Heights of the stack that MARK has noted.
    pub(super) marks: Vec<usize>,
    pub(super) memo: HashMap<u32, Id>,
}

pub(super) type Outcome<T> = Result<T, Problem>;

impl<'a, 'r> Machine<'a, 'r> {
    pub(super) fn new(input: Input<'a>, reading: &'r mut Reading, joblib: bool) -> Self {
        Self {
            input,
            reading,
            joblib,
            stack: Vec::new(),
            marks: Vec::new(),
            memo: HashMap::new(),
        }
    }

    pub(super) fn push_node(&mut self, node: Node) -> Outcome<Id> {
        let id = self.reading.objects.add(node)?;
        self.stack.push(id);
        Ok(id)
    }

    /// The height below which the current instruction may not reach.
    pub(super) fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    pub(super) fn top(&self) -> Outcome<Id> {
        let above = self.stack.get(self.floor()..).unwrap_or_default();
        above.last().copied().ok_or(Problem::Stack("a value"))
    }

    pub(super) fn pop(&mut self) -> Outcome<Id> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    pub(super) fn pop_to_mark(&mut self) -> Outcome<Vec<Id>> {
        let height = self.marks.pop().ok_or(Problem::Stack("a mark"))?;
        Ok(self.stack.split_off(height.min(self.stack.len())))
    }

    /// Pushes a class or function that the instruction at `offset` names.
    pub(super) fn name(&mut self, module: String, name: String, offset: usize) -> Outcome<()> {
        let global = Global { module, name };
        self.reading.globals.entry(global.clone()).or_insert(offset);
        self.push_node(Node::Global(Box::new(global))).map(drop)
    }
}

/// Why a step ended the program.
pub(super) enum Stop {
    /// In this instruction.
    Here(Problem),
    /// In a pickle within the pickle, at a place of its own.
    Elsewhere(PickleError),
}

impl<T: Into<Problem>> From<T> for Stop {
    fn from(problem: T) -> Self {
        Self::Here(problem.into())
    }
}
