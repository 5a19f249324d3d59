//! What the sandbox makes of requests signed by another hand, well and badly.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use sha1::Sha1;

use crate::support::{CONSUMER_KEY, CONSUMER_SECRET, Page, SandboxServer, browser};

const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_secs()
}

#[derive(Clone, Debug)]
struct Token {
    token: String,
    secret: String,
}

/// A request on its way to the sandbox, any part of which can be spoiled.
#[derive(Clone)]
struct Signed<'a> {
    sandbox: &'a SandboxServer,
    method: &'static str,
    path: &'static str,
    oauth: BTreeMap<&'static str, String>,
    token_secret: String,
}

impl<'a> Signed<'a> {
    fn new(
        sandbox: &'a SandboxServer,
        method: &'static str,
        path: &'static str,
        token: Option<&Token>,
    ) -> Self {
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).unwrap();
        let mut oauth = BTreeMap::from([
            ("oauth_consumer_key", CONSUMER_KEY.to_owned()),
            ("oauth_nonce", u128::from_be_bytes(nonce).to_string()),
            ("oauth_signature_method", "HMAC-SHA1".to_owned()),
            ("oauth_timestamp", now().to_string()),
            ("oauth_version", "1.0".to_owned()),
        ]);
        if let Some(token) = token {
            oauth.insert("oauth_token", token.token.clone());
        }
        Self {
            sandbox,
            method,
            path,
            oauth,
            token_secret: token.map(|token| token.secret.clone()).unwrap_or_default(),
        }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.oauth.insert(name, value.into());
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.oauth.remove(name);
        self
    }

    fn signature(&self) -> Vec<u8> {
        let pairs = self.oauth.iter();
        let pairs = pairs.map(|(name, value)| format!("{name}={}", encoded(value)));
        let parameters = pairs.collect::<Vec<_>>().join("&");
        let url = format!("{}{}", self.sandbox.url, self.path);
        let base = [self.method, &url, &parameters].map(encoded).join("&");
        let key = [CONSUMER_SECRET, &self.token_secret];
        let key = key.map(encoded).join("&");
        let mut mac = <Hmac<Sha1> as Mac>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(base.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }

    fn header(&self, signature: &[u8]) -> String {
        let signature = STANDARD.encode(signature);
        let pairs = self.oauth.iter().map(|(name, value)| (*name, &**value));
        let pairs = pairs.chain([("oauth_signature", &*signature)]);
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}=\"{}\"", encoded(value)))
            .collect();
        format!("OAuth {}", pairs.join(", "))
    }

    fn send(&self) -> Page {
        self.send_as(&self.header(&self.signature()))
    }

    fn send_as(&self, header: &str) -> Page {
        let url = format!("{}{}", self.sandbox.url, self.path);
        browser::fetch(self.method, &url, &[("authorization", header)], b"")
    }
}

fn field(page: &Page, name: &str) -> String {
    let found =
        url::form_urlencoded::parse(page.body.trim().as_bytes()).find(|(key, _)| key == name);
    found
        .unwrap_or_else(|| panic!("no {name} in {page:#?}"))
        .1
        .into_owned()
}

fn token_in(page: &Page) -> Token {
    assert_eq!(page.status, 200, "{page:#?}");
    Token {
        token: field(page, "oauth_token"),
        secret: field(page, "oauth_token_secret"),
    }
}

fn temporary(sandbox: &SandboxServer) -> Token {
    let request = Signed::new(sandbox, "POST", "/oauth/request_token", None);
    token_in(&request.with("oauth_callback", "oob").send())
}

fn pin(sandbox: &SandboxServer, temporary: &Token) -> String {
    let url = format!(
        "{}/oauth/authorize?oauth_token={}",
        sandbox.url, temporary.token
    );
    browser::authorize(&url, "sandbot")
}

fn exchange(sandbox: &SandboxServer, temporary: &Token, pin: &str) -> Page {
    let request = Signed::new(sandbox, "POST", "/oauth/access_token", Some(temporary));
    request.with("oauth_verifier", pin).send()
}

fn granted(sandbox: &SandboxServer) -> Token {
    let temporary = temporary(sandbox);
    token_in(&exchange(sandbox, &temporary, &pin(sandbox, &temporary)))
}

const WHO: &str = "/1.1/account/verify_credentials.json";

