//! Prometheus' text format (prometheus.io, exposition formats).

use std::fmt::Write as _;

/// Names and values of a sample's labels.
pub(super) type Labels<'a> = &'a [(&'a str, &'a str)];

/// How the text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exposition {
    /// Prometheus' own format.
    Prometheus,
    /// OpenMetrics: a counter is named without `_total` where it is described, and the text says where it ends.
    OpenMetrics,
}

impl Exposition {
    /// What a scraper asks for: OpenMetrics only if it is listed and not excluded.
    pub(super) fn accepted(accept: &str) -> Self {
        let takes = |element: &str| {
            let mut parts = element.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            name.eq_ignore_ascii_case("application/openmetrics-text")
                && !parts.any(|part| part == "q=0")
        };
        if accept.split(',').any(takes) {
            Self::OpenMetrics
        } else {
            Self::Prometheus
        }
    }

    /// The type of the text.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Prometheus => "text/plain; version=0.0.4",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}

/// The text as it grows.
pub(super) struct Text {
    text: String,
    exposition: Exposition,
}

impl Text {
    pub(super) fn new(exposition: Exposition) -> Self {
        let text = String::new();
        Self { text, exposition }
    }

    /// Begins a metric.
    pub(super) fn head(&mut self, name: &str, kind: &str, help: &str) {
        let name = match self.exposition {
            Exposition::OpenMetrics if kind == "counter" => {
                name.strip_suffix("_total").unwrap_or(name)
            }
            _ => name,
        };
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// Adds a sample.
    pub(super) fn sample(&mut self, name: &str, labels: Labels<'_>, value: f64) {
        self.text.push_str(name);
        for (place, (label, value)) in labels.iter().enumerate() {
            self.text.push(if place == 0 { '{' } else { ',' });
            self.text.push_str(label);
            self.text.push_str("=\"");
            self.push_escaped(value);
            self.text.push('"');
        }
        if !labels.is_empty() {
            self.text.push('}');
        }
        let _ = writeln!(self.text, " {value}");
    }

    /// Adds a counter that has one sample.
    pub(super) fn counter(&mut self, name: &str, help: &str, value: f64) {
        self.head(name, "counter", help);
        self.sample(name, &[], value);
    }

    /// Adds a gauge that has one sample.
    pub(super) fn gauge(&mut self, name: &str, help: &str, value: f64) {
        self.head(name, "gauge", help);
        self.sample(name, &[], value);
    }

    pub(super) fn finish(mut self) -> String {
        if self.exposition == Exposition::OpenMetrics {
            self.text.push_str("# EOF\n");
        }
        self.text
    }

    fn push_escaped(&mut self, value: &str) {
        for character in value.chars() {
            match character {
                '\\' => self.text.push_str("\\\\"),
                '"' => self.text.push_str("\\\""),
                '\n' => self.text.push_str("\\n"),
                other => self.text.push(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_of_a_label_cannot_end_it() {
        let mut text = Text::new(Exposition::Prometheus);
        text.sample("m", &[("a", "x\"} 1\nm{b=\"\\"), ("b", "größe")], 0.5);
        assert_eq!(
            text.finish(),
            "m{a=\"x\\\"} 1\\nm{b=\\\"\\\\\",b=\"größe\"} 0.5\n"
        );
    }

    #[test]
    fn openmetrics_is_written_for_those_who_ask_for_it_and_ends() {
        for (accept, exposition) in [
            ("", Exposition::Prometheus),
            ("text/plain;version=0.0.4, */*", Exposition::Prometheus),
            ("application/openmetrics-text;q=0", Exposition::Prometheus),
            (
                "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
                Exposition::OpenMetrics,
            ),
        ] {
            assert_eq!(Exposition::accepted(accept), exposition, "{accept}");
        }
        let mut text = Text::new(Exposition::OpenMetrics);
        text.counter("m_total", "Things.", 1.0);
        text.gauge("n", "Now.", 2.0);
        assert_eq!(
            text.finish(),
            "# HELP m Things.\n# TYPE m counter\nm_total 1\n# HELP n Now.\n# TYPE n gauge\nn 2\n# EOF\n"
        );
    }
}
