//! What `doctor` finds, and the commands it shows to fix it.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::support::{
    Behaviour, Certificate, Home, Output, RawServer, SCREEN_NAME, SandboxServer, Script, USER_ID,
    installed, log_in, reply,
};

const ME: &str = "GET /2/users/me";

/// The entries of one check as `STATE: message -> hint`.
fn said(output: &Output, check: &str) -> Vec<String> {
    let entries = output.json();
    let entries = entries.as_array().unwrap().iter();
    let of_check = entries.filter(|entry| entry["check"] == check);
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let line = |entry: &Value| {
        let [state, message, hint] = ["state", "message", "hint"].map(|name| text(&entry[name]));
        format!("{state}: {message} -> {hint}")
    };
    of_check.map(line).collect()
}

/// Panics unless the check has an entry that holds all of `words`, in order, whatever stands for their `...`.
#[track_caller]
fn assert_found(output: &Output, check: &str, words: &str) {
    let entries = said(output, check);
    let holds = |entry: &String| {
        let mut rest = Some(entry.as_str());
        for word in words.split("...") {
            rest = rest.and_then(|rest| Some(rest.split_once(word)?.1));
        }
        rest.is_some()
    };
    let found = entries.iter().any(holds);
    assert!(found, "{words:?} is not in {entries:?}\n{output:#?}");
}

fn doctor(home: &Home) -> Output {
    home.twauth(["doctor", "--json"]).run()
}

/// A home with an account of the sandbox inside twauth, which is asked all that X is asked.
fn in_sandbox() -> Home {
    let (home, sandbox) = SandboxServer::with_home();
    log_in(&home, &sandbox, "weatherbot", &[]);
    // The embedded sandbox knows the tokens of every other one, and is asked about its app.
    let mut account = home.json("tw.json");
    account["server"] = "sandbox".into();
    home.write("tw.json", account.to_string());
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
    let body = json!({"token_type": "bearer", "access_token": "AAAAAAAAAAAAmadeup"});
    reply::Reply::json(200, &body)
}

/// A home with an account that is a work tree, where git is here.
fn in_git(server: &RawServer) -> Option<Home> {
    let has_git = installed::works("git", &["--version"], "a work tree");
    let home = has_git.then(|| Home::with_account(&server.url()))?;
    git(&home, "init -q");
    Some(home)
}

fn git(home: &Home, words: &str) {
    let words = "-c user.name=n -c user.email=n@example.com"
        .split(' ')
        .chain(words.split(' '));
    home.program("git").args(words).may_show_secrets().exits(0);
}

#[test]
fn a_healthy_account_passes_every_check_in_order() {
    let home = in_sandbox();
    let output = doctor(&home).assert_code(0);
    let entries = output.json();
    let entries = entries.as_array().unwrap();
    let checks: Vec<&str> = entries
        .iter()
        .map(|it| it["check"].as_str().unwrap())
        .collect();
    let wanted = "file readable mode owner git variables labels keys proxy connection tls clock app account level";
    assert_eq!(checks.join(" "), wanted);
    for (entry, check) in entries.iter().zip(checks) {
        assert_eq!(entry["state"], "ok", "{entry}");
        let of_account = ["app", "account", "level"].contains(&check);
        let account = of_account.then_some("weatherbot");
        assert_eq!(entry["account"].as_str(), account, "{entry}");
    }
    let words = home.twauth(["doctor"]).exits(0).stdout;
    assert_eq!(words.lines().count(), entries.len());
    assert!(words.is_ascii() && words.contains("\nok       level       read-write: it can post\n"));
}

#[test]
fn a_missing_file_leads_to_login() {
    let server = sound_server();
    let words = ["doctor", "--json", "--server", &server.url()];
    let output = Home::new().twauth(words).exits(4);
    let login = format!("-> twauth login --server {}", server.url());
    assert_found(
        &output,
        "file",
        &format!("problem: there is no .../tw.json...{login}"),
    );
    assert_found(&output, "connection", "ok");
    let output = Home::new().twauth(["doctor", "--sandbox"]).exits(4);
    assert!(
        output
            .stdout
            .contains("\n          -> twauth login --sandbox\n")
    );
}

