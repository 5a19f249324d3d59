//! Proxies: what they see, who never uses them, and errors of bad ones.

use crate::support::{
    Behaviour, Certificate, Home, Login, RawServer, SCREEN_NAME, Script, USER_ID, at_once, reply,
};

/// A server at which verify and tweet succeed.
fn good() -> Script {
    let posted = reply::posted("1990000000000000001", "hello");
    Script::new()
        .reply("GET /2/users/me", reply::me(USER_ID, SCREEN_NAME))
        .reply("POST /2/tweets", posted)
}

const PASSWORD: &str = "hunter2-of-the-proxy";

/// A proxy that opens tunnels to one server, whatever name is asked for.
mod tunnel {
    use std::io::{Read as _, Write as _};
    use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
    use std::sync::{Arc, Mutex};
    use std::thread;

    use crate::support::request::Request;

    /// What a connection asked for, and the bytes of the client that then went through.
    type Passage = (Request, Vec<u8>);

    pub(super) struct Proxy {
        pub(super) address: SocketAddr,
        seen: Arc<Mutex<Vec<Passage>>>,
    }

    impl Proxy {
        pub(super) fn to(server: SocketAddr) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let seen = Arc::new(Mutex::new(Vec::new()));
            let theirs = Arc::clone(&seen);
            // Ends with the test's process.
            thread::spawn(move || {
                while let Ok((client, _)) = listener.accept() {
                    let seen = Arc::clone(&theirs);
                    thread::spawn(move || drop(serve(client, server, &seen)));
                }
            });
            Self { address, seen }
        }

        pub(super) fn seen(&self) -> Vec<Passage> {
            self.seen.lock().unwrap().clone()
        }
    }

    fn serve(
        mut client: TcpStream,
        server: SocketAddr,
        seen: &Mutex<Vec<Passage>>,
    ) -> std::io::Result<()> {
        let Some(request) = Request::read(&mut client)? else {
            return Ok(());
        };
        let index = {
            let mut seen = seen.lock().unwrap();
            seen.push((request, Vec::new()));
            seen.len() - 1
        };
        client.write_all(b"HTTP/1.1 200 So\r\n\r\n")?;
        let mut upstream = TcpStream::connect(server)?;
        let (mut back, mut from) = (client.try_clone()?, upstream.try_clone()?);
        let returning = thread::spawn(move || {
            drop(std::io::copy(&mut from, &mut back));
            back.shutdown(Shutdown::Write)
        });
        let mut buffer = [0; 4096];
        loop {
            let length = client.read(&mut buffer)?;
            if length == 0 {
                break;
            }
            seen.lock().unwrap()[index].1.extend(&buffer[..length]);
            upstream.write_all(&buffer[..length])?;
        }
        upstream.shutdown(Shutdown::Write)?;
        drop(returning.join());
        Ok(())
    }
}

/// A server that shows a certificate for `elsewhere.example`, which only a proxy can find.
fn elsewhere() -> RawServer {
    good().tls(Certificate::WrongName).start()
}

const ELSEWHERE: &str = "https://elsewhere.example";

#[test]
fn a_proxy_sees_the_name_and_nothing_else() {
    let server = elsewhere();
    for variable in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let home = Home::new();
        home.also_secret(PASSWORD);
        let proxy = tunnel::Proxy::to(server.address());
        let store = home.write("store.pem", server.authority());
        home.write_account(ELSEWHERE);
        let value = format!("http://user:{PASSWORD}@{}", proxy.address);
        for words in [&["verify", "-vv"][..], &["tweet", "hello", "-vv"]] {
            let run = home.twauth(words).env("SSL_CERT_FILE", &store);
            run.env(variable, &value).exits(0);
        }
        let seen = proxy.seen();
        assert_eq!(seen.len(), 2, "{seen:?}");
        for (request, through) in seen {
            assert_eq!(request.route(), "CONNECT elsewhere.example:443");
            let known = ["host", "user-agent", "proxy-authorization"];
            for (name, _) in &request.headers {
                assert!(known.contains(&&*name.to_ascii_lowercase()), "{request:?}");
            }
            assert!(through.starts_with(b"\x16\x03"), "not a handshake");
            home.assert_no_secret(&through, "the tunnel");
        }
    }
}

#[test]
fn loopback_never_goes_through_a_proxy() {
    let home = Home::new();
    let proxy = Script::new().start();
    let plain = good().start();
    let secure = good().tls(Certificate::Good).start();
    let store = home.write("store.pem", secure.authority());
    let through = proxy.url();
    let named = format!("https://localhost:{}", secure.address().port());
    for server in [plain.url(), secure.url(), named] {
        home.write_account(&server);
        let variables = [
            "HTTP_PROXY",
            "http_proxy",
            "HTTPS_PROXY",
            "https_proxy",
            "ALL_PROXY",
            "all_proxy",
        ];
        let run = home.twauth(["verify"]).env("SSL_CERT_FILE", &store);
        let run = variables
            .iter()
            .fold(run, |run, name| run.env(name, &through));
        run.exits(0);
    }
    let sandbox = home
        .twauth(["login", "--sandbox", "--json"])
        .env("ALL_PROXY", &through);
    let login = Login::start(sandbox);
    login.authorized_by("newsbot").assert_code(0);
    assert_eq!(proxy.connections(), 0);
}

