//! A post is sent once: whatever fails, the server receives one request, and the exit code says what is known.

use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use crate::support::{
    Behaviour, Certificate, Home, Output, RawServer, Reply, SCREEN_NAME, Script, at_once,
    in_seconds, made_up, reply,
};

const POST: &str = "POST /2/tweets";
const POST_ID: &str = "1990000000000000001";

fn server(behaviour: Behaviour) -> RawServer {
    RawServer::behaving(POST, behaviour)
}

/// Posts at `server`, which must see one request and no other.
fn posted_once(server: &RawServer, arguments: &[&str]) -> Output {
    let home = Home::with_account(&server.url());
    let output = home
        .twauth(["tweet", "hello", "--timeout", "2"])
        .args(arguments)
        .run();
    assert_eq!(server.requests().len(), 1, "{output:#?}");
    assert_eq!(server.count(POST), 1, "{output:#?}");
    output
}

#[test]
fn a_post_elsewhere_than_at_x_prints_its_id() {
    let server = server(Behaviour::Reply(reply::posted("77", "hello")));
    let output = posted_once(&server, &[]).assert_code(0);
    assert_eq!(output.stdout, "77\n");
}

#[test]
fn a_connection_that_breaks_after_sending_leaves_the_fate_unknown() {
    let breaks = [
        Behaviour::CloseAfterRequest,
        Behaviour::ResetAfterRequest,
        Behaviour::Hang,
        Behaviour::Raw(b"HTTP/1.1 20".to_vec()),
    ];
    let arguments = [&[][..], &["--retries", "10"], &["--retries", "3", "--wait"]];
    let cases = breaks
        .iter()
        .flat_map(|it| arguments.map(|words| (it, words)));
    at_once(cases, |(behaviour, words)| {
        posted_once(&server(behaviour.clone()), words)
            .assert_code(8)
            .assert_says("hint: check @mybot at 127.0.0.1:")
            .assert_says(" before you post again");
    });
}

#[test]
fn trouble_at_the_server_leaves_the_fate_unknown() {
    for status in [500, 502, 503, 504, 520, 599] {
        let plain = Reply::new(status, "text/plain", "trouble").header("retry-after", "0");
        for reply in [plain, reply::gateway_page(status)] {
            let output = posted_once(&server(Behaviour::Reply(reply)), &["--wait"]);
            output.assert_code(8).assert_says("before you post again");
        }
    }
    let output = posted_once(&server(Behaviour::Hang), &["--json"]).assert_code(8);
    let error = &output.json()["error"];
    assert_eq!(
        (&error["kind"], &error["exit_code"], &error["retry"]),
        (&"unknown-fate".into(), &8.into(), &"look".into())
    );
    for (reply, retry) in [
        (reply::rate_limited(4_000_000_000), "later"),
        (reply::error(403, 187, "no"), "no"),
    ] {
        let output = posted_once(&server(Behaviour::Reply(reply)), &["--json"]);
        assert_eq!(output.json()["error"]["retry"], retry);
    }
}

#[test]
fn a_redirect_is_not_followed_with_a_signed_post() {
    let other = RawServer::replying("*", reply::posted(POST_ID, "hello"));
    let elsewhere = format!("{}/2/tweets", other.url());
    for status in [300, 301, 302, 303, 304, 305, 307, 308, 399] {
        for location in [
            "/2/tweets",
            "",
            &elsewhere,
            "file:///etc/passwd",
            "//",
            "\u{9b}",
        ] {
            let redirect = reply::redirect(status, location);
            let output = posted_once(&server(Behaviour::Reply(redirect)), &[]).assert_code(8);
            assert!(output.stdout.is_empty(), "{output:#?}");
        }
    }
    assert_eq!(other.connections(), 0);
}

#[test]
fn a_redirect_is_not_followed_by_other_requests_either() {
    let other = RawServer::replying("*", reply::me("1", "other"));
    for location in [&*other.url(), "/elsewhere", "file:///etc/passwd"] {
        for status in [301, 302, 303, 307, 308] {
            let server = RawServer::replying("*", reply::redirect(status, location));
            let home = Home::with_account(&server.url());
            let output = home.twauth(["verify", "--json"]).exits(3);
            assert_eq!(output.json()[0]["error"]["kind"], "redirect");
            assert_eq!(server.requests().len(), 1, "{output:#?}");
        }
    }
    assert_eq!(other.connections(), 0);
}

