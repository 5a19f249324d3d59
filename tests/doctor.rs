//! What `doctor` finds, and the commands it shows to fix it.

use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use crate::support::{
    Behaviour, Certificate, Home, Output, RawServer, SCREEN_NAME, SandboxServer, Script, USER_ID,
    installed, log_in, reply,
};

const ME: &str = "GET /2/users/me";

/// The entries of one check as `STATE: message -> hint`.
fn said(output: &Output, check: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let entries = output.json();
    let entries = entries.as_array().unwrap();
    let of_check = entries.iter().filter(|entry| entry["check"] == check);
    of_check
        .map(|entry| {
            let (state, hint) = (text(&entry["state"]), text(&entry["hint"]));
            format!("{state}: {} -> {hint}", text(&entry["message"]))
        })
        .collect()
}

/// Panics unless the check has an entry that holds all of `words`, in order.
#[track_caller]
fn assert_found(output: &Output, check: &str, words: &[&str]) {
    let entries = said(output, check);
    let holds = |entry: &String| {
        let mut rest = entry.as_str();
        words.iter().all(|word| match rest.split_once(word) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
    };
    assert!(
        entries.iter().any(holds),
        "{words:?} is not in {entries:?}\n{output:#?}"
    );
}

fn doctor(home: &Home) -> Output {
    home.twauth(["doctor", "--json"]).run()
}

/// A home with an account of the sandbox inside twauth, which is asked all that X is asked.
fn in_sandbox() -> Home {
    let (home, sandbox) = SandboxServer::with_home();
    log_in(&home, &sandbox, "weatherbot", &[]);
    move_into_the_sandbox(&home);
    home
}

/// A server that knows the app and the account, without a clock.
fn sound_server() -> RawServer {
    Script::new()
        .reply(ME, reply::me(USER_ID, SCREEN_NAME))
        .reply("POST /oauth2/token", app_token())
        .start()
}

fn app_token() -> reply::Reply {
    reply::Reply::json(
        200,
        &json!({"token_type": "bearer", "access_token": "AAAAAAAAAAAAmadeup"}),
    )
}

/// The embedded sandbox knows the tokens of every other one, and is asked about its app.
fn move_into_the_sandbox(home: &Home) {
    let mut account = home.json("tw.json");
    account["server"] = "sandbox".into();
    home.write("tw.json", account.to_string());
}

fn git(home: &Home, arguments: &[&str]) {
    let identity = ["-c", "user.name=n", "-c", "user.email=n@example.com"];
    let run = home.program("git").args(identity).args(arguments);
    run.may_show_secrets().exits(0);
}

#[test]
fn a_healthy_account_passes_every_check_in_order() {
    let home = in_sandbox();
    let output = doctor(&home).assert_code(0);
    let entries = output.json();
    let entries = entries.as_array().unwrap();
    let checks: Vec<&str> = entries
        .iter()
        .map(|entry| entry["check"].as_str().unwrap())
        .collect();
    let wanted = "file readable mode owner git variables labels keys proxy connection tls clock app account level";
    assert_eq!(checks.join(" "), wanted);
    for entry in entries {
        assert_eq!(entry["state"], "ok", "{entry}");
        let of_account = ["app", "account", "level"].contains(&entry["check"].as_str().unwrap());
        let account = if of_account {
            "weatherbot".into()
        } else {
            Value::Null
        };
        assert_eq!(entry["account"], account, "{entry}");
    }
    let words = home.twauth(["doctor"]).exits(0);
    assert_eq!(words.stdout.lines().count(), entries.len());
    assert!(
        words
            .stdout
            .contains("\nok       level       read-write: it can post\n")
    );
    assert!(words.stdout.is_ascii());
}

#[test]
fn a_missing_file_leads_to_login() {
    let home = Home::new();
    let server = sound_server();
    let run = home.twauth(["doctor", "--json", "--server", &server.url()]);
    let output = run.exits(4);
    let login = format!("-> twauth login --server {}", server.url());
    assert_found(
        &output,
        "file",
        &["problem: there is no ", "/tw.json", &login],
    );
    assert_found(&output, "connection", &["ok"]);
}

#[test]
fn a_file_that_others_can_read_is_a_problem() {
    let server = sound_server();
    let home = Home::with_account(&server.url());
    home.set_mode("tw.json", 0o644);
    let output = doctor(&home).assert_code(1);
    let chmod = format!("-> chmod 600 {}", home.shown("tw.json"));
    assert_found(&output, "mode", &["problem", "0644", &chmod]);
    assert_found(&output, "account", &["ok"]);
    assert_eq!(home.mode("tw.json"), 0o644, "nothing is changed");
}

#[test]
fn a_file_of_somebody_else_is_a_problem() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let home = Home::new();
    let server = sound_server();
    let file = home.write_account(&server.url());
    std::os::unix::fs::chown(file, Some(12345), None).unwrap();
    let output = doctor(&home).assert_code(1);
    assert_found(
        &output,
        "owner",
        &["problem", "another user", "-> sudo chown"],
    );
}

