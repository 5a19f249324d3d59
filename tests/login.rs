//! The login: what it prints and stores, and what happens when a person cancels.

mod again;
mod file;
mod guard;
mod halves;
mod kills;
mod mistakes;
mod steps;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::{
    Browser, CONSUMER_SECRET, CTRL_BACKSLASH, CTRL_C, CTRL_D, Home, Login, Run, SandboxServer,
    Script, Terminal, browser, log_in, reply, wait_until,
};

const REQUEST_TOKEN: &str = "POST /oauth/request_token";
const ACCESS_TOKEN: &str = "POST /oauth/access_token";
const ME: &str = "GET /2/users/me";

#[test]
fn a_login_stores_a_labelled_account_and_prints_its_name_alone() {
    let (home, sandbox) = SandboxServer::with_home();
    let output = log_in(&home, &sandbox, "weatherbot", &[]);
    assert_eq!(output.stdout, "weatherbot\n");
    let file = home.read("tw.json");
    let labels: Vec<&str> = file.split('"').skip(1).step_by(4).collect();
    let wanted =
        "screen_name user_id consumer_key consumer_secret access_token access_token_secret server";
    assert_eq!(labels.join(" "), wanted);
    let account = home.json("tw.json");
    assert_eq!(account["screen_name"], "weatherbot");
    assert!(matches!(account["user_id"], Value::String(_)));
    assert_eq!(account["server"], sandbox.url);
    assert_eq!(home.mode("tw.json"), 0o600);
    assert!(file.starts_with("{\n  \"") && file.ends_with("\n}\n"));
    home.assert_no_secret_in_files_but(&["tw.json"]);
}

#[test]
fn the_result_is_one_json_document_when_asked() {
    let (home, sandbox) = SandboxServer::with_home();
    let output = log_in(&home, &sandbox, "sandbot", &["--json"]).json();
    assert_eq!(output["screen_name"], "sandbot");
    assert_eq!(output["access_level"], "read-write");
    assert_eq!(output["server"], sandbox.url);
    assert_eq!(output["user_id"], home.json("tw.json")["user_id"]);
    assert_eq!(output["creds"], home.path("tw.json").to_str().unwrap());
}

#[test]
fn a_wrong_pin_brings_a_new_url_three_times_and_stores_nothing() {
    let (home, sandbox) = SandboxServer::with_home();
    let mut login = Login::at(&home, &sandbox, &[]);
    let mut seen = Vec::new();
    for _ in 0..3 {
        let url = login.authorization_url();
        assert!(!seen.contains(&url));
        browser::authorize(&url, "sandbot");
        login.answer("0000000");
        seen.push(url);
    }
    login.finish().assert_code(4);
    assert!(!home.exists("tw.json"));
}

#[test]
fn a_pin_that_is_right_the_second_time_will_do() {
    let (home, sandbox) = SandboxServer::with_home();
    let mut login = Login::at(&home, &sandbox, &[]);
    login.authorization_url();
    login.answer("0000000");
    let pin = browser::authorize(&login.authorization_url(), "newsbot");
    // White space from copying is no part of it.
    login.answer(&format!("  {} {}\t", &pin[..3], &pin[3..]));
    assert_eq!(login.finish().assert_code(0).stdout, "newsbot\n");
}

#[test]
fn leaving_at_the_pin_changes_nothing() {
    let (home, sandbox) = SandboxServer::with_home();
    for (answer, code) in [
        (Some(""), 130),
        (Some("q"), 130),
        (Some("quit"), 130),
        (Some("exit"), 130),
        (None, 2),
    ] {
        let mut login = Login::at(&home, &sandbox, &[]);
        login.authorization_url();
        match answer {
            Some(line) => login.answer(line),
            None => login.hang_up(),
        }
        let output = login.finish().assert_code(code);
        assert_eq!(output.stdout, "");
        assert!(home.files().is_empty(), "{:?}", home.files());
    }
}

#[test]
fn another_account_than_the_one_named_is_not_stored() {
    let (home, sandbox) = SandboxServer::with_home();
    let mut login = Login::at(&home, &sandbox, &["-a", "weatherbot"]);
    let url = login.authorization_url();
    assert!(url.contains("force_login=true") && url.contains("screen_name=weatherbot"));
    let pin = browser::authorize(&url, "newsbot");
    login.answer(&pin);
    let output = login.finish().assert_code(5);
    assert!(output.stderr.contains("weatherbot") && output.stderr.contains("newsbot"));
    assert!(!home.exists("tw.json"));
}

#[test]
fn the_named_account_is_authorised_though_the_browser_is_signed_in_to_another() {
    let (home, sandbox) = SandboxServer::with_home();
    let mut browser = Browser::new();
    for (arguments, name) in [
        (&["-c", "one.json"][..], "newsbot"),
        (&["-a", "weatherbot"][..], "weatherbot"),
    ] {
        let mut login = Login::at(&home, &sandbox, arguments);
        let url = login.authorization_url();
        let pin = if name == "newsbot" {
            browser.authorize(&url, name)
        } else {
            browser.authorize_as_shown(&url)
        };
        login.answer(&pin);
        assert_eq!(login.finish().assert_code(0).stdout, format!("{name}\n"));
    }
}

