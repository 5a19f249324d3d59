//! `--retries` and `--wait`: which requests are retried, when, and for how long.

use std::time::{Duration, SystemTime};

use serde_json::Value;

use crate::support::{
    Home, Output, RawServer, Reply, SandboxServer, Script, USER_ID, at_once, in_seconds, log_in,
    reply,
};

fn busy() -> Reply {
    reply::error(503, 130, "Over capacity")
}

fn ok() -> Reply {
    Reply::new(200, "application/json", "{}")
}

fn run(server: &RawServer, arguments: &[&str]) -> Output {
    let home = Home::with_account(&server.url());
    home.twauth(arguments).run()
}

#[test]
fn a_question_is_asked_again_where_the_server_was_busy() {
    let server = Script::new()
        .reply("*", busy())
        .reply("*", busy())
        .reply("*", ok())
        .start();
    run(&server, &["request", "/x"]).assert_code(0);
    assert_eq!(server.requests().len(), 3);
    let nonces: Vec<String> = server
        .requests()
        .iter()
        .map(|asked| asked.header("authorization").unwrap().to_owned())
        .collect();
    assert!(
        nonces[0] != nonces[1] && nonces[1] != nonces[2],
        "{nonces:?}"
    );
}

#[test]
fn no_more_often_than_asked_for() {
    at_once([("0", 1), ("1", 2), ("2", 3)], |(retries, number)| {
        let server = RawServer::replying("*", busy());
        run(&server, &["request", "/x", "--retries", retries]).assert_code(3);
        assert_eq!(server.requests().len(), number);
    });
}

