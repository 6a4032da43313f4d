//! Compressed files, told by their first bytes and decompressed up to a bound.

use std::fmt;
use std::io::{self, Read};

use crate::import::limits::{FOREIGN_BYTES_MAX, LZMA_MEMORY_KIB_MAX};

/// A way to compress that joblib, tar or people use for models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    /// RFC 1950: what joblib takes for `compress=3`.
    Zlib,
    /// RFC 1952.
    Gzip,
    /// bzip2.
    Bzip2,
    /// The container that `xz` writes.
    Xz,
    /// The older container of the same algorithm, which Python calls `FORMAT_ALONE`.
    Lzma,
    /// A frame of LZ4.
    Lz4,
}

impl Compression {
    /// The compression that the first bytes tell of.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x1f, 0x8b, 0x08, ..] => Some(Self::Gzip),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Self::Bzip2),
            [0xfd, b'7', b'z', b'X', b'Z', 0x00, ..] => Some(Self::Xz),
            [0x5d, 0x00, 0x00, ..] => Some(Self::Lzma),
            [0x04, 0x22, 0x4d, 0x18, ..] => Some(Self::Lz4),
            // Method 8 with a window of 32 KiB; both bytes together are a multiple of 31.
            [0x78, flags, ..] if (0x7800 + u16::from(*flags)).is_multiple_of(31) => {
                Some(Self::Zlib)
            }
            _ => None,
        }
    }

    /// The content of a compressed file.
    ///
    /// # Errors
    /// It is damaged, or larger than [`FOREIGN_BYTES_MAX`].
    pub(crate) fn decompress(self, bytes: &[u8]) -> Result<Vec<u8>, CompressionError> {
        let failed = |source| CompressionError::Damaged {
            compression: self,
            source,
        };
        let decoder = self.decoder(bytes).map_err(failed)?;
        let mut content = Vec::new();
        // One byte more than the most tells "as large as allowed" from "larger".
        let mut bounded = decoder.take(FOREIGN_BYTES_MAX as u64 + 1);
        bounded.read_to_end(&mut content).map_err(failed)?;
        if content.len() > FOREIGN_BYTES_MAX {
            return Err(CompressionError::TooLarge(self));
        }
        Ok(content)
    }

    fn decoder<'a>(self, bytes: &'a [u8]) -> io::Result<Box<dyn Read + 'a>> {
        Ok(match self {
            Self::Zlib => Box::new(flate2::read::ZlibDecoder::new(bytes)),
            Self::Gzip => Box::new(flate2::read::MultiGzDecoder::new(bytes)),
            Self::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(bytes)),
            Self::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(
                bytes,
                true,
                LZMA_MEMORY_KIB_MAX,
            )),
            Self::Lzma => Box::new(lzma_rust2::LzmaReader::new_mem_limit(
                bytes,
                LZMA_MEMORY_KIB_MAX,
                None,
            )?),
            Self::Lz4 => Box::new(lz4_flex::frame::FrameDecoder::new(bytes)),
        })
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Zlib => "zlib",
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Lzma => "lzma",
            Self::Lz4 => "lz4",
        })
    }
}

/// Why a compressed file has no content.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompressionError {
    /// Not what its first bytes promise.
    #[error("the {compression} compression is damaged: {source}")]
    Damaged {
        /// What it should be.
        compression: Compression,
        /// What the decoder said.
        source: io::Error,
    },
    /// Too much content.
    #[error("decompressed from {0}, it is larger than {mebibytes} MiB", mebibytes = FOREIGN_BYTES_MAX >> 20)]
    TooLarge(Compression),
}
