//! An HTTP/2 server of bare frames (RFC 9113): it decides for each stream what becomes of it and of the connection.

use std::io::{Error, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::{ServerConnection, StreamOwned};

use super::raw_server::SILENCE;
use super::tls::{Certificate, Identity};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

const END_STREAM: u8 = 1;
const ACK: u8 = 1;
const END_HEADERS: u8 = 4;

pub(crate) const CANCEL: u32 = 8;
pub(crate) const REFUSED_STREAM: u32 = 7;

/// What becomes of one request.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    Reply(u16, String),
    /// The reply after a while; meanwhile nothing else is read.
    Slowly(Duration, String),
    /// The reply, and no stream after it is looked at: a graceful GOAWAY.
    ReplyAsTheLast(String),
    Reset(u32),
    /// A GOAWAY that names the last stream looked at, then the connection is closed.
    GoAway(u32),
    /// The connection is closed without a word.
    Close,
}

/// Given the number of the connection and of the stream on it, both from 1 on.
type Plan = dyn Fn(usize, usize) -> Action + Send + Sync;

pub(crate) struct Http2Server {
    pub(crate) url: String,
    pub(crate) authority: String,
    /// For each connection, how many requests were looked at.
    seen: Arc<Mutex<Vec<usize>>>,
}

impl Http2Server {
    /// `at_once`: how many streams it allows.
    pub(crate) fn start(
        at_once: u32,
        plan: impl Fn(usize, usize) -> Action + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let identity = Identity::new(Certificate::Good);
        let mut config = (*identity.config).clone();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let config = Arc::new(config);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let plan: Arc<Plan> = Arc::new(plan);
        let theirs = Arc::clone(&seen);
        // Ends with the tests.
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let (config, seen, plan) = (config.clone(), theirs.clone(), plan.clone());
                thread::spawn(move || {
                    let session = ServerConnection::new(config).unwrap();
                    socket.set_read_timeout(Some(SILENCE)).unwrap();
                    socket.set_nodelay(true).unwrap();
                    // A client that goes away in the middle is part of the game.
                    drop(converse(
                        StreamOwned::new(session, socket),
                        at_once,
                        &seen,
                        &*plan,
                    ));
                });
            }
        });
        Self {
            url,
            authority: identity.authority,
            seen,
        }
    }

    pub(crate) fn connections(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// How many requests were looked at.
    pub(crate) fn requests(&self) -> usize {
        self.seen.lock().unwrap().iter().sum()
    }
}

struct Frame {
    kind: u8,
    flags: u8,
    stream: u32,
    payload: Vec<u8>,
}

fn read(stream: &mut impl Read) -> std::io::Result<Frame> {
    let mut head = [0; 9];
    stream.read_exact(&mut head)?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; length as usize];
    stream.read_exact(&mut payload)?;
    Ok(Frame {
        kind: head[3],
        flags: head[4],
        stream: u32::from_be_bytes([head[5], head[6], head[7], head[8]]) & 0x7fff_ffff,
        payload,
    })
}

fn write(
    stream: &mut impl Write,
    (kind, flags): (u8, u8),
    id: u32,
    payload: &[u8],
) -> std::io::Result<()> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(id.to_be_bytes());
    frame.extend(payload);
    stream.write_all(&frame)?;
    stream.flush()
}

fn converse(
    mut stream: StreamOwned<ServerConnection, TcpStream>,
    at_once: u32,
    seen: &Mutex<Vec<usize>>,
    plan: &Plan,
) -> std::io::Result<()> {
    let mut preface = [0; PREFACE.len()];
    stream.read_exact(&mut preface)?;
    if preface != PREFACE {
        return Err(Error::other("this is not HTTP/2"));
    }
    let connection = {
        let mut seen = seen.lock().unwrap();
        seen.push(0);
        seen.len()
    };
    // SETTINGS_MAX_CONCURRENT_STREAMS
    let setting = [&[0, 3][..], &at_once.to_be_bytes()].concat();
    write(&mut stream, (SETTINGS, 0), 0, &setting)?;
    let mut is_closing = false;
    loop {
        let frame = read(&mut stream)?;
        match frame.kind {
            SETTINGS if frame.flags & ACK == 0 => write(&mut stream, (SETTINGS, ACK), 0, &[])?,
            PING if frame.flags & ACK == 0 => write(&mut stream, (PING, ACK), 0, &frame.payload)?,
            HEADERS | DATA if frame.flags & END_STREAM != 0 && !is_closing => {
                let number = {
                    let mut seen = seen.lock().unwrap();
                    seen[connection - 1] += 1;
                    seen[connection - 1]
                };
                let id = frame.stream;
                match plan(connection, number) {
                    Action::Reply(status, body) => reply(&mut stream, id, status, &body)?,
                    Action::Slowly(time, body) => {
                        thread::sleep(time);
                        reply(&mut stream, id, 200, &body)?;
                    }
                    Action::ReplyAsTheLast(body) => {
                        go_away(&mut stream, id)?;
                        reply(&mut stream, id, 200, &body)?;
                        is_closing = true;
                    }
                    Action::Reset(code) => {
                        write(&mut stream, (RST_STREAM, 0), id, &code.to_be_bytes())?;
                    }
                    Action::GoAway(last) => {
                        go_away(&mut stream, last)?;
                        stream.conn.send_close_notify();
                        return stream.flush();
                    }
                    Action::Close => {
                        stream.conn.send_close_notify();
                        return stream.flush();
                    }
                }
            }
            _ => {}
        }
    }
}

/// The error code is that of no error.
fn go_away(stream: &mut impl Write, last: u32) -> std::io::Result<()> {
    write(
        stream,
        (GOAWAY, 0),
        0,
        &[last.to_be_bytes(), [0; 4]].concat(),
    )
}

fn reply(stream: &mut impl Write, id: u32, status: u16, body: &str) -> std::io::Result<()> {
    // A literal without indexing under the static table's name 8, `:status` (RFC 7541).
    let mut head = vec![0x08, 3];
    head.extend(status.to_string().bytes());
    for (name, value) in [
        ("content-type", "application/json"),
        ("x-access-level", "read-write"),
    ] {
        head.push(0);
        for text in [name, value] {
            head.push(u8::try_from(text.len()).unwrap());
            head.extend(text.bytes());
        }
    }
    write(stream, (HEADERS, END_HEADERS), id, &head)?;
    write(stream, (DATA, END_STREAM), id, body.as_bytes())
}
