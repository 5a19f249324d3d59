//! Why a request got no usable reply, and whether it may have reached the server.

use std::error::Error;
use std::fmt;
use std::io;

use reqwest::Version;

use super::proxy;
use super::reply::Reply;
use crate::error::{Failure, Kind, Next, system_reason};
use crate::terminal::text::harmless;

/// Whether a retry could help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outlook {
    Permanent,
    Transient,
    /// The connection closed during the request; the request itself may be fine.
    Closed,
}

/// Why there is no usable reply.
pub(crate) struct Trouble {
    pub(crate) failure: Failure,
    /// Whether the request may have reached the server.
    pub(crate) sent: bool,
    pub(super) outlook: Outlook,
    /// Whether the server's certificate was signed by an unknown authority.
    pub(super) unknown_issuer: bool,
    /// The redirect's reply, if it arrived whole.
    pub(crate) reply: Option<Box<Reply>>,
}

/// The failure alone: a reply may repeat what was sent.
impl fmt::Debug for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trouble({:?})", self.failure)
    }
}

impl From<Failure> for Trouble {
    /// A failure before anything was sent; a retry cannot help.
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            sent: false,
            outlook: Outlook::Permanent,
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

/// How a connection ended during a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The server says that it did not process the request, or the request was never sent.
    Untouched,
    /// The server reset this request only.
    Reset,
    /// The connection was closed.
    Broken,
}

impl End {
    /// `None` for any other error.
    fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        if let Some(h2) = cause::<h2::Error>(error) {
            let refused = h2.reason() == Some(h2::Reason::REFUSED_STREAM);
            return if h2.is_remote() && (h2.is_go_away() || refused) {
                // GOAWAY fails the streams above its last one; those below it fail in other ways.
                Some(Self::Untouched)
            } else if h2.is_remote() {
                Some(Self::Reset)
            } else {
                h2.is_io().then_some(Self::Broken)
            };
        }
        let hyper = cause::<hyper::Error>(error);
        if hyper.is_some_and(hyper::Error::is_canceled) {
            return Some(Self::Untouched);
        }
        let is_cut = hyper.is_some_and(hyper::Error::is_incomplete_message);
        (is_cut || cause::<io::Error>(error).is_some()).then_some(Self::Broken)
    }
}

impl Trouble {
    /// A request that failed before the reply's headers arrived; `is_out`: a byte of it may have been sent. The error's
    /// own texts contain the URL, so they are dropped.
    pub(super) fn of(error: &reqwest::Error, is_out: bool) -> Self {
        let tls = cause::<rustls::Error>(error);
        if error.is_connect() {
            return tls.map_or_else(|| Self::unconnected(error), |tls| Self::tls(error, tls));
        }
        if error.is_builder() {
            return Failure::new(Kind::Internal, "the request could not be built").into();
        }
        let broken = |reason: &str| Failure::new(Kind::Unreachable, reason).hint("try again later");
        let end = if is_out {
            End::of(error)
        } else {
            Some(End::Untouched)
        };
        match end {
            Some(End::Untouched) => Self {
                outlook: Outlook::Closed,
                ..broken(
                    "the server closed the connection without taking the request; nothing was sent",
                )
                .into()
            },
            Some(End::Reset) => Self {
                sent: true,
                outlook: Outlook::Transient,
                ..broken("the server reset the connection").into()
            },
            Some(End::Broken) => Self {
                sent: true,
                outlook: Outlook::Closed,
                // After the handshake, so the request was sent.
                ..broken(if tls.is_some() {
                    "the secure connection was closed before a reply arrived"
                } else {
                    "the connection was closed before a reply arrived"
                })
                .into()
            },
            None => Failure::new(
                Kind::UnreadableReply,
                "the server's reply is not valid HTTP",
            )
            .hint("try again later")
            .into_sent(),
        }
    }

    /// A reply whose body did not arrive whole.
    pub(super) fn in_reply(error: &reqwest::Error, version: Version, status: u16) -> Self {
        let broken = Failure::new(Kind::UnreadableReply, "the reply ended too early")
            .status(status)
            .hint("try again later");
        // Over HTTP/2 the connection ended, and other requests with it.
        let end = End::of(error).filter(|_| version == Version::HTTP_2);
        let outlook = match end {
            Some(End::Reset) => Outlook::Transient,
            Some(_) => Outlook::Closed,
            None => Outlook::Permanent,
        };
        Self {
            outlook,
            ..broken.into_sent()
        }
    }

    /// No whole reply arrived within the timeout.
    pub(super) fn timed_out(is_out: bool, status: Option<u16>) -> Self {
        let reason = if is_out {
            "the server did not answer in time"
        } else {
            "the server did not take the request in time; nothing was sent"
        };
        let mut failure = Failure::new(Kind::TimedOut, reason)
            .hint("try again later, or allow more with --timeout SECONDS");
        failure.status = status;
        Self {
            sent: is_out,
            ..failure.into()
        }
    }