#[test]
fn something_other_than_a_file_is_a_problem() {
    let home = Home::new();
    std::fs::create_dir(home.path("tw.json")).unwrap();
    let output = home
        .twauth(["doctor", "--json", "--sandbox", "-c", "tw.json"])
        .exits(1);
    assert_found(
        &output,
        "readable",
        &["problem", "it is a folder", "-> mv ", "/tw.json"],
    );
    let output = home
        .twauth(["doctor", "--json", "--sandbox", "-c", "/dev/zero"])
        .run();
    assert_found(
        &output.assert_code(1),
        "readable",
        &["problem", "-> ", "-c -"],
    );
}

#[test]
fn a_file_that_git_would_commit_is_a_problem_until_it_is_ignored() {
    if !installed::works("git", &["--version"], "a work tree") {
        return;
    }
    let server = sound_server();
    let home = Home::with_account(&server.url());
    git(&home, &["init", "-q"]);
    let output = doctor(&home).assert_code(1);
    let add = format!("-> echo /tw.json >> {}", home.shown(".gitignore"));
    assert_found(&output, "git", &["problem", "does not ignore", &add]);
    assert_found(&output, "history", &["ok"]);
    home.write(".gitignore", "/tw.json\n");
    assert_found(&doctor(&home).assert_code(0), "git", &["ok"]);
    git(&home, &["add", "--force", "tw.json"]);
    let output = doctor(&home).assert_code(1);
    assert_found(
        &output,
        "git",
        &["problem: git tracks it", "-> git -C", "rm --cached tw.json"],
    );
}

#[test]
fn keys_that_were_ever_committed_are_found_wherever_they_stood() {
    if !installed::works("git", &["--version"], "a work tree") {
        return;
    }
    let home = Home::new();
    let server = sound_server();
    home.write(".gitignore", "/tw.json\n");
    git(&home, &["init", "-q"]);
    let secret = &home.canaries.consumer_secret;
    home.write("folder/old bot.py", format!("secret='{secret}'\n"));
    git(&home, &["add", "folder"]);
    git(&home, &["commit", "-qm", "one"]);
    git(&home, &["rm", "-q", "folder/old bot.py"]);
    git(&home, &["commit", "-qm", "two"]);
    home.write_account(&server.url());
    let output = doctor(&home).assert_code(1);
    assert_found(&output, "git", &["ok"]);
    assert_found(
        &output,
        "history",
        &[
            "problem: already committed: consumer_secret",
            "folder/old bot.py",
            "-> regenerate the keys",
        ],
    );
}

#[test]
fn an_identifier_in_the_history_is_a_warning() {
    if !installed::works("git", &["--version"], "a work tree") {
        return;
    }
    let server = sound_server();
    let home = Home::with_account(&server.url());
    git(&home, &["init", "-q"]);
    home.write(".gitignore", "/tw.json\n");
    home.write("bot.sh", format!("KEY={}\n", home.canaries.consumer_key));
    git(&home, &["add", "bot.sh"]);
    git(&home, &["commit", "-qm", "one"]);
    let output = doctor(&home).assert_code(0);
    assert_found(&output, "history", &["warning", "consumer_key"]);
}

