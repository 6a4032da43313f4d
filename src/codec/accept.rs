//! `Accept`: which format the answer has (RFC 9110, section 12.5.1).

use super::{Format, media};

/// The formats that an answer can have, in the order in which errors list them.
const WRITABLE: [Format; 5] = [
    Format::Csv,
    Format::Json,
    Format::JsonLines,
    Format::Npy,
    Format::RecordIo,
];

/// The formats that a client takes, as an `Accept` header lists them.
#[derive(Debug, Clone, PartialEq)]
pub struct Accept(Vec<Range>);

/// One element of the list.
#[derive(Debug, Clone, PartialEq)]
struct Range {
    kind: Kind,
    /// 0 to 1.
    weight: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `*/*`
    Any,
    /// `application/*`
    Application,
    /// `text/*`
    Text,
    Format(Format),
    /// A type that no answer can have.
    Other,
}

impl Accept {
    /// Reads an `Accept` header. An empty one accepts anything.
    #[must_use]
    pub fn parse(header: &str) -> Self {
        let elements = header
            .split(',')
            .filter(|element| !element.trim().is_empty());
        let mut ranges: Vec<_> = elements.map(Range::parse).collect();
        if ranges.is_empty() {
            ranges.push(Range {
                kind: Kind::Any,
                weight: 1.0,
            });
        }
        // Stable: among equal weights the first one written wins.
        ranges.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        Self(ranges)
    }

    /// The format of the answer, where `default` is the one for a client that takes anything; none if the
    /// client takes nothing that can be written.
    #[must_use]
    pub fn choose(&self, default: Format) -> Option<Format> {
        let wanted = self.0.iter().filter(|range| range.weight > 0.0);
        wanted
            .filter_map(|range| range.kind.choose(default))
            .find(|&format| !self.excludes(format))
    }

    /// Whether the format is named with a weight of 0.
    fn excludes(&self, format: Format) -> bool {
        self.0
            .iter()
            .any(|range| range.kind == Kind::Format(format) && range.weight <= 0.0)
    }

    /// The media types that can be written, for an error that has to list them.
    #[must_use]
    pub fn possible() -> String {
        WRITABLE.map(Format::media_type).join(", ")
    }
}

impl Range {
    fn parse(element: &str) -> Self {
        let mut parts = element.split(';');
        let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let weight = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim()
                .eq_ignore_ascii_case("q")
                .then(|| value.trim().parse().ok())?
        });
        let kind = match essence.as_str() {
            "*/*" | "*" => Kind::Any,
            "application/*" => Kind::Application,
            "text/*" => Kind::Text,
            name => match media::format(name) {
                Some(format) if WRITABLE.contains(&format) => Kind::Format(format),
                _ => Kind::Other,
            },
        };
        Self {
            kind,
            weight: weight.unwrap_or(1.0),
        }
    }
}

impl Kind {
    fn choose(self, default: Format) -> Option<Format> {
        match self {
            Self::Any => Some(default),
            Self::Application if default == Format::Csv => Some(Format::Json),
            Self::Application => Some(default),
            Self::Text => Some(Format::Csv),
            Self::Format(format) => Some(format),
            Self::Other => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(header: &str) -> Option<Format> {
        Accept::parse(header).choose(Format::Npy)
    }

    #[test]
    fn the_highest_weight_wins_and_then_the_first_one() {
        assert_eq!(
            chosen("application/json, application/jsonlines;q=0.5"),
            Some(Format::Json)
        );
        assert_eq!(
            chosen("application/json;q=0.4, application/jsonlines; Q=0.5"),
            Some(Format::JsonLines)
        );
        assert_eq!(chosen("text/csv, application/json"), Some(Format::Csv));
        assert_eq!(chosen("image/png, text/csv;q=0.1"), Some(Format::Csv));
    }

    #[test]
    fn wildcards_give_the_default_where_they_can() {
        assert_eq!(chosen("*/*"), Some(Format::Npy));
        assert_eq!(chosen(""), Some(Format::Npy));
        assert_eq!(chosen("application/*"), Some(Format::Npy));
        assert_eq!(chosen("text/*"), Some(Format::Csv));
        assert_eq!(
            Accept::parse("application/*").choose(Format::Csv),
            Some(Format::Json)
        );
        assert_eq!(chosen("text/html, */*;q=0.8"), Some(Format::Npy));
    }

    #[test]
    fn what_the_client_refuses_or_nobody_writes_is_not_chosen() {
        assert_eq!(chosen("image/png"), None);
        assert_eq!(chosen("text/libsvm"), None);
        assert_eq!(chosen("text/csv;q=0"), None);
        assert_eq!(chosen("*/*, application/x-npy;q=0"), None);
    }
}