#[test]
fn an_unusable_proxy_is_an_error_and_its_password_is_never_shown() {
    let refusing = RawServer::replying(
        "*",
        reply::Reply::new(407, "text/plain", format!("no {PASSWORD}")),
    );
    let talking = RawServer::behaving("*", Behaviour::Raw(PASSWORD.into()));
    let server = elsewhere();
    let home = Home::new();
    home.also_secret(PASSWORD);
    let store = home.write("store.pem", server.authority());
    home.write_account(ELSEWHERE);
    let proxies = [
        (format!("http://user:{PASSWORD}@{}", refusing.address()), 3),
        (format!("http://user:{PASSWORD}@{}", talking.address()), 3),
        (format!("http://user:{PASSWORD}@127.0.0.1:1"), 3),
        (format!("socks5h://user:{PASSWORD}@127.0.0.1:1"), 3),
        (
            format!("socks5h://user:{PASSWORD}@{}", talking.address()),
            3,
        ),
        (format!("http://user:{PASSWORD}@proxy.invalid:8080"), 3),
        // These were never a proxy.
        (format!("http://user:{PASSWORD}@127.0.0.1:99999"), 2),
        (format!("ftp://user:{PASSWORD}@127.0.0.1:21"), 2),
        (format!("http://user:{PASSWORD}@"), 2),
        (format!("user:{PASSWORD}@:80"), 2),
        (format!("http://[{PASSWORD}"), 2),
        (format!("::: {PASSWORD}"), 2),
        (format!("socks6://{PASSWORD}"), 2),
    ];
    at_once(proxies, |(value, code)| {
        for words in [
            &["verify", "-vv"][..],
            &["tweet", "hello", "--json"],
            &["tweet", "hello"],
        ] {
            let run = home
                .twauth(words)
                .args(["--timeout", "1", "--retries", "0"])
                .env("SSL_CERT_FILE", &store);
            let output = run.env("HTTPS_PROXY", &value).run();
            assert_eq!(output.code, code, "{value}\n{output:#?}");
            let said = format!("{}{}", output.stdout, output.stderr);
            assert!(said.contains("proxy"), "{value}\n{output:#?}");
        }
    });
    assert_eq!(server.connections(), 0);
    for proxy in [refusing, talking] {
        for request in proxy.requests() {
            assert!(request.route().starts_with("CONNECT "), "{request:?}");
            assert_eq!(request.header("authorization"), None);
        }
    }
}

#[test]
fn a_proxy_that_does_not_connect_is_told_apart() {
    let home = Home::new();
    home.also_secret(PASSWORD);
    let store = home.write("store.pem", elsewhere().authority());
    home.write_account(ELSEWHERE);
    let asking = |offers: &str| {
        RawServer::replying(
            "*",
            reply::Reply::new(407, "text/html", "<p>who?").header("proxy-authenticate", offers),
        )
    };
    let answering =
        |status| RawServer::replying("*", reply::Reply::new(status, "text/html", "<p>no"));
    let (basic, ntlm, forbidden, unreached) = (
        asking("Basic realm=\"corp\""),
        asking("NTLM"),
        answering(403),
        answering(502),
    );
    let at = |server: &RawServer| server.address().to_string();
    let known = |server: &RawServer| format!("user:{PASSWORD}@{}", server.address());
    for (proxy, shown, said, hint) in [
        (
            at(&basic),
            at(&basic),
            "requires a user name and password (Basic), status 407",
            "http://USER:PASSWORD@HOST:PORT",
        ),
        (
            known(&basic),
            at(&basic),
            "rejected the user name and password (Basic), status 407",
            "fix them in HTTPS_PROXY",
        ),
        (
            known(&ntlm),
            at(&ntlm),
            "requires a login that twauth does not support (NTLM), status 407",
            "run a local proxy that logs in there",
        ),
        (
            known(&forbidden),
            at(&forbidden),
            "refuses to connect to elsewhere.example:443 (status 403)",
            "ask the administrator of the proxy",
        ),
        (
            known(&unreached),
            at(&unreached),
            "could not connect to elsewhere.example:443 (status 502)",
            "try again later",
        ),
        (
            "127.0.0.1:1".to_owned(),
            "127.0.0.1:1".to_owned(),
            "connection refused",
            "HTTPS_PROXY",
        ),
    ] {
        let run = home
            .twauth(["verify", "--retries", "0"])
            .env("SSL_CERT_FILE", &store);
        let output = run.env("HTTPS_PROXY", format!("http://{proxy}")).exits(3);
        output
            .assert_says(&format!("the proxy {shown} (HTTPS_PROXY)"))
            .assert_says(&format!("{said}; nothing was sent"))
            .assert_says(hint);
    }
}

#[test]
fn a_host_in_no_proxy_is_reached_directly() {
    let proxy = Script::new().start();
    let home = Home::with_account("https://name.invalid");
    let run = home
        .twauth(["verify", "--retries", "0"])
        .env("HTTPS_PROXY", proxy.url());
    run.env("NO_PROXY", "name.invalid")
        .exits(3)
        .assert_says("could not resolve name.invalid: name or service not known");
    assert_eq!(proxy.connections(), 0);
}
