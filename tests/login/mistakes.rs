//! Mistakes at the prompts: what is sent, how many URLs they cost, and what is kept.

use std::collections::BTreeSet;

use serde_json::json;

use super::{ACCESS_TOKEN, REQUEST_TOKEN, granting};
use crate::support::{
    Behaviour, CONSUMER_KEY, CONSUMER_SECRET, Home, Login, RawServer, Reply, Run, SandboxServer,
    Script, Terminal, USER_ID, browser, made_up, reply, wait_for_refusal, wait_until,
};

const PIN: &str = "PIN from the page (Enter cancels): ";
const KEY: &str = "API Key (consumer key) of the app at ";
const SECRET: &str = "API Key Secret (not shown as you type): ";

/// A server of X's kind: the keys of the sandbox make it take digits alone for a PIN.
fn like_x(home: &Home, access_token: Behaviour) -> RawServer {
    Script::new()
        .reply(REQUEST_TOKEN, reply::temporary("temporary", "unimportant"))
        .on(ACCESS_TOKEN, access_token)
        .on(ACCESS_TOKEN, granted(home))
        .reply(super::ME, reply::me("1", "mybot"))
        .start()
}

fn granted(home: &Home) -> Behaviour {
    let canaries = &home.canaries;
    let (token, secret) = (&canaries.access_token, &canaries.access_token_secret);
    Behaviour::Reply(reply::token(token, secret, "1", "mybot"))
}

fn login(home: &Home, server: &RawServer) -> Run {
    home.twauth(["login", "--no-browser", "--server", &server.url()])
        .with_sandbox_pair()
}

/// A login that accepts @newsbot alone.
fn newsbot(home: &Home, sandbox: &SandboxServer) -> Run {
    home.twauth([
        "login",
        "--no-browser",
        "-a",
        "newsbot",
        "--server",
        &sandbox.url,
    ])
}

fn rejected() -> Reply {
    Reply::new(
        401,
        "text/html",
        "Error processing your OAuth request: Invalid oauth_verifier parameter",
    )
}

/// What was asked for: request tokens, each a URL, and access tokens, each an answer that was sent.
fn counts(server: &RawServer) -> (usize, usize) {
    (server.count(REQUEST_TOKEN), server.count(ACCESS_TOKEN))
}

#[test]
fn what_is_around_the_digits_is_dropped() {
    for answer in [
        "4424-277",
        " 44 24 277 ",
        "\"4424277\"",
        "PIN: 4424277",
        "4424277\u{200b}",
        "\u{1b}[200~4424277\u{1b}[201~",
    ] {
        let home = Home::new();
        let server = like_x(&home, granted(&home));
        login(&home, &server).stdin(format!("{answer}\n")).exits(0);
        assert_eq!(counts(&server), (1, 1), "{answer:?}");
        let sent = &server.requests()[1];
        let header = sent.header("authorization").unwrap();
        assert!(
            header.contains("oauth_verifier=\"4424277\""),
            "{answer:?}: {header}"
        );
    }
}

#[test]
fn what_is_no_pin_is_never_sent_by_a_program() {
    for answer in [
        "hello",
        "my password is hunter2",
        "clear; twauth sandbox",
        "http://127.0.0.1:8642/oauth/authorize",
        "https://example.com/?oauth_token=abc&oauth_verifier=xyz",
        "1234567.",
        "\u{1b}[A",
    ] {
        let home = Home::new();
        let server = like_x(&home, granted(&home));
        let run = login(&home, &server)
            .args(["--json"])
            .stdin(format!("{answer}\n1234567\n"));
        let error = run.exits(2).json()["error"].clone();
        assert_eq!(error["kind"], "not-a-pin", "{answer:?}");
        assert_eq!(counts(&server), (1, 0), "{answer:?}");
        assert!(home.files().is_empty());
    }
}

