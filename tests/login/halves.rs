//! A login in two processes: what is kept between them, for which account, and how it ends.

use std::fs;

use serde_json::{Value, json};

use super::{ACCESS_TOKEN, REQUEST_TOKEN, granting, login_at};
use crate::support::{
    CONSUMER_KEY, CONSUMER_SECRET, Home, Reply, Run, SandboxServer, Script, TWAUTH, browser, reply,
    wait_for_refusal,
};

const PENDING: &str = "tw.json.pending";

/// The first half at a sandbox, ready to run.
fn start(home: &Home, sandbox: &SandboxServer, arguments: &[&str]) -> Run {
    home.twauth(["login", "--start", "--server", &sandbox.url])
        .args(arguments)
        .with_sandbox_pair()
}

fn started(home: &Home, sandbox: &SandboxServer, arguments: &[&str]) -> String {
    let output = start(home, sandbox, arguments).exits(0);
    output.stdout.trim_end().to_owned()
}

fn finish(home: &Home, arguments: &[&str]) -> Run {
    home.twauth(["login", "--finish"]).args(arguments)
}

/// The request token in a URL of the authorisation page.
fn token(url: &str) -> &str {
    let (_, token) = url.split_once("oauth_token=").unwrap();
    token.split('&').next().unwrap()
}

#[test]
fn a_login_outlives_its_process() {
    let (home, sandbox) = SandboxServer::with_home();
    let output = start(&home, &sandbox, &["-a", "newsbot"]).run();
    let output = output
        .assert_code(0)
        .assert_says("twauth login -a newsbot --finish\n");
    let url = output.stdout.strip_suffix('\n').unwrap();
    assert!(
        url.starts_with(&format!("{}/oauth/authorize?", sandbox.url)),
        "{url}"
    );
    assert!(url.ends_with("&force_login=true&screen_name=newsbot"));
    assert_eq!(home.files(), [PENDING]);
    assert_eq!(home.mode(PENDING), 0o600);

    let listed = home.twauth(["list"]).exits(0);
    let row = format!(
        "newsbot\t-\t{}\t...-key\t-\tlogin pending since ",
        sandbox.url
    );
    assert!(listed.stdout.starts_with(&row), "{listed:?}");
    let listed = home.twauth(["list", "--json"]).exits(0).json();
    assert_eq!(listed[0]["screen_name"], "newsbot");
    assert_eq!(
        listed[0]["pending_since"],
        home.json(PENDING)[0]["started_at"]
    );

    let pin = browser::Browser::new().authorize_as_shown(url);
    let output = finish(&home, &[&pin]).exits(0);
    assert_eq!(output.stdout, "newsbot\n");
    assert_eq!(home.files(), ["tw.json"]);
    assert_eq!(home.json("tw.json")["screen_name"], "newsbot");
    home.twauth(["verify"]).exits(0);
}

#[test]
fn each_half_gives_one_document_and_the_next_command_runs_as_printed() {
    let (home, sandbox) = SandboxServer::with_home();
    let file = "a folder/it's $HOME.json";
    let output = start(&home, &sandbox, &["--json", "-a", "@NewsBot", "-c", file]).run();
    let pending = output.assert_code(0).json();
    assert_eq!(
        (&pending["state"], &pending["account"], &pending["server"]),
        (&json!("pending"), &json!("NewsBot"), &json!(sandbox.url))
    );
    assert_eq!(pending["creds"], file);
    let pin = browser::authorize(pending["authorize_url"].as_str().unwrap(), "newsbot");
    let command = pending["finish"].as_str().unwrap();
    // As a program types it into a shell of its own, in another folder.
    // The PIN comes at the end.
    let script = format!(
        "cd / && {} {pin} --json",
        command.replacen("twauth", TWAUTH, 1)
    );
    let output = home.program("sh").args(["-c", &script]).run();
    let done = output.assert_code(0).json();
    assert_eq!(done["screen_name"], "newsbot");
    assert_eq!(done["access_level"], "read-write");
    assert_eq!(home.json(file)["screen_name"], "newsbot");
    assert_eq!(home.files(), [file]);
}

