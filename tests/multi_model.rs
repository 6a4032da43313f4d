//! `SAGEMAKER_MULTI_MODEL=true`: models are loaded, listed, used and unloaded by request.

use sagelet::artifact::{Artifact, Document};
use sagelet::model::Model;
use serde_json::{Value, json};

use crate::harness::prefix::linear;
use crate::harness::{Answer, Prefix, Server};

const MULTI_MODEL: (&str, &str) = ("SAGEMAKER_MULTI_MODEL", "true");

/// A server of several models, and where they lie.
struct Models {
    server: Server,
    root: std::path::PathBuf,
}

impl Models {
    fn start(variables: &[(&str, &str)]) -> Self {
        let prefix = Prefix::new();
        for (name, slope) in [("one", 1.0), ("two", 2.0), ("three", 3.0)] {
            let (_, bytes) = Artifact::seal(model(slope)).unwrap();
            prefix.write(&format!("models/{name}/model/model.cbor"), bytes);
        }
        prefix.write("elsewhere/model.cbor", "no model");
        prefix.write("models/empty/model/readme.txt", "no model");
        let root = prefix.path("models");
        let variables = [&[MULTI_MODEL], variables].concat();
        let server = Server::start(prefix, &variables);
        Self { server, root }
    }

    fn load(&self, name: &str) -> Answer {
        let url = self.root.join(name).join("model");
        self.load_from(name, url.to_str().unwrap())
    }

