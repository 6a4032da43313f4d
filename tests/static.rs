//! Whether the static binary is static: nothing has to exist beside it in its image.
//!
//! `make test-static` runs this together with all integration tests on that binary, which `SAGELET_BINARY`
//! names.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use object::Endianness;
use object::elf::{DT_NEEDED, FileHeader64, PT_DYNAMIC, PT_INTERP};
use object::read::elf::{Dyn, FileHeader, ProgramHeader};

type Header = FileHeader64<Endianness>;

/// What a binary asks the system for: an interpreter and shared libraries.
fn needs(binary: &[u8]) -> (bool, usize) {
    let header = Header::parse(binary).expect("a 64-bit ELF file");
    let endian = header.endian().expect("a byte order");
    let segments = header.program_headers(endian, binary).expect("segments");
    let of_type = |wanted| {
        segments
            .iter()
            .filter(move |segment| segment.p_type(endian) == wanted)
    };
    let interpreter = of_type(PT_INTERP).next().is_some();
    let libraries = of_type(PT_DYNAMIC)
        .filter_map(|segment| segment.dynamic(endian, binary).expect("a dynamic section"))
        .flatten()
        .filter(|entry| entry.tag(endian) == DT_NEEDED)
        .count();
    (interpreter, libraries)
}

#[test]
fn the_static_binary_needs_no_interpreter_and_no_library() {
    let path = std::env::var_os("SAGELET_BINARY")
        .expect("SAGELET_BINARY names the binary to look at: run `make test-static`");
    let binary = std::fs::read(&path).expect("the binary: run `make static`");
    assert_eq!(needs(&binary), (false, 0), "{path:?}");
}

/// Guards the test above against a reader that sees nothing anywhere: this test program itself is dynamic.
#[cfg(not(target_feature = "crt-static"))]
#[test]
fn a_dynamic_binary_is_seen_to_need_both() {
    let own = std::fs::read(std::env::current_exe().expect("a path")).expect("this program");
    let (interpreter, libraries) = needs(&own);
    assert!(interpreter && libraries > 0);
}
