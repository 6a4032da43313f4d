//! Files that people take for models: each is said to be what it is.

use crate::harness::{Scratch, run};
use crate::sklearn::file;

fn refused(bytes: &[u8], reason: &str) {
    let scratch = Scratch::new();
    let path = scratch.write("model.pkl", bytes);
    run(["convert", &path, "-o", "-"]).refused(1, reason);
    run(["inspect", &path]).refused(1, reason);
}

#[test]
fn what_is_no_model_is_said_to_be_what_it_is() {
    for (bytes, reason) in [
        (
            &b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"[..],
            "a pointer of Git LFS",
        ),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html>\n<html>", "a page of HTML"),
        (
            b"\xef\xbf\xbd\x04\xef\xbf\xbd",
            "read as text and written as UTF-8",
        ),
        (b"\x89HDF\r\n\x1a\n\0\0", "an HDF5 file"),
        (
            b"{\n \"cells\": [],\n \"metadata\": {},\n \"nbformat\": 4\n}\n",
            "a Jupyter notebook",
        ),
        (b"\x93NUMPY\x01\0v\0{}", "an array of numpy"),
        (b"PAR1\x15\x04", "a table of data (Parquet or Arrow)"),
        (b"tree\nversion=v4\n", "a model of LightGBM"),
        (b"# train\nfrom sklearn import svm\n", "a program in Python"),
        (
            b"length,width,kind\n5.1,3.5,a\n4.9,3.0,b\n",
            "a table of data, not a model",
        ),
        (b"a\xff\x00b", "not a model of a known format"),
    ] {
        refused(bytes, reason);
    }
}

#[test]
fn a_binary_model_of_old_xgboost_names_the_way_to_json() {
    let file = |booster: &str| {
        let mut bytes = b"binf".to_vec();
        bytes.extend([0; 136]);
        for name in ["reg:squarederror", booster] {
            bytes.extend((name.len() as u64).to_le_bytes());
            bytes.extend(name.as_bytes());
        }
        bytes
    };
    refused(&file("gblinear"), "save it as JSON");
    refused(
        &file("gbtree"),
        "a model of decision trees in XGBoost's old binary form",
    );
    let cut = file("gblinear");
    for length in 140..cut.len() {
        refused(&cut[..length], "not a model of a known format");
    }
}

/// What Git does to a file that it takes for text, in both protocols.
#[test]
fn a_pickle_with_converted_line_ends_is_told_from_another_damage() {
    for name in ["linear.p0", "columns_ridge.p4"] {
        let mut converted = Vec::new();
        for byte in file(name) {
            if byte == b'\n' {
                converted.push(b'\r');
            }
            converted.push(byte);
        }
        refused(
            &converted,
            "a text conversion (of Git's autocrlf, FTP or an editor)",
        );
    }
    let cut = file("linear.p4");
    let scratch = Scratch::new();
    let path = scratch.write("model.pkl", &cut[..cut.len() / 2]);
    let told = run(["convert", &path, "-o", "-"]);
    told.refused(1, "it was cut short");
    assert!(!told.stderr.contains("conversion"), "{}", told.stderr);
}
