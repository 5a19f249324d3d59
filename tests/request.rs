//! `twauth request` and `twauth bearer`: any call, and only to the account's own server.

use std::time::Duration;

use serde_json::json;

use crate::support::{Behaviour, Home, Output, RawServer, Reply, SandboxServer, Script, reply};

fn request(server: &RawServer, arguments: &[&str]) -> Output {
    let home = Home::with_account(&server.url());
    let run = home.twauth(["request", "--timeout", "2"]);
    run.args(arguments).deadline(Duration::from_secs(30)).run()
}

fn ok() -> Reply {
    Reply::new(200, "text/plain", "  as it came\r\n\0")
}

#[test]
fn the_body_is_printed_exactly() {
    let server = RawServer::replying("*", ok());
    for target in [
        "/2/thing?a=1",
        "2/thing?a=1",
        &format!("{}/2/thing?a=1", server.url()),
    ] {
        let output = request(&server, &[target]).assert_code(0);
        assert_eq!(output.stdout_bytes, b"  as it came\r\n\0");
        assert_eq!(output.stderr, "");
    }
    for asked in server.requests() {
        assert_eq!((&*asked.method, &*asked.target), ("GET", "/2/thing?a=1"));
    }
}

#[test]
fn a_refusals_body_is_printed_and_its_status_decides() {
    for (status, code) in [
        (400, 6),
        (401, 4),
        (403, 6),
        (404, 6),
        (429, 7),
        (500, 3),
        (503, 3),
    ] {
        let refused = reply::problem(status, "No", "because", "about:blank");
        let body = String::from_utf8(refused.body.clone()).unwrap();
        let server = RawServer::replying("*", refused);
        let output = request(&server, &["/2/x", "--retries", "0"]).assert_code(code);
        assert_eq!(output.stdout, body);
        assert!(
            output
                .stderr
                .starts_with("error: could not make the request: "),
            "{output:?}"
        );
        let output = request(&server, &["/2/x", "--retries", "0", "--json"]).assert_code(code);
        assert_eq!(output.json()["error"]["status"], status);
    }
}

#[test]
fn a_redirect_is_not_followed_and_its_body_is_printed() {
    for status in [301, 302, 303, 307, 308] {
        let other = RawServer::replying("*", ok());
        let mut redirect = reply::redirect(status, &other.url());
        redirect.body = b"moved\r\n".to_vec();
        let server = RawServer::replying("*", redirect);
        let output = request(&server, &["/2/x"]).assert_code(3);
        assert_eq!(output.stdout_bytes, b"moved\r\n");
        let output = request(&server, &["/2/x", "--json"]).assert_code(3);
        assert_eq!(output.json()["error"]["kind"], "redirect");
        assert_eq!((server.requests().len(), other.connections()), (2, 0));
    }
}

#[test]
fn under_json_every_good_reply_is_one_document() {
    for (body, document) in [
        ("{\"a\": 1.0}", json!({"a": 1.0})),
        ("plain", json!("plain")),
        ("", json!(null)),
    ] {
        let server = RawServer::replying("*", Reply::new(200, "a/b", body));
        assert_eq!(
            request(&server, &["/x", "--json"]).assert_code(0).json(),
            document
        );
    }
}

