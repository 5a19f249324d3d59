//! What a login does to the file, and that nothing is lost.

use rustix::process::Signal;
use serde_json::{Value, json};

use super::{ME, granting, login_at, rescue_file};
use crate::support::{
    Behaviour, CONSUMER_KEY, CONSUMER_SECRET, Home, Login, SandboxServer, browser, log_in, reply,
};

#[test]
fn a_file_with_an_account_needs_a_word_before_anything_is_sent() {
    let home = Home::new();
    let server = granting(&home, "").start();
    home.write_account(&server.url());
    let before = home.read("tw.json");
    for arguments in [&[][..], &["-a", "otherbot"]] {
        let output = login_at(&home, &server.url()).args(arguments).run();
        let output = output.assert_code(2).assert_says("already has @mybot");
        assert!(output.stderr.contains("--add") && output.stderr.contains("--replace"));
    }
    let output = login_at(&home, &server.url())
        .args(["--add", "--replace"])
        .run();
    output.assert_code(2);
    let output = login_at(&home, &server.url()).args(["--json"]).exits(2);
    assert_eq!(output.json()["error"]["kind"], "account-exists");
    // A program may have a terminal.
    let terminal = login_at(&home, &server.url()).args(["--json"]);
    assert_eq!(terminal.on_terminal().finish().code, 2);
    assert_eq!((server.connections(), home.read("tw.json")), (0, before));
}

#[test]
fn replace_puts_the_new_account_in_place_of_the_one() {
    let (home, sandbox) = SandboxServer::with_account();
    log_in(&home, &sandbox, "newsbot", &["--replace"]);
    assert_eq!(home.json("tw.json")["screen_name"], "newsbot");
    log_in(&home, &sandbox, "sandbot", &["--add"]);
    let output = home.twauth(["login", "--replace"]).exits(2);
    output.assert_says("--replace needs -a NAME: @newsbot, @sandbot");
}

#[test]
fn the_same_account_is_updated_where_it_stands() {
    let (home, sandbox) = SandboxServer::with_account();
    log_in(&home, &sandbox, "newsbot", &["--add"]);
    let text = home
        .read("tw.json")
        .replacen('{', "{\n    \"colour\": 1.0E0,", 1);
    home.write("tw.json", &text);
    for arguments in [
        &["-a", "@SANDBOT"][..],
        &["-a", "1900000000000000001"],
        &["--add"],
    ] {
        let before = first_token(&home);
        log_in(&home, &sandbox, "sandbot", arguments);
        let text = home.read("tw.json");
        assert!(
            text.starts_with("[\n  {\n    \"colour\": 1.0E0,\n"),
            "{text}"
        );
        assert_eq!(text.matches("screen_name").count(), 2, "{arguments:?}");
        assert_ne!(first_token(&home), before);
    }
}

#[test]
fn an_older_file_without_labels_is_completed_not_doubled() {
    let (home, sandbox) = SandboxServer::with_account();
    let mut file = home.json("tw.json");
    for label in ["screen_name", "user_id"] {
        file.as_object_mut().unwrap().remove(label);
    }
    home.write("tw.json", file.to_string());
    log_in(&home, &sandbox, "sandbot", &["--add"]);
    let file = home.json("tw.json");
    assert_eq!(file["screen_name"], "sandbot", "{file:#}");
}

#[test]
fn a_file_with_only_the_consumer_pair_is_completed_in_place() {
    let (home, sandbox) = SandboxServer::with_home();
    for (written, path) in [(pair_of(&sandbox), ""), (json!([pair_of(&sandbox)]), "/0")] {
        home.write("tw.json", written.to_string());
        let login = Login::start(home.twauth(["login"]));
        let output = login.authorized_by("sandbot").assert_code(0);
        assert!(!output.stderr.contains("API Key ("), "{output:?}");
        let file = home.json("tw.json");
        assert_eq!(file.pointer(path).unwrap()["screen_name"], "sandbot");
        assert_eq!(file.pointer(path).unwrap()["note"], "kept");
    }
}

#[test]
fn another_key_than_the_waiting_one_is_not_mixed_in() {
    let home = Home::new();
    let server = granting(&home, "").start();
    home.write(
        "tw.json",
        json!({"consumer_key": "anotherAppsKey", "consumer_secret": "unimportant", "server": server.url()})
            .to_string(),
    );
    let output = login_at(&home, &server.url()).run();
    output.assert_code(2).assert_says("--add");
    assert_eq!(server.connections(), 0);
}

#[test]
fn an_interruption_between_token_and_file_stores_the_token() {
    let home = Home::new();
    let server = granting(&home, "").on(ME, Behaviour::Hang).start();
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let requests = server.requests().len();
        let mut login = Login::start(login_at(&home, &server.url()));
        login.answer("1234567");
        server.wait_for_requests(requests + 3);
        login.running().signal(signal);
        let name = rescue_file_after(&home, &login.finish().assert_code(code).stderr);
        assert_eq!(
            home.json(&name)["access_token"],
            home.canaries.access_token.as_str()
        );
        std::fs::remove_file(home.path(&name)).unwrap();
    }
    assert!(home.files().is_empty());
}

