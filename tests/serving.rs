//! The hosting contract: `/ping` and `/invocations`, in every state of the model directory.

use std::os::unix::fs::PermissionsExt;

use crate::harness::prefix::{identity, linear};
use crate::harness::server::invocation;
use crate::harness::{Prefix, Server};

/// Three features, so that a wrong width can be both too narrow and too wide.
fn server() -> Server {
    Server::of(linear(0.5, &[1.0, 2.0, -3.0]))
}

#[test]
fn ping_is_200_and_empty_with_a_model() {
    let server = server();
    let answer = server.get("/ping");
    assert_eq!((answer.status, answer.text()), (200, ""));
    assert_eq!(answer.header("content-length"), Some("0"));
    assert_eq!(
        server
            .send("POST /ping HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n")
            .status,
        200,
        "the guide's text says POST"
    );
}

#[test]
fn ping_to_head_has_no_body() {
    let server = server();
    let mut connection = server.connect();
    connection.send("HEAD /ping HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    assert_eq!(connection.head().status, 200);
    connection.expect_end();
}

/// Asks a server that must not be healthy, and gives the reason that ping and invocations agree on.
fn unhealthy(prefix: Prefix) -> String {
    let server = Server::start(prefix, &[]);
    let ping = server.get("/ping");
    assert_eq!(ping.status, 503);
    let invocation = server.invoke("text/csv", "1,2,3\n");
    assert_eq!(invocation.status, 503);
    assert_eq!(ping.reason(), invocation.reason());
    let reason = ping.reason();
    assert!(
        server
            .process
            .log()
            .contains(&reason[reason.len().min(24)..]),
        "the log says why too"
    );
    reason
}

#[test]
fn without_an_artifact_ping_is_503_and_says_what_is_there_instead() {
    let prefix = Prefix::new();
    prefix.write("model/model.pkl", "pickled");
    prefix.write("model/readme.txt", "text");
    let reason = unhealthy(prefix);
    assert!(reason.contains("there is no .cbor artifact in"), "{reason}");
    assert!(
        reason.contains("(found: model.pkl, readme.txt)"),
        "{reason}"
    );
}

#[test]
fn an_empty_model_directory_is_said_to_hold_nothing() {
    let reason = unhealthy(Prefix::new());
    assert!(reason.contains("(found: nothing)"), "{reason}");
}

#[test]
fn without_a_model_directory_ping_is_503_and_names_it() {
    let prefix = Prefix::new();
    std::fs::remove_dir(prefix.path("model")).unwrap();
    let path = prefix.path("model").display().to_string();
    let reason = unhealthy(prefix);
    assert!(
        reason.contains("cannot read the model directory"),
        "{reason}"
    );
    assert!(reason.contains(&path), "{reason}");
}

#[test]
fn with_several_artifacts_ping_is_503_and_lists_them() {
    let prefix = Prefix::with_model(identity());
    prefix.write(
        "model/second.cbor",
        std::fs::read(prefix.path("model/model.cbor")).unwrap(),
    );
    let reason = unhealthy(prefix);
    assert!(
        reason.contains("model.cbor, second.cbor; leave one"),
        "{reason}"
    );
}

/// Whoever mounts a data set in place of a model gets an answer that can be read.
#[test]
fn among_twenty_thousand_other_files_ping_says_so_in_one_short_line() {
    let prefix = Prefix::new();
    for number in 0..20_000 {
        std::fs::write(prefix.path(&format!("model/part-{number:05}.parquet")), "").unwrap();
    }
    prefix.write("model/a\nerror: forged", "");
    let server = Server::start(prefix, &[]);
    let reason = server.get("/ping").reason();
    assert!(
        reason.contains("(found: a\u{fffd}error: forged, part-00000.parquet, "),
        "{reason}"
    );
    assert!(
        reason.contains("part-00008.parquet and 19991 more)"),
        "{reason}"
    );
    assert!(reason.len() < 600, "{} bytes", reason.len());
    let log = server.stop().log;
    assert!(log.lines().all(|line| line.len() < 700), "{log}");
}

#[test]
fn with_a_damaged_artifact_ping_is_503_and_names_file_and_check() {
    let prefix = Prefix::with_model(identity());
    let mut bytes = std::fs::read(prefix.path("model/model.cbor")).unwrap();
    bytes.truncate(bytes.len() - 1);
    prefix.write("model/model.cbor", bytes);
    let reason = unhealthy(prefix);
    assert!(reason.contains("model/model.cbor"), "{reason}");
    assert!(reason.contains("the file was cut short"), "{reason}");
}

#[test]
fn with_an_artifact_that_predicts_otherwise_here_ping_is_503() {
    let mut document = identity();
    document.verification.push(&[2.0], vec![2.0]);
    document.verification.push(&[3.0], vec![3.5]);
    let reason = unhealthy(Prefix::with_model(document));
    assert!(
        reason.contains("verification row 2 gives 3.0 instead of 3.5"),
        "{reason}"
    );
}

#[test]
fn dotfiles_beside_the_artifact_are_ignored() {
    let prefix = Prefix::with_model(identity());
    prefix.write("model/._model.cbor", "what a Mac's tar leaves");
    prefix.write("model/.DS_Store", "more of it");
    assert_eq!(Server::start(prefix, &[]).get("/ping").status, 200);
}

#[test]
fn the_artifact_may_have_any_name_and_company() {
    let prefix = Prefix::with_model(identity());
    std::fs::rename(
        prefix.path("model/model.cbor"),
        prefix.path("model/prices 2.cbor"),
    )
    .unwrap();
    prefix.write("model/metrics.json", "{}");
    assert_eq!(Server::start(prefix, &[]).get("/ping").status, 200);
}

#[test]
fn nothing_is_written_below_the_prefix() {
    let prefix = Prefix::with_model(identity());
    let read_only = std::fs::Permissions::from_mode(0o555);
    std::fs::set_permissions(prefix.path("model"), read_only).unwrap();
    let listing = |prefix: &std::path::Path| {
        let mut names: Vec<_> = walk(prefix);
        names.sort();
        names
    };
    let root = prefix.path("");
    let before = listing(&root);
    let server = Server::start(prefix, &[]);
    assert_eq!(server.invoke("text/csv", "1\n").predictions(), [1.0]);
    assert_eq!(listing(&root), before);
    std::fs::set_permissions(root.join("model"), std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn walk(directory: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in directory.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        }
        found.push(path);
    }
    found
}

#[test]
fn content_types_are_compared_without_case_and_parameters() {
    let server = server();
    for content_type in [
        "text/csv",
        "TEXT/CSV",
        "text/csv; charset=utf-8",
        "text/csv;label_size=0",
        "Text/Csv ; label_size=0 ; header=absent",
    ] {
        let answer = server.invoke(content_type, "1,1,1\n");
        assert_eq!(answer.predictions(), [0.5], "{content_type}");
    }
    for content_type in ["application/json", "Application/JSON; charset=utf-8"] {
        let answer = server.invoke(content_type, r#"{"instances":[[1,1,1]]}"#);
        assert_eq!(answer.text(), r#"{"predictions":[0.5]}"#, "{content_type}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
}

#[test]
fn without_a_content_type_the_body_is_csv() {
    let server = server();
    let answer = server.send(invocation(&[], "1,1,1\n"));
    assert_eq!(answer.predictions(), [0.5]);
}

#[test]
fn another_content_type_is_415_and_the_reason_lists_those_that_can_be_read() {
    let answer = server().invoke("image/png", "1,1,1\n");
    assert_eq!(answer.status, 415);
    let reason = answer.reason();
    for part in ["\"image/png\"", "text/csv", "application/json"] {
        assert!(reason.contains(part), "{reason}");
    }
}

#[test]
fn an_unknown_path_is_404_and_the_reason_names_it() {
    let server = server();
    for path in [
        "/index.html",
        "/Ping",
        "/ping/",
        "/invocations/x",
        "/../etc/passwd",
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(
            answer.reason().contains(path),
            "{path}: {}",
            answer.reason()
        );
    }
}

#[test]
fn a_query_does_not_change_the_path() {
    let server = server();
    assert_eq!(server.get("/ping?probe=1").status, 200);
}

#[test]
fn a_wrong_method_is_405_and_allow_lists_the_right_ones() {
    let server = server();
    for (method, path, allowed) in [
        ("GET", "/invocations", "POST"),
        ("PUT", "/invocations", "POST"),
        ("DELETE", "/ping", "GET, HEAD, POST"),
    ] {
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n");
        let answer = server.send(request);
        assert_eq!(answer.status, 405, "{method} {path}");
        assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
        assert!(answer.reason().contains(method), "{}", answer.reason());
    }
}

#[test]
fn the_log_counts_the_records_of_each_invocation() {
    let server = server();
    server.invoke("text/csv", "1,2,3\n4,5,6\n");
    server.process.wait_for_line("Invoked with 2 records");
}

#[test]
fn the_log_says_which_model_is_served() {
    let server = server();
    let line = server.process.wait_for_line("loaded");
    for part in ["model.cbor", "linear-regression", "3 features", "sha256 "] {
        assert!(line.contains(part), "{line}");
    }
}

#[test]
fn a_connection_serves_many_requests() {
    let server = server();
    let mut connection = server.connect();
    for index in 0..100 {
        connection.send(invocation(
            &[("Content-Type", "text/csv")],
            format!("{index},0,0\n"),
        ));
        assert_eq!(connection.answer().predictions(), [f64::from(index) + 0.5]);
    }
}

#[test]
fn a_refused_request_does_not_end_the_connection() {
    let server = server();
    let mut connection = server.connect();
    connection.send(invocation(&[("Content-Type", "text/csv")], "1,2\n"));
    assert_eq!(connection.answer().status, 400);
    connection.send(invocation(&[("Content-Type", "text/csv")], "1,1,1\n"));
    assert_eq!(connection.answer().predictions(), [0.5]);
}

#[test]
fn an_error_repeats_no_more_of_a_value_than_fits_the_platforms_limit() {
    let server = server();
    let answer = server.invoke("text/csv", format!("1,{},3\n", "x".repeat(1 << 20)));
    assert_eq!(answer.status, 400);
    assert!(answer.body.len() < 2048, "{} bytes", answer.body.len());
}

#[test]
fn a_client_that_will_send_no_more_still_gets_its_answer() {
    let server = server();
    let mut connection = server.connect();
    connection.send(invocation(&[("Content-Type", "text/csv")], "1,1,1\n"));
    connection.half_close();
    assert_eq!(connection.answer().predictions(), [0.5]);
    connection.expect_end();
}
