//! The parts of a request as they are typed: method, URL, fields and headers, each checked before anything is sent.

use url::Url;

use crate::client::{Body, HeaderName, HeaderValue, Method, holds_protocol_parameter};
use crate::error::{Failure, Kind};

/// Headers that twauth sets itself or that belong to the connection.
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

/// A method, in the capitals in which it is signed.
pub(in crate::commands) fn method(text: &str) -> Result<Method, Failure> {
    let method = Method::from_bytes(text.to_ascii_uppercase().as_bytes());
    match method {
        Ok(method) if method != Method::CONNECT => Ok(method),
        _ => Err(usage(
            "the method is not one of HTTP",
            "use GET, POST, PUT, PATCH or DELETE",
        )),
    }
}

/// A whole URL that is sent as it is typed. A fragment would be lost in silence: only ever a `#` that was not encoded.
pub(in crate::commands) fn url(text: &str) -> Result<Url, Failure> {
    if text.contains(char::is_control) {
        return Err(usage(
            "the URL holds a control character",
            "write it as %0A or the like",
        ));
    }
    if text
        .split('?')
        .next()
        .is_some_and(|path| path.contains('\\'))
    {
        return Err(usage(
            "the URL holds a backslash, which stands for a slash there",
            "write / or %5C",
        ));
    }
    let url = Url::parse(text).map_err(|_| {
        usage(
            "this is not a URL (host names must be ASCII)",
            "give the whole URL, as in https://api.x.com/2/users/me",
        )
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(usage(
            "the URL holds a user name or password",
            "leave it out",
        ));
    }
    // Read from the text: the dot after an address of digits is dropped in parsing.
    let rest = text.split_once("://").map_or("", |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let port = authority.rfind(':').unwrap_or(authority.len());
    if authority[..port].ends_with('.') {
        return Err(usage(
            "the URL's host name ends in a dot",
            "leave the dot out",
        ));
    }
    if url.fragment().is_some() {
        return Err(usage(
            "the URL holds a #, and what follows it is never sent",
            "write # as %23, or leave it out",
        ));
    }
    Ok(url)
}

/// Fields of a form, each divided at its first equals sign.
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

/// Refuses what would stand beside the signature's own parameters.
pub(in crate::commands) fn check_names(url: &Url, body: &Body) -> Result<(), Failure> {
    if holds_protocol_parameter(url, &body.form()) {
        return Err(usage(
            "a parameter of the query or the form is one that the signature brings itself",
            "leave out oauth_token, oauth_signature and their like",
        ));
    }
    Ok(())
}

/// Headers as curl takes them: `Name: value`.
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
        let reason = format!("the header {name} is set by twauth itself");
        return Err(usage(
            &reason,
            "leave it out; --bearer asks as the app alone",
        ));
    }
    let value = HeaderValue::from_str(value.trim_matches([' ', '\t']))
        .map_err(|_| broken("a header's value is not valid"))?;
    Ok((name, value))
}

fn usage(reason: &str, hint: &str) -> Failure {
    Failure::new(Kind::Usage, reason).hint(hint)
}
