//! The training contract: channels and hyperparameters in, an artifact or a failure file out.

use sagelet::artifact::{Artifact, Cell, Document, Encoding, Label, Linear, Parameters};

use crate::harness::process::Ended;
use crate::harness::{Prefix, Process, Server, binary};

/// label = 1 + 2·a − 3·b, exactly.
const ROWS: &str = "1,0,0\n3,1,0\n-2,0,1\n0,1,1\n5,2,0\n";

fn train(prefix: &Prefix) -> Ended {
    Process::sagelet(&["train", "--prefix", prefix.argument()], &[]).wait()
}

/// Trains and reads the artifact back.
fn trained(prefix: &Prefix) -> Document {
    let ended = train(prefix);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    assert!(!prefix.path("output/failure").exists());
    Artifact::read(&prefix.path("model/model.cbor"))
        .unwrap()
        .document
}

/// Trains what cannot be trained, and gives the reason: the same in the failure file and in the log.
fn refused(prefix: &Prefix) -> String {
    let ended = train(prefix);
    assert_eq!(ended.status.code(), Some(1), "{}", ended.log);
    assert!(
        !prefix.path("model/model.cbor").exists(),
        "no model beside a failure"
    );
    let reason = prefix.read("output/failure");
    assert!(
        ended.log.contains(&format!("error: {reason}")),
        "{}\n{reason}",
        ended.log
    );
    assert!(reason.chars().count() <= 1024, "the platform shows no more");
    reason
}

fn prefix_with(rows: &str) -> Prefix {
    let prefix = Prefix::new();
    prefix.write("input/data/training/rows.csv", rows);
    prefix
}

fn parameters(document: &Document) -> &Linear {
    match &document.model {
        Parameters::LinearRegression(linear) => linear,
        other => panic!("{other:?}"),
    }
}

fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (found - expected).abs() < 1e-12,
            "{found} instead of {expected}"
        );
    }
}

/// A job with these hyperparameters and rows.
fn job(hyperparameters: &str, rows: &str) -> Prefix {
    let prefix = prefix_with(rows);
    prefix.write("input/config/hyperparameters.json", hyperparameters);
    prefix
}

/// The list under a key of `output/data/training.json`.
fn report(prefix: &Prefix) -> serde_json::Value {
    serde_json::from_str(&prefix.read("output/data/training.json")).unwrap()
}

#[test]
fn a_model_is_fitted_to_every_file_of_the_channel() {
    let prefix = Prefix::new();
    let lines: Vec<&str> = ROWS.lines().collect();
    prefix.write("input/data/training/a.csv", lines[..2].join("\n"));
    prefix.write(
        "input/data/training/b.CSV",
        lines[2..4].join("\r\n") + "\r\n",
    );
    prefix.write(
        "input/data/training/part=1/part-00000",
        format!("\"{}\"\n", lines[4].replace(',', "\",\"")),
    );
    let document = trained(&prefix);
    let linear = parameters(&document);
    assert_close(&linear.coefficients, &[2.0, -3.0]);
    assert_close(&[linear.intercept], &[1.0]);
    assert_close(
        &[
            document.metrics["training_rows"],
            document.metrics["train_r2"],
        ],
        &[5.0, 1.0],
    );
    assert!(
        !document.verification.is_empty(),
        "the model verifies itself at every start"
    );
    assert_eq!(
        document.provenance["training_files"],
        "a.csv, b.CSV, part-00000"
    );
}

#[test]
fn a_trained_model_serves() {
    let prefix = prefix_with(ROWS);
    trained(&prefix);
    let server = Server::start(prefix, &[]);
    assert_close(
        &server.invoke("text/csv", "10,100\n").predictions(),
        &[-279.0],
    );
}

#[test]
fn the_channel_may_be_called_train_and_be_a_single_file() {
    for path in [
        "input/data/train/rows.csv",
        "input/data/train/rows",
        "input/data/train",
    ] {
        let prefix = Prefix::new();
        prefix.write(path, ROWS);
        assert_close(&parameters(&trained(&prefix)).coefficients, &[2.0, -3.0]);
    }
}