#[test]
fn a_file_that_others_can_read_is_a_problem() {
    let server = sound_server();
    let home = Home::with_account(&server.url());
    home.set_mode("tw.json", 0o644);
    let output = doctor(&home).assert_code(1);
    let chmod = format!("-> chmod 600 {}", home.shown("tw.json"));
    assert_found(&output, "mode", &format!("problem...0644...{chmod}"));
    assert_found(&output, "account", "ok");
    assert_eq!(home.mode("tw.json"), 0o644, "nothing is changed");
}

#[test]
fn another_hard_link_to_the_file_is_told_of() {
    let server = sound_server();
    let home = Home::with_account(&server.url());
    std::fs::hard_link(home.path("tw.json"), home.path("copy.json")).unwrap();
    let words = "warning...hard links...-> find ~ -xdev -samefile ";
    assert_found(&doctor(&home).assert_code(0), "owner", words);
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
    assert_found(&output, "owner", "problem...another user...-> sudo chown");
}

#[test]
fn something_other_than_a_file_is_a_problem() {
    let home = Home::new();
    std::fs::create_dir(home.path("tw.json")).unwrap();
    for (file, words) in [
        ("tw.json", "problem...it is a folder...-> mv .../tw.json"),
        ("/dev/zero", "problem...-> ...-c -"),
    ] {
        let run = home.twauth(["doctor", "--json", "--sandbox", "-c", file]);
        assert_found(&run.exits(1), "readable", words);
    }
}

#[test]
fn a_file_that_git_would_commit_is_a_problem_until_it_is_ignored() {
    let server = sound_server();
    let Some(home) = in_git(&server) else { return };
    let output = doctor(&home).assert_code(1);
    let add = format!("-> echo /tw.json >> {}", home.shown(".gitignore"));
    assert_found(
        &output,
        "git",
        &format!("problem...does not ignore...{add}"),
    );
    assert_found(&output, "history", "ok");
    home.write(".gitignore", "/tw.json\n");
    assert_found(&doctor(&home).assert_code(0), "git", "ok");
    git(&home, "add --force tw.json");
    let words = "problem: git tracks it...-> git -C...rm --cached tw.json";
    assert_found(&doctor(&home).assert_code(1), "git", words);
    // What is for a sandbox is worth nothing to others.
    home.write_account("sandbox");
    assert_found(&doctor(&home), "history", "skipped: there are no keys");
}

#[test]
fn keys_that_were_ever_committed_are_found_wherever_they_stood() {
    let server = sound_server();
    for (is_secret, code) in [(true, 1), (false, 0)] {
        let Some(home) = in_git(&server) else { return };
        home.write(".gitignore", "/tw.json\n");
        let canaries = &home.canaries;
        let (value, words) = if is_secret {
            let words = "problem: already committed: consumer_secret...folder/old bot.py...-> regenerate the keys";
            (&canaries.consumer_secret, words)
        } else {
            (&canaries.consumer_key, "warning...consumer_key")
        };
        home.write("folder/old bot.py", format!("secret='{value}'\n"));
        for words in [
            "add folder",
            "commit -qm one",
            "rm -qr folder",
            "commit -qm two",
        ] {
            git(&home, words);
        }
        let output = doctor(&home).assert_code(code);
        assert_found(&output, "git", "ok");
        assert_found(&output, "history", words);
    }
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
        home.write_account_with(&server.url(), &json!({label: null}));
        let words = format!("{state}...{label} is missing...-> ...twauth ");
        assert_found(&doctor(&home).assert_code(code), "labels", &words);
    }
    let without_token = json!({"access_token": null, "access_token_secret": null});
    home.write_account_with(&server.url(), &without_token);
    let output = doctor(&home).assert_code(4);
    assert_found(
        &output,
        "labels",
        "problem...are missing...-> twauth login -a mybot",
    );
    // The question would send the secret itself, which is for X and the sandbox.
    assert_found(&output, "app", "skipped...to X only");
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
    let (key, secret) = (&*canaries.consumer_key, &*canaries.consumer_secret);
    let quoted = format!("\"{secret}\"");
    for (wrong_key, wrong_secret, words) in [
        (secret, key, "consumer_key and its secret are swapped"),
        (
            &canaries.access_token,
            secret,
            "consumer_key is an access token",
        ),
        (key, &quoted, "consumer_secret contains a quotation mark"),
        ("YOUR_CONSUMER_KEY", secret, "consumer_key is a placeholder"),
    ] {
        let changes = json!({"consumer_key": wrong_key, "consumer_secret": wrong_secret});
        home.write_account_with("https://api.x.com", &changes);
        let output = doctor_about_x(&home).exits(1);
        let words = format!("problem: ...{words}...-> twauth login -a mybot");
        assert_found(&output, "keys", &words);
        assert_found(&output, "app", "skipped");
    }
    // What is wrong with an app is told once, not for each of its accounts.
    let mut other = home.json("tw.json");
    (other["user_id"], other["screen_name"]) = ("5".into(), "other".into());
    other["access_token"] = other["access_token"]
        .as_str()
        .map(|token| token.replace(USER_ID, "5"))
        .into();
    home.write("tw.json", json!([home.json("tw.json"), other]).to_string());
    assert_eq!(said(&doctor_about_x(&home).exits(1), "keys").len(), 1);
    home.write_account("https://api.x.com");
    assert_found(&doctor_about_x(&home).exits(3), "keys", "ok");
    // Other servers give out what they like.
    home.write_account_with("https://x.invalid", &json!({"consumer_key": "a key"}));
    assert_found(
        &doctor_about_x(&home).exits(3),
        "keys",
        "skipped: only keys of X",
    );
}

