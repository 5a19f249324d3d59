//! The server an account belongs to, and which hosts are this machine.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use super::is_screen_name;
use crate::terminal::text::is_harmful;

/// The URL of X's API; accounts at X have no `server` label.
pub(crate) const X: &str = "https://api.x.com";

/// The word for the embedded sandbox, in place of a server's URL.
pub(crate) const SANDBOX: &str = "sandbox";

/// The server an account belongs to. Its secrets are sent to no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Server {
    /// `https://api.x.com`
    X,
    /// The loopback server inside twauth, started by each command that needs it.
    Sandbox,
    /// Another server with X's paths, without a final slash.
    Other(String),
}

impl Server {
    /// Parses a server from an option, a variable or a file: `sandbox`, an `https` URL, or an `http` URL whose host may
    /// be a loopback address. The error is a reason for people that repeats nothing of the URL.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        if text == SANDBOX {
            return Ok(Self::Sandbox);
        }
        let url = Url::parse(text).map_err(|_| "it is not a URL (host names must be ASCII)")?;
        let host = url.host().ok_or("it has no host")?;
        match url.scheme() {
            "https" => {}
            "http" if may_be_loopback(&host) => {}
            "http" => return Err("plain http is for loopback addresses only"),
            _ => return Err("only https is allowed, and http on a loopback address"),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it must not contain a user name or password");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err("it must not contain a query or fragment");
        }
        if url.host_str().is_some_and(|host| host.ends_with('.')) {
            return Err("its host name ends in a dot");
        }
        let base = url.as_str().trim_end_matches('/');
        Ok(if base == X {
            Self::X
        } else {
            Self::Other(base.to_owned())
        })
    }

    /// Its name in a message: X, the sandbox, or the server with its host.
    pub(crate) fn spoken(&self) -> String {
        match self {
            Self::X => "X".to_owned(),
            Self::Sandbox => "the sandbox".to_owned(),
            Self::Other(_) => format!("the server {}", self.host()),
        }
    }

    /// Its host, with its port unless that is the default.
    pub(crate) fn host(&self) -> String {
        let base = self.label().unwrap_or(X);
        let host = base.split_once("://").map_or(base, |(_, rest)| rest);
        host.split('/').next().unwrap_or_default().to_owned()
    }

    /// Whether `name` could be a screen name there: X's rule at X and in the sandbox, elsewhere any text of up to 100
    /// characters.
    pub(crate) fn could_have(&self, name: &str) -> bool {
        match self {
            Self::X | Self::Sandbox => is_screen_name(name),
            Self::Other(_) => {
                (1..=100).contains(&name.chars().count())
                    && !name.contains(is_harmful)
                    && name.trim() == name
            }
        }
    }

    /// The value of the `server` label in the file; `None` for X.
    pub(crate) fn label(&self) -> Option<&str> {
        match self {
            Self::X => None,
            Self::Sandbox => Some(SANDBOX),
            Self::Other(url) => Some(url),
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label().unwrap_or(X))
    }
}

/// A loopback address, or a name: names are resolved before anything is sent, and the connection uses only the
/// addresses found then.
fn may_be_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => IpAddr::V4(*address).is_loopback(),
        Host::Ipv6(address) => IpAddr::V6(*address).is_loopback(),
        Host::Domain(_) => true,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Option<String> {
        Server::parse(text).ok().map(|server| server.to_string())
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_safe_and_stays_the_same(
            text in prop_oneof![
                any::<String>(),
                "(https?|ftp|file|HTTP)[:/\\\\]{1,4}[a-z0-9.@:\\[\\]%#?/\\\\_-]{0,40}",
                "https?://([a-z]{1,5}(:[a-z]{1,5})?@)?[a-z.]{1,12}(:[0-9]{1,5})?(/[a-z]{0,4}){0,3}([?#][a-z]{0,3})?",
            ]
        ) {
            if let Ok(Server::Other(base)) = Server::parse(&text) {
                let url = Url::parse(&base).unwrap();
                prop_assert!(url.scheme() == "https" || url.scheme() == "http");
                prop_assert!(url.username().is_empty() && url.password().is_none());
                prop_assert!(url.query().is_none() && url.fragment().is_none());
                let host = url.host_str().unwrap();
                prop_assert!(!host.ends_with('.') && host.is_ascii() && !host.contains('@'));
                prop_assert!(!base.ends_with('/') && base != X);
                prop_assert_eq!(Server::parse(&base), Ok(Server::Other(base)));
            }
        }

        #[test]
        fn plain_http_never_names_another_machine(address in any::<[u8; 4]>(), port in any::<u16>()) {
            let address = std::net::Ipv4Addr::from(address);
            let accepted = Server::parse(&format!("http://{address}:{port}")).is_ok();
            prop_assert_eq!(accepted, address.is_loopback());
            // The same address as one number.
            let number = u32::from(address);
            prop_assert_eq!(Server::parse(&format!("http://{number}")).is_ok(), address.is_loopback());
            let mapped = format!("http://[{}]", address.to_ipv6_mapped());
            prop_assert!(Server::parse(&mapped).is_err());
        }

        #[test]
        fn a_user_in_the_url_is_refused(user in "[a-z.]{1,12}", word in "(:[a-z]{1,8})?", host in "[a-z]{1,8}") {
            let url = format!("https://{user}{word}@{host}");
            prop_assert!(Server::parse(&url).is_err());
        }
    }

    #[test]
    fn a_server_has_one_spelling() {
        for same in [
            "https://api.x.com",
            "https://API.x.com/",
            "HTTPS://api.x.com:443//",
            "https:api.x.com",
        ] {
            assert_eq!(Server::parse(same), Ok(Server::X), "{same}");
        }
        for other in [
            "https://api.x.com:8443",
            "https://api.x.com/1",
            "https://api.x.com.example",
            "https://api-x.com",
            "https://xn--pi-6kc.x.com",
        ] {
            assert_eq!(parsed(other).as_deref(), Some(other));
        }
        for wrong in [
            "https://api.x.com.",
            "https://\u{430}pi.x.com",
            "https://api.x.com@example.com",
            "https://example.com\\@api.x.com",
            "http://api.x.com.",
            "http://2130706434.example:80:80",
        ] {
            assert_ne!(Server::parse(wrong), Ok(Server::X), "{wrong}");
        }
    }
}
