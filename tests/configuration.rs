//! Every variable of `docs/configuration.md`: what a wrong value does, and that a right one is heeded.

use crate::harness::prefix::{identity, linear};
use crate::harness::server::invocation;
use crate::harness::{Prefix, Process, Server};

fn server(variables: &[(&str, &str)]) -> Server {
    Server::start(Prefix::with_model(identity()), variables)
}

#[test]
fn a_wrong_value_stops_the_start_with_64_and_says_what_was_expected() {
    let prefix = Prefix::with_model(identity());
    let numbers = "a whole number from 1 on";
    for (name, value, expected) in [
        (
            "SAGEMAKER_BIND_TO_PORT",
            "http",
            "a port number from 0 to 65535",
        ),
        (
            "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT",
            "image/png",
            "text/csv, application/json",
        ),
        (
            "SAGEMAKER_INFERENCE_OUTPUT",
            "label",
            "a list of predicted_label, labels",
        ),
        ("SAGELET_ECHO_CUSTOM_ATTRIBUTES", "yes", "true or false"),
        ("SAGEMAKER_MULTI_MODEL", "2", "true or false"),
        ("SAGELET_MODELS_BYTES", "1 GB", numbers),
        ("SAGELET_LOG", "xml", "text or json"),
        (
            "SAGEMAKER_CONTAINER_LOG_LEVEL",
            "loud",
            "10 (debug), 20 (info)",
        ),
        ("SAGELET_SLOW_MILLISECONDS", "0", numbers),
        ("SAGELET_WORKERS", "0", numbers),
        ("SAGELET_COMPUTE_THREADS", "many", numbers),
        ("SAGEMAKER_MODEL_SERVER_WORKERS", "-1", numbers),
        ("MODEL_SERVER_WORKERS", "1.5", numbers),
        ("SAGELET_CONNECTIONS", "0", numbers),
        ("SAGELET_BODY_BYTES", "100MB", numbers),
        ("MAX_CONTENT_LENGTH", "0", numbers),
        (
            "SAGELET_MEMORY_BYTES",
            "64Mi",
            "at least 25165824 bytes (24 MiB)",
        ),
        ("SAGELET_IDLE_SECONDS", "0", numbers),
        ("SAGELET_HEAD_SECONDS", "x", numbers),
        ("SAGELET_BODY_SECONDS", "x", numbers),
        ("SAGELET_WRITE_SECONDS", "x", numbers),
        ("SAGEMAKER_MODEL_SERVER_TIMEOUT", "1m", numbers),
        ("MODEL_SERVER_TIMEOUT", "0", numbers),
    ] {
        let arguments = prefix.serve_arguments_without_port();
        let ended = Process::sagelet(&arguments, &[(name, value)]).wait();
        assert_eq!(ended.status.code(), Some(64), "{name}: {}", ended.log);
        let reason = format!("{name}={value:?} is not valid: expected {expected}");
        assert!(ended.log.contains(&reason), "{reason}: {}", ended.log);
    }
}

#[test]
fn a_misspelt_variable_stops_the_start_with_64_and_names_the_one_that_is_meant() {
    let prefix = Prefix::with_model(identity());
    let variables = [("SAGELET_WORKER", "2")];
    let ended = Process::sagelet(&prefix.serve_arguments(), &variables).wait();
    assert_eq!(ended.status.code(), Some(64), "{}", ended.log);
    let reason = "error: the variable SAGELET_WORKER is unknown: did you mean SAGELET_WORKERS?";
    assert!(ended.log.contains(reason), "{}", ended.log);
    let train = Process::sagelet(&["train", "--prefix", prefix.argument()], &variables).wait();
    assert_eq!(train.status.code(), Some(64), "{}", train.log);
    // Kubernetes sets these for a service that is called sagelet.
    let server = Server::start(
        prefix,
        &[
            ("SAGELET_SERVICE_HOST", "10.0.0.1"),
            ("SAGELET_PORT", "tcp://10.0.0.1:80"),
        ],
    );
    assert_eq!(server.get("/ping").status, 200);
}

#[test]
fn a_file_after_serve_is_the_model_whatever_lies_in_the_model_directory() {
    let prefix = Prefix::with_model(linear(1.0, &[0.0]));
    let other = Prefix::with_model(identity());
    let file = other.path("model/model.cbor");
    let file = file.to_str().unwrap();
    let arguments = [&prefix.serve_arguments()[..], &[file]].concat();
    let process = Process::sagelet(&arguments, &[]);
    let server = Server::listening(process, prefix);
    assert_eq!(server.invoke("text/csv", "7\n").predictions(), [7.0]);

    let several = [("SAGEMAKER_MULTI_MODEL", "true")];
    let ended = Process::sagelet(&["serve", file], &several).wait();
    assert_eq!(ended.status.code(), Some(64), "{}", ended.log);
    let missing = Process::sagelet(
        &[
            "serve",
            "no/such.cbor",
            "--port",
            "0",
            "--host",
            "127.0.0.1",
        ],
        &[],
    );
    let server = Server::listening(missing, Prefix::new());
    let reason = server.get("/ping").reason();
    assert!(reason.contains("no/such.cbor"), "{reason}");
}