#[test]
fn files_that_are_no_data_are_ignored() {
    let prefix = prefix_with(ROWS);
    for name in [
        "_SUCCESS",
        ".rows.csv.crc",
        "._rows.csv",
        ".DS_Store",
        "_temporary/half.csv",
        "readme.md",
    ] {
        prefix.write(&format!("input/data/training/{name}"), "not,data");
    }
    prefix.write("input/data/training/empty", "");
    prefix.write(
        "input/data/training-manifest",
        "the platform leaves this beside the channel",
    );
    prefix.write("input/config/resourceConfig.json", "");
    let ended = train(&prefix);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    assert!(
        ended
            .log
            .contains("readme.md\" holds no rows and was ignored"),
        "{}",
        ended.log
    );
}

#[test]
fn hyperparameters_name_the_features_and_turn_the_intercept_off() {
    let prefix = job(
        r#"{"feature_names": "[\"age\", \"bmi\"]", "fit_intercept": "False", "sagemaker_region": "\"x\"",
            "_tuning_objective_metric": "rmse", "epochs": "3", "mini_batch_size": "100"}"#,
        ROWS,
    );
    let ended = train(&prefix);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    assert!(
        ended.log.contains("epochs, mini_batch_size have no effect"),
        "{}",
        ended.log
    );
    let document = Artifact::read(&prefix.path("model/model.cbor"))
        .unwrap()
        .document;
    assert_eq!(document.feature_name(0), "age");
    assert_eq!(document.feature_name(1), "bmi");
    assert_eq!(parameters(&document).intercept, 0.0);
}

#[test]
fn an_empty_or_absent_hyperparameter_file_means_defaults() {
    for content in [None, Some(""), Some("{}\n")] {
        let prefix = prefix_with(ROWS);
        if let Some(content) = content {
            prefix.write("input/config/hyperparameters.json", content);
        }
        assert_close(&[parameters(&trained(&prefix)).intercept], &[1.0]);
    }
}

#[test]
fn a_header_names_features_and_settings_name_columns() {
    let rows = "id,age,price,w,city,note\n1,0,1,1,a,x\n2,1,3,1,b,\n3,2,5,2,a,y\n4,3,7,1,b,z\n5,4,9,1,a,y\n";
    let prefix = job(
        r#"{"label": "price", "weights": "w", "drop": "id,note", "wd": "1e-9"}"#,
        rows,
    );
    let document = trained(&prefix);
    assert_eq!(document.feature_name(0), "age");
    assert_eq!(document.features.len(), 2);
    assert_eq!(document.other_columns, ["id", "price", "w", "note"]);
    let Some(Encoding::OneHot(city)) = &document.features[1].encoding else {
        panic!("{:?}", document.features);
    };
    assert_eq!(
        city.categories,
        [Label::Text("a".to_owned()), Label::Text("b".to_owned())]
    );
    let server = Server::start(prefix, &[]);
    let answer = server.invoke("text/csv", rows).predictions();
    assert!(
        (answer[3] - 7.0).abs() < 1e-6,
        "people post their table as it is: {answer:?}"
    );
}