#[test]
fn a_rate_limit_ends_with_7_and_the_reset_in_local_time() {
    let reset = in_seconds(600);
    let zone = "TWA-05:30";
    let home = Home::new();
    let told = home
        .program("date")
        .args(["-d", &format!("@{reset}"), "+%H:%M:%S"])
        .env("TZ", zone)
        .exits(0);
    let server = RawServer::replying(POST, reply::rate_limited(reset));
    home.write_account(&server.url());
    let tweet = |arguments: &[&str]| {
        let run = home.twauth(["tweet", "hello"]).args(arguments);
        run.env("TZ", zone).exits(7)
    };
    tweet(&[]).assert_says(told.stdout.trim());
    assert_eq!(server.count(POST), 1);
    let error = tweet(&["--json"]).json()["error"].clone();
    assert_eq!(error["reset_at"], reset);
    assert_eq!(error["status"], 429);
    // A window that resets after the longest wait is not waited for.
    tweet(&["--wait=60"]);
    assert_eq!(server.count(POST), 3);
}

#[test]
fn a_rate_limit_without_a_sensible_reset_names_no_time() {
    for garbage in [
        "",
        "soon",
        "-1",
        "0",
        "12",
        "1e9",
        "99999999999",
        "9223372036854775807",
        "99999999999999999999999",
        "1800000000, 1",
        "Fri, 20 Nov 2026 00:00:00 GMT",
    ] {
        let limited = reply::rate_limited(0).header("x-rate-limit-reset", garbage);
        let output = posted_once(&server(Behaviour::Reply(limited)), &["--json"]).assert_code(7);
        let error = &output.json()["error"];
        assert!(error["reset_at"].is_null(), "{garbage:?} {output:#?}");
        let hint = error["hint"].as_str().unwrap();
        assert!(!hint.contains("until"), "{garbage:?} {hint}");
    }
    let absent = reply::rate_limited(0).without("x-rate-limit-reset");
    let output = posted_once(&server(Behaviour::Reply(absent)), &[]).assert_code(7);
    assert!(!output.stderr.contains("until"), "{output:#?}");
}

#[test]
fn under_wait_a_refused_post_is_made_after_the_reset() {
    let server = Script::new()
        .reply(POST, reply::rate_limited(in_seconds(1)))
        .reply(POST, reply::posted(POST_ID, "hello"))
        .start();
    let home = Home::with_account(&server.url());
    home.twauth(["tweet", "hello", "--wait"]).exits(0);
    assert_eq!(server.count(POST), 2);
}

#[test]
fn a_duplicate_says_that_the_text_is_posted_already() {
    let detail = "You are not allowed to create a Tweet with duplicate content.";
    for refusal in [
        reply::problem(403, "Forbidden", detail, "about:blank"),
        reply::error(403, 187, "Status is a duplicate."),
    ] {
        let output = posted_once(&server(Behaviour::Reply(refusal)), &[]);
        output
            .assert_code(6)
            .assert_says("this text was already posted");
    }
}

#[test]
fn a_201_that_cannot_be_read_is_a_post_made() {
    let of = |body: &str| Reply::new(201, "application/json", body);
    let good = reply::posted(POST_ID, "hello");
    let cases = [
        Behaviour::Reply(of("{}")),
        Behaviour::Reply(of("")),
        Behaviour::Reply(of("{\"data\":{\"id\":\"19900")),
        Behaviour::Reply(of("{\"data\":{\"id\":1990000000000000001}}")),
        Behaviour::Reply(of("{\"data\":{\"id\":\"../../x\"}}")),
        Behaviour::Reply(of("<!DOCTYPE html><title>ok</title>")),
        Behaviour::Reply(of(&" ".repeat(2 << 20))),
        Behaviour::ShortBody(good.clone()),
        Behaviour::ChunkedWithoutEnd(good.clone()),
        Behaviour::HeadersThenSilence(good.clone()),
        Behaviour::ManyCodings(good),
    ];
    at_once(cases, |behaviour| {
        let output = posted_once(&server(behaviour.clone()), &[])
            .assert_code(0)
            .assert_says("warning: posted, but the reply could not be read");
        assert!(output.stdout.is_empty(), "{output:#?}");
        let output = posted_once(&server(behaviour), &["--json"]).assert_code(0);
        assert!(output.json()["id"].is_null(), "{output:#?}");
    });
}

