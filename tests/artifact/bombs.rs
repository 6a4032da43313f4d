//! Lengths that are announced and not there.

use sagelet::artifact::{Artifact, ArtifactError};

use super::around;
use crate::harness::{Prefix, Server};

/// Heads of items that say they hold `length` more: byte string, text, list, map.
fn bombs(length: u64) -> [Vec<u8>; 4] {
    [0x5b, 0x7b, 0x9b, 0xbb].map(|head| {
        let mut bytes = vec![head];
        bytes.extend(length.to_be_bytes());
        bytes.extend([0x61, b'a', 0x01]);
        bytes
    })
}

#[test]
fn a_length_that_is_not_there_is_truncated_and_never_allocated() {
    // An allocation of 2^62 bytes would abort this process.
    for length in [u64::MAX, 1 << 63, 1 << 62, 1 << 40, 1 << 31] {
        for bytes in bombs(length) {
            let error = Artifact::from_bytes(&around(&bytes)).unwrap_err();
            let kind = bytes[0];
            assert!(
                matches!(
                    error,
                    ArtifactError::Truncated { .. } | ArtifactError::Malformed { .. }
                ),
                "{kind:x} of {length}: {error}"
            );
            let mut bare = vec![0xd9, 0xd9, 0xf7];
            bare.extend(&bytes);
            assert!(
                Artifact::from_bytes(&bare).is_err(),
                "{kind:x} of {length} as envelope"
            );
        }
    }
}

#[test]
fn a_length_bomb_costs_the_server_no_memory() {
    for bytes in bombs(1 << 33) {
        let prefix = Prefix::new();
        prefix.write("model/model.cbor", around(&bytes));
        let server = Server::start(prefix, &[]);
        assert_eq!(server.get("/ping").status, 503);
        let kib = server.process.kib("VmPeak");
        assert!(
            kib < 1 << 20,
            "8 GiB were announced, the address space grew to {kib} KiB"
        );
    }
}
