//! Names of a design matrix's columns, as patsy and formulaic write them: `C(city)[T.Oslo]`, `age`, `np.log(age)`.

/// A column of the design matrix that belongs to one factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Factor<'a> {
    /// The code of the factor, such as `C(city, Sum)`.
    pub(super) code: &'a str,
    /// What stands in brackets behind it, such as `T.Oslo`.
    pub(super) level: Option<&'a str>,
}

/// The factors whose product a column is.
pub(super) fn factors(name: &str) -> Vec<Factor<'_>> {
    split(name, ':').into_iter().map(factor).collect()
}

fn factor(text: &str) -> Factor<'_> {
    let inner = text.strip_suffix(']');
    let bracket =
        inner.and_then(|_| places(text).find(|(_, letter, depth)| (*letter, *depth) == ('[', 0)));
    match (inner, bracket) {
        (Some(inner), Some((place, ..))) => Factor {
            code: text.get(..place).unwrap_or_default(),
            level: inner.get(place + 1..),
        },
        _ => Factor {
            code: text,
            level: None,
        },
    }
}

/// The name of the column that a factor's code is about, and nothing else: `city`, `Q('the city')`, `C(city, …)`.
pub(super) fn variable(code: &str) -> Option<&str> {
    let code = code.trim();
    if let Some(arguments) = code
        .strip_prefix("C(")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        return variable(split(arguments, ',').first()?);
    }
    match quoted_name(code) {
        Some((name, "")) => Some(name),
        Some(_) => None,
        None => is_name(code).then_some(code),
    }
}

/// A name as Python writes it; one with a point belongs to a module.
fn is_name(text: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    !text.is_empty()
        && text.chars().all(is_part)
        && !text.starts_with(|first: char| first.is_ascii_digit())
}

/// A name in quotes at the beginning, `Q("the city")` or `` `the city` ``, and what follows it.
pub(super) fn quoted_name(text: &str) -> Option<(&str, &str)> {
    if let Some(rest) = text.strip_prefix('`') {
        return rest.split_once('`');
    }
    let rest = text.strip_prefix("Q(")?.trim_start();
    let quote = rest
        .chars()
        .next()
        .filter(|quote| matches!(quote, '\'' | '"'))?;
    let (name, rest) = rest.get(1..)?.split_once(quote)?;
    // An escape would have to be understood as Python does.
    let rest = rest.trim_start().strip_prefix(')')?;
    (!name.contains('\\')).then_some((name, rest))
}

/// The parts between marks that lie outside of parentheses, brackets and quotes.
fn split(text: &str, mark: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (place, letter, depth) in places(text) {
        if letter == mark && depth == 0 {
            parts.extend(text.get(start..place));
            start = place + letter.len_utf8();
        }
    }
    parts.extend(text.get(start..));
    parts
}

/// Every character outside of quotes, with its place and how many parentheses and brackets are open before it. What
/// stands in brackets is a level, in which only brackets count.
fn places(text: &str) -> impl Iterator<Item = (usize, char, usize)> {
    let (mut depth, mut brackets, mut quote) = (0_usize, 0_usize, None);
    text.char_indices().filter_map(move |(place, letter)| {
        if let Some(open) = quote {
            if letter == open {
                quote = None;
            }
            return None;
        }
        let before = depth;
        match letter {
            '\'' | '"' | '`' if brackets == 0 => {
                quote = Some(letter);
                return None;
            }
            '[' => (depth, brackets) = (depth + 1, brackets + 1),
            ']' => (depth, brackets) = (depth.saturating_sub(1), brackets.saturating_sub(1)),
            '(' | '{' if brackets == 0 => depth += 1,
            ')' | '}' if brackets == 0 => depth = depth.saturating_sub(1),
            _ => {}
        }
        Some((place, letter, before))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one<'a>(code: &'a str, level: Option<&'a str>) -> Vec<Factor<'a>> {
        vec![Factor { code, level }]
    }

    #[test]
    fn a_level_may_hold_what_elsewhere_means_something() {
        assert_eq!(factors("age"), one("age", None));
        assert_eq!(factors("city[T.a:b]"), one("city", Some("T.a:b")));
        assert_eq!(factors("city[T.it's (]"), one("city", Some("T.it's (")));
        assert_eq!(
            factors("C(c, Treatment(']'))[T.[x]]"),
            one("C(c, Treatment(']'))", Some("T.[x]"))
        );
        assert_eq!(factors("a[T.b]:x").len(), 2);
        assert_eq!(factors("I(a[1:2])"), one("I(a[1:2])", None));
    }

    #[test]
    fn a_factor_is_about_one_column_or_about_none() {
        assert_eq!(variable("city"), Some("city"));
        assert_eq!(variable("C(city)"), Some("city"));
        assert_eq!(variable("C(Q(\"the city\"), Sum)"), Some("the city"));
        assert_eq!(variable("C(`the city`, contr.sum)"), Some("the city"));
        assert_eq!(variable("np.log(city)"), None);
        assert_eq!(variable("C(a + b)"), None);
    }
}
