//! MurmurHash3 of 32 bits with seed 0, and which column scikit-learn's `FeatureHasher` makes of it.

/// The column of a term, and the sign of its count.
pub(super) fn column(term: &str, columns: usize, alternate_sign: bool) -> (usize, f64) {
    let hash = murmur3(term.as_bytes()).cast_signed();
    let magnitude = hash.unsigned_abs() as usize;
    let sign = if alternate_sign && hash < 0 {
        -1.0
    } else {
        1.0
    };
    (magnitude % columns.max(1), sign)
}

fn murmur3(bytes: &[u8]) -> u32 {
    let mut hash = 0_u32;
    let (blocks, tail) = bytes.as_chunks::<4>();
    for &block in blocks {
        hash ^= mixed(u32::from_le_bytes(block));
        hash = hash
            .rotate_left(13)
            .wrapping_mul(5)
            .wrapping_add(0xe654_6b64);
    }
    if !tail.is_empty() {
        let shifted = tail
            .iter()
            .rev()
            .fold(0, |number, &byte| number << 8 | u32::from(byte));
        hash ^= mixed(shifted);
    }
    // The length modulo 2^32, as the algorithm has it.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the length modulo 2^32 is meant"
    )]
    let length = bytes.len() as u32;
    finished(hash ^ length)
}

fn mixed(block: u32) -> u32 {
    let mixed = block.wrapping_mul(0xcc9e_2d51).rotate_left(15);
    mixed.wrapping_mul(0x1b87_3593)
}

fn finished(hash: u32) -> u32 {
    let hash = (hash ^ hash >> 16).wrapping_mul(0x85eb_ca6b);
    let hash = (hash ^ hash >> 13).wrapping_mul(0xc2b2_ae35);
    hash ^ hash >> 16
}