#[test]
fn a_200_that_is_not_of_x_leaves_the_fate_unknown() {
    for body in ["", "{}", "<html>Sign in to this network</html>", "OK"] {
        let reply = Reply::new(200, "text/html", body);
        posted_once(&server(Behaviour::Reply(reply)), &[]).assert_code(8);
    }
    let id = format!("{{\"data\":{{\"id\":\"{POST_ID}\"}}}}");
    let reply = Reply::new(200, "application/json", id);
    let output = posted_once(&server(Behaviour::Reply(reply)), &[]).assert_code(0);
    assert!(output.stdout.contains(POST_ID), "{output:#?}");
}

#[test]
fn where_no_connection_comes_about_nothing_was_sent() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let self_signed = Script::new().tls(Certificate::SelfSigned).start();
    let plain = Script::new().start();
    let cases = [
        (format!("http://{address}"), "unreachable"),
        (format!("https://{address}"), "unreachable"),
        ("https://name.invalid".to_owned(), "name-not-resolved"),
        (self_signed.url(), "certificate"),
        (plain.url().replace("http:", "https:"), ""),
    ];
    let commands = [&["tweet", "hello"][..], &["verify"]];
    let cases = cases
        .iter()
        .flat_map(|it| commands.map(|words| (it, words)));
    at_once(cases, |((server, kind), words)| {
        let home = Home::with_account(server);
        let run = || {
            home.twauth(words)
                .args(["--timeout", "1", "--retries", "0"])
        };
        run().exits(3).assert_says("nothing was sent");
        let output = run().args(["--json"]).exits(3);
        let error = output.json();
        let error = error.get("error").unwrap_or(&error[0]["error"]);
        assert!(kind.is_empty() || error["kind"] == *kind, "{output:#?}");
    });
    assert_eq!(self_signed.requests().len() + plain.requests().len(), 0);
}

#[test]
fn a_server_that_is_there_at_the_second_try_gets_the_post_once() {
    let reserved = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = reserved.local_addr().unwrap();
    drop(reserved);
    let home = Home::with_account(&format!("http://{address}"));
    let tweet = home
        .twauth(["tweet", "hello", "--retries", "10", "-v"])
        .start();
    // The first try has failed once its line is there.
    tweet.wait_for_stderr(|said| said.contains("nothing was sent").then_some(()));
    let listener = TcpListener::bind(address).unwrap();
    let serving = thread::spawn(move || {
        use std::io::Write as _;
        let (mut stream, _) = listener.accept().unwrap();
        let request = crate::support::request::Request::read(&mut stream)
            .unwrap()
            .unwrap();
        stream
            .write_all(&reply::posted(POST_ID, "hello").bytes())
            .unwrap();
        drop(stream);
        listener.set_nonblocking(true).unwrap();
        (request.route(), listener)
    });
    tweet.finish().assert_code(0);
    let (route, listener) = serving.join().unwrap();
    assert_eq!(route, POST);
    assert!(listener.accept().is_err(), "there was another connection");
}

#[test]
fn an_access_token_that_breaks_off_is_not_asked_for_again() {
    let secret = made_up("canaryV", 32, 900);
    let reply = reply::token("7-t", &made_up("canaryW", 45, 901), "7", SCREEN_NAME);
    let cases = [
        Behaviour::ResetAfterRequest,
        Behaviour::CloseAfterRequest,
        Behaviour::Hang,
        Behaviour::ShortBody(reply.clone()),
        Behaviour::ChunkedWithoutEnd(reply),
    ];
    at_once(cases, |behaviour| {
        let home = Home::new();
        home.also_secret("8306152");
        let server = Script::new()
            .reply("POST /oauth/request_token", reply::temporary("t", &secret))
            .on("POST /oauth/access_token", behaviour)
            .start();
        let login = home
            .twauth([
                "login",
                "--retries",
                "5",
                "--timeout",
                "1",
                "--server",
                &server.url(),
            ])
            .with_pair()
            .stdin("8306152\n")
            .deadline(Duration::from_secs(20));
        login.exits(3).assert_says("log in again");
        assert_eq!(server.count("POST /oauth/request_token"), 1);
        assert_eq!(server.count("POST /oauth/access_token"), 1);
        assert!(!home.exists("tw.json"), "{:?}", home.files());
    });
}
