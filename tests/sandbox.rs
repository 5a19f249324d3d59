//! The sandbox as a server for other programs.

use std::io::Write as _;
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