#[test]
fn a_refusal_is_not_asked_again() {
    for status in [400, 401, 402, 403, 404, 429] {
        let refused = reply::problem(status, "No", "no", "about:blank");
        let server = RawServer::replying("*", refused);
        run(&server, &["request", "/x", "--retries", "5"]);
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

#[test]
fn the_server_says_when_to_come_back() {
    let soon = busy().header("retry-after", "1");
    let server = Script::new().reply("*", soon).reply("*", ok()).start();
    let output = run(&server, &["request", "/x"]).assert_code(0);
    assert!(output.took >= Duration::from_secs(1), "{output:?}");
    for much_later in ["3600", "99999999999999999999"] {
        let later = busy().header("retry-after", much_later);
        let server = RawServer::replying("*", later);
        let output = run(&server, &["request", "/x"]).assert_code(3);
        assert!(output.took < Duration::from_secs(5), "{output:?}");
    }
}

#[test]
fn a_window_that_resets_soon_is_waited_for() {
    let home = Home::new();
    let sandbox = SandboxServer::with_faults(&home, &["rate-limit"]);
    log_in(&home, &sandbox, "sandbot", &["--no-verify"]);
    let output = home.twauth(["tweet", "patience", "--wait=60"]).exits(0);
    assert_eq!(output.stderr.matches("waiting").count(), 1, "{output:?}");
    assert!(output.stdout.trim().parse::<u64>().is_ok(), "{output:?}");
}

#[test]
fn many_who_wait_for_the_same_window_say_so_once() {
    let limited = || reply::rate_limited(in_seconds(1));
    let me = || reply::me(USER_ID, "mybot");
    let server = Script::new()
        .reply("GET /2/users/me", me())
        .reply("GET /2/users/me", limited())
        .reply("GET /2/users/me", limited())
        .reply("GET /2/users/me", limited())
        .reply("GET /2/users/me", me())
        .start();
    let home = Home::new();
    let accounts: Vec<Value> = (0..4)
        .map(|number| {
            let mut account = home.account(&server.url());
            account["screen_name"] = format!("bot{number}").into();
            account["user_id"] = format!("{}", 7 + number).into();
            account["access_token"] = format!("{}-made-up-for-a-test", 7 + number).into();
            account
        })
        .collect();
    home.write("tw.json", serde_json::to_string(&accounts).unwrap());
    // All of them are somebody else's, but they were all asked about.
    let output = home.twauth(["verify", "--wait=20"]).exits(5);
    assert_eq!(server.requests().len(), 7);
    assert_eq!(output.stderr.matches("waiting").count(), 1, "{output:?}");
}

#[test]
fn a_terminal_shows_a_countdown() {
    let limited = reply::rate_limited(in_seconds(2));
    let server = Script::new()
        .reply("*", limited)
        .reply("*", reply::posted("77", "hi"))
        .start();
    let home = Home::with_account(&server.url());
    let mut terminal = home.twauth(["tweet", "hi", "--wait"]).on_terminal();
    terminal.expect("waiting 3 s");
    terminal.expect("waiting 2 s");
    terminal.expect("waiting 1 s");
    terminal.expect("posted to http://127.0.0.1:");
    assert_eq!(terminal.finish().code, 0);
    assert_eq!(server.count("POST /2/tweets"), 2);
}

#[test]
fn a_window_beyond_the_limit_is_refused() {
    let reset = in_seconds(60);
    let server = RawServer::replying("*", reply::rate_limited(reset));
    let output = run(&server, &["tweet", "hi", "--wait=5"]).assert_code(7);
    output.assert_says("(until ");
    let output = run(&server, &["tweet", "hi", "--wait=5", "--json"]).assert_code(7);
    assert_eq!(output.json()["error"]["reset_at"], reset);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn several_windows_are_waited_for_up_to_the_limit_in_all() {
    let limited = || reply::rate_limited(in_seconds(0));
    // How many windows there are, how long they may take in all, and how it ends.
    at_once(
        [(2, "--wait=10", 0), (9, "--wait=3", 7)],
        |(windows, wait, code)| {
            let script = (0..windows).fold(Script::new(), |it, _| it.reply("*", limited()));
            let server = script.reply("*", reply::posted("77", "hi")).start();
            let output = run(&server, &["tweet", "hi", wait]).assert_code(code);
            assert!(output.took < Duration::from_secs(6), "{output:?}");
            assert_eq!(server.requests().len() == windows + 1, code == 0);
        },
    );
}

#[test]
fn without_the_option_nobody_waits() {
    let server = RawServer::replying("*", reply::rate_limited(in_seconds(2)));
    run(&server, &["tweet", "hi"]).assert_code(7);
    assert_eq!(server.requests().len(), 1);
    // No time is told, so there is none to wait for.
    let garbage = reply::rate_limited(0).header("x-rate-limit-reset", "soon");
    let server = RawServer::replying("*", garbage);
    run(&server, &["tweet", "hi", "--wait"]).assert_code(7);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn the_limit_that_is_used_up_is_the_one_that_is_named() {
    let reset = in_seconds(40_000);
    let daily = |whose: &str| {
        reply::rate_limited(in_seconds(2))
            .header("x-rate-limit-remaining", "1079999")
            .header(&format!("x-{whose}-limit-24hour-remaining"), "0")
            .header(&format!("x-{whose}-limit-24hour-reset"), &reset.to_string())
    };
    for (whose, who) in [("user", "account"), ("app", "app")] {
        let server = RawServer::replying("*", daily(whose));
        // Longer than it is to wait: nobody waits at all.
        let output = run(&server, &["tweet", "hi", "--wait=12"]).assert_code(7);
        assert_eq!(server.requests().len(), 1);
        output
            .assert_says(&format!("the {who} has used up its 24-hour limit"))
            .assert_says("wait 11 h 7 min (until ");
        let output = run(&server, &["tweet", "hi", "--json"]).assert_code(7);
        assert_eq!(output.json()["error"]["reset_at"], reset);
    }
}

#[test]
fn a_time_to_wait_may_be_told_in_a_header_of_its_own() {
    let limited = |after: &str| {
        reply::rate_limited(0)
            .without("x-rate-limit-reset")
            .header("retry-after", after)
    };
    let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(600));
    for after in ["600", &soon] {
        let server = RawServer::replying("*", limited(after));
        let output = run(&server, &["tweet", "hi"]).assert_code(7);
        output.assert_says("wait 10 min (until ");
    }
    let server = Script::new()
        .reply("*", limited("1"))
        .reply("*", reply::posted("77", "hi"))
        .start();
    run(&server, &["tweet", "hi", "--wait"]).assert_code(0);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_time_that_is_over_or_too_far_off_is_not_named() {
    let day = 24 * 3600;
    for reset in [
        in_seconds(0) - 60,
        in_seconds(2 * day),
        946_684_800,
        4_000_000_000,
    ] {
        let server = RawServer::replying("*", reply::rate_limited(reset));
        let output = run(&server, &["tweet", "hi", "--wait", "--json"]).assert_code(7);
        let error = &output.json()["error"];
        assert!(error["reset_at"].is_null(), "{reset} {output:?}");
        assert!(!error["hint"].as_str().unwrap().contains("until"));
        assert_eq!(server.requests().len(), 1);
    }
}

#[test]
fn too_many_and_too_large_are_known_by_status_whatever_the_body() {
    for (status, code) in [(429, 7), (413, 6)] {
        for reply in [
            reply::gateway_page(status),
            Reply::new(status, "text/plain", ""),
            Reply::new(status, "application/json", "[["),
        ] {
            let server = RawServer::replying("*", reply);
            for words in [&["tweet", "hi"][..], &["request", "/x"], &["verify"]] {
                let output = run(&server, words);
                assert_eq!(output.code, code, "{status} {words:?} {output:?}");
                assert!(!output.stderr.contains("gateway"), "{output:?}");
            }
        }
    }
}
