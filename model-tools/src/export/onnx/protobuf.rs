//! Messages of protobuf as they grow, field by field.

use sagelet::protobuf::{push_bytes, push_integer};

/// A message as it grows.
#[derive(Default)]
pub(super) struct Message(Vec<u8>);

impl Message {
    pub(super) fn integer(mut self, field: u64, value: i64) -> Self {
        push_integer(&mut self.0, field, value);
        self
    }

    pub(super) fn text(self, field: u64, value: &str) -> Self {
        self.bytes(field, value.as_bytes())
    }

    pub(super) fn message(self, field: u64, value: Self) -> Self {
        self.bytes(field, &value.0)
    }

    pub(super) fn messages(mut self, field: u64, values: impl IntoIterator<Item = Self>) -> Self {
        for value in values {
            self = self.message(field, value);
        }
        self
    }

    pub(super) fn bytes(mut self, field: u64, value: &[u8]) -> Self {
        push_bytes(&mut self.0, field, value);
        self
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}
