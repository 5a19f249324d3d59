//! Where secrets may be sent: certificates, plain HTTP, other servers, proxies, and partly read replies.

use std::io::Write as _;
use std::thread;

use crate::support::{
    Behaviour, Certificate, Home, Login, Output, RawServer, Run, SCREEN_NAME, Script, USER_ID,
    browser, made_up, reply, strace,
};

/// A server at which verify and tweet succeed.
fn good() -> Script {
    Script::new()
        .reply("GET /2/users/me", reply::me(USER_ID, SCREEN_NAME))
        .reply(
            "POST /2/tweets",
            reply::posted("1990000000000000001", "hello"),
        )
}

/// The three commands that talk to `server`, an account of which is in the file.
fn commands(home: &Home, server: &str) -> [Run; 3] {
    home.write_account(server);
    [
        home.twauth(["verify"]),
        home.twauth(["tweet", "hello"]),
        home.twauth(["login", "-c", "new.json", "--server", server])
            .with_pair(),
    ]
}

#[test]
fn a_certificate_that_is_not_right_ends_it_before_anything_is_sent() {
    for (certificate, words) in [
        (Certificate::SelfSigned, "certificate"),
        (Certificate::Expired, "has expired"),
        (Certificate::WrongName, "is for another name"),
        (
            Certificate::UnknownAuthority,
            "signed by an authority that this machine does not trust",
        ),
    ] {
        let home = Home::new();
        let server = good().tls(certificate).start();
        let store = home.write("store.pem", server.authority());
        for command in commands(&home, &server.url()) {
            let output = command.env("SSL_CERT_FILE", &store).exits(3);
            let output = output.assert_says(words).assert_says("nothing was sent");
            assert!(output.stdout.is_empty(), "{output:#?}");
        }
        let json = home
            .twauth(["tweet", "hello", "--json"])
            .env("SSL_CERT_FILE", &store);
        let output = json.exits(3);
        assert_eq!(output.json()["error"]["kind"], "certificate");
        assert_eq!(server.requests().len(), 0);
        assert!(!home.exists("new.json"));
    }
}

#[test]
fn ssl_cert_file_is_exactly_the_store() {
    let server = good().tls(Certificate::Good).start();
    let home = Home::with_account(&server.url());
    let another = good().tls(Certificate::Good).start();
    let verify = |name: &str, content: &str| {
        let store = home.write(name, content);
        home.twauth(["verify"]).env("SSL_CERT_FILE", store).run()
    };
    verify("right.pem", server.authority()).assert_code(0);
    let both = format!("{}{}", another.authority(), server.authority());
    verify("both.pem", &both).assert_code(0);
    let before = server.requests().len();
    verify("another.pem", another.authority())
        .assert_code(3)
        .assert_says("certificate");
    verify("empty.pem", "")
        .assert_code(2)
        .assert_says("certificate");
    verify("strange.pem", "not a certificate")
        .assert_code(2)
        .assert_says("certificate");
    let damaged = server.authority().replace('M', "N");
    verify("damaged.pem", &damaged)
        .assert_code(2)
        .assert_says("certificate");
    let absent = home.path("absent.pem");
    let run = home.twauth(["verify"]).env("SSL_CERT_FILE", &absent);
    run.exits(2).assert_says(&format!(
        "could not read the certificates in {} (SSL_CERT_FILE): no such file",
        absent.display()
    ));
    home.twauth(["verify"])
        .exits(3)
        .assert_says("127.0.0.1")
        .assert_says("authority that this machine does not trust");
    assert_eq!(server.requests().len(), before);
}

