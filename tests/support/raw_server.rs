//! A loopback server on bare sockets: it does as it was scripted, and writes down what it was asked.

use std::io::{Error, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustls::ServerConnection;

use super::behaviour::{Behaviour, Then, part};
use super::reply::Reply;
use super::request::Request;
use super::tls::{Certificate, Identity};

/// How long a connection may stay without a word.
pub(crate) const SILENCE: Duration = Duration::from_secs(90);

/// The server before it starts: which behaviour answers what.
#[derive(Debug, Default)]
pub(crate) struct Script {
    routes: Vec<(String, Behaviour)>,
    certificate: Option<Certificate>,
    on_ipv6: bool,
}

impl Script {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// `route` is `METHOD /path`, or `*` for what no other route names. Said several times for one route: the
    /// first request gets the first, the next the next, and the last stays.
    pub(crate) fn on(mut self, route: &str, behaviour: Behaviour) -> Self {
        self.routes.push((route.to_owned(), behaviour));
        self
    }

    pub(crate) fn reply(self, route: &str, reply: Reply) -> Self {
        self.on(route, Behaviour::Reply(reply))
    }

    /// Speaks TLS with this certificate.
    pub(crate) fn tls(mut self, certificate: Certificate) -> Self {
        self.certificate = Some(certificate);
        self
    }

    /// Listens on `[::1]` instead of `127.0.0.1`.
    pub(crate) fn on_ipv6(mut self) -> Self {
        self.on_ipv6 = true;
        self
    }

    pub(crate) fn start(self) -> RawServer {
        let address = if self.on_ipv6 {
            "[::1]:0"
        } else {
            "127.0.0.1:0"
        };
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            routes: Mutex::new(self.routes),
            identity: self.certificate.map(Identity::new),
            log: Mutex::default(),
            logged: Condvar::new(),
            stop: Stop::default(),
        });
        let theirs = Arc::clone(&shared);
        let accepting = thread::spawn(move || accept(&listener, &theirs));
        RawServer {
            address,
            shared,
            accepting: Some(accepting),
        }
    }
}

/// The server while it runs; it ends when this is dropped.
pub(crate) struct RawServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

impl RawServer {
    /// Gives that reply at that route, always.
    pub(crate) fn replying(route: &str, reply: Reply) -> Self {
        Script::new().reply(route, reply).start()
    }

    /// Does that at that route, always.
    pub(crate) fn behaving(route: &str, behaviour: Behaviour) -> Self {
        Script::new().on(route, behaviour).start()
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        let scheme = if self.shared.identity.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}", self.address)
    }

    /// The certificate authority to trust, as a PEM file's content (for `SSL_CERT_FILE`).
    pub(crate) fn authority(&self) -> &str {
        &self.shared.identity.as_ref().unwrap().authority
    }

    /// Every request so far, in the order they came.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.log.lock().unwrap().requests.clone()
    }

    /// How many requests asked for `METHOD /path`.
    pub(crate) fn count(&self, route: &str) -> usize {
        let requests = self.requests();
        requests
            .iter()
            .filter(|request| request.route() == route)
            .count()
    }

    /// How many connections were opened, whether or not anything was asked on them.
    pub(crate) fn connections(&self) -> usize {
        self.shared.log.lock().unwrap().connections
    }

    /// Waits until at least `number` requests have come.
    pub(crate) fn wait_for_requests(&self, number: usize) {
        let log = self.shared.log.lock().unwrap();
        let (log, _) = self
            .shared
            .logged
            .wait_timeout_while(log, Duration::from_secs(20), |log| {
                log.requests.len() < number
            })
            .unwrap();
        assert!(log.requests.len() >= number, "{:?}", log.requests);
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.shared.stop.set();
        for socket in &self.shared.log.lock().unwrap().sockets {
            if let Some(socket) = socket.upgrade() {
                // The client may have closed it first.
                drop(socket.shutdown(Shutdown::Both));
            }
        }
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.address));
        if let Some(accepting) = self.accepting.take() {
            drop(accepting.join());
        }
    }
}

struct Shared {
    routes: Mutex<Vec<(String, Behaviour)>>,
    identity: Option<Identity>,
    log: Mutex<Log>,
    logged: Condvar,
    stop: Stop,
}

#[derive(Default)]
struct Log {
    requests: Vec<Request>,
    connections: usize,
    sockets: Vec<Weak<TcpStream>>,
}

/// Set once, when the server is to end.
#[derive(Default)]
pub(crate) struct Stop(Mutex<bool>, Condvar);

impl Stop {
    fn set(&self) {
        *self.0.lock().unwrap() = true;
        self.1.notify_all();
    }

    pub(crate) fn is_set(&self) -> bool {
        *self.0.lock().unwrap()
    }

    /// Waits that long, and says whether it was set meanwhile.
    pub(crate) fn within(&self, time: Duration) -> bool {
        let set = self.0.lock().unwrap();
        *self.1.wait_timeout_while(set, time, |set| !*set).unwrap().0
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for socket in listener.incoming() {
        if shared.stop.is_set() {
            break;
        }
        let Ok(socket) = socket else { continue };
        let socket = Arc::new(socket);
        let mut log = shared.log.lock().unwrap();
        log.connections += 1;
        log.sockets.push(Arc::downgrade(&socket));
        drop(log);
        let shared = Arc::clone(shared);
        // A client that goes away in the middle is part of the game.
        thread::spawn(move || drop(converse(&socket, &shared)));
    }
}

fn converse(socket: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    socket.set_read_timeout(Some(SILENCE))?;
    socket.set_write_timeout(Some(SILENCE))?;
    socket.set_nodelay(true)?;
    let mut plain = socket;
    if let Some(identity) = &shared.identity {
        let mut session =
            ServerConnection::new(Arc::clone(&identity.config)).map_err(Error::other)?;
        let mut stream = rustls::Stream::new(&mut session, &mut plain);
        answer_all(&mut stream, socket, shared)?;
        stream.conn.send_close_notify();
        stream.flush()?;
    } else {
        answer_all(&mut plain, socket, shared)?;
    }
    socket.set_read_timeout(Some(Duration::from_secs(5)))?;
    part(socket);
    Ok(())
}

fn answer_all(
    stream: &mut (impl Read + Write),
    socket: &TcpStream,
    shared: &Shared,
) -> std::io::Result<()> {
    while let Some(request) = Request::read(stream)? {
        let behaviour = shared.behaviour_for(&request);
        let last = !request.keeps_open();
        shared.log.lock().unwrap().requests.push(request);
        shared.logged.notify_all();
        if behaviour.answer(stream, socket, &shared.stop)? == Then::Close || last {
            break;
        }
    }
    Ok(())
}

impl Shared {
    fn behaviour_for(&self, request: &Request) -> Behaviour {
        let mut routes = self.routes.lock().unwrap();
        let own = request.route();
        let wanted = if routes.iter().any(|(route, _)| *route == own) {
            &*own
        } else {
            "*"
        };
        let mut matching = (0..routes.len()).filter(|index| routes[*index].0 == wanted);
        match (matching.next(), matching.next()) {
            (Some(first), Some(_)) => routes.remove(first).1,
            (Some(only), None) => routes[only].1.clone(),
            (None, _) => Behaviour::Reply(Reply::new(404, "text/plain", "not scripted")),
        }
    }
}
