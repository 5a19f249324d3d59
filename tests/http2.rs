//! Servers that end HTTP/2 connections and streams as they may: questions are asked again, posts are not.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::http2::{Action, CANCEL, Http2Server, REFUSED_STREAM};
use crate::support::{Home, Output, at_once, made_up};

fn me() -> String {
    json!({"data": {"id": "1000", "username": "bot0", "name": "bot"}}).to_string()
}

fn posted() -> Action {
    Action::Reply(201, json!({"data": {"id": "77", "text": "hi"}}).to_string())
}

/// Writes accounts that go by their tokens alone, so that one answer fits them all.
fn write_fleet(home: &Home, server: &Http2Server, count: u64) {
    let account = home.account(&server.url);
    let accounts: Vec<Value> = (0..count)
        .map(|number| {
            let mut account = account.clone();
            let labels = account.as_object_mut().unwrap();
            labels.remove("screen_name");
            labels.remove("user_id");
            labels["access_token"] = made_up("fleet", 40, number).into();
            account
        })
        .collect();
    home.write("tw.json", Value::from(accounts).to_string());
}

fn run(home: &Home, server: &Http2Server, arguments: &[&str]) -> Output {
    let authority = home.write("authority.pem", &server.authority);
    let run = home.twauth(arguments).env("SSL_CERT_FILE", authority);
    run.run()
}

fn verified(server: &Http2Server, count: u64, arguments: &[&str]) -> Output {
    let home = Home::new();
    write_fleet(&home, server, count);
    run(&home, server, &[&["verify"], arguments].concat())
}

fn states(output: &Output, state: &str) -> usize {
    let states = output.stdout.lines().map(|line| line.split('\t').nth(1));
    states.filter(|word| *word == Some(state)).count()
}

#[test]
fn every_account_is_judged_where_connections_close_after_some_requests() {
    for limit in [1, 5, 30] {
        let server = Http2Server::start(100, move |_, stream| {
            if stream == limit {
                Action::ReplyAsTheLast(me())
            } else {
                Action::Reply(200, me())
            }
        });
        let output = verified(&server, 100, &[]).assert_code(0);
        assert_eq!(states(&output, "ok"), 100, "{output:?}");
        assert_eq!(server.requests(), 100);
        assert!(server.connections() >= 100 / limit, "{limit}");
    }
}

#[test]
fn a_connection_that_is_closed_without_a_word_is_made_anew() {
    let server = Http2Server::start(100, |_, stream| {
        if stream > 5 {
            Action::Close
        } else {
            Action::Reply(200, me())
        }
    });
    let output = verified(&server, 50, &[]).assert_code(0);
    assert_eq!(states(&output, "ok"), 50, "{output:?}");
}

#[test]
fn a_server_that_answers_nobody_is_asked_no_more_often_than_allowed() {
    let actions = BREAKS[..4].iter();
    let cases = actions.flat_map(|action| [(action, "0", 1), (action, "2", 3)]);
    at_once(cases, |(action, retries, number)| {
        let server = Http2Server::start(100, move |_, _| action());
        verified(&server, 1, &["--retries", retries]).assert_code(3);
        assert_eq!(server.requests(), number, "{:?} {retries}", action());
    });
}

/// How a stream or its connection may be broken off. The last, a GOAWAY that names it, comes after it was looked at.
const BREAKS: [fn() -> Action; 5] = [
    || Action::Reset(CANCEL),
    || Action::Reset(REFUSED_STREAM),
    || Action::GoAway(0),
    || Action::Close,
    || Action::GoAway(1),
];

#[test]
fn a_question_is_asked_again_however_it_was_broken_off() {
    at_once(BREAKS, |action| {
        let server = Http2Server::start(100, move |connection, stream| {
            if (connection, stream) == (1, 1) {
                action()
            } else {
                Action::Reply(200, me())
            }
        });
        verified(&server, 1, &[]).assert_code(0);
        assert_eq!(server.requests(), 2, "{:?}", action());
    });
}

#[test]
fn a_post_is_repeated_only_where_the_server_has_not_looked_at_it() {
    let codes = [8, 0, 0, 8, 8];
    let post = ["request", "/2/tweets", "-d", "{\"text\":\"hi\"}"];
    let cases = BREAKS.into_iter().zip(codes);
    let cases = cases.flat_map(|case| [&["tweet", "hi"][..], &post].map(|words| (case, words)));
    at_once(cases, |((action, code), words)| {
        let server = Http2Server::start(100, move |connection, stream| {
            if (connection, stream) == (1, 1) {
                action()
            } else {
                posted()
            }
        });
        let home = Home::with_account(&server.url);
        let output = run(&home, &server, words).assert_code(code);
        let requests = if code == 0 { 2 } else { 1 };
        assert_eq!(server.requests(), requests, "{:?} {output:?}", action());
    });
}

#[test]
fn waiting_for_a_free_stream_is_not_the_request_s_time() {
    // Four replies of which each takes two fifths of the time that one may take.
    let server = Http2Server::start(1, |_, _| Action::Slowly(Duration::from_millis(400), me()));
    let output = verified(&server, 4, &["--timeout", "1", "--retries", "0"]).assert_code(0);
    assert_eq!(states(&output, "ok"), 4, "{output:?}");
    assert_eq!(server.connections(), 1);
}
