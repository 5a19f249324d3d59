//! What can go wrong between here and a whole reply, and whether the request may have arrived.

use std::error::Error;
use std::io;

use super::reply::Reply;
use super::transport::{is_loopback, proxy_variable};
use crate::error::{Failure, Kind};

/// No usable reply.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) failure: Failure,
    /// Whether the request may have reached the server.
    pub(crate) sent: bool,
    /// Whether trying again could help.
    pub(super) passing: bool,
    /// Whether the server's certificate was signed by an authority we do not know.
    pub(super) unknown_issuer: bool,
    /// A redirect's reply, where it came whole.
    pub(crate) reply: Option<Box<Reply>>,
}

impl From<Failure> for Trouble {
    /// A failure before anything was sent, which will not pass by itself.
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            sent: false,
            passing: false,
            unknown_issuer: false,
            reply: None,
        }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        trouble.failure
    }
}

impl Trouble {
    /// A request that failed before a reply's headers were read. Its own texts carry the URL, so none is kept.
    pub(super) fn of(error: &reqwest::Error) -> Self {
        let tls = cause::<rustls::Error>(error);
        if error.is_connect() {
            return tls.map_or_else(|| Self::unconnected(error), Self::tls);
        }
        if error.is_builder() {
            return Failure::new(Kind::Internal, "the request could not be put together").into();
        }
        if error.is_timeout() {
            return timed_out();
        }
        let failure = if tls.is_some() {
            // After the handshake: the request is out.
            Failure::new(
                Kind::Unreachable,
                "the secure connection broke before the reply",
            )
        } else if cause::<io::Error>(error).is_some()
            || chain_has(error, "closed before message completed")
        {
            Failure::new(Kind::Unreachable, "the connection broke before the reply")
        } else {
            Failure::new(
                Kind::UnreadableReply,
                "the server's reply is not valid HTTP",
            )
        };
        let passing = failure.kind == Kind::Unreachable;
        Self {
            failure: failure.hint("try again later"),
            sent: true,
            passing,
            unknown_issuer: false,
            reply: None,
        }
    }

    /// A reply whose body did not arrive whole.
    pub(super) fn in_reply(error: &reqwest::Error, status: u16) -> Self {
        let mut trouble = if error.is_timeout() {
            timed_out()
        } else {
            Failure::new(Kind::UnreadableReply, "the reply broke off")
                .hint("try again later")
                .into_sent()
        };
        trouble.failure.status = Some(status);
        trouble
    }

    pub(super) fn redirect(status: u16, reply: Option<Reply>) -> Self {
        let mut trouble = Failure::new(Kind::Redirect, "the server redirects to another address, which twauth never follows")
            .hint("check the server's address, and whether a proxy or a sign-in page of the network is in the way")
            .into_sent();
        trouble.failure.status = Some(status);
        trouble.reply = reply.map(Box::new);
        trouble
    }

    pub(super) fn oversized(status: u16) -> Self {
        let mut trouble =
            Failure::new(Kind::OversizedReply, "the reply is larger than 1 MiB").into_sent();
        trouble.failure.status = Some(status);
        trouble
    }

    /// A reply that its headers alone make unusable.
    pub(super) fn unreadable(reason: &str, status: u16) -> Self {
        let mut trouble = Failure::new(Kind::UnreadableReply, reason)
            .hint("try again later")
            .into_sent();
        trouble.failure.status = Some(status);
        trouble
    }

    fn tls(error: &rustls::Error) -> Self {
        use rustls::CertificateError as Bad;
        let reason = match error {
            rustls::Error::InvalidCertificate(bad) => match bad {
                Bad::Expired | Bad::ExpiredContext { .. } => "its certificate has expired",
                Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
                    "its certificate is not valid yet"
                }
                Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                    "its certificate is for another name"
                }
                // A bad signature is that of a stranger with a known authority's name.
                Bad::UnknownIssuer | Bad::BadSignature => {
                    "its certificate is signed by an authority that is not trusted here"
                }
                _ => "its certificate is not valid",
            },
            _ => "no secure connection could be agreed on",
        };
        let failure = Failure::new(Kind::Certificate, format!("the server was not trusted: {reason}; nothing was sent"))
            .hint("check the clock and the network; behind a company proxy, set SSL_CERT_FILE to its certificates");
        let unknown_issuer = matches!(error, rustls::Error::InvalidCertificate(Bad::UnknownIssuer));
        Self {
            failure,
            sent: false,
            passing: false,
            unknown_issuer,
            reply: None,
        }
    }

    fn unconnected(error: &reqwest::Error) -> Self {
        let (kind, reason, hint) = if chain_has(error, "dns error") {
            (
                Kind::NameNotResolved,
                "the server's name could not be looked up",
                "check the network, then `twauth doctor`",
            )
        } else if chain_has(error, "tunnel")
            || chain_has(error, "proxy")
            || chain_has(error, "socks")
        {
            (
                Kind::Proxy,
                "the proxy did not connect",
                "check the proxy in HTTPS_PROXY or ALL_PROXY",
            )
        } else if error.is_timeout() {
            (
                Kind::TimedOut,
                "connecting took too long",
                "check the network, or allow more with --timeout SECONDS",
            )
        } else {
            (
                Kind::Unreachable,
                "the server could not be reached",
                "check the network, then `twauth doctor`",
            )
        };
        let proxy = error
            .url()
            .filter(|url| !is_loopback(url))
            .and_then(|_| proxy_variable());
        let hint = match proxy {
            Some(name) => format!("check the network and the proxy in {name}"),
            None => hint.to_owned(),
        };
        let failure = Failure::new(kind, format!("{reason}; nothing was sent")).hint(hint);
        Self {
            failure,
            sent: false,
            passing: kind != Kind::TimedOut,
            unknown_issuer: false,
            reply: None,
        }
    }
}

impl Failure {
    /// Trouble after the request went out, which will not pass by itself.
    fn into_sent(self) -> Trouble {
        Trouble {
            failure: self,
            sent: true,
            passing: false,
            unknown_issuer: false,
            reply: None,
        }
    }
}

fn timed_out() -> Trouble {
    Failure::new(Kind::TimedOut, "the server did not answer in time")
        .hint("try again later, or allow more with --timeout SECONDS")
        .into_sent()
}

/// The first cause of type `T`, also inside the I/O errors of the chain.
fn cause<'error, T: Error + 'static>(error: &'error (dyn Error + 'static)) -> Option<&'error T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if let Some(found) = inner.and_then(|inner| cause::<T>(inner)) {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// Whether some cause says `words`. Only the word of a failure's kind depends on it, never its exit code.
fn chain_has(error: &dyn Error, words: &str) -> bool {
    let mut next = error.source();
    while let Some(error) = next {
        if error.to_string().to_ascii_lowercase().contains(words) {
            return true;
        }
        next = error.source();
    }
    false
}
