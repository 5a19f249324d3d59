//! A small client over a plain socket, which can sign and spoil its requests.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::super::signature::{Parameter, base_string, base_string_uri, encoded, hmac_sha1};
use super::super::{CONSUMER_KEY, CONSUMER_SECRET, Fault, Sandbox};

pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Reply {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    }

    /// A field of a form-encoded body.
    pub(super) fn field(&self, name: &str) -> String {
        let pairs = super::super::signature::form_parameters(self.body.as_bytes());
        super::super::call::value(&pairs, name).unwrap()
    }
}

pub(super) struct Token(pub(super) String, pub(super) String);

/// A signed request in the making, so that a test can spoil any part of it.
pub(super) struct Signing {
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) oauth: Vec<(String, String)>,
    pub(super) token_secret: String,
}

impl Signing {
    pub(super) fn new(method: &'static str, path: &str, token: Option<&Token>) -> Self {
        static NONCE: AtomicU64 = AtomicU64::new(0);
        let nonce = NONCE.fetch_add(1, Ordering::Relaxed);
        let mut signing = Self {
            method,
            path: path.to_owned(),
            oauth: Vec::new(),
            token_secret: token.map(|token| token.1.clone()).unwrap_or_default(),
        }
        .with("oauth_consumer_key", CONSUMER_KEY)
        .with("oauth_signature_method", "HMAC-SHA1")
        .with("oauth_timestamp", &now().to_string())
        .with("oauth_nonce", &format!("nonce{nonce}"))
        .with("oauth_version", "1.0");
        if let Some(token) = token {
            signing = signing.with("oauth_token", &token.0);
        }
        signing
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.oauth.retain(|(key, _)| key != name);
        if !value.is_empty() {
            self.oauth.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    pub(super) fn header(&self, port: u16) -> String {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let mut parameters = super::super::signature::form_parameters(query.as_bytes());
        let oauth = self.oauth.iter();
        parameters.extend(oauth.map(|(name, value)| -> Parameter {
            (name.clone().into_bytes(), value.clone().into_bytes())
        }));
        let uri = base_string_uri("http", &format!("127.0.0.1:{port}"), path);
        let base = base_string(self.method, &uri, &parameters);
        let signature = signature(&base, CONSUMER_SECRET, &self.token_secret);
        let signed = [("oauth_signature".to_owned(), signature)];
        let pairs: Vec<String> = self
            .oauth
            .iter()
            .chain(&signed)
            .map(|(name, value)| format!("{name}=\"{}\"", encoded(value.as_bytes())))
            .collect();
        format!("Authorization: OAuth {}\r\n", pairs.join(", "))
    }

    pub(super) fn send(&self, port: u16) -> Reply {
        self.send_json(port, "")
    }

    pub(super) fn send_json(&self, port: u16, body: &str) -> Reply {
        let headers = format!("{}Content-Type: application/json\r\n", self.header(port));
        send(port, self.method, &self.path, &headers, body.as_bytes())
    }
}

pub(super) fn signature(base_string: &str, client_secret: &str, token_secret: &str) -> String {
    let key = [client_secret, token_secret].map(|secret| encoded(secret.as_bytes()));
    STANDARD.encode(hmac_sha1(key.join("&").as_bytes(), base_string.as_bytes()))
}

pub(super) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// Runs a sandbox on a thread of its own until the test process ends; its port.
pub(super) fn started(faults: &'static [Fault]) -> u16 {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let sandbox = Sandbox::start(0, faults).await.unwrap();
            assert_eq!(
                sandbox.url(),
                format!("http://127.0.0.1:{}", sandbox.port())
            );
            tell.send(sandbox.port()).unwrap();
            std::future::pending::<()>().await;
        });
    });
    told.recv().unwrap()
}

pub(super) fn send(port: u16, method: &str, path: &str, headers: &str, body: &[u8]) -> Reply {
    let host = format!("Host: 127.0.0.1:{port}\r\n{headers}");
    try_send(port, method, path, &host, body).unwrap()
}

pub(super) fn try_send(
    port: u16,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> std::io::Result<Reply> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text
        .split_once("\r\n\r\n")
        .ok_or(std::io::ErrorKind::UnexpectedEof)?;
    Ok(Reply {
        status: head[9..12].parse().unwrap(),
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

pub(super) fn post_form(port: u16, path: &str, headers: &str, fields: &[(&str, &str)]) -> Reply {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value.as_bytes())))
        .collect();
    let headers = format!("{headers}Content-Type: application/x-www-form-urlencoded\r\n");
    send(port, "POST", path, &headers, pairs.join("&").as_bytes())
}

pub(super) fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split_once(after).unwrap().0
}

pub(super) fn request_token(port: u16, callback: &str) -> Token {
    let reply = Signing::new("POST", "/oauth/request_token", None)
        .with("oauth_callback", callback)
        .send(port);
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(
        reply.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(reply.field("oauth_callback_confirmed"), "true");
    Token(
        reply.field("oauth_token"),
        reply.field("oauth_token_secret"),
    )
}

/// Answers the authorisation page.
pub(super) fn answer(port: u16, token: &Token, screen_name: &str, action: &str) -> Reply {
    answer_with(
        port,
        token,
        &[("screen_name", screen_name), ("action", action)],
    )
}

pub(super) fn answer_with(port: u16, token: &Token, choices: &[(&str, &str)]) -> Reply {
    let path = format!("/oauth/authorize?oauth_token={}", token.0);
    let page = send(port, "GET", &path, "", b"");
    assert_eq!(page.status, 200);
    let form_token = between(&page.body, "name=\"authenticity_token\" value=\"", "\"");
    let mut fields = vec![
        ("oauth_token", token.0.as_str()),
        ("authenticity_token", form_token),
    ];
    fields.extend(choices);
    post_form(port, "/oauth/authorize", "", &fields)
}

pub(super) fn pin(port: u16, token: &Token, screen_name: &str) -> String {
    let page = answer(port, token, screen_name, "authorize");
    assert_eq!(page.status, 200);
    let pin = between(&page.body, "<code id=\"pin\">", "</code>");
    assert!(pin.len() == 7 && pin.bytes().all(|byte| byte.is_ascii_digit()));
    pin.to_owned()
}

pub(super) fn access_token(port: u16, token: &Token, pin: &str) -> Reply {
    Signing::new("POST", "/oauth/access_token", Some(token))
        .with("oauth_verifier", pin)
        .send(port)
}

pub(super) fn login(port: u16, screen_name: &str) -> Token {
    let temporary = request_token(port, "oob");
    let pin = pin(port, &temporary, screen_name);
    let reply = access_token(port, &temporary, &pin);
    assert_eq!(reply.status, 200, "{}", reply.body);
    Token(
        reply.field("oauth_token"),
        reply.field("oauth_token_secret"),
    )
}

pub(super) fn tweet(port: u16, token: &Token, body: &str) -> Reply {
    Signing::new("POST", "/2/tweets", Some(token)).send_json(port, body)
}

pub(super) fn me(port: u16, token: &Token) -> Reply {
    Signing::new("GET", "/2/users/me", Some(token)).send(port)
}
