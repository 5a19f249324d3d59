//! `twauth login`, as a script drives it: keys, address, PIN, file.

use rustix::process::Signal;
use serde_json::{Value, json};

use super::support::behaviour::Behaviour;
use super::support::browser::{self, Browser};
use super::support::home::{Home, SCREEN_NAME};
use super::support::login::{Login, log_in};
use super::support::raw_server::{RawServer, Script};
use super::support::reply;
use super::support::run::Run;
use super::support::sandbox::SandboxServer;

const REQUEST_TOKEN: &str = "POST /oauth/request_token";
const ACCESS_TOKEN: &str = "POST /oauth/access_token";
const ME: &str = "GET /2/users/me";

/// A login with the home's own canary keys, at any server.
fn login(home: &Home, server: &str) -> Run {
    home.twauth(["login", "--server", server])
        .env("TWAUTH_CONSUMER_KEY", &home.canaries.consumer_key)
        .env("TWAUTH_CONSUMER_SECRET", &home.canaries.consumer_secret)
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

/// The entry of the consumer pair alone, as another program may have written it.
fn pair_of(sandbox: &SandboxServer) -> Value {
    json!({
        "note": "kept",
        "consumer_key": sandbox.consumer_key,
        "consumer_secret": sandbox.consumer_secret,
        "server": sandbox.url,
    })
}

fn first_token(home: &Home) -> String {
    let text = home.read("tw.json");
    let mut lines = text.lines();
    let line = lines.find(|line| line.contains("\"access_token\""));
    line.unwrap().to_owned()
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

#[test]
fn a_first_login_writes_one_labelled_object() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    let output = log_in(&home, &sandbox, "sandbot", &[]);
    assert_eq!(output.stdout, "sandbot\n");
    let output = output.assert_says("authorised by @sandbot");
    assert!(output.stderr.contains("access level: read-write"));
    let file = home.json("tw.json");
    let mut labels: Vec<&String> = file.as_object().unwrap().keys().collect();
    let mut expected = [
        "screen_name",
        "user_id",
        "consumer_key",
        "consumer_secret",
        "access_token",
        "access_token_secret",
        "server",
    ];
    expected.sort_unstable();
    labels.sort_unstable();
    assert_eq!(labels, expected);
    assert_eq!(file["screen_name"], "sandbot");
    assert_eq!(file["user_id"], "1900000000000000001");
    assert_eq!(file["server"], sandbox.url);
    assert_eq!((home.mode("tw.json"), home.files().len()), (0o600, 1));
    assert!(home.read("tw.json").starts_with("{\n  \"screen_name\": "));
}

#[test]
fn keys_and_pin_are_lines_of_standard_input_in_the_order_asked() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    let mut login = Login::start(home.twauth(["login", "--server", &sandbox.url, "--json"]));
    login.answer(&format!("  {}\t", sandbox.consumer_key));
    login.answer(&sandbox.consumer_secret);
    let pin = browser::authorize(&login.authorization_url(), "sandbot");
    login.answer(&format!(" {} {} ", &pin[..3], &pin[3..]));
    let output = login.finish().assert_code(0);
    assert_eq!(
        output.json(),
        json!({
            "screen_name": "sandbot",
            "user_id": "1900000000000000001",
            "access_level": "read-write",
            "creds": home.path("tw.json"),
            "server": sandbox.url,
        })
    );
    let asked = |text| output.stderr.find(text).unwrap();
    assert!(asked("API Key (consumer key)") < asked("API Key Secret"));
    assert!(asked("API Key Secret") < asked("PIN:"));
}

#[test]
fn the_second_login_asks_for_no_keys() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    log_in(&home, &sandbox, "sandbot", &[]);
    let mut login = Login::start(home.twauth(["login", "--add"]));
    let pin = browser::authorize(&login.authorization_url(), "newsbot");
    login.answer(&pin);
    let output = login.finish().assert_code(0);
    let last_four = &sandbox.consumer_key[sandbox.consumer_key.len() - 4..];
    let output = output.assert_says(&format!(
        "using the consumer key ...{last_four} of ~/tw.json"
    ));
    assert!(!output.stderr.contains("API Key") && !output.stderr.contains(&sandbox.consumer_key));
    let file = home.json("tw.json");
    assert_eq!(file[0]["screen_name"], "sandbot");
    assert_eq!(file[1]["screen_name"], "newsbot");
}