#[test]
fn an_existing_account_is_neither_replaced_nor_joined_unasked() {
    let (home, sandbox) = SandboxServer::with_account();
    let before = home.read("tw.json");
    Login::at(&home, &sandbox, &[]).finish().assert_code(2);
    assert_eq!(home.read("tw.json"), before);
    log_in(&home, &sandbox, "newsbot", &["--add"]);
    let both = home.json("tw.json");
    assert_eq!(both[0], serde_json::from_str::<Value>(&before).unwrap());
    assert_eq!(both[1]["screen_name"], "newsbot");
}

#[test]
fn the_fake_browser_is_given_the_url_and_no_secret() {
    let (home, sandbox) = SandboxServer::with_home();
    let browser = home.fake_browser();
    let mut terminal = on_terminal(&home, &sandbox, &["--browser", browser.to_str().unwrap()]);
    let url = terminal.authorization_url();
    let (arguments, environment) = home.browser_record();
    assert_eq!(arguments, [&*url]);
    assert!(!environment.contains("TWAUTH_") && !environment.contains(CONSUMER_SECRET));
    terminal.line(&browser::authorize(&url, "readerbot"));
    assert_eq!(terminal.finish().code, 0);
    assert_eq!(home.json("tw.json")["screen_name"], "readerbot");
}

#[test]
fn every_way_to_leave_the_pin_gives_the_terminal_back_as_it_was() {
    let (home, sandbox) = SandboxServer::with_home();
    for way in WAYS {
        let mut terminal = on_terminal(&home, &sandbox, &["--no-browser"]);
        terminal.authorization_url();
        terminal.expect("PIN");
        leave(terminal, way);
        assert!(home.files().is_empty(), "{way:?} left {:?}", home.files());
    }
}

#[test]
fn every_way_to_leave_the_hidden_secret_gives_the_echo_back() {
    let home = Home::new();
    for way in WAYS {
        let run = home.twauth(["login", "--no-browser"]);
        let mut terminal = run
            .env("TWAUTH_CONSUMER_KEY", &home.canaries.consumer_key)
            .on_terminal();
        terminal.expect("Secret");
        wait_until("the echo to go", || !terminal.echoes());
        leave(terminal, way);
        assert!(home.files().is_empty(), "{way:?} left {:?}", home.files());
    }
}

#[derive(Clone, Copy, Debug)]
enum Way {
    Key(&'static str),
    Signal(Signal),
}

const WAYS: [Way; 7] = [
    Way::Key(CTRL_C),
    Way::Key(CTRL_D),
    Way::Key(CTRL_BACKSLASH),
    Way::Signal(Signal::INT),
    Way::Signal(Signal::TERM),
    Way::Signal(Signal::HUP),
    Way::Signal(Signal::QUIT),
];

/// Leaves that way, after which the terminal has to be as it was before the program.
fn leave(terminal: Terminal, way: Way) {
    match way {
        Way::Key(key) => terminal.send(key),
        Way::Signal(signal) => terminal.signal(signal),
    }
    let before = terminal.modes_before();
    let ended = terminal.finish();
    assert_eq!(ended.modes, before, "{way:?}: {ended:?}");
    assert!(ended.code > 128, "{way:?}: {ended:?}");
}

fn on_terminal(home: &Home, sandbox: &SandboxServer, arguments: &[&str]) -> Terminal {
    home.twauth(["login", "--server", &sandbox.url])
        .args(arguments)
        .with_sandbox_pair()
        .on_terminal()
}

/// A login with the home's own canary keys, at any server.
fn login_at(home: &Home, server: &str) -> Run {
    home.twauth(["login", "--server", server]).with_pair()
}

/// A server that grants any PIN a token of the home's canaries, with `names` in the token's reply.
fn granting(home: &Home, names: &str) -> Script {
    let canaries = &home.canaries;
    Script::new()
        .reply(REQUEST_TOKEN, reply::temporary("temporary", "unimportant"))
        .reply(
            ACCESS_TOKEN,
            reply::Reply::form(&format!(
                "oauth_token={}&oauth_token_secret={}{names}",
                canaries.access_token, canaries.access_token_secret
            )),
        )
}

fn rescue_file(home: &Home) -> String {
    let files = home.files();
    let mut rescued = files
        .iter()
        .filter(|name| name.starts_with("twauth-rescue-"));
    let name = rescued
        .next()
        .unwrap_or_else(|| panic!("{files:?}"))
        .clone();
    assert_eq!((home.mode(&name), rescued.next()), (0o600, None));
    name
}