#[test]
fn missing_labels_are_named() {
    let home = Home::new();
    let server = sound_server();
    for (label, state, code) in [
        ("consumer_secret", "problem", 1),
        ("access_token_secret", "problem", 1),
        ("user_id", "warning", 0),
        ("screen_name", "warning", 0),
    ] {
        let mut account = home.account(&server.url());
        account.as_object_mut().unwrap().remove(label);
        home.write("tw.json", account.to_string());
        let output = doctor(&home).assert_code(code);
        let words = format!("{label} is missing");
        assert_found(&output, "labels", &[state, &words, "-> ", "twauth "]);
    }
    let mut account = home.account(&server.url());
    for label in ["access_token", "access_token_secret"] {
        account.as_object_mut().unwrap().remove(label);
    }
    home.write("tw.json", account.to_string());
    let output = doctor(&home).assert_code(4);
    assert_found(
        &output,
        "labels",
        &["problem", "are missing", "-> twauth login -a mybot"],
    );
    // The question would send the secret itself, which is for X and the sandbox.
    assert_found(&output, "app", &["skipped", "to X only"]);
}

/// Doctor about accounts at X, which it cannot reach: the only way out is closed.
fn doctor_about_x(home: &Home) -> crate::support::run::Run {
    home.twauth(["doctor", "--json", "--retries", "0"])
        .env("HTTPS_PROXY", "http://127.0.0.1:1")
}

#[test]
fn keys_out_of_place_are_named_and_sent_nowhere() {
    let home = Home::new();
    let canaries = &home.canaries;
    let quoted = format!("\"{}\"", canaries.consumer_secret);
    for (key, secret, words) in [
        (
            &*canaries.consumer_secret,
            &*canaries.consumer_key,
            "consumer_key and its secret are swapped",
        ),
        (
            &*canaries.access_token,
            &*canaries.consumer_secret,
            "consumer_key is an access token",
        ),
        (
            &*canaries.consumer_key,
            &*quoted,
            "consumer_secret contains a quotation mark",
        ),
        (
            "YOUR_CONSUMER_KEY",
            &*canaries.consumer_secret,
            "consumer_key is a placeholder",
        ),
    ] {
        let mut account = home.account("https://api.x.com");
        account["consumer_key"] = key.into();
        account["consumer_secret"] = secret.into();
        home.write("tw.json", account.to_string());
        let output = doctor_about_x(&home).exits(1);
        assert_found(
            &output,
            "keys",
            &["problem: ", words, "-> twauth login -a mybot"],
        );
        assert_found(&output, "app", &["skipped"]);
    }
    home.write("tw.json", home.account("https://api.x.com").to_string());
    let output = doctor_about_x(&home).exits(3);
    assert_found(&output, "keys", &["ok"]);
    // Other servers give out what they like.
    let mut account = home.account("https://x.invalid");
    account["consumer_key"] = "a key".into();
    home.write("tw.json", account.to_string());
    let output = doctor_about_x(&home).exits(3);
    assert_found(&output, "keys", &["skipped: only keys of X"]);
}

#[test]
fn a_token_out_of_place_is_named() {
    let home = Home::new();
    let mut account = home.account("https://api.x.com");
    account["access_token"] = home.canaries.access_token_secret.as_str().into();
    account["access_token_secret"] = home.canaries.access_token.as_str().into();
    home.write("tw.json", account.to_string());
    let words = [
        "access_token_secret is an access token",
        "-> twauth login -a mybot",
    ];
    assert_found(&doctor_about_x(&home).exits(1), "keys", &words);
    let mut account = home.account("https://api.x.com");
    account["user_id"] = "12".into();
    home.write("tw.json", account.to_string());
    let output = doctor_about_x(&home).exits(5);
    assert_found(&output, "keys", &[USER_ID, "the stored user_id is 12"]);
}

