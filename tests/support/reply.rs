//! Replies in X's format, and some that X would not send.

use std::fmt::{self, Write as _};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

/// One whole reply of a server.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(f, "{} {:?} {body:?}", self.status, self.headers)
    }
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let reply = Self {
            status,
            headers: Vec::new(),
            body: body.into(),
        };
        reply
            .header("content-type", content_type)
            .header("date", &httpdate::fmt_http_date(SystemTime::now()))
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", body.to_string())
    }

    /// The form-encoded text that X calls HTML.
    pub(crate) fn form(body: &str) -> Self {
        Self::new(200, "text/html; charset=utf-8", body)
    }

    /// Adds a header, in place of one of that name.
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        let mut reply = self.without(name);
        reply.headers.push((name.to_owned(), value.to_owned()));
        reply
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        self
    }

    /// The status line and headers, without the length and without the empty line that ends them.
    pub(crate) fn head(&self) -> String {
        let mut head = format!("HTTP/1.1 {} So\r\n", self.status);
        for (name, value) in &self.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        head
    }

    /// The correct reply: with its length and its whole body.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let length = self.body.len();
        let head = format!("{}content-length: {length}\r\n\r\n", self.head());
        [head.as_bytes(), &self.body].concat()
    }
}

/// Temporary credentials.
pub(crate) fn temporary(token: &str, secret: &str) -> Reply {
    Reply::form(&format!(
        "oauth_token={token}&oauth_token_secret={secret}&oauth_callback_confirmed=true"
    ))
}

/// Token credentials.
pub(crate) fn token(token: &str, secret: &str, user_id: &str, screen_name: &str) -> Reply {
    Reply::form(&format!(
        "oauth_token={token}&oauth_token_secret={secret}&user_id={user_id}&screen_name={screen_name}"
    ))
}

/// The reply to `GET /2/users/me`, with a read-write token.
pub(crate) fn me(id: &str, username: &str) -> Reply {
    let body = json!({"data": {"id": id, "name": username, "username": username}});
    Reply::json(200, &body).header("x-access-level", "read-write")
}

/// The reply to `GET /1.1/account/verify_credentials.json`.
pub(crate) fn verify_credentials(id: &str, screen_name: &str) -> Reply {
    let body = json!({"id_str": id, "name": screen_name, "screen_name": screen_name});
    Reply::json(200, &body).header("x-access-level", "read-write")
}

/// The reply to a published post.
pub(crate) fn posted(id: &str, text: &str) -> Reply {
    Reply::json(201, &json!({"data": {"id": id, "text": text}}))
}

/// An error of the older kind: a numeric code.
pub(crate) fn error(status: u16, code: u32, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({"errors": [{"code": code, "message": message}]}),
    )
}

/// An error of the newer kind; `kind` is the problem's type.
pub(crate) fn problem(status: u16, title: &str, detail: &str, kind: &str) -> Reply {
    let body = json!({"title": title, "detail": detail, "type": kind, "status": status});
    Reply::json(status, &body).header("content-type", "application/problem+json")
}

/// A moment that far from now, in Unix seconds.
pub(crate) fn in_seconds(seconds: u64) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.as_secs() + seconds
}

/// The rate limit is used up until `reset`, in Unix seconds.
pub(crate) fn rate_limited(reset: u64) -> Reply {
    problem(429, "Too Many Requests", "Too Many Requests", "about:blank")
        .header("x-rate-limit-limit", "100")
        .header("x-rate-limit-remaining", "0")
        .header("x-rate-limit-reset", &reset.to_string())
}

/// A web page from a gateway before X.
pub(crate) fn gateway_page(status: u16) -> Reply {
    let page = "<!DOCTYPE html><html><title>Just a moment...</title><body>Checking</body></html>";
    Reply::new(status, "text/html; charset=UTF-8", page)
}

pub(crate) fn redirect(status: u16, location: &str) -> Reply {
    Reply::new(status, "text/html", "").header("location", location)
}
