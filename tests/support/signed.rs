//! Requests to the sandbox signed by another hand, and the logins that need them.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;

use super::browser::{self, Page};
use super::sandbox::{CONSUMER_KEY, CONSUMER_SECRET, SandboxServer};

const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_secs()
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) token: String,
    pub(crate) secret: String,
}

/// A request on its way to the sandbox, any part of which can be spoiled.
#[derive(Clone)]
pub(crate) struct Signed<'a> {
    sandbox: &'a SandboxServer,
    method: &'static str,
    path: String,
    pub(crate) oauth: BTreeMap<&'static str, String>,
    token_secret: String,
}

impl<'a> Signed<'a> {
    pub(crate) fn new(
        sandbox: &'a SandboxServer,
        method: &'static str,
        path: &str,
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
            path: path.to_owned(),
            oauth,
            token_secret: token.map(|token| token.secret.clone()).unwrap_or_default(),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.oauth.insert(name, value.into());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.oauth.remove(name);
        self
    }

    pub(crate) fn signature(&self) -> Vec<u8> {
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

    pub(crate) fn header(&self, signature: &[u8]) -> String {
        let signature = STANDARD.encode(signature);
        let pairs = self.oauth.iter().map(|(name, value)| (*name, &**value));
        let pairs = pairs.chain([("oauth_signature", &*signature)]);
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}=\"{}\"", encoded(value)))
            .collect();
        format!("OAuth {}", pairs.join(", "))
    }

    pub(crate) fn send(&self) -> Page {
        self.send_as(&self.header(&self.signature()))
    }

    pub(crate) fn send_as(&self, header: &str) -> Page {
        self.fetch(&[("authorization", header)], b"")
    }

    /// With a body, which is not signed.
    pub(crate) fn send_body(&self, content_type: &str, body: &str) -> Page {
        let header = self.header(&self.signature());
        let headers = [("authorization", &*header), ("content-type", content_type)];
        self.fetch(&headers, body.as_bytes())
    }

    fn fetch(&self, headers: &[(&str, &str)], body: &[u8]) -> Page {
        let url = format!("{}{}", self.sandbox.url, self.path);
        browser::fetch(self.method, &url, headers, body)
    }
}

pub(crate) fn field(page: &Page, name: &str) -> String {
    let found =
        url::form_urlencoded::parse(page.body.trim().as_bytes()).find(|(key, _)| key == name);
    found
        .unwrap_or_else(|| panic!("no {name} in {page:#?}"))
        .1
        .into_owned()
}

pub(crate) fn token_in(page: &Page) -> Token {
    assert_eq!(page.status, 200, "{page:#?}");
    Token {
        token: field(page, "oauth_token"),
        secret: field(page, "oauth_token_secret"),
    }
}

pub(crate) fn asked(sandbox: &SandboxServer, callback: &str) -> Page {
    let request = Signed::new(sandbox, "POST", "/oauth/request_token", None);
    request.with("oauth_callback", callback).send()
}

pub(crate) fn temporary(sandbox: &SandboxServer) -> Token {
    token_in(&asked(sandbox, "oob"))
}

/// The URL of the authorisation page.
pub(crate) fn question(sandbox: &SandboxServer, temporary: &Token) -> String {
    let (url, token) = (&sandbox.url, &temporary.token);
    format!("{url}/oauth/authorize?oauth_token={token}")
}

pub(crate) fn pin(sandbox: &SandboxServer, temporary: &Token) -> String {
    browser::authorize(&question(sandbox, temporary), "sandbot")
}

pub(crate) fn exchange(sandbox: &SandboxServer, temporary: &Token, pin: &str) -> Page {
    let request = Signed::new(sandbox, "POST", "/oauth/access_token", Some(temporary));
    request.with("oauth_verifier", pin).send()
}

pub(crate) fn granted(sandbox: &SandboxServer) -> Token {
    let temporary = temporary(sandbox);
    token_in(&exchange(sandbox, &temporary, &pin(sandbox, &temporary)))
}
