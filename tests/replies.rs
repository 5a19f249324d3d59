//! Replies that are cut, endless, contradictory or hostile: nothing is stored from them, and nothing breaks.

use std::thread;
use std::time::Duration;

use crate::support::behaviour::Behaviour;
use crate::support::canary::USER_ID;
use crate::support::home::{Home, SCREEN_NAME};
use crate::support::raw_server::{RawServer, Script};
use crate::support::reply::{self, Reply};
use crate::support::running::Output;

const FIRST: &str = "POST /oauth/request_token";
const THIRD: &str = "POST /oauth/access_token";

/// Logs in at `server` with a PIN that is known beforehand.
fn login(home: &Home, server: &RawServer) -> Output {
    login_saying(home, server, &[])
}

fn login_saying(home: &Home, server: &RawServer, arguments: &[&str]) -> Output {
    home.twauth([
        "login",
        "--server",
        &server.url(),
        "--timeout",
        "2",
        "--no-verify",
    ])
    .env("TWAUTH_CONSUMER_KEY", &home.canaries.consumer_key)
    .env("TWAUTH_CONSUMER_SECRET", &home.canaries.consumer_secret)
    .args(arguments)
    .stdin("1234567\n")
    .deadline(Duration::from_secs(30))
    .run()
}

fn temporary() -> Reply {
    reply::temporary("temporary-token", "temporary-secret")
}

fn granted(home: &Home, screen_name: &str) -> Reply {
    let canaries = &home.canaries;
    reply::token(
        &canaries.access_token,
        &canaries.access_token_secret,
        USER_ID,
        screen_name,
    )
}

/// Every wrong way in which `reply` can come.
fn wrong_ways(reply: &Reply) -> Vec<Behaviour> {
    vec![
        Behaviour::CloseAfterRequest,
        Behaviour::ResetAfterRequest,
        Behaviour::Hang,
        Behaviour::HeadersThenSilence(reply.clone()),
        Behaviour::OneByteASecond(reply.clone()),
        Behaviour::ShortBody(reply.clone()),
        Behaviour::ResetInBody(reply.clone()),
        Behaviour::ChunkedWithoutEnd(reply.clone()),
        Behaviour::TwoLengths(reply.clone()),
        Behaviour::HugeLength(reply.clone()),
        Behaviour::EndlessBody,
        Behaviour::EndlessHeaders,
        Behaviour::FloodOf1xx,
        Behaviour::GzipBomb,
    ]
}

#[test]
fn a_good_reply_is_stored() {
    let home = Home::new();
    let server = Script::new()
        .reply(FIRST, temporary())
        .reply(THIRD, granted(&home, SCREEN_NAME))
        .start();
    let output = login(&home, &server).assert_code(0);
    assert_eq!(output.stdout, "mybot\n");
    assert_eq!(home.json("tw.json"), home.account(&server.url()));
}

#[test]
fn a_first_reply_that_is_not_whole_stores_nothing() {
    thread::scope(|scope| {
        for behaviour in wrong_ways(&temporary()) {
            scope.spawn(|| refused(Script::new().on(FIRST, behaviour), 0));
        }
    });
}

#[test]
fn a_last_reply_that_is_not_whole_stores_nothing_and_is_not_asked_for_again() {
    thread::scope(|scope| {
        for behaviour in wrong_ways(&granted(&Home::new(), SCREEN_NAME)) {
            let script = Script::new().reply(FIRST, temporary());
            scope.spawn(|| refused(script.on(THIRD, behaviour), 1));
        }
    });
}

/// A login against this script ends within memory and time, and leaves nothing; `asked` for a token that often.
fn refused(script: Script, asked: usize) {
    let what = format!("{script:?}");
    let home = Home::new();
    let server = script.start();
    let output = login(&home, &server);
    assert_eq!(output.code, 3, "{what}: {output:?}");
    assert!(home.files().is_empty(), "{what}: {:?}", home.files());
    assert!(
        output.peak_memory < 64 * 1024,
        "{what}: {} KiB",
        output.peak_memory
    );
    assert_eq!(server.count(THIRD), asked, "{what}");
}

