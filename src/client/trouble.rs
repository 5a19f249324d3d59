//! What can go wrong between here and a whole reply, and whether the request may have arrived.

use std::error::Error;
use std::io;

use reqwest::Version;

use super::proxy;
use super::reply::Reply;
use crate::error::{Failure, Kind, Next, system_reason};
use crate::terminal::text::harmless;

/// Whether trying again could help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outlook {
    Lasting,
    Passing,
    /// The connection ended under the request, which says nothing against the request.
    Closed,
}

/// No usable reply.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) failure: Failure,
    /// Whether the request may have reached the server.
    pub(crate) sent: bool,
    pub(super) outlook: Outlook,
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
            outlook: Outlook::Lasting,
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

/// How a connection ended under a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The server says that it has not looked at the request, or it never went out.
    Untouched,
    /// The server broke off this request alone.
    Reset,
    /// The connection broke.
    Broken,
}

impl End {
    /// None where the error is of another kind.
    fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        if let Some(h2) = cause::<h2::Error>(error) {
            let refused = h2.reason() == Some(h2::Reason::REFUSED_STREAM);
            return if h2.is_remote() && (h2.is_go_away() || refused) {
                // GOAWAY fails the streams above its last one; those below it end in other ways.
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
    /// A request that failed before a reply's headers were read; `is_out`: a byte of it may have gone out. The error's
    /// own texts carry the URL, so none is kept.
    pub(super) fn of(error: &reqwest::Error, is_out: bool) -> Self {
        let tls = cause::<rustls::Error>(error);
        if error.is_connect() {
            return tls.map_or_else(|| Self::unconnected(error), |tls| Self::tls(error, tls));
        }
        if error.is_builder() {
            return Failure::new(Kind::Internal, "the request could not be put together").into();
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
                outlook: Outlook::Passing,
                ..broken("the server broke off the request").into()
            },
            Some(End::Broken) => Self {
                sent: true,
                outlook: Outlook::Closed,
                // After the handshake: the request is out.
                ..broken(if tls.is_some() {
                    "the secure connection broke before the reply"
                } else {
                    "the connection broke before the reply"
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
        let broken = Failure::new(Kind::UnreadableReply, "the reply broke off")
            .status(status)
            .hint("try again later");
        // Over HTTP/2 it is the connection that ended, and other requests with it.
        let end = End::of(error).filter(|_| version == Version::HTTP_2);
        let outlook = match end {
            Some(End::Reset) => Outlook::Passing,
            Some(_) => Outlook::Closed,
            None => Outlook::Lasting,
        };
        Self {
            outlook,
            ..broken.into_sent()
        }
    }

    /// No whole reply within the time that is allowed.
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
            "the server redirects to another address, which twauth never follows",
        )
        .status(status)
        .hint("check the server's address, and whether a proxy or a sign-in page of the network is in the way");
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

    /// A reply that its headers alone make unusable.
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
                    // A bad signature is that of a stranger with a known authority's name.
                    Bad::UnknownIssuer | Bad::BadSignature => {
                        "is signed by an authority that is not trusted here".to_owned()
                    }
                    other => format!("is not valid: {}", harmless(&other.to_string())),
                };
                format!("{host} was not trusted: its certificate {why}")
            }
            other => {
                let words = harmless(&other.to_string());
                format!("no secure connection to {host} could be made: {words}")
            }
        };
        let failure = Failure::new(Kind::Certificate, format!("{reason}; nothing was sent"))
            .hint("check the clock and the network; behind a company proxy, set SSL_CERT_FILE to its certificates");
        Self {
            unknown_issuer: matches!(tls, rustls::Error::InvalidCertificate(Bad::UnknownIssuer)),
            ..failure.into()
        }
    }

    /// Names the host and what the system said; of a proxy, which one it is.
    fn unconnected(error: &reqwest::Error) -> Self {
        let proxy = error.url().and_then(proxy::of);
        let target = match &proxy {
            Some(proxy) => format!("the proxy {}", proxy.shown()),
            None => host(error),
        };
        let said = cause::<io::Error>(error).map_or_else(String::new, |error| {
            let words = error.to_string();
            // What the resolver says begins with what is said here.
            let words = words.strip_prefix("failed to lookup address information: ");
            let words = words.map(|words| system_reason(&io::Error::other(words)));
            let words = words.unwrap_or_else(|| system_reason(error));
            format!(": {}", harmless(&words))
        });
        let (kind, reason, hint) = if chain_has(error, "dns error") {
            (
                Kind::NameNotResolved,
                format!("the name of {target} could not be looked up{said}"),
                "check the network, then {}",
            )
        } else if error.is_timeout() {
            (
                Kind::TimedOut,
                format!("connecting to {target} took too long"),
                "check the network, or allow more with --timeout SECONDS",
            )
        } else if proxy.is_some() {
            (Kind::Proxy, format!("{target} did not connect{said}"), "")
        } else {
            (
                Kind::Unreachable,
                format!("{target} could not be reached{said}"),
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
                Outlook::Lasting
            } else {
                Outlook::Passing
            },
            ..failure.into()
        }
    }
}

impl Failure {
    /// Trouble after the request went out, which will not pass by itself.
    fn into_sent(self) -> Trouble {
        Trouble {
            sent: true,
            ..self.into()
        }
    }
}

/// The host that was to be reached, with its port where that is not the usual one.
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
