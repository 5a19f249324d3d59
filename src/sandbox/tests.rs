//! RFC 5849 section 3.4 by the published vectors, and against the client that signs.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::Value;

use super::signature::{
    Parameter, base_string, base_string_uri, encoded, form_decoded, form_parameters, hmac_sha1,
    verifies,
};
use crate::account::{Credentials, Server};
use crate::client::Signer;

fn signature(base_string: &str, client_secret: &str, token_secret: &str) -> String {
    let key = [client_secret, token_secret].map(|secret| encoded(secret.as_bytes()));
    STANDARD.encode(hmac_sha1(key.join("&").as_bytes(), base_string.as_bytes()))
}

fn vectors() -> Vec<Value> {
    let text = include_str!("../../tests/data/oauth1-vectors.json");
    let vectors: Vec<Value> = serde_json::from_str(text).unwrap();
    assert_eq!(vectors.len(), 116);
    vectors
}

/// The base string as the server makes it: of the raw URL, the raw body and the `oauth_` parameters.
fn base_string_of(vector: &Value) -> String {
    let url = vector["url"].as_str().unwrap();
    let (scheme, rest) = url.split_once("://").unwrap();
    let (before, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path_at = before.find('/').unwrap_or(before.len());
    let (authority, path) = before.split_at(path_at);
    let mut parameters = form_parameters(query.as_bytes());
    let kind = vector["content_type"].as_str().unwrap_or_default();
    if kind.to_ascii_lowercase().contains("x-www-form-urlencoded") {
        let body = vector["body"].as_str().unwrap_or_default();
        parameters.extend(form_parameters(body.as_bytes()));
    }
    for (name, value) in vector["oauth_params"].as_object().unwrap() {
        // Some vectors say in `params` that an `oauth_` parameter travels in the body.
        let pair: Parameter = (name.clone().into(), value.as_str().unwrap().into());
        if name != "realm" && !parameters.contains(&pair) {
            parameters.push(pair);
        }
    }
    let uri = base_string_uri(scheme, authority, path);
    base_string(vector["method"].as_str().unwrap(), &uri, &parameters)
}

#[test]
fn every_vector_yields_its_base_string_and_signature() {
    for vector in vectors() {
        let name = &vector["name"];
        let base = base_string_of(&vector);
        assert_eq!(base, vector["expected_base_string"], "{name}");
        let expected = vector["expected_signature"].as_str().unwrap();
        let client = vector["consumer_secret"].as_str().unwrap_or_default();
        let token = vector["token_secret"].as_str().unwrap_or_default();
        assert!(verifies(&base, client, token, expected), "{name}");
        assert_eq!(signature(&base, client, token), expected, "{name}");
    }
}

#[test]
fn every_vector_with_one_bit_flipped_is_refused() {
    for vector in vectors() {
        let name = &vector["name"];
        let base = vector["expected_base_string"].as_str().unwrap();
        let expected = vector["expected_signature"].as_str().unwrap();
        let client = vector["consumer_secret"].as_str().unwrap_or_default();
        let token = vector["token_secret"].as_str().unwrap_or_default();
        let bytes = STANDARD.decode(expected).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let flipped = STANDARD.encode(flipped);
            assert!(!verifies(base, client, token, &flipped), "{name} bit {bit}");
        }
        let mut other = base.as_bytes().to_vec();
        let middle = other.len() / 2;
        other[middle] ^= 1;
        let other = String::from_utf8(other).unwrap();
        assert!(!verifies(&other, client, token, expected), "{name}");
        assert!(!verifies(base, &format!("{client}x"), token, expected));
        assert!(!verifies(base, client, &format!("{token}x"), expected));
    }
}

#[test]
fn a_signature_cut_short_or_drawn_out_is_refused() {
    let bytes = hmac_sha1(b"c&d", b"GET&a&b");
    assert!(verifies("GET&a&b", "c", "d", &STANDARD.encode(bytes)));
    for length in 0..bytes.len() {
        assert!(!verifies(
            "GET&a&b",
            "c",
            "d",
            &STANDARD.encode(&bytes[..length])
        ));
    }
    let longer = [&bytes[..], b"x"].concat();
    assert!(!verifies("GET&a&b", "c", "d", &STANDARD.encode(longer)));
}

