//! The sandbox as a server for other programs.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use rustix::process::Signal;

use crate::support::browser;
use crate::support::home::Home;
use crate::support::login::{Login, log_in};
use crate::support::sandbox::SandboxServer;

#[test]
fn garbage_does_not_end_the_sandbox() {
    let home = Home::new();
    let mut sandbox = SandboxServer::start(&home);
    let address = sandbox.url.strip_prefix("http://").unwrap().to_owned();
    for garbage in [
        &b"\0\xff\r\n\r\n"[..],
        b"GET / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"\x16\x03\x01",
    ] {
        TcpStream::connect(&address)
            .unwrap()
            .write_all(garbage)
            .unwrap();
    }
    assert_eq!(browser::fetch("GET", &sandbox.url, &[], b"").status, 200);
    assert!(sandbox.is_alive());
}

#[test]
fn a_foreign_page_is_refused() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    let page = browser::fetch(
        "GET",
        &sandbox.url,
        &[("origin", "http://evil.example")],
        b"",
    );
    assert!((400..500).contains(&page.status), "{page:#?}");
}

#[test]
fn a_fault_is_rehearsed() {
    let home = Home::new();
    let sandbox = SandboxServer::with_faults(&home, &["duplicate"]);
    log_in(&home, &sandbox, "sandbot", &[]);
    let output = home
        .twauth(["tweet", "hello", "--json"])
        .run()
        .assert_code(6);
    assert_eq!(output.json()["error"]["kind"], "duplicate");
}

#[test]
fn a_login_that_is_interrupted_stores_nothing() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let mut login = Login::at(&home, &sandbox, &[]);
        login.authorization_url();
        login.running().signal(signal);
        assert!(login.finish().code > 128);
        assert!(home.files().is_empty());
    }
}

#[test]
fn only_loopback_names_are_answered_and_only_loopback_is_listened_on() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    let address = sandbox.url.strip_prefix("http://").unwrap().to_owned();
    let port: u16 = address.rsplit(':').next().unwrap().parse().unwrap();
    let status = |head: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        let request = format!("GET / HTTP/1.1\r\nconnection: close\r\n{head}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply.get(9..12).unwrap_or_default().to_owned()
    };
    let own = format!("host: {address}\r\n");
    assert_eq!(status(&own), "200");
    for origin in [
        "http://evil.example".to_owned(),
        "null".to_owned(),
        format!("http://evil.example:{port}"),
        format!("https://{address}"),
        "http://127.0.0.1".to_owned(),
    ] {
        assert_eq!(
            status(&format!("{own}origin: {origin}\r\n")),
            "403",
            "{origin}"
        );
    }
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("{address}@evil.example"),
        format!("192.0.2.1:{port}"),
        "127.0.0.1".to_owned(),
        String::new(),
    ] {
        assert_ne!(status(&format!("host: {host}\r\n")), "200", "{host:?}");
    }
    assert_ne!(status(""), "200");
    assert_ne!(status(&format!("{own}host: evil.example\r\n")), "200");
    // Linux alone tells who listens where.
    let hexadecimal = format!(":{port:04X}");
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let table = std::fs::read_to_string(table).unwrap_or_default();
        for line in table.lines() {
            let mut words = line.split_whitespace().skip(1);
            let (local, state) = (words.next().unwrap_or_default(), words.nth(1));
            if local.ends_with(&hexadecimal) && state == Some("0A") {
                assert_eq!(local, format!("0100007F{hexadecimal}"));
            }
        }
    }
}

#[test]
fn a_crowd_and_a_flood_leave_the_sandbox_alive_and_small() {
    let home = Home::new();
    let mut sandbox = SandboxServer::start(&home);
    let address = sandbox.url.strip_prefix("http://").unwrap().to_owned();
    let connect = || TcpStream::connect(&address).unwrap();
    let mut idle: Vec<TcpStream> = (0..1000).map(|_| connect()).collect();
    for (index, stream) in idle.iter_mut().enumerate() {
        if index % 2 == 0 {
            stream
                .write_all(b"POST /2/tweets HTTP/1.1\r\nhost: ")
                .unwrap();
        }
    }
    let page = || browser::fetch("GET", &sandbox.url, &[], b"").status;
    assert_eq!(page(), 200);
    drop(idle);
    for seed in 0..200_u64 {
        let mut garbage = [0; 512];
        getrandom::fill(&mut garbage).unwrap();
        let mut stream = connect();
        if seed % 2 == 0 {
            stream
                .write_all(b"POST /oauth/access_token HTTP/1.1\r\n")
                .unwrap();
        }
        drop(stream.write_all(&garbage));
    }
    for path in ["/2/tweets", "/2/media/upload", "/oauth/access_token", "/"] {
        for framing in ["content-length: 1073741824", "transfer-encoding: chunked"] {
            let mut stream = connect();
            let head = format!("POST {path} HTTP/1.1\r\nhost: {address}\r\n{framing}\r\n\r\n");
            stream.write_all(head.as_bytes()).unwrap();
            let mut piece = b"10000\r\n".to_vec();
            piece.extend(vec![b'a'; 0x10000]);
            piece.extend(b"\r\n");
            // It hangs up long before the end.
            let sent = (0..16_384)
                .take_while(|_| stream.write_all(&piece).is_ok())
                .count();
            assert!(sent < 16_384, "a body of 1 GiB was taken at {path}");
        }
    }
    let headers = "x: y\r\n".repeat(1_000_000);
    drop(connect().write_all(format!("GET / HTTP/1.1\r\n{headers}").as_bytes()));
    assert_eq!(page(), 200);
    // One upload may be 16 MiB.
    let mebibytes = sandbox.peak_memory() / 1024;
    assert!(mebibytes < 96, "{mebibytes} MiB");
    assert!(sandbox.is_alive());
}
