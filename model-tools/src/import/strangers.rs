//! Files that people take for models, and that are something else: each is said to be that, with a way on.

use super::pickle::PickleError;

use crate::import::limits::STRANGER_HEAD_BYTES;

/// A sort of file that is no model of a known format.
struct ForeignSort {
    /// Whether bytes are of this sort.
    is: fn(&[u8]) -> bool,
    /// What it is, and what to do.
    what: &'static str,
}

static STRANGERS: &[ForeignSort] = &[
    ForeignSort {
        is: |bytes| bytes.starts_with(b"version https://git-lfs.github.com/spec/"),
        what: "a pointer of Git LFS, not the file that it stands for: fetch that with `git lfs pull`",
    },
    ForeignSort {
        is: is_page,
        what: "a page of HTML, not a model: a download that was answered with a page to log in to, or with the page \
               about the file instead of the raw file",
    },
    ForeignSort {
        is: |bytes| bytes.starts_with(b"\xef\xbf\xbd"),
        what: "a binary file that was read as text and written as UTF-8, which replaced its bytes for good: take \
               the original, and copy it as a binary file",
    },
    ForeignSort {
        is: |bytes| matches!(old_xgboost(bytes).as_deref(), Some(b"gbtree" | b"dart")),
        what: "a model of decision trees in XGBoost's old binary form: its linear models (booster=\"gblinear\") can be \
               read, saved as JSON",
    },
    ForeignSort {
        is: |bytes| old_xgboost(bytes).as_deref() == Some(b"gblinear"),
        what: "a model in XGBoost's old binary form: load it with an XGBoost before 3.1, and save it as JSON: \
               booster.save_model(\"model.json\")",
    },
    ForeignSort {
        is: |bytes| bytes.starts_with(b"\x89HDF\r\n\x1a\n"),
        what: "an HDF5 file (.h5), of Keras or pandas, which is not read: a linear model of Keras is one layer, whose \
               weight and bias `safetensors` or a table of coefficients in CSV can hold",
    },
    ForeignSort {
        is: |bytes| is_json(bytes) && has_words(bytes, &["\"nbformat\""]),
        what: "a Jupyter notebook, not a model: save the fitted model in a cell of it: \
               joblib.dump(model, \"model.joblib\")",
    },
    ForeignSort {
        is: |bytes| bytes.starts_with(b"\x93NUMPY"),
        what: "an array of numpy (.npy), not a model: save the fitted model itself, with joblib.dump",
    },
    ForeignSort {
        is: |bytes| bytes.starts_with(b"PAR1") || bytes.starts_with(b"ARROW1"),
        what: "a table of data (Parquet or Arrow), not a model",
    },
    ForeignSort {
        is: |bytes| bytes.starts_with(b"SQLite format 3\0"),
        what: "a database of SQLite, not a model",
    },
    ForeignSort {
        is: |bytes| bytes.starts_with(b"RDX") || bytes.starts_with(b"X\n\0\0\0"),
        what: "an object of R (.rds or .RData), which is not read: write its coefficients as CSV with \
               write.csv(coef(model), \"model.csv\"), or the model as PMML with the package pmml",
    },
    ForeignSort {
        is: |bytes| bytes.starts_with(b"tree\nversion="),
        what: "a model of LightGBM, which is made of decision trees: linear models can be read",
    },
    ForeignSort {
        is: |bytes| bytes.starts_with(b"CBM1"),
        what: "a model of CatBoost, which is made of decision trees: linear models can be read",
    },
    ForeignSort {
        is: |bytes| is_zip(bytes) && has_words(bytes, &["/data.pkl", "/version"]),
        what: "a file of PyTorch: save the weight and bias of the linear layer with safetensors, or export the model \
               with torch.onnx",
    },
    ForeignSort {
        is: |bytes| is_zip(bytes) && has_words(bytes, &["model.weights.h5"]),
        what: "a model of Keras (.keras), which is not read: a table of coefficients in CSV can hold its weights",
    },
    ForeignSort {
        is: |bytes| is_zip(bytes) && has_words(bytes, &["[Content_Types].xml"]),
        what: "a document of Office, such as a workbook of Excel, not a model: save a table of coefficients as CSV",
    },
    ForeignSort {
        is: |bytes| is_zip(bytes) && has_words(bytes, &[".npy"]),
        what: "arrays of numpy (.npz), not a model: save the fitted model itself, with joblib.dump",
    },
    ForeignSort {
        is: is_python,
        what: "a program in Python, not a model: run it, and give the file that it saves",
    },
    ForeignSort {
        is: is_table,
        what: "a table of data, not a model: of tables only those of coefficients are read, with a column of names and \
               one of numbers",
    },
];

