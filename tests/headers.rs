//! Headers of answers. That there are no others is checked on every answer of every test, by the client.

use crate::harness::Server;
use crate::harness::prefix::identity;
use crate::harness::server::invocation;

#[test]
fn the_content_type_of_an_answer_has_no_parameters() {
    let server = Server::of(identity());
    // A pipeline's next container and data capture compare it as it is.
    let csv = server.invoke("text/csv; charset=utf-8", "1\n");
    assert_eq!(csv.header("content-type"), Some("text/csv"));
    let json = server.invoke("application/json; charset=utf-8", r#"{"instances":[[1]]}"#);
    assert_eq!(json.header("content-type"), Some("application/json"));
    let refused = server.invoke("text/csv", "x\n");
    assert_eq!(refused.header("content-type"), Some("application/json"));
}

#[test]
fn headers_of_the_platform_are_tolerated() {
    let server = Server::of(identity());
    let headers = [
        ("Content-Type", "text/csv"),
        ("User-Agent", "AHC/2.0"),
        ("X-Amzn-SageMaker-Custom-Attributes", "trace=7; other"),
        ("X-Amzn-SageMaker-Inference-Id", "5d7cf9a4"),
        ("X-Amzn-SageMaker-Target-Variant", "AllTraffic"),
        ("X-Amzn-SageMaker-Enable-Explanations", "`[0]`"),
        ("X-Of-Tomorrow", "anything at all, colons: too"),
    ];
    assert_eq!(
        server.send(invocation(&headers, "7\n")).predictions(),
        [7.0]
    );
}

#[test]
fn header_names_are_compared_without_case() {
    let server = Server::of(identity());
    let request = "POST /invocations HTTP/1.1\r\nhOST: test\r\ncONTENT-lENGTH: 23\r\ncontent-TYPE: application/json\r\n\r\n{\"instances\":[[7],[8]]}";
    assert_eq!(server.send(request).text(), r#"{"predictions":[7.0,8.0]}"#);
}

#[test]
fn head_is_answered_as_get_is_but_without_a_body_on_every_path_that_takes_get() {
    let server = Server::of(identity());
    for path in [
        "/ping",
        "/health",
        "/version",
        "/execution-parameters",
        "/metrics",
        "/",
        "/v1/models",
        "/v1/models/model",
        "/v2",
        "/v2/health/live",
        "/v2/health/ready",
        "/v2/models",
        "/v2/models/stats",
        "/v2/models/model",
        "/v2/models/model/config",
        "/v2/models/model/stats",
        "/v2/models/model/ready",
        "/v2/models/model/versions/1",
    ] {
        let get = server.get(path);
        let mut connection = server.connect();
        connection.send(format!("HEAD {path} HTTP/1.1\r\nHost: test\r\n\r\n"));
        let head = connection.head();
        assert_eq!((get.status, head.status), (200, 200), "{path}");
        for name in ["content-type", "content-length"] {
            // The scrape itself is counted, so that its length may change by a digit.
            if (path, name) != ("/metrics", "content-length") {
                assert_eq!(get.header(name), head.header(name), "{path}");
            }
        }
        // Were there a body, it would be taken for the next answer.
        connection.send("GET /v2/health/live HTTP/1.1\r\nHost: test\r\n\r\n");
        assert_eq!(connection.answer().text(), r#"{"live":true}"#, "{path}");
    }
    let mut connection = server.connect();
    connection.send("HEAD /invocations HTTP/1.1\r\nHost: test\r\n\r\n");
    let refused = connection.head();
    assert_eq!(
        (refused.status, refused.header("allow")),
        (405, Some("POST"))
    );
}

#[test]
fn several_lines_of_accept_are_one_list_and_q_0_excludes() {
    let server = Server::of(identity());
    for (lines, content_type) in [
        (&["application/json"][..], "application/json"),
        (&["image/png", "application/json"], "application/json"),
        (
            &["application/json;q=0.1", "application/jsonlines"],
            "application/jsonlines",
        ),
        (&["*/*", "text/csv;q=0"], "application/json"),
        (
            &["text/csv;q=0, application/json;q=0", "application/*"],
            "application/jsonlines",
        ),
    ] {
        let mut headers = vec![("Content-Type", "text/csv")];
        headers.extend(lines.iter().map(|line| ("Accept", *line)));
        let answer = server.send(invocation(&headers, "7\n"));
        assert_eq!(answer.status, 200, "{lines:?}");
        assert_eq!(
            answer.header("content-type"),
            Some(content_type),
            "{lines:?}"
        );
    }
    let headers = [("Accept", "text/csv;q=0"), ("Accept", "image/png")];
    let refused = server.send(invocation(&headers, "7\n"));
    assert_eq!(refused.status, 406);
    assert!(refused.reason().contains("\"text/csv;q=0, image/png\""));
}

#[test]
fn an_octet_stream_is_no_type() {
    let server = Server::of(identity());
    for content_type in ["application/octet-stream", " Application/Octet-Stream; x=y"] {
        let json = server.invoke(content_type, r#"{"instances":[[7],[8]]}"#);
        assert_eq!(json.text(), r#"{"predictions":[7.0,8.0]}"#);
        assert_eq!(
            server.invoke(content_type, "7\n8\n").predictions(),
            [7.0, 8.0]
        );
    }
}

/// boto3 with `endpoint_url="http://localhost:8080"` sends predictions to this path.
#[test]
fn the_path_of_the_platforms_runtime_is_invocations() {
    let server = Server::of(identity());
    let body = "7\n";
    let request = |method: &str, path: &str| {
        server.send(format!(
            "{method} {path} HTTP/1.1\r\nHost: test\r\nContent-Type: text/csv\r\nContent-Length: 2\r\n\r\n{body}"
        ))
    };
    assert_eq!(
        request("POST", "/endpoints/my-endpoint/invocations").predictions(),
        [7.0]
    );
    assert_eq!(
        request("PUT", "/endpoints/my-endpoint/invocations").status,
        405
    );
    assert_eq!(request("POST", "/endpoints/invocations").status, 404);
}