#[test]
fn a_save_that_fails_leaves_a_rescue_file() {
    let (home, sandbox) = SandboxServer::with_home();
    let mut login = Login::at(&home, &sandbox, &[]);
    let pin = browser::authorize(&login.authorization_url(), "sandbot");
    home.write("tw.json", "{ an editor was here");
    login.answer(&pin);
    let output = login.finish().assert_code(1);
    assert_eq!(home.read("tw.json"), "{ an editor was here");
    let name = rescue_file_after(&home, &output.stderr);
    // What is rescued is a credentials file.
    let output = home.twauth(["list", "-c", &name]).exits(0);
    assert!(output.stdout.starts_with("sandbot\t1900000000000000001\t"));
}

#[test]
fn an_account_that_came_meanwhile_is_not_replaced() {
    let (home, sandbox) = SandboxServer::with_home();
    let mut slow = Login::at(&home, &sandbox, &[]);
    let pin = browser::authorize(&slow.authorization_url(), "sandbot");
    log_in(&home, &sandbox, "newsbot", &[]);
    let before = home.read("tw.json");
    slow.answer(&pin);
    let output = slow
        .finish()
        .assert_code(1)
        .assert_says("log in again with --add");
    assert_eq!(home.read("tw.json"), before);
    rescue_file_after(&home, &output.stderr);
    // The command beside it can be pasted.
    let import = output
        .stderr
        .split("to import them: twauth ")
        .nth(1)
        .unwrap();
    let words = import.lines().next().unwrap().split(' ');
    home.twauth(words).exits(0);
    assert_eq!(home.json("tw.json").as_array().unwrap().len(), 2);
}

#[test]
fn with_add_a_login_that_waits_joins_one_that_ends() {
    let (home, sandbox) = SandboxServer::with_home();
    let mut slow = Login::at(&home, &sandbox, &["--add"]);
    let pin = browser::authorize(&slow.authorization_url(), "sandbot");
    log_in(&home, &sandbox, "newsbot", &["--add"]);
    slow.answer(&pin);
    slow.finish().assert_code(0);
    let file = home.json("tw.json");
    assert_eq!(
        (&file[0]["screen_name"], &file[1]["screen_name"]),
        (&json!("newsbot"), &json!("sandbot"))
    );
}

/// The entry of the consumer pair alone, as another program may have written it.
fn pair_of(sandbox: &SandboxServer) -> Value {
    json!({
        "note": "kept",
        "consumer_key": CONSUMER_KEY,
        "consumer_secret": CONSUMER_SECRET,
        "server": sandbox.url,
    })
}

fn first_token(home: &Home) -> String {
    let text = home.read("tw.json");
    let mut lines = text.lines();
    let line = lines.find(|line| line.contains("\"access_token\""));
    line.unwrap().to_owned()
}

fn rescue_file_after(home: &Home, said: &str) -> String {
    let name = rescue_file(home);
    assert!(
        said.contains(&name) && said.contains("twauth import"),
        "{said}"
    );
    name
}

#[test]
fn only_the_account_that_was_there_is_replaced() {
    let (home, sandbox) = SandboxServer::with_account();
    let mut slow = Login::at(&home, &sandbox, &["--replace"]);
    let pin = browser::authorize(&slow.authorization_url(), "weatherbot");
    log_in(&home, &sandbox, "newsbot", &["--replace"]);
    let before = home.read("tw.json");
    slow.answer(&pin);
    let output = slow.finish().assert_code(1);
    assert_eq!(home.read("tw.json"), before);
    rescue_file_after(&home, &output.stderr);
}

#[test]
fn a_file_with_only_the_consumer_pair_is_completed_in_place_at_the_server_named() {
    let home = Home::new();
    let server = granting(&home, "&user_id=1&screen_name=mybot")
        .reply(ME, reply::me("1", "mybot"))
        .start();
    let pair = json!({
        "note": 1,
        "consumer_key": home.canaries.consumer_key,
        "consumer_secret": home.canaries.consumer_secret,
        "server": server.url(),
    });
    let named = json!({ "screen_name": "mybot" });
    for (more, arguments) in [(json!({}), &[][..]), (named, &["-a", "mybot"])] {
        let mut file = pair.clone();
        file.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        home.write("tw.json", file.to_string());
        let run = home.twauth(["login", "--server", &server.url()]);
        run.args(arguments).stdin("1234567\n").exits(0);
        let account = home.json("tw.json");
        assert_eq!(
            (&account["note"], &account["user_id"]),
            (&json!(1), &json!("1"))
        );
        assert_eq!(account["server"], server.url());
    }
    // An account with a token belongs to the server in the file.
    home.write_account("https://api.x.com");
    let run = home.twauth(["login", "-a", "mybot", "--server", &server.url()]);
    run.exits(2);
}
