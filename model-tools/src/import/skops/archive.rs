//! The zip archive of a skops file: its members by name, read into memory and bounded.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::SkopsError;
use crate::import::limits::{ARCHIVE_ENTRIES_MAX, FOREIGN_BYTES_MAX};

/// The members of an archive. Nothing is written to the disk: their names are keys, not paths.
pub(super) struct Files<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be decompressed.
    left: usize,
}

impl<'a> Files<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, SkopsError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(SkopsError::Zip)?;
        if archive.len() > ARCHIVE_ENTRIES_MAX {
            return Err(SkopsError::Entries);
        }
        Ok(Self {
            archive,
            left: FOREIGN_BYTES_MAX,
        })
    }

    /// Whether there is a member of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// A member's content. One that is read twice counts twice.
    pub(super) fn read(&mut self, name: &str) -> Result<Vec<u8>, SkopsError> {
        let member = self.archive.by_name(name).map_err(SkopsError::Zip)?;
        let mut content = Vec::new();
        let read = member.take(self.left as u64 + 1).read_to_end(&mut content);
        let count = read.map_err(|error| SkopsError::Zip(error.into()))?;
        self.left = self.left.checked_sub(count).ok_or(SkopsError::TooLarge)?;
        Ok(content)
    }
}
