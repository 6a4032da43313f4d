//! `SAGELET_MODEL_KEY`: only models with a signature by a trusted key are served.

use ed25519_compact::{KeyPair, Seed};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use sagelet::artifact::{Artifact, Digest, Signature, signature, signed_message, with_signature};
use serde_json::json;

use crate::harness::prefix::{identity, linear};
use crate::harness::{Prefix, Server};

/// The public key of [`by_ed25519`], in base64.
const ED25519_KEY: &str = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

/// The public key of [`by_p256`], in base64.
const P256_KEY: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==";

const NO_SIGNATURE: &str = "model.cbor: the artifact is not signed, and only models with a signature by a trusted key are served: \
                            sign it with `model-tools sign`";

fn bytes_of(hexadecimal: &str) -> [u8; 32] {
    let byte = |place| u8::from_str_radix(&hexadecimal[2 * place..][..2], 16).unwrap();
    std::array::from_fn(byte)
}

/// By the key that RFC 8410 has as its example.
fn by_ed25519(message: &str) -> Signature {
    let seed = bytes_of("d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842");
    *KeyPair::from_seed(Seed::new(seed)).sk.sign(message, None)
}

/// By the key of RFC 6979, section A.2.5.
fn by_p256(message: &str) -> Signature {
    let key = bytes_of("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
    let key = SigningKey::from_slice(&key).unwrap();
    let signed: p256::ecdsa::Signature = key
        .sign_prehash(Digest::of(message.as_bytes()).as_bytes())
        .unwrap();
    signed.to_bytes().into()
}

/// The artifact that predicts its one cell.
fn unsigned() -> Vec<u8> {
    Artifact::seal(identity()).unwrap().1
}

fn signed(artifact: &[u8], sign: impl FnOnce(&str) -> Signature) -> Vec<u8> {
    let (digest, _) = signature(artifact).unwrap();
    with_signature(artifact, &sign(&signed_message(digest))).unwrap()
}

fn serve(artifact: Vec<u8>, key: &str) -> Server {
    let prefix = Prefix::new();
    prefix.write("model/model.cbor", artifact);
    Server::start(prefix, &[("SAGELET_MODEL_KEY", key)])
}

/// The reason why such a server has no model, which its log has too.
#[track_caller]
fn refusal(artifact: Vec<u8>, key: &str) -> String {
    let server = serve(artifact, key);
    let ping = server.get("/ping");
    assert_eq!(ping.status, 503, "{}", ping.text());
    assert_eq!(server.invoke("text/csv", "1\n").status, 503);
    let reason = ping.reason();
    let (_, said) = reason.split_once("model.cbor: ").unwrap_or(("", &reason));
    server.process.wait_for_line(said);
    reason
}

#[test]
fn a_model_that_is_signed_by_one_of_the_trusted_keys_is_served() {
    let keys = format!("{ED25519_KEY},{P256_KEY}");
    for (artifact, line) in [
        (
            signed(&unsigned(), by_ed25519),
            "signed by key 1 of 2 (Ed25519)",
        ),
        (
            signed(&unsigned(), by_p256),
            "signed by key 2 of 2 (ECDSA P-256)",
        ),
    ] {
        let server = serve(artifact, &keys);
        assert_eq!(server.get("/ping").status, 200);
        assert_eq!(server.invoke("text/csv", "7\n").text(), "7.0\n");
        server.process.wait_for_line(line);
    }
}

#[test]
fn an_unsigned_model_and_one_signed_by_another_key_are_not_served() {
    assert!(refusal(unsigned(), ED25519_KEY).ends_with(NO_SIGNATURE));
    let reason = refusal(signed(&unsigned(), by_p256), ED25519_KEY);
    assert!(
        reason.contains("the signature is by none of the trusted keys (1), or of another model"),
        "{reason}"
    );
}

/// An attacker who changes the model can compute its digest, and move or drop the signature.
#[test]
fn a_changed_model_with_the_signature_of_the_right_one_is_not_served() {
    let right = signed(&unsigned(), by_ed25519);
    let (_, right) = signature(&right).unwrap();
    let (_, changed) = Artifact::seal(linear(0.0, &[1.5])).unwrap();
    let forged = with_signature(&changed, &right.unwrap().try_into().unwrap()).unwrap();
    let reason = refusal(forged, ED25519_KEY);
    assert!(reason.contains("or of another model"), "{reason}");
}

/// Without a key, a signature changes nothing.
#[test]
fn a_signed_model_is_served_where_no_key_is_set() {
    let server = serve(signed(&unsigned(), by_ed25519), "");
    assert_eq!(server.invoke("text/csv", "7\n").text(), "7.0\n");
}

#[test]
fn keys_are_read_from_a_file_and_a_file_that_holds_none_serves_nothing() {
    let keys = tempfile::tempdir().unwrap();
    let path = keys.path().join("trusted.pem");
    let path_text = path.to_str().unwrap();
    let pem = |key| format!("-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n");
    std::fs::write(&path, pem(P256_KEY)).unwrap();
    let artifact = signed(&unsigned(), by_p256);
    let server = serve(artifact.clone(), path_text);
    assert_eq!(server.get("/ping").status, 200);
    std::fs::write(&path, "no key").unwrap();
    let reason = refusal(artifact.clone(), path_text);
    assert!(
        reason.contains("trusted.pem: expected public keys"),
        "{reason}"
    );
    std::fs::remove_file(&path).unwrap();
    let reason = refusal(artifact, path_text);
    assert!(
        reason.contains("cannot read the keys of SAGELET_MODEL_KEY"),
        "{reason}"
    );
}

#[test]
fn models_that_are_loaded_by_request_need_their_signature_too() {
    let prefix = Prefix::new();
    let right = signed(&unsigned(), by_ed25519);
    prefix.write("models/signed/model.cbor", right);
    prefix.write("models/plain/model.cbor", unsigned());
    let root = prefix.path("models");
    let variables = [
        ("SAGEMAKER_MULTI_MODEL", "true"),
        ("SAGELET_MODEL_KEY", ED25519_KEY),
    ];
    let server = Server::start(prefix, &variables);
    let load = |name: &str| {
        let body = json!({ "model_name": name, "url": root.join(name) }).to_string();
        let length = body.len();
        server.send(format!(
            "POST /models HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
    };
    assert_eq!(load("signed").status, 200);
    let refused = load("plain");
    assert_eq!(refused.status, 400);
    assert!(
        refused.reason().ends_with(NO_SIGNATURE),
        "{}",
        refused.reason()
    );
}