#[test]
fn a_body_is_json_unless_a_header_says_otherwise() {
    let server = RawServer::replying("*", ok());
    let home = Home::with_account(&server.url());
    home.write("body", b"\xff\x00 bytes\n");
    let run = |arguments: &[&str], stdin: &str| {
        home.twauth(["request", "/x"])
            .args(arguments)
            .stdin(stdin)
            .exits(0);
        server.requests().pop().unwrap()
    };
    let asked = run(&["-d", "{\"a\":1}"], "");
    assert_eq!((&*asked.method, &*asked.body), ("POST", &b"{\"a\":1}"[..]));
    assert_eq!(asked.header("content-type"), Some("application/json"));
    let asked = run(&["-d", "@body", "-X", "put", "-H", "Content-Type: a/b"], "");
    assert_eq!(
        (&*asked.method, &*asked.body),
        ("PUT", &b"\xff\x00 bytes\n"[..])
    );
    assert_eq!(asked.header("content-type"), Some("a/b"));
    assert_eq!(run(&["-d", "-"], "typed\n").body, b"typed\n");
    let asked = run(&["-F", "a=1 2", "-F", "b=", "-F", "a==&"], "");
    assert_eq!(asked.body, b"a=1%202&b=&a=%3D%26");
    assert_eq!(
        asked.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    let asked = run(&["-H", "Accept: a/b", "-H", "X-Two:  2 "], "");
    let sent = asked.headers.iter().filter(|(name, _)| name == "accept");
    assert_eq!(sent.map(|(_, value)| &**value).collect::<Vec<_>>(), ["a/b"]);
    assert_eq!(asked.header("x-two"), Some("2"));
}

#[test]
fn queries_and_forms_are_signed_whatever_their_spelling() {
    let (home, _sandbox) = SandboxServer::with_account();
    let me = "/2/users/me?x=a+b&x=%2B&&y&=z&~=*!'()&%e2%98%83=%2f/?&user.fields=id,name&ä=ö";
    let output = home.twauth(["request", me]).exits(0);
    assert_eq!(output.json()["data"]["username"], "sandbot");
    // The sandbox signs forms too, and answers what it does not serve only to those who sign rightly.
    let form = ["-F", "a=1 + 2", "-F", "a=", "-F", "é=%", "-F", "=x"];
    let post = |arguments: &[&str]| {
        let update = home.twauth(["request", "/1.1/statuses/update.json?q=1"]);
        update.args(arguments).exits(6).json()
    };
    assert_eq!(post(&form)["errors"][0]["code"], 453);
    let typed =
        "-H|content-type: application/x-www-form-urlencoded; charset=UTF-8|-d|a=1+%2b&b&%ff=%";
    assert_eq!(
        post(&typed.split('|').collect::<Vec<_>>())["errors"][0]["code"],
        453
    );
}

#[test]
fn another_host_is_refused_before_any_connection() {
    let server = RawServer::replying("*", ok());
    let other = RawServer::replying("*", ok());
    let host = server.address().to_string();
    let port = server.address().port();
    for target in [
        format!("{}/2/users/me", other.url()),
        format!("https://{host}/2/users/me"),
        format!("http://127.0.0.1:{}/2/users/me", port - 1),
        format!("http://localhost:{port}/2/users/me"),
        format!("http://{host}.evil.example/2/users/me"),
        format!("http://{host}@{}/2/users/me", other.address()),
        format!("http://me:word@{host}/2/users/me"),
        format!("http://{host}\\@{}/", other.address()),
        format!("http://{}@{host}/2/users/me", other.address()),
        format!("http://{host}0/2/users/me"),
        format!("http://127.0.0.1.example.invalid:{port}/"),
        "https://api.x.com./2/users/me".to_owned(),
        "ftp://127.0.0.1/".to_owned(),
        format!("http://127.0.0.1.:{port}/2/users/me"),
        "https://api.x.com/2/users/me".to_owned(),
        "file:///etc/passwd".to_owned(),
        "//evil.example/2/x".to_owned(),
        format!("http:/{host}/2/x"),
        "https:x".to_owned(),
        "javascript:alert(1)".to_owned(),
        String::new(),
        " ".to_owned(),
    ] {
        let output = request(&server, &[&target]);
        assert_eq!(output.code, 2, "{target}: {output:?}");
        assert_eq!(output.stdout, "");
    }
    assert_eq!((server.connections(), other.connections()), (0, 0));
    // What looks like another host without a scheme is a path at the own one.
    let elsewhere = other.address();
    for (path, code) in [
        ("2/x?next=https://evil.example/".to_owned(), 0),
        ("2/x:y".to_owned(), 0),
        (format!("@{elsewhere}/"), 0),
        (format!("/..//{elsewhere}/x"), 0),
        (format!(":80@{elsewhere}/x"), 0),
        (format!("//{elsewhere}/x"), 2),
        (format!("\\\\{elsewhere}/x"), 2),
    ] {
        let output = request(&server, &[&path]);
        assert_eq!(output.code, code, "{path}: {output:?}");
    }
    assert_eq!(other.connections(), 0);
    let mut asked = server.requests().into_iter();
    assert!(asked.all(|asked| asked.target.starts_with('/')));
}

#[test]
fn headers_of_twauths_own_and_broken_ones_are_refused() {
    let server = RawServer::replying("*", ok());
    for arguments in [
        &["-H", "Authorization: Bearer x"][..],
        &["-H", "authorization:x"],
        &["-H", "Host: evil.example"],
        &["-H", "Content-Length: 5"],
        &["-H", "Transfer-Encoding: chunked"],
        &["-H", "Connection: close"],
        &["-H", "no colon"],
        &["-H", "bad name: x"],
        &["-H", ": x"],
        &["-H", "a: b\r\nc: d"],
        &["-H", "content-type: a/b", "-F", "a=b"],
        &["-d", "{}", "-F", "a=b"],
        &["-F", "oauth_token=x"],
        &[
            "-H",
            "content-type: application/x-www-form-urlencoded",
            "-d",
            "oauth_nonce=x",
        ],
        &["-X", "CONNECT"],
        &["-X", "a b"],
        &["-X", ""],
    ] {
        let output = request(&server, &[&["/2/x"], arguments].concat());
        assert_eq!(output.code, 2, "{arguments:?}: {output:?}");
    }
    request(&server, &["/2/x?oauth_signature=x"]).assert_code(2);
    request(&server, &["/2/x?query=#rust"])
        .assert_code(2)
        .assert_says("%23");
    assert_eq!(server.connections(), 0);
}

#[test]
fn what_changes_something_is_never_sent_twice() {
    let trouble = [
        Behaviour::CloseAfterRequest,
        Behaviour::ResetAfterRequest,
        Behaviour::Reply(reply::error(503, 130, "Over capacity")),
        Behaviour::Reply(reply::redirect(307, "/2/other")),
    ];
    for behaviour in trouble {
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            let what = format!("{method}: {behaviour:?}");
            let server = RawServer::behaving("*", behaviour.clone());
            let output = request(&server, &["/2/other", "-X", method, "--retries", "5"]);
            // Of what is the same once and twice, nothing is unknown.
            let code = if matches!(method, "POST" | "PATCH") {
                8
            } else {
                3
            };
            assert_eq!(
                (output.code, server.requests().len()),
                (code, 1),
                "{what}: {output:?}"
            );
        }
        let server = RawServer::behaving("*", behaviour.clone());
        for (path, number) in [("/2/tweets", 1), ("2/%74weets?a=b", 2)] {
            let output = request(&server, &[path, "-d", "{}", "--retries", "5"]);
            assert_eq!(
                (output.code, server.requests().len()),
                (8, number),
                "{output:?}"
            );
        }
    }
}

