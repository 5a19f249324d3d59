//! What a shell can do to a program: closed and full descriptors, odd bytes, no home, strange browsers, endless input.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

use rustix::process::Signal;

use crate::support::saving::{NOWHERE, token, token_login, token_login_asking, tokens_in};
use crate::support::{Home, RawServer, Run, reply};

/// The text of a post and its id.
const TEXT: &str = "good morning";
const POST: &str = "1445880548472328192";

/// Every set of closed descriptors but the empty one.
const CLOSED: [&str; 7] = [
    "<&-",
    ">&-",
    "2>&-",
    "<&- >&-",
    "<&- 2>&-",
    ">&- 2>&-",
    "<&- >&- 2>&-",
];

fn posting_server() -> RawServer {
    RawServer::replying("POST /2/tweets", reply::posted(POST, TEXT))
}

fn closed(run: Run, redirections: &str) -> Run {
    run.through_shell(&format!("exec \"$@\" {redirections}"))
}

#[test]
fn closed_descriptors_break_nothing() {
    for redirections in CLOSED {
        let server = posting_server();
        let home = Home::with_account(&server.url());
        let before = home.read("tw.json");
        let output = closed(home.twauth(["tweet", TEXT]), redirections).run();
        let output = output.assert_code(0);
        assert_eq!(
            server.count("POST /2/tweets"),
            1,
            "{redirections}: {output:?}"
        );
        if !redirections.contains("2>") {
            assert!(
                output.stderr.contains(POST) || output.stdout.contains(POST),
                "{output:?}"
            );
        }
        assert_eq!(home.read("tw.json"), before);
        closed(home.twauth(["--help"]), redirections).run();

        let home = Home::new();
        let output = closed(token_login(&home, 1), redirections).run();
        if redirections.contains('<') {
            output.assert_code(2);
            assert!(home.files().is_empty(), "{redirections}");
        } else {
            output.assert_code(0);
            assert_eq!(
                tokens_in(&home.path("tw.json")),
                [token(1)],
                "{redirections}"
            );
        }
    }
}

#[test]
fn a_post_that_was_made_is_told_on_standard_error_where_standard_output_takes_nothing() {
    let server = posting_server();
    let home = Home::with_account(&server.url());
    // A reader that is gone.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = home.twauth(["tweet", TEXT]).stdout_to(writer).run();
    output.assert_code(0).assert_says(POST);
    let full = || File::options().write(true).open("/dev/full");
    if full().is_err() {
        return;
    }
    for json in [&["--json"][..], &[]] {
        let run = home.twauth(["tweet", TEXT]).args(json);
        let output = run.stdout_to(full().unwrap()).exits(0);
        output.assert_says(POST);
    }
    assert_eq!(server.count("POST /2/tweets"), 3);
    // What only tells something fails instead.
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["help", "files"],
        &["completions", "bash"],
        &["tweet", "--dry-run", TEXT],
    ] {
        let output = home.twauth(arguments).stdout_to(full().unwrap()).run();
        output
            .assert_code(1)
            .assert_says("error: could not write to standard output");
    }
    let output = home
        .twauth(["tweet", TEXT])
        .through_shell("exec \"$@\" 2>/dev/full");
    assert!(output.exits(0).stdout.contains(POST));
}

#[test]
fn a_login_whose_result_cannot_be_printed_is_saved_all_the_same() {
    let home = Home::new();
    let Ok(full) = File::options().write(true).open("/dev/full") else {
        return;
    };
    let output = token_login(&home, 1).stdout_to(full).run();
    output.assert_says("saved");
    assert_eq!(tokens_in(&home.path("tw.json")), [token(1)]);
    assert_eq!(home.files(), ["tw.json"]);
}

#[test]
fn text_that_is_not_utf_8_is_wrong_usage_and_a_path_may_be_anything() {
    let server = posting_server();
    let home = Home::with_account(&server.url());
    let odd = OsStr::from_bytes(b"caf\xe9");
    home.twauth([OsStr::new("tweet"), odd]).exits(2);
    home.twauth([odd]).exits(2);
    home.twauth(["tweet", "-"]).stdin(odd.as_bytes()).exits(2);
    home.twauth(["tweet", "-a"]).args([odd]).exits(2);
    for name in ["TWAUTH_ACCOUNT", "TWAUTH_SERVER", "TWAUTH_TIMEOUT"] {
        home.twauth(["tweet", TEXT]).env(name, odd).exits(2);
    }
    assert_eq!(server.connections(), 0);

    let named = home.path(odd);
    // A file system may insist on UTF-8.
    if fs::rename(home.path("tw.json"), &named).is_err() {
        return;
    }
    let output = home.twauth(["tweet", TEXT, "-c"]).args([odd]).run();
    output.assert_code(0);
    home.twauth(["tweet", TEXT])
        .env("TWAUTH_CREDS", &named)
        .exits(0);
    let login = token_login(&home, 1).args([OsStr::new("-c"), odd]);
    let login = login.args(["--json", "--server", &server.url()]);
    assert_eq!(login.run().code, 2, "--server stands twice");
    let login = home.twauth([
        "login",
        "--with-token",
        "--no-verify",
        "--add",
        "--json",
        "-c",
    ]);
    let login = login
        .args([odd])
        .stdin(format!("{}\nsecret-of-nothing\n", token(1)));
    login.exits(0).json();
    assert_eq!(tokens_in(&named).len(), 2);
    fs::remove_file(named).unwrap();
    assert!(home.files().is_empty(), "{:?}", home.files());
}