#[test]
fn at_a_terminal_what_is_no_pin_costs_nothing() {
    let home = Home::new();
    let server = like_x(&home, granted(&home));
    let mut terminal = login(&home, &server).on_terminal();
    for answer in [
        "hello",
        "my password is hunter2",
        "clear; twauth sandbox",
        "http://127.0.0.1:8642/oauth/authorize",
        "https://example.com/?oauth_token=abc&oauth_verifier=xyz",
    ] {
        terminal.expect(PIN);
        terminal.line(answer);
        terminal.expect("nothing was sent");
        assert_eq!(counts(&server), (1, 0), "{answer}");
    }
    terminal.expect(PIN);
    terminal.line("4424277");
    terminal.expect("Logged in as @mybot (read and write), saved in ~/tw.json");
    terminal.expect("Next: twauth tweet \"hello\"");
    assert_eq!(terminal.finish().code, 0);
    assert_eq!(counts(&server), (1, 1));
}

#[test]
fn a_program_that_ends_is_told_apart_from_a_person_who_leaves() {
    let home = Home::new();
    let server = like_x(&home, Behaviour::Reply(rejected()));
    let failing = |run: Run, code: i32, kind: &str, hint: &str| {
        let output = run.args(["--json"]).exits(code);
        let error = output.json()["error"].clone();
        assert_eq!(error["kind"], kind);
        assert!(error["hint"].to_string().contains(hint), "{error}");
        error["message"].to_string()
    };
    // Before any answer.
    let message = failing(home.twauth(["login"]), 2, "no-input", "TWAUTH_CONSUMER_KEY");
    assert!(message.contains("ended before the API Key"), "{message}");
    // At the PIN.
    let start = format!("twauth login --start --server {} -a mybot", server.url());
    let named = login(&home, &server).args(["-a", "mybot"]);
    failing(named, 2, "no-input", &start);
    // After a rejected PIN: no further URL for nobody.
    failing(login(&home, &server).stdin("1234567\n"), 4, "bad-pin", "");
    assert_eq!(counts(&server), (2, 1));
    assert!(home.files().is_empty());
}

#[test]
fn the_wrong_account_is_forgiven_twice_at_a_terminal() {
    for (people, code) in [(&["weatherbot", "newsbot"][..], 0), (&["weatherbot"; 3], 5)] {
        let (home, sandbox) = SandboxServer::with_home();
        let mut terminal = newsbot(&home, &sandbox).with_sandbox_pair().on_terminal();
        let mut urls = BTreeSet::new();
        for person in people {
            let url = terminal.authorization_url();
            terminal.expect(PIN);
            terminal.line(&browser::authorize(&url, person));
            assert!(urls.insert(url));
        }
        let ended = terminal.finish();
        assert_eq!(ended.code, code, "{}", ended.screen);
        let said = "@weatherbot authorised the app, but @newsbot was expected; nothing was saved";
        assert!(ended.screen.contains(said), "{}", ended.screen);
        assert_eq!(home.exists("tw.json"), code == 0);
    }
}

#[test]
fn a_connection_that_fails_before_the_pin_is_sent_is_forgiven() {
    let home = Home::new();
    // It answers once, and then nobody listens any more: the same port is opened again later.
    let server = RawServer::replying(
        REQUEST_TOKEN,
        reply::temporary("temporary", "unimportant").header("connection", "close"),
    );
    let address = server.address();
    let mut terminal = login(&home, &server).args(["--retries", "0"]).on_terminal();
    terminal.expect(PIN);
    drop(server);
    wait_for_refusal(address);
    terminal.line("1234567");
    terminal.expect("Press Enter to try again with the same PIN, or q to cancel: ");
    terminal.line("");
    terminal.expect("Press Enter to try again with the same PIN, or q to cancel: ");
    terminal.line("q");
    let ended = terminal.finish();
    assert_eq!(ended.code, 130, "{}", ended.screen);
    assert!(ended.screen.contains(&address.to_string()));
    assert!(home.files().is_empty());
}

