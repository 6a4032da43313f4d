//! Keys and signatures as files: what `sign`, `verify` and `keygen` read.

use ct_codecs::{Base64, Decoder as _, Encoder as _};
use ed25519_compact as ed25519;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use p256::ecdsa::{self, SigningKey};
use p256::pkcs8::DecodePrivateKey as _;
use sagelet::artifact::{Digest, PublicKey, Signature};

use crate::error::Error;
use crate::input::Input;
use crate::limits::KEY_FILE_BYTES_MAX;

/// A key that makes signatures.
pub(crate) enum PrivateKey {
    /// Ed25519.
    Ed25519(ed25519::KeyPair),
    /// ECDSA over P-256.
    P256(SigningKey),
}

impl PrivateKey {
    /// Reads a private key in PEM.
    ///
    /// # Errors
    /// The file cannot be read, or holds no private key of a known kind.
    pub(crate) fn read(path: &str) -> Result<Self, Error> {
        let input = Input::read(path, KEY_FILE_BYTES_MAX)?;
        let text = String::from_utf8_lossy(&input.bytes);
        if text.contains("ENCRYPTED") {
            return Err(input.refused(
                "the private key is encrypted: decrypt it with `openssl pkey -in KEY -out PLAIN`, or sign elsewhere and \
                 give --signature",
            ));
        }
        Self::of_pem(&text).ok_or_else(|| {
            input.refused(
                "this is no private key of Ed25519 or P-256 in PEM (-----BEGIN PRIVATE KEY-----): \
                 make one with `model-tools keygen`",
            )
        })
    }

    fn of_pem(text: &str) -> Option<Self> {
        if let Ok(pair) = ed25519::KeyPair::from_pem(text) {
            return Some(Self::Ed25519(pair));
        }
        SigningKey::from_pkcs8_pem(text).ok().map(Self::P256)
    }

    /// The key that checks what this one signs.
    pub(crate) fn public(&self) -> PublicKey {
        match self {
            Self::Ed25519(pair) => PublicKey::Ed25519(pair.pk),
            Self::P256(key) => PublicKey::P256(*key.verifying_key()),
        }
    }

    /// Signs a message, the same way each time. None if the arithmetic fails, which it does for one message in 2^256.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Signature> {
        match self {
            Self::Ed25519(pair) => Some(*pair.sk.sign(message, None)),
            Self::P256(key) => {
                let signed: ecdsa::Signature =
                    key.sign_prehash(Digest::of(message).as_bytes()).ok()?;
                Some(signed.to_bytes().into())
            }
        }
    }
}

/// Reads public keys, in PEM or base64.
///
/// # Errors
/// The file cannot be read, or holds something else.
pub(crate) fn read_public(path: &str) -> Result<Vec<PublicKey>, Error> {
    let input = Input::read(path, KEY_FILE_BYTES_MAX)?;
    let text = String::from_utf8_lossy(&input.bytes);
    PublicKey::parse_all(&text).map_err(|error| input.refused(error))
}

/// Reads a signature: 64 bytes, the DER of ECDSA, or the base64 of one of them.
///
/// # Errors
/// The file cannot be read, or holds something else.
pub(crate) fn read_signature(path: &str) -> Result<Signature, Error> {
    let input = Input::read(path, KEY_FILE_BYTES_MAX)?;
    let decoded = Base64::decode_to_vec(&input.bytes, Some(b" \t\r\n"));
    let signature = decoded
        .ok()
        .and_then(|bytes| signature(&bytes))
        .or_else(|| signature(&input.bytes));
    signature.ok_or_else(|| {
        input.refused("this is no signature: expected 64 bytes (Ed25519), the DER of ECDSA, or the base64 of one of them")
    })
}

fn signature(bytes: &[u8]) -> Option<Signature> {
    if let Ok(signature) = bytes.try_into() {
        return Some(signature);
    }
    let signature = ecdsa::Signature::from_der(bytes).ok()?;
    Some(signature.to_bytes().into())
}

/// The public key of a pair as one line of base64, as `SAGELET_MODEL_KEY` takes it. None if it cannot be encoded.
pub(crate) fn line(key: &ed25519::PublicKey) -> Option<String> {
    Base64::encode_to_string(key.to_der()).ok()
}
