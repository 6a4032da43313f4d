//! Signatures: the vectors of their standards, and every way in which an artifact is not signed by a trusted key.

use ct_codecs::{Base64, Encoder as _};
use ed25519_compact::{KeyPair, Seed};
use sagelet::artifact::{KeyError, PublicKey, signature, signed_message, signer, with_signature};

use super::*;

/// What stands before a key in its `SubjectPublicKeyInfo`.
const ED25519: &str = "302a300506032b6570032100";
const P256: &str = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";

/// Public key, message and signature: RFC 8032, section 7.1, tests 1 to 3.
const RFC_8032: [[&str; 3]; 3] = [
    [
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
];

/// The same of ECDSA over P-256 with SHA-256: the first of NIST's for FIPS 186-4 (`SigGen.txt`), and those of RFC 6979,
/// section A.2.5.
const NIST_P256: [[&str; 3]; 3] = [
    [
        "1ccbe91c075fc7f4f033bfa248db8fccd3565de94bbfb12f3c59ff46c271bf83ce4014c68811f9a21a1fdb2c0e6113e06db7ca93b7404e78dc7ccd5ca89a4ca9",
        "5905238877c77421f73e43ee3da6f2d9e2ccad5fc942dcec0cbd25482935faaf416983fe165b1a045ee2bcd2e6dca3bdf46c4310a7461f9a37960ca672d3feb5473e253605fb1ddfd28065b53cb5858a8ad28175bf9bd386a5e471ea7a65c17cc934a9d791e91491eb3754d03799790fe2d308d16146d5c9b0d0debd97d79ce8",
        "f3ac8061b514795b8843e3d6629527ed2afd6b1f6a555a7acabb5e6f79c8c2ac8bf77819ca05a6b2786c76262bf7371cef97b218e96f175a3ccdda2acc058903",
    ],
    [
        "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
        "73616d706c65",
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
    ],
    [
        "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
        "74657374",
        "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
    ],
];

fn bytes(hexadecimal: &str) -> Vec<u8> {
    let pairs = hexadecimal.as_bytes().chunks(2);
    let digits = pairs.map(|pair| std::str::from_utf8(pair).unwrap());
    digits
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}

/// The base64 of a `SubjectPublicKeyInfo`.
fn base64(header: &str, key: &str) -> String {
    let der = bytes(&format!("{header}{key}"));
    let mut space = [0; 200];
    Base64::encode_to_str(&mut space, der).unwrap().to_owned()
}

fn key(header: &str, key: &str) -> PublicKey {
    let [key] = PublicKey::parse_all(&base64(header, key))
        .unwrap()
        .try_into()
        .unwrap();
    key
}

#[test]
fn the_vectors_of_the_standards_verify_and_nothing_near_them_does() {
    for (header, vectors) in [(ED25519, RFC_8032), (P256, NIST_P256)] {
        for [public, message, signature] in vectors {
            let key = key(header, public);
            let (message, signature) = (bytes(message), bytes(signature));
            let signature: [u8; 64] = signature.try_into().unwrap();
            assert!(key.verifies(&message, &signature), "{public}");
            assert!(!key.verifies(&[&message[..], b"."].concat(), &signature));
            for place in 0..64 {
                let mut other = signature;
                other[place] ^= 1;
                assert!(!key.verifies(&message, &other), "{public}, byte {place}");
            }
        }
    }
}

/// A signature that is all zeros, or made for the neutral element, verifies under no key.
#[test]
fn degenerate_signatures_and_keys_are_refused() {
    let neutral = format!("01{}", "00".repeat(31));
    assert_eq!(
        PublicKey::parse_all(&base64(ED25519, &neutral)),
        Err(KeyError::NoKey)
    );
    assert_eq!(
        PublicKey::parse_all(&base64(P256, &"00".repeat(64))),
        Err(KeyError::NoKey)
    );
    for (header, vectors) in [(ED25519, RFC_8032), (P256, NIST_P256)] {
        let key = key(header, vectors[0][0]);
        assert!(!key.verifies(b"", &[0; 64]));
        assert!(!key.verifies(b"", &[0xff; 64]));
        let neutral = [bytes(&neutral), vec![0; 32]].concat();
        assert!(!key.verifies(b"", &neutral.try_into().unwrap()));
    }
}

#[test]
fn keys_are_read_from_pem_and_base64_and_private_ones_are_named_as_such() {
    let (one, two) = (
        base64(ED25519, RFC_8032[0][0]),
        base64(P256, NIST_P256[0][0]),
    );
    let block =
        |key: &str| format!("-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n");
    let expected = PublicKey::parse_all(&format!("{one}, {two}")).unwrap();
    assert_eq!(expected[0].algorithm(), "Ed25519");
    assert_eq!(expected[1].algorithm(), "ECDSA P-256");
    let pem = format!(
        "the team's key\n{}{}",
        block(&one),
        block(&two).replace('\n', "\r\n")
    );
    assert_eq!(PublicKey::parse_all(&pem), Ok(expected));
    for none in [
        "",
        ",",
        "MCow",
        "/keys/none.pem",
        &block(""),
        &format!("{one},"),
    ] {
        assert_eq!(PublicKey::parse_all(none), Err(KeyError::NoKey), "{none}");
    }
    let private = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----";
    assert_eq!(PublicKey::parse_all(private), Err(KeyError::Private));
    let many = vec![one; 17].join(",");
    assert_eq!(PublicKey::parse_all(&many), Err(KeyError::TooMany));
}

fn pair(seed: u8) -> KeyPair {
    KeyPair::from_seed(Seed::new([seed; 32]))
}

fn signed(artifact: &[u8], by: &KeyPair) -> Vec<u8> {
    let (digest, _) = signature(artifact).unwrap();
    let made = by.sk.sign(signed_message(digest), None);
    with_signature(artifact, &made).unwrap()
}

fn trusted(pairs: &[&KeyPair]) -> Vec<PublicKey> {
    pairs
        .iter()
        .map(|pair| PublicKey::Ed25519(pair.pk))
        .collect()
}

#[test]
fn a_signed_artifact_is_the_same_model_and_says_which_key_signed_it() {
    let artifact = around(&cbor(&payload()));
    let (one, two) = (pair(1), pair(2));
    let by_two = signed(&artifact, &two);
    assert_eq!(signer(&by_two, &trusted(&[&one, &two])).unwrap(), 1);
    let (plain, read) = (
        Artifact::from_bytes(&artifact).unwrap(),
        Artifact::from_bytes(&by_two).unwrap(),
    );
    assert_eq!((read.document, read.digest), (plain.document, plain.digest));
    // Signing again replaces the signature.
    let by_one = signed(&by_two, &one);
    assert_eq!(by_one.len(), by_two.len());
    assert_eq!(signer(&by_one, &trusted(&[&one])).unwrap(), 0);
}

#[test]
fn an_absent_stripped_foreign_or_moved_signature_is_refused() {
    let artifact = around(&cbor(&payload()));
    let (one, two) = (pair(1), pair(2));
    let keys = trusted(&[&one]);
    let unsigned = |bytes: &[u8]| matches!(signer(bytes, &keys), Err(ArtifactError::Unsigned));
    let wrong = |bytes: &[u8]| {
        matches!(
            signer(bytes, &keys),
            Err(ArtifactError::WrongSignature { keys: 1 })
        )
    };
    assert!(unsigned(&artifact));
    assert!(wrong(&signed(&artifact, &two)));
    // The signature of one model in another's envelope, with that one's right digest.
    let other = around(&cbor(&set_in_model("intercept", 0.25.into())));
    let right = signed(&artifact, &one);
    let (_, moved) = signature(&right).unwrap();
    let moved = moved.unwrap().try_into().unwrap();
    assert!(wrong(&with_signature(&other, &moved).unwrap()));
    // Cut short, or of another type.
    let sign = |value: Value| tagged(&set(envelope_of(&cbor(&payload())), "signature", value));
    assert!(wrong(&sign(Value::Bytes(moved[..63].to_vec()))));
    assert!(unsigned(&sign(Value::Null)));
    assert!(wrong(&sign("none".into())));
    assert_eq!(signer(&signed(&artifact, &one), &keys).unwrap(), 0);
}
