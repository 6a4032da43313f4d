//! `Content-Encoding`: how a body is compressed (RFC 9110, section 8.4).

/// The codings that are read, as `Accept-Encoding` lists them.
pub(super) const READABLE: &str = "gzip, deflate, zstd";

/// How a body is coded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Coding {
    /// As it is.
    #[default]
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 1950, or what some clients send under its name: RFC 1951 without a wrapper.
    Deflate,
    /// RFC 8878.
    Zstd,
    /// Another coding, or several.
    Unreadable,
}

impl Coding {
    /// The coding after one more line of `Content-Encoding`. Several lines are one list.
    pub(super) fn and(self, value: &[u8]) -> Self {
        let elements = value.split(|&byte| byte == b',').map(<[u8]>::trim_ascii);
        elements
            .filter(|element| !element.is_empty() && !element.eq_ignore_ascii_case(b"identity"))
            .fold(self, |coding, element| match coding {
                Self::Identity => Self::named(element),
                _ => Self::Unreadable,
            })
    }

    fn named(name: &[u8]) -> Self {
        match name.to_ascii_lowercase().as_slice() {
            b"gzip" | b"x-gzip" => Self::Gzip,
            b"deflate" => Self::Deflate,
            b"zstd" => Self::Zstd,
            _ => Self::Unreadable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_one_list_and_identity_is_nothing() {
        let coding = |lines: &[&str]| {
            let lines = lines.iter().map(|line| line.as_bytes());
            lines.fold(Coding::Identity, Coding::and)
        };
        for lines in [&[][..], &[""], &["identity"], &["identity, Identity", ","]] {
            assert_eq!(coding(lines), Coding::Identity, "{lines:?}");
        }
        for lines in [&["gzip"][..], &["X-GZip"], &["identity", " GZIP ,"]] {
            assert_eq!(coding(lines), Coding::Gzip, "{lines:?}");
        }
        assert_eq!(coding(&["deflate"]), Coding::Deflate);
        assert_eq!(coding(&["zstd"]), Coding::Zstd);
        for lines in [
            &["br"][..],
            &["gzip, gzip"],
            &["gzip", "deflate"],
            &["g zip"],
        ] {
            assert_eq!(coding(lines), Coding::Unreadable, "{lines:?}");
        }
    }
}
