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

    /// The format of the answer, where `default` is the one for a client that takes anything; `None` if the
    /// client takes nothing that can be written.
    #[must_use]
    pub fn choose(&self, default: Format) -> Option<Format> {
        let accepted = self.0.iter().filter(|range| range.weight > 0.0);
        accepted
            .filter_map(|range| self.choose_in(range.kind, default))
            .next()
    }

    /// The format that a range stands for: the default if it can be, else the first one. A more specific range
    /// overrules a wildcard.
    fn choose_in(&self, kind: Kind, default: Format) -> Option<Format> {
        let formats = [default].into_iter().chain(WRITABLE);
        formats
            .filter(|&format| kind.matches(format) && !self.excludes(format))
            .find(|&format| self.most_specific(format) == Some(kind))
    }

    /// Whether the most specific range that matches the format has a weight of 0.
    fn excludes(&self, format: Format) -> bool {
        let kind = self.most_specific(format);
        let mut ranges = self.0.iter();
        ranges.any(|range| Some(range.kind) == kind && range.weight <= 0.0)
    }

    /// The kind of range that says how well the client likes the format (RFC 9110, section 12.5.1).
    fn most_specific(&self, format: Format) -> Option<Kind> {
        let kinds = self.0.iter().map(|range| range.kind);
        kinds
            .filter(|kind| kind.matches(format))
            .max_by_key(|kind| kind.specificity())
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
    fn matches(self, format: Format) -> bool {
        match self {
            Self::Any => true,
            Self::Application => format.media_type().starts_with("application/"),
            Self::Text => format.media_type().starts_with("text/"),
            Self::Format(named) => named == format,
            Self::Other => false,
        }
    }

    fn specificity(self) -> u8 {
        match self {
            Self::Other | Self::Any => 0,
            Self::Application | Self::Text => 1,
            Self::Format(_) => 2,
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
    }

    #[test]
    fn a_more_specific_range_overrules_a_wildcard() {
        // Of what is left, the first one that can be written.
        for (header, format) in [
            ("*/*, application/x-npy;q=0", Some(Format::Csv)),
            ("*/*, application/*;q=0", Some(Format::Csv)),
            ("application/*, application/x-npy;q=0", Some(Format::Json)),
            ("text/*, text/csv;q=0", None),
            ("*/*;q=0", None),
            ("*/*;q=0, application/json", Some(Format::Json)),
            (
                "application/*;q=0, application/jsonlines;q=0.1",
                Some(Format::JsonLines),
            ),
            ("*/*;q=0.8, application/x-npy;q=0.1", Some(Format::Csv)),
            ("application/json, application/json;q=0", None),
        ] {
            assert_eq!(chosen(header), format, "{header}");
        }
    }
}
