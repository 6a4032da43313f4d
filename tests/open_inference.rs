//! Open Inference as the protocol's own clients speak it: tensors as bytes, the repository, configuration, statistics.

use serde_json::{Value, json};

use crate::harness::prefix::linear;
use crate::harness::{Answer, Prefix, Server, case};

const INFER: &str = "/v2/models/model/infer";

fn post(server: &Server, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let length = body.len();
    let mut request = format!("POST {path} HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut request = (request + "\r\n").into_bytes();
    request.extend_from_slice(body);
    server.send(request)
}

/// Sends JSON with tensors after it, as tritonclient does.
fn infer(server: &Server, request: &Value, tensors: &[u8]) -> Answer {
    let (length, body) = packed(request, tensors);
    let headers = [("Inference-Header-Content-Length", length.as_str())];
    post(server, INFER, &headers, &body)
}

fn packed(request: &Value, tensors: &[u8]) -> (String, Vec<u8>) {
    let text = request.to_string().into_bytes();
    (text.len().to_string(), [&text, tensors].concat())
}

fn json(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

/// 10 a + b of an unnamed model.
fn server() -> Server {
    Server::of(linear(0.0, &[10.0, 1.0]))
}

/// Four columns, three labels of text, and probabilities.
fn classifier() -> Server {
    let model = std::fs::read_to_string(case("hosting/multinomial/model.json")).unwrap();
    Server::of(serde_json::from_str(&model).unwrap())
}

fn input(datatype: &str, shape: [usize; 2], bytes: usize) -> Value {
    json!({"name": "x", "datatype": datatype, "shape": shape, "parameters": {"binary_data_size": bytes}})
}

#[test]
fn tensors_of_every_datatype_are_read_as_bytes() {
    let server = server();
    let cells: [(&str, Vec<u8>, f64); 12] = [
        ("FP16", vec![0x00, 0x40, 0x00, 0xbc], 19.0),
        ("FP32", [2.5_f32, -1.0].map(f32::to_le_bytes).concat(), 24.0),
        ("FP64", [2.5_f64, -1.0].map(f64::to_le_bytes).concat(), 24.0),
        ("INT8", vec![0xff, 1], -9.0),
        (
            "INT16",
            [-300_i16, 1].map(i16::to_le_bytes).concat(),
            -2_999.0,
        ),
        (
            "INT32",
            [-70_000_i32, 1].map(i32::to_le_bytes).concat(),
            -699_999.0,
        ),
        ("INT64", [-3_i64, 1].map(i64::to_le_bytes).concat(), -29.0),
        ("UINT8", vec![0xff, 1], 2_551.0),
        (
            "UINT16",
            [65_535_u16, 1].map(u16::to_le_bytes).concat(),
            655_351.0,
        ),
        (
            "UINT32",
            [u32::MAX, 1].map(u32::to_le_bytes).concat(),
            42_949_672_951.0,
        ),
        ("UINT64", [3_u64, 1].map(u64::to_le_bytes).concat(), 31.0),
        ("BOOL", vec![1, 0], 10.0),
    ];
    for (datatype, bytes, expected) in cells {
        let request = json!({"inputs": [input(datatype, [1, 2], bytes.len())]});
        let answer = json(&infer(&server, &request, &bytes));
        assert_eq!(
            answer["outputs"][0]["data"],
            json!([expected]),
            "{datatype}"
        );
    }
}

/// The tensors follow each other in the order of the inputs; texts have their lengths before them.
#[test]
fn columns_are_tensors_of_their_own_and_json_may_stand_between_them() {
    let document = json!({
        "features": ["a", {"name": "t", "encoding": {"kind": "ordinal", "categories": ["lo", "größe"]}}, "b"],
        "model": {"kind": "linear-regression", "intercept": 0, "coefficients": [100, 10, 1]}
    });
    let server = Server::of(serde_json::from_value(document).unwrap());
    let texts = b"\x07\0\0\0gr\xc3\xb6\xc3\x9fe\x02\0\0\0lo";
    let numbers = [1_i32, 2].map(i32::to_le_bytes).concat();
    let column = |name: &str, datatype: &str, bytes: usize| json!({"parameters": {"binary_data_size": bytes}, "name": name, "datatype": datatype, "shape": [2, 1]});
    let request = json!({"inputs": [
        column("t", "BYTES", texts.len()),
        {"name": "b", "datatype": "FP64", "shape": [2], "data": [3, 4]},
        column("a", "INT32", numbers.len()),
    ]});
    let answer = json(&infer(&server, &request, &[&texts[..], &numbers].concat()));
    assert_eq!(answer["outputs"][0]["data"], json!([113.0, 204.0]));
}

#[test]
fn outputs_are_bytes_where_the_request_says_so() {
    let server = classifier();
    let width = 4;
    let cells: Vec<u8> = (0..2 * width)
        .flat_map(|cell| f64::from(cell).to_le_bytes())
        .collect();
    let ask = |outputs: Value, by_default: bool| {
        let mut request = json!({
            "id": 7, "inputs": [input("FP64", [2, width as usize], cells.len())],
            "parameters": {"binary_data_output": by_default, "sequence_id": 1, "priority": 2},
        });
        if !outputs.is_null() {
            request["outputs"] = outputs;
        }
        infer(&server, &request, &cells)
    };
    let plain = json(&ask(
        json!([{"name": "predict"}, {"name": "predict_proba"}]),
        false,
    ));
    assert_eq!(plain["id"], "7");
    let labels: Vec<u8> = plain["outputs"][0]["data"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|label| {
            let label = label.as_str().unwrap();
            [
                &u32::try_from(label.len()).unwrap().to_le_bytes()[..],
                label.as_bytes(),
            ]
            .concat()
        })
        .collect();
    let probabilities: Vec<u8> = plain["outputs"][1]["data"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|number| number.as_f64().unwrap().to_le_bytes())
        .collect();

    let answer = ask(Value::Null, true);
    let (text, bytes) = split(&answer);
    assert_eq!(bytes, labels);
    assert_eq!(
        text["outputs"][0]["parameters"],
        json!({"binary_data_size": labels.len()})
    );
    assert!(text["outputs"][0].get("data").is_none());

    // What an output says itself wins.
    let one = json!([
        {"name": "predict_proba", "parameters": {"binary_data": true}},
        {"name": "predict", "parameters": {"binary_data": false}},
    ]);
    for by_default in [false, true] {
        let answer = ask(one.clone(), by_default);
        let (text, bytes) = split(&answer);
        assert_eq!(bytes, probabilities);
        assert_eq!(text["outputs"][1]["data"], plain["outputs"][0]["data"]);
        assert_eq!(text["outputs"][0]["shape"], plain["outputs"][1]["shape"]);
    }
}

/// JSON and the bytes behind it.
fn split(answer: &Answer) -> (Value, Vec<u8>) {
    assert_eq!(
        answer.status,
        200,
        "{:?}",
        String::from_utf8_lossy(&answer.body)
    );
    assert_eq!(
        answer.header("content-type"),
        Some("application/octet-stream")
    );
    let length = answer.header("inference-header-content-length").unwrap();
    let (text, bytes) = answer.body.split_at(length.parse().unwrap());
    (serde_json::from_slice(text).unwrap(), bytes.to_vec())
}

/// What SageMaker's Triton container takes: the platform passes on no header but the content type.
#[test]
fn invocations_take_tensors_as_bytes_by_their_content_type() {
    let server = server();
    let bytes = [2.5_f32, -1.0].map(f32::to_le_bytes).concat();
    let (length, body) = packed(
        &json!({"inputs": [input("FP32", [1, 2], 8)], "parameters": {"binary_data_output": true}}),
        &bytes,
    );
    let name = "application/vnd.sagemaker-triton.binary+json";
    let answer = server.invoke(&format!("{name}; json-header-size={length}"), &body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let content_type = answer.header("content-type").unwrap();
    let length: usize = content_type
        .strip_prefix("application/vnd.sagemaker-triton.binary+json;json-header-size=")
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(answer.body[length..], 24.0_f64.to_le_bytes());
    let refused = server.invoke(&format!("{name};json-header-size=x"), &body);
    assert_eq!(refused.status, 415);
}

#[test]
fn bytes_that_are_not_the_tensor_that_is_announced_are_refused_with_the_reason() {
    let server = server();
    let of = |inputs: Value| json!({ "inputs": inputs });
    let eight = [0; 8];
    for (request, bytes, reason) in [
        (
            of(json!([input("FP32", [1, 2], 12)])),
            &eight[..],
            "the body goes on for 8 only",
        ),
        (
            of(json!([input("FP32", [1, 2], 8)])),
            &[0; 9],
            "bytes follow the last input (1 of them)",
        ),
        (
            of(json!([input("FP32", [1, 2], 7)])),
            &[0; 7],
            "ends inside a cell (bytes left: 3)",
        ),
        (
            of(json!([input("FP32", [2, 2], 8)])),
            &eight,
            "has the shape [2, 2], but 2 cells in its data",
        ),
        (
            of(json!([input("FP32", [1, 2], 8)])),
            &[0, 0, 0x80, 0x7f, 0, 0, 0, 0],
            "row 1, column 1",
        ),
        (
            of(json!([input("FP32", [1, 2], 8)])),
            &[0, 0, 0xc0, 0x7f, 0, 0, 0, 0],
            "the cell is empty",
        ),
        (
            of(
                json!([{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2],
                       "parameters": {"binary_data_size": 8}}]),
            ),
            &eight,
            "send one of them",
        ),
        (
            of(json!([{"name": "x", "shape": [1, 2], "datatype": "FP32",
                       "parameters": {"shared_memory_region": "r", "shared_memory_byte_size": 8}}])),
            &[],
            "shared memory",
        ),
        (
            of(json!([{"shape": [1, 2], "datatype": "FP32", "data": [1, 2]}])),
            &[],
            "an input has no \"name\"",
        ),
        (
            of(json!([{"name": "x", "shape": [1, 2], "data": [1, 2]}])),
            &[],
            "input \"x\" has no \"datatype\"",
        ),
        (
            json!({"inputs": [input("FP32", [1, 2], 8)],
                   "outputs": [{"name": "predict", "parameters": {"classification": 2}}]}),
            &eight,
            "\"classification\" is not known here",
        ),
    ] {
        let answer = infer(&server, &request, bytes);
        assert_eq!(answer.status, 400, "{request}");
        let found = answer.reason();
        assert!(found.contains(reason), "{request}: {found}");
    }
    let body = of(json!([input("FP32", [1, 2], 8)])).to_string();
    for (length, reason) in [
        ("0", "without JSON before it"),
        ("-1", "is no number of bytes"),
        ("9999", "fewer than the 9999 of JSON"),
    ] {
        let headers = [("Inference-Header-Content-Length", length)];
        let answer = post(&server, INFER, &headers, body.as_bytes());
        assert_eq!(answer.status, 400);
        assert!(answer.reason().contains(reason), "{}", answer.reason());
    }
}

/// A model may have a column of any name; what the protocol calls `id` is the request's all the same.
#[test]
fn an_identifier_is_echoed_though_a_column_has_its_name() {
    let document = json!({
        "features": ["id", "outputs"],
        "model": {"kind": "linear-regression", "intercept": 0, "coefficients": [10, 1]}
    });
    let server = Server::of(serde_json::from_value(document).unwrap());
    let request = json!({"id": "a", "inputs": [
        {"name": "x", "shape": [1, 2], "datatype": "FP64", "data": [1, 2]}
    ]});
    let answer = json(&infer(&server, &request, &[]));
    assert_eq!(answer["id"], "a");
    assert_eq!(answer["outputs"][0]["data"], json!([12.0]));
}

#[test]
fn the_repository_lists_configures_and_counts_its_models() {
    let server = classifier();
    let get = |path: &str| json(&server.get(path));
    assert_eq!(get("/v2/models"), json!({"models": ["model"]}));
    let index = json!([{"name": "model", "version": "1", "state": "READY", "reason": ""}]);
    for body in ["", "{}", "{\"ready\": true}"] {
        assert_eq!(
            json(&post(&server, "/v2/repository/index", &[], body.as_bytes())),
            index
        );
    }
    let config = get("/v2/models/model/config");
    assert_eq!(config["max_batch_size"], 0);
    assert_eq!(
        config["output"][0],
        json!({"name": "predict", "data_type": "TYPE_STRING", "dims": [-1]})
    );
    assert_eq!(config["input"][0]["data_type"], "TYPE_FP64");

    let rows = json!({"inputs": [{"name": "x", "shape": [2, 4], "datatype": "FP64", "data": [1, 2, 3, 4, 5, 6, 7, 8]}]});
    assert_eq!(infer(&server, &rows, &[]).status, 200);
    assert_eq!(server.invoke("text/csv", "1,2,3,4\n").status, 200);
    assert_eq!(server.invoke("text/csv", "x,2,3,4\n").status, 400);
    for path in [
        "/v2/models/stats",
        "/v2/models/model/stats",
        "/v2/models/model/versions/1/stats",
    ] {
        let statistics = &get(path)["model_stats"][0];
        assert_eq!(statistics["name"], "model", "{path}");
        assert_eq!(statistics["inference_count"], 3, "{path}");
        assert_eq!(statistics["execution_count"], 2, "{path}");
        let counts = &statistics["inference_stats"];
        assert_eq!(
            (&counts["success"]["count"], &counts["fail"]["count"]),
            (&json!(2), &json!(1))
        );
    }
}

#[test]
fn a_model_that_cannot_be_served_is_in_the_index_with_its_reason() {
    let server = Server::start(Prefix::new(), &[]);
    let index = |body: &str| json(&post(&server, "/v2/repository/index", &[], body.as_bytes()));
    let entry = &index("")[0];
    assert_eq!(entry["state"], "UNAVAILABLE");
    assert!(
        entry["reason"]
            .as_str()
            .unwrap()
            .starts_with("no model is loaded"),
        "{entry}"
    );
    assert_eq!(index("{\"ready\": true}"), json!([]));
}
