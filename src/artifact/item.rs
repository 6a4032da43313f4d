//! An item of CBOR whose structure was checked, read where it lies.
//!
//! Every reader of the format takes an [`Item`] and asks it for what it must be: a number, a text, a list, a map by
//! its keys. Nothing is copied but what stays, and each question is compiled once.

use super::cbor::{self, EXACT_INTEGER_MAX, FALSE, Head, NULL, TRUE};
use super::error::ArtifactError;
use crate::limits::ERROR_VALUE_CHARS_MAX;
use crate::text::{Quoted, Unit, bounded};

/// An item, with all that follows it.
#[derive(Clone, Copy)]
pub(super) struct Item<'a>(&'a [u8]);

/// Why an item is not what it must be.
#[derive(Debug)]
pub(super) struct Wrong {
    /// Bytes from the beginning of the item to the end of all.
    left: usize,
    reason: String,
}

impl Wrong {
    /// The error of a part of an artifact.
    pub(super) fn of_part(&self, part: &'static str, whole: Item<'_>) -> ArtifactError {
        let reason = self.in_whole(whole);
        ArtifactError::Shape { part, reason }
    }

    /// The reason, after the keys and places that lead to the item.
    pub(super) fn in_whole(&self, whole: Item<'_>) -> String {
        match whole.way_to(self.left) {
            way if way.is_empty() => self.reason.clone(),
            way => format!("{way}: {}", self.reason),
        }
    }
}

impl<'a> Item<'a> {
    /// The item that these bytes are. Its structure was checked, or it was written here.
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The head, and the bytes after it.
    fn open(self) -> (Head, &'a [u8]) {
        let mut bytes = self.0;
        let head = Head::take(&mut bytes).unwrap_or(Head::Break);
        (head, bytes)
    }

    pub(super) fn head(self) -> Head {
        self.open().0
    }

    pub(super) fn wrong(self, reason: String) -> Wrong {
        Wrong {
            left: self.0.len(),
            reason,
        }
    }

    /// The error of an item of another type.
    pub(super) fn invalid(self, expected: &str) -> Wrong {
        let found = match self.head() {
            head @ (Head::Positive(_) | Head::Negative(_)) => {
                format!("integer `{}`", integer(head).unwrap_or_default())
            }
            Head::Float(number) => format!("floating point `{number:?}`"),
            Head::Text(_) => format!("string {}", Quoted::of(self.string())),
            Head::Simple(FALSE) => "boolean `false`".to_owned(),
            Head::Simple(TRUE) => "boolean `true`".to_owned(),
            Head::Simple(_) | Head::Break => "null".to_owned(),
            Head::Bytes(_) => "byte array".to_owned(),
            Head::Array(_) => "sequence".to_owned(),
            Head::Map(_) => "map".to_owned(),
            Head::Tag(tag) => format!("tag {tag}"),
        };
        self.wrong(format!("invalid type: {found}, expected {expected}"))
    }

    /// The error of a list of another length.
    pub(super) fn invalid_length(self, found: usize, expected: &str) -> Wrong {
        self.wrong(format!("invalid length {found}, expected {expected}"))
    }

    /// The error of a text that is none of these.
    #[inline(never)]
    pub(super) fn unknown_word(self, text: &str, words: &[&str]) -> Wrong {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        let expected = match words.as_slice() {
            [first, second] => format!("{first} or {second}"),
            [only] => only.clone(),
            several => format!("one of {}", several.join(", ")),
        };
        let text = bounded(&text, ERROR_VALUE_CHARS_MAX, Unit::Characters);
        self.wrong(format!("unknown variant `{text}`, expected {expected}"))
    }

    fn is_null(self) -> bool {
        self.head() == Head::Simple(NULL)
    }

