//! Tests of the support's servers.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use flate2::read::MultiGzDecoder;

use super::behaviour::Behaviour;
use super::raw_server::RawServer;
use super::reply::Reply;

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
    let server = RawServer::behaving("GET /", behaviour);
    let (bytes, end) = taken(&server, 1 << 20, Duration::from_millis(300));
    assert_eq!(server.count("GET /"), 1);
    (String::from_utf8_lossy(&bytes).into_owned(), end)
}

fn good() -> Reply {
    Reply::new(200, "text/plain", "hello")
}

#[test]
fn a_reply_can_end_and_be_wrong_in_every_way() {
    let waits = Some(ErrorKind::WouldBlock);
    let reset = Some(ErrorKind::ConnectionReset);
    for (behaviour, text, error) in [
        (Behaviour::CloseAfterRequest, "", None),
        (Behaviour::ResetAfterRequest, "", reset),
        (Behaviour::Hang, "", waits),
        (
            Behaviour::HeadersThenSilence(good()),
            "length: 5\r\n\r\n",
            waits,
        ),
        (
            Behaviour::ShortBody(good()),
            "length: 15\r\n\r\nhello",
            None,
        ),
        (Behaviour::ResetInBody(good()), "hello", reset),
        (
            Behaviour::ChunkedWithoutEnd(good()),
            "chunked\r\n\r\n5\r\nhello\r\n",
            None,
        ),
        (Behaviour::OneByteASecond(good()), "H", waits),
        (
            Behaviour::TwoLengths(good()),
            "length: 5\r\ncontent-length: 6\r\n\r\nhello",
            None,
        ),
        (
            Behaviour::LengthAndChunked(good()),
            "hello\r\n0\r\n\r\n",
            None,
        ),
        (
            Behaviour::HugeLength(good()),
            "length: 99999999999999999999\r\n\r\nhello",
            None,
        ),
        (Behaviour::Raw(b"nonsense".to_vec()), "nonsense", None),
    ] {
        let name = format!("{behaviour:?}");
        let (found, end) = answered(behaviour);
        assert!(
            found.ends_with(text) && found.is_empty() == text.is_empty(),
            "{name}: {found}"
        );
        assert_eq!(end, error, "{name}");
    }
    let (text, _) = answered(Behaviour::ManyCodings(good()));
    assert_eq!(text.matches("gzip").count(), 200);
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
    let server = RawServer::behaving("GET /", Behaviour::GzipBomb);
    let (bytes, _) = taken(&server, 1 << 20, Duration::from_secs(20));
    let start = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    let mut decoder = MultiGzDecoder::new(&bytes[start + 4..]);
    let length = std::io::copy(&mut decoder, &mut std::io::sink()).unwrap();
    assert!(bytes.len() < 300_000 && length == 256 << 20);
}
