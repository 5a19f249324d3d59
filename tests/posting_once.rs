//! A post is sent once: whatever the server does, it is not asked a second time, and the fate is told.

use std::thread;
use std::time::Duration;

use crate::support::behaviour::Behaviour;
use crate::support::home::Home;
use crate::support::raw_server::{RawServer, Script};
use crate::support::reply::{self, Reply};
use crate::support::running::Output;

const POST: &str = "POST /2/tweets";

/// Tweets against a server that answers so; the answer and the number of posts that were sent.
fn tweeted(behaviour: Behaviour, arguments: &[&str]) -> (Output, usize) {
    let server = Script::new().on(POST, behaviour).start();
    let output = tweet(&Home::new(), &server, arguments);
    (output, server.count(POST))
}

fn tweet(home: &Home, server: &RawServer, arguments: &[&str]) -> Output {
    home.write_account(&server.url());
    let run = home.twauth(["tweet", "--timeout", "2", "hello"]);
    run.args(arguments).deadline(Duration::from_secs(30)).run()
}

#[test]
fn a_connection_that_breaks_after_sending_leaves_the_fate_unknown() {
    let posted = reply::posted("77", "hello");
    let ways = [
        Behaviour::CloseAfterRequest,
        Behaviour::ResetAfterRequest,
        Behaviour::Hang,
        Behaviour::OneByteASecond(posted),
        Behaviour::HeadersThenSilence(reply::problem(503, "a", "b", "about:blank")),
        Behaviour::EndlessHeaders,
        Behaviour::FloodOf1xx,
        Behaviour::Raw(b"nonsense\r\n\r\n".to_vec()),
    ];
    let check = |behaviour: Behaviour| {
        let what = format!("{behaviour:?}");
        let (output, posts) = tweeted(behaviour, &["--retries", "5"]);
        assert_eq!((output.code, posts), (8, 1), "{what}: {output:?}");
        assert_eq!(output.stdout, "", "{what}");
        let peak = output.peak_memory;
        assert!(peak < 64 * 1024, "{what}: {peak} KiB");
    };
    thread::scope(|scope| ways.map(|way| drop(scope.spawn(move || check(way)))));
}

#[test]
fn trouble_at_the_server_leaves_the_fate_unknown() {
    for status in [500, 502, 503, 504] {
        for reply in [
            reply::gateway_page(status),
            reply::error(status, 130, "Over capacity"),
            reply::problem(status, "Trouble", "Trouble", "about:blank"),
        ] {
            let (output, posts) = tweeted(Behaviour::Reply(reply), &["--retries", "5"]);
            assert_eq!((output.code, posts), (8, 1), "{status}: {output:?}");
        }
    }
}

#[test]
fn a_redirect_is_not_followed_anywhere() {
    let other = Script::new().start();
    for status in [301, 302, 303, 307, 308] {
        for target in [
            &*format!("{}/2/tweets", other.url()),
            "/2/tweets",
            "file:///etc/passwd",
        ] {
            let redirect = Behaviour::Reply(reply::redirect(status, target));
            let (output, posts) = tweeted(redirect, &["--retries", "5"]);
            assert_eq!(posts, 1, "{status} to {target}: {output:?}");
            assert!(
                [3, 8].contains(&output.code),
                "{status} to {target}: {output:?}"
            );
        }
    }
    assert_eq!(other.connections(), 0);
}

#[test]
fn a_rate_limit_is_told_and_not_fought() {
    let (output, posts) = tweeted(Behaviour::Reply(reply::rate_limited(4_000_000_000)), &[]);
    assert_eq!((output.code, posts), (7, 1), "{output:?}");
    let garbage = reply::rate_limited(0).header("x-rate-limit-reset", "soon");
    let (output, posts) = tweeted(Behaviour::Reply(garbage), &["--json"]);
    assert_eq!((output.code, posts), (7, 1), "{output:?}");
    assert!(output.json()["error"]["reset_at"].is_null());
}

#[test]
fn a_refused_post_is_not_repeated() {
    let text = "You are not allowed to create a Tweet with duplicate content.";
    let duplicate = reply::problem(403, "Forbidden", text, "about:blank");
    let (output, posts) = tweeted(Behaviour::Reply(duplicate), &["--json"]);
    assert_eq!((output.code, posts), (6, 1), "{output:?}");
    assert_eq!(output.json()["error"]["kind"], "duplicate");
}

#[test]
fn a_post_whose_reply_cannot_be_read_was_made_all_the_same() {
    let posted = reply::posted("77", "hello");
    for behaviour in [
        Behaviour::Reply(Reply::new(201, "application/json", "{}")),
        Behaviour::Reply(Reply::new(201, "text/html", "<p>Thanks")),
        Behaviour::Reply(Reply::new(201, "application/json", "{\"data\": {\"id\"")),
        Behaviour::Reply(Reply::new(201, "application/json", "")),
        Behaviour::ChunkedWithoutEnd(posted.clone()),
        Behaviour::ShortBody(posted.clone()),
        Behaviour::ResetInBody(posted),
    ] {
        let what = format!("{behaviour:?}");
        let (output, posts) = tweeted(behaviour, &[]);
        assert_eq!((output.code, posts), (0, 1), "{what}: {output:?}");
        assert!(!output.stderr.is_empty(), "{what}");
    }
}

#[test]
fn a_post_prints_its_address() {
    let (output, posts) = tweeted(Behaviour::Reply(reply::posted("77", "hello")), &[]);
    assert_eq!((output.code, posts), (0, 1), "{output:?}");
    assert_eq!(output.stdout, "https://x.com/mybot/status/77\n");
}

#[test]
fn nothing_was_sent_where_nobody_listens() {
    let home = Home::new();
    let server = Script::new().start();
    let url = server.url();
    drop(server);
    home.write_account(&url);
    let output = home.twauth(["tweet", "hello", "--retries", "1"]).run();
    output.assert_code(3).assert_says("nothing was sent");
}
