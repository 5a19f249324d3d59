//! A request before it is signed: method, URL, body, and who sends it.

use std::borrow::Cow;

use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use url::Url;

use super::signing::{Signer, encoded};
use crate::account::Secret;

/// The content type of a form, whose fields are signed.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// Whether a request may be sent again if its outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Sending it twice has the same effect as once.
    Freely,
    /// Only if the server has certainly not seen it.
    UnlessSent,
}

/// A request before it is signed.
#[derive(Clone)]
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    /// With its query, exactly as signed.
    pub(crate) url: Url,
    pub(crate) body: Body,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) credentials: Authorization<'a>,
    pub(crate) repeat: Repeat,
}

/// The body, and whether it is part of the signature.
#[derive(Clone)]
pub(crate) enum Body {
    Empty,
    /// Signed (RFC 5849 section 3.4.1.3.1).
    Form(Vec<(String, String)>),
    /// Sent exactly; signed only if the content type is that of a form.
    Other {
        content_type: String,
        bytes: Vec<u8>,
    },
}

impl Body {
    /// The part that is signed: a form's text.
    pub(crate) fn form(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Form(pairs) => Cow::Owned(form_text(pairs).into_bytes()),
            Self::Other {
                content_type,
                bytes,
            } if is_form(content_type) => Cow::Borrowed(bytes),
            _ => Cow::Borrowed(&[]),
        }
    }
}

/// Whether a content type is that of a form, ignoring parameters such as `charset`.
pub(crate) fn is_form(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or("");
    essence.trim().eq_ignore_ascii_case(FORM)
}

/// Who sends a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Authorization<'a> {
    /// A signature (RFC 5849).
    OAuth(Signer<'a>),
    /// The app's key and secret themselves (RFC 7617); the client encodes them.
    Basic(Signer<'a>),
    /// An app-only token (RFC 6750).
    Bearer(&'a Secret),
    /// No authorisation.
    None,
}

impl<'a> Call<'a> {
    /// A request that only reads.
    pub(crate) fn get(url: Url, signer: Signer<'a>) -> Self {
        Self {
            repeat: Repeat::Freely,
            ..Self::new(Method::GET, url, signer)
        }
    }

    /// A request that changes something, without a body.
    pub(crate) fn new(method: Method, url: Url, signer: Signer<'a>) -> Self {
        let credentials = Authorization::OAuth(signer);
        Self {
            method,
            url,
            body: Body::Empty,
            headers: Vec::new(),
            credentials,
            repeat: Repeat::UnlessSent,
        }
    }
}

/// A form body, encoded as in the signature.
pub(crate) fn form_text(pairs: &[(String, String)]) -> String {
    let spelled: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name.as_bytes()), encoded(value.as_bytes())))
        .collect();
    spelled.join("&")
}
