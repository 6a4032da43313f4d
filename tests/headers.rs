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