    pub(super) fn redirect(status: u16, reply: Option<Reply>) -> Self {
        let failure = Failure::new(
            Kind::Redirect,
            "the server redirects to another URL, and twauth never follows redirects",
        )
        .status(status)
        .hint("check the server's URL, and whether a proxy or the network's sign-in page intercepts the connection");
        Self {
            reply: reply.map(Box::new),
            ..failure.into_sent()
        }
    }

    pub(super) fn oversized(status: u16) -> Self {
        Failure::new(Kind::OversizedReply, "the reply is larger than 1 MiB")
            .status(status)
            .into_sent()
    }

    /// A reply that is unusable because of its headers.
    pub(super) fn unreadable(reason: &str, status: u16) -> Self {
        Failure::new(Kind::UnreadableReply, reason)
            .status(status)
            .hint("try again later")
            .into_sent()
    }

    fn tls(error: &reqwest::Error, tls: &rustls::Error) -> Self {
        use rustls::CertificateError as Bad;
        let host = host(error);
        let reason = match tls {
            rustls::Error::InvalidCertificate(bad) => {
                let why = match bad {
                    Bad::Expired | Bad::ExpiredContext { .. } => "has expired".to_owned(),
                    Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
                        "is not valid yet".to_owned()
                    }
                    Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                        "is for another name".to_owned()
                    }
                    // A bad signature means a stranger used the name of a known authority.
                    Bad::UnknownIssuer | Bad::BadSignature => {
                        "is signed by an authority that this machine does not trust".to_owned()
                    }
                    Bad::Other(cause) => format!("is not valid: {}", harmless(&cause.to_string())),
                    other => format!("is not valid: {}", harmless(&other.to_string())),
                };
                format!("the certificate of {host} {why}")
            }
            other => {
                let words = harmless(&other.to_string());
                format!("no secure connection to {host}: {words}")
            }
        };
        let failure = Failure::new(Kind::Certificate, format!("{reason}; nothing was sent"))
            .hint("check the clock and the network; behind a company proxy, set SSL_CERT_FILE to its certificates");
        Self {
            unknown_issuer: matches!(tls, rustls::Error::InvalidCertificate(Bad::UnknownIssuer)),
            ..failure.into()
        }
    }

    /// Names the host and the system's reason; if the proxy is the cause, names the proxy.
    fn unconnected(error: &reqwest::Error) -> Self {
        let proxy = error.url().and_then(proxy::of);
        let target = match &proxy {
            Some(proxy) => format!("the proxy {}", proxy.shown()),
            None => host(error),
        };
        let said = cause::<io::Error>(error).map_or_else(String::new, |error| {
            let words = error.to_string();
            // The resolver's text begins with words that this message has already.
            let words = words.strip_prefix("failed to lookup address information: ");
            let words = words.map(|words| system_reason(&io::Error::other(words)));
            let words = words.unwrap_or_else(|| system_reason(error));
            format!(": {}", harmless(&words))
        });
        let (kind, reason, hint) = if chain_has(error, "dns error") {
            (
                Kind::NameNotResolved,
                format!("could not resolve {target}{said}"),
                "check the network, then {}",
            )
        } else if error.is_timeout() {
            (
                Kind::TimedOut,
                format!("timed out connecting to {target}"),
                "check the network, or allow more with --timeout SECONDS",
            )
        } else if proxy.is_some() {
            (
                Kind::Proxy,
                format!("{target} did not connect to the server{said}"),
                "",
            )
        } else {
            (
                Kind::Unreachable,
                format!("could not connect to {target}{said}"),
                "check the network, then {}",
            )
        };
        let failure = Failure::new(kind, format!("{reason}; nothing was sent"));
        let failure = match proxy {
            Some(proxy) => failure.hint(format!(
                "check the network and the proxy in {}",
                proxy.variable
            )),
            None if hint.contains("{}") => failure.next(hint, Next::Doctor),
            None => failure.hint(hint),
        };
        Self {
            outlook: if kind == Kind::TimedOut {
                Outlook::Permanent
            } else {
                Outlook::Transient
            },
            ..failure.into()
        }
    }
}

impl Failure {
    /// A failure after the request was sent; a retry cannot help.
    fn into_sent(self) -> Trouble {
        Trouble {
            sent: true,
            ..self.into()
        }
    }
}

/// The host to connect to, with its port unless that is the default.
fn host(error: &reqwest::Error) -> String {
    let host = error.url().and_then(|url| {
        let host = url.host_str()?;
        Some(match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        })
    });
    host.map_or_else(|| "the server".to_owned(), |host| harmless(&host))
}

/// The first cause of type `T`, including those inside I/O errors of the chain.
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

/// Whether a cause contains `words`. Only the `kind` of a failure depends on it, never its exit code.
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
