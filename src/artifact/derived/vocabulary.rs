//! Half a million terms in few bytes: one after the other in one text, and where each ends.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use crate::artifact::cbor::Writer;
use crate::artifact::form::Form;
use crate::artifact::item::{Item, Wrong};

/// The terms of a vocabulary, in the order of their columns. Copies share the terms.
#[derive(Clone)]
pub struct Vocabulary(Arc<Index>);

/// Terms, and where to find each.
struct Index {
    list: List,
    /// A table with open addressing: the index of a term plus one, or 0. At least half of it is empty.
    slots: Vec<u32>,
    hasher: RandomState,
    /// The first term that stood in the list before.
    repeated: Option<usize>,
}

#[derive(Default, PartialEq, Eq)]
struct List {
    text: String,
    /// Where each term ends in the text, in bytes.
    ends: Vec<u32>,
}

impl Vocabulary {
    /// How many terms there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.list.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The term with this index.
    #[must_use]
    pub fn term(&self, index: usize) -> Option<&str> {
        self.0.list.term(index)
    }

    /// The index of a term.
    #[must_use]
    pub fn find(&self, term: &str) -> Option<usize> {
        self.0.find(term).ok()
    }

    /// The first term that stands in the list twice.
    #[must_use]
    pub fn repeated(&self) -> Option<&str> {
        self.term(self.0.repeated?)
    }

    /// The terms.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|index| self.term(index))
    }

    /// Bytes of memory that the terms take.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let numbers = self.0.list.ends.len() + self.0.slots.len();
        self.0.list.text.len() + numbers * size_of::<u32>()
    }
}

impl Index {
    fn new(mut list: List) -> Self {
        list.text.shrink_to_fit();
        list.ends.shrink_to_fit();
        let mut index = Self {
            slots: vec![0; (2 * list.ends.len() + 1).next_power_of_two()],
            list,
            hasher: RandomState::new(),
            repeated: None,
        };
        for term in 0..index.list.ends.len() {
            index.add(term);
        }
        index
    }

    fn add(&mut self, term: usize) {
        let found = self.list.term(term).map(|text| self.find(text));
        match found {
            Some(Err(slot)) => {
                if let (Some(slot), Ok(number)) =
                    (self.slots.get_mut(slot), u32::try_from(term + 1))
                {
                    *slot = number;
                }
            }
            _ => self.repeated = self.repeated.or(Some(term)),
        }
    }

    /// The index of a term, or the empty slot where it would stand.
    fn find(&self, term: &str) -> Result<usize, usize> {
        let mask = self.slots.len() - 1;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "only the lower bits are used"
        )]
        let mut slot = self.hasher.hash_one(term) as usize & mask;
        while let Some(&number @ 1..) = self.slots.get(slot) {
            let index = number as usize - 1;
            if self.list.term(index) == Some(term) {
                return Ok(index);
            }
            slot = (slot + 1) & mask;
        }
        Err(slot)
    }
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self::from_iter::<[&str; 0]>([])
    }
}

impl PartialEq for Vocabulary {
    fn eq(&self, other: &Self) -> bool {
        self.0.list == other.0.list
    }
}

impl List {
    fn term(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let before = index.checked_sub(1);
        let start = before.and_then(|before| self.ends.get(before)).copied();
        self.text.get(start.unwrap_or(0) as usize..end as usize)
    }

    /// Adds a term. False past 4 GiB of text, which no artifact has.
    fn push(&mut self, term: &str) -> bool {
        self.text.push_str(term);
        u32::try_from(self.text.len())
            .map(|end| self.ends.push(end))
            .is_ok()
    }
}

impl<S: AsRef<str>> FromIterator<S> for Vocabulary {
    /// The vocabulary of these terms: at most 4 GiB of them.
    fn from_iter<I: IntoIterator<Item = S>>(terms: I) -> Self {
        let mut list = List::default();
        let _ = terms.into_iter().all(|term| list.push(term.as_ref()));
        Self(Arc::new(Index::new(list)))
    }
}

impl fmt::Debug for Vocabulary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Vocabulary({} terms)", self.len())
    }
}

impl Form for Vocabulary {
    fn read(item: Item<'_>) -> Result<Self, Wrong> {
        let mut list = List::default();
        for item in item.list("a list of terms")? {
            if !list.push(item.text()?) {
                return Err(
                    item.wrong("the terms of a vocabulary are too long together".to_owned())
                );
            }
        }
        Ok(Self(Arc::new(Index::new(list))))
    }

    fn write(&self, writer: &mut Writer) {
        writer.array(self.len());
        self.iter().for_each(|term| writer.text(term));
    }
}
