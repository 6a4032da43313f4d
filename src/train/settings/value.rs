//! Values of hyperparameters: texts that may be JSON, JSON twice over, or what Python prints.

use std::str::FromStr;

/// A value, its quotes taken off.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'a>(pub(super) &'a str);

/// What a value ought to have been.
pub(super) type Expected = &'static str;

/// Takes off the JSON quotes that clients put around values, some of them twice: `"\"true\""` means `true`.
pub(super) fn unquoted(text: &str) -> String {
    let mut text = trimmed(text).to_owned();
    for _ in 0..2 {
        match serde_json::from_str::<String>(&text) {
            Ok(inner) => trimmed(&inner).clone_into(&mut text),
            Err(_) => break,
        }
    }
    text
}

/// The text without blanks around it, unless it is a blank itself: a delimiter may be one.
fn trimmed(text: &str) -> &str {
    match text.trim() {
        "" => text,
        trimmed => trimmed,
    }
}

impl Value<'_> {
    /// Whether it stands for no value: what Python writes for one.
    pub(super) fn is_none(self) -> bool {
        matches!(self.0, "None" | "null")
    }

    pub(super) fn truth(self) -> Result<bool, Expected> {
        match self.0.to_ascii_lowercase().as_str() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err("true or false"),
        }
    }

    /// A finite number of 0 or more.
    pub(super) fn amount(self) -> Result<f64, Expected> {
        let number = f64::from_str(self.0).ok();
        number
            .filter(|number| number.is_finite() && *number >= 0.0)
            .ok_or("a number of 0 or more")
    }

    /// A finite number.
    pub(super) fn number(self) -> Result<f64, Expected> {
        let number = f64::from_str(self.0).ok();
        number.filter(|number| number.is_finite()).ok_or("a number")
    }

    /// A number from 0 up to, but not including, 1.
    pub(super) fn share(self) -> Result<f64, Expected> {
        let share = self.amount().ok().filter(|share| *share < 1.0);
        share.ok_or("a number from 0 to less than 1")
    }

    pub(super) fn whole(self) -> Result<u64, Expected> {
        u64::from_str(self.0).map_err(|_| "a whole number of 0 or more")
    }

    /// Bytes: a whole number, with or without `k`, `m` or `g` behind it.
    pub(super) fn bytes(self) -> Result<u64, Expected> {
        let expected = "bytes, such as 64m or 2g";
        let text = self.0.to_ascii_lowercase();
        let text = text.strip_suffix('b').unwrap_or(&text);
        let (digits, shift) = match text.as_bytes().last() {
            Some(b'k') => (text.strip_suffix('k'), 10),
            Some(b'm') => (text.strip_suffix('m'), 20),
            Some(b'g') => (text.strip_suffix('g'), 30),
            _ => (Some(text), 0),
        };
        let number: u64 = digits
            .and_then(|digits| digits.trim().parse().ok())
            .ok_or(expected)?;
        number
            .checked_shl(shift)
            .filter(|bytes| bytes >> shift == number && *bytes > 0)
            .ok_or(expected)
    }

    /// Texts between commas, a JSON list of texts and numbers, or a list as Python prints it.
    pub(super) fn list(self) -> Result<Vec<String>, Expected> {
        let expected = "names between commas, or a list of names";
        let inner = self
            .0
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        let json: Option<Vec<serde_json::Value>> = serde_json::from_str(self.0).ok();
        let list: Vec<String> = match (json, inner) {
            (Some(list), _) => list.iter().map(text_of).collect(),
            (None, Some(inner)) => python_list(inner).ok_or(expected)?,
            (None, None) if self.0.starts_with('[') => return Err(expected),
            (None, None) => self
                .0
                .split(',')
                .map(|name| name.trim().to_owned())
                .collect(),
        };
        if list.iter().any(String::is_empty) {
            return Err(expected);
        }
        Ok(list)
    }

    /// The same, of texts that may be empty.
    pub(super) fn texts(self) -> Result<Vec<String>, Expected> {
        let list: Result<Vec<String>, _> = serde_json::from_str(self.0);
        list.or_else(|_| self.list())
    }
}

fn text_of(value: &serde_json::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// What is between the brackets of a list as Python prints it: `'a', "b's", 3`.
fn python_list(inner: &str) -> Option<Vec<String>> {
    let mut list = Vec::new();
    let mut rest = inner.trim();
    while !rest.is_empty() {
        let quote = rest
            .chars()
            .next()
            .filter(|first| matches!(first, '\'' | '"'));
        let (item, after) = match quote {
            Some(quote) => quoted(rest.get(1..)?, quote)?,
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                (rest.get(..end)?.trim().to_owned(), rest.get(end..)?)
            }
        };
        list.push(item);
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            Some(next) => next.trim_start(),
            None if after.is_empty() => after,
            None => return None,
        };
    }
    Some(list)
}

/// The text up to the quote that ends it, and what comes after.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut item = String::new();
    let mut characters = text.char_indices();
    while let Some((place, character)) = characters.next() {
        match character {
            '\\' => item.push(characters.next()?.1),
            _ if character == quote => return Some((item, text.get(place + 1..)?)),
            _ => item.push(character),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_quoted_once_twice_or_by_python_mean_the_same() {
        for text in ["false", "False", "0", "\"false\"", "\"\\\"False\\\"\""] {
            assert_eq!(Value(&unquoted(text)).truth(), Ok(false), "{text}");
        }
        for text in [
            "age,bmi's",
            " age , bmi's ",
            r#"["age", "bmi's"]"#,
            r#""[\"age\", \"bmi's\"]""#,
            r#"['age', "bmi's"]"#,
            r"['age', 'bmi\'s']",
        ] {
            let value = unquoted(text);
            assert_eq!(Value(&value).list().unwrap(), ["age", "bmi's"], "{text}");
        }
        assert_eq!(Value("[1, 'b']").list().unwrap(), ["1", "b"]);
        assert_eq!(Value("[3, 4]").list().unwrap(), ["3", "4"]);
    }

    #[test]
    fn bytes_have_units_and_do_not_overflow() {
        assert_eq!(Value("64m").bytes(), Ok(64 << 20));
        assert_eq!(Value("2GB").bytes(), Ok(2 << 30));
        assert_eq!(Value("1000").bytes(), Ok(1000));
        for text in ["0", "-1", "m", "99999999999g", "1.5g", ""] {
            assert!(Value(text).bytes().is_err(), "{text}");
        }
    }

    #[test]
    fn lists_that_are_not_whole_are_refused() {
        for text in ["a,,b", "['a' 'b']", "['a", r#"["a", ""]"#] {
            assert!(Value(text).list().is_err(), "{text}");
        }
        assert_eq!(Value(r#"["", "?"]"#).texts().unwrap(), ["", "?"]);
    }
}
