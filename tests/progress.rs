//! Progress while a server is slow, and where there must be none.

use std::fs;
use std::time::Duration;

use serde_json::json;

use crate::support::{
    Behaviour, CTRL_C, Home, RawServer, SCREEN_NAME, USER_ID, at_once, reply, wait_until,
};

const ME: &str = "GET /2/users/me";
const WAITING: &str = "waiting for the server";

fn silent() -> RawServer {
    RawServer::behaving(ME, Behaviour::Hang)
}

#[test]
fn a_spinner_turns_while_a_reply_is_awaited_and_leaves_the_terminal_clean() {
    let server = silent();
    let home = Home::with_account(&server.url());
    let words = ["verify", "--timeout", "1.2", "--retries", "0"];
    let mut terminal = home.twauth(words).on_terminal();
    terminal.expect(WAITING);
    terminal.expect(WAITING);
    let ended = terminal.finish();
    assert_eq!(ended.code, 3);
    let (spun, rest) = ended.screen.rsplit_once(WAITING).unwrap();
    assert!(
        spun.contains(WAITING) && rest.contains("\r\u{1b}[2K"),
        "{rest:?}"
    );
    assert!(rest.contains(" could not verify @mybot"));
}

#[test]
fn leaving_takes_the_spinner_away() {
    let server = silent();
    let home = Home::with_account(&server.url());
    let mut terminal = home.twauth(["verify"]).on_terminal();
    terminal.expect(WAITING);
    terminal.send(CTRL_C);
    let ended = terminal.finish();
    assert_eq!(ended.code, 130);
    let (_, rest) = ended.screen.rsplit_once(WAITING).unwrap();
    assert!(rest.contains("\r\u{1b}[2K") && rest.contains(" interrupted"));
}

#[test]
fn nothing_turns_where_it_could_not_be_seen_or_is_not_wanted() {
    let server = silent();
    let home = Home::with_account(&server.url());
    let cases = [
        (false, &[][..], "exec \"$@\""),
        (true, &["-q"], "exec \"$@\""),
        (true, &["-v"], "exec \"$@\""),
        (true, &[], "TERM=dumb exec \"$@\""),
    ];
    at_once(cases, |(is_terminal, arguments, script)| {
        let run = home.twauth(["verify", "--timeout", "0.9", "--retries", "0"]);
        let run = run.args(arguments).through_shell(script);
        let (code, said) = if is_terminal {
            let ended = run.on_terminal().finish();
            (ended.code, ended.screen)
        } else {
            let output = run.run();
            (output.code, output.stderr)
        };
        assert!(code == 3 && !said.contains(WAITING), "{code}: {said}");
    });
}

#[test]
fn a_quick_reply_shows_no_spinner() {
    let server = RawServer::replying(ME, reply::me(USER_ID, SCREEN_NAME));
    let home = Home::with_account(&server.url());
    let ended = home.twauth(["verify"]).on_terminal().finish();
    assert_eq!(
        (ended.code, &*ended.screen),
        (
            0,
            "\u{1b}[32m*\u{1b}[0m @mybot: credentials work (read and write)\r\n"
        )
    );
}

#[test]
fn the_spinner_is_no_thread() {
    if !fs::exists("/proc/self/task").unwrap() {
        return;
    }
    let server = silent();
    let home = Home::with_account(&server.url());
    let mut terminal = home.twauth(["verify", "--timeout", "20"]).on_terminal();
    terminal.expect(WAITING);
    let tasks = format!("/proc/{}/task", terminal.id());
    let threads = || fs::read_dir(&tasks).map_or(0, Iterator::count);
    wait_until("no more than two threads", || (1..=2).contains(&threads()));
    terminal.send(CTRL_C);
    terminal.finish();
}