#[test]
fn two_logins_are_pending_at_once_and_end_in_any_order() {
    let (home, sandbox) = SandboxServer::with_home();
    let first = started(&home, &sandbox, &["-a", "newsbot", "--add"]);
    let second = started(&home, &sandbox, &["-a", "weatherbot", "--add"]);
    let (news, weather) = (
        browser::authorize(&first, "newsbot"),
        browser::authorize(&second, "weatherbot"),
    );
    // A PIN alone tells nothing of whose it is.
    let output = finish(&home, &[&weather, "--json"]).exits(2).json();
    let error = &output["error"];
    assert_eq!(error["kind"], "several-pending-logins");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("@newsbot") && message.contains("@weatherbot"),
        "{message}"
    );

    let output = finish(&home, &[&weather, "-a", "weatherbot"]).run();
    assert_eq!(output.assert_code(0).stdout, "weatherbot\n");
    assert_eq!(home.json(PENDING).as_array().unwrap().len(), 1);
    let output = finish(&home, &[&news]).run();
    assert_eq!(output.assert_code(0).stdout, "newsbot\n");
    let file = home.json("tw.json");
    assert_eq!(
        (&file[0]["screen_name"], &file[1]["screen_name"]),
        (&json!("weatherbot"), &json!("newsbot"))
    );
    assert!(!home.exists(PENDING));
}

#[test]
fn the_url_of_the_redirect_picks_its_login() {
    let (home, sandbox) = SandboxServer::with_home();
    let urls = [0, 1].map(|_| started(&home, &sandbox, &["--add"]));
    for (url, name) in [(&urls[1], "newsbot"), (&urls[0], "sandbot")] {
        let pin = browser::authorize(url, name);
        let pasted = format!(
            "http://localhost/cb?oauth_token={}&oauth_verifier={pin}",
            token(url)
        );
        let output = finish(&home, &[&pasted]).exits(0);
        assert_eq!(output.stdout, format!("{name}\n"));
    }
}

#[test]
fn a_login_that_is_not_pending_is_not_finished() {
    let home = Home::new();
    let server = granting(&home, "&user_id=1&screen_name=mybot").start();
    let output = finish(&home, &["1234567", "--json"]).exits(4);
    let error = output.json()["error"].clone();
    assert_eq!(error["kind"], "no-pending-login");
    assert!(
        error["hint"].to_string().contains("`twauth login --start`"),
        "{error}"
    );

    login_at(&home, &server.url())
        .args(["--start", "-a", "mybot"])
        .exits(0);
    // Another account, another server, another file.
    for (arguments, said) in [
        (
            &["1234567", "-a", "otherbot"][..],
            "no login of @otherbot is pending",
        ),
        (
            &["1234567", "--server", "http://127.0.0.1:9"],
            "no login is pending",
        ),
        (&["1234567", "-c", "other.json"], "no login is pending for"),
    ] {
        let output = finish(&home, arguments).exits(4).assert_says(said);
        assert!(output.stderr.contains("twauth login --start"), "{output:?}");
    }
    assert_eq!(server.count(ACCESS_TOKEN), 0);
    assert_eq!(home.files(), [PENDING]);
}

#[test]
fn what_is_no_pin_is_not_sent_and_the_login_stays_pending() {
    let (home, sandbox) = SandboxServer::with_home();
    let url = started(&home, &sandbox, &["-a", "newsbot"]);
    let before = home.read(PENDING);
    for (answer, kind) in [
        ("hello", "not-a-pin"),
        ("my password is hunter2", "not-a-pin"),
        (&url, "not-a-pin"),
        (
            "http://localhost/cb?oauth_token=another&oauth_verifier=1",
            "not-a-pin",
        ),
    ] {
        let output = finish(&home, &[answer, "--json"]).exits(2).json();
        assert_eq!(output["error"]["kind"], kind, "{answer}");
        let message = output["error"]["message"].to_string();
        assert!(!message.contains("hunter2") && message.contains("nothing was sent"));
    }
    for (input, code, said) in [
        ("", 2, "standard input ended before the PIN"),
        ("\n", 130, "nothing was changed"),
        ("q\n", 130, "nothing was changed"),
        ("hello\n", 2, "not a PIN"),
    ] {
        let output = finish(&home, &[]).stdin(input).run();
        output.assert_code(code).assert_says(said);
    }
    assert_eq!(home.read(PENDING), before);
    let pin = browser::authorize(&url, "newsbot");
    let output = finish(&home, &["-a", "NEWSBOT"])
        .stdin(format!("PIN: {pin}\r\n"))
        .run();
    assert_eq!(output.assert_code(0).stdout, "newsbot\n");
}

