//! Texts to the columns of their terms: sparse, so that a row costs what its text has.

mod hash;
mod terms;
mod unicode;

use std::collections::HashSet;

use super::normalize;
use crate::artifact::{Analyzer, Terms, Text};
use crate::limits::{TERMS_GATHERED, TEXT_TERMS_MAX};
use crate::rows::entries::Entry;

/// An entry of kind `text`, ready to be computed.
#[derive(Debug, Clone)]
pub(super) struct TextColumns {
    /// The first of its sparse columns.
    first: usize,
    stop_words: HashSet<String>,
    text: Text,
}

impl TextColumns {
    pub(super) fn new(text: &Text, first: usize) -> Self {
        Self {
            first,
            stop_words: text.stop_words.iter().cloned().collect(),
            text: text.clone(),
        }
    }

    /// The feature whose cells are the texts.
    pub(super) fn feature(&self) -> usize {
        self.text.feature
    }

    /// Bytes of memory beside the document's own.
    pub(super) fn memory_bytes(&self) -> usize {
        let words = self.stop_words.iter();
        let words = words.map(|word| 2 * (word.len() + size_of::<String>()));
        words.sum::<usize>() + self.text.idf.len() * size_of::<f64>()
    }

    /// Bytes of memory that the entries of a text of so many bytes take at most, while their list grows.
    pub(super) fn entries_bytes(&self, bytes: usize) -> usize {
        let terms = match self.text.analyzer {
            // A word has two characters, and another one before the next.
            Analyzer::Word => bytes / 3 + 1,
            Analyzer::Char => bytes,
            // A word of one character gets a space on either side.
            Analyzer::CharWb => 2 * bytes,
        };
        let terms = terms.saturating_mul(self.term_lengths());
        let merged = TERMS_GATHERED + 3 * self.text.columns();
        // A list that grows is copied to one of twice its size.
        terms.min(merged).saturating_mul(3 * size_of::<Entry>())
    }

    /// How many lengths of terms a text is looked through for.
    pub(super) fn term_lengths(&self) -> usize {
        let [least, most] = self.text.ngrams;
        most.saturating_sub(least) + 1
    }

    /// Adds the columns of a text that are not 0 to `entries`, in their order.
    ///
    /// # Errors
    /// The text has too many terms, or a number is not finite: what is wrong with it.
    pub(super) fn compute(&self, content: &str, entries: &mut Vec<Entry>) -> Result<(), String> {
        let start = entries.len();
        let mut count = 0_usize;
        let mut gathered = TERMS_GATHERED;
        let content = terms::prepared(&self.text, content);
        terms::each(&self.text, &self.stop_words, &content, &mut |term| {
            count += 1;
            if count > TEXT_TERMS_MAX {
                return;
            }
            if let Some((column, sign)) = self.column(term) {
                entries.push((self.first + column, sign));
            }
            // A long text has the same terms again and again.
            if entries.len() - start > gathered {
                merge(entries, start);
                gathered = TERMS_GATHERED + 2 * (entries.len() - start);
            }
        });
        if count > TEXT_TERMS_MAX {
            return Err(format!("the text has more than {TEXT_TERMS_MAX} terms"));
        }
        merge(entries, start);
        self.weigh(entries.get_mut(start..).unwrap_or_default())
    }

    /// The column of a term, from 0, and the sign of its count; none if the vocabulary does not have it.
    fn column(&self, term: &str) -> Option<(usize, f64)> {
        match &self.text.terms {
            Terms::Vocabulary(vocabulary) => Some((vocabulary.find(term)?, 1.0)),
            Terms::Hashing {
                columns,
                alternate_sign,
            } => Some(hash::column(term, *columns, *alternate_sign)),
        }
    }

    /// Counts to what the model takes.
    fn weigh(&self, entries: &mut [Entry]) -> Result<(), String> {
        for (column, value) in entries.iter_mut() {
            if self.text.binary {
                *value = 1.0;
            }
            if self.text.sublinear {
                *value = 1.0 + value.ln();
            }
            if let Some(idf) = self.text.idf.get(*column - self.first) {
                *value *= idf;
            }
            if !value.is_finite() {
                return Err("the weight of a term is not a finite number".to_owned());
            }
        }
        if let Some(norm) = self.text.norm {
            normalize::divide_entries(norm, entries);
        }
        Ok(())
    }
}

/// Sorts the entries from `start` on by column, and adds up those of one column.
fn merge(entries: &mut Vec<Entry>, start: usize) {
    let tail = entries.get_mut(start..).unwrap_or_default();
    tail.sort_unstable_by_key(|&(column, _)| column);
    let (mut kept, mut last) = (0, None);
    for index in 0..tail.len() {
        let Some(&(column, value)) = tail.get(index) else {
            continue;
        };
        let is_new = last != Some(column);
        kept += usize::from(is_new);
        last = Some(column);
        if let Some(place) = tail.get_mut(kept - 1) {
            place.1 = if is_new { value } else { place.1 + value };
            place.0 = column;
        }
    }
    entries.truncate(start + kept);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of many short words and of many different characters, the most entries that so many bytes can make.
    #[test]
    fn the_entries_of_a_text_take_no_more_memory_than_is_reserved_for_them() {
        let words: String = (0..40_000_u32).map(|word| format!("{word:02} ")).collect();
        let letters: String = ('\u{21}'..'\u{7e}').cycle().take(100_000).collect();
        for analyzer in [Analyzer::Word, Analyzer::Char, Analyzer::CharWb] {
            for ngrams in [[1, 1], [1, 5], [2, 3]] {
                for columns in [50, 1 << 20] {
                    for content in [&words, &letters, &"a ".repeat(50_000)] {
                        let text = Text {
                            feature: 0,
                            lowercase: false,
                            strip_accents: None,
                            analyzer,
                            ngrams,
                            stop_words: Vec::new(),
                            terms: Terms::Hashing {
                                columns,
                                alternate_sign: false,
                            },
                            binary: false,
                            sublinear: false,
                            idf: Vec::new(),
                            norm: None,
                        };
                        let text = TextColumns::new(&text, 0);
                        let mut entries = Vec::new();
                        text.compute(content, &mut entries).unwrap();
                        let taken = entries.capacity() * size_of::<Entry>();
                        let reserved = text.entries_bytes(content.len());
                        assert!(
                            taken <= reserved,
                            "{analyzer:?} {ngrams:?} {columns}: {taken}"
                        );
                    }
                }
            }
        }
    }
}
