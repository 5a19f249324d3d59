//! The login: what it prints and stores, and what happens when a person cancels.

mod again;
mod file;
mod guard;
mod halves;
mod kills;
mod mistakes;
mod steps;

use serde_json::Value;

use crate::support::{Browser, Home, Login, Run, SandboxServer, Script, browser, log_in, reply};

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
    // Whoever leaves at a new URL is told of the PIN, too.
    let mut login = Login::at(&home, &sandbox, &[]);
    login.authorization_url();
    login.answer("0000000");
    login.authorization_url();
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
