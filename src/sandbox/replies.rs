//! Replies in X's format: status, content type, headers and error bodies.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::HeaderValue;
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use super::call::Call;
use super::memory::Share;

/// The reply to a call; `Err` for one that is not done.
pub(super) type Answer = Result<Reply, Reply>;

/// Boxed because it is the error of most functions here.
pub(super) struct Reply(Box<Response<Bytes>>);

impl Reply {
    pub(super) fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        let mut response = Response::new(body.into());
        if let Ok(status) = StatusCode::from_u16(status) {
            *response.status_mut() = status;
        }
        Self(Box::new(response)).header("content-type", content_type)
    }

    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", body.to_string())
    }

    pub(super) fn html(status: u16, body: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", body)
    }

    pub(super) fn text(status: u16, body: &'static str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", body)
    }

    /// Adds a header; one that is not valid is left out.
    pub(super) fn header(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        if let Ok(value) = HeaderValue::from_str(value.as_ref()) {
            self.0.headers_mut().insert(name, value);
        }
        self
    }

    /// The HTTP response, with its body counted in `share`; `None` if there is no memory for it.
    pub(super) fn into_response(self, share: Share) -> Option<Response<Full<Bytes>>> {
        let (head, body) = (*self.0).into_parts();
        Some(Response::from_parts(head, Full::new(share.lend(body)?)))
    }
}

/// An error that both generations of the API report, each in its own way.
pub(super) struct Error {
    /// v1.1 and the token endpoints: status, code and message.
    pub(super) v1: (u16, u32, &'static str),
    /// v2: status, title, detail and problem type.
    pub(super) v2: (u16, &'static str, &'static str, &'static str),
}

impl Error {
    pub(super) fn reply(&self, call: &Call) -> Reply {
        if call.is_v2() {
            let (status, title, detail, kind) = self.v2;
            problem(status, title, detail, kind)
        } else {
            let (status, code, message) = self.v1;
            v1_error(status, code, message)
        }
    }
}

/// A v2 error that says no more than its status.
pub(super) const fn bare(
    status: u16,
    title: &'static str,
) -> (u16, &'static str, &'static str, &'static str) {
    (status, title, title, "about:blank")
}

pub(super) const NO_SUCH_PAGE: Error = Error {
    v1: (404, 34, "Sorry, that page does not exist."),
    v2: bare(404, "Not Found"),
};
pub(super) const TOO_LARGE: Error = Error {
    v1: (413, 131, "Payload too large"),
    v2: bare(413, "Payload Too Large"),
};
pub(super) const RATE_LIMITED: Error = Error {
    v1: (429, 88, "Rate limit exceeded"),
    v2: bare(429, "Too Many Requests"),
};
pub(super) const OVER_CAPACITY: Error = Error {
    v1: (503, 130, "Over capacity"),
    v2: bare(503, "Service Unavailable"),
};

const REALM: &str = "OAuth realm=\"https://api.x.com\"";

/// An error in the format of v1.1 and the token endpoints.
pub(super) fn v1_error(status: u16, code: u32, message: &str) -> Reply {
    let body = json!({"errors": [{"code": code, "message": message}]});
    let reply = Reply::json(status, &body);
    if status == 401 {
        let challenge = format!("{REALM}, api_error_code={code}");
        return reply.header("www-authenticate", challenge);
    }
    reply
}

/// An error in the format of v2.
pub(super) fn problem(status: u16, title: &str, detail: &str, kind: &str) -> Reply {
    let body = json!({"title": title, "detail": detail, "type": kind, "status": status});
    Reply::new(status, "application/problem+json", body.to_string())
}

/// A v2 error about what the account may do.
pub(super) fn forbidden(detail: &str) -> Reply {
    problem(403, "Forbidden", detail, "about:blank")
}

/// A v2 error about the request's contents: `parameter` is where, `message` what is wrong.
pub(super) fn invalid_request(parameter: &str, message: &str) -> Reply {
    let parameters = if parameter.is_empty() {
        json!({})
    } else {
        json!({parameter: [message]})
    };
    let body = json!({
        "errors": [{"parameters": parameters, "message": message}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": "https://api.x.com/2/problems/invalid-request",
    });
    Reply::new(400, "application/problem+json", body.to_string())
}

pub(super) fn no_such_resource(what: &str, id: &str) -> Reply {
    problem(
        404,
        "Not Found Error",
        &format!("Could not find {what} with id: [{id}]."),
        "https://api.x.com/2/problems/resource-not-found",
    )
}

/// A wrong PIN or an invalid request token: plain text labelled as HTML.
pub(super) fn refused_leg(text: &'static str) -> Reply {
    Reply::new(401, "text/html;charset=utf-8", text).header("www-authenticate", REALM)
}