#[test]
fn a_bar_counts_the_accounts_of_a_long_check_and_is_removed() {
    let home = Home::new();
    let server = silent();
    let account = home.account(&server.url());
    let mut other = account.clone();
    for label in ["screen_name", "user_id", "access_token"] {
        let value = account[label]
            .as_str()
            .unwrap()
            .replacen(['m', '9'], "8", 1);
        other[label] = value.into();
    }
    home.write("tw.json", json!([account, other]).to_string());
    let words = ["verify", "--timeout", "1.2", "--retries", "0"];
    let ended = home.twauth(words).on_terminal().finish();
    assert_eq!(ended.code, 3, "{ended:?}");
    let (before, after) = ended.screen.rsplit_once("] 1/2").unwrap();
    assert!(before.contains("] 0/2"), "{before:?}");
    assert!(after.starts_with("\r\u{1b}[2K"), "{after:?}");
}

/// The pages and errors that the parser makes, on a terminal and in a pipe.
#[test]
fn help_and_usage_errors_are_styled_on_a_terminal_only() {
    let home = Home::new();
    let heading = "\u{1b}[1m\u{1b}[4mOptions:\u{1b}[0m";
    for words in [&["--help"][..], &["verify", "--help"], &["help", "verify"]] {
        let screen = home.twauth(words).on_terminal().finish().screen;
        assert!(screen.contains(heading), "{screen}");
        for unwanted in ["NO_COLOR=1", "CLICOLOR=0"] {
            let script = format!("{unwanted} exec \"$@\"");
            let plain = home.twauth(words).through_shell(&script).on_terminal();
            let plain = plain.finish().screen;
            assert!(plain.contains("Options:") && !plain.contains('\u{1b}'));
        }
        let piped = home.twauth(words).exits(0).stdout;
        assert!(piped.contains("\nOptions:\n") && !piped.contains('\u{1b}'));
    }
    let wrong = || home.twauth(["verify", "--no-such-option"]);
    let screen = wrong().on_terminal().finish().screen;
    assert!(screen.contains("\u{1b}[31merror:\u{1b}[0m "), "{screen}");
    assert!(!wrong().exits(2).stderr.contains('\u{1b}'));
}

#[test]
fn colours_follow_the_variables() {
    let home = Home::new();
    let painted = |name: &str, value: &str| {
        let script = format!("LANG=C.UTF-8 {name}={value} exec \"$@\"");
        let run = home.twauth(["doctor", "--sandbox"]).through_shell(&script);
        let ended = run.deadline(Duration::from_secs(20)).on_terminal().finish();
        assert!(ended.screen.contains("✗ problem"), "{}", ended.screen);
        ended.screen.contains("\u{1b}[31m")
    };
    assert!(painted("UNRELATED", "1"));
    for (name, value) in [("NO_COLOR", "1"), ("CLICOLOR", "0"), ("TERM", "dumb")] {
        assert!(!painted(name, value), "{name}");
    }
    let forced = home.twauth(["doctor", "--sandbox"]);
    let output = forced.env("CLICOLOR_FORCE", "1").run();
    assert!(output.stdout.contains("\u{1b}[31mproblem"));
}

#[test]
fn signs_are_ascii_outside_a_utf_8_locale() {
    let home = Home::new();
    for (locale, sign) in [
        ("LANG=C.UTF-8", '✗'),
        ("LC_CTYPE=en_GB.utf8 LANG=C", '✗'),
        ("LC_ALL=C LANG=C.UTF-8", 'x'),
        ("LC_CTYPE=en_GB.ISO-8859-1", 'x'),
        ("UNRELATED=1", 'x'),
    ] {
        let script = format!("{locale} NO_COLOR=1 exec \"$@\"");
        let run = home.twauth(["doctor", "--sandbox"]).through_shell(&script);
        let screen = run
            .deadline(Duration::from_secs(20))
            .on_terminal()
            .finish()
            .screen;
        assert!(
            screen.contains(&format!("{sign} problem")),
            "{locale}: {screen}"
        );
        assert_eq!(screen.is_ascii(), sign == 'x', "{locale}: {screen}");
    }
}