#[test]
fn a_token_out_of_place_is_named() {
    let home = Home::new();
    let canaries = &home.canaries;
    let swapped = json!({"access_token": canaries.access_token_secret, "access_token_secret": canaries.access_token});
    home.write_account_with("https://api.x.com", &swapped);
    let words = "access_token_secret is an access token...-> twauth login -a mybot";
    assert_found(&doctor_about_x(&home).exits(1), "keys", words);
    home.write_account_with("https://api.x.com", &json!({"user_id": "12"}));
    let words = format!("{USER_ID}...the stored user_id is 12");
    assert_found(&doctor_about_x(&home).exits(5), "keys", &words);
}

#[test]
fn variables_in_the_way_are_named() {
    let server = sound_server();
    let home = Home::with_account(&server.url());
    let run = home.twauth(["doctor", "--json", "--server", &server.url()]);
    let output = run.with_four_variables().exits(0);
    let words =
        "warning...using the four TWAUTH_ variables instead of...-> unset TWAUTH_CONSUMER_KEY";
    assert_found(&output, "variables", words);
    // Variables hold no names, so none is missing.
    assert_found(&output, "labels", "ok");
    let other = home.write("other.json", home.read("tw.json"));
    let run = home.twauth(["doctor", "--json"]).env("TWAUTH_CREDS", other);
    let words = "warning...other.json...-> unset TWAUTH_CREDS";
    assert_found(&run.exits(0), "variables", words);
}

#[test]
fn variables_that_hold_the_account_are_right_where_there_is_no_file() {
    let home = Home::new();
    let server = sound_server();
    let doctor = |words: &[&str], server: &RawServer| {
        let run = home.twauth(["doctor"]).args(words).with_four_variables();
        run.env("TWAUTH_SERVER", server.url())
    };
    let output = doctor(&["--json"], &server).exits(0);
    assert_found(&output, "variables", "ok");
    assert_found(&output, "account", "ok");
    let words = doctor(&[], &server).run();
    words.assert_says("problems: 0, warnings: 0");
    let run = doctor_about_x(&home).with_four_variables();
    let wrong = run
        .env("TWAUTH_CONSUMER_SECRET", "${{ secrets.KEY }}")
        .exits(2);
    let words = "problem: TWAUTH_CONSUMER_SECRET refers to...\
                 -> set TWAUTH_CONSUMER_SECRET again (in CI: its secret)";
    assert_found(&wrong, "keys", words);
    let server = RawServer::replying("*", reply::error(401, 89, "Invalid or expired token."));
    let output = doctor(&["--json"], &server).exits(4);
    let words = "problem...-> set TWAUTH_ACCESS_TOKEN and TWAUTH_ACCESS_TOKEN_SECRET again (in CI";
    assert_found(&output, "account", words);
}

