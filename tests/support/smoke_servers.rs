//! The servers of the support, held to what they say.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use flate2::read::MultiGzDecoder;

use super::behaviour::Behaviour;
use super::browser::{self, Browser};
use super::raw_server::{RawServer, Script};
use super::reply::{self, Reply};
use super::tls::Certificate;

/// Asks for `/` and takes what comes within `patience`, with the error that ended it.
fn taken(server: &RawServer, limit: u64, patience: Duration) -> (Vec<u8>, Option<ErrorKind>) {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(patience)).unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    let mut bytes = Vec::new();
    let end = stream.take(limit).read_to_end(&mut bytes);
    (bytes, end.err().map(|error| error.kind()))
}

fn answered(behaviour: Behaviour) -> (String, Option<ErrorKind>) {
    let server = Script::new().on("GET /", behaviour).start();
    let (bytes, end) = taken(&server, 1 << 20, Duration::from_millis(300));
    assert_eq!(server.count("GET /"), 1);
    (String::from_utf8_lossy(&bytes).into_owned(), end)
}

fn good() -> Reply {
    Reply::new(200, "text/plain", "hello")
}

#[test]
fn a_reply_can_end_in_every_wrong_way() {
    assert_eq!(
        answered(Behaviour::CloseAfterRequest),
        (String::new(), None)
    );
    let (text, end) = answered(Behaviour::ResetAfterRequest);
    assert_eq!((&*text, end), ("", Some(ErrorKind::ConnectionReset)));
    assert_eq!(
        answered(Behaviour::Hang),
        (String::new(), Some(ErrorKind::WouldBlock))
    );
    let (text, end) = answered(Behaviour::HeadersThenSilence(good()));
    assert!(text.ends_with("content-length: 5\r\n\r\n"), "{text}");
    assert_eq!(end, Some(ErrorKind::WouldBlock));
    let (text, end) = answered(Behaviour::ShortBody(good()));
    assert!(text.ends_with("content-length: 15\r\n\r\nhello"), "{text}");
    assert_eq!(end, None);
    let (text, end) = answered(Behaviour::ResetInBody(good()));
    assert!(text.ends_with("hello"), "{text}");
    assert_eq!(end, Some(ErrorKind::ConnectionReset));
    let (text, end) = answered(Behaviour::ChunkedWithoutEnd(good()));
    assert!(text.ends_with("chunked\r\n\r\n5\r\nhello\r\n"), "{text}");
    assert_eq!(end, None);
    let (text, end) = answered(Behaviour::OneByteASecond(good()));
    assert_eq!((&*text, end), ("H", Some(ErrorKind::WouldBlock)));
}

#[test]
fn a_reply_can_be_wrong_in_its_headers() {
    let (text, _) = answered(Behaviour::TwoLengths(good()));
    assert_eq!(text.matches("content-length").count(), 2);
    let (text, _) = answered(Behaviour::LengthAndChunked(good()));
    assert!(text.contains("content-length: 5") && text.ends_with("hello\r\n0\r\n\r\n"));
    let (text, _) = answered(Behaviour::HugeLength(good()));
    assert!(text.contains("content-length: 99999999999999999999\r\n\r\nhello"));
    let (text, _) = answered(Behaviour::ManyCodings(good()));
    assert_eq!(text.matches("gzip").count(), 200);
    let (text, _) = answered(Behaviour::Raw(b"nonsense".to_vec()));
    assert_eq!(text, "nonsense");
}

#[test]
fn a_reply_can_be_endless() {
    for (behaviour, sign) in [
        (Behaviour::EndlessBody, "        "),
        (Behaviour::EndlessHeaders, "x-more: "),
        (Behaviour::FloodOf1xx, "103 Early Hints"),
    ] {
        let (text, _) = answered(behaviour);
        assert_eq!(text.len(), 1 << 20);
        assert!(text[1000..].contains(sign));
    }
}

#[test]
fn a_small_reply_can_hold_a_large_one() {
    let server = Script::new().on("GET /", Behaviour::GzipBomb).start();
    let (bytes, _) = taken(&server, 1 << 20, Duration::from_secs(20));
    let start = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let mut decoder = MultiGzDecoder::new(&bytes[start + 4..]);
    let length = std::io::copy(&mut decoder, &mut std::io::sink()).unwrap();
    assert!(bytes.len() < 300_000 && length == 256 << 20);
}

