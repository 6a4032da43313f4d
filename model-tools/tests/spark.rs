//! Saved models of Spark ML: each converted must predict what Spark did. `corpus/make_spark.py` made them.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use sagelet::artifact::{Artifact, Document, Parameters};

use crate::harness::{Scratch, run};
use crate::sklearn::{assert_told, check, convert, corpus, models, name};

const FOLDERS: [&str; 2] = ["spark-3.5", "spark-4.0"];

#[test]
fn every_model_predicts_what_spark_does() {
    for folder in FOLDERS {
        let paths = models(folder, false);
        assert!(paths.len() >= 58, "{} models in {folder}", paths.len());
        for path in paths {
            check(&path, &convert(&path));
        }
    }
}

/// The last stage first: what is no linear model is refused for that, whatever lies before it.
#[test]
fn what_is_no_linear_model_is_refused_by_its_stage() {
    for path in FOLDERS.iter().flat_map(|folder| models(folder, true)) {
        let reason = match name(&path).as_str() {
            "refused_forest" => {
                "a RandomForestRegressionModel of Spark: it consists of decision trees"
            }
            "refused_behind_text" => "a HashingTF of Spark: what it makes of columns is not read",
            "refused_no_model" => {
                "a VectorAssembler of Spark: it is the last stage, and changes columns only"
            }
            "refused_probit" => "its link is \"probit\"",
            "refused_buckets_that_end" => "a Bucketizer of Spark: its splits end at numbers",
            "refused_thresholds" => "it has a threshold for each class",
            "refused_version_2" => "save the model with parquet.writer.version set to v1",
            other => panic!("{other}"),
        };
        run(["convert", path.to_str().unwrap(), "-o", "-"]).refused(1, reason);
    }
}

/// The files of a zip archive of the corpus.
fn files(path: &Path) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (String::from_utf8(file.name_raw().to_vec()).unwrap(), bytes)
        })
        .collect()
}

fn tar_gz(files: &[(String, Vec<u8>)], below: &str) -> Vec<u8> {
    let encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut archive = tar::Builder::new(encoder);
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive
            .append_data(&mut header, format!("{below}{name}"), bytes.as_slice())
            .unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

fn unpack(files: &[(String, Vec<u8>)], into: &str) {
    for (name, bytes) in files {
        let path = PathBuf::from(into).join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

fn converted(scratch: &Scratch, input: &str) -> Document {
    let output = scratch.path("model.cbor");
    run(["convert", input, "-o", &output, "--force"]).ok();
    Artifact::read(output.as_ref()).unwrap().document
}

/// A saved model is a folder: people give that, an archive of it with or without the folder's name, or what MLflow made.
#[test]
fn a_model_is_the_same_as_folder_and_in_archives() {
    let path = corpus("spark-4.0").join("encoded_keep.zip");
    let (files, scratch) = (files(&path), Scratch::new());
    let expected = convert(&path).model;
    unpack(&files, &scratch.path("saved"));
    unpack(&files, &scratch.path("mlflow/sparkml"));
    scratch.write(
        "mlflow/MLmodel",
        b"flavors:\n  spark:\n    model_data: sparkml\n",
    );
    // Sums of digits lie beside each file, in names that begin with a dot.
    scratch.write("saved/metadata/.part-00000.crc", b"crc");
    let archives = ["", "./", "export/model/"].map(|below| {
        let name = format!("{}.tar.gz", below.len());
        scratch.write(&name, &tar_gz(&files, below))
    });
    let folders = ["saved", "mlflow"].map(|name| scratch.path(name));
    for input in archives.into_iter().chain(folders) {
        assert_eq!(converted(&scratch, &input).model, expected, "{input}");
    }
}

#[test]
fn two_models_side_by_side_and_missing_files_are_said_to_be_that() {
    let files = files(&corpus("spark-4.0").join("encoded.zip"));
    let scratch = Scratch::new();
    let both: Vec<_> = ["a/", "b/"]
        .iter()
        .flat_map(|folder| {
            files
                .iter()
                .map(move |(name, bytes)| (format!("{folder}{name}"), bytes.clone()))
        })
        .collect();
    let archive = scratch.write("both.tar.gz", &tar_gz(&both, ""));
    run(["convert", &archive, "-o", "-"]).refused(1, "several models of Spark lie side by side");
    let without_data: Vec<_> = files
        .into_iter()
        .filter(|(name, _)| !name.ends_with(".parquet"))
        .collect();
    let archive = scratch.write("incomplete.tar.gz", &tar_gz(&without_data, ""));
    run(["convert", &archive, "-o", "-"]).refused(1, "/data/part-00000");
}

/// Rows have the columns that the pipeline reads, by name.
#[test]
fn columns_of_the_rows_are_those_that_no_stage_makes() {
    let path = corpus("spark-4.0").join("encoded.zip");
    let names: Vec<_> = convert(&path)
        .features
        .iter()
        .map(|feature| feature.name.clone().unwrap())
        .collect();
    assert_eq!(names, ["city", "x", "rooms", "z"]);
    assert_told(
        &path,
        "rows have the columns \"city\", \"x\", \"rooms\", \"z\", in the order",
    );
    let alone = corpus("spark-4.0").join("linear_alone.zip");
    assert!(
        convert(&alone)
            .features
            .iter()
            .all(|feature| feature.name.is_none())
    );
}

/// Spark predicts a class above its threshold, an artifact from it on.
#[test]
fn a_threshold_is_kept_and_the_usual_one_left_out() {
    let threshold = |name: &str| convert(&corpus("spark-4.0").join(name)).threshold;
    assert_eq!(threshold("logistic.zip"), None);
    assert_eq!(threshold("support_vectors.zip"), None);
    assert_eq!(
        threshold("logistic_threshold.zip").unwrap().at,
        0.3_f64.next_up()
    );
    let named = convert(&corpus("spark-4.0").join("logistic_named.zip"));
    assert!(matches!(
        named.model,
        Parameters::MultinomialLogisticRegression(_)
    ));
}
