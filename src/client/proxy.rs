//! The proxy set in the environment: its variable, whether it is used for a server, and why it does not connect.

use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{NoProxy, Proxy};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use url::Url;

use super::roots::setting;
use super::transport::is_loopback;
use super::trouble::Outlook;
use crate::blocking;
use crate::error::{Failure, Kind, system_reason};
use crate::terminal::text::harmless;

/// The time limit for asking a proxy why it does not connect.
const ASKING: Duration = Duration::from_secs(5);

/// The most bytes read of its answer.
const HEAD_LIMIT: usize = 16 * 1024;

/// The proxy of one server.
#[derive(Clone)]
pub(super) struct Used {
    /// The variable that sets it.
    pub(super) variable: &'static str,
    /// May contain a password.
    url: Url,
}

/// The name of the variable that sets the proxy, for messages; never its value, which may contain a password.
pub(super) fn variable() -> Option<&'static str> {
    ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        .into_iter()
        // Names have no case on Windows, where capitals are usual.
        .filter(|name| !cfg!(windows) || name.starts_with(char::is_uppercase))
        .find(|name| setting(name).is_some())
}

/// The proxy for an HTTP client. An unusable one is an error: bypassing it silently could expose what the user meant to
/// send through it.
pub(super) fn configured() -> Result<Option<Proxy>, Failure> {
    let Some(variable) = variable() else {
        return Ok(None);
    };
    let unusable = || {
        let reason = format!("the proxy in {variable} cannot be used");
        Failure::new(Kind::BadProxy, reason).hint(format!(
            "set {variable} to http://HOST:PORT, https://... or socks5h://..., or unset it"
        ))
    };
    let url = url_of(variable).ok_or_else(unusable)?;
    let proxy = Proxy::https(url).map_err(|_| unusable())?;
    Ok(Some(proxy.no_proxy(NoProxy::from_env())))
}

/// The proxy used for the server; `None` if it is reached directly.
pub(super) fn of(server: &Url) -> Option<Used> {
    let variable = variable().filter(|_| !is_loopback(server))?;
    let url = url_of(variable)?;
    let excepted = ["NO_PROXY", "no_proxy"].into_iter().find_map(setting);
    let excepted = excepted.and_then(|list| list.into_string().ok());
    let matcher = Matcher::builder()
        .https(url.as_str())
        .no(excepted.unwrap_or_default())
        .build();
    let uri = server.as_str().parse().ok()?;
    matcher.intercept(&uri).map(|_| Used { variable, url })
}

fn url_of(variable: &str) -> Option<Url> {
    let value = setting(variable)?.into_string().ok()?;
    let with_scheme = if value.contains("://") {
        value
    } else {
        format!("http://{value}")
    };
    let known = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];
    Url::parse(&with_scheme)
        .ok()
        .filter(|url| known.contains(&url.scheme()) && url.has_host())
}

impl Used {
    /// The proxy without name and password, as a message shows it.
    pub(super) fn shown(&self) -> String {
        let host = harmless(self.url.host_str().unwrap_or_default());
        let port = self.url.port_or_known_default().unwrap_or(1080);
        format!("{host}:{port} ({})", self.variable)
    }

    /// Asks the proxy once more to connect to `server`, only to learn why it does not; `None` if it gives no reason.
    /// Also returns whether a retry may help.
    pub(super) async fn reason(&self, server: &Url) -> Option<(Failure, Outlook)> {
        if self.url.scheme() != "http" {
            return None;
        }
        let asked = tokio::time::timeout(ASKING, self.answer(server)).await;
        let proxy = format!("the proxy {}", self.shown());
        let said = |reason: &str, hint: String| Failure::new(Kind::Proxy, reason).hint(hint);
        let head = match asked {
            Ok(Ok(head)) => head,
            Ok(Err(error)) => {
                let reason = format!("could not connect to {proxy}: {}", system_reason(&error));
                let hint = format!("check the network and the proxy in {}", self.variable);
                return Some((said(&reason, hint), Outlook::Transient));
            }
            Err(_) => {
                let reason = format!("{proxy} did not answer");
                let hint = format!("check the proxy in {}", self.variable);
                return Some((said(&reason, hint), Outlook::Permanent));
            }
        };
        let status = status(&head)?;
        let target = target(server);
        match status {
            200..300 => None,
            407 => Some((self.authentication(&proxy, &head), Outlook::Permanent)),
            502..=504 => {
                let reason = format!("{proxy} could not connect to {target} (status {status})");
                Some((
                    said(&reason, "try again later".to_owned()),
                    Outlook::Transient,
                ))
            }
            _ => {
                let reason = format!("{proxy} refuses to connect to {target} (status {status})");
                let hint = format!(
                    "ask the administrator of the proxy, or unset {} to connect directly",
                    self.variable
                );
                Some((said(&reason, hint), Outlook::Permanent))
            }
        }
    }

