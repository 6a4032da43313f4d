//! Models in archives, compressed files and folders: found by their content, bounded, never unpacked.

use crate::harness::{Scratch, run};
use crate::sklearn::file;

pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        archive.append_data(&mut header, name, *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_model_in_an_archive_is_found_by_its_content() {
    let scratch = Scratch::new();
    let convert = |name: &str, bytes: &[u8]| {
        let path = scratch.write(name, bytes);
        let output = scratch.path("model.cbor");
        run(["convert", &path, "-o", &output, "--force"])
    };
    let (pickle, skops) = (file("linear.joblib"), file("linear.skops"));
    let others: [(&str, &[u8]); 2] = [
        ("code/inference.py", b"import os"),
        ("metadata.json", b"{}"),
    ];
    for (model, bytes) in [("model.joblib", &pickle), ("model.skops", &skops)] {
        let archive = tar(&[others[0], others[1], (model, bytes)]);
        for archive in [gzip(&archive), archive] {
            let told = convert("model.tar.gz", &archive);
            assert!(
                told.stderr.contains(&format!("tar: {model}, ")),
                "{}",
                told.stderr
            );
            told.ok();
        }
    }
    let two = tar(&[("a.pkl", &pickle), ("b.pkl", &pickle)]);
    convert("two.tar", &two).refused(
        1,
        "it holds several estimators, \"a.pkl\" (LinearRegression), \"b.pkl\" (LinearRegression), and does not say",
    );
    let none = tar(&others[..1]);
    convert("none.tar", &none).refused(
        1,
        "no file in the tar archive is a model of a known format; it holds code/inference.py",
    );
    let whole = gzip(&two);
    convert("cut.tar.gz", &whole[..whole.len() / 2]).refused(1, "the gzip compression is damaged");
    let mut files = scratch.files();
    files.sort();
    assert_eq!(
        files,
        [
            "cut.tar.gz",
            "model.cbor",
            "model.tar.gz",
            "none.tar",
            "two.tar"
        ],
        "nothing is unpacked"
    );
}

/// A thousand bytes that decompress to more than the memory of a small machine.
#[test]
fn a_decompression_bomb_is_refused() {
    let scratch = Scratch::new();
    let bomb = gzip(&vec![0; 1 << 20]).repeat(257);
    let path = scratch.write("bomb.pkl", &bomb);
    run(["convert", &path, "-o", "-"])
        .refused(1, "decompressed from gzip, it is larger than 256 MiB");
}

#[test]
fn a_folder_of_mlflow_is_read_by_what_its_description_names() {
    let scratch = Scratch::new();
    let folder = scratch.path("model");
    std::fs::create_dir(&folder).unwrap();
    let output = scratch.path("model.cbor");
    let convert = || run(["convert", &folder, "-o", &output, "--force"]);
    convert().refused(1, "no file in the folder is a model of a known format, and there is no file MLmodel of MLflow");
    let description =
        "flavors:\n  sklearn:\n    pickled_model: model.skops\n    sklearn_version: 1.9.1\n";
    scratch.write("model/MLmodel", description.as_bytes());
    convert().refused(1, "a folder of MLflow without model.skops or model.pkl");
    scratch.write("model/model.skops", &file("linear.skops"));
    convert().ok();
    // Older ones pickle. A name that leads out of the folder is not followed.
    let description = "    pickled_model: ../model.skops\n";
    scratch.write("model/MLmodel", description.as_bytes());
    std::fs::rename(
        scratch.path("model/model.skops"),
        scratch.path("model.skops"),
    )
    .unwrap();
    convert().refused(1, "without model.skops or model.pkl");
    scratch.write("model/model.pkl", &file("linear.p4"));
    convert().ok();
}