#[test]
fn a_home_that_is_relative_or_missing_is_told_or_made() {
    let home = Home::new();
    for relative in ["relative", ".", "./x"] {
        for arguments in [
            &["verify"][..],
            &["tweet", TEXT],
            &["login", "--with-token"],
        ] {
            let output = home.twauth(arguments).env("HOME", relative).run();
            output
                .assert_code(2)
                .assert_says("the home folder is unknown");
        }
    }
    let missing = home.path("missing");
    let output = home.twauth(["verify"]).env("HOME", &missing).run();
    output.assert_code(4).assert_says("missing/tw.json");
    token_login(&home, 1).env("HOME", &missing).exits(0);
    assert_eq!(tokens_in(&home.path("missing/tw.json")), [token(1)]);
    assert_eq!(home.mode("missing"), 0o700);
    // Where a file is named, no home is needed.
    for run in [
        token_login(&home, 2).without_env("HOME"),
        token_login(&home, 3).env("HOME", "relative"),
    ] {
        run.args(["-c", "named.json"]).exits(0);
    }
    assert_eq!(tokens_in(&home.path("named.json")), [token(2), token(3)]);
}

#[test]
fn an_endless_answer_is_stopped_at_four_kilobytes() {
    let server = RawServer::replying(
        "POST /oauth/request_token",
        reply::temporary("temporary", "temporary-secret"),
    );
    let home = Home::new();
    let login = home.twauth(["login", "--server", &server.url()]);
    let key = &home.canaries.consumer_key;
    let flood = vec![b'7'; 10 << 20];
    let runs = [
        home.twauth(["login", "--server", NOWHERE]),
        home.twauth(["login", "--server", NOWHERE])
            .env("TWAUTH_CONSUMER_KEY", key),
        token_login_asking(&home),
        login.with_pair(),
    ];
    for run in runs {
        let output = run.stdin(flood.clone()).exits(1);
        assert!(output.took < Duration::from_secs(10), "{output:?}");
        assert!(output.peak_memory < 64 * 1024, "{output:?}");
        assert!(!output.stderr.contains("7777"), "{output:?}");
        output.assert_says("longer than 4096 bytes");
    }
    assert_eq!(server.requests().len(), 1);
    assert!(home.files().is_empty());

    // As much as that is taken, and no more is needed.
    let long = "7".repeat(4000);
    let output = token_login_asking(&home).stdin(format!("{long}\n{long}\n"));
    output.exits(0);
    assert_eq!(tokens_in(&home.path("tw.json")), [long]);
}

#[test]
fn the_end_of_input_and_an_empty_line_leave_every_question() {
    for typed in ["", "\n", "q\n", "quit\n", " exit \r\n"] {
        let home = Home::new();
        let runs = [
            home.twauth(["login", "--server", NOWHERE]),
            home.twauth(["login", "--server", NOWHERE])
                .args(["--consumer-key", "0123456789abcdef"]),
            home.twauth(["login", "--server", NOWHERE, "--with-token"])
                .with_pair(),
            home.twauth(["login", "--sandbox"]),
        ];
        // Whoever gives no answer has not chosen to leave.
        let code = if typed.is_empty() { 2 } else { 130 };
        for run in runs {
            run.stdin(typed).exits(code);
        }
        let answered = format!("{}\n{typed}", token(1));
        token_login_asking(&home).stdin(answered).exits(code);
        assert!(home.files().is_empty(), "{typed:?}");
    }
}

#[test]
fn a_signal_that_the_caller_ignores_stays_ignored() {
    let home = Home::new();
    let sandbox = home
        .twauth(["sandbox"])
        .through_shell("trap '' HUP; exec \"$@\"")
        .start();
    sandbox.wait_for_stderr(|said| said.contains("Ctrl-C stops").then_some(()));
    sandbox.signal(Signal::HUP);
    sandbox.signal(Signal::TERM);
    sandbox.finish().assert_code(0).assert_says("stopped\n");
}

#[test]
fn a_rehearsed_post_is_signed_and_not_sent() {
    let server = posting_server();
    let home = Home::with_account(&server.url());
    let run = home.twauth(["tweet", "--dry-run", "-vv", "hello"]).run();
    let said = run.assert_code(0).assert_says("base string POST&").stderr;
    assert!(said.contains("5 of 280 characters"), "{said}");
    assert_eq!(server.connections(), 0);
}