#[test]
fn a_pair_that_is_rejected_is_asked_for_again() {
    let (home, sandbox) = SandboxServer::with_home();
    let stored = json!({
        "note": "kept",
        "consumer_key": home.canaries.consumer_key,
        "consumer_secret": home.canaries.consumer_secret,
        "server": sandbox.url,
    });
    home.write("tw.json", stored.to_string());
    let mut terminal = home.twauth(["login", "--no-browser"]).on_terminal();
    terminal.expect("using the API Key");
    type_keys(&mut terminal, &home.canaries.consumer_key, "another-secret");
    type_keys(&mut terminal, CONSUMER_KEY, CONSUMER_SECRET);
    let url = terminal.authorization_url();
    terminal.expect(PIN);
    terminal.line(&browser::authorize(&url, "sandbot"));
    let ended = terminal.finish();
    assert_eq!(ended.code, 0, "{}", ended.screen);
    let account = home.json("tw.json");
    assert_eq!(
        (&account["note"], &account["consumer_key"]),
        (&json!("kept"), &json!(CONSUMER_KEY))
    );
    // A program is told what to set.
    home.write("tw.json", stored.to_string());
    let output = home.twauth(["login"]).exits(4);
    let output = output.assert_says("hint: set TWAUTH_CONSUMER_KEY and TWAUTH_CONSUMER_SECRET");
    assert!(!output.stderr.contains("console.x.com"), "{output:?}");
    // Rejected keys are kept by nobody, and those of variables are not asked for again.
    std::fs::remove_file(home.path("tw.json")).unwrap();
    let login = || home.twauth(["login", "--no-browser", "--server", &sandbox.url]);
    login().stdin("a-key\na-secret\n").exits(4);
    assert_eq!(login().with_pair().on_terminal().finish().code, 4);
    assert!(home.files().is_empty());
}

#[test]
fn keys_that_were_typed_are_not_lost_to_a_server_out_of_reach() {
    let home = Home::new();
    let nobody = ["--server", "http://127.0.0.1:9", "--retries", "0"];
    let login = || home.twauth(["login", "--no-browser"]).args(nobody);
    let mut terminal = login().on_terminal();
    type_keys(&mut terminal, "a-key", "a-secret");
    for answer in ["", "q"] {
        terminal.expect("Press Enter to try again, or q to cancel: ");
        terminal.line(answer);
    }
    assert_eq!(terminal.finish().code, 130);
    // Those that come from elsewhere are not asked about.
    assert_eq!(login().with_pair().on_terminal().finish().code, 3);
    assert!(home.files().is_empty());
}

fn type_keys(terminal: &mut Terminal, key: &str, secret: &str) {
    terminal.expect(KEY);
    terminal.line(key);
    terminal.expect(SECRET);
    wait_until("no echo", || !terminal.echoes());
    terminal.line(secret);
}

#[test]
fn keys_that_were_accepted_outlive_a_login_that_fails() {
    let (home, sandbox) = SandboxServer::with_home();
    let mut terminal = home
        .twauth(["login", "--no-browser", "--server", &sandbox.url])
        .on_terminal();
    type_keys(&mut terminal, CONSUMER_KEY, CONSUMER_SECRET);
    for _ in 0..3 {
        terminal.expect(PIN);
        terminal.line("0000000");
    }
    terminal.expect("saved the API Key and its secret in ~/tw.json for the next login");
    assert_eq!(terminal.finish().code, 4);
    assert_eq!(
        home.json("tw.json"),
        json!({
            "consumer_key": CONSUMER_KEY,
            "consumer_secret": CONSUMER_SECRET,
            "server": sandbox.url,
        })
    );
    let login = Login::start(home.twauth(["login"]));
    login.authorized_by("sandbot").assert_code(0);
    assert_eq!(home.json("tw.json")["screen_name"], "sandbot");
}

#[test]
fn whoever_leaves_leaves_no_keys() {
    let (home, sandbox) = SandboxServer::with_home();
    let mut terminal = home
        .twauth(["login", "--no-browser", "--server", &sandbox.url])
        .on_terminal();
    type_keys(&mut terminal, CONSUMER_KEY, CONSUMER_SECRET);
    terminal.expect(PIN);
    terminal.line("");
    assert_eq!(terminal.finish().code, 130);
    assert!(home.files().is_empty());
}

#[test]
fn a_secret_in_the_place_of_the_key_is_noticed_at_once() {
    let home = Home::new();
    // It is on the screen already.
    let shown = made_up("visible", 50, 7);
    let mut terminal = home.twauth(["login", "--no-browser"]).on_terminal();
    for (answer, said) in [
        (shown.as_str(), "clear it afterwards"),
        ("two words", "white space"),
        ("${{ secrets.KEY }}", "refers to another value"),
    ] {
        terminal.expect("API Key (console.x.com, your app, Keys & Tokens, OAuth 1.0 Keys): ");
        terminal.line(answer);
        terminal.expect(said);
    }
    terminal.expect("OAuth 1.0 Keys): ");
    terminal.line("");
    assert_eq!(terminal.finish().code, 130);
    let output = home
        .twauth(["login"])
        .stdin(format!("{shown}\n{shown}\n"))
        .run();
    let output = output.assert_code(2).assert_says("API Key");
    assert!(
        !output.stderr.contains("API Key Secret (not shown"),
        "{output:?}"
    );
}