    /// The bytes of a text or of bytes.
    fn string(self) -> &'a [u8] {
        match self.open() {
            (Head::Text(Some(length)) | Head::Bytes(Some(length)), mut rest) => {
                cbor::content(&mut rest, length).unwrap_or_default()
            }
            _ => &[],
        }
    }

    pub(super) fn bytes(self) -> Result<&'a [u8], Wrong> {
        match self.head() {
            Head::Bytes(_) => Ok(self.string()),
            _ => Err(self.invalid("bytes")),
        }
    }

    /// The content of an item with this tag.
    pub(super) fn tagged(self, tag: u64) -> Result<Self, Wrong> {
        match self.open() {
            (Head::Tag(found), rest) if found == tag => Ok(Self(rest)),
            _ => Err(self.invalid(&format!("tag {tag}"))),
        }
    }

    pub(super) fn text(self) -> Result<&'a str, Wrong> {
        let text = match self.head() {
            Head::Text(_) => std::str::from_utf8(self.string()).ok(),
            _ => None,
        };
        text.ok_or_else(|| self.invalid("a string"))
    }

    pub(super) fn string_of_own(self) -> Result<String, Wrong> {
        self.text().map(str::to_owned)
    }

    /// A number: an integer stands for the float of the same value, as many CBOR encoders write 3.0 as the integer 3.
    pub(super) fn number(self) -> Result<f64, Wrong> {
        self.float("a number")
    }

    /// A number, where something else may stand as well.
    pub(super) fn float(self, expected: &str) -> Result<f64, Wrong> {
        match self.head() {
            Head::Float(number) => Ok(number),
            head => match integer(head) {
                Some(integer) => self.exactly(integer),
                None => Err(self.invalid(expected)),
            },
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "compared with 2^53 first")]
    fn exactly(self, integer: i128) -> Result<f64, Wrong> {
        if integer.unsigned_abs() > u128::from(EXACT_INTEGER_MAX) {
            return Err(self.wrong(format!(
                "the integer {integer} is too large to be a float exactly"
            )));
        }
        Ok(integer as f64)
    }

    pub(super) fn whole(self) -> Result<u64, Wrong> {
        match self.head() {
            Head::Positive(number) => Ok(number),
            _ => Err(self.invalid("a whole number from 0 on")),
        }
    }

    pub(super) fn index(self) -> Result<usize, Wrong> {
        usize::try_from(self.whole()?).map_err(|_| self.invalid("an index"))
    }

    pub(super) fn flag(self) -> Result<bool, Wrong> {
        match self.head() {
            Head::Simple(FALSE) => Ok(false),
            Head::Simple(TRUE) => Ok(true),
            _ => Err(self.invalid("a boolean")),
        }
    }

    pub(super) fn list(self, expected: &str) -> Result<List<'a>, Wrong> {
        match self.open() {
            (Head::Array(left), rest) => Ok(List { rest, left }),
            _ => Err(self.invalid(expected)),
        }
    }

    /// A list, each item read in the same way.
    pub(super) fn list_of<T>(
        self,
        expected: &str,
        read: impl Fn(Self) -> Result<T, Wrong>,
    ) -> Result<Vec<T>, Wrong> {
        let mut list = Vec::new();
        for item in self.list(expected)? {
            list.push(read(item)?);
        }
        // What is loaded stays: a list that grew has up to half of its memory to spare.
        list.shrink_to_fit();
        Ok(list)
    }

    /// Two items.
    pub(super) fn pair<T>(
        self,
        expected: &str,
        read: impl Fn(Self) -> Result<T, Wrong>,
    ) -> Result<[T; 2], Wrong> {
        let list = self.list_of(expected, read)?;
        let found = list.len();
        list.try_into()
            .map_err(|_| self.invalid_length(found, expected))
    }

    pub(super) fn numbers(self) -> Result<Vec<f64>, Wrong> {
        let list = self.list("a list of numbers")?;
        // Each number has a byte at least, so that no more is reserved than stands there.
        let count = list.left.unwrap_or_default().min(list.rest.len());
        let mut numbers = Vec::with_capacity(count);
        for item in list {
            numbers.push(item.number()?);
        }
        numbers.shrink_to_fit();
        Ok(numbers)
    }

    /// Lists of numbers.
    pub(super) fn table(self) -> Result<Vec<Vec<f64>>, Wrong> {
        self.list_of("a list of lists of numbers", Item::numbers)
    }

    pub(super) fn indices(self) -> Result<Vec<usize>, Wrong> {
        self.list_of("a list of columns", Item::index)
    }

    pub(super) fn texts(self) -> Result<Vec<String>, Wrong> {
        self.list_of("a list of texts", Item::string_of_own)
    }

    /// A map, whose keys can be asked for.
    pub(super) fn map(self, expected: &str) -> Result<Map<'a>, Wrong> {
        let (Head::Map(left), rest) = self.open() else {
            return Err(self.invalid(expected));
        };
        let left = left.map(|left| left.saturating_mul(2));
        let mut items = List { rest, left };
        let mut entries = Vec::new();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            entries.push((key.text()?, value));
        }
        Ok(Map {
            whole: self,
            entries,
        })
    }

    /// A map with one key, which says what its value is.
    pub(super) fn variant(self, expected: &str) -> Result<(&'a str, Self), Wrong> {
        match self.map(expected)?.entries.as_slice() {
            [entry] => Ok(*entry),
            other => Err(self.invalid_length(other.len(), expected)),
        }
    }

    /// The keys and places that lead from here to the item that has so many bytes left: `model.labels[2]`.
    fn way_to(self, left: usize) -> String {
        let (mut way, mut item) = (String::new(), self);
        while item.0.len() > left {
            let contains = |inner: &Item<'_>| inner.0.len() >= left;
            let step = match item.head() {
                Head::Array(_) => item.list("").ok().and_then(|list| {
                    let inner = list.enumerate();
                    let inner = inner.take_while(|(_, inner)| contains(inner)).last()?;
                    Some((format!("[{}]", inner.0), inner.1))
                }),
                _ => item.map("").ok().and_then(|map| {
                    let mut inner = map.entries.into_iter().rev();
                    let (key, inner) = inner.find(|(_, inner)| contains(inner))?;
                    let key = bounded(&key, ERROR_VALUE_CHARS_MAX, Unit::Characters);
                    let point = if way.is_empty() { "" } else { "." };
                    Some((format!("{point}{key}"), inner))
                }),
            };
            let Some((step, inner)) = step else { break };
            way.push_str(&step);
            item = inner;
        }
        way
    }
}

