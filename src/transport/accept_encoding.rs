//! `Accept-Encoding`: whether an answer may be compressed with gzip (RFC 9110, section 12.5.3).

/// What a client says about gzip.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct AcceptEncoding {
    /// Whether it takes gzip, where it names it.
    gzip: Option<bool>,
    /// Whether it takes any coding (`*`).
    any: bool,
}

impl AcceptEncoding {
    /// What it says after one more line of the field. Several lines are one list.
    pub(super) fn and(mut self, value: &[u8]) -> Self {
        for element in value.split(|&byte| byte == b',') {
            let mut parts = element.split(|&byte| byte == b';').map(<[u8]>::trim_ascii);
            let name = parts.next().unwrap_or_default();
            let is_taken = !parts.any(excludes);
            if name.eq_ignore_ascii_case(b"gzip") || name.eq_ignore_ascii_case(b"x-gzip") {
                self.gzip = Some(is_taken);
            } else if name == b"*" {
                self.any = is_taken;
            }
        }
        self
    }

    /// Whether an answer may be compressed with gzip. A client that says nothing gets none that is.
    pub(super) fn takes_gzip(self) -> bool {
        self.gzip.unwrap_or(self.any)
    }
}

/// Whether a parameter is the weight 0, with up to three zeros after its point.
fn excludes(parameter: &[u8]) -> bool {
    let (name, value) = parameter.split_at_checked(2).unwrap_or_default();
    name.eq_ignore_ascii_case(b"q=")
        && value.starts_with(b"0")
        && value.iter().all(|byte| matches!(byte, b'0' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_where_it_is_listed_and_not_excluded() {
        for (lines, takes) in [
            (&[][..], false),
            (&[""], false),
            (&["gzip"], true),
            (&["deflate, X-GZip ; q=0.001"], true),
            (&["br", "gzip"], true),
            (&["deflate, br"], false),
            (&["identity"], false),
            (&["*"], true),
            (&["*;q=0"], false),
            (&["gzip;q=0, *"], false),
            (&["*;q=0, gzip;q=0.5"], true),
            (&["gzip; Q=0.000"], false),
            (&["gzip;q="], true),
        ] {
            let value = lines.iter().fold(AcceptEncoding::default(), |value, line| {
                value.and(line.as_bytes())
            });
            assert_eq!(value.takes_gzip(), takes, "{lines:?}");
        }
    }
}