#[test]
fn a_whole_reply_with_odd_headers_is_taken_whole_or_not_at_all() {
    // A length beside chunks may be taken or refused (RFC 9112 section 6.3), and so may codings nobody asked for.
    for odd in [Behaviour::LengthAndChunked, Behaviour::ManyCodings] {
        let home = Home::new();
        let server = Script::new()
            .reply(FIRST, temporary())
            .on(THIRD, odd(granted(&home, SCREEN_NAME)))
            .start();
        if login(&home, &server).code == 0 {
            assert_eq!(home.json("tw.json"), home.account(&server.url()));
        } else {
            assert!(home.files().is_empty());
        }
    }
}

#[test]
fn temporary_credentials_that_cannot_be_right_are_refused() {
    for body in [
        "oauth_token=t&oauth_token_secret=s",
        "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=false",
        "oauth_token=&oauth_token_secret=s&oauth_callback_confirmed=true",
        "oauth_token=t&oauth_token_secret=&oauth_callback_confirmed=true",
        "oauth_token=t&oauth_token=u&oauth_token_secret=s&oauth_callback_confirmed=true",
        "oauth_token=t%0D%0A&oauth_token_secret=s&oauth_callback_confirmed=true",
        "oauth_token=t%00&oauth_token_secret=s&oauth_callback_confirmed=true",
        "oauth_token=t%1b[2J&oauth_token_secret=s&oauth_callback_confirmed=true",
        "oauth_token=t%ff&oauth_token_secret=s&oauth_callback_confirmed=true",
        "<!DOCTYPE html><html>oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true",
        "",
    ] {
        let home = Home::new();
        let server = Script::new().reply(FIRST, Reply::form(body)).start();
        let output = login(&home, &server);
        assert_eq!(output.code, 3, "{body}: {output:?}");
        assert!(
            home.files().is_empty() && server.count(THIRD) == 0,
            "{body}"
        );
        assert!(!output.stderr.contains(['\x1b', '\0', '\r']), "{body}");
    }
}

#[test]
fn a_name_that_is_none_reaches_neither_the_file_nor_the_terminal() {
    let long = "a".repeat(10_000);
    for name in [
        "../../etc/passwd",
        "a%0Ab",
        &long,
        "$(id)",
        "%1B%5D52;c;AAAA%07",
        "%E2%80%AEevil",
    ] {
        let home = Home::new();
        let server = Script::new()
            .reply(FIRST, temporary())
            .reply(THIRD, granted(&home, name))
            .start();
        let output = login(&home, &server);
        let said = format!("{}{}", output.stdout, output.stderr);
        assert!(
            !said.contains(['\x1b', '\x07', '\u{202e}']),
            "{name}: {output:?}"
        );
        for part in ["passwd", "a\nb", "aaaaaaaaaaaaaaaaaaaaaaaaa", "$(id)"] {
            assert!(!output.stdout.contains(part), "{name}: {output:?}");
            if home.exists("tw.json") {
                assert!(
                    !home.read("tw.json").contains(part),
                    "{name}: {}",
                    home.read("tw.json")
                );
            }
        }
        assert!(
            home.files().iter().all(|file| file.contains("tw")),
            "{name}"
        );
    }
}

#[test]
fn a_refusal_in_any_shape_is_told() {
    let nested = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    for body in [
        "",
        "\u{feff}{\"errors\":[{\"code\":32,\"message\":\"no\"}]}",
        "{\"errors\":{}}",
        "{\"errors\":\"no\"}",
        "{\"errors\":7}",
        "{\"errors\":null}",
        "null",
        "<hash><error>no</error></hash>",
        &nested,
    ] {
        let home = Home::new();
        let reply = Reply::new(401, "application/json", body);
        let server = Script::new().reply(FIRST, reply).start();
        let output = login_saying(&home, &server, &["--json"]).assert_code(4);
        assert_eq!(output.json()["error"]["status"], 401, "{output:?}");
        assert!(home.files().is_empty(), "{output:?}");
    }
    let home = Home::new();
    let reply = Reply::new(401, "text/plain", b"\xff\xfe bad \x1b[31m red".to_vec());
    let output = login(&home, &Script::new().reply(FIRST, reply).start()).assert_code(4);
    assert!(!output.stderr.contains('\x1b'), "{output:?}");
}
