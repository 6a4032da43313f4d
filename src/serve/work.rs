//! How much work a request is at most, estimated from its bytes and the model before anything is decoded.

use crate::codec::{ContentType, Format};
use crate::limits::{
    IN_PLACE_BYTES_MAX, IN_PLACE_OUTPUTS_MAX, IN_PLACE_PRODUCTS_MAX, IN_PLACE_TEXT_BYTES_MAX,
};
use crate::model::Model;

/// Bytes of a sparse row at least, in JSON (`{"keys":[],"values":[]}`) and RecordIO-protobuf.
const SPARSE_ROW_BYTES_MIN: usize = 20;

/// What a row costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowWork {
    /// Cells of a row.
    cells: usize,
    /// Products of a cell and a coefficient.
    products: usize,
    /// Lengths of terms that texts are looked through for.
    term_lengths: usize,
    /// Scores that each term of a text adds to.
    scores: usize,
    /// Numbers of its answer.
    outputs: usize,
}

impl RowWork {
    pub(super) fn of(model: &Model) -> Self {
        let (layout, outputs) = (model.layout(), model.outputs());
        Self {
            cells: layout.cells(),
            products: layout
                .work()
                .max(layout.columns())
                .saturating_mul(model.numbers()),
            term_lengths: layout.term_lengths(),
            scores: model.numbers(),
            outputs,
        }
    }

    /// The same where each row's contributions are computed and written: one number per product.
    pub(super) fn explained(self) -> Self {
        Self {
            outputs: self.products.max(self.outputs),
            ..self
        }
    }

    /// Whether the rows of a body of so many bytes take longer than other connections should wait.
    /// `content_type` is asked for only if that decides it.
    pub(super) fn is_long<'h>(
        self,
        bytes: usize,
        content_type: impl FnOnce() -> Option<&'h str>,
    ) -> bool {
        if bytes > IN_PLACE_BYTES_MAX || self.is_long_text(bytes) {
            return true;
        }
        // No row has fewer bytes than a digit and the end of its line.
        if !self.exceeds(bytes / 2 + 1) {
            return false;
        }
        let is_libsvm = content_type()
            .and_then(|header| ContentType::parse(header).ok())
            .is_some_and(|content_type| content_type.format == Format::LibSvm);
        let row_bytes = if is_libsvm {
            2
        } else {
            self.cells.clamp(1, SPARSE_ROW_BYTES_MIN)
        };
        self.exceeds(bytes / row_bytes + 1)
    }

    /// Whether so many bytes of texts are much work. No two terms of one length begin at the same byte.
    fn is_long_text(self, bytes: usize) -> bool {
        let terms = bytes.saturating_mul(self.term_lengths);
        terms > IN_PLACE_TEXT_BYTES_MAX || terms.saturating_mul(self.scores) > IN_PLACE_PRODUCTS_MAX
    }

    fn exceeds(self, rows: usize) -> bool {
        rows.saturating_mul(self.products) > IN_PLACE_PRODUCTS_MAX
            || rows.saturating_mul(self.outputs) > IN_PLACE_OUTPUTS_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIABETES: RowWork = RowWork {
        cells: 10,
        products: 10,
        term_lengths: 0,
        scores: 1,
        outputs: 1,
    };

    #[test]
    fn small_requests_to_small_models_are_answered_in_place_without_a_look_at_their_type() {
        let unasked = || unreachable!();
        assert!(!DIABETES.is_long(100, unasked));
        assert!(!DIABETES.is_long(16_000, unasked));
        assert!(DIABETES.is_long(IN_PLACE_BYTES_MAX + 1, unasked));
    }

    #[test]
    fn a_body_of_dense_rows_is_answered_in_place_up_to_its_bytes() {
        assert!(!DIABETES.is_long(IN_PLACE_BYTES_MAX, || Some("text/csv")));
        assert!(DIABETES.is_long(IN_PLACE_BYTES_MAX, || Some("text/libsvm")));
    }

    #[test]
    fn few_bytes_that_are_much_work_are_not() {
        let targets = RowWork {
            cells: 1,
            products: 10_000,
            term_lengths: 0,
            scores: 10_000,
            outputs: 10_000,
        };
        let wide = RowWork {
            cells: 2_000_000,
            products: 2_000_000,
            term_lengths: 0,
            scores: 1,
            outputs: 1,
        };
        for much in [targets, wide] {
            assert!(much.is_long(2, || None), "{much:?}");
            assert!(much.is_long(2_000, || Some("text/libsvm")), "{much:?}");
        }
    }

    #[test]
    fn texts_are_answered_in_place_only_if_they_are_short_and_have_few_scores() {
        let words = RowWork {
            cells: 1,
            products: 1,
            term_lengths: 1,
            scores: 1,
            outputs: 1,
        };
        assert!(!words.is_long(1_000, || None));
        assert!(words.is_long(IN_PLACE_TEXT_BYTES_MAX + 1, || None));
        let of_many_lengths = RowWork {
            term_lengths: 5,
            ..words
        };
        assert!(of_many_lengths.is_long(1_000, || None));
        let of_many_classes = RowWork {
            scores: 1_000,
            ..words
        };
        assert!(of_many_classes.is_long(1_000, || None));
    }
}
