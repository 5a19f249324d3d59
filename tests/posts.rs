//! Answering and deleting posts.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::support::{
    Behaviour, Home, RawServer, Reply, Request, SandboxServer, Script, browser, in_seconds, reply,
};

fn tweet(home: &Home, words: &[&str]) -> String {
    let run = home.twauth(["tweet"]).args(words).exits(0);
    run.stdout.trim_end().to_owned()
}

/// Whether the sandbox's front page shows a post with that text.
fn is_shown(sandbox: &SandboxServer, text: &str) -> bool {
    browser::get(&sandbox.url).body.contains(text)
}

#[test]
fn a_post_is_answered_and_deleted_by_its_address() {
    let (home, sandbox) = SandboxServer::with_account();
    let first = tweet(&home, &["the first"]);
    let answer = tweet(&home, &["an answer", "--reply-to", &first]);
    let id = |url: &str| url.rsplit('/').next().unwrap().to_owned();
    let output = home.twauth(["delete", &answer, &id(&first)]).exits(0);
    assert_eq!(output.stdout, format!("{}\n{}\n", id(&answer), id(&first)));
    assert!(!is_shown(&sandbox, "the first") && !is_shown(&sandbox, "an answer"));
}

#[test]
fn an_answer_names_the_post_in_every_spelling() {
    for spelling in [
        "42",
        "https://x.com/a/status/42",
        "https://twitter.com/a/status/42?s=20",
        "http://www.x.com/i/web/status/42/photo/1",
        "mobile.twitter.com/a/statuses/42#x",
    ] {
        let server = RawServer::replying("*", reply::posted("77", "hi"));
        let home = Home::with_account(&server.url());
        tweet(&home, &["hi", "--reply-to", spelling]);
        let body = String::from_utf8(server.requests()[0].body.clone()).unwrap();
        assert_eq!(
            body,
            r#"{"text":"hi","reply":{"in_reply_to_tweet_id":"42"}}"#
        );
    }
}

