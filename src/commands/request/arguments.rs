//! Parses the parts of a request: method, URL, fields and headers, before anything is sent.

use url::Url;

use crate::client::{Body, HeaderName, HeaderValue, Method, holds_protocol_parameter};
use crate::error::Failure;

/// Headers that twauth or the connection sets.
const OWN_HEADERS: &[&str] = &[
    "authorization",
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The method, in capitals as it is signed. Without one, a request with a body is a POST.
pub(in crate::commands) fn method(given: Option<&str>, is_empty: bool) -> Result<Method, Failure> {
    let default = if is_empty { "GET" } else { "POST" };
    let method = given.unwrap_or(default).to_ascii_uppercase();
    match Method::from_bytes(method.as_bytes()) {
        Ok(method) if method != Method::CONNECT => Ok(method),
        _ => Err(usage(
            "this is not an HTTP method",
            "use GET, POST, PUT, PATCH or DELETE",
        )),
    }
}

/// A complete URL, sent exactly as given. A fragment would be dropped silently, and is always a `#` that was not
/// encoded.
pub(in crate::commands) fn url(text: &str) -> Result<Url, Failure> {
    if text.contains(char::is_control) {
        return Err(usage(
            "the URL contains a control character",
            "percent-encode it, for example as %0A",
        ));
    }
    let path = text.split('?').next().unwrap_or(text);
    if path.contains('\\') {
        return Err(usage(
            "the URL contains a backslash, which would be read as a slash",
            "write / or %5C",
        ));
    }
    let url = Url::parse(text).map_err(|_| {
        usage(
            "this is not a URL (host names must be ASCII)",
            "give the whole URL, for example https://api.x.com/2/users/me",
        )
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(usage(
            "the URL contains a user name or password",
            "remove it",
        ));
    }
    // Read from the text: parsing drops the dot after an IP address.
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let port = authority.rfind(':').unwrap_or(authority.len());
    if authority[..port].ends_with('.') {
        return Err(usage("the URL's host name ends in a dot", "remove the dot"));
    }
    if url.fragment().is_some() {
        return Err(usage(
            "the URL contains a #, and what follows it is never sent",
            "write # as %23, or remove it",
        ));
    }
    Ok(url)
}

/// Form fields, each split at its first equals sign.
pub(in crate::commands) fn fields(typed: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let divided = typed.iter().map(|field| {
        let (name, value) = field.split_once('=').ok_or_else(|| {
            usage(
                "a form field has no equals sign",
                "write it as -F NAME=VALUE",
            )
        })?;
        Ok((name.to_owned(), value.to_owned()))
    });
    divided.collect()
}

/// Rejects parameters that would duplicate those of the signature.
pub(in crate::commands) fn check_names(url: &Url, body: &Body) -> Result<(), Failure> {
    if holds_protocol_parameter(url, &body.form()) {
        return Err(usage(
            "the query or form contains a parameter that the signature adds itself",
            "remove oauth_token, oauth_signature and similar parameters",
        ));
    }
    Ok(())
}

/// Headers as in curl: `Name: value`.
pub(in crate::commands) fn headers(
    typed: &[String],
) -> Result<Vec<(HeaderName, HeaderValue)>, Failure> {
    typed.iter().map(|line| header(line)).collect()
}

fn header(line: &str) -> Result<(HeaderName, HeaderValue), Failure> {
    let broken = |reason: &str| usage(reason, "write it as -H \"NAME: VALUE\"");
    let (name, value) = line
        .split_once(':')
        .ok_or_else(|| broken("a header has no colon"))?;
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| broken("a header's name is not valid"))?;
    if OWN_HEADERS.contains(&name.as_str()) {
        let reason = format!("twauth sets the header {name} itself");
        return Err(usage(
            &reason,
            "remove it; --bearer uses the app-only token",
        ));
    }
    let value = HeaderValue::from_str(value.trim_matches([' ', '\t']))
        .map_err(|_| broken("a header's value is not valid"))?;
    Ok((name, value))
}

fn usage(reason: &str, hint: &str) -> Failure {
    Failure::usage(reason).hint(hint)
}
