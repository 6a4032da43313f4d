//! Header fields that the transport settles itself: services do not see them.

/// A field about the connection, the framing of the body or its coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SettledField {
    AcceptEncoding,
    Connection,
    ContentEncoding,
    ContentLength,
    Expect,
    Host,
    TransferEncoding,
}

impl SettledField {
    /// The field of this name, whatever its case. No two of the names have the same length, so that each field
    /// of a request is compared with one of them at most.
    pub(super) fn named(name: &str) -> Option<Self> {
        let (known, field) = match name.len() {
            4 => ("Host", Self::Host),
            6 => ("Expect", Self::Expect),
            10 => ("Connection", Self::Connection),
            14 => ("Content-Length", Self::ContentLength),
            15 => ("Accept-Encoding", Self::AcceptEncoding),
            16 => ("Content-Encoding", Self::ContentEncoding),
            17 => ("Transfer-Encoding", Self::TransferEncoding),
            _ => return None,
        };
        // Most clients write the names as they stand here, which is seen faster.
        (name == known || name.eq_ignore_ascii_case(known)).then_some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_found_by_its_length_and_others_of_that_length_are_not() {
        for (name, field) in [
            ("host", Some(SettledField::Host)),
            ("EXPECT", Some(SettledField::Expect)),
            ("Accept", None),
            ("connection", Some(SettledField::Connection)),
            ("User-Agent", None),
            ("Content-length", Some(SettledField::ContentLength)),
            ("Accept-Encoding", Some(SettledField::AcceptEncoding)),
            ("X-Amzn-Trace-Id", None),
            ("content-encoding", Some(SettledField::ContentEncoding)),
            ("transfer-encoding", Some(SettledField::TransferEncoding)),
            ("", None),
        ] {
            assert_eq!(SettledField::named(name), field, "{name}");
        }
    }
}