#[test]
fn nothing_turns_the_checks_off() {
    let server = good().tls(Certificate::Good).start();
    let home = Home::with_account(&server.url());
    for name in [
        "NODE_TLS_REJECT_UNAUTHORIZED",
        "PYTHONHTTPSVERIFY",
        "GIT_SSL_NO_VERIFY",
    ] {
        let run = home
            .twauth(["verify"])
            .env(name, "0")
            .env("CURL_INSECURE", "1");
        run.exits(3);
    }
    for option in ["--insecure", "-k", "--no-verify-tls"] {
        home.twauth(["verify", option]).exits(2);
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_secure_connection_that_breaks_after_the_request_has_carried_it() {
    let posted = reply::posted("1990000000000000001", "hello");
    for (behaviour, tweet) in [
        (Behaviour::CloseAfterRequest, 8),
        (Behaviour::ResetAfterRequest, 8),
        (
            Behaviour::BeneathTls(b"HTTP/1.1 201 So\r\n\r\n".to_vec()),
            8,
        ),
        (
            Behaviour::BeneathTls(b"\x15\x03\x03\x00\x02\x02\x28".to_vec()),
            8,
        ),
        (Behaviour::EndedByTcpAlone(posted), 0),
    ] {
        let home = Home::new();
        let server = Script::new()
            .tls(Certificate::Good)
            .on("*", behaviour)
            .start();
        let store = home.write("store.pem", server.authority());
        home.write_account(&server.url());
        let run = home.twauth(["tweet", "hello", "--retries", "5"]);
        let output = run.env("SSL_CERT_FILE", &store).exits(tweet);
        assert!(!output.stderr.contains("nothing was sent"), "{output:#?}");
        assert_eq!(server.requests().len(), 1, "{output:#?}");
        if tweet == 0 {
            // Cut where it looks whole: the id cannot be believed.
            assert!(output.stdout.is_empty(), "{output:#?}");
        }
    }
}

#[test]
fn a_token_reply_that_tls_did_not_end_is_refused() {
    let home = Home::new();
    let secret = made_up("canaryV", 32, 900);
    let cut = Behaviour::EndedByTcpAlone(reply::temporary("t", &secret));
    let server = Script::new().tls(Certificate::Good).on("*", cut).start();
    let store = home.write("store.pem", server.authority());
    let [_, _, login] = commands(&home, &server.url());
    let output = login.env("SSL_CERT_FILE", store).exits(3);
    assert!(!output.stderr.contains("/oauth/authorize"), "{output:#?}");
    assert!(!home.exists("new.json"));
}

#[test]
fn plain_http_goes_to_loopback_addresses_only() {
    let home = Home::new();
    for server in [
        "http://api.x.com",
        "http://192.0.2.1",
        "http://192.0.2.1:8080/base",
        "http://0.0.0.0:8080",
        "http://[2001:db8::1]:8080",
        "http://[::ffff:192.0.2.1]",
        "http://[::]",
        "http://name.invalid",
        "http://127.0.0.1.example.invalid",
        "http://localhost.example.invalid",
        "http://128.0.0.1",
        "http://3221225985",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "ws://127.0.0.1",
        "data:text/plain,hello",
        "127.0.0.1:80",
        "http://",
        "",
        " ",
        "sandbox.example",
    ] {
        for command in ["verify", "tweet", "login"] {
            let text = if command == "tweet" {
                &["hello"][..]
            } else {
                &[]
            };
            let run = home
                .twauth([command])
                .args(text)
                .args(["--server", server])
                .with_pair();
            let run = match command {
                "login" => run,
                _ => run
                    .env("TWAUTH_ACCESS_TOKEN", &home.canaries.access_token)
                    .env(
                        "TWAUTH_ACCESS_TOKEN_SECRET",
                        &home.canaries.access_token_secret,
                    ),
            };
            let output = run.run();
            assert_eq!(output.code, 2, "{command} at {server}: {output:#?}");
        }
    }
    assert_eq!(
        home.files()
            .iter()
            .filter(|file| file.ends_with("json"))
            .count(),
        0
    );
}

#[test]
fn plain_http_goes_to_a_name_only_where_all_of_it_is_loopback() {
    let home = Home::new();
    let server = Script::new().start();
    let port = server.address().port();
    let hosts = "127.0.0.1 localhost here.test\n192.0.2.1 elsewhere.test\n\
        127.0.0.1 both.test\n192.0.2.1 both.test\n";
    home.write("hosts", hosts);
    home.set_mode("hosts", 0o644);
    // A name belongs to a file of its own, which nobody else sees.
    let mounted = "mount --bind hosts /etc/hosts || { echo no mount >&2; exit 77; }; exec \"$@\"";
    for (name, code) in [("here.test", 4), ("elsewhere.test", 2), ("both.test", 2)] {
        let url = format!("http://{name}:{port}");
        let mut account = home.account(&url);
        account["screen_name"] = "mybot".into();
        home.write("tw.json", account.to_string());
        for words in [
            &["verify", "--retries", "0"][..],
            &["request", "/2/users/me"],
        ] {
            let before = server.requests().len();
            let run = home.twauth(words).args(["--timeout", "5"]);
            let output = run.through_shell(mounted).through_namespace().run();
            if output.code == 77 || output.stderr.contains("unshare") {
                drop(writeln!(
                    std::io::stderr(),
                    "names that lead elsewhere: nothing can be mounted here, so this part is left out"
                ));
                return;
            }
            let sent = server.requests().len() - before;
            if code == 2 {
                assert_eq!((output.code, sent), (2, 0), "{words:?} {name}: {output:#?}");
                output.assert_says("plain http");
            } else {
                assert!(
                    sent > 0 && output.code != 2,
                    "{words:?} {name}: {output:#?}"
                );
            }
        }
    }
}

#[test]
fn a_loopback_name_and_ipv6_are_loopback_too() {
    let home = Home::new();
    let server = good().on_ipv6().start();
    for command in commands(&home, &server.url()).into_iter().take(2) {
        command.exits(0);
    }
    for request in server.requests() {
        assert_eq!(request.header("host"), Some(&*server.address().to_string()));
    }
    let server = good().start();
    let named = format!("http://localhost:{}", server.address().port());
    home.write_account(&named);
    home.twauth(["verify"]).exits(0);
}

#[test]
fn an_account_of_one_server_is_never_taken_to_another() {
    let (own, other) = (good().start(), good().start());
    let home = Home::with_account(&own.url());
    let port = own.address().port();
    let tricks = [
        other.url(),
        format!("http://localhost:{port}"),
        format!("http://[::1]:{port}"),
        format!("{}/base", own.url()),
        format!("https://127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}@{}", other.address()),
        format!("http://{}@127.0.0.1:{port}", other.address()),
        format!("http://user:password@127.0.0.1:{port}"),
        format!("{}?a=b", own.url()),
        format!("{}#{}", own.url(), other.url()),
        format!("http://127.0.0.1:{port}\\@{}", other.address()),
        format!("http://127.0.0.1%2F@{}", other.address()),
        "https://api.x.com".to_owned(),
        "https://api.x.com.".to_owned(),
        "https://api.x.com.example.invalid".to_owned(),
        "https://api-x.com".to_owned(),
        "https://api.x.com@evil.invalid".to_owned(),
        "https://evil.invalid/https://api.x.com".to_owned(),
        // A Cyrillic letter, and the same in ASCII.
        "https://\u{430}pi.x.com".to_owned(),
        "https://xn--pi-6kc.x.com".to_owned(),
        "sandbox".to_owned(),
    ];
    let check = |output: Output, trick: &str| {
        assert_eq!(output.code, 2, "{trick}\n{output:#?}");
    };
    for trick in &tricks {
        for words in [
            &["verify"][..],
            &["tweet", "hello"],
            &["login", "-a", SCREEN_NAME],
            &["logout", "--yes"],
        ] {
            check(home.twauth(words).args(["--server", trick]).run(), trick);
            check(home.twauth(words).env("TWAUTH_SERVER", trick).run(), trick);
        }
    }
    for words in [
        &["verify", "--sandbox"][..],
        &["tweet", "hello", "--sandbox"],
    ] {
        check(
            home.twauth(words).args(["-c", "tw.json"]).run(),
            "--sandbox",
        );
    }
    let run = home.twauth(["verify", "--server", &other.url()]);
    run.exits(2).assert_says("belongs to http://127.0.0.1");
    assert_eq!((own.connections(), other.connections()), (0, 0));
    // The same server in another spelling is the same.
    for same in [
        format!("{}/", own.url()),
        format!("HTTP://127.0.0.1:{port}//"),
    ] {
        home.twauth(["verify", "--server", &same]).exits(0);
    }
}

#[test]
fn a_stored_server_is_held_to_the_same_rules() {
    let home = Home::new();
    for server in [
        "http://api.x.com",
        "https://user@api.x.com",
        "https://api.x.com.",
        "file:///etc/passwd",
        "https://api.x.com/?to=elsewhere",
        "",
    ] {
        home.write_account(server);
        for words in [&["verify"][..], &["tweet", "hello"]] {
            let output = home.twauth(words).run();
            assert!([1, 2].contains(&output.code), "{server}: {output:#?}");
        }
    }
}

const PASSWORD: &str = "hunter2-of-the-netrc";

#[test]
fn netrc_and_key_logs_and_cookies_are_ignored() {
    let home = Home::new();
    home.also_secret(PASSWORD);
    let with_cookie = reply::me(USER_ID, SCREEN_NAME).header("set-cookie", "who=me; Path=/");
    let server = good()
        .tls(Certificate::Good)
        .reply("GET /2/users/me", with_cookie)
        .start();
    let store = home.write("store.pem", server.authority());
    home.write(
        ".netrc",
        format!("machine 127.0.0.1 login user password {PASSWORD}\n"),
    );
    home.write_account(&server.url());
    for words in [&["verify"][..], &["verify", "-vv"], &["tweet", "hello"]] {
        let run = home.twauth(words).env("SSL_CERT_FILE", &store);
        let run = run.env("SSLKEYLOGFILE", home.path("keys.log"));
        run.env("NETRC", home.path(".netrc")).exits(0);
    }
    assert!(!home.exists("keys.log"));
    for request in server.requests() {
        let authorization: Vec<_> = request
            .headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("authorization"))
            .collect();
        assert!(authorization.len() == 1 && authorization[0].1.starts_with("OAuth "));
        assert_eq!(request.header("cookie"), None);
        for (name, value) in &request.headers {
            home.assert_no_secret(value.as_bytes(), name);
        }
        home.assert_no_secret(request.target.as_bytes(), "a URL");
        home.assert_no_secret(&request.body, "a body");
    }
    home.assert_no_secret_in_files_but(&["tw.json", ".netrc"]);
}

#[test]
fn many_accounts_of_one_server_do_not_meet_another() {
    let home = Home::new();
    let servers: Vec<RawServer> = (0..3).map(|_| good().start()).collect();
    let accounts: Vec<_> = servers
        .iter()
        .enumerate()
        .map(|(index, server)| {
            let mut account = home.account(&server.url());
            account["access_token"] = format!("{index}-only-for-server-{index}").into();
            account
        })
        .collect();
    home.write("tw.json", serde_json::to_string(&accounts).unwrap());
    home.twauth(["verify"]).exits(0);
    for (index, server) in servers.iter().enumerate() {
        for request in server.requests() {
            let header = request.header("authorization").unwrap();
            assert!(
                header.contains(&format!("only-for-server-{index}")),
                "{header}"
            );
        }
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn without_a_network_a_whole_login_in_the_sandbox_works() {
    let home = Home::new();
    let has_strace = strace::is_here("the addresses that are spoken to");
    let mut run = home.twauth(["login", "--sandbox"]);
    if has_strace {
        // Every address that is connected to or spoken to is written down. What is injected has to be traced.
        run = strace::traced(run, &["trace=connect,sendto,sendmsg,prctl"]);
    }
    let mut login = Login::start(run);
    let url = login.authorization_url();
    let person = thread::spawn(move || browser::authorize(&url, "newsbot"));
    let pin = person.join().unwrap();
    home.also_secret(&pin);
    login.answer(&pin);
    let output = login.finish().assert_code(0);
    assert_eq!(output.stdout, "newsbot\n");
    home.watch_file("tw-sandbox.json");
    if !has_strace {
        return;
    }
    let trace = strace::log(&home);
    assert!(trace.contains("127.0.0.1"), "{trace}");
    for line in trace.lines().filter(|line| line.contains("AF_INET")) {
        let loopback = line.contains("\"127.0.0.1\"") || line.contains("\"::1\"");
        assert!(loopback, "{line}");
    }
}
