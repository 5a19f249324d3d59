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

/// Signs in as `screen_name` at the authorisation page, authorises, and reads the PIN.
pub(crate) fn authorize(url: &str, screen_name: &str) -> String {
    let page = decide(url, screen_name, "authorize");
    let pin = between(&page.body, "<code id=\"pin\">", "</code>");
    pin.unwrap_or_else(|| panic!("no PIN on the page: {page:#?}"))
        .to_owned()
}

/// Presses the other button.
pub(crate) fn cancel(url: &str) -> Page {
    decide(url, "", "cancel")
}

/// Fetches the authorisation page and sends its form with that answer.
pub(crate) fn decide(url: &str, screen_name: &str, action: &str) -> Page {
    let page = fetch("GET", url, &[], b"");
    assert_eq!(page.status, 200, "{page:#?}");
    let mut form = Serializer::new(String::new());
    for name in ["oauth_token", "authenticity_token"] {
        let value = hidden_field(&page.body, name);
        form.append_pair(
            name,
            value.unwrap_or_else(|| panic!("no {name} in {page:#?}")),
        );
    }
    form.append_pair("screen_name", screen_name);
    form.append_pair("action", action);
    let target = Url::parse(url).unwrap();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", &*target.origin().ascii_serialization()),
    ];
    let bare = url.split('?').next().unwrap_or_default();
    fetch("POST", bare, &headers, form.finish().as_bytes())
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

/// The value of the page's `<input>` of that name.
pub(crate) fn hidden_field<'a>(page: &'a str, name: &str) -> Option<&'a str> {
    let named = format!("name=\"{name}\"");
    let tag = page
        .split('<')
        .find(|tag| tag.starts_with("input") && tag.contains(&named))?;
    between(tag, "value=\"", "\"")
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}