#[test]
fn variables_in_the_way_are_named() {
    let server = sound_server();
    let home = Home::with_account(&server.url());
    let run = home
        .twauth(["doctor", "--json", "--server", &server.url()])
        .with_four_variables();
    let output = run.exits(0);
    let words = [
        "warning",
        "using the four TWAUTH_ variables instead of",
        "-> unset TWAUTH_CONSUMER_KEY",
    ];
    assert_found(&output, "variables", &words);
    // Variables hold no names, so none is missing.
    assert_found(&output, "labels", &["ok"]);
    let other = home.write("other.json", home.read("tw.json"));
    let run = home.twauth(["doctor", "--json"]).env("TWAUTH_CREDS", other);
    let output = run.exits(0);
    assert_found(
        &output,
        "variables",
        &["warning", "other.json", "-> unset TWAUTH_CREDS"],
    );
}

#[test]
fn variables_that_hold_the_account_are_right_where_there_is_no_file() {
    let home = Home::new();
    let server = sound_server();
    let canaries = home.canaries.clone();
    let run = |doctor: &[&str], secret: &str| {
        home.twauth(doctor)
            .env("TWAUTH_SERVER", server.url())
            .env("TWAUTH_CONSUMER_KEY", &canaries.consumer_key)
            .env("TWAUTH_CONSUMER_SECRET", secret)
            .env("TWAUTH_ACCESS_TOKEN", &canaries.access_token)
            .env("TWAUTH_ACCESS_TOKEN_SECRET", &canaries.access_token_secret)
            .run()
    };
    let output = run(&["doctor", "--json"], &canaries.consumer_secret).assert_code(0);
    assert_found(&output, "variables", &["ok"]);
    assert_found(&output, "account", &["ok"]);
    let words = run(&["doctor"], &canaries.consumer_secret);
    words.assert_says("problems: 0, warnings: 0");
    let wrong = doctor_about_x(&home)
        .env("TWAUTH_CONSUMER_KEY", &canaries.consumer_key)
        .env("TWAUTH_CONSUMER_SECRET", "${{ secrets.KEY }}")
        .env("TWAUTH_ACCESS_TOKEN", &canaries.access_token)
        .env("TWAUTH_ACCESS_TOKEN_SECRET", &canaries.access_token_secret);
    let words = [
        "problem: TWAUTH_CONSUMER_SECRET refers to",
        "-> set TWAUTH_CONSUMER_SECRET again (in CI: its secret)",
    ];
    assert_found(&wrong.exits(2), "keys", &words);
    let server = RawServer::replying("*", reply::error(401, 89, "Invalid or expired token."));
    let run = home
        .twauth(["doctor", "--json", "--server", &server.url()])
        .with_four_variables();
    let remedy = "-> set TWAUTH_ACCESS_TOKEN and TWAUTH_ACCESS_TOKEN_SECRET again (in CI";
    assert_found(&run.exits(4), "account", &["problem", remedy]);
}

#[test]
fn variables_that_are_half_there_or_empty_are_named() {
    let home = Home::new();
    let run = || home.twauth(["doctor", "--json", "--sandbox"]);
    let half = "TWAUTH_ACCESS_TOKEN is set, TWAUTH_CONSUMER_KEY, TWAUTH_CONSUMER_SECRET, \
                TWAUTH_ACCESS_TOKEN_SECRET are not set";
    let output = run().env("TWAUTH_ACCESS_TOKEN", "1-t").run();
    let remedy = "-> set TWAUTH_CONSUMER_KEY and TWAUTH_CONSUMER_SECRET and";
    assert_found(&output, "variables", &["warning", half, remedy]);
    let empty = |run: crate::support::run::Run| {
        run.env("TWAUTH_CONSUMER_KEY", "")
            .env("TWAUTH_CONSUMER_SECRET", " ")
    };
    let names = "TWAUTH_CONSUMER_KEY, TWAUTH_CONSUMER_SECRET";
    let output = empty(run()).run();
    assert_found(
        &output,
        "variables",
        &["warning: set but empty", names, "-> set TWAUTH_"],
    );
    let output = empty(home.twauth(["tweet", "hi"])).exits(4);
    let output = output.assert_says(&format!("these variables are set but empty: {names}\n"));
    output.assert_says("hint: set them again (in CI: the secrets that they come from)");
    home.write("tw-sandbox.json", home.account("sandbox").to_string());
    let output = run().env("TWAUTH_ACCESS_TOKEN", "1-t").run();
    assert_found(
        &output,
        "variables",
        &["warning", half, "-> unset TWAUTH_ACCESS_TOKEN"],
    );
    assert_found(
        &empty(run()).run(),
        "variables",
        &["-> unset TWAUTH_CONSUMER_KEY"],
    );
}