    async fn answer(&self, server: &Url) -> std::io::Result<String> {
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port_or_known_default().unwrap_or(80);
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let addresses = blocking::addresses(host.to_owned(), port).await?;
        let mut connection = TcpStream::connect(&*addresses).await?;
        let target = target(server);
        let authorization = self.authorization();
        let authorization = authorization
            .map(|value| format!("proxy-authorization: {value}\r\n"))
            .unwrap_or_default();
        let request = format!("CONNECT {target} HTTP/1.1\r\nhost: {target}\r\n{authorization}\r\n");
        connection.write_all(request.as_bytes()).await?;
        let mut head = Vec::new();
        let mut buffer = [0; 1024];
        while head.len() < HEAD_LIMIT && !head.windows(4).any(|end| end == b"\r\n\r\n") {
            match connection.read(&mut buffer).await? {
                0 => break,
                read => head.extend_from_slice(&buffer[..read]),
            }
        }
        Ok(String::from_utf8_lossy(&head).into_owned())
    }

    /// The proxy login sent with the first attempt.
    fn authorization(&self) -> Option<String> {
        let matcher = Matcher::builder().https(self.url.as_str()).build();
        let intercept = matcher.intercept(&"https://any.invalid".parse().ok()?)?;
        Some(intercept.basic_auth()?.to_str().ok()?.to_owned())
    }

    /// The reason and hint for a 407: which login the proxy requires and whether twauth supports it.
    fn authentication(&self, proxy: &str, head: &str) -> Failure {
        let schemes = schemes(head);
        let takes_basic = schemes.iter().any(|it| it.eq_ignore_ascii_case("basic"));
        let wanted = if schemes.is_empty() {
            String::new()
        } else {
            format!(" ({})", schemes.join(", "))
        };
        let variable = self.variable;
        let (reason, hint) = if !schemes.is_empty() && !takes_basic {
            (
                format!(
                    "{proxy} requires a login that twauth does not support{wanted}, status 407"
                ),
                format!(
                    "run a local proxy that logs in there (such as px or cntlm), and set {variable} to it"
                ),
            )
        } else if self.authorization().is_some() {
            (
                format!("{proxy} rejected the user name and password{wanted}, status 407"),
                format!("fix them in {variable}; special characters must be percent-encoded"),
            )
        } else {
            (
                format!("{proxy} requires a user name and password{wanted}, status 407"),
                format!("set {variable} to http://USER:PASSWORD@HOST:PORT"),
            )
        };
        Failure::new(Kind::Proxy, reason).hint(hint)
    }
}

fn target(server: &Url) -> String {
    let host = server.host_str().unwrap_or_default();
    let port = server.port_or_known_default().unwrap_or(443);
    format!("{host}:{port}")
}

fn status(head: &str) -> Option<u16> {
    let rest = head.strip_prefix("HTTP/1.")?.get(2..)?;
    rest.get(..3)?.parse().ok()
}

/// The names of the authentication schemes that a 407 offers.
fn schemes(head: &str) -> Vec<String> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    let offers = lines.filter(|(name, _)| name.eq_ignore_ascii_case("proxy-authenticate"));
    let mut schemes: Vec<String> = Vec::new();
    for (_, value) in offers {
        let name = value.split_whitespace().next().unwrap_or_default();
        let name = harmless(name.trim_end_matches(','));
        if !name.is_empty() && name.len() < 20 && !schemes.contains(&name) {
            schemes.push(name);
        }
    }
    schemes
}

#[cfg(test)]
mod tests {
    use super::{schemes, status};

    #[test]
    fn a_proxy_s_answer_is_read_for_its_status_and_its_ways_to_log_in() {
        let head = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: NTLM\r\n\
                    proxy-authenticate: Basic realm=\"a\"\r\n\r\n";
        assert_eq!(status(head), Some(407));
        assert_eq!(schemes(head), ["NTLM", "Basic"]);
        assert_eq!(status("HTTP/1.0 403 no"), Some(403));
        assert_eq!(status("SSH-2.0-OpenSSH"), None);
        assert_eq!(status("HTTP/1.1 20"), None);
    }
}