#[test]
fn without_penalty_the_first_category_is_the_reference() {
    let rows = "y,city\n1,rome\n2,oslo\n3,rome\n4,oslo\n2,bern\n";
    let document = trained(&job(r#"{"label": "y"}"#, rows));
    let linear = parameters(&document);
    assert_close(&[linear.intercept], &[2.0]);
    assert_close(&linear.coefficients, &[1.0, 0.0]);
}

#[test]
fn a_column_of_numbers_with_a_text_is_refused_naming_the_settings_that_help() {
    let reason = refused(&prefix_with("1,2,3\n4,five,6\n"));
    assert!(
        reason.contains("column 2 holds numbers, but also the text \"five\""),
        "{reason}"
    );
    assert!(
        reason.contains("categories") && reason.contains("missing_values"),
        "{reason}"
    );
    let document = trained(&job(
        r#"{"missing_values": "[\"five\"]", "missing": "mean"}"#,
        "1,2,3\n4,five,6\n5,7,1\n3,1,1\n",
    ));
    assert_eq!(document.missing_values, ["five"]);
    assert_eq!(document.features[0].missing, Cell::Number(10.0 / 3.0));
}

#[test]
fn missing_cells_are_refused_by_place_unless_something_stands_in() {
    let rows = "y,a,b\n1,0,5\n3,1,\n-2,0,6\n0,1,8\n5,,9\n4,2,4\n9,3,7\n";
    let reason = refused(&prefix_with(rows));
    assert!(
        reason.contains("rows.csv: row 3, column 3: the cell is empty"),
        "{reason}"
    );
    assert!(reason.contains("hyperparameter missing"), "{reason}");
    for (missing, fill) in [
        ("mean", 6.5),
        ("median", 6.0),
        ("constant", -1.0),
        ("indicator", 6.5),
    ] {
        let settings = format!(r#"{{"missing": "{missing}", "missing_constant": "-1"}}"#);
        let document = trained(&job(&settings, rows));
        let Cell::Number(found) = document.features[1].missing else {
            panic!("{missing}");
        };
        assert!((found - fill).abs() < 1e-12, "{missing}: {found}");
        assert_eq!(
            document.features[1].missing_indicator,
            missing == "indicator"
        );
    }
}

#[test]
fn compressed_files_are_read_by_their_content() {
    let prefix = Prefix::new();
    let mut gzip = flate2_of(&ROWS[..19]);
    gzip.extend(flate2_of(""));
    prefix.write("input/data/train/a.csv.gz", &gzip);
    prefix.write("input/data/train/b.csv", &ROWS[19..]);
    let document = trained(&prefix);
    assert_eq!(document.metrics["training_rows"], 5.0);
    assert_close(&parameters(&document).coefficients, &[2.0, -3.0]);
}

/// A stored gzip member: no compression, since no compressor is at hand.
fn flate2_of(text: &str) -> Vec<u8> {
    let mut crc = !0u32;
    for byte in text.bytes() {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (!(crc & 1)).wrapping_add(1));
        }
    }
    let length = u16::try_from(text.len()).unwrap();
    let mut member = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    member.extend(length.to_le_bytes());
    member.extend((!length).to_le_bytes());
    member.extend(text.as_bytes());
    member.extend((!crc).to_le_bytes());
    member.extend(u32::from(length).to_le_bytes());
    member
}

#[test]
fn json_lines_are_read_by_name_or_by_place() {
    let by_name = "{\"y\":1,\"a\":0,\"b\":0}\n{\"b\":0,\"y\":3,\"a\":1}\n{\"y\":-2,\"a\":0,\"b\":1}\n{\"y\":0,\"a\":1,\"b\":1}\n";
    let by_place = "[1,0,0]\n[3,1,0]\n[-2,0,1]\n[0,1,1]\n";
    for rows in [by_name, by_place] {
        let prefix = Prefix::new();
        prefix.write("input/data/train/rows.jsonl", rows);
        assert_close(&parameters(&trained(&prefix)).coefficients, &[2.0, -3.0]);
    }
}

#[test]
fn libsvm_recordio_and_npy_are_read_with_their_labels() {
    let libsvm = "1\n3 1:1\n-2 2:1\n0 1:1 2:1\n5 1:2\n";
    let rows = [
        [1.0, 0.0, 0.0],
        [3.0, 1.0, 0.0],
        [-2.0, 0.0, 1.0],
        [0.0, 1.0, 1.0],
        [5.0, 2.0, 0.0],
    ];
    let mut npy = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    npy.extend(
        format!(
            "{:<118}",
            "{'descr': '<f8', 'fortran_order': False, 'shape': (5, 3), }"
        )
        .bytes(),
    );
    npy.extend(
        rows.iter()
            .flatten()
            .flat_map(|cell: &f64| cell.to_le_bytes()),
    );
    let recordio: Vec<u8> = rows
        .iter()
        .flat_map(|row| frame(row[0], &row[1..]))
        .collect();
    for (name, bytes) in [
        ("part-0", libsvm.as_bytes()),
        ("x.npy", &npy),
        ("rows.pbr", &recordio),
    ] {
        let prefix = Prefix::new();
        prefix.write(&format!("input/data/train/{name}"), bytes);
        let document = trained(&prefix);
        assert_close(&parameters(&document).coefficients, &[2.0, -3.0]);
        assert_close(&[parameters(&document).intercept], &[1.0]);
    }
    let prefix = Prefix::new();
    prefix.write("input/data/train/part-0.libsvm", "1 1:1\n2:1 1:3\n");
    assert!(refused(&prefix).contains("row 2 has no label"));
}

/// A frame of RecordIO with a record of doubles.
fn frame(label: f64, features: &[f64]) -> Vec<u8> {
    let field = |number: u8, bytes: &[u8]| {
        let mut field = vec![number << 3 | 2, u8::try_from(bytes.len()).unwrap()];
        field.extend(bytes);
        field
    };
    let entry = |numbers: &[f64]| {
        let packed: Vec<u8> = numbers
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect();
        let value = field(3, &field(1, &packed));
        [field(1, b"values"), field(2, &value)].concat()
    };
    let record = [field(1, &entry(features)), field(2, &entry(&[label]))].concat();
    let mut frame = vec![
        0x0a,
        0x23,
        0xd7,
        0xce,
        u8::try_from(record.len()).unwrap(),
        0,
        0,
        0,
    ];
    frame.extend(&record);
    frame.resize(frame.len().next_multiple_of(4), 0);
    frame
}

#[test]
fn the_content_type_of_the_channel_counts_more_than_names() {
    let prefix = Prefix::new();
    prefix.write("input/data/train/rows.jsonl", ROWS);
    prefix.write(
        "input/config/inputdataconfig.json",
        r#"{"train": {"ContentType": "text/csv;label_size=1", "TrainingInputMode": "FastFile"}}"#,
    );
    assert_close(&parameters(&trained(&prefix)).coefficients, &[2.0, -3.0]);
    prefix.write(
        "input/config/inputdataconfig.json",
        r#"{"train": {"ContentType": "image/png"}}"#,
    );
    std::fs::remove_file(prefix.path("model/model.cbor")).unwrap();
    assert!(refused(&prefix).contains("image/png"));
    prefix.write(
        "input/config/inputdataconfig.json",
        r#"{"train": {"TrainingInputMode": "Pipe"}}"#,
    );
    assert!(refused(&prefix).contains("Pipe mode"));
}

/// Colons and blanks were taken as settings, and the file was read with commas.
#[test]
fn every_delimiter_that_can_be_set_is_the_one_that_files_are_read_with() {
    for (said, delimiter) in [
        (";", ";"),
        ("|", "|"),
        (":", ":"),
        (" ", " "),
        ("space", " "),
        ("\\t", "\t"),
        ("tab", "\t"),
    ] {
        let rows = ROWS.replace(',', delimiter);
        let prefix = job(&format!(r#"{{"delimiter": "{said}"}}"#), &rows);
        assert_close(&parameters(&trained(&prefix)).coefficients, &[2.0, -3.0]);
    }
}

/// The format alone was heeded: a header of years became a row, and the first index of libsvm was taken for 1.
#[test]
fn parameters_of_the_channels_content_type_hold() {
    let libsvm = "1\n3 0:1\n-2 1:1\n0 0:1 1:1\n5 0:2\n";
    let years = format!("2001,2002,2003\n{ROWS}");
    for (content_type, rows, names) in [
        (
            "text/csv; delimiter=semicolon",
            &*ROWS.replace(',', ";"),
            None,
        ),
        ("text/csv; header=present", &years, Some(["2002", "2003"])),
        ("text/libsvm; indexing=0", libsvm, None),
    ] {
        let prefix = prefix_with(rows);
        let config = format!(r#"{{"training": {{"ContentType": "{content_type}"}}}}"#);
        prefix.write("input/config/inputdataconfig.json", config);
        let document = trained(&prefix);
        assert_close(&parameters(&document).coefficients, &[2.0, -3.0]);
        for (index, name) in names.into_iter().flatten().enumerate() {
            assert_eq!(document.feature_name(index), name);
        }
    }
}

/// Every channel was read as the training channel is, whatever its own content type said.
#[test]
fn the_content_type_of_a_validation_channel_is_its_own() {
    let prefix = prefix_with(ROWS);
    prefix.write("input/data/validation/rows", ROWS.replace(',', ";"));
    let config = |content_type: &str| {
        let config = format!(r#"{{"validation": {{"ContentType": "{content_type}"}}}}"#);
        prefix.write("input/config/inputdataconfig.json", config);
    };
    config("text/csv; delimiter=semicolon");
    assert!(trained(&prefix).metrics["validation_mse"] < 1e-20);
    std::fs::remove_file(prefix.path("model/model.cbor")).unwrap();
    config("application/jsonlines");
    assert!(refused(&prefix).contains("one format for all channels"));
}

#[test]
fn several_hosts_are_refused_with_what_to_do() {
    let prefix = prefix_with(ROWS);
    prefix.write(
        "input/config/resourceconfig.json",
        r#"{"current_host": "algo-1", "hosts": ["algo-1", "algo-2"]}"#,
    );
    assert!(refused(&prefix).contains("the job has 2 hosts"));
}

/// Two classes that overlap, in two columns.
fn two_classes(labels: [&str; 2]) -> String {
    let rows = [0.0, 1.0, 0.5, 0.2, 1.5, 2.0, 1.7, 0.9, 1.4, 0.3, 0.6, 1.1];
    rows.iter()
        .enumerate()
        .map(|(index, x)| format!("{},{x},{}\n", labels[index / 2 % 2], (index * 5) % 7))
        .collect()
}

#[test]
fn labels_that_are_texts_make_a_classifier() {
    let prefix = prefix_with(&two_classes(["no", "yes"]));
    let ended = train(&prefix);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    assert!(
        ended.log.contains("the positive class is \"yes\""),
        "{}",
        ended.log
    );
    let document = Artifact::read(&prefix.path("model/model.cbor"))
        .unwrap()
        .document;
    let labels = [Label::Text("no".to_owned()), Label::Text("yes".to_owned())];
    assert_eq!(document.model.labels(), labels);
    for name in ["train_auc", "train_f1", "train_log_loss", "train_accuracy"] {
        assert!(document.metrics[name] > 0.0, "{name}");
        assert!(
            ended
                .log
                .contains(&format!("train:{}=", name.trim_start_matches("train_"))),
            "{name}"
        );
    }
    let confusion = &report(&prefix)["confusion"]["train"];
    assert_eq!(confusion["labels"], serde_json::json!(["no", "yes"]));
}

#[test]
fn the_same_classes_by_any_name_give_the_same_coefficients() {
    let coefficients = |labels: [&str; 2], settings: &str| {
        let document = trained(&job(settings, &two_classes(labels)));
        match document.model {
            Parameters::LogisticRegression(logistic) => logistic.coefficients,
            Parameters::MultinomialLogisticRegression(multi) => multi.coefficients[1]
                .iter()
                .zip(&multi.coefficients[0])
                .map(|(a, b)| a - b)
                .collect(),
            other => panic!("{other:?}"),
        }
    };
    let binary = r#"{"predictor_type": "binary_classifier"}"#;
    let expected = coefficients(["0", "1"], binary);
    for labels in [["-1", "1"], ["False", "True"], ["a", "b"], ["7", "8"]] {
        assert_close(&coefficients(labels, binary), &expected);
    }
    let several = r#"{"predictor_type": "multiclass_classifier", "num_classes": "2"}"#;
    assert_close(&coefficients(["0", "1"], several), &expected);
}

#[test]
fn weights_of_classes_are_weights_of_their_rows() {
    let rows = two_classes(["0", "1"]);
    let doubled: String = rows
        .lines()
        .flat_map(|line| {
            let times = if line.starts_with('1') { 2 } else { 1 };
            std::iter::repeat_n(format!("{line}\n"), times)
        })
        .collect();
    let weighted =
        r#"{"predictor_type": "binary_classifier", "positive_example_weight_mult": "2"}"#;
    let plain = r#"{"predictor_type": "binary_classifier"}"#;
    let fitted = |settings, rows: &str| match trained(&job(settings, rows)).model {
        Parameters::LogisticRegression(logistic) => logistic.coefficients,
        other => panic!("{other:?}"),
    };
    assert_close(&fitted(weighted, &rows), &fitted(plain, &doubled));
    let balanced =
        r#"{"predictor_type": "binary_classifier", "positive_example_weight_mult": "balanced"}"#;
    assert_close(&fitted(balanced, &rows), &fitted(plain, &rows));
}

#[test]
fn what_cannot_be_fitted_says_why_and_what_helps() {
    let classifier = r#"{"predictor_type": "binary_classifier"}"#;
    for (settings, rows, expected) in [
        (classifier, "1,2,3\n1,3,5\n", "all labels are \"1\""),
        (
            classifier,
            "1,2,3\n0,3,5\n2,1,1\n",
            "there are 3 classes, 2 are what predictor_type=binary_classifier takes",
        ),
        (
            classifier,
            "1,2,3\n0,-3,5\n1,4,4\n0,-2,1\n1,2,2\n",
            "told apart without error",
        ),
        (
            r#"{"loss": "gamma"}"#,
            "1,2\n0,3\n2,2\n",
            "loss=gamma needs labels above 0, and the smallest is 0",
        ),
        (
            "{}",
            "1,2,3\n4,5,7\n",
            "2 rows cannot determine 3 coefficients",
        ),
        (
            "{}",
            "1e300,1e300\n2,1e-300\n3,2\n",
            "the numbers are too large",
        ),
        ("{}", "x,2\ny,3\nx,1\n", "told apart without error"),
    ] {
        let reason = refused(&job(settings, rows));
        assert!(reason.contains(expected), "{reason}");
    }
    let dependent = "1,1,2,3\n2,2,1,3\n3,3,5,8\n4,4,4,8\n5,6,1,7\n";
    let reason = refused(&job(r#"{"feature_names": "a,b,sum"}"#, dependent));
    assert!(
        reason.contains("feature \"sum\" is a combination"),
        "{reason}"
    );
    trained(&job(r#"{"wd": "0.1"}"#, dependent));
}

#[test]
fn a_constant_column_has_the_coefficient_0_and_that_is_said() {
    let prefix = prefix_with("1,2,7\n2,3,7\n3,5,7\n4,6,7\n");
    let ended = train(&prefix);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    assert!(
        ended
            .log
            .contains("constant features have the coefficient 0: in column 3"),
        "{}",
        ended.log
    );
    let document = Artifact::read(&prefix.path("model/model.cbor"))
        .unwrap()
        .document;
    assert_eq!(parameters(&document).coefficients[1], 0.0);
}

#[test]
fn penalties_are_those_of_the_documented_objective() {
    // One column of mean 0 and deviation 1 with slope 3: ridge divides by 1 + wd, the lasso takes l1 off.
    let rows = "4,1\n-2,-1\n4,1\n-2,-1\n";
    for (settings, slope) in [
        (r#"{"wd": "0.5"}"#, 2.0),
        (r#"{"l1": "0.5"}"#, 2.5),
        (r#"{"l1": "0.5", "wd": "0.25"}"#, 2.0),
        (r#"{"l1": "4"}"#, 0.0),
        // Labels of deviation 3: the same penalty on labels of deviation 1.
        (r#"{"l1": "0.5", "normalize_label": "true"}"#, 1.5),
    ] {
        let document = trained(&job(settings, rows));
        let Parameters::ElasticNet(linear) = &document.model else {
            panic!("{:?}", document.model);
        };
        assert_close(&linear.coefficients, &[slope]);
        assert_close(&[linear.intercept], &[1.0]);
    }
}

#[test]
fn generalised_linear_models_predict_means() {
    let rows = "2,0\n4,1\n8,2\n16,3\n";
    for loss in ["poisson", "gamma", "tweedie"] {
        let prefix = job(&format!(r#"{{"loss": "{loss}"}}"#), rows);
        trained(&prefix);
        let server = Server::start(prefix, &[]);
        let answer = server.invoke("text/csv", "4\n").predictions();
        assert!((answer[0] - 32.0).abs() < 1e-7, "{loss}: {answer:?}");
    }
}

#[test]
fn validation_and_test_channels_are_evaluated() {
    let prefix = prefix_with(ROWS);
    prefix.write("input/data/validation/v.csv", "2,0,0\n2,1,0\n");
    prefix.write("input/data/test/t.csv", "1,0,0\n");
    let ended = train(&prefix);
    assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
    let document = Artifact::read(&prefix.path("model/model.cbor"))
        .unwrap()
        .document;
    assert_close(
        &[
            document.metrics["validation_rmse"],
            document.metrics["validation_mae"],
        ],
        &[1.0, 1.0],
    );
    assert!(ended.log.contains("validation:mse="), "{}", ended.log);
    assert!(document.metrics["test_mse"] < 1e-20);
}

#[test]
fn a_split_holds_rows_out_and_says_how_good_they_are() {
    let rows: String = (0..400)
        .map(|n| format!("{},{n},{}\n", 2 * n + 1, (n * n) % 17))
        .collect();
    let document = trained(&job(r#"{"validation_split": "0.25", "seed": "3"}"#, &rows));
    let rows = document.metrics["training_rows"];
    assert!((260.0..340.0).contains(&rows), "{rows}");
    assert!(document.metrics["validation_mse"] < 1e-12);
}

/// Many rows in several files, so that there are several chunks.
fn many(prefix: &Prefix, class: bool) {
    let mut state = 1u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1 << 24)
    };
    for file in ["a/1", "b/2", "c"] {
        let mut text = String::new();
        for _ in 0..30_000 {
            let (x, z) = (random() * 10.0, random() - 0.5);
            let noise = random() - 0.5;
            let label = if class {
                f64::from(u8::from(x - 5.0 + 8.0 * noise > z))
            } else {
                3.0 * x - z + noise
            };
            text.push_str(&format!("{label},{x},{z},{}\n", (x * 3.0).floor()));
        }
        prefix.write(&format!("input/data/train/{file}"), text);
    }
}

#[test]
fn bytes_do_not_depend_on_threads_or_memory() {
    for class in [false, true] {
        let mut found = Vec::new();
        for (cores, memory) in [("0", "1g"), ("0-1", "1g"), ("0-1", "1m"), ("0", "1k")] {
            let prefix = Prefix::new();
            many(&prefix, class);
            let kind = if class {
                "binary_classifier"
            } else {
                "regressor"
            };
            prefix.write(
                "input/config/hyperparameters.json",
                format!(r#"{{"memory": "{memory}", "predictor_type": "{kind}", "l1": "0.001"}}"#),
            );
            let mut command = std::process::Command::new("taskset");
            command.args(["--cpu-list", cores]).arg(binary());
            command.args(["train", "--prefix", prefix.argument()]);
            let ended = Process::spawn(command, &[]).wait();
            assert_eq!(ended.status.code(), Some(0), "{}", ended.log);
            found.push(std::fs::read(prefix.path("model/model.cbor")).unwrap());
        }
        assert!(
            found.windows(2).all(|pair| pair[0] == pair[1]),
            "class: {class}"
        );
    }
}

#[test]
fn an_error_deep_in_a_file_has_its_line() {
    let prefix = Prefix::new();
    let mut text = "y,a,b\n".to_owned();
    for line in 0..150_000 {
        text.push_str(if line == 120_000 {
            "1,2\n"
        } else {
            "1.25,2.5,3.75\n"
        });
    }
    prefix.write("input/data/train/rows.csv", text);
    let reason = refused(&prefix);
    assert!(
        reason.contains("rows.csv: row 120002 has 2 columns, not 3"),
        "{reason}"
    );
}

#[test]
fn the_report_says_what_was_seen_in_each_column() {
    let prefix = job(r#"{"missing": "mean"}"#, "y,a\n1,0\n2,\n3,4\n5,8\n");
    trained(&prefix);
    let column = &report(&prefix)["columns"][0];
    assert_eq!(column["name"], "\"a\"");
    for (name, value) in [
        ("count", 3.0),
        ("missing", 1.0),
        ("mean", 4.0),
        ("minimum", 0.0),
        ("maximum", 8.0),
    ] {
        assert_eq!(column[name].as_f64(), Some(value), "{name}");
    }
    assert_eq!(column["quantiles"]["50%"].as_f64(), Some(4.0));
    let covariance = report(&prefix)["covariance"].as_array().unwrap().len();
    assert_eq!(covariance, 2);
}

/// What explanations, intervals and a watch over later rows are made of.
#[test]
fn the_artifact_keeps_statistics_of_the_columns() {
    let rows = "y,a,port\n1,0,S\n2,,C\n3,4,S\n5,8,\n";
    let document = trained(&job(r#"{"missing": "mean", "label": "y"}"#, rows));
    let training = document.training.unwrap();
    assert_eq!(training.rows, 4);
    let [a, port] = training.features.as_slice() else {
        panic!("{training:?}");
    };
    assert_eq!((a.count, a.missing, a.mean), (3, 1, Some(4.0)));
    // Of the cells that are there, not of those that were filled in.
    let deviation = (32.0_f64 / 3.0).sqrt();
    assert!((a.deviation.unwrap() - deviation).abs() < 1e-14, "{a:?}");
    assert_eq!((a.minimum, a.maximum), (Some(0.0), Some(8.0)));
    let median = training.levels.iter().position(|level| *level == 0.5);
    assert_eq!(a.quantiles[median.unwrap()], 4.0);
    assert!((a.shares[median.unwrap()] - 2.0 / 3.0).abs() < 1e-15);
    assert_eq!((port.count, port.missing), (3, 1));
    assert_eq!(port.categories, [1, 2], "C and S");
}

/// Published for this set (NIST, Norris): the standard deviations of intercept and slope.
#[test]
fn the_artifact_keeps_the_covariance_of_the_coefficients() {
    let norris = include_str!("../solver/tests/nist/norris.csv");
    let document = trained(&prefix_with(norris));
    let covariance = document.covariance.unwrap();
    assert_eq!(covariance.degrees_of_freedom, 34);
    let [first, below, last] = covariance.factor.as_slice() else {
        panic!("{covariance:?}");
    };
    let errors = [first.hypot(*below), last.abs()];
    for (found, certified) in errors.into_iter().chain([covariance.dispersion]).zip([
        0.232818234301152,
        0.429796848199937e-03,
        0.782864662630069,
    ]) {
        let off = (found - certified).abs() / certified;
        assert!(off < 1e-12, "{found} instead of {certified}");
    }
    let penalised = trained(&job(r#"{"wd": "1e-9"}"#, norris));
    assert_eq!(penalised.covariance, None, "a penalty biases");
}

#[test]
fn an_index_column_is_not_taken_for_the_label() {
    let reason = refused(&prefix_with(",price,age\n0,1,2\n1,2,3\n2,3,5\n"));
    assert!(
        reason.contains("the first name of the header is empty"),
        "{reason}"
    );
    assert!(reason.contains("index=False"), "{reason}");
}

#[test]
fn a_name_that_is_nearly_a_hyperparameter_ends_the_job() {
    let reason = refused(&job(r#"{"normalise_data": "true"}"#, ROWS));
    assert!(reason.contains("did you mean normalize_data?"), "{reason}");
}

#[test]
fn the_same_data_give_the_same_bytes() {
    let bytes = |rows: &str| {
        let prefix = prefix_with(rows);
        trained(&prefix);
        std::fs::read(prefix.path("model/model.cbor")).unwrap()
    };
    assert_eq!(bytes(ROWS), bytes(ROWS));
    assert_ne!(bytes(ROWS), bytes(&ROWS.replace("5,2,0", "5,2,0.5")));
}

#[test]
fn an_earlier_model_is_replaced() {
    let prefix = prefix_with(ROWS);
    prefix.write("model/model.cbor", "of an earlier job");
    trained(&prefix);
}

#[test]
fn the_log_has_metrics_in_the_form_that_metric_definitions_read() {
    let ended = train(&prefix_with(ROWS));
    for name in ["train_r2=", "train_rmse=", "training_rows=5;"] {
        assert!(
            ended
                .log
                .lines()
                .any(|line| line.starts_with(name) && line.ends_with(';')),
            "{}",
            ended.log
        );
    }
}

#[test]
fn no_files_is_a_failure_that_says_where_they_were_looked_for() {
    let reason = refused(&Prefix::new());
    assert!(reason.contains("there are no data files in"), "{reason}");
    assert!(reason.contains("input/data/training"), "{reason}");
}

#[test]
fn a_row_of_another_width_is_named_with_its_file() {
    let reason = refused(&prefix_with("1,2,3\n4,5\n"));
    assert!(
        reason.contains("rows.csv: row 2 has 2 columns, not 3"),
        "{reason}"
    );
}

#[test]
fn a_file_of_labels_alone_is_refused() {
    let reason = refused(&prefix_with("1\n2\n"));
    assert!(reason.contains("the first row has 1 columns"), "{reason}");
}

#[test]
fn a_bad_hyperparameter_is_named_with_what_was_expected() {
    for (content, expected) in [
        (
            r#"{"fit_intercept": "maybe"}"#,
            "hyperparameter fit_intercept=\"maybe\" is not valid: expected true or false",
        ),
        (
            r#"{"feature_names": "a,b,c"}"#,
            "feature_names has 3 names, the data have 2 features",
        ),
        (
            r#"{"fit_intercept": true"#,
            "hyperparameters.json is not a JSON object",
        ),
        (
            r#"["fit_intercept"]"#,
            "hyperparameters.json is not a JSON object",
        ),
    ] {
        let prefix = prefix_with(ROWS);
        prefix.write("input/config/hyperparameters.json", content);
        let reason = refused(&prefix);
        assert!(reason.contains(expected), "{reason}");
    }
}

#[test]
fn a_name_given_twice_is_refused() {
    let prefix = prefix_with(ROWS);
    prefix.write(
        "input/config/hyperparameters.json",
        r#"{"feature_names": "a,a"}"#,
    );
    let reason = refused(&prefix);
    assert!(
        reason.contains("feature 2 is called \"a\", as one before it is"),
        "{reason}"
    );
}