#[test]
fn a_file_with_an_account_needs_a_word_before_anything_is_sent() {
    let home = Home::new();
    let server = granting(&home, "").start();
    home.write_account(&server.url());
    let before = home.read("tw.json");
    for arguments in [&[][..], &["-a", "otherbot"]] {
        let output = login(&home, &server.url()).args(arguments).run();
        let output = output.assert_code(2).assert_says("@mybot already");
        assert!(output.stderr.contains("--add") && output.stderr.contains("--replace"));
    }
    let output = login(&home, &server.url())
        .args(["--add", "--replace"])
        .run();
    output.assert_code(2);
    let output = login(&home, &server.url())
        .args(["--json"])
        .run()
        .assert_code(2);
    assert_eq!(output.json()["error"]["kind"], "account-exists");
    assert_eq!((server.connections(), home.read("tw.json")), (0, before));
}

#[test]
fn replace_puts_the_new_account_in_place_of_the_one() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    log_in(&home, &sandbox, "sandbot", &[]);
    log_in(&home, &sandbox, "newsbot", &["--replace"]);
    assert_eq!(home.json("tw.json")["screen_name"], "newsbot");
    log_in(&home, &sandbox, "sandbot", &["--add"]);
    let output = home.twauth(["login", "--replace"]).run().assert_code(2);
    output.assert_says("does not say which: @newsbot, @sandbot");
}

#[test]
fn the_same_account_is_updated_where_it_stands() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    log_in(&home, &sandbox, "sandbot", &[]);
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
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    log_in(&home, &sandbox, "sandbot", &[]);
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
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    for (written, path) in [(pair_of(&sandbox), ""), (json!([pair_of(&sandbox)]), "/0")] {
        home.write("tw.json", written.to_string());
        let mut login = Login::start(home.twauth(["login"]));
        let pin = browser::authorize(&login.authorization_url(), "sandbot");
        login.answer(&pin);
        let output = login.finish().assert_code(0);
        assert!(!output.stderr.contains("API Key"), "{output:?}");
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
    let output = login(&home, &server.url()).run();
    output.assert_code(2).assert_says("--add");
    assert_eq!(server.connections(), 0);
}

#[test]
fn the_wrong_account_is_caught_and_nothing_is_saved() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    log_in(&home, &sandbox, "sandbot", &[]);
    let before = home.read("tw.json");
    let mut person = Browser::new();
    for (named, arguments) in [
        ("newsbot", &["-a", "newsbot", "--add"][..]),
        ("sandbot", &["-a", "sandbot"]),
    ] {
        let mut login = Login::at(&home, &sandbox, arguments);
        let url = login.authorization_url();
        assert!(
            url.ends_with(&format!("&force_login=true&screen_name={named}")),
            "{url}"
        );
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
    let output = login(&home, &server.url())
        .args(["-a", SCREEN_NAME])
        .stdin("1\n")
        .run();
    output.assert_code(5);
    let output = login(&home, &server.url())
        .args(["--add"])
        .stdin("1\n")
        .run();
    output.assert_code(1).assert_says("would list two accounts");
    home.twauth(["list"]).run().assert_code(0);
    rescue_file(&home);
}

#[test]
fn the_address_asks_for_a_sign_in_only_where_an_account_is_named() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
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
        login.finish().assert_code(130);
    }
    let output = Login::at(&home, &sandbox, &["-a", "my bot"]).finish();
    output
        .assert_code(2)
        .assert_says("neither a screen name nor a user id");
}

#[test]
fn a_wrong_pin_costs_nothing() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    let mut login = Login::at(&home, &sandbox, &[]);
    let first = login.authorization_url();
    browser::authorize(&first, "sandbot");
    login.answer("1");
    let second = login.authorization_url();
    assert_ne!(first, second);
    login.answer(&browser::authorize(&second, "sandbot"));
    assert_eq!(login.finish().assert_code(0).stdout, "sandbot\n");
}

#[test]
fn three_wrong_pins_are_enough() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    let mut login = Login::at(&home, &sandbox, &["--json"]);
    for _ in 0..3 {
        login.authorization_url();
        login.answer("1");
    }
    let output = login.finish().assert_code(4);
    assert_eq!(output.json()["error"]["kind"], "bad-pin");
    assert_eq!(output.stderr.matches("/oauth/authorize?").count(), 3);
    assert!(home.files().is_empty());
}