#[test]
fn a_rejected_pin_ends_the_pending_login_and_names_the_way_to_begin_again() {
    let home = Home::new();
    let server = Script::new()
        .reply(REQUEST_TOKEN, reply::temporary("temporary", "unimportant"))
        .reply(
            ACCESS_TOKEN,
            Reply::new(
                401,
                "text/plain",
                "Invalid oauth_verifier parameter: oauth_token_secret=peep",
            ),
        )
        .start();
    login_at(&home, &server.url())
        .args(["--start", "-a", "mybot"])
        .exits(0);
    let output = finish(&home, &["1234567", "--json"]).exits(4);
    let error = output.json()["error"].clone();
    let start = format!("twauth login --start --server {} -a mybot", server.url());
    assert_eq!(error["kind"], "bad-pin");
    assert!(error["hint"].to_string().contains(&start), "{error}");
    // The words of that reply may hold a secret.
    assert!(!output.stdout.contains("peep") && !output.stderr.contains("peep"));
    assert_eq!(
        (server.count(REQUEST_TOKEN), server.count(ACCESS_TOKEN)),
        (1, 1)
    );
    assert!(home.files().is_empty(), "{:?}", home.files());
}

#[test]
fn another_account_ends_the_pending_login_and_nothing_is_saved() {
    let (home, sandbox) = SandboxServer::with_home();
    let url = started(&home, &sandbox, &["-a", "newsbot"]);
    let pin = browser::authorize(&url, "weatherbot");
    let output = finish(&home, &[&pin, "--json"]).exits(5).json();
    assert_eq!(output["error"]["kind"], "wrong-account");
    let message = output["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("@weatherbot") && message.contains("@newsbot"),
        "{message}"
    );
    assert!(home.files().is_empty(), "{:?}", home.files());
}

#[test]
fn a_server_that_cannot_be_reached_leaves_the_login_pending() {
    let home = Home::new();
    let server = granting(&home, "").start();
    login_at(&home, &server.url()).args(["--start"]).exits(0);
    let before = home.read(PENDING);
    let address = server.address();
    drop(server);
    wait_for_refusal(address);
    let output = finish(&home, &["1234567", "--retries", "0"]).exits(3);
    output.assert_says("still pending: `twauth login --finish`");
    assert_eq!(home.read(PENDING), before);
}

#[test]
fn the_place_may_be_said_with_either_half() {
    let (home, sandbox) = SandboxServer::with_home();
    for (first, second, names) in [
        (&[][..], &[][..], &["sandbot"][..]),
        (&["--replace"], &[], &["newsbot"]),
        (&[], &["--replace"], &["sandbot"]),
        (&["--add"], &[], &["sandbot", "newsbot"]),
    ] {
        let name = *names.last().unwrap();
        let url = started(&home, &sandbox, &[&["-a", name], first].concat());
        let pin = browser::authorize(&url, name);
        finish(&home, &[&[pin.as_str()], second].concat()).exits(0);
        let listed = home.twauth(["list"]).run().stdout;
        let found: Vec<&str> = listed
            .lines()
            .map(|line| line.split('\t').next().unwrap())
            .collect();
        assert_eq!(found, names);
    }
}