#[test]
fn a_post_whose_reply_broke_off_was_made() {
    let short = Behaviour::ShortBody(reply::posted("77", "hello"));
    let server = RawServer::behaving("*", short);
    let output = request(&server, &["/2/tweets", "-d", "{}"]).assert_code(0);
    output.assert_says("posted");
}

#[test]
fn the_app_asks_for_itself() {
    let home = Home::new();
    let bearer = home.twauth(["bearer", "--sandbox"]).exits(0);
    let token = bearer.stdout.trim_end();
    assert!(token.starts_with("sandbox-bearer-"), "{bearer:?}");
    home.also_secret(token.strip_prefix("sandbox-bearer-").unwrap());
    // What needs an account is refused to the app.
    let me = home
        .twauth(["request", "--sandbox", "--bearer", "/2/users/me", "-vv"])
        .run();
    me.assert_code(6).assert_says("authorization Bearer ***");
}

#[test]
fn the_variables_consumer_pair_is_an_app_where_there_is_no_file() {
    let (home, sandbox) = SandboxServer::with_home();
    let bearer = || {
        home.twauth(["bearer", "--server", &sandbox.url])
            .with_sandbox_pair()
    };
    let output = bearer().exits(0);
    assert!(output.stdout.starts_with("sandbox-bearer-"), "{output:?}");
    // An account that is named, or a file, is another matter.
    bearer().args(["-a", "mybot"]).exits(4);
    home.write_account("sandbox");
    bearer().exits(2);
}

#[test]
fn a_refused_consumer_pair_gives_no_token() {
    let (home, sandbox) = SandboxServer::with_home();
    home.write_account(&sandbox.url);
    let output = home.twauth(["bearer", "--json", "-vv"]).exits(4);
    assert_eq!(output.json()["error"]["kind"], "bad-consumer-key");
}

#[test]
fn what_was_sent_is_shown_without_secrets() {
    let home = Home::new();
    home.also_secret(&home.canaries.access_token["931657239872432861-".len()..]);
    home.also_secret(&home.canaries.consumer_key);
    let server = RawServer::replying("*", ok().header("x-transaction-id", "abc123"));
    home.write_account(&server.url());
    let output = home.twauth(["request", "/2/x?a=1", "-vv"]).exits(0);
    for words in [
        "> GET http://127.0.0.1",
        "base string GET&http",
        "a%3D1",
        "< 200 in",
        "abc123",
    ] {
        assert!(output.stderr.contains(words), "{words}: {output:?}");
    }
}

#[test]
fn an_endpoint_that_refuses_the_bearer_token_is_not_answered_with_bearer() {
    let problem = json!({"type": "https://api.twitter.com/2/problems/unsupported-authentication"});
    let token = json!({"token_type": "bearer", "access_token": "AAAAmadeup"});
    let server = Script::new()
        .reply("POST /oauth2/token", Reply::json(200, &token))
        .reply("*", Reply::json(403, &problem))
        .start();
    for (options, hint) in [
        (&["--bearer"][..], "try again without --bearer"),
        (&[], "try once more; for app-only endpoints use --bearer"),
    ] {
        let output = request(&server, &[&["/2/thing", "--json"], options].concat()).assert_code(6);
        assert_eq!(output.json()["error"]["hint"], hint);
    }
}