#[test]
fn what_is_no_signature_at_all_is_refused() {
    for text in ["", "=", "AAAA", "not base64", &"A".repeat(1_000_000)] {
        assert!(!verifies("GET&a&b", "c", "d", text));
    }
}

/// The `oauth_` parameters of a header but for the signature, and the signature.
fn header_parameters(header: &str) -> (Vec<Parameter>, String) {
    let list = header.strip_prefix("OAuth ").unwrap();
    let mut pairs: Vec<Parameter> = list
        .split(',')
        .map(|pair| {
            let (name, value) = pair.trim().split_once('=').unwrap();
            (
                form_decoded(name.as_bytes()),
                form_decoded(value.trim_matches('"').as_bytes()),
            )
        })
        .collect();
    let at = pairs
        .iter()
        .position(|(name, _)| name == b"oauth_signature")
        .unwrap();
    let signature = pairs.remove(at).1;
    (pairs, String::from_utf8(signature).unwrap())
}

proptest! {
    #[test]
    fn escaping_keeps_every_byte_and_names_only_what_must_be_escaped(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let text = encoded(&bytes);
        prop_assert_eq!(&text, &crate::client::encoded(&bytes));
        prop_assert_eq!(form_decoded(text.as_bytes()), bytes.clone());
        prop_assert_eq!(crate::client::form_decoded(&text), bytes.clone());
        let mut expected = String::new();
        for byte in bytes {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => expected.push(char::from(byte)),
                _ => write!(expected, "%{byte:02X}").unwrap(),
            }
        }
        prop_assert_eq!(text, expected);
    }

    #[test]
    fn the_client_signs_as_the_sandbox_reads(
        method in "[A-Z]{1,8}",
        origin in prop_oneof![
            "https?://[a-zA-Z]{1,8}[.][a-z]{1,3}(:(80|443|8080))?",
            Just("http://[::1]:8080".to_owned()),
        ],
        path in "(/[ -~é日]{0,8}){0,3}",
        query in prop::option::of("([a-z%+é \\[\\]]{0,4}=?[ -~日]{0,6}&?){0,4}"),
        form in prop::collection::vec((any::<String>(), any::<String>()), 0..4),
        client in ("[!-~]{1,30}", any::<String>()),
        token in prop::option::of((any::<String>(), any::<String>())),
        verifier in prop::option::of(any::<String>()),
        callback in prop::option::of(any::<String>()),
    ) {
        let mut url = url::Url::parse(&origin).unwrap();
        url.set_path(&path);
        url.set_query(query.as_deref());
        let body = crate::client::Body::Form(form.clone()).form().into_owned();
        let credentials = |(identifier, secret): &(String, String)| Credentials::new(identifier, secret);
        let client = credentials(&client);
        let token = token.as_ref().map(credentials);
        let mut signer = Signer::of_app(&Server::Sandbox, &client);
        if let Some(token) = &token {
            signer = signer.with_token(token);
        }
        if let Some(verifier) = &verifier {
            signer = signer.with_verifier(verifier);
        }
        if let Some(callback) = &callback {
            signer = signer.with_callback(callback);
        }
        let signed = crate::client::sign(&method, &url, &body, &signer);
        let (mut parameters, signature) = header_parameters(&signed.header);
        parameters.extend(form_parameters(url.query().unwrap_or("").as_bytes()));
        parameters.extend(form_parameters(&body));
        let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
        let uri = base_string_uri(url.scheme(), authority, url.path());
        let base = base_string(&method, &uri, &parameters);
        prop_assert_eq!(&base, &signed.base_string);
        prop_assert_eq!(&signature, &signed.signature);
        let secret = token.as_ref().map_or("", |token| token.secret.expose());
        prop_assert!(verifies(&base, client.secret.expose(), secret, &signature));
    }
}
