//! Names of files, of which an error lists a few.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt;

use crate::limits::{ERROR_NAMES_MAX, ERROR_VALUE_CHARS_MAX};
use crate::text::{self, Unit};

/// Names of files: the first ones in alphabetical order, and how many there are.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) first: BTreeSet<OsString>,
    pub(super) count: usize,
}

impl Names {
    pub(super) fn add(&mut self, name: OsString) {
        self.count += 1;
        self.first.insert(name);
        if self.first.len() > ERROR_NAMES_MAX {
            self.first.pop_last();
        }
    }
}

impl fmt::Display for Names {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count == 0 {
            return formatter.write_str("nothing");
        }
        for (place, name) in self.first.iter().enumerate() {
            let separator = if place == 0 { "" } else { ", " };
            let name = name.to_string_lossy();
            let name = text::bounded(&name, ERROR_VALUE_CHARS_MAX, Unit::Characters);
            write!(formatter, "{separator}{name}")?;
        }
        match self.count - self.first.len() {
            0 => Ok(()),
            more => write!(formatter, " and {more} more"),
        }
    }
}
