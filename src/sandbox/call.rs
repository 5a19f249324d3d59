//! A received request: method, host, raw path and query, headers, and the body once it is read.

use hyper::HeaderMap;
use hyper::body::Bytes;
use hyper::http::request::Parts;
use serde_json::Value;

use super::signature::{Parameter, form_parameters};

pub(super) struct Call {
    pub(super) method: String,
    /// The `Host` header as sent; empty if there was none.
    pub(super) host: String,
    /// As sent, with its percent-encoding.
    pub(super) path: String,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    /// Empty until it is read.
    pub(super) body: Bytes,
}

impl Call {
    pub(super) fn new(parts: Parts) -> Self {
        let host = parts
            .headers
            .get("host")
            .and_then(|host| host.to_str().ok());
        Self {
            method: parts.method.as_str().to_owned(),
            host: host.unwrap_or_default().to_owned(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            body: Bytes::new(),
        }
    }

    /// Whether errors are problem documents, as for `/2/`, instead of lists of codes.
    pub(super) fn is_v2(&self) -> bool {
        self.path.starts_with("/2/")
    }

    /// Whether this is an API call, not one of the token legs or pages.
    pub(super) fn is_api(&self) -> bool {
        self.is_v2() || self.path.starts_with("/1.1/")
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The part of a path between slashes, counted from one; empty if there are fewer.
    pub(super) fn segment(&self, number: usize) -> &str {
        self.path.split('/').nth(number).unwrap_or_default()
    }

    /// What follows `scheme` in the `Authorization` header; `None` for another scheme.
    pub(super) fn credentials(&self, scheme: &str) -> Option<&str> {
        let text = self.header("authorization")?.trim();
        let (found, rest) = text.split_once(' ').unwrap_or((text, ""));
        found.eq_ignore_ascii_case(scheme).then(|| rest.trim())
    }

    /// Whether the content type is `name`, ignoring parameters such as `charset`.
    pub(super) fn is(&self, name: &str) -> bool {
        self.header("content-type")
            .and_then(|value| value.split(';').next())
            .is_some_and(|value| value.trim().eq_ignore_ascii_case(name))
    }

    /// Whether the body is a form, which is the only signed body (RFC 5849 section 3.4.1.3.1).
    pub(super) fn is_form(&self) -> bool {
        self.is("application/x-www-form-urlencoded")
    }

    pub(super) fn query_parameters(&self) -> Vec<Parameter> {
        form_parameters(self.query.as_bytes())
    }

    /// The fields of a form; empty for any other body.
    pub(super) fn form(&self) -> Vec<Parameter> {
        if self.is_form() {
            form_parameters(&self.body)
        } else {
            Vec::new()
        }
    }

    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The cookie `name`.
    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        self.header("cookie")?
            .split(';')
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    }
}

/// The first value of `name`, as text.
pub(super) fn value(parameters: &[Parameter], name: &str) -> Option<String> {
    parameters
        .iter()
        .find(|(key, _)| key == name.as_bytes())
        .map(|(_, value)| String::from_utf8_lossy(value).into_owned())
}
