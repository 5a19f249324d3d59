//! Replies in X's format: status, content type, headers and error bodies.

use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::call::Family;
use super::memory::Share;

pub(super) struct Reply {
    pub(super) status: u16,
    content_type: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Bytes,
}

impl Reply {
    pub(super) fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", body.to_string())
    }

    pub(super) fn problem(status: u16, body: &Value) -> Self {
        Self::new(status, "application/problem+json", body.to_string())
    }

    pub(super) fn html(status: u16, body: String) -> Self {
        Self::new(status, "text/html; charset=utf-8", body)
    }

    pub(super) fn text(status: u16, body: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", body.to_owned())
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The HTTP response, with its body counted in `share`; `None` if there is no memory for it. An invalid header is
    /// left out.
    pub(super) fn into_response(self, share: Share) -> Option<Response<Full<Bytes>>> {
        let mut response = Response::new(Full::new(share.lend(self.body)?));
        if let Ok(status) = hyper::StatusCode::from_u16(self.status) {
            *response.status_mut() = status;
        }
        let content_type = ("content-type", self.content_type.to_owned());
        for (name, value) in self.headers.into_iter().chain([content_type]) {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response
                    .headers_mut()
                    .append(HeaderName::from_static(name), value);
            }
        }
        Some(response)
    }
}

/// An error in the format of v1.1 and the token endpoints.
pub(super) fn v1_error(status: u16, code: u32, message: &str) -> Reply {
    let body = json!({"errors": [{"code": code, "message": message}]});
    let reply = Reply::json(status, &body);
    if status == 401 {
        reply.header(
            "www-authenticate",
            format!("{REALM}, api_error_code={code}"),
        )
    } else {
        reply
    }
}

/// An error in the format of v2.
pub(super) fn problem(status: u16, title: &str, detail: &str, kind: &str) -> Reply {
    let body = json!({"title": title, "detail": detail, "type": kind, "status": status});
    Reply::problem(status, &body)
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
    Reply::problem(400, &body)
}

/// A wrong PIN or an invalid request token: plain text labelled as HTML.
pub(super) fn refused_leg(text: &str) -> Reply {
    Reply::new(401, "text/html;charset=utf-8", text.to_owned()).header("www-authenticate", REALM)
}

const REALM: &str = "OAuth realm=\"https://api.x.com\"";

pub(super) fn read_only() -> Reply {
    problem(
        403,
        "Forbidden",
        "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
        "https://api.x.com/2/problems/oauth1-permissions",
    )
}

pub(super) fn rate_limited(family: Family) -> Reply {
    match family {
        Family::V2 => problem(429, "Too Many Requests", "Too Many Requests", "about:blank"),
        Family::V1 => v1_error(429, 88, "Rate limit exceeded"),
    }
}

pub(super) fn over_capacity(family: Family) -> Reply {
    match family {
        Family::V2 => problem(
            503,
            "Service Unavailable",
            "Service Unavailable",
            "about:blank",
        ),
        Family::V1 => v1_error(503, 130, "Over capacity"),
    }
}

pub(super) fn no_such_page(family: Family) -> Reply {
    match family {
        Family::V2 => problem(404, "Not Found", "Not Found", "about:blank"),
        Family::V1 => v1_error(404, 34, "Sorry, that page does not exist."),
    }
}

pub(super) fn no_such_resource(what: &str, id: &str) -> Reply {
    problem(
        404,
        "Not Found Error",
        &format!("Could not find {what} with id: [{id}]."),
        "https://api.x.com/2/problems/resource-not-found",
    )
}
