//! What a person sees and types at a terminal: questions, hidden answers, and the terminal afterwards.

use crate::support::browser;
use crate::support::canary::USER_ID;
use crate::support::home::{Home, SCREEN_NAME, wait_until};
use crate::support::login::log_in;
use crate::support::raw_server::{RawServer, Script};
use crate::support::reply;
use crate::support::sandbox::SandboxServer;
use crate::support::terminal::CTRL_C;

/// A server that takes any PIN for `mybot`'s.
fn granting(home: &Home) -> RawServer {
    let canaries = &home.canaries;
    let (token, secret) = (&canaries.access_token, &canaries.access_token_secret);
    Script::new()
        .reply(
            "POST /oauth/request_token",
            reply::temporary("temporary", "unimportant"),
        )
        .reply(
            "POST /oauth/access_token",
            reply::token(token, secret, USER_ID, SCREEN_NAME),
        )
        .reply("GET /2/users/me", reply::me(USER_ID, SCREEN_NAME))
        .start()
}

#[test]
fn a_login_at_a_terminal_shows_no_secret() {
    let home = Home::new();
    let server = granting(&home);
    let mut terminal = home
        .twauth(["login", "--server", &server.url()])
        .on_terminal();
    let before = terminal.modes();
    terminal.expect("API Key (consumer key) of the app at ");
    terminal.line(&home.canaries.consumer_key);
    terminal.expect("API Key Secret (not shown as you type)");
    wait_until("no echo", || !terminal.echoes());
    terminal.line(&home.canaries.consumer_secret);
    terminal.authorization_url();
    terminal.expect("PIN from the page (Enter cancels): ");
    assert!(terminal.echoes());
    terminal.line("1234567");
    terminal.expect("Logged in as @mybot");
    let ended = terminal.finish();
    assert_eq!((ended.code, ended.modes), (0, before), "{}", ended.screen);
}

#[test]
fn a_token_made_in_the_console_is_typed_unseen() {
    let home = Home::new();
    let server = granting(&home);
    let run = home.twauth(["login", "--with-token", "--server", &server.url()]);
    let run = run.env("TWAUTH_CONSUMER_KEY", &home.canaries.consumer_key);
    let run = run.env("TWAUTH_CONSUMER_SECRET", &home.canaries.consumer_secret);
    home.also_secret(&home.canaries.access_token);
    let mut terminal = run.on_terminal();
    terminal.expect("Access Token");
    wait_until("no echo", || !terminal.echoes());
    terminal.line(&home.canaries.access_token);
    terminal.expect("Access Token Secret");
    wait_until("no echo", || !terminal.echoes());
    terminal.line(&home.canaries.access_token_secret);
    terminal.expect("Logged in as @mybot");
    let ended = terminal.finish();
    assert_eq!(ended.code, 0, "{}", ended.screen);
    assert!(!ended.screen.contains("/oauth/authorize"));
}

#[test]
fn a_secret_is_hidden_where_only_standard_input_is_the_terminal() {
    let home = Home::new();
    let server = granting(&home);
    let run = home.twauth(["login", "--server", &server.url()]);
    let run = run.env("TWAUTH_CONSUMER_KEY", &home.canaries.consumer_key);
    let terminal = run.through_shell("exec \"$@\" 2>said").on_terminal();
    let before = terminal.modes();
    wait_until("no echo", || !terminal.echoes());
    terminal.line(&home.canaries.consumer_secret);
    wait_until("echo", || terminal.echoes());
    // Leaves at the PIN.
    terminal.line("");
    let ended = terminal.finish();
    assert_eq!((ended.code, ended.modes), (130, before), "{}", ended.screen);
    assert!(home.read("said").contains("/oauth/authorize?"));
}

#[test]
fn a_person_chooses_to_add_replace_or_cancel() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    log_in(&home, &sandbox, "sandbot", &[]);
    for (answer, person, left) in [
        ("cancel", None, &["sandbot"][..]),
        ("", None, &["sandbot"]),
        ("r", Some("newsbot"), &["newsbot"]),
        ("add", Some("sandbot"), &["newsbot", "sandbot"]),
        ("A", Some("sandbot"), &["newsbot", "sandbot"]),
    ] {
        let mut terminal = home.twauth(["login"]).on_terminal();
        terminal.expect("using the API Key");
        terminal.expect("[c]ancel (default)? ");
        terminal.line(answer);
        if let Some(person) = person {
            let url = terminal.authorization_url();
            terminal.expect("PIN from the page (Enter cancels): ");
            terminal.line(&browser::authorize(&url, person));
        }
        let ended = terminal.finish();
        let code = if person.is_some() { 0 } else { 130 };
        assert_eq!(ended.code, code, "{}", ended.screen);
        let listed = home.twauth(["list"]).run().assert_code(0).stdout;
        let names: Vec<&str> = listed
            .lines()
            .filter_map(|line| line.split('\t').next())
            .collect();
        assert_eq!(names, left);
    }
}

#[test]
fn a_person_is_asked_about_an_account_that_came_meanwhile() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    for (answer, code, count) in [("cancel", 130, 1), ("add", 0, 2)] {
        drop(std::fs::remove_file(home.path("tw.json")));
        let run = home.twauth(["login", "--server", &sandbox.url]);
        let run = run.env("TWAUTH_CONSUMER_KEY", &sandbox.consumer_key);
        let run = run.env("TWAUTH_CONSUMER_SECRET", &sandbox.consumer_secret);
        let mut terminal = run.on_terminal();
        let url = terminal.authorization_url();
        log_in(&home, &sandbox, "newsbot", &[]);
        terminal.expect("PIN from the page (Enter cancels): ");
        terminal.line(&browser::authorize(&url, "sandbot"));
        terminal.expect("already has @newsbot");
        terminal.line(answer);
        let ended = terminal.finish();
        assert_eq!(ended.code, code, "{}", ended.screen);
        let listed = home.twauth(["list"]).run().assert_code(0).stdout;
        assert_eq!(listed.lines().count(), count);
        // What was granted is not thrown away.
        assert_eq!(ended.screen.contains("twauth-rescue-"), code != 0);
    }
}

#[test]
fn logout_asks_first_at_a_terminal() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    log_in(&home, &sandbox, "sandbot", &[]);
    for (answer, code) in [("no", 130), ("", 130), (CTRL_C, 130), ("yes", 0)] {
        let before = home.read("tw.json");
        let mut terminal = home.twauth(["logout"]).on_terminal();
        terminal.expect("@sandbot");
        terminal.expect("? [y/N] ");
        terminal.line(answer);
        assert_eq!(terminal.finish().code, code, "{answer:?}");
        assert_eq!(home.read("tw.json") == before, code != 0);
    }
}