#[test]
fn variables_that_are_half_there_or_empty_are_named() {
    let home = Home::new();
    let half = |words: &str| {
        let run = home.twauth(["doctor", "--json", "--sandbox"]);
        let output = run.env("TWAUTH_ACCESS_TOKEN", "1-t").run();
        let names = "TWAUTH_ACCESS_TOKEN is set, TWAUTH_CONSUMER_KEY, TWAUTH_CONSUMER_SECRET, \
                     TWAUTH_ACCESS_TOKEN_SECRET are not set";
        assert_found(
            &output,
            "variables",
            &format!("warning...{names}...-> {words}"),
        );
    };
    let empty = |words: &[&str]| {
        let run = home.twauth(words).env("TWAUTH_CONSUMER_KEY", "");
        run.env("TWAUTH_CONSUMER_SECRET", " ").run()
    };
    let doctor = ["doctor", "--json", "--sandbox"];
    let names = "TWAUTH_CONSUMER_KEY, TWAUTH_CONSUMER_SECRET";
    half("set TWAUTH_CONSUMER_KEY and TWAUTH_CONSUMER_SECRET and");
    let words = format!("warning: set but empty...{names}...-> set TWAUTH_");
    assert_found(&empty(&doctor), "variables", &words);
    let output = empty(&["tweet", "hi"]).assert_code(4);
    output
        .assert_says(&format!("these variables are set but empty: {names}\n"))
        .assert_says("hint: set them again (in CI: the secrets that they come from)");
    home.write("tw-sandbox.json", home.account("sandbox").to_string());
    half("unset TWAUTH_ACCESS_TOKEN");
    assert_found(&empty(&doctor), "variables", "-> unset TWAUTH_CONSUMER_KEY");
}

#[test]
fn a_wrong_clock_is_named_with_sign_and_size() {
    let soon = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(3630));
    let server = Script::new()
        .reply(ME, reply::me(USER_ID, SCREEN_NAME).header("date", &soon))
        .reply("POST /oauth2/token", app_token())
        .start();
    let output = doctor(&Home::with_account(&server.url())).assert_code(4);
    let words = "problem: this machine's clock is 60 minutes slow...timedatectl set-ntp true";
    assert_found(&output, "clock", words);
}

#[test]
fn a_server_out_of_reach_is_named_and_nothing_hangs() {
    let silent = RawServer::behaving(ME, Behaviour::Hang);
    for (server, check, words) in [
        (
            "https://nowhere.invalid",
            "name",
            "problem...could not resolve nowhere.invalid",
        ),
        (
            "http://127.0.0.1:1",
            "connection",
            "problem...could not connect to",
        ),
        (&silent.url(), "connection", "problem...in time"),
    ] {
        let home = Home::with_account(server);
        let run = home.twauth(["doctor", "--json", "--timeout", "0.3", "--retries", "0"]);
        let output = run.exits(3);
        assert_found(&output, check, words);
        assert_found(&output, "level", "skipped");
        assert!(output.took < Duration::from_secs(30));
    }
}

#[test]
fn a_proxy_that_cannot_be_used_is_named_without_its_password() {
    let home = Home::with_account("https://nowhere.invalid");
    home.also_secret("pa55word-of-the-proxy");
    let run = home.twauth(["doctor", "--json"]);
    let run = run.env("HTTPS_PROXY", "ftp://me:pa55word-of-the-proxy@127.0.0.1:1");
    let words = "problem...HTTPS_PROXY cannot be used...-> set HTTPS_PROXY";
    assert_found(&run.exits(2), "proxy", words);
}

#[test]
fn a_certificate_that_is_not_trusted_is_named() {
    let server = Script::new().tls(Certificate::Expired).start();
    let home = Home::with_account(&server.url());
    let authority = home.write("ca.pem", server.authority());
    let run = home.twauth(["doctor", "--json"]);
    let output = run.env("SSL_CERT_FILE", authority).exits(3);
    assert_found(&output, "tls", "problem...expired");
    assert!(server.requests().is_empty());
}

