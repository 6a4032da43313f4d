//! The dozen constructors of numpy and Python that are understood for what they make.

use crate::import::objects::{Global, Id, Objects};

/// The constructors that are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Constructor {
    /// An array in two parts: this call, and a state with the data.
    Reconstruct,
    /// An array from bytes (protocol 5).
    FromBuffer,
    /// One number or text of numpy.
    Scalar,
    /// The type of an array's elements, to which a state adds the byte order.
    Dtype,
    /// Bytes from a text in Latin-1: how protocol 2 writes bytes.
    Encode,
    /// Bytes from bytes, or none.
    Bytes,
    /// An instance in protocols 0 and 1.
    Instance,
    /// A function of numpy, by the names of its module and itself: how numpy 1 writes `numpy.exp`.
    Function,
}

impl Constructor {
    pub(super) fn of(global: &Global) -> Option<Self> {
        let constructor = match (global.module.as_str(), global.name.as_str()) {
            // numpy 1 and 2; numpy 1.16.0 alone wrote the third (numpy issue 12837).
            (
                "numpy.core.multiarray" | "numpy._core.multiarray" | "numpy.core._multiarray_umath",
                name,
            ) => match name {
                "_reconstruct" => Self::Reconstruct,
                "scalar" => Self::Scalar,
                _ => return None,
            },
            ("numpy.core.numeric" | "numpy._core.numeric", "_frombuffer") => Self::FromBuffer,
            ("numpy", "dtype") => Self::Dtype,
            ("numpy.core" | "numpy._core", "_ufunc_reconstruct") => Self::Function,
            ("_codecs", "encode") => Self::Encode,
            ("builtins" | "__builtin__", "bytes" | "bytearray") => Self::Bytes,
            ("copyreg" | "copy_reg", "_reconstructor") => Self::Instance,
            _ => return None,
        };
        Some(constructor)
    }
}

/// The constructor that a node names.
pub(super) fn understood(objects: &Objects, function: Id) -> Option<Constructor> {
    objects.value(function).global().and_then(Constructor::of)
}
