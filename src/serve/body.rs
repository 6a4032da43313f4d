//! The body of a request with the account that it is reserved in.

use std::borrow::Cow;

use crate::account::Account;

/// A whole body, decompressed.
pub(super) struct Body<'a> {
    pub(super) bytes: Cow<'a, [u8]>,
    /// What the request has reserved, and will.
    pub(super) account: &'a mut Account,
}

impl<'a> Body<'a> {
    /// Gives the body's memory back as soon as its rows are predicted: the answer may need it.
    pub(super) fn free(self) -> &'a mut Account {
        if let Cow::Owned(bytes) = self.bytes {
            let reserved = bytes.capacity();
            drop(bytes);
            self.account.release(reserved);
        }
        self.account
    }
}
