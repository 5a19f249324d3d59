//! Every account once more, after new keys or a new permission.

use serde_json::json;

use super::{ACCESS_TOKEN, ME, REQUEST_TOKEN};
use crate::support::{Home, Login, RawServer, Reply, Run, Script, made_up, reply, wait_until};

/// In place of a name: the PIN is rejected.
const REJECTED: &str = "-";
const NAMES: [&str; 5] = ["bot1", "bot2", "bot3", "bot4", "bot5"];

fn id(name: &str) -> String {
    format!("90000000000000000{}", &name[3..])
}

/// A server at which these accounts authorise the app, one after the other.
fn authorising(home: &Home, names: &[&str]) -> RawServer {
    authorising_after(Script::new(), home, names)
}

/// The same after what the script begins with.
fn authorising_after(script: Script, home: &Home, names: &[&str]) -> RawServer {
    let mut script = script.reply(REQUEST_TOKEN, reply::temporary("temporary", "unimportant"));
    for name in names {
        if *name == REJECTED {
            let reply = Reply::new(401, "text/plain", "Invalid oauth_verifier parameter");
            script = script.reply(ACCESS_TOKEN, reply);
            continue;
        }
        let token = format!("{}-{}", id(name), made_up("new", 40, 3));
        let secret = &home.canaries.access_token_secret;
        script = script
            .reply(ACCESS_TOKEN, reply::token(&token, secret, &id(name), name))
            .reply(ME, reply::me(&id(name), name));
    }
    script.start()
}

/// A file of the five, with the old keys.
fn write_five(home: &Home, server: &str) {
    let accounts = NAMES.map(|name| {
        let mut account = home.account(server);
        account["screen_name"] = json!(name);
        account["user_id"] = json!(id(name));
        account["access_token"] = json!(format!("{}-{}", id(name), made_up("old", 40, 4)));
        account
    });
    home.write("tw.json", json!(accounts).to_string());
}

fn new_key() -> String {
    made_up("newKey", 25, 11)
}

fn all(home: &Home) -> Run {
    home.twauth(["login", "--all", "--consumer-key", &new_key()])
}

fn keys(home: &Home) -> Vec<bool> {
    let file = home.json("tw.json");
    let each = file.as_array().unwrap().iter();
    each.map(|account| account["consumer_key"] == new_key())
        .collect()
}

#[test]
fn five_bots_get_new_keys_with_an_interruption_after_the_second() {
    let home = Home::new();
    let server = authorising(&home, &["bot1", "bot2", "bot3", "bot5"]);
    write_five(&home, &server.url());
    let secret = made_up("newSecret", 50, 12);
    home.also_secret(&secret);
    let at = ["--server", &server.url()];
    let mut login = Login::start(all(&home).args(at).env("TWAUTH_CONSUMER_SECRET", &secret));
    for name in &NAMES[..2] {
        let url = login.authorization_url();
        assert!(
            url.ends_with(&format!("&force_login=true&screen_name={name}")),
            "{url}"
        );
        login.answer("1234567");
    }
    login.authorization_url();
    login.running().signal(rustix::process::Signal::INT);
    // The end of its input is another matter.
    wait_until("its end", || !login.running().is_alive());
    let output = login.finish().assert_code(130);
    assert_eq!(output.stdout, "bot1\nbot2\n");
    output
        .assert_says("1 of 5: @bot1\n")
        .assert_says("3 of 5: @bot3\n");
    assert_eq!(keys(&home), [true, true, false, false, false]);

    // Continued: the new secret is in the file by now.
    let output = all(&home).args(at).stdin("1234567\n\n1234567\n").exits(1);
    assert_eq!(output.stdout, "bot3\nbot5\n", "{output:?}");
    let output = output
        .assert_says("1 of 3: @bot3\n")
        .assert_says("1 of 3 accounts are left: @bot4");
    assert!(
        output.stderr.contains("run the same command again"),
        "{output:?}"
    );
    assert_eq!(keys(&home), [true, true, true, false, true]);
}

#[test]
fn an_account_that_answers_for_another_is_left() {
    let home = Home::new();
    let server = authorising(&home, &["bot1", "bot1", "bot3", "bot4", "bot5"]);
    write_five(&home, &server.url());
    let output = home
        .twauth(["login", "--all", "--json"])
        .stdin("1\n".repeat(5))
        .exits(1);
    let result = output.json();
    assert_eq!(result["left"], json!(["bot2"]));
    let done: Vec<_> = result["done"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["screen_name"])
        .collect();
    assert_eq!(done, ["bot1", "bot3", "bot4", "bot5"]);
    output.assert_says("@bot1 authorised the app, but @bot2 was expected");
}

#[test]
fn where_nothing_is_left_it_is_said() {
    let home = Home::new();
    let server = authorising(&home, &NAMES);
    write_five(&home, &server.url());
    let output = home
        .twauth([
            "login",
            "--all",
            "--consumer-key",
            &home.canaries.consumer_key,
            "--server",
            &server.url(),
        ])
        .exits(0);
    output.assert_says("already has this API Key");
    assert_eq!(server.connections(), 0);
}

#[test]
fn without_input_all_are_left() {
    let home = Home::new();
    let server = authorising(&home, &NAMES);
    write_five(&home, &server.url());
    let before = home.read("tw.json");
    let output = home.twauth(["login", "--all"]).exits(1);
    output.assert_says("5 of 5 accounts are left: @bot1, @bot2");
    assert_eq!(home.read("tw.json"), before);
    let empty = Home::new();
    empty
        .twauth(["login", "--all"])
        .exits(4)
        .assert_says("has no account at X");
}

#[test]
fn an_account_whose_pins_are_rejected_is_left() {
    let home = Home::new();
    let names = [REJECTED, REJECTED, REJECTED, "bot2", "bot3", "bot4", "bot5"];
    let server = authorising(&home, &names);
    write_five(&home, &server.url());
    let login = home.twauth(["login", "--all"]).stdin("1\n".repeat(7));
    let output = login.exits(1);
    assert_eq!(output.stdout, "bot2\nbot3\nbot4\nbot5\n");
    output.assert_says("1 of 5 accounts are left: @bot1");
}

#[test]
fn keys_that_are_typed_are_for_all_accounts_of_that_app_and_no_other() {
    let home = Home::new();
    let server = Script::new().reply(
        REQUEST_TOKEN,
        reply::error(401, 32, "Could not authenticate you."),
    );
    let server = authorising_after(server, &home, &NAMES);
    write_five(&home, &server.url());
    let mut file = home.json("tw.json");
    file[2]["consumer_key"] = json!("of-another-app");
    home.write("tw.json", file.to_string());
    let mut terminal = home
        .twauth(["login", "--all", "--no-browser"])
        .on_terminal();
    terminal.expect("API Key (consumer key)");
    terminal.line(&new_key());
    terminal.expect("API Key Secret");
    wait_until("no echo", || !terminal.echoes());
    terminal.line(&made_up("newSecret", 50, 12));
    for _ in NAMES {
        terminal.expect("PIN from the page (Enter skips this account, q cancels): ");
        terminal.line("1234567");
    }
    assert_eq!(terminal.finish().code, 0);
    assert_eq!(keys(&home), [true, true, false, true, true]);
}