#[test]
fn what_is_no_post_is_refused_before_anything_is_sent() {
    let server = Script::new().start();
    let home = Home::with_account(&server.url());
    for wrong in [
        "",
        "x",
        "12345678901234567890",
        "-1",
        "https://evil.example/a/status/42",
        "https://x.com/a",
        "https://x.com/a/status/4x",
        "../users/me",
    ] {
        let reply_to = format!("--reply-to={wrong}");
        home.twauth(["tweet", "hi", &reply_to]).exits(2);
        home.twauth(["delete", "42", "--", wrong]).exits(2);
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn each_deletion_is_told_and_the_common_code_given() {
    let gone = reply::problem(404, "Not Found Error", "no", "about:blank");
    let deleted = Reply::new(200, "application/json", r#"{"data":{"deleted":true}}"#);
    let server = Script::new()
        .reply("DELETE /2/tweets/1", deleted)
        .reply("DELETE /2/tweets/2", gone.clone())
        .reply("DELETE /2/tweets/3", gone)
        .reply(
            "DELETE /2/tweets/4",
            reply::error(503, 130, "Over capacity"),
        )
        .start();
    let home = Home::with_account(&server.url());
    let output = home.twauth(["delete", "1", "2", "3"]).exits(6);
    assert_eq!(output.stdout, "1\n");
    output
        .assert_says("could not delete 2: ")
        .assert_says("could not delete 3: ");
    let output = home.twauth(["delete", "1", "2", "4", "--json"]).exits(1);
    let told = output.json();
    assert_eq!(told[0]["deleted"], true);
    assert_eq!(told[1]["error"]["kind"], "not-found");
    assert_eq!(told[2]["error"]["exit_code"], 3);
    assert_eq!(server.count("DELETE /2/tweets/4"), 1);
}

#[test]
fn the_step_after_a_deletion_that_fails_names_the_account_and_its_file() {
    let server = RawServer::replying(
        "*",
        reply::problem(401, "Unauthorized", "Unauthorized", "about:blank"),
    );
    let home = Home::new();
    home.write("my bots.json", home.account(&server.url()).to_string());
    let delete = ["delete", "1", "2", "-c", "my bots.json"];
    let step = format!("twauth verify -c '{}' -a mybot", home.shown("my bots.json"));
    let output = home.twauth(delete).exits(4);
    output.assert_says(&format!("hint: see why with `{step}`"));
    let output = home.twauth(delete).args(["--json"]).exits(4);
    for entry in output.json().as_array().unwrap() {
        assert_eq!(entry["error"]["command"], step);
    }
}

#[test]
fn deleting_stops_where_the_next_post_would_fail_too_and_says_how_many_are_left() {
    let soon = in_seconds(60);
    for (refusal, code) in [
        (reply::rate_limited(soon), 7),
        (
            reply::problem(402, "CreditsDepleted", "no", "about:blank"),
            6,
        ),
        (
            reply::problem(401, "Unauthorized", "Unauthorized", "about:blank"),
            4,
        ),
    ] {
        let deleted = Reply::new(200, "application/json", r#"{"data":{"deleted":true}}"#);
        let server = Script::new()
            .reply("DELETE /2/tweets/1", deleted)
            .reply("*", refusal)
            .start();
        let home = Home::with_account(&server.url());
        let words = ["delete", "1", "2", "3", "4", "5"];
        let output = home.twauth(words).exits(code);
        assert_eq!(output.stdout, "1\n");
        let output = output.assert_says("could not delete 2 (3 more not tried): ");
        assert_eq!(output.stderr.matches("could not delete").count(), 1);
        assert_eq!(server.count("DELETE /2/tweets/3"), 0);
        let output = home.twauth(words).args(["--json"]).exits(code);
        let told = output.json();
        assert_eq!(
            (&told[0]["deleted"], &told[4]["deleted"]),
            (&true.into(), &false.into())
        );
        assert_eq!(told[1]["error"]["kind"], told[4]["error"]["kind"]);
        let message = told[4]["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("not tried: "), "{message}");
        let output = home.twauth(["delete", "2"]).exits(code);
        output.assert_says("could not delete 2: ");
    }
}

#[test]
fn a_post_to_try_things_out_goes_away_again() {
    let (home, sandbox) = SandboxServer::with_account();
    let url = tweet(&home, &["for a moment", "--delete-after", "0"]);
    assert!(url.trim().parse::<u64>().is_ok(), "{url}");
    assert!(!is_shown(&sandbox, "for a moment"));
    let run = home.twauth(["tweet", "once more", "--delete-after", "0", "--json"]);
    assert_eq!(run.exits(0).json()["deleted"], true);
}

#[test]
fn a_dry_run_says_that_the_post_would_go_away_again() {
    let home = Home::with_account("sandbox");
    let run = || home.twauth(["tweet", "--dry-run", "hi", "--delete-after", "90"]);
    run().exits(0).assert_says("would delete it after 90 s\n");
    let output = run().args(["--json"]).exits(0);
    assert_eq!(output.json()["delete_after"], 90);
}

#[test]
fn a_post_that_is_left_behind_is_told() {
    let (home, sandbox) = SandboxServer::with_account();
    let running = home
        .twauth(["tweet", "to stay", "--delete-after", "600"])
        .start();
    running.wait_for_stderr(|said| said.contains("deleting").then_some(()));
    running.signal(Signal::INT);
    let output = running
        .finish()
        .assert_code(130)
        .assert_says("the post was not deleted: ");
    assert!(output.stderr.contains(output.stdout.trim()), "{output:?}");
    assert!(is_shown(&sandbox, "to stay"));
}

#[test]
fn a_deletion_that_fails_does_not_ask_for_another_post() {
    let server = Script::new()
        .reply("POST /2/tweets", reply::posted("77", "hi"))
        .reply("*", reply::error(503, 130, "Over capacity"))
        .start();
    let home = Home::with_account(&server.url());
    let output = home.twauth(["tweet", "hi", "--delete-after", "0"]).exits(1);
    assert_eq!(output.stdout, "77\n");
    output.assert_says("twauth delete 77");
}

#[test]
fn who_leaves_while_a_post_is_sent_is_told_to_look() {
    let server = RawServer::behaving("*", Behaviour::Hang);
    let home = Home::with_account(&server.url());
    let running = home.twauth(["tweet", "hi"]).start();
    server.wait_for_requests(1);
    running.signal(Signal::INT);
    let output = running.finish().assert_code(130);
    output.assert_says("may have been published");
}

#[test]
fn who_leaves_while_a_post_is_sent_reads_in_json_that_its_fate_is_unknown() {
    for (words, expected) in [
        (&["tweet", "hi"][..], "may have been published"),
        (
            &["request", "/2/tweets", "-d", "{}"],
            "may have taken effect",
        ),
    ] {
        let home = Home::new();
        let server = Script::new().on("*", Behaviour::Hang).start();
        home.write_account(&server.url());
        let running = home.twauth(words).args(["--json"]).start();
        server.wait_for_requests(1);
        running.signal(Signal::INT);
        let output = running.finish().assert_code(130);
        let error = &output.json()["error"];
        assert_eq!(error["kind"], "unknown-fate", "{output:?}");
        assert_eq!(error["retry"], "look");
        assert_eq!(error["exit_code"], 130);
        assert!(
            error["message"].as_str().unwrap().contains(expected),
            "{output:?}"
        );
    }
    let home = Home::new();
    let server = Script::new().on("*", Behaviour::Hang).start();
    home.write_account(&server.url());
    let running = home.twauth(["verify", "--json"]).start();
    server.wait_for_requests(1);
    running.signal(Signal::INT);
    let output = running.finish().assert_code(130);
    assert_eq!(output.json()["error"]["kind"], "cancelled");
    assert_eq!(output.json()["error"]["retry"], "no");
}

#[test]
fn who_leaves_before_anything_is_sent_is_told_that_nothing_was() {
    // Waiting for a window.
    let limited = RawServer::replying("*", reply::rate_limited(in_seconds(60)));
    let home = Home::with_account(&limited.url());
    for words in [
        &["tweet", "hi", "--wait"][..],
        &["request", "/2/tweets", "-d", "{}", "--wait"],
    ] {
        let running = home.twauth(words).start();
        running.wait_for_stderr(|said| said.contains("waiting").then_some(()));
        running.signal(Signal::INT);
        let output = running.finish().assert_code(130);
        assert!(!output.stderr.contains("may have"), "{output:?}");
        assert!(output.stderr.contains("nothing was "), "{output:?}");
    }
    // Connecting: a server that never shakes hands.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = Home::with_account(&format!("https://{}", listener.local_addr().unwrap()));
    let running = home.twauth(["tweet", "hi"]).start();
    let (mut connection, _) = listener.accept().unwrap();
    connection.read_exact(&mut [0]).unwrap();
    running.signal(Signal::INT);
    let output = running.finish().assert_code(130);
    output.assert_says("nothing was posted");
    drop(connection);
}

#[test]
fn a_process_that_was_stopped_reads_what_has_arrived() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = Home::with_account(&format!("http://{}", listener.local_addr().unwrap()));
    let running = home.twauth(["tweet", "hi", "--timeout", "1"]).start();
    let (mut connection, _) = listener.accept().unwrap();
    Request::read(&mut connection).unwrap().unwrap();
    running.signal(Signal::STOP);
    connection
        .write_all(&reply::posted("77", "hi").bytes())
        .unwrap();
    // Longer than the reply may take.
    thread::sleep(Duration::from_millis(1500));
    running.signal(Signal::CONT);
    let output = running.finish().assert_code(0);
    assert_eq!(output.stdout, "77\n");
}