    fn load_from(&self, name: &str, url: &str) -> Answer {
        let body = json!({ "model_name": name, "url": url });
        self.request("POST", "/models", &body.to_string())
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Answer {
        let length = body.len();
        self.server.send(format!(
            "{method} {path} HTTP/1.1\r\nHost: test\r\nContent-Type: text/csv\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
    }

    fn invoke(&self, name: &str, rows: &str) -> Answer {
        self.request("POST", &format!("/models/{name}/invoke"), rows)
    }
}

/// A model of one feature with this slope.
fn model(slope: f64) -> Document {
    linear(0.0, &[slope])
}

fn body(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

#[test]
fn without_any_model_the_server_is_healthy_and_lists_none() {
    let models = Models::start(&[]);
    assert_eq!(models.server.get("/ping").status, 200);
    assert_eq!(body(&models.server.get("/models")), json!({ "models": [] }));
    let answer = models.request("POST", "/invocations", "1\n");
    assert_eq!(answer.status, 404);
    assert!(answer.reason().contains("/models/NAME/invoke"));
}

#[test]
fn a_model_is_loaded_used_and_unloaded() {
    let models = Models::start(&[]);
    assert_eq!(models.invoke("two", "21\n").status, 404);
    assert_eq!(
        body(&models.load("two")),
        json!({ "status": "Workers scaled" })
    );
    assert_eq!(models.invoke("two", "21\n").predictions(), [42.0]);
    let url = models.root.join("two/model");
    let expected = json!({ "modelName": "two", "modelUrl": url });
    assert_eq!(body(&models.server.get("/models/two")), expected);
    let unloaded = models.request("DELETE", "/models/two", "");
    assert_eq!(
        body(&unloaded),
        json!({ "status": "Model \"two\" unregistered" })
    );
    assert_eq!(
        models.invoke("two", "21\n").reason(),
        "model not found: two"
    );
    // Again, as the platform does when the model is wanted once more.
    assert_eq!(models.load("two").status, 200);
    assert_eq!(models.invoke("two", "21\n").predictions(), [42.0]);
}

#[test]
fn a_model_of_every_protocol_is_the_one_of_its_name() {
    let models = Models::start(&[]);
    models.load("two");
    models.load("three");
    let predict = models.request(
        "POST",
        "/v1/models/three:predict",
        r#"{"instances": [[5]]}"#,
    );
    assert_eq!(predict.text(), r#"{"predictions":[15.0]}"#);
    let tensor = r#"{"inputs": [{"name": "x", "shape": [1, 1], "datatype": "FP64", "data": [5]}]}"#;
    let infer = models.request("POST", "/v2/models/two/infer", tensor);
    assert_eq!(
        infer.text(),
        r#"{"model_name":"two","model_version":"1","outputs":[{"name":"predict","shape":[1],"datatype":"FP64","data":[10.0]}]}"#
    );
}

#[test]
fn what_is_loaded_twice_is_409_and_what_is_not_loaded_404() {
    let models = Models::start(&[]);
    models.load("one");
    let again = models.load("one");
    assert_eq!(
        (again.status, again.reason().as_str()),
        (409, "model one is already loaded")
    );
    for (method, path) in [("GET", "/models/two"), ("DELETE", "/models/two")] {
        let answer = models.request(method, path, "");
        assert_eq!(
            (answer.status, answer.reason().as_str()),
            (404, "model not found: two")
        );
    }
}

#[test]
fn a_model_without_room_is_507_and_has_room_when_another_is_unloaded() {
    let document = model(1.0);
    let bytes = document.memory_bytes() + Model::load(&document).unwrap().memory_bytes();
    let most = (bytes * 2).to_string();
    let models = Models::start(&[("SAGELET_MODELS_BYTES", &most)]);
    assert_eq!(models.load("one").status, 200);
    assert_eq!(models.load("two").status, 200);
    let refused = models.load("three");
    assert_eq!(refused.status, 507);
    assert!(
        refused.reason().contains("no room for model three"),
        "{}",
        refused.reason()
    );
    models.request("DELETE", "/models/one", "");
    assert_eq!(models.load("three").status, 200);
    assert_eq!(models.invoke("three", "2\n").predictions(), [6.0]);
}

#[test]
fn what_is_no_model_or_lies_elsewhere_is_400_with_the_reason() {
    let models = Models::start(&[]);
    let elsewhere = models.root.join("../elsewhere");
    let cases = [
        (models.load("empty"), "there is no .cbor artifact"),
        (
            models.load_from("x", elsewhere.to_str().unwrap()),
            "is not under",
        ),
        (models.load_from("x", "/proc/self"), "is not under"),
        (
            models.request("POST", "/models", "{}"),
            "missing field `model_name`",
        ),
    ];
    for (answer, expected) in cases {
        assert_eq!(answer.status, 400);
        assert!(answer.reason().contains(expected), "{}", answer.reason());
    }
}

/// A pipe that nobody writes to took the thread that opened it for ever, and two of them all threads there were.
#[test]
fn pipes_named_like_artifacts_hold_no_thread() {
    let models = Models::start(&[("SAGELET_COMPUTE_THREADS", "2")]);
    for name in ["x", "y", "z"] {
        let folder = models.root.join(name).join("model");
        std::fs::create_dir_all(&folder).unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(folder.join("model.cbor"))
            .status();
        assert!(made.unwrap().success());
        let answer = models.load(name);
        assert_eq!(answer.status, 400);
        assert!(answer.reason().contains("not a regular file"), "{answer:?}");
    }
    assert_eq!(models.load("two").status, 200);
    assert_eq!(models.invoke("two", "2\n").predictions(), [4.0]);
}

#[test]
fn models_are_listed_in_pages() {
    let models = Models::start(&[]);
    for name in ["one", "two", "three"] {
        models.load(name);
    }
    let names = |page: &Value| -> Vec<String> {
        let models = page["models"].as_array().unwrap().iter();
        models
            .map(|model| model["modelName"].as_str().unwrap().to_owned())
            .collect()
    };
    let first = body(&models.server.get("/models?limit=2"));
    assert_eq!(names(&first), ["one", "three"]);
    assert_eq!(first["nextPageToken"], "2");
    let second = body(&models.server.get("/models?limit=2&next_page_token=2"));
    assert_eq!(names(&second), ["two"]);
    assert_eq!(second.get("nextPageToken"), None);
    assert_eq!(
        names(&body(&models.server.get("/models?next_page_token=99"))),
        [""; 0]
    );
}

/// Requests go on while models come and go, and each is answered by the model it names or by 404.
#[test]
fn loading_and_unloading_disturb_no_request() {
    let models = Models::start(&[]);
    models.load("one");
    std::thread::scope(|scope| {
        let change = scope.spawn(|| {
            for _ in 0..20 {
                assert_eq!(models.load("two").status, 200);
                assert_eq!(models.request("DELETE", "/models/two", "").status, 200);
            }
        });
        while !change.is_finished() {
            assert_eq!(models.invoke("one", "7\n").predictions(), [7.0]);
            let two = models.invoke("two", "7\n");
            assert!(two.status == 404 || two.predictions() == [14.0]);
        }
    });
}

#[test]
fn a_folder_that_does_not_exist_is_404() {
    let answer = Models::start(&[]).load("missing");
    assert_eq!(answer.status, 404);
    let reason = answer.reason();
    assert!(reason.contains("there is no folder"), "{reason}");
}
