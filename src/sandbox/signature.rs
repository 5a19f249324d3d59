//! RFC 5849 section 3.4: the signature base string and its HMAC-SHA1, written from the RFC's text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};
use sha1::Sha1;

/// Section 3.6: everything is escaped except letters, digits and these four.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A decoded name and value, as bytes, because they may not be UTF-8.
pub(super) type Parameter = (Vec<u8>, Vec<u8>);

/// Section 3.6.
pub(super) fn encoded(bytes: &[u8]) -> String {
    percent_encode(bytes, ESCAPED).to_string()
}

/// The parameters of a query or of a form-encoded body (section 3.4.1.3.1).
pub(super) fn form_parameters(text: &[u8]) -> Vec<Parameter> {
    text.split(|byte| *byte == b'&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let mut halves = piece.splitn(2, |byte| *byte == b'=');
            let mut half = || form_decoded(halves.next().unwrap_or_default());
            (half(), half())
        })
        .collect()
}

pub(super) fn form_decoded(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    percent_decode(&spaced).collect()
}

/// Section 3.4.1.2: scheme and host in lower case, no default port, the path as sent.
pub(super) fn base_string_uri(scheme: &str, authority: &str, path: &str) -> String {
    let scheme = scheme.to_ascii_lowercase();
    let authority = authority.to_ascii_lowercase();
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    let authority = authority.strip_suffix(default_port).unwrap_or(&authority);
    let path = if path.is_empty() { "/" } else { path };
    format!("{scheme}://{authority}{path}")
}

/// Section 3.4.1.1. `parameters` are all parameters to sign, in any order, without `oauth_signature` and `realm`.
pub(super) fn base_string(method: &str, uri: &str, parameters: &[Parameter]) -> String {
    let mut pairs: Vec<(String, String)> = parameters
        .iter()
        .map(|(name, value)| (encoded(name), encoded(value)))
        .collect();
    pairs.sort_unstable();
    let normalised: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!(
        "{}&{}&{}",
        encoded(method.to_ascii_uppercase().as_bytes()),
        encoded(uri.as_bytes()),
        encoded(normalised.join("&").as_bytes())
    )
}

/// Whether `signature` is right for the base string and these secrets (section 3.4.2), compared in constant time.
pub(super) fn verifies(
    base_string: &str,
    client_secret: &str,
    token_secret: &str,
    signature: &str,
) -> bool {
    let key = [client_secret, token_secret].map(|secret| encoded(secret.as_bytes()));
    STANDARD.decode(signature).is_ok_and(|signature| {
        mac(key.join("&").as_bytes())
            .chain_update(base_string)
            .verify_slice(&signature)
            .is_ok()
    })
}

/// HMAC-SHA1 of `text` under `key`.
pub(super) fn hmac_sha1(key: &[u8], text: &[u8]) -> [u8; 20] {
    mac(key).chain_update(text).finalize().into_bytes().into()
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn mac(key: &[u8]) -> Hmac<Sha1> {
    <Hmac<Sha1> as Mac>::new_from_slice(key).expect("any length")
}
