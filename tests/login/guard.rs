//! Only the expected account's token is saved.

use serde_json::json;

use super::{ME, granting, login_at};
use crate::support::{Behaviour, Browser, Home, Login, SCREEN_NAME, SandboxServer, log_in, reply};

#[test]
fn the_wrong_account_is_caught_and_nothing_is_saved() {
    let (home, sandbox) = SandboxServer::with_account();
    let before = home.read("tw.json");
    let mut person = Browser::new();
    for (named, arguments) in [
        ("newsbot", &["-a", "newsbot", "--add"][..]),
        ("sandbot", &["-a", "sandbot"]),
    ] {
        let mut login = Login::at(&home, &sandbox, arguments);
        let url = login.authorization_url();
        let ending = format!("&force_login=true&screen_name={named}");
        assert!(url.ends_with(&ending), "{url}");
        login.answer(&person.authorize(&url, "weatherbot"));
        let output = login
            .finish()
            .assert_code(5)
            .assert_says("@weatherbot authorised the app");
        assert!(output.stderr.contains(named) && output.stderr.contains("private window"));
        assert_eq!(
            (output.stdout.as_str(), home.read("tw.json")),
            ("", before.clone())
        );
    }
    assert_eq!(home.files(), ["tw.json"]);
}

#[test]
fn an_id_settles_whose_name_it_is() {
    let home = Home::new();
    // Somebody else has taken the name since.
    let server = granting(&home, &format!("&user_id=77&screen_name={SCREEN_NAME}")).start();
    let mut old = home.account(&server.url());
    old["access_token"] = json!("an-older-token");
    home.write("tw.json", old.to_string());
    let login = login_at(&home, &server.url()).args(["-a", SCREEN_NAME]);
    login.stdin("1\n").exits(5);
    let login = login_at(&home, &server.url()).args(["--add"]);
    login.stdin("1\n").exits(0);
    assert_eq!(home.json("tw.json")[1]["user_id"], "77");
    let output = home.twauth(["list", "-a", SCREEN_NAME]).run();
    output
        .assert_code(2)
        .assert_says("choose one by its user id");
    home.twauth(["list", "-a", "77"]).exits(0);
}

#[test]
fn the_address_asks_for_a_sign_in_only_where_an_account_is_named() {
    let (home, sandbox) = SandboxServer::with_home();
    for (arguments, ending) in [
        (&[][..], None),
        (
            &["-a", "@SandBot"],
            Some("&force_login=true&screen_name=SandBot"),
        ),
        (&["-a", "1900000000000000001"], Some("&force_login=true")),
    ] {
        let mut login = Login::at(&home, &sandbox, arguments);
        let url = login.authorization_url();
        let (_, token) = url.split_once("/oauth/authorize?oauth_token=").unwrap();
        let end = token.find('&').map(|at| &token[at..]);
        assert_eq!(end, ending, "{arguments:?}");
        login.finish().assert_code(2);
    }
    let output = Login::at(&home, &sandbox, &["-a", "my bot"]).finish();
    output
        .assert_code(2)
        .assert_says("neither a screen name nor a user id");
}

#[test]
fn verification_supplies_the_name_that_the_token_reply_lacks() {
    for names in [
        "",
        "&user_id=77",
        "&screen_name=..%2f..%2fx&user_id=..%2f..",
    ] {
        let home = Home::new();
        let server = granting(&home, names)
            .reply(ME, reply::me("77", "otherbot"))
            .start();
        let output = login_at(&home, &server.url()).stdin("1234567\n").run();
        let output = output
            .assert_code(0)
            .assert_says("the token belongs to @otherbot");
        assert_eq!(
            (&*output.stdout, server.count(ME)),
            ("otherbot\n", 1),
            "{names}"
        );
        let file = home.json("tw.json");
        assert_eq!(
            (&file["screen_name"], &file["user_id"]),
            (&json!("otherbot"), &json!("77"))
        );
    }
}

#[test]
fn the_account_is_asked_for_even_unverified_where_one_is_named() {
    let home = Home::new();
    let server = granting(&home, "")
        .reply(ME, reply::me("77", "otherbot"))
        .start();
    let named = ["-a", "mybot", "--no-verify"];
    let login = login_at(&home, &server.url()).args(named);
    login.stdin("1\n").exits(5).assert_says("@otherbot");
    assert!(home.files().is_empty());
    let login = login_at(&home, &server.url()).args(["--no-verify"]);
    login.stdin("1\n").exits(0);
    assert_eq!(
        (server.count(ME), home.json("tw.json").get("screen_name")),
        (1, None)
    );
}

#[test]
fn a_token_that_may_only_read_brings_the_three_steps() {
    let (home, sandbox) = SandboxServer::with_home();
    let output = log_in(&home, &sandbox, "sandbot", &["--read-only"]);
    let output = output.assert_says("Logged in as @sandbot (read-only)");
    for step in ["1. ", "2. save", "3. log in again"] {
        assert!(
            output.stderr.contains(&format!("hint: {step}")),
            "{output:?}"
        );
    }
}

#[test]
fn only_a_refusal_at_the_verification_fails_the_login() {
    let locked = || reply::error(403, 326, "To protect our users...");
    for (answer, code) in [
        (Behaviour::Reply(reply::gateway_page(503)), 0),
        (Behaviour::Reply(reply::rate_limited(4_000_000_000)), 0),
        (Behaviour::Reply(locked()), 0),
        (Behaviour::CloseAfterRequest, 0),
        (
            Behaviour::Reply(reply::error(401, 89, "Invalid or expired token.")),
            4,
        ),
    ] {
        let home = Home::new();
        let server = granting(&home, "&user_id=77&screen_name=otherbot")
            .on("*", answer)
            .start();
        let run = login_at(&home, &server.url())
            .args(["--retries", "0"])
            .stdin("1\n");
        run.exits(code).assert_says("saved");
        assert_eq!(home.json("tw.json")["screen_name"], "otherbot");
    }
}