/// The whole number that a head is.
fn integer(head: Head) -> Option<i128> {
    match head {
        Head::Positive(number) => Some(i128::from(number)),
        Head::Negative(number) => Some(-1 - i128::from(number)),
        _ => None,
    }
}

/// The items of a list.
pub(super) struct List<'a> {
    rest: &'a [u8],
    /// How many there are still, if their number was given.
    left: Option<usize>,
}

impl<'a> Iterator for List<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        self.left = match self.left {
            Some(left) => Some(left.checked_sub(1)?),
            None => None,
        };
        let item = Item(self.rest);
        // The structure was checked: an item that cannot be passed over is the break that ends the list.
        cbor::skip(&mut self.rest).ok()?.then_some(item)
    }
}

/// The entries of a map.
pub(super) struct Map<'a> {
    whole: Item<'a>,
    entries: Vec<(&'a str, Item<'a>)>,
}

impl<'a> Map<'a> {
    /// The keys and values, in their order.
    pub(super) fn entries(&self) -> &[(&'a str, Item<'a>)] {
        &self.entries
    }

    /// The error of the map as a whole.
    pub(super) fn wrong(&self, reason: String) -> Wrong {
        self.whole.wrong(reason)
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<Item<'a>> {
        let mut entries = self.entries.iter();
        entries.find(|entry| entry.0 == key).map(|entry| entry.1)
    }

    /// The value of a key, if it is not `null`.
    pub(super) fn optional(&self, key: &str) -> Option<Item<'a>> {
        self.get(key).filter(|item| !item.is_null())
    }

    /// The value of a key that must be there.
    pub(super) fn required(&self, key: &str) -> Result<Item<'a>, Wrong> {
        self.get(key)
            .ok_or_else(|| self.wrong(format!("missing field `{key}`")))
    }

    pub(super) fn number(&self, key: &str) -> Result<f64, Wrong> {
        self.required(key)?.number()
    }

    pub(super) fn numbers(&self, key: &str) -> Result<Vec<f64>, Wrong> {
        self.required(key)?.numbers()
    }

    pub(super) fn table(&self, key: &str) -> Result<Vec<Vec<f64>>, Wrong> {
        self.required(key)?.table()
    }

    /// A number, `null` or nothing.
    pub(super) fn optional_number(&self, key: &str) -> Result<Option<f64>, Wrong> {
        self.optional(key).map(Item::number).transpose()
    }

    /// Numbers; none if the key is not there.
    pub(super) fn some_numbers(&self, key: &str) -> Result<Vec<f64>, Wrong> {
        self.get(key).map_or_else(|| Ok(Vec::new()), Item::numbers)
    }

    /// Texts; none if the key is not there.
    pub(super) fn some_texts(&self, key: &str) -> Result<Vec<String>, Wrong> {
        self.get(key).map_or_else(|| Ok(Vec::new()), Item::texts)
    }

    /// `true` or `false`; this one if the key is not there.
    pub(super) fn flag_or(&self, key: &str, other: bool) -> Result<bool, Wrong> {
        self.get(key).map_or(Ok(other), Item::flag)
    }
}
