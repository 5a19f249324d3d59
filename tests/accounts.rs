//! Which account a command is about, and `list` and `logout`, which keep the file's accounts.

use serde_json::{Value, json};

use crate::support::{
    Behaviour, CONSUMER_KEY, CONSUMER_SECRET, Canaries, Home, RawServer, Run, SandboxServer,
    Script, TWAUTH, USER_ID, reply,
};

const REVOKE: &str = "POST /1.1/oauth/invalidate_token";
const ME: &str = "GET /2/users/me";

/// Two accounts at `server`: the home's own and `second`, id 77, of another app; both with keys of their own.
fn write_two(home: &Home, server: &str) {
    let other = Canaries::new(1);
    home.also_secret(&other.consumer_secret);
    home.also_secret(&other.access_token_secret);
    let mut first = home.account(server);
    first["x"] = json!([1, {"deep": null}]);
    let second = json!({
        "screen_name": "second",
        "user_id": "77",
        "consumer_key": other.consumer_key,
        "consumer_secret": other.consumer_secret,
        "access_token": other.access_token.replace(USER_ID, "77"),
        "access_token_secret": other.access_token_secret,
        "server": server,
        "colour": "green",
    });
    home.write("tw.json", format!("{:#}\n", json!([first, second])));
}

fn last_four(key: &str) -> &str {
    &key[key.len() - 4..]
}

/// A server that knows every caller as `mybot`.
fn knowing() -> RawServer {
    RawServer::replying(ME, reply::me(USER_ID, "mybot"))
}

fn revoked() -> reply::Reply {
    reply::Reply::json(200, &json!({"access_token": "whichever"}))
}

#[test]
fn list_shows_a_line_for_each_account() {
    let home = Home::new();
    write_two(&home, "https://api.example.com");
    let output = home.twauth(["list"]).exits(0);
    let key = last_four(&home.canaries.consumer_key);
    let other = last_four(&Canaries::new(1).consumer_key).to_owned();
    assert_eq!(
        output.stdout,
        format!(
            "mybot\t{USER_ID}\thttps://api.example.com\t...{key}\t0600\n\
             second\t77\thttps://api.example.com\t...{other}\t0600\n"
        )
    );
    let path = home.shown("tw.json");
    assert_eq!(output.stderr, format!("{path}, mode 0600\n"));
    let output = home.twauth(["list", "-q", "-a", "@SECOND"]).exits(0);
    assert!(output.stdout.starts_with("second\t77\t") && output.stderr.is_empty());
    let output = home.twauth(["list", "--json"]).exits(0);
    assert_eq!(
        output.json()[1],
        json!({
            "screen_name": "second", "user_id": "77", "server": "https://api.example.com",
            "consumer_key": format!("...{other}"), "has_token": true,
            "creds": home.path("tw.json"), "mode": "0600",
        })
    );
}

#[test]
fn list_says_that_others_can_read_the_file_and_leaves_it() {
    let home = Home::with_account("sandbox");
    for mode in [0o640, 0o644] {
        home.set_mode("tw.json", mode);
        let output = home.twauth(["list"]).exits(0);
        output
            .assert_says(&format!("mode {mode:04o}"))
            .assert_says(&format!("hint: chmod 600 {}", home.shown("tw.json")));
        assert_eq!(home.mode("tw.json"), mode);
    }
}

#[test]
fn list_takes_standard_input_and_the_variables() {
    let home = Home::new();
    let list = home.twauth(["list", "-c", "-"]);
    let output = list.stdin(home.account("sandbox").to_string()).exits(0);
    let begin = format!("mybot\t{USER_ID}\tsandbox\t...");
    assert!(output.stdout.starts_with(&begin), "{output:?}");
    assert_eq!(output.stderr, "standard input\n");
    let list = || {
        home.twauth(["list"])
            .env("TWAUTH_SERVER", "http://127.0.0.1:9")
    };
    let output = list().with_four_variables().exits(0);
    let key = last_four(&home.canaries.consumer_key);
    assert_eq!(
        output.stdout,
        format!("-\t-\thttp://127.0.0.1:9\t...{key}\t-\n")
    );
    // At X the token has the id.
    let by_id = home.twauth(["list", "-a", USER_ID]);
    by_id.with_four_variables().exits(0);
    // A file's accounts are listed whatever server is named for others.
    home.write_account("sandbox");
    list().exits(0);
}