#[test]
fn a_signature_is_taken_whole_and_refused_with_any_bit_wrong() {
    let (_home, sandbox) = SandboxServer::with_home();
    let token = granted(&sandbox);
    let request = Signed::new(&sandbox, "GET", WHO, Some(&token));
    let signature = request.signature();
    for bit in 0..signature.len() * 8 {
        let mut wrong = signature.clone();
        wrong[bit / 8] ^= 1 << (bit % 8);
        let page = request.send_as(&request.header(&wrong));
        assert_eq!(page.status, 401, "bit {bit}: {page:#?}");
    }
    assert_eq!(request.send().status, 200);
    // What was accepted once is spent.
    assert_eq!(request.send().status, 401);
}

#[test]
fn a_parameter_that_is_missing_or_twice_is_refused() {
    let (_home, sandbox) = SandboxServer::with_home();
    let token = granted(&sandbox);
    let request = || Signed::new(&sandbox, "GET", WHO, Some(&token));
    for name in [
        "oauth_consumer_key",
        "oauth_nonce",
        "oauth_signature_method",
        "oauth_timestamp",
        "oauth_token",
    ] {
        let page = request().without(name).send();
        assert!(
            [400, 401].contains(&page.status),
            "without {name}: {page:#?}"
        );
        let twice = request();
        let header = twice.header(&twice.signature());
        let value = encoded(&twice.oauth[name]);
        let page = twice.send_as(&format!("{header}, {name}=\"{value}\""));
        assert!([400, 401].contains(&page.status), "{name} twice: {page:#?}");
    }
    let unsigned = request();
    let header = unsigned.header(&unsigned.signature());
    let (without, _) = header.rsplit_once(", ").unwrap();
    for header in [
        without,
        "OAuth",
        "OAuth ",
        "",
        "Basic x",
        "OAuth a=b",
        "OAuth \u{fffd}",
    ] {
        let page = unsigned.send_as(header);
        assert!([400, 401].contains(&page.status), "{header:?}: {page:#?}");
    }
    // The version may be left out (RFC 5849 section 3.1).
    assert_eq!(request().without("oauth_version").send().status, 200);
}

#[test]
fn a_timestamp_out_of_bounds_and_a_nonce_seen_before_are_refused() {
    let (_home, sandbox) = SandboxServer::with_home();
    let token = granted(&sandbox);
    let request = || Signed::new(&sandbox, "GET", WHO, Some(&token));
    let code = |page: &Page| -> Value {
        let body: Value = serde_json::from_str(&page.body).unwrap();
        body["errors"][0]["code"].clone()
    };
    for timestamp in [
        (now() - 400).to_string(),
        (now() + 400).to_string(),
        "0".to_owned(),
        "-1".to_owned(),
        "soon".to_owned(),
        "99999999999999999999999".to_owned(),
    ] {
        let page = request().with("oauth_timestamp", &*timestamp).send();
        assert_eq!(
            (page.status, code(&page)),
            (401, json!(135)),
            "{timestamp}: {page:#?}"
        );
    }
    assert_eq!(
        request()
            .with("oauth_timestamp", (now() - 30).to_string())
            .send()
            .status,
        200
    );
    let (first, second) = (request(), request());
    assert_eq!(first.send().status, 200);
    let nonce = first.oauth["oauth_nonce"].clone();
    let timestamp = first.oauth["oauth_timestamp"].clone();
    let again = second
        .with("oauth_nonce", nonce)
        .with("oauth_timestamp", timestamp);
    assert_eq!(again.send().status, 401);
}

#[test]
fn a_pin_is_good_once_and_for_its_own_token() {
    let (_home, sandbox) = SandboxServer::with_home();
    let wrong = temporary(&sandbox);
    let right = pin(&sandbox, &wrong);
    let other = if right == "1234567" {
        "7654321"
    } else {
        "1234567"
    };
    assert_eq!(exchange(&sandbox, &wrong, other).status, 401);
    // A wrong one has spent the token.
    assert_eq!(exchange(&sandbox, &wrong, &right).status, 401);
    let (first, second) = (temporary(&sandbox), temporary(&sandbox));
    let first_pin = pin(&sandbox, &first);
    let second_pin = pin(&sandbox, &second);
    if first_pin != second_pin {
        assert_eq!(exchange(&sandbox, &second, &first_pin).status, 401);
    }
    assert_eq!(exchange(&sandbox, &first, &first_pin).status, 200);
    assert_eq!(exchange(&sandbox, &first, &first_pin).status, 401);
    let unasked = temporary(&sandbox);
    for pin in ["", "0000000", "%00"] {
        assert_eq!(exchange(&sandbox, &unasked, pin).status, 401);
    }
}