#[test]
fn where_a_secret_would_show_it_is_said() {
    let home = Home::new();
    let server = granting(&home, "").start();
    let run = home.twauth(["login", "--server", &server.url()]);
    let mut login = Login::start(run.env("TWAUTH_CONSUMER_KEY", &home.canaries.consumer_key));
    login
        .running()
        .wait_for_stderr(|said| said.contains("use `ssh -t`").then_some(()));
    login.hang_up();
    login.finish().assert_code(2);
    // A program has its answer ready.
    let run = home.twauth(["login", "--server", &server.url()]);
    let run = run.env("TWAUTH_CONSUMER_KEY", &home.canaries.consumer_key);
    let output = run
        .stdin(format!("{}\n", home.canaries.consumer_secret))
        .run();
    assert!(output.stderr.contains("PIN"), "{output:?}");
}

#[test]
fn new_keys_do_not_inherit_the_server_of_the_file() {
    let home = Home::new();
    let server = granting(&home, "").start();
    home.write_account(&server.url());
    let before = home.read("tw.json");
    // The proxy is nobody, so that nothing reaches X.
    home.twauth(["login", "--add", "--retries", "0"])
        .env("TWAUTH_CONSUMER_KEY", made_up("newKey", 25, 1))
        .env("TWAUTH_CONSUMER_SECRET", made_up("newSecret", 50, 2))
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .exits(3);
    assert_eq!((server.connections(), home.read("tw.json")), (0, before));
}