/// What a file is that is no model of a known format; none if that is not known either.
pub(super) fn what(bytes: &[u8]) -> Option<&'static str> {
    let mut strangers = STRANGERS.iter();
    strangers
        .find(|stranger| (stranger.is)(bytes))
        .map(|stranger| stranger.what)
}

/// What was probably done to a pickle that cannot be read to its end.
pub(super) fn damage(bytes: &[u8], error: &PickleError) -> String {
    let mut ends = memchr::memchr_iter(b'\n', bytes).peekable();
    let is_after_return =
        |end: usize| end.checked_sub(1).and_then(|before| bytes.get(before)) == Some(&b'\r');
    if ends.peek().is_none() || !ends.all(is_after_return) {
        return error.to_string();
    }
    format!(
        "{error}; every line feed in the file follows a carriage return, so a text conversion (of Git's autocrlf, FTP or \
         an editor) has probably damaged it: take the original, and copy it as a binary file"
    )
}

fn head(bytes: &[u8]) -> &[u8] {
    bytes.get(..STRANGER_HEAD_BYTES).unwrap_or(bytes)
}

fn text(bytes: &[u8]) -> Option<&str> {
    let head = head(bytes);
    match std::str::from_utf8(head) {
        Ok(text) => Some(text),
        // The last character may be cut.
        Err(error) if error.valid_up_to() + 4 > head.len() => {
            std::str::from_utf8(head.get(..error.valid_up_to())?).ok()
        }
        Err(_) => None,
    }
}

fn is_page(bytes: &[u8]) -> bool {
    let Some(text) = text(bytes) else {
        return false;
    };
    let text = text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .to_ascii_lowercase();
    text.starts_with("<!doctype html") || text.starts_with("<html")
}

fn is_json(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{")
}

fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// Whether all of these words are in a file.
fn has_words(bytes: &[u8], words: &[&str]) -> bool {
    words
        .iter()
        .all(|word| memchr::memmem::find(bytes, word.as_bytes()).is_some())
}

/// The booster of a model in XGBoost's old form: 136 bytes of parameters, then the names of the objective and the
/// booster, each after its length.
fn old_xgboost(bytes: &[u8]) -> Option<Vec<u8>> {
    const PARAMETERS: usize = 136;
    let (_, rest) = counted(head(bytes.strip_prefix(b"binf").unwrap_or(bytes)).get(PARAMETERS..)?)?;
    let (booster, _) = counted(rest)?;
    Some(booster.to_vec())
}

/// Bytes after their length, and what follows them.
fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)
}

fn is_python(bytes: &[u8]) -> bool {
    let lines = text(bytes).map(str::lines).into_iter().flatten();
    let mut lines = lines.filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines.next().is_some_and(|line| {
        let is_from = line.starts_with("from ") && line.contains(" import ");
        line.starts_with("import ") || is_from || line.starts_with("\"\"\"")
    })
}

/// Lines that all have the same number of cells, two at least.
fn is_table(bytes: &[u8]) -> bool {
    const LINES: usize = 3;
    // Lines of JSON may well have the same number of commas.
    let Some(text) = text(bytes).filter(|_| !is_json(bytes)) else {
        return false;
    };
    [',', ';', '\t'].iter().any(|delimiter| {
        let counts = text
            .lines()
            .take(LINES)
            .map(|line| line.matches(*delimiter).count());
        let counts: Vec<_> = counts.collect();
        counts.len() >= 2
            && counts
                .iter()
                .all(|count| *count > 0 && Some(count) == counts.first())
    })
}