#[test]
fn list_shows_nothing_that_acts_on_a_terminal() {
    let home = Home::new();
    let names =
        json!({"screen_name": "a\u{1b}]52;c;eA==\u{7}\u{202e}b\tc\nd", "user_id": "\u{9b}2J1"});
    home.write_account_with("sandbox", &names);
    let output = home.twauth(["list"]).exits(0);
    let line = "a]52;c;eA==b c d\t2J1\tsandbox\t";
    assert!(
        output.stdout.starts_with(line) && output.stdout.lines().count() == 1,
        "{output:?}"
    );
    let said = home.twauth(["list", "--json"]).exits(0).stdout;
    assert!(!said.contains(['\u{1b}', '\u{202e}', '\u{9b}']) && !said.contains("u001b"));
}

#[test]
fn list_of_a_file_without_token_or_without_file() {
    let home = Home::new();
    home.twauth(["list"]).exits(4);
    home.write(
        "tw.json",
        r#"{"consumer_key": "abc", "consumer_secret": "def"}"#,
    );
    let output = home.twauth(["list"]).exits(0);
    assert_eq!(output.stdout, "-\t-\thttps://api.x.com\t...\t0600\n");
    output.assert_says("to complete the account without an access token: `twauth login`");
}

#[test]
fn several_accounts_and_no_name_is_wrong_usage() {
    let home = Home::new();
    let server = knowing();
    write_two(&home, &server.url());
    for arguments in [&["tweet", "x"][..], &["logout", "--yes"]] {
        let output = home.twauth(arguments).exits(2);
        output.assert_says("@mybot, @second");
    }
    for arguments in [
        &["tweet", "x"][..],
        &["logout", "--yes"],
        &["verify"],
        &["list"],
    ] {
        let output = home.twauth(arguments).args(["-a", "third", "--json"]).run();
        let output = output.assert_code(4);
        assert_eq!(output.json()["error"]["kind"], "no-such-account");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn an_account_is_named_by_name_in_any_case_or_by_id() {
    let home = Home::new();
    let server = knowing();
    write_two(&home, &server.url());
    for name in ["mybot", "@MyBot", USER_ID, " mybot "] {
        let output = home.twauth(["verify", "-a", name]).exits(0);
        assert_eq!(output.stdout, "mybot\n", "{name}");
        let output = home.twauth(["verify"]).env("TWAUTH_ACCOUNT", name).run();
        assert_eq!(output.assert_code(0).stdout, "mybot\n", "{name}");
    }
    // The option wins over the variable.
    let output = home
        .twauth(["list", "-a", "second"])
        .env("TWAUTH_ACCOUNT", "mybot")
        .run();
    assert!(output.assert_code(0).stdout.starts_with("second\t"));
    for name in ["", "@", "  "] {
        home.twauth(["verify", "-a", name]).exits(2);
    }
    home.twauth(["verify", "-a", "@77"]).exits(4);
}

#[test]
fn the_four_variables_are_an_account_of_their_own() {
    let home = Home::new();
    let server = knowing();
    let verify = || {
        home.twauth(["verify", "--server", &server.url()])
            .with_four_variables()
    };
    assert_eq!(verify().exits(0).stdout, "mybot\n");
    // Three of the four are none.
    let output = verify().without_env("TWAUTH_ACCESS_TOKEN_SECRET").exits(4);
    output.assert_says("hint: set TWAUTH_ACCESS_TOKEN_SECRET too");
    // They have no name, and no other account takes their place.
    verify().args(["-a", "mybot"]).exits(4);
    for arguments in [&["logout", "--local", "--yes"][..], &["verify", "--update"]] {
        home.twauth(arguments).with_four_variables().exits(2);
    }
}

#[test]
fn credentials_come_from_the_option_then_the_variables_then_the_default_file() {
    let home = Home::new();
    let server = knowing();
    let file = |name: &str| {
        let mut account = home.account(&server.url());
        account["screen_name"] = json!(name);
        account.to_string()
    };
    home.write("by-option.json", file("byoption"));
    home.write("by-variable.json", file("byvariable"));
    home.write("tw.json", file("bydefault"));
    let name = |run: Run| {
        let output = run.exits(0);
        output.stdout.split('\t').next().unwrap().to_owned()
    };
    let list = || home.twauth(["list"]).with_four_variables();
    let named = || list().env("TWAUTH_CREDS", "by-variable.json");
    assert_eq!(name(named().args(["-c", "by-option.json"])), "byoption");
    assert_eq!(name(named()), "byvariable");
    assert_eq!(name(list()), "-");
    assert_eq!(name(home.twauth(["list"])), "bydefault");
    let output = list().args(["-v"]).exits(0);
    output.assert_says(&format!(
        "using the TWAUTH_ variables instead of {}",
        home.shown("tw.json")
    ));
}

#[test]
fn logout_revokes_then_removes() {
    let home = Home::new();
    let server = RawServer::replying(REVOKE, revoked());
    write_two(&home, &server.url());
    let output = home.twauth(["logout", "-a", "second", "--yes"]).exits(0);
    let output = output.assert_says("revoked @second's token");
    assert_eq!((&*output.stdout, server.count(REVOKE)), ("", 1));
    let header = server.requests()[0]
        .header("authorization")
        .unwrap()
        .to_owned();
    assert!(header.contains("oauth_token=\"77-"), "{header}");
    let mut expected = home.account(&server.url());
    expected["x"] = json!([1, {"deep": null}]);
    // A list stays a list, and what is not ours stays.
    assert_eq!(home.json("tw.json"), json!([expected]));
}

#[test]
fn logout_of_an_account_in_variables_revokes_and_says_what_to_unset() {
    let home = Home::new();
    let server = RawServer::replying(REVOKE, revoked());
    let logout = |words: &[&str]| {
        let run = home.twauth(["logout"]).args(words).with_four_variables();
        run.env("TWAUTH_SERVER", server.url()).run()
    };
    let output = logout(&["--yes"]).assert_code(0);
    let output = output.assert_says("revoked the token in the environment");
    output.assert_says("hint: unset TWAUTH_CONSUMER_KEY TWAUTH_CONSUMER_SECRET TWAUTH_ACCESS");
    let output = logout(&["--yes", "--json"]).assert_code(0).json();
    assert_eq!(
        (&output["revoked"], &output["creds"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(server.count(REVOKE), 2);
    let output = logout(&["--yes", "--local"]).assert_code(2);
    output
        .assert_says("cannot be removed")
        .assert_says("hint: unset TWAUTH_");
    logout(&[]).assert_code(2);
    let piped = home
        .twauth(["logout", "--yes", "-c", "-"])
        .stdin(home.account(&server.url()).to_string());
    piped.exits(0);
    assert_eq!((server.count(REVOKE), home.files().len()), (3, 0));
}

#[test]
fn the_apps_keys_outlive_the_last_account() {
    let (home, sandbox) = SandboxServer::with_account();
    let output = home.twauth(["logout", "--yes", "--json"]).exits(0);
    assert_eq!(output.json()["revoked"], json!(true));
    let output = output.assert_says(&format!("the app's keys stay in {}", home.shown("tw.json")));
    assert_eq!(output.json()["screen_name"], "sandbot");
    assert_eq!(
        home.json("tw.json"),
        json!({"consumer_key": CONSUMER_KEY, "consumer_secret": CONSUMER_SECRET, "server": sandbox.url})
    );
    // There is no token left to revoke; to remove the keys as well, the file is removed.
    home.twauth(["logout", "--yes"]).exits(4);
    home.twauth(["logout", "--yes", "--local"]).exits(0);
    assert!(home.files().is_empty());
}

#[test]
fn only_what_the_server_revoked_is_removed() {
    let of = |status, code| Behaviour::Reply(reply::error(status, code, "no"));
    let by_hand = "revoke it by hand at 127.0.0.1";
    let page = reply::Reply::new(200, "text/html", "<html>hotel</html>");
    // JSON of somebody else says nothing of the token.
    let strange = reply::Reply::json(200, &json!({"ok": true}));
    for (answer, code, said) in [
        // It is dead already.
        (of(401, 89), 0, "@mybot"),
        (of(403, 200), 6, by_hand),
        (of(403, 453), 6, by_hand),
        (of(404, 34), 6, by_hand),
        (of(401, 32), 4, "twauth logout --local"),
        (Behaviour::Reply(reply::rate_limited(4_000_000_000)), 7, ""),
        (Behaviour::Reply(reply::gateway_page(503)), 3, ""),
        (Behaviour::Reply(page), 3, ""),
        (Behaviour::Reply(strange), 3, ""),
        (Behaviour::CloseAfterRequest, 3, ""),
    ] {
        let home = Home::new();
        let server = RawServer::behaving(REVOKE, answer);
        write_two(&home, &server.url());
        let before = home.read("tw.json");
        let output = home.twauth(["logout", "-a", "mybot", "--yes"]).exits(code);
        let output = output.assert_says(said);
        if code == 0 {
            assert_eq!(home.json("tw.json")[0]["screen_name"], "second");
        } else {
            output.assert_says("could not log out: @mybot was not removed");
            assert_eq!((home.read("tw.json"), server.count(REVOKE)), (before, 1));
        }
    }
}

#[test]
fn logout_without_a_terminal_needs_a_yes() {
    let server = RawServer::replying(REVOKE, revoked());
    let home = Home::with_account(&server.url());
    let before = home.read("tw.json");
    for arguments in [
        &["logout"][..],
        &["logout", "--local"],
        &["logout", "--json"],
    ] {
        let output = home.twauth(arguments).stdin("yes\n").exits(2);
        assert!(output.stderr.contains("--yes") || output.stdout.contains("--yes"));
    }
    assert_eq!((home.read("tw.json"), server.connections()), (before, 0));
}

#[test]
fn local_only_removes() {
    let home = Home::new();
    // Nobody listens there.
    write_two(&home, "http://127.0.0.1:9");
    let logout = home.twauth(["logout", "--local", "-y", "-a", "mybot"]);
    logout.exits(0).assert_says("stays valid");
    let file = home.json("tw.json");
    assert_eq!(
        (&file[0]["colour"], &file[1]),
        (&json!("green"), &Value::Null)
    );
    let logout = home.twauth(["logout", "-y", "-a", "second", "--retries", "0"]);
    logout.exits(3).assert_says("was not removed");
    assert_eq!(home.json("tw.json"), file);
    // Without a token there is nothing that could stay valid, and git has nothing against less being there.
    home.write(".git/HEAD", "");
    home.write(
        "tw.json",
        r#"{"consumer_key": "abc", "consumer_secret": "def"}"#,
    );
    let output = home.twauth(["logout", "--local", "--yes"]).exits(0);
    assert!(!output.stderr.contains("stays valid"), "{output:?}");
    output.assert_says("which had no access token");
    assert!(!home.exists("tw.json"));
}

#[test]
fn a_revoked_token_is_of_no_more_use() {
    let (home, _sandbox) = SandboxServer::with_account();
    std::fs::copy(home.path("tw.json"), home.path("copy.json")).unwrap();
    home.twauth(["logout", "--yes"]).exits(0);
    home.twauth(["verify", "-c", "copy.json"]).exits(4);
    home.twauth(["logout", "-c", "copy.json", "--yes"]).exits(0);
}

#[test]
fn a_name_at_two_servers_is_reached_by_name_and_server_together() {
    let home = Home::new();
    let (one, two) = (Script::new().start().url(), Script::new().start().url());
    let (first, mut second) = (home.account(&one), home.account(&two));
    second["consumer_key"] = "secondAppsKeyOfTwentyFive".into();
    home.write("tw.json", json!([first, second]).to_string());
    let logout = || home.twauth(["logout", "--local", "--yes", "-a", "mybot"]);
    logout().exits(2).assert_says("--server");
    logout().args(["--server", &two]).exits(0);
    assert_eq!(home.json("tw.json"), json!([first]));
}

#[test]
fn another_accounts_token_is_used_for_nothing() {
    let home = Home::new();
    home.write_account_with("https://api.x.com", &json!({"user_id": "12"}));
    for arguments in [
        &["tweet", "hello"][..],
        &["tweet", "--dry-run", "hello"],
        &["delete", "1"],
        &["request", "/2/users/me"],
        &["header", "https://api.x.com/2/users/me"],
        &["run", "--", "true"],
        &["export", "--format", "env"],
        &["verify"],
        &["logout", "--yes"],
    ] {
        let output = without_a_way_out(home.twauth(arguments)).exits(5);
        output.assert_says("belongs to user 931657239872432861");
    }
}

/// Nothing listens at the proxy: whatever was sent would end with 3.
fn without_a_way_out(run: Run) -> Run {
    run.env("HTTPS_PROXY", "http://127.0.0.1:1")
}

#[test]
fn a_missing_user_id_is_written_from_the_token_when_the_file_is() {
    let home = Home::new();
    home.write_account_with("https://api.x.com", &json!({"user_id": null}));
    let old = home.json("tw.json");
    let mut other = home.account("https://elsewhere.invalid");
    (other["screen_name"], other["user_id"]) = ("other".into(), "7".into());
    home.write("tw.json", json!([old, other]).to_string());
    home.twauth(["logout", "--local", "--yes", "-a", "other"])
        .exits(0);
    assert_eq!(home.json("tw.json")[0]["user_id"], "931657239872432861");
}

/// Every command that would use an account's values at its server, or have them used there.
const USES: [&[&str]; 8] = [
    &["tweet", "hi"],
    &["delete", "1"],
    &["request", "/2/users/me"],
    &["request", "--bearer", "/2/users/me"],
    &["bearer"],
    &["verify"],
    &["logout", "--yes"],
    &["run", "--", "true"],
];

#[test]
fn a_variable_that_can_only_be_a_mistake_is_named_before_anything_is_sent() {
    let home = Home::new();
    let quoted = format!("'{}'", home.canaries.access_token_secret);
    for (name, value) in [
        ("TWAUTH_CONSUMER_KEY", "${{ secrets.KEY }}"),
        ("TWAUTH_CONSUMER_KEY", "***"),
        (
            "TWAUTH_CONSUMER_SECRET",
            "AAAAAAAAAAAAAAAAAAAAAFakeBearer%3D",
        ),
        ("TWAUTH_ACCESS_TOKEN", "931657239872432861-abc\u{200b}"),
        ("TWAUTH_ACCESS_TOKEN_SECRET", &quoted),
        ("TWAUTH_ACCESS_TOKEN_SECRET", "$SECRET"),
    ] {
        let with = |words: &[&str]| home.twauth(words).with_four_variables().env(name, value);
        for words in USES {
            if name.contains("ACCESS") && words.contains(&"bearer") {
                continue;
            }
            // What comes after a command's `--` is not ours.
            let output = without_a_way_out(with(&[&["--json"], words].concat())).exits(2);
            let error = &output.json()["error"];
            assert_eq!(error["kind"], "bad-value", "{words:?} {value}");
            let message = error["message"].as_str().unwrap();
            assert!(
                message.contains(name) && !message.contains(value),
                "{message}"
            );
        }
        if name.contains("CONSUMER") {
            // An app has no other variables.
            let bearer = home.twauth(["bearer"]).with_pair().env(name, value);
            without_a_way_out(bearer).exits(2).assert_says(name);
        }
        let header = with(&["header", "https://api.x.com/2/users/me"]);
        header.may_show_secrets().exits(0);
        let server = knowing();
        let elsewhere = with(&["verify"]).env("TWAUTH_SERVER", server.url());
        elsewhere.may_show_secrets().exits(0);
    }
}

#[test]
fn a_stored_value_that_can_only_be_a_mistake_is_named_before_anything_is_sent() {
    let home = Home::new();
    for (label, value) in [
        ("consumer_key", "your-consumer-key"),
        ("consumer_secret", "a secret"),
        ("access_token", "\"931657239872432861-abc\""),
        ("access_token_secret", "xxxxxxxx"),
    ] {
        home.write_account_with("https://api.x.com", &json!({label: value}));
        let before = home.read("tw.json");
        for words in USES {
            let output = without_a_way_out(home.twauth(words)).exits(1);
            let output = output.assert_says(&format!("{label} of @mybot "));
            assert!(!output.stderr.contains(value), "{output:?}");
        }
        let output = home.twauth(["tweet", "hi", "--json"]).exits(1);
        assert_eq!(output.json()["error"]["kind"], "bad-value");
        let header = home.twauth(["header", "https://api.x.com/2/users/me"]);
        header.may_show_secrets().exits(0);
        assert_eq!(home.read("tw.json"), before);
    }
}

#[test]
fn a_revocation_without_confirmation_is_tried_again() {
    let server = RawServer::replying(REVOKE, reply::Reply::json(200, &json!({})));
    let home = Home::with_account(&server.url());
    let output = home.twauth(["logout", "--yes", "--json"]).exits(3);
    let error = output.json()["error"].clone();
    assert_eq!(error["command"], "twauth logout -a mybot");
    assert_eq!(error["retry"], "later");
    assert_eq!(home.json("tw.json")["screen_name"], "mybot");
}

#[test]
fn a_server_among_several_asks_for_the_account() {
    let home = Home::new();
    write_two(&home, "http://127.0.0.1:1");
    let mut list = home.json("tw.json");
    list[0]["server"] = Value::Null;
    list[0].as_object_mut().unwrap().remove("server");
    home.write("tw.json", list.to_string());
    for words in [&["tweet", "hi"][..], &["logout", "--yes"]] {
        let run = home.twauth(words).args(["--server", "http://127.0.0.1:1"]);
        let output = run.args(["--json"]).exits(2);
        let error = output.json()["error"].clone();
        assert_eq!(error["kind"], "several-accounts", "{error}");
        assert_eq!(error["hint"], "choose one with -a NAME");
    }
}

#[test]
fn a_read_only_token_in_variables_has_steps_that_read_right() {
    let (home, sandbox) = SandboxServer::with_home();
    drop(sandbox);
    let verify = ["sandbox", "--fault", "read-only", "--", TWAUTH, "verify"];
    home.twauth(verify).exits(0).assert_says(
        "3. log in again with `twauth login` and set TWAUTH_ACCESS_TOKEN and \
         TWAUTH_ACCESS_TOKEN_SECRET again (in CI: their secrets): a token keeps",
    );
}

#[test]
fn a_timeout_is_judged_before_the_file_is_read() {
    let home = Home::new();
    for words in [
        &["tweet", "hi"][..],
        &["verify"],
        &["delete", "1"],
        &["logout"],
        &["bearer"],
    ] {
        let output = home.twauth(words).args(["--timeout", "soon"]).exits(2);
        output
            .assert_says("--timeout must be a number of seconds")
            .assert_says("hint: use for example --timeout 30");
    }
}
