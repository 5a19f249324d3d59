//! The ways in which a server may answer one request, well or badly, by name.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::LazyLock;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use socket2::SockRef;

use super::raw_server::Stop;
use super::reply::Reply;

const MIB: usize = 1 << 20;

/// What a server does with a request it has read.
#[derive(Clone, Debug)]
pub(crate) enum Behaviour {
    Reply(Reply),
    /// These bytes, then the connection is closed.
    Raw(Vec<u8>),
    CloseAfterRequest,
    /// A TCP reset in place of a reply.
    ResetAfterRequest,
    /// Nothing, for as long as the client waits.
    Hang,
    /// The status and headers and no body, for as long as the client waits.
    HeadersThenSilence(Reply),
    OneByteASecond(Reply),
    /// The whole body, although its length was said to be ten more; then closed.
    ShortBody(Reply),
    /// The same with a TCP reset.
    ResetInBody(Reply),
    /// The whole body as one chunk, closed without the last one.
    ChunkedWithoutEnd(Reply),
    /// Two `content-length` headers that differ.
    TwoLengths(Reply),
    LengthAndChunked(Reply),
    /// A length of twenty digits, then the body and no more.
    HugeLength(Reply),
    /// A body of four GiB, as much of it as the client takes (256 MiB at most).
    EndlessBody,
    /// Headers that do not end (256 MiB at most).
    EndlessHeaders,
    /// Informational replies that do not end (64 MiB at most).
    FloodOf1xx,
    /// 256 MiB of spaces that travel as 256 KiB.
    GzipBomb,
    /// The reply, said to be encoded two hundred times.
    ManyCodings(Reply),
    /// The reply without a length, ended as TCP ends, without the goodbye of TLS: a cut looks the same.
    EndedByTcpAlone(Reply),
    /// These bytes beneath any TLS, where no record can be made of them.
    BeneathTls(Vec<u8>),
}

/// Whether the connection can go on with another request.
#[derive(PartialEq, Eq)]
pub(crate) enum Then {
    Next,
    Close,
}

impl Behaviour {
    /// Answers on `stream`, which stands on `socket`. What the client no longer takes ends the answer.
    pub(crate) fn answer(
        &self,
        stream: &mut (impl Read + Write),
        socket: &TcpStream,
        stop: &Stop,
    ) -> std::io::Result<Then> {
        match self {
            Self::Reply(reply) => {
                send(stream, &reply.bytes())?;
                return Ok(Then::Next);
            }
            Self::Raw(bytes) => send(stream, bytes)?,
            Self::CloseAfterRequest => {}
            Self::ResetAfterRequest => reset_on_close(socket)?,
            Self::Hang => wait_for_client(stream),
            Self::HeadersThenSilence(reply) => {
                let length = reply.body.len().max(1);
                send_parts(stream, &lengthened(reply, length), b"")?;
                wait_for_client(stream);
            }
            Self::OneByteASecond(reply) => {
                for byte in reply.bytes() {
                    send(stream, &[byte])?;
                    if stop.within(Duration::from_secs(1)) {
                        break;
                    }
                }
            }
            Self::ShortBody(reply) => {
                send_parts(
                    stream,
                    &lengthened(reply, reply.body.len() + 10),
                    &reply.body,
                )?;
            }
            Self::ResetInBody(reply) => {
                send_parts(
                    stream,
                    &lengthened(reply, reply.body.len() + 10),
                    &reply.body,
                )?;
                reset_on_close(socket)?;
            }
            Self::ChunkedWithoutEnd(reply) => {
                let head = format!("{}transfer-encoding: chunked\r\n\r\n", reply.head());
                send_parts(stream, &head, &one_chunk(&reply.body))?;
            }
            Self::TwoLengths(reply) => {
                let length = reply.body.len();
                let head = format!(
                    "{}content-length: {length}\r\ncontent-length: {}\r\n\r\n",
                    reply.head(),
                    length + 1
                );
                send_parts(stream, &head, &reply.body)?;
            }
            Self::LengthAndChunked(reply) => {
                let head = format!(
                    "{}content-length: {}\r\ntransfer-encoding: chunked\r\n\r\n",
                    reply.head(),
                    reply.body.len()
                );
                let body = [&*one_chunk(&reply.body), b"0\r\n\r\n"].concat();
                send_parts(stream, &head, &body)?;
            }
            Self::HugeLength(reply) => {
                let head = format!(
                    "{}content-length: 99999999999999999999\r\n\r\n",
                    reply.head()
                );
                send_parts(stream, &head, &reply.body)?;
            }
            Self::EndlessBody => {
                send(
                    stream,
                    b"HTTP/1.1 200 So\r\ncontent-length: 4294967296\r\n\r\n",
                )?;
                send_again_and_again(stream, &[b' '; 8192], 256 * MIB, stop)?;
            }
            Self::EndlessHeaders => {
                send(stream, b"HTTP/1.1 200 So\r\n")?;
                let headers = "x-more: and more and more\r\n".repeat(1000);
                send_again_and_again(stream, headers.as_bytes(), 256 * MIB, stop)?;
            }
            Self::FloodOf1xx => {
                let replies = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1000);
                send_again_and_again(stream, replies.as_bytes(), 64 * MIB, stop)?;
            }
            Self::GzipBomb => send(stream, &GZIP_BOMB)?,
            Self::EndedByTcpAlone(reply) => {
                send_parts(stream, &format!("{}\r\n", reply.head()), &reply.body)?;
                socket.shutdown(Shutdown::Write)?;
            }
            Self::BeneathTls(bytes) => {
                let mut beneath = socket;
                send(&mut beneath, bytes)?;
            }
            Self::ManyCodings(reply) => {
                let codings = vec!["gzip"; 200].join(", ");
                send(
                    stream,
                    &reply.clone().header("content-encoding", &codings).bytes(),
                )?;
            }
        }
        Ok(Then::Close)
    }
}