#[test]
fn stored_keys_are_used_at_their_server_alone_and_only_where_it_is_clear_which() {
    let home = Home::new();
    let server = granting(&home, "").start();
    let add = || home.twauth(["login", "--add", "--server", &server.url()]);
    home.write_account("https://api.x.com");
    add().exits(2).assert_says("ended before the API Key");
    let mut other = home.account(&server.url());
    (other["user_id"], other["screen_name"]) = ("5".into(), "other".into());
    (other["consumer_key"], other["access_token"]) = ("another-key".into(), "5-token".into());
    let file = json!([home.account(&server.url()), other]);
    home.write("tw.json", file.to_string());
    add().exits(2).assert_says("has several API Keys");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_stored_pair_that_can_only_be_a_mistake_is_asked_for_again_and_never_sent() {
    let home = Home::new();
    let mut account = home.account("https://api.x.com");
    account["consumer_key"] = home.canaries.consumer_secret.as_str().into();
    account["consumer_secret"] = home.canaries.consumer_key.as_str().into();
    home.write("tw.json", account.to_string());
    // Nothing listens there: whatever was sent would end with 3.
    let proxy = ("HTTPS_PROXY", "http://127.0.0.1:1");
    for words in [
        &["login", "-a", "mybot"][..],
        &["login", "-a", "mybot", "--start"],
        &["login", "--all"],
    ] {
        let run = home.twauth(words).env(proxy.0, proxy.1);
        run.exits(1)
            .assert_says("consumer_key and its secret are swapped")
            .assert_says("hint: set TWAUTH_CONSUMER_KEY and TWAUTH_CONSUMER_SECRET");
    }
    let mut terminal = home
        .twauth(["login", "-a", "mybot"])
        .env(proxy.0, proxy.1)
        .on_terminal();
    terminal.expect("consumer_key and its secret are swapped");
    terminal.expect("API Key (console.x.com, your app, Keys & Tokens, OAuth 1.0 Keys): ");
    terminal.line("");
    assert_eq!(terminal.finish().code, 130);
}

#[test]
fn the_apps_secret_in_the_place_of_a_token_is_not_stored_for_x() {
    let home = Home::new();
    let canaries = &home.canaries;
    for (token, secret) in [
        (&canaries.consumer_secret, &canaries.access_token_secret),
        (&canaries.access_token, &canaries.consumer_secret),
    ] {
        home.twauth(["login", "--with-token", "--no-verify"])
            .with_pair()
            .stdin(format!("{token}\n{secret}\n"))
            .exits(2);
        assert!(!home.path("tw.json").exists());
    }
}

#[test]
fn a_token_of_another_user_is_refused_at_x_before_anything_is_sent() {
    let home = Home::new();
    let token = home.canaries.access_token.replace(USER_ID, "12345");
    let other = json!({"user_id": "12345", "access_token": token});
    home.write_account_with("https://api.x.com", &other);
    let before = home.read("tw.json");
    home.twauth(["login", "--with-token", "-a", "mybot"])
        // Whatever is sent ends there, with 3.
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
        .stdin(format!("{}\n", home.canaries.access_token))
        .exits(5)
        .assert_says(&format!("belongs to user {USER_ID}"));
    assert_eq!(home.read("tw.json"), before);
}

#[test]
fn without_keys_the_next_step_is_the_login_that_was_asked_for() {
    let home = Home::with_account("http://127.0.0.1:2");
    for (options, said) in [
        (&["--add"][..], " --add --server http://127.0.0.1:1"),
        (
            &["--add", "--read-only", "-a", "newsbot"],
            " --add --read-only --server http://127.0.0.1:1 -a newsbot",
        ),
        (&["--replace"], " --replace --server http://127.0.0.1:1"),
    ] {
        let login = home.twauth(["login", "--json", "--server", "http://127.0.0.1:1"]);
        let error = login.args(options).exits(2).json()["error"].clone();
        assert_eq!(error["command"], format!("twauth login --start{said}"));
        let hint = error["hint"].to_string();
        assert!(hint.starts_with("\"set TWAUTH_CONSUMER_KEY and"), "{hint}");
    }
}

#[test]
fn keys_that_were_saved_are_not_denied() {
    let (home, sandbox) = SandboxServer::with_home();
    let mut terminal = newsbot(&home, &sandbox).on_terminal();
    type_keys(&mut terminal, CONSUMER_KEY, CONSUMER_SECRET);
    for _ in 0..3 {
        let url = terminal.authorization_url();
        terminal.expect(PIN);
        terminal.line(&browser::authorize(&url, "weatherbot"));
    }
    terminal.expect("saved the API Key and its secret in ~/tw.json");
    let ended = terminal.finish();
    assert_eq!(ended.code, 5, "{}", ended.screen);
    let said = "@newsbot was expected; the account was not saved";
    assert!(ended.screen.contains(said), "{}", ended.screen);
    assert!(
        !ended.screen.contains("nothing was saved"),
        "{}",
        ended.screen
    );
}

#[test]
fn the_wrong_account_is_asked_for_again_beside_the_others() {
    let (home, sandbox) = SandboxServer::with_account();
    let login = Login::at(&home, &sandbox, &["--add", "-a", "1952", "--json"]);
    let error = login.authorized_by("weatherbot").assert_code(5).json()["error"].clone();
    let command = format!("twauth login --add --server {} -a 1952", sandbox.url);
    assert_eq!(error["command"], command.as_str());
    let hint = error["hint"].to_string();
    assert!(hint.contains("sign in as user 1952 in"), "{hint}");
}

#[test]
fn an_unverified_token_is_named_by_the_id_in_it() {
    let home = Home::new();
    let canaries = &home.canaries;
    let tokens = format!(
        "{}\n{}\n",
        canaries.access_token, canaries.access_token_secret
    );
    let output = home
        .twauth(["login", "--with-token", "--no-verify"])
        .with_pair()
        .stdin(tokens)
        .exits(0);
    assert_eq!(output.stdout, format!("{USER_ID}\n"));
    output.assert_says(&format!("Logged in as user {USER_ID}, saved in"));
    assert_eq!(home.json("tw.json")["user_id"], USER_ID);
    // Elsewhere nothing is known.
    let output = home
        .twauth([
            "login",
            "--with-token",
            "--no-verify",
            "--server",
            "http://127.0.0.1:1",
            "--add",
        ])
        .with_pair()
        .stdin("token\nsecret\n")
        .exits(0);
    assert_eq!(output.stdout, "");
}