#[test]
fn an_account_that_needs_a_word_gets_it_with_the_next_command() {
    let (home, sandbox) = SandboxServer::with_home();
    let url = started(&home, &sandbox, &[]);
    finish(&home, &[&browser::authorize(&url, "sandbot")]).exits(0);
    let output = start(&home, &sandbox, &["-a", "newsbot", "--json"]).exits(0);
    let pending = output.json();
    assert_eq!(pending["finish"], "twauth login -a newsbot --add --finish");
    let pin = browser::authorize(pending["authorize_url"].as_str().unwrap(), "newsbot");
    let before = home.read("tw.json");
    let output = finish(&home, &[&pin]).exits(2).assert_says("--add");
    assert!(output.stderr.contains("already has @sandbot"));
    assert_eq!(home.read("tw.json"), before);
    finish(&home, &[&pin, "--add"]).exits(0);
    assert_eq!(home.json("tw.json")[1]["screen_name"], "newsbot");
}

#[test]
fn only_the_account_that_was_there_at_the_start_is_replaced() {
    let (home, sandbox) = SandboxServer::with_home();
    let login = |name: &str, arguments: &[&str]| {
        let url = started(&home, &sandbox, &[&["-a", name], arguments].concat());
        browser::authorize(&url, name)
    };
    finish(&home, &[&login("sandbot", &[])]).exits(0);
    let slow = login("weatherbot", &["--replace"]);
    let quick = login("newsbot", &["--replace"]);
    finish(&home, &[&quick, "-a", "newsbot"]).exits(0);
    let before = home.read("tw.json");
    finish(&home, &[&slow]).exits(1).assert_says("meanwhile");
    assert_eq!(home.read("tw.json"), before);
    finish(&home, &[&slow, "--add"]).exits(0);
    assert_eq!(home.json("tw.json")[1]["screen_name"], "weatherbot");
}

#[test]
fn a_pending_login_is_dropped_after_a_day() {
    let (home, sandbox) = SandboxServer::with_home();
    let url = started(&home, &sandbox, &["-a", "newsbot"]);
    let mut pending = home.json(PENDING);
    let at = pending[0]["started_at"].as_i64().unwrap();
    pending[0]["started_at"] = json!(at - 24 * 60 * 60);
    home.write(PENDING, pending.to_string());
    let pin = browser::authorize(&url, "newsbot");
    finish(&home, &[&pin])
        .exits(4)
        .assert_says("no login is pending");
    home.twauth(["list"]).exits(4);
    // The next one that is written leaves it out.
    started(&home, &sandbox, &["-a", "sandbot"]);
    assert_eq!(home.json(PENDING).as_array().unwrap().len(), 1);
}

#[test]
fn git_would_not_commit_a_pending_login() {
    let (home, sandbox) = SandboxServer::with_home();
    home.program("git").args(["init", "-q", "."]).exits(0);
    home.write(".gitignore", "/tw.json\n");
    let output = start(&home, &sandbox, &[]).exits(1);
    let output = output.assert_says("add the line /tw.json.pending to");
    assert_eq!(output.stdout, "");
    assert!(!home.exists(PENDING));
    home.write(".gitignore", "/tw.json\n/tw.json.pending\n");
    start(&home, &sandbox, &[]).exits(0);
    // What changed meanwhile counts.
    home.write(".gitignore", "/tw.json.pending\n");
    let output = finish(&home, &["1234567"]).exits(1);
    output.assert_says("add the line /tw.json to");
    assert!(home.exists(PENDING));
}

#[test]
fn a_refusal_on_the_page_ends_the_pending_login() {
    let (home, sandbox) = SandboxServer::with_home();
    let url = started(&home, &sandbox, &[]);
    let denied = format!("http://localhost/cb?denied={}", token(&url));
    let output = finish(&home, &[&denied]).exits(130);
    output.assert_says("the app was not authorised");
    assert!(home.files().is_empty(), "{:?}", home.files());
}

#[test]
fn a_pending_login_of_a_known_account_answers_to_its_id() {
    let (home, sandbox) = SandboxServer::with_account();
    let url = started(&home, &sandbox, &["-a", "sandbot"]);
    let pin = browser::authorize(&url, "sandbot");
    finish(&home, &[&pin, "-a", "1900000000000000001"]).exits(0);
}