#[test]
fn names_of_other_containers_are_honoured_where_ours_are_not_set() {
    let server = server(&[
        ("SAGEMAKER_MODEL_SERVER_WORKERS", "3"),
        ("MODEL_SERVER_WORKERS", "5"),
        ("MAX_CONTENT_LENGTH", "100"),
        ("SAGEMAKER_MODEL_SERVER_TIMEOUT", "60"),
    ]);
    assert_eq!(server.invoke("text/csv", "1\n".repeat(51)).status, 413);
    assert_eq!(server.invoke("text/csv", "1\n".repeat(50)).status, 200);
    let log = server.stop().log;
    assert!(
        log.contains("compute threads 3, bytes of a body at most 100"),
        "{log}"
    );
}

#[test]
fn batch_transform_is_told_to_send_what_the_server_can_take() {
    let parameters = |variables: &[(&str, &str)]| -> serde_json::Value {
        let answer = server(variables).get("/execution-parameters");
        assert_eq!(answer.header("content-type"), Some("application/json"));
        serde_json::from_slice(&answer.body).unwrap()
    };
    let usual = parameters(&[("SAGELET_COMPUTE_THREADS", "4")]);
    let expected = serde_json::json!({
        "MaxConcurrentTransforms": 4, "BatchStrategy": "MULTI_RECORD", "MaxPayloadInMB": 6
    });
    assert_eq!(usual, expected);
    // All payloads at once must not be more than 100 MB, nor one larger than a body may be.
    let many = parameters(&[("SAGELET_COMPUTE_THREADS", "64")]);
    assert_eq!(many["MaxConcurrentTransforms"], 16);
    let small = parameters(&[("SAGELET_BODY_BYTES", "2097152")]);
    assert_eq!(small["MaxPayloadInMB"], 2);
    // Who sets the size of a body up means larger payloads.
    let large = parameters(&[
        ("MAX_CONTENT_LENGTH", "20971520"),
        ("SAGELET_COMPUTE_THREADS", "64"),
    ]);
    assert_eq!(large["MaxPayloadInMB"], 20);
    assert_eq!(large["MaxConcurrentTransforms"], 5);
    let largest = parameters(&[("SAGELET_BODY_BYTES", "209715200")]);
    assert_eq!(largest["MaxPayloadInMB"], 100);
    assert_eq!(largest["MaxConcurrentTransforms"], 1);
}

/// Linear Learner and XGBoost answer so to `Accept: application/json`, whatever the rows came in.
#[test]
fn json_answers_to_other_rows_have_scores_where_they_are_set_to() {
    let server = server(&[("SAGELET_JSON_SCORES", "true")]);
    let invoke = |content_type, body: &str| {
        let headers = [
            ("Content-Type", content_type),
            ("Accept", "application/json"),
        ];
        server.send(invocation(&headers, body)).text().to_owned()
    };
    let scores = r#"{"predictions":[{"score":5.0}]}"#;
    assert_eq!(invoke("text/csv", "5\n"), scores);
    assert_eq!(invoke("text/libsvm", "0 1:5\n"), scores);
    // JSON rows say themselves what they are answered with.
    assert_eq!(
        invoke("application/json", "[[5]]"),
        r#"{"predictions":[5.0]}"#
    );
}

#[test]
fn a_body_of_many_blocks_has_a_line_for_each_of_its_lines_in_their_order() {
    let server = Server::of(linear(1.0, &[2.0, 0.0]));
    let rows: String = (0..300_000).map(|row| format!("{row},0\n")).collect();
    let predictions = server.invoke("text/csv", rows).predictions();
    assert_eq!(predictions.len(), 300_000);
    for (row, prediction) in (0..).zip(predictions) {
        assert_eq!(prediction, 1.0 + 2.0 * f64::from(row));
    }
}

#[test]
fn a_model_name_of_ones_own_is_the_only_one() {
    let server = server(&[("SAGELET_MODEL_NAME", "iris")]);
    assert_eq!(server.get("/v1/models/iris").status, 200);
    assert_eq!(server.get("/v2/models/iris/ready").status, 200);
    assert_eq!(server.get("/v1/models/model").status, 404);
    // What SageMaker calls has no name in it.
    let request = invocation(&[("Content-Type", "text/csv")], "7\n");
    assert_eq!(server.send(request).predictions(), [7.0]);
}