#[test]
fn the_page_is_read_and_its_form_is_sent() {
    let form = "<input type=\"hidden\" name=\"oauth_token\" value=\"t\"><input type=\"hidden\"
        name=\"authenticity_token\" value=\"a1\"><input type=\"radio\" name=\"screen_name\" value=\"no\">
        <input type=\"radio\" name=\"screen_name\" value=\"shown\" checked>";
    let answer = Reply::new(200, "text/html", "<code id=\"pin\">0123456</code>");
    let server = Script::new()
        .reply("GET /oauth/authorize", Reply::new(200, "text/html", form))
        .reply(
            "POST /oauth/authorize",
            answer.header("set-cookie", "who=me; Path=/"),
        )
        .start();
    let url = format!("{}/oauth/authorize?oauth_token=t", server.url());
    let mut browser = Browser::new();
    assert_eq!(browser.authorize(&url, "mybot"), "0123456");
    assert_eq!(browser.authorize_as_shown(&url), "0123456");
    assert_eq!(browser::authorize(&url, "another"), "0123456");
    assert_eq!(browser::cancel(&url).status, 200);
    let requests = server.requests();
    let sent = "oauth_token=t&authenticity_token=a1&screen_name=";
    for (index, rest, cookie) in [
        (1, "mybot&action=authorize", None),
        (3, "shown&action=authorize", Some("who=me")),
        (5, "another&action=authorize", None),
        (7, "&action=cancel", None),
    ] {
        let posted = &requests[index];
        assert_eq!(posted.target, "/oauth/authorize");
        assert_eq!(posted.body, format!("{sent}{rest}").as_bytes());
        assert_eq!(posted.header("origin"), Some(&*server.url()));
        assert_eq!(posted.header("cookie"), cookie);
    }
}

#[test]
fn requests_are_written_down_and_answered_in_turn() {
    let server = Script::new()
        .reply("POST /a", reply::wrong_pin())
        .reply("POST /a", reply::temporary("t", "s"))
        .reply("*", reply::redirect(307, "/elsewhere"))
        .start();
    let url = format!("{}/a?b=c", server.url());
    let statuses =
        [(); 3].map(|()| browser::fetch("POST", &url, &[("X-One", "1")], b"body").status);
    assert_eq!(statuses, [401, 200, 200]);
    let other = browser::fetch("GET", &format!("{}/z", server.url()), &[], b"");
    assert!(other.status == 307 && other.head.contains("location: /elsewhere"));
    server.wait_for_requests(4);
    assert_eq!((server.count("POST /a"), server.connections()), (3, 4));
    let first = &server.requests()[0];
    assert_eq!((&*first.target, &*first.body), ("/a?b=c", &b"body"[..]));
    assert_eq!(first.header("x-one"), Some("1"));
}

#[test]
fn the_replies_read_as_x_gives_them() {
    for (reply, status, part) in [
        (
            reply::token("1-t", "s", "1", "bot"),
            200,
            "user_id=1&screen_name=bot",
        ),
        (reply::me("12", "bot"), 200, r#""id":"12""#),
        (
            reply::verify_credentials("12", "bot"),
            200,
            r#""id_str":"12""#,
        ),
        (reply::posted("7", "hi"), 201, r#""id":"7""#),
        (reply::error(401, 32, "no"), 401, r#""code":32"#),
        (
            reply::problem(403, "Forbidden", "no", "about:blank"),
            403,
            "about:blank",
        ),
        (
            reply::rate_limited(1_800_000_000),
            429,
            "x-rate-limit-reset: 1800000000",
        ),
        (reply::gateway_page(503), 503, "Just a moment"),
    ] {
        let text = String::from_utf8(reply.bytes()).unwrap();
        assert!(
            text.starts_with(&format!("HTTP/1.1 {status} ")) && text.contains(part),
            "{text}"
        );
    }
}

#[test]
fn only_the_good_certificate_is_trusted() {
    for (certificate, trusted) in [
        (Certificate::Good, true),
        (Certificate::SelfSigned, false),
        (Certificate::Expired, false),
        (Certificate::WrongName, false),
        (Certificate::UnknownAuthority, false),
    ] {
        let server = Script::new()
            .tls(certificate)
            .reply("GET /", good())
            .start();
        assert!(server.url().starts_with("https://127.0.0.1:"));
        let reached = tls_client::reaches(server.address(), server.authority());
        assert_eq!(reached, trusted, "{certificate:?}");
        assert_eq!(server.count("GET /"), usize::from(trusted));
    }
}

#[test]
fn a_server_listens_on_ipv6_too() {
    let server = Script::new().on_ipv6().reply("GET /", good()).start();
    assert!(server.url().starts_with("http://[::1]:"));
    assert_eq!(browser::fetch("GET", &server.url(), &[], b"").body, "hello");
}

/// A client that trusts one authority only.
mod tls_client {
    use std::io::{Read as _, Write as _};
    use std::net::{SocketAddr, TcpStream};
    use std::sync::Arc;

    use rustls::crypto::ring;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;
    use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

    pub(super) fn reaches(address: SocketAddr, authority: &str) -> bool {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(authority.as_bytes()).unwrap())
            .unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = address.ip().into();
        let session = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut stream = StreamOwned::new(session, TcpStream::connect(address).unwrap());
        if stream
            .write_all(b"GET / HTTP/1.1\r\nconnection: close\r\n\r\n")
            .is_err()
        {
            return false;
        }
        let mut reply = [0; 12];
        stream.read_exact(&mut reply).is_ok() && reply == *b"HTTP/1.1 200"
    }
}