#[test]
fn the_app_the_account_and_the_level_are_told_apart() {
    let home = Home::new();
    let sandbox = SandboxServer::with_faults(&home, &["read-only"]);
    log_in(&home, &sandbox, "weatherbot", &[]);
    let output = doctor(&home).assert_code(0);
    assert_found(&output, "account", "ok...@weatherbot");
    let words = format!(
        "warning...cannot post...{}...`twauth login -a weatherbot`",
        sandbox.url
    );
    assert_found(&output, "level", &words);

    let home = in_sandbox();
    let good = home.json("tw.json");
    let mut account = good.clone();
    account["access_token_secret"] = "not-the-secret-of-this-token".into();
    home.write("tw.json", account.to_string());
    let output = doctor(&home).assert_code(4);
    assert_found(&output, "app", "ok");
    assert_found(
        &output,
        "account",
        "problem...-> twauth login -a weatherbot",
    );
    assert_found(&output, "level", "skipped");

    account = good;
    account["consumer_secret"] = "not-the-secret-of-this-app".into();
    let file = home.write("my bots.json", account.to_string());
    let words = format!(
        "problem...-> twauth login -c '{}' -a weatherbot",
        file.display()
    );
    let run = home.twauth(["doctor", "--json", "-c", "my bots.json"]);
    assert_found(&run.exits(4), "app", &words);
    let mut other = account.clone();
    (other["user_id"], other["screen_name"]) = ("5".into(), "other".into());
    other["access_token"] = "5-another".into();
    home.write("tw.json", json!([account, other]).to_string());
    let output = doctor(&home).assert_code(4);
    assert_found(&output, "app", "problem...-> twauth login --all");
    assert_eq!(said(&output, "app").len(), 1, "they share it");
}

#[test]
fn another_server_than_the_accounts_own_is_refused() {
    let (own, other) = (sound_server(), sound_server());
    let home = Home::with_account(&own.url());
    let run = home.twauth(["doctor", "--json", "--server", &other.url()]);
    assert_found(
        &run.exits(2),
        "account",
        "problem...not to the server you gave",
    );
    assert_eq!(own.connections(), 0);
    let mut sent = other.requests().into_iter();
    assert!(!sent.any(|it| it.header("authorization").is_some()));
}

#[test]
fn each_of_several_accounts_is_looked_at() {
    let (home, sandbox) = SandboxServer::with_home();
    log_in(&home, &sandbox, "weatherbot", &[]);
    log_in(&home, &sandbox, "sandbot", &["--add"]);
    let output = doctor(&home).assert_code(0);
    let counts = ["account", "app"].map(|check| said(&output, check).len());
    assert_eq!(counts, [2, 1], "they share the app");
    let run = home.twauth(["doctor", "--json", "-a", "sandbot"]);
    assert_eq!(said(&run.exits(0), "account").len(), 1);
    let run = home.twauth(["doctor", "--json", "-a", "nobody"]);
    let words = "@nobody is not in...-> twauth login --add -a nobody";
    assert_found(&run.exits(4), "account", words);
    let run = home.twauth(["doctor", "--json", "-c", "tw.json", "-a", "$(no)"]);
    let login = format!(
        "-> twauth login --add -c {} -a '$(no)'",
        home.shown("tw.json")
    );
    assert_found(&run.exits(4), "account", &login);
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

#[test]
fn each_check_is_skipped_once_and_doctor_does_not_send_to_itself() {
    let server = sound_server();
    let home = Home::new();
    let run = home.twauth(["doctor", "--json"]);
    let output = run.env("TWAUTH_SERVER", server.url()).run();
    assert_eq!(said(&output, "app").len(), 1, "{output:#?}");
    let home = Home::with_account("http://127.0.0.1:1");
    let output = home.twauth(["doctor", "--json", "--retries", "0"]).run();
    let hints = said(&output, "connection");
    assert!(hints[0].ends_with("-> check the network"), "{hints:?}");
}
