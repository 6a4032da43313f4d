//! A text to its terms, exactly as scikit-learn's analyzers make them.

use std::collections::HashSet;

use super::unicode::{self, is_space, is_word};
use crate::artifact::{Analyzer, StripAccents, Text};

/// The text that terms are made of: in lower case and without accents, if so said.
pub(super) fn prepared(text: &Text, content: &str) -> String {
    let content = match text.lowercase {
        true => content.to_lowercase(),
        false => content.to_owned(),
    };
    match text.strip_accents {
        None => content,
        Some(StripAccents::Ascii) => unicode::in_ascii(content),
        Some(StripAccents::Unicode) => unicode::without_combining(content),
    }
}

/// Gives each term of a prepared text, as often as it stands there.
pub(super) fn each(
    text: &Text,
    stop_words: &HashSet<String>,
    content: &str,
    term: &mut dyn FnMut(&str),
) {
    match text.analyzer {
        Analyzer::Word => words(content, stop_words, text.ngrams, term),
        Analyzer::Char => characters(&squeezed(content), text.ngrams, term),
        Analyzer::CharWb => characters_of_words(content, text.ngrams, term),
    }
}

fn words(
    content: &str,
    stop_words: &HashSet<String>,
    [least, most]: [usize; 2],
    term: &mut dyn FnMut(&str),
) {
    let runs = content.split(|character| !is_word(character));
    let words = runs.filter(|word| word.chars().nth(1).is_some());
    let words = words.filter(|word| stop_words.is_empty() || !stop_words.contains(*word));
    if most == 1 {
        return words.for_each(term);
    }
    let words: Vec<&str> = words.collect();
    let mut joined = String::new();
    for length in least..=most {
        for words in words.windows(length) {
            joined.clear();
            for (index, word) in words.iter().enumerate() {
                if index > 0 {
                    joined.push(' ');
                }
                joined.push_str(word);
            }
            term(&joined);
        }
    }
}

/// The text with one space for two and more characters of white space.
fn squeezed(content: &str) -> String {
    let mut squeezed = String::with_capacity(content.len());
    let mut characters = content.chars().peekable();
    while let Some(character) = characters.next() {
        if !is_space(character) || !characters.peek().is_some_and(|&next| is_space(next)) {
            squeezed.push(character);
            continue;
        }
        while characters.next_if(|&next| is_space(next)).is_some() {}
        squeezed.push(' ');
    }
    squeezed
}

fn characters(content: &str, [least, most]: [usize; 2], term: &mut dyn FnMut(&str)) {
    let bounds = bounds(content);
    for length in least..=most {
        windows(content, &bounds, length, term);
    }
}

fn characters_of_words(content: &str, [least, most]: [usize; 2], term: &mut dyn FnMut(&str)) {
    let mut padded = String::new();
    for word in content.split(is_space).filter(|word| !word.is_empty()) {
        padded.clear();
        padded.extend([" ", word, " "]);
        let bounds = bounds(&padded);
        let characters = bounds.len() - 1;
        for length in least..=most {
            if length >= characters {
                // A word that is no longer than this counts once.
                term(&padded);
                break;
            }
            windows(&padded, &bounds, length, term);
        }
    }
}

/// Where each character begins, and the end.
fn bounds(content: &str) -> Vec<usize> {
    let starts = content.char_indices().map(|(index, _)| index);
    starts.chain([content.len()]).collect()
}

/// Gives each run of so many characters.
fn windows(content: &str, bounds: &[usize], length: usize, term: &mut dyn FnMut(&str)) {
    let ends = bounds.iter().skip(length);
    for (&start, &end) in bounds.iter().zip(ends) {
        term(content.get(start..end).unwrap_or_default());
    }
}
