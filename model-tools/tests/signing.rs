//! `keygen`, `sign`, `verify`: what is signed is the same model, and only a right signature passes.

use std::process::Command;

use crate::harness::{DIABETES, Scratch, repository, run};

/// The example key of RFC 8410, section 10.3, and its public half.
pub(crate) const PRIVATE_KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
";
pub(crate) const PUBLIC_KEY: &str =
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n";

/// The example key of RFC 6979, section A.2.5, as openssl writes it, and its public half.
const P256_PRIVATE_KEY: &str = "-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgya+p2EW6dRZrXCFX
Z7HWk05Qw9s26JsSe4piKxIPZyGhRANCAARg/tS6JVqdMclh63TGNW1owEm4kjth
+mzmaWIuYPKftnkD/hAIuLyZpBrp6VYovGTy8bIMLX6fUXejwpTURiKZ
-----END PRIVATE KEY-----
";
const P256_PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7
Yfps5mliLmDyn7Z5A/4QCLi8maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==
-----END PUBLIC KEY-----
";

/// The files that the commands take.
fn scratch() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("ed25519.pem", PRIVATE_KEY.as_bytes());
    scratch.write("ed25519.pub", PUBLIC_KEY.as_bytes());
    scratch.write("p256.pem", P256_PRIVATE_KEY.as_bytes());
    scratch.write("p256.pub", P256_PUBLIC_KEY.as_bytes());
    scratch
}

#[test]
fn a_model_signed_by_either_kind_of_key_verifies_and_stays_the_same_model() {
    let scratch = scratch();
    for (kind, name) in [("ed25519", "Ed25519"), ("p256", "ECDSA P-256")] {
        let path = |end: &str| scratch.path(&format!("{kind}.{end}"));
        let (signed, archive) = (path("cbor"), path("tar.gz"));
        run(["sign", DIABETES, "-k", &path("pem"), "-o", &signed]).ok();
        run(["diff", DIABETES, &signed]).ok();
        run(["check", &signed]).ok();
        run(["package", &signed, "-o", &archive]).ok();
        for file in [signed, archive] {
            let verified = run(["verify", &file, "-k", &path("pub")]).ok();
            assert_eq!(
                verified,
                format!("{file}: ok: signed by key 1 of 1 ({name})\n")
            );
        }
    }
}

#[test]
fn what_is_unsigned_or_signed_by_another_key_is_refused_and_the_others_are_still_checked() {
    let scratch = scratch();
    let signed = scratch.path("signed.cbor");
    run([
        "sign",
        DIABETES,
        "-k",
        &scratch.path("p256.pem"),
        "-o",
        &signed,
    ])
    .ok();
    let verified = run([
        "verify",
        DIABETES,
        &signed,
        "-k",
        &scratch.path("ed25519.pub"),
    ]);
    verified.refused(1, "the artifact is not signed");
    verified.refused(1, "the signature is by none of the trusted keys (1)");
    verified.refused(1, "2 of 2 files are not signed by a trusted key");
    let right = run(["verify", DIABETES, &signed, "-k", &scratch.path("p256.pub")]);
    assert_eq!(right.code, Some(1));
    assert!(
        String::from_utf8(right.stdout)
            .unwrap()
            .contains("signed.cbor: ok")
    );
}

/// A key that a service keeps: the message goes there, and the signature comes back.
#[test]
fn a_signature_made_elsewhere_is_checked_before_it_is_put_in() {
    let scratch = scratch();
    let message = scratch.path("message.txt");
    run(["sign", DIABETES, "--message", "-o", &message]).ok();
    let line = std::fs::read_to_string(&message).unwrap();
    let digest = "16c8d7ec8110d0a653ddaf692133648b410594ecbd0eb53b08cdb1e973997873";
    assert_eq!(line, format!("sagelet-model sha256:{digest}\n"));
    let (out, zeros) = (scratch.path("out.cbor"), scratch.write("zeros", &[0; 64]));
    let key = scratch.path("ed25519.pub");
    let wrong = run([
        "sign",
        DIABETES,
        "--signature",
        &zeros,
        "-k",
        &key,
        "-o",
        &out,
    ]);
    wrong.refused(1, "nothing was written");
    let short = scratch.write("short", b"not a signature");
    let none = run([
        "sign",
        DIABETES,
        "--signature",
        &short,
        "-k",
        &key,
        "-o",
        &out,
    ]);
    none.refused(1, "this is no signature: expected 64 bytes");
    assert!(!scratch.files().contains(&"out.cbor".to_owned()));
}

#[test]
fn a_new_key_is_readable_by_its_owner_alone_and_never_written_over_another() {
    let scratch = Scratch::new();
    let key = scratch.path("signing.pem");
    let public = run(["keygen", "-o", &key]).ok();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&key).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let before = std::fs::read(&key).unwrap();
    run(["keygen", "-o", &key]).refused(1, "exists already");
    assert_eq!(std::fs::read(&key).unwrap(), before);
    let trusted = scratch.write("trusted.pub", public.as_bytes());
    let signed = scratch.path("signed.cbor");
    run(["sign", DIABETES, "-k", &key, "-o", &signed]).ok();
    run(["verify", &signed, "-k", &trusted]).ok();
    assert_ne!(
        run(["keygen", "-o", &scratch.path("other.pem")]).ok(),
        public
    );
}

#[test]
fn keys_in_the_wrong_place_are_named_as_what_they_are() {
    let scratch = scratch();
    let out = scratch.path("out.cbor");
    run([
        "sign",
        DIABETES,
        "-k",
        &scratch.path("ed25519.pub"),
        "-o",
        &out,
    ])
    .refused(1, "this is no private key");
    run(["verify", DIABETES, "-k", &scratch.path("ed25519.pem")])
        .refused(1, "a public key, not a private one");
    let encrypted = scratch.write(
        "locked.pem",
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGb\n-----END ENCRYPTED PRIVATE KEY-----\n",
    );
    run(["sign", DIABETES, "-k", &encrypted, "-o", &out])
        .refused(1, "the private key is encrypted: decrypt it");
}

/// The commands of docs/operations.md, run in order in one directory by a shell that stops at the first that fails.
/// A machine without openssl runs only those of model-tools before them.
#[test]
#[cfg(unix)]
fn the_commands_of_the_guide_to_signed_models_run() {
    let text = std::fs::read_to_string(repository().join("docs/operations.md")).unwrap();
    let (_, section) = text.split_once("## Signed models").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let blocks = section.split("```sh\n").skip(1);
    let commands: Vec<&str> = blocks
        .map(|block| block.split("```").next().unwrap())
        .collect();
    assert_eq!(commands.len(), 5);
    let openssl = Command::new("openssl").arg("version").output().is_ok();
    let commands = commands[..if openssl { 5 } else { 3 }].concat();
    let scratch = Scratch::new();
    std::fs::copy(repository().join(DIABETES), scratch.path("model.cbor")).unwrap();
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_model-tools"));
    let path = std::env::var("PATH").unwrap();
    let ran = Command::new("sh")
        .args(["-eu", "-c", &commands])
        .current_dir(scratch.path(""))
        .env(
            "PATH",
            format!("{}:{path}", program.parent().unwrap().display()),
        )
        .output()
        .unwrap();
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let out = String::from_utf8(ran.stdout).unwrap();
    assert!(
        out.contains("model.tar.gz: ok: signed by key 1 of 1 (Ed25519)"),
        "{out}"
    );
    let by_openssl = out.contains("by-service.cbor: ok: signed by key 1 of 1 (ECDSA P-256)");
    assert_eq!(by_openssl, openssl, "{out}");
}