#[test]
fn the_address_of_the_redirect_is_as_good_as_the_pin() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    for form in [
        "https://example.org/cb?x=1&oauth_token=TOKEN&oauth_verifier=PIN#top",
        "oauth_token=TOKEN&oauth_verifier=PIN",
        " ?oauth_verifier=PIN&oauth_token=TOKEN ",
    ] {
        let mut login = Login::at(&home, &sandbox, &["--replace"]);
        let url = login.authorization_url();
        let pin = browser::authorize(&url, "sandbot");
        let (_, token) = url.split_once("oauth_token=").unwrap();
        login.answer(&form.replace("TOKEN", token).replace("PIN", &pin));
        assert_eq!(login.finish().assert_code(0).stdout, "sandbot\n");
    }
    let before = home.read("tw.json");
    let mut login = Login::at(&home, &sandbox, &["--replace"]);
    login.authorization_url();
    login.answer("https://example.org/cb?oauth_token=another&oauth_verifier=1");
    login
        .finish()
        .assert_code(4)
        .assert_says("belongs to another login");
    assert_eq!(home.read("tw.json"), before);
}

#[test]
fn whoever_leaves_at_the_pin_changes_nothing() {
    let home = Home::new();
    let server = granting(&home, "").start();
    for answer in ["\n", "q\n", "quit\n", " exit \n", "", "   \n"] {
        let output = login(&home, &server.url()).stdin(answer).run();
        let output = output.assert_code(130).assert_says("nothing is changed");
        assert_eq!(output.stdout, "", "{answer:?}");
    }
    let mut login = Login::start(login(&home, &server.url()));
    login.authorization_url();
    login.running().signal(Signal::INT);
    login.finish().assert_code(130);
    assert_eq!((server.count(ACCESS_TOKEN), home.files().len()), (0, 0));
}

#[test]
fn an_unconfirmed_callback_ends_the_login() {
    let home = Home::new();
    for confirmed in [
        "",
        "&oauth_callback_confirmed=false",
        "&oauth_callback_confirmed=",
    ] {
        let body = format!("oauth_token=t&oauth_token_secret=s{confirmed}");
        let server = Script::new()
            .reply(REQUEST_TOKEN, reply::Reply::form(&body))
            .start();
        let output = login(&home, &server.url())
            .stdin("1\n")
            .run()
            .assert_code(3);
        output.assert_says("does not confirm the callback");
    }
    assert!(home.files().is_empty());
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
        let output = login(&home, &server.url()).stdin("1234567\n").run();
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
    let output = login(&home, &server.url()).args(named).stdin("1\n").run();
    output.assert_code(5).assert_says("@otherbot");
    assert!(home.files().is_empty());
    let output = login(&home, &server.url())
        .args(["--no-verify"])
        .stdin("1\n")
        .run();
    output.assert_code(0);
    assert_eq!(
        (server.count(ME), home.json("tw.json").get("screen_name")),
        (1, None)
    );
}

#[test]
fn an_interruption_between_token_and_file_stores_the_token() {
    let home = Home::new();
    let server = granting(&home, "").on(ME, Behaviour::Hang).start();
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
        let requests = server.requests().len();
        let mut login = Login::start(login(&home, &server.url()));
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

fn rescue_file_after(home: &Home, said: &str) -> String {
    let name = rescue_file(home);
    assert!(
        said.contains(&name) && said.contains("twauth import"),
        "{said}"
    );
    name
}

#[test]
fn a_save_that_fails_leaves_a_rescue_file() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    let mut login = Login::at(&home, &sandbox, &[]);
    let pin = browser::authorize(&login.authorization_url(), "sandbot");
    home.write("tw.json", "{ an editor was here");
    login.answer(&pin);
    let output = login.finish().assert_code(1);
    assert_eq!(home.read("tw.json"), "{ an editor was here");
    let name = rescue_file_after(&home, &output.stderr);
    // What is rescued is a credentials file.
    let output = home.twauth(["list", "-c", &name]).run().assert_code(0);
    assert!(output.stdout.starts_with("sandbot\t1900000000000000001\t"));
}

