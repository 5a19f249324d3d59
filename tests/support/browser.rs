//! The part of the browser and its person, played in plain HTTP.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use url::Url;
use url::form_urlencoded::Serializer;

/// A page as a server gave it.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    /// The lines before the body, the status line first.
    pub(crate) head: String,
    pub(crate) body: String,
}

/// A browser with its cookies: it stays signed in.
#[derive(Default)]
pub(crate) struct Browser {
    cookies: Vec<String>,
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Signs in as `screen_name` at the authorisation page, authorises, and reads the PIN.
    pub(crate) fn authorize(&mut self, url: &str, screen_name: &str) -> String {
        pin(&self.decide(url, Some(screen_name), "authorize"))
    }

    /// Authorises whichever account the page has chosen, as a person in a hurry does, and reads the PIN.
    pub(crate) fn authorize_as_shown(&mut self, url: &str) -> String {
        pin(&self.decide(url, None, "authorize"))
    }

    /// Fetches the authorisation page and sends its form with that answer.
    pub(crate) fn decide(&mut self, url: &str, screen_name: Option<&str>, action: &str) -> Page {
        let page = self.fetch("GET", url, &[], b"");
        assert_eq!(page.status, 200, "{page:#?}");
        let field = |name| {
            let value = chosen(&page.body, name);
            value.unwrap_or_else(|| panic!("no {name} in {page:#?}"))
        };
        let form = Serializer::new(String::new())
            .append_pair("oauth_token", field("oauth_token"))
            .append_pair("authenticity_token", field("authenticity_token"))
            .append_pair(
                "screen_name",
                screen_name.unwrap_or_else(|| field("screen_name")),
            )
            .append_pair("action", action)
            .finish();
        let target = Url::parse(url).unwrap();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", &*target.origin().ascii_serialization()),
        ];
        let bare = url.split('?').next().unwrap_or_default();
        self.fetch("POST", bare, &headers, form.as_bytes())
    }

    fn fetch(&mut self, method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Page {
        let cookies = self.cookies.join("; ");
        let mut headers = headers.to_vec();
        if !cookies.is_empty() {
            headers.push(("cookie", &cookies));
        }
        let page = fetch(method, url, &headers, body);
        for line in page.head.lines() {
            let Some((name, value)) = line.split_once(": ") else {
                continue;
            };
            if name.eq_ignore_ascii_case("set-cookie") {
                let cookie = value.split(';').next().unwrap_or_default();
                let own = cookie.split('=').next().unwrap_or_default();
                self.cookies
                    .retain(|known| !known.starts_with(&format!("{own}=")));
                self.cookies.push(cookie.to_owned());
            }
        }
        page
    }
}

/// Authorises as `screen_name` in a browser without a past, and reads the PIN.
pub(crate) fn authorize(url: &str, screen_name: &str) -> String {
    Browser::new().authorize(url, screen_name)
}

/// Presses the other button.
pub(crate) fn cancel(url: &str) -> Page {
    Browser::new().decide(url, Some(""), "cancel")
}

fn pin(page: &Page) -> String {
    let pin = between(&page.body, "<code id=\"pin\">", "</code>");
    pin.unwrap_or_else(|| panic!("no PIN on the page: {page:#?}"))
        .to_owned()
}

pub(crate) fn get(url: &str) -> Page {
    fetch("GET", url, &[], b"")
}

/// One request over a connection of its own.
pub(crate) fn fetch(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Page {
    let url = Url::parse(url).unwrap();
    let address = url.socket_addrs(|| None).unwrap()[0];
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut request = format!(
        "{method} {}",
        &url[url::Position::BeforePath..url::Position::AfterQuery]
    );
    // Version 1.0 keeps chunks and further requests away.
    write!(request, " HTTP/1.0\r\nhost: {}\r\n", url.authority()).unwrap();
    for (name, value) in headers {
        write!(request, "{name}: {value}\r\n").unwrap();
    }
    write!(request, "content-length: {}\r\n\r\n", body.len()).unwrap();
    stream
        .write_all(&[request.as_bytes(), body].concat())
        .unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).unwrap();
    let reply = String::from_utf8_lossy(&reply);
    let (head, body) = reply.split_once("\r\n\r\n").unwrap_or((&*reply, ""));
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok());
    Page {
        status: status.unwrap_or_else(|| panic!("not a reply: {reply:?}")),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

/// The value that the page's form would send under that name: of a hidden field, or of the choice made.
fn chosen<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let named = format!("name=\"{name}\"");
    let mut tags = page
        .split('<')
        .filter(|tag| tag.starts_with("input") && tag.contains(&named));
    let tag = tags.find(|tag| !tag.contains("\"radio\"") || tag.contains(" checked"))?;
    between(tag, "value=\"", "\"")
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}