#[test]
fn a_wrong_clock_is_named_with_sign_and_size() {
    let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3600));
    let server = Script::new()
        .reply(ME, reply::me(USER_ID, SCREEN_NAME).header("date", &soon))
        .reply("POST /oauth2/token", app_token())
        .start();
    let home = Home::with_account(&server.url());
    let output = doctor(&home).assert_code(4);
    let words = [
        "problem: this machine's clock is 60 minutes slow",
        "timedatectl set-ntp true",
    ];
    assert_found(&output, "clock", &words);
}

#[test]
fn a_server_out_of_reach_is_named_and_nothing_hangs() {
    let start = Instant::now();
    let home = Home::with_account("https://nowhere.invalid");
    let output = doctor(&home).assert_code(3);
    assert_found(
        &output,
        "name",
        &["problem", "could not resolve nowhere.invalid"],
    );
    assert_found(&output, "level", &["skipped"]);
    home.write_account("http://127.0.0.1:1");
    let run = home.twauth(["doctor", "--json", "--retries", "0"]);
    assert_found(
        &run.exits(3),
        "connection",
        &["problem", "could not connect to"],
    );
    let silent = RawServer::behaving(ME, Behaviour::Hang);
    home.write_account(&silent.url());
    let run = home.twauth(["doctor", "--json", "--timeout", "0.3", "--retries", "0"]);
    assert_found(&run.exits(3), "connection", &["problem", "in time"]);
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn a_proxy_that_cannot_be_used_is_named_without_its_password() {
    let home = Home::new();
    home.also_secret("pa55word-of-the-proxy");
    home.write_account("https://nowhere.invalid");
    let run = home.twauth(["doctor", "--json"]);
    let run = run.env("HTTPS_PROXY", "ftp://me:pa55word-of-the-proxy@127.0.0.1:1");
    let output = run.exits(2);
    assert_found(
        &output,
        "proxy",
        &[
            "problem",
            "HTTPS_PROXY cannot be used",
            "-> set HTTPS_PROXY",
        ],
    );
}

#[test]
fn a_certificate_that_is_not_trusted_is_named() {
    let server = Script::new().tls(Certificate::Expired).start();
    let home = Home::with_account(&server.url());
    let authority = home.write("ca.pem", server.authority());
    let run = home.twauth(["doctor", "--json"]);
    let output = run.env("SSL_CERT_FILE", authority).exits(3);
    assert_found(&output, "tls", &["problem", "expired"]);
    assert!(server.requests().is_empty());
}

#[test]
fn the_app_the_account_and_the_level_are_told_apart() {
    let home = Home::new();
    let sandbox = SandboxServer::with_faults(&home, &["read-only"]);
    log_in(&home, &sandbox, "weatherbot", &[]);
    let output = doctor(&home).assert_code(0);
    assert_found(&output, "account", &["ok", "@weatherbot"]);
    let words = [
        "warning",
        "cannot post",
        &sandbox.url,
        "`twauth login -a weatherbot`",
    ];
    assert_found(&output, "level", &words);

    let home = in_sandbox();
    let good = home.json("tw.json");
    let mut account = good.clone();
    account["access_token_secret"] = "not-the-secret-of-this-token".into();
    home.write("tw.json", account.to_string());
    let output = doctor(&home).assert_code(4);
    assert_found(&output, "app", &["ok"]);
    assert_found(
        &output,
        "account",
        &["problem", "-> twauth login -a weatherbot"],
    );
    assert_found(&output, "level", &["skipped"]);

    account = good;
    account["consumer_secret"] = "not-the-secret-of-this-app".into();
    home.write("my bots.json", account.to_string());
    let login = format!(
        "-> twauth login -c '{}' -a weatherbot",
        home.shown("my bots.json")
    );
    let run = home.twauth(["doctor", "--json", "-c", "my bots.json"]);
    assert_found(&run.exits(4), "app", &["problem", &login]);
    let mut other = account.clone();
    (other["user_id"], other["screen_name"]) = ("5".into(), "other".into());
    other["access_token"] = "5-another".into();
    home.write("tw.json", json!([account, other]).to_string());
    let output = doctor(&home).assert_code(4);
    assert_found(&output, "app", &["problem", "-> twauth login --all"]);
    assert_eq!(said(&output, "app").len(), 1, "they share it");
}

#[test]
fn another_server_than_the_accounts_own_is_refused() {
    let (own, other) = (sound_server(), sound_server());
    let home = Home::with_account(&own.url());
    let run = home.twauth(["doctor", "--json", "--server", &other.url()]);
    let output = run.exits(2);
    assert_found(
        &output,
        "account",
        &["problem", "not to the server you gave"],
    );
    assert_eq!(own.connections(), 0);
    let signed = |it: &crate::support::request::Request| it.header("authorization").is_some();
    assert!(!other.requests().iter().any(signed));
}

#[test]
fn each_of_several_accounts_is_looked_at() {
    let (home, sandbox) = SandboxServer::with_home();
    log_in(&home, &sandbox, "weatherbot", &[]);
    log_in(&home, &sandbox, "sandbot", &["--add"]);
    let output = doctor(&home).assert_code(0);
    assert_eq!(said(&output, "account").len(), 2);
    assert_eq!(said(&output, "app").len(), 1, "they share it");
    let run = home.twauth(["doctor", "--json", "-a", "sandbot"]);
    let output = run.exits(0);
    assert_eq!(said(&output, "account").len(), 1);
    let run = home.twauth(["doctor", "--json", "-a", "nobody"]);
    let words = ["@nobody is not in", "-> twauth login --add -a nobody"];
    assert_found(&run.exits(4), "account", &words);
    let run = home.twauth(["doctor", "--json", "-c", "tw.json", "-a", "$(no)"]);
    let login = format!(
        "-> twauth login --add -c {} -a '$(no)'",
        home.shown("tw.json")
    );
    assert_found(&run.exits(4), "account", &[&login]);
}

#[test]
fn a_rehearsal_needs_no_network() {
    let home = Home::new();
    let run = home.twauth(["doctor", "--sandbox"]);
    let output = run.exits(4);
    assert!(
        output
            .stdout
            .contains("\n          -> twauth login --sandbox\n")
    );
}

#[test]
fn an_app_elsewhere_than_at_x_is_never_asked_about_with_its_secret() {
    let home = Home::new();
    let (one, two) = (sound_server(), sound_server());
    let (mut first, mut second) = (home.account(&one.url()), home.account(&two.url()));
    first["consumer_key"] = "firstAppsKeyOfTwentyFive1".into();
    second["consumer_key"] = "secondAppsKeyOfTwentyFive".into();
    second["user_id"] = "932".into();
    second["screen_name"] = "other".into();
    home.write("tw.json", json!([first, second]).to_string());
    doctor(&home);
    for (server, own, others) in [
        (&one, "firstApps", "secondApps"),
        (&two, "secondApps", "firstApps"),
    ] {
        let mut signed = 0;
        for request in server.requests() {
            let Some(header) = request.header("authorization") else {
                continue;
            };
            assert!(header.starts_with("OAuth "), "{header}");
            assert!(header.contains(own) && !header.contains(others), "{header}");
            signed += 1;
        }
        assert!(signed > 0);
    }
}