#[test]
fn an_account_that_came_meanwhile_is_not_replaced() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
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
}

#[test]
fn with_add_a_login_that_waits_joins_one_that_ends() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
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

#[test]
fn a_token_made_in_the_console_is_verified_labelled_and_saved() {
    let home = Home::new();
    let canaries = &home.canaries;
    let server = Script::new().reply(ME, reply::me("77", "otherbot")).start();
    let lines = format!(
        " {} \n{}\n",
        canaries.access_token, canaries.access_token_secret
    );
    let with_token = |server: &RawServer| login(&home, &server.url()).args(["--with-token"]);
    let output = with_token(&server)
        .stdin(lines.clone())
        .run()
        .assert_code(0);
    assert_eq!(
        (&*output.stdout, server.requests().len()),
        ("otherbot\n", 1)
    );
    assert_eq!(
        home.json("tw.json")["access_token"],
        canaries.access_token.as_str()
    );

    std::fs::remove_file(home.path("tw.json")).unwrap();
    let dead = Script::new()
        .reply("*", reply::error(401, 89, "Invalid or expired token."))
        .start();
    with_token(&dead).stdin(lines.clone()).run().assert_code(4);
    let output = with_token(&server).args(["-a", "mybot"]).stdin(lines).run();
    output.assert_code(5);
    with_token(&server)
        .stdin("two words\nx\n")
        .run()
        .assert_code(2);
    with_token(&server)
        .stdin("only-one-line-of-a-token\n")
        .run()
        .assert_code(130);
    assert!(home.files().is_empty());
}

#[test]
fn a_token_that_may_only_read_brings_the_three_steps() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    let output = log_in(&home, &sandbox, "sandbot", &["--read-only"]);
    let output = output.assert_says("access level: read\n");
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
        let run = login(&home, &server.url())
            .args(["--retries", "0"])
            .stdin("1\n");
        run.run().assert_code(code).assert_says("saved");
        assert_eq!(home.json("tw.json")["screen_name"], "otherbot");
    }
}

#[test]
fn keys_that_can_only_be_a_mistake_are_refused() {
    let home = Home::new();
    let server = granting(&home, "").start();
    let canaries = &home.canaries;
    for (key, secret, said) in [
        (
            &*canaries.consumer_secret,
            &*canaries.consumer_key,
            "swapped",
        ),
        (
            &*canaries.access_token,
            &*canaries.consumer_secret,
            "access token stands in the place",
        ),
        (
            &*canaries.consumer_key,
            &*canaries.access_token,
            "access token stands in the place",
        ),
        ("a key", &*canaries.consumer_secret, "white space"),
        (&*canaries.consumer_key, "a secret", "white space"),
        (&*canaries.consumer_key, &*canaries.consumer_key, "the same"),
    ] {
        let asked = home.twauth(["login", "--server", &server.url()]);
        let output = asked
            .stdin(format!("{key}\n{secret}\n1\n"))
            .run()
            .assert_code(2);
        output.assert_says(said);
    }
    assert_eq!((server.connections(), home.files().len()), (0, 0));
}

#[test]
fn a_file_that_others_could_read_is_tightened_and_it_is_said() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    log_in(&home, &sandbox, "sandbot", &[]);
    home.set_mode("tw.json", 0o644);
    let output = log_in(&home, &sandbox, "sandbot", &["-a", "sandbot"]);
    output.assert_says("was readable by others");
    assert_eq!(home.mode("tw.json"), 0o600);
}

#[test]
fn the_sandbox_needs_no_keys_and_has_a_file_of_its_own() {
    let home = Home::new();
    let mut login = Login::start(home.twauth(["login", "--sandbox"]));
    let pin = browser::authorize(&login.authorization_url(), "sandbot");
    login.answer(&pin);
    login.finish().assert_code(0);
    assert_eq!(home.files(), ["tw-sandbox.json"]);
    assert_eq!(home.json("tw-sandbox.json")["server"], "sandbox");
    let output = home.twauth(["verify", "-c", "tw-sandbox.json"]).run();
    assert_eq!(output.assert_code(0).stdout, "sandbot\n");
}

#[test]
fn login_writes_no_standard_input() {
    let home = Home::new();
    home.twauth(["login", "-c", "-"]).run().assert_code(2);
}
