//! Signatures by plain keys: Ed25519, and ECDSA over P-256 with SHA-256.
//!
//! What is signed is a line of text with the payload's digest, so that every program and service that signs files can sign
//! a model. The signature stands in the envelope, around the payload that it vouches for.

use ct_codecs::{Base64, Decoder as _};
use ed25519_compact as ed25519;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use p256::ecdsa::{self, VerifyingKey};

use super::envelope::{self, Digest};
use super::error::ArtifactError;
use crate::limits::MODEL_KEYS_MAX;

/// A signature: R and S of Ed25519, or r and s of ECDSA, 32 bytes each.
pub type Signature = [u8; 64];

/// What stands before the 32 bytes of an Ed25519 key in its `SubjectPublicKeyInfo` (RFC 8410).
const ED25519_HEADER: [u8; 12] = [48, 42, 48, 5, 6, 3, 43, 101, 112, 3, 33, 0];

/// What stands before the 65 bytes of an uncompressed point of P-256 in its `SubjectPublicKeyInfo` (RFC 5480).
const P256_HEADER: [u8; 26] = [
    48, 89, 48, 19, 6, 7, 42, 134, 72, 206, 61, 2, 1, 6, 8, 42, 134, 72, 206, 61, 3, 1, 7, 3, 66, 0,
];

/// Bytes of the longer of the two forms.
const KEY_BYTES_MAX: usize = P256_HEADER.len() + 65;

const PEM_BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const PEM_END: &str = "-----END PUBLIC KEY-----";

/// A text that holds no public keys. It is not repeated: it may hold a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {}", self.expected())]
pub enum KeyError {
    /// A private key.
    Private,
    /// Anything else.
    NoKey,
    /// More than [`MODEL_KEYS_MAX`] keys.
    TooMany,
}

impl KeyError {
    /// What would have been right.
    #[must_use]
    pub const fn expected(self) -> &'static str {
        match self {
            Self::Private => {
                "a public key, not a private one: print it with \"openssl pkey -in KEY -pubout\", and replace the \
                 private key if others can read it here"
            }
            Self::NoKey => {
                "public keys of Ed25519 or P-256: PEM (-----BEGIN PUBLIC KEY-----), or the base64 between its lines, \
                 several with commas between them"
            }
            Self::TooMany => "at most 16 public keys",
        }
    }
}

/// A key that checks signatures.
#[derive(Debug, Clone, PartialEq)]
pub enum PublicKey {
    /// Ed25519 (RFC 8032).
    Ed25519(ed25519::PublicKey),
    /// ECDSA over P-256 (FIPS 186-5).
    P256(VerifyingKey),
}

impl PublicKey {
    /// Reads the public keys in a text: PEM, or base64 with commas between keys.
    ///
    /// # Errors
    /// There is none, one of them is of another kind, or there are more than [`MODEL_KEYS_MAX`].
    pub fn parse_all(text: &str) -> Result<Vec<Self>, KeyError> {
        if text.contains("PRIVATE KEY") {
            return Err(KeyError::Private);
        }
        let keys: Vec<_> = if text.contains(PEM_BEGIN) {
            let blocks = text.split(PEM_BEGIN).skip(1);
            let bodies = blocks.map(|block| block.split(PEM_END).next().unwrap_or(block));
            bodies.map(Self::parse).collect::<Result<_, _>>()?
        } else {
            text.split(',').map(Self::parse).collect::<Result<_, _>>()?
        };
        match keys.len() {
            1..=MODEL_KEYS_MAX => Ok(keys),
            _ => Err(KeyError::TooMany),
        }
    }

    /// Reads the base64 of one key's `SubjectPublicKeyInfo`.
    fn parse(base64: &str) -> Result<Self, KeyError> {
        let mut space = [0; KEY_BYTES_MAX];
        let der = Base64::decode(&mut space, base64, Some(b" \t\r\n"));
        der.ok().and_then(Self::from_der).ok_or(KeyError::NoKey)
    }

    /// The key of a `SubjectPublicKeyInfo` in DER. Both kinds have one form: a header and the key.
    fn from_der(der: &[u8]) -> Option<Self> {
        if let Some(key) = der.strip_prefix(&ED25519_HEADER) {
            let key = ed25519::PublicKey::from_slice(key).ok()?;
            key.validate().ok()?;
            return Some(Self::Ed25519(key));
        }
        let point = der.strip_prefix(&P256_HEADER)?;
        VerifyingKey::from_sec1_bytes(point).ok().map(Self::P256)
    }

    /// The key's algorithm, as people write it.
    #[must_use]
    pub const fn algorithm(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "Ed25519",
            Self::P256(_) => "ECDSA P-256",
        }
    }

    /// Whether the holder of this key has signed the message.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        match self {
            Self::Ed25519(key) => {
                let signature = ed25519::Signature::new(*signature);
                key.verify(message, &signature).is_ok()
            }
            Self::P256(key) => ecdsa::Signature::from_slice(signature).is_ok_and(|signature| {
                let digest = Digest::of(message);
                key.verify_prehash(digest.as_bytes(), &signature).is_ok()
            }),
        }
    }
}

/// What the holder of a key signs to vouch for the model with this digest: one line of text.
#[must_use]
pub fn signed_message(digest: Digest) -> String {
    format!("sagelet-model sha256:{digest}\n")
}

/// The digest of an artifact's payload, and the signature beside it. The signature is not checked.
///
/// # Errors
/// The envelope is not in order, or the digest is not that of the payload.
pub fn signature(artifact: &[u8]) -> Result<(Digest, Option<&[u8]>), ArtifactError> {
    let contents = envelope::open(artifact)?;
    Ok((contents.digest, contents.signature))
}

/// Which of these keys an artifact is signed by, from 0 on.
///
/// # Errors
/// The envelope is not in order, there is no signature, or it is by none of the keys.
pub fn signer(artifact: &[u8], keys: &[PublicKey]) -> Result<usize, ArtifactError> {
    let (digest, signature) = signature(artifact)?;
    let signature = signature.ok_or(ArtifactError::Unsigned)?;
    let message = signed_message(digest);
    let place = Signature::try_from(signature).ok().and_then(|signature| {
        keys.iter()
            .position(|key| key.verifies(message.as_bytes(), &signature))
    });
    place.ok_or(ArtifactError::WrongSignature { keys: keys.len() })
}

/// The artifact with this signature in the place of any that it has.
///
/// # Errors
/// The envelope is not in order.
pub fn with_signature(artifact: &[u8], signature: &Signature) -> Result<Vec<u8>, ArtifactError> {
    let mut contents = envelope::open(artifact)?;
    contents.signature = Some(signature);
    Ok(envelope::seal(&contents))
}