fn send(stream: &mut impl Write, bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(bytes)?;
    stream.flush()
}

fn send_parts(stream: &mut impl Write, head: &str, body: &[u8]) -> std::io::Result<()> {
    send(stream, &[head.as_bytes(), body].concat())
}

fn lengthened(reply: &Reply, length: usize) -> String {
    format!("{}content-length: {length}\r\n\r\n", reply.head())
}

fn one_chunk(body: &[u8]) -> Vec<u8> {
    let size = format!("{:x}\r\n", body.len());
    [size.as_bytes(), body, b"\r\n"].concat()
}

fn send_again_and_again(
    stream: &mut impl Write,
    bytes: &[u8],
    limit: usize,
    stop: &Stop,
) -> std::io::Result<()> {
    for _ in 0..limit / bytes.len() {
        if stop.is_set() {
            break;
        }
        send(stream, bytes)?;
    }
    Ok(())
}

/// Blocks until the client closes or sends something, or the socket's time is over.
fn wait_for_client(stream: &mut impl Read) {
    drop(stream.read(&mut [0; 1]));
}

/// With this, closing sends a reset and drops what was not sent yet.
fn reset_on_close(socket: &TcpStream) -> std::io::Result<()> {
    SockRef::from(socket).set_linger(Some(Duration::ZERO))
}

/// Tells the client that nothing more comes, and lets it have what was sent: closing with unread bytes would reset.
pub(crate) fn part(socket: &TcpStream) {
    let lingers = SockRef::from(socket).linger().ok().flatten().is_some();
    if !lingers && socket.shutdown(Shutdown::Write).is_ok() {
        let mut rest = [0; 4096];
        while (&*socket).read(&mut rest).is_ok_and(|length| length > 0) {}
    }
}

static GZIP_BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&[b' '; MIB]).unwrap();
    // A gzip file may be several, one after the other (RFC 1952 section 2.2).
    let body = encoder.finish().unwrap().repeat(256);
    Reply::new(200, "application/json", body)
        .header("content-encoding", "gzip")
        .bytes()
});