#[test]
fn a_pending_login_is_listed_with_its_account_at_its_server_alone() {
    let (home, sandbox) = SandboxServer::with_home();
    for name in ["mybot", "newsbot"] {
        started(&home, &sandbox, &["-a", name]);
    }
    home.write_account("https://api.x.com");
    for (name, found) in [("mybot", &[false, true][..]), ("NewsBot", &[true])] {
        let listed = home.twauth(["list", "--json", "-a", name]).exits(0).json();
        let pending = listed.as_array().unwrap().iter();
        let pending: Vec<bool> = pending
            .map(|entry| entry["pending_since"].is_i64())
            .collect();
        assert_eq!(pending, found, "{listed}");
    }
}

#[test]
fn no_link_and_no_other_file_takes_the_place_of_the_pending_logins() {
    let (home, sandbox) = SandboxServer::with_home();
    let victim = home.write("victim", "[]");
    std::os::unix::fs::symlink(&victim, home.path(PENDING)).unwrap();
    for arguments in [&["--start"][..], &["--finish", "1"]] {
        let run = home.twauth(["login"]).args(arguments);
        let run = run.with_sandbox_pair();
        let run = run.env("TWAUTH_SERVER", &sandbox.url);
        run.exits(1).assert_says("is not a regular file");
    }
    assert_eq!(home.read("victim"), "[]");
    fs::remove_file(home.path(PENDING)).unwrap();

    home.write(PENDING, "{ half of it");
    start(&home, &sandbox, &[])
        .exits(1)
        .assert_says("is not a list of pending logins");
    assert_eq!(home.read(PENDING), "{ half of it");
    // It hides no account.
    home.write_account(&sandbox.url);
    home.twauth(["list"]).exits(0).assert_says("pending");
    // Another user could choose where the PIN is sent.
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(home.path(PENDING), Some(12345), None).unwrap();
        let output = finish(&home, &["1234567"]).exits(1);
        output.assert_says("belongs to another user");
    }
}

#[test]
fn the_sandbox_of_one_command_is_no_place_for_two() {
    let home = Home::new();
    let output = home.twauth(["login", "--start", "--sandbox"]).run();
    output.assert_code(2).assert_says("built-in sandbox");
    assert!(home.files().is_empty());
}

#[test]
fn a_token_that_cannot_be_saved_by_the_second_half_is_rescued() {
    let home = Home::new();
    let server = granting(&home, "")
        .on(super::ME, crate::support::behaviour::Behaviour::Hang)
        .start();
    login_at(&home, &server.url()).args(["--start"]).exits(0);
    let running = finish(&home, &["1234567"]).start();
    server.wait_for_requests(3);
    running.signal(rustix::process::Signal::TERM);
    running
        .finish()
        .assert_code(143)
        .assert_says("are not lost");
    let name = super::rescue_file(&home);
    let rescued: Value = home.json(&name);
    assert_eq!(rescued["access_token"], home.canaries.access_token.as_str());
}

#[test]
fn keys_that_were_entered_are_kept_when_the_second_half_fails() {
    let (home, sandbox) = SandboxServer::with_home();
    let keys = format!("{CONSUMER_KEY}\n{CONSUMER_SECRET}\n");
    let begin = |input: &str| {
        let run = home.twauth(["login", "--start", "--server", &sandbox.url]);
        run.stdin(input.to_owned()).exits(0)
    };
    begin(&keys);
    finish(&home, &["0000000"])
        .exits(4)
        .assert_says("for the next login");
    assert_eq!(home.files(), ["tw.json"]);
    assert_eq!(home.json("tw.json")["consumer_key"], CONSUMER_KEY);
    let url = begin("").stdout;
    let pin = browser::authorize(url.trim_end(), "sandbot");
    finish(&home, &[&pin]).exits(0);
    assert_eq!(home.json("tw.json")["screen_name"], "sandbot");
}
