//! Zip archives, as skops and Linear Learner write: members by name, read into memory and bounded.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::limits::{ARCHIVE_ENTRIES_MAX, FOREIGN_BYTES_MAX};

/// Why an archive's members cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveError {
    /// A damaged archive, or one that needs a password or an unusual decoder.
    #[error("the zip archive cannot be read: {0}")]
    Zip(zip::result::ZipError),
    /// An archive of very many members.
    #[error("the zip archive has more than {ARCHIVE_ENTRIES_MAX} members")]
    Entries,
    /// Too much content.
    #[error("decompressed, its members are larger than {mebibytes} MiB", mebibytes = FOREIGN_BYTES_MAX >> 20)]
    TooLarge,
}

/// The members of an archive. Nothing is written to the disk: their names are keys, not paths.
pub(super) struct Files<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be decompressed.
    left: usize,
}

impl<'a> Files<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, ArchiveError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(ArchiveError::Zip)?;
        if archive.len() > ARCHIVE_ENTRIES_MAX {
            return Err(ArchiveError::Entries);
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

    /// The names of all members that are texts.
    pub(super) fn names(&self) -> Vec<String> {
        let names = self.archive.file_names().filter_map(Result::ok);
        names.map(std::borrow::Cow::into_owned).collect()
    }

    /// The one member whose name ends so; none if there are several.
    pub(super) fn ending_with(&self, end: &str) -> Option<String> {
        let names = self.archive.file_names().filter_map(Result::ok);
        let mut names = names.filter(|name| name.ends_with(end));
        let name = names.next()?.into_owned();
        names.next().is_none().then_some(name)
    }

    /// A member's content. One that is read twice counts twice.
    pub(super) fn read(&mut self, name: &str) -> Result<Vec<u8>, ArchiveError> {
        let member = self.archive.by_name(name).map_err(ArchiveError::Zip)?;
        let mut content = Vec::new();
        let read = member.take(self.left as u64 + 1).read_to_end(&mut content);
        let count = read.map_err(|error| ArchiveError::Zip(error.into()))?;
        self.left = self.left.checked_sub(count).ok_or(ArchiveError::TooLarge)?;
        Ok(content)
    }
}
