//! Other programs' credentials: in with `import`, out with `export`, into a child with `run`.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::support::{Home, SandboxServer};

const FORMATS: [&str; 11] = [
    "json",
    "env",
    "fish",
    "powershell",
    "dotenv",
    "ini",
    "yaml",
    "lines",
    "twurl",
    "xurl",
    "python",
];

/// What the home's own account looks like without its server.
fn account(home: &Home) -> Value {
    let mut account = home.account("sandbox");
    account.as_object_mut().unwrap().remove("server");
    account
}

fn dotenv(home: &Home) -> String {
    let canaries = &home.canaries;
    format!(
        "CONSUMER_KEY={}\nCONSUMER_SECRET={}\nACCESS_TOKEN={}\nACCESS_TOKEN_SECRET={}\n",
        canaries.consumer_key,
        canaries.consumer_secret,
        canaries.access_token,
        canaries.access_token_secret
    )
}

#[test]
fn every_format_goes_out_and_comes_in_again() {
    let home = Home::new();
    home.write("tw.json", account(&home).to_string());
    for format in FORMATS {
        home.twauth(["export", "--format", format, "-o", format])
            .exits(0);
        let mode = fs::metadata(home.path(format))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        for from in [&["--from", format][..], &[]] {
            let words = ["import", format, "-c", "again.json"].into_iter();
            let output = home.twauth(words.chain(from.iter().copied())).exits(0);
            let mut expected = account(&home);
            if matches!(format, "lines" | "xurl") {
                expected.as_object_mut().unwrap().remove("screen_name");
            }
            assert_eq!(home.json("again.json"), expected, "{format}: {output:?}");
            fs::remove_file(home.path("again.json")).unwrap();
        }
    }
}

#[test]
fn an_account_that_is_not_at_x_keeps_its_server_or_stays() {
    let home = Home::new();
    let mut there = home.account("http://127.0.0.1:18761");
    there["access_token"] = "sample token: {é}".into();
    there.as_object_mut().unwrap().remove("user_id");
    home.write("tw.json", there.to_string());
    for format in FORMATS {
        let output = home
            .twauth(["export", "--format", format, "-o", format])
            .run();
        if matches!(format, "lines" | "twurl" | "xurl") {
            output
                .assert_code(2)
                .assert_says("has no room for a server");
            assert!(!home.exists(format));
            continue;
        }
        output.assert_code(0);
        let target = format!("{format}.json");
        let output = home.twauth(["import", format, "-c", &target]).run();
        // Values with spaces have no quotes in INI, and are not certain there.
        if format == "ini" {
            output.assert_code(1);
            continue;
        }
        output
            .assert_code(0)
            .assert_says("@mybot belongs to http://127.0.0.1:18761, not to X");
        assert_eq!(home.json(&target), there, "{format}");
    }
}

#[test]
fn accounts_of_the_sandbox_and_of_no_name_come_in_again() {
    let home = Home::new();
    let there = home.account("sandbox");
    let mut nameless = there.clone();
    nameless.as_object_mut().unwrap().remove("screen_name");
    nameless.as_object_mut().unwrap().remove("user_id");
    let mut named = there.clone();
    named["consumer_key"] = "sandbox-consumer-key".into();
    named["consumer_secret"] = "my.secret".into();
    named["access_token"] = "my_token".into();
    let mut spaced = named.clone();
    spaced["access_token_secret"] = "a secret token!".into();
    for account in [&there, &nameless, &named, &spaced] {
        home.write("tw.json", account.to_string());
        for format in FORMATS {
            // Values with spaces have no quotes in INI, and are not certain there.
            let is_uncertain = format == "ini" && *account == spaced;
            if matches!(format, "lines" | "twurl" | "xurl") || is_uncertain {
                continue;
            }
            home.twauth(["export", "--format", format, "-o", format, "--force"])
                .exits(0);
            for from in [&["--from", format][..], &[]] {
                let words = ["import", format, "-c", "again.json"].into_iter();
                let output = home.twauth(words.chain(from.iter().copied())).run();
                assert_eq!(output.code, 0, "{format}: {output:?}");
                assert_eq!(home.json("again.json"), *account, "{format}");
                fs::remove_file(home.path("again.json")).unwrap();
            }
        }
    }
}

#[test]
fn the_names_of_exported_variables_can_be_chosen() {
    let home = Home::new();
    home.write("tw.json", account(&home).to_string());
    let canaries = &home.canaries;
    for (names, key, secret, token) in [
        ("plain", "CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN"),
        ("x", "X_API_KEY", "X_API_SECRET", "X_ACCESS_TOKEN"),
        (
            "twitter",
            "TWITTER_API_KEY",
            "TWITTER_API_SECRET",
            "TWITTER_ACCESS_TOKEN",
        ),
    ] {
        let export = |format: &str| {
            home.twauth(["export", "--format", format, "--names", names])
                .may_show_secrets()
                .exits(0)
                .stdout
        };
        let text = export("dotenv");
        for line in [
            format!("{key}={}\n", canaries.consumer_key),
            format!("{secret}={}\n", canaries.consumer_secret),
            format!("{token}={}\n", canaries.access_token),
            format!("{token}_SECRET={}\n", canaries.access_token_secret),
        ] {
            assert!(text.contains(&line), "{names}");
        }
        assert!(export("env").contains(&format!("export {key}='{}'\n", canaries.consumer_key)));
        assert!(export("fish").contains(&format!("set -gx {key} '{}'\n", canaries.consumer_key)));
        assert!(
            export("powershell").contains(&format!("$env:{key} = '{}'\n", canaries.consumer_key))
        );
    }
    home.twauth(["export", "--format", "json", "--names", "x"])
        .exits(2)
        .assert_says("--names applies to variables");
}

#[test]
fn a_recognised_file_becomes_the_credentials_file() {
    let home = Home::new();
    home.write(
        "bot.env",
        format!(
            "{}SCREEN_NAME=mybot\nUSER_ID={}\n",
            dotenv(&home),
            account(&home)["user_id"]
        ),
    );
    let output = home.twauth(["import", "bot.env"]).exits(0);
    assert_eq!(output.stdout, "mybot\n");
    assert!(output.stderr.contains("found @mybot (dotenv)"));
    assert_eq!(home.json("tw.json"), account(&home));
}

#[test]
fn a_dry_run_writes_nothing() {
    let home = Home::new();
    let output = home
        .twauth(["import", "--dry-run"])
        .stdin(dotenv(&home))
        .exits(0);
    assert!(output.stderr.contains("nothing was written"));
    assert!(!home.exists("tw.json"));
}

#[test]
fn a_broken_file_writes_nothing_and_names_its_line() {
    let home = Home::new();
    let secret = &home.canaries.consumer_secret;
    for (text, place) in [
        (format!("{{\n\"consumer_secret\": \"{secret}\n}}"), ":2:"),
        (
            format!("[mybot]\nconsumer_secret {secret}\n"),
            ":2: consumer_key is missing",
        ),
        (
            format!("export A=1\nexport CONSUMER_SECRET='{secret}\n"),
            ":2:",
        ),
        (format!("a:\n  consumer_secret: \"{secret}\n"), ":2:"),
        (
            format!("CONSUMER_SECRET={secret}\n"),
            "consumer_key is missing",
        ),
    ] {
        home.write("broken", text);
        let output = home.twauth(["import", "broken"]).exits(1);
        assert!(output.stderr.contains(place), "{}", output.stderr);
        assert!(!home.exists("tw.json"));
    }
}

#[test]
fn a_new_account_beside_another_needs_add_or_replace() {
    let home = Home::with_account("sandbox");
    let before = home.read("tw.json");
    let other = "CONSUMER_KEY=k\nCONSUMER_SECRET=s\nACCESS_TOKEN=932-t\nACCESS_TOKEN_SECRET=ts\nSCREEN_NAME=other\n";
    home.twauth(["import"]).stdin(other).exits(2);
    assert_eq!(home.read("tw.json"), before);
    home.twauth(["import", "--add"]).stdin(other).exits(0);
    let file = home.json("tw.json");
    assert_eq!(file[0], home.account("sandbox"));
    assert_eq!(file[1]["screen_name"], "other");
    home.twauth(["import", "--replace"])
        .stdin(other.replace("=k", "=k2"))
        .exits(0);
    assert_eq!(home.json("tw.json")[1]["consumer_key"], "k2");
    home.write_account("sandbox");
    home.twauth(["import", "--replace"]).stdin(other).exits(0);
    assert_eq!(home.json("tw.json")["screen_name"], "other");
}

#[test]
fn a_known_token_keeps_its_labels() {
    let home = Home::new();
    home.write("tw.json", account(&home).to_string());
    home.twauth(["import"]).stdin(dotenv(&home)).exits(0);
    assert_eq!(home.json("tw.json"), account(&home));
}

#[test]
fn one_of_several_is_chosen_by_name() {
    let home = Home::new();
    let list: Vec<Value> = ["one", "two"]
        .map(|name| {
            let token = if name == "one" { "931-one" } else { "932-two" };
            json!({"screen_name": name, "consumer_key": "k", "consumer_secret": "s", "access_token": token,
                   "access_token_secret": "ts"})
        })
        .into();
    home.write("several", Value::from(list).to_string());
    home.twauth(["import", "several", "-a", "three"]).exits(4);
    home.twauth(["import", "several", "-a", "@TWO"]).exits(0);
    assert_eq!(home.json("tw.json")["screen_name"], "two");
    let output = home
        .twauth(["import", "several", "-c", "all.json", "--json"])
        .exits(0);
    let document: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(document["accounts"][0]["screen_name"], "one");
    assert_eq!(home.json("all.json").as_array().unwrap().len(), 2);
}

#[test]
fn a_token_reply_takes_its_pair_from_elsewhere() {
    let home = Home::new();
    let reply = "oauth_token=931-t&oauth_token_secret=ts&user_id=931&screen_name=other";
    home.twauth(["import"]).stdin(reply).exits(4);
    home.twauth(["import"])
        .env("TWAUTH_CONSUMER_KEY", "k")
        .env("TWAUTH_CONSUMER_SECRET", "s")
        .stdin(reply)
        .exits(0);
    assert_eq!(home.json("tw.json")["consumer_key"], "k");
    let second = reply.replace("931", "932").replace("other", "second");
    home.twauth(["import", "--add"]).stdin(second).exits(0);
    assert_eq!(home.json("tw.json")[1]["consumer_secret"], "s");
}

#[test]
fn verify_labels_the_nameless_and_refuses_the_dead() {
    let home = Home::new();
    let server = SandboxServer::start(&home);
    crate::support::login::log_in(&home, &server, "sandbot", &[]);
    let mut nameless = home.json("tw.json");
    for label in ["screen_name", "user_id", "server"] {
        nameless.as_object_mut().unwrap().remove(label);
    }
    home.write("nameless", nameless.to_string());
    let import = [
        "import",
        "nameless",
        "-c",
        "new.json",
        "--verify",
        "--server",
        &server.url,
    ];
    home.twauth(import).exits(0);
    assert_eq!(home.json("new.json"), home.json("tw.json"));
    let import = [
        "import",
        "-c",
        "dead.json",
        "--verify",
        "--server",
        &server.url,
    ];
    home.twauth(import).stdin(dotenv(&home)).exits(4);
    assert!(!home.exists("dead.json"));
}

#[test]
fn an_export_goes_over_nothing_unless_told() {
    let home = Home::with_account("sandbox");
    home.write("there", "precious");
    let words = ["export", "--format", "json", "-o", "there"];
    home.twauth(words).exits(1);
    assert_eq!(home.read("there"), "precious");
    home.twauth(words.into_iter().chain(["--force"])).exits(0);
    assert_eq!(home.json("there"), home.account("sandbox"));
    assert_eq!(home.files().len(), 2);
}

#[test]
fn an_export_needs_show_on_a_terminal() {
    let home = Home::with_account("sandbox");
    let ended = home
        .twauth(["export", "--format", "json"])
        .on_terminal()
        .finish();
    assert_eq!(ended.code, 2, "{}", ended.screen);
    let shown = home
        .twauth(["export", "--format", "json", "--show"])
        .may_show_secrets()
        .on_terminal();
    let ended = shown.finish();
    assert!(ended.screen.contains(&home.canaries.consumer_secret));
    assert_eq!(ended.code, 0, "{}", ended.screen);
}

#[test]
fn several_accounts_go_only_where_they_fit() {
    let home = Home::new();
    let file = "[{\"screen_name\":\"a\",\"consumer_key\":\"k\",\"consumer_secret\":\"s\",\"access_token\":\"t1\",\
                \"access_token_secret\":\"x\"},{\"screen_name\":\"b\",\"consumer_key\":\"k\",\"consumer_secret\":\"s\",\
                \"access_token\":\"t2\",\"access_token_secret\":\"x\"}]";
    home.write("tw.json", file);
    home.twauth(["export", "--format", "env"]).exits(2);
    let output = home
        .twauth(["export", "--format", "env", "-a", "b"])
        .exits(0);
    assert!(output.stdout.contains("export ACCESS_TOKEN='t2'"));
    let output = home.twauth(["export", "--format", "ini"]).exits(0);
    assert!(output.stdout.contains("[a]") && output.stdout.contains("[b]"));
}

#[test]
fn a_child_gets_the_names_that_programs_expect_and_no_other_of_ours() {
    let home = Home::new();
    home.write("tw.json", account(&home).to_string());
    let output = home
        .twauth(["run", "--", "env"])
        .env("TWAUTH_CREDS", home.path("tw.json"))
        .env("TWAUTH_TIMEOUT", "9")
        .env("TWAUTH_ACCOUNT", "mybot")
        .env("TWAUTH_SCREEN_NAME", "otherbot")
        .env("X_ACCESS_TOKEN", "another-bots")
        .env("KEPT", "1")
        .may_show_secrets()
        .exits(0);
    let canaries = &home.canaries;
    let said = output.stdout;
    let theirs = ["PATH=", "HOME=", "KEPT="];
    let is_ours = |line: &&str| !theirs.iter().any(|name| line.starts_with(name));
    let mut ours: Vec<&str> = said.lines().filter(is_ours).collect();
    ours.sort_unstable();
    let mut expected = Vec::new();
    for (value, names) in [
        (
            &canaries.consumer_key,
            "CONSUMER_KEY TWAUTH_CONSUMER_KEY X_API_KEY X_CONSUMER_KEY TWITTER_API_KEY TWITTER_CONSUMER_KEY",
        ),
        (
            &canaries.consumer_secret,
            "CONSUMER_SECRET TWAUTH_CONSUMER_SECRET X_API_SECRET X_CONSUMER_SECRET TWITTER_API_SECRET \
             TWITTER_API_SECRET_KEY TWITTER_CONSUMER_SECRET",
        ),
        (
            &canaries.access_token,
            "ACCESS_TOKEN ACCESS_KEY TWAUTH_ACCESS_TOKEN X_ACCESS_TOKEN TWITTER_ACCESS_TOKEN",
        ),
        (
            &canaries.access_token_secret,
            "ACCESS_TOKEN_SECRET ACCESS_SECRET TWAUTH_ACCESS_TOKEN_SECRET X_ACCESS_TOKEN_SECRET X_ACCESS_SECRET \
             TWITTER_ACCESS_TOKEN_SECRET TWITTER_ACCESS_SECRET",
        ),
    ] {
        expected.extend(names.split(' ').map(|name| format!("{name}={value}")));
    }
    expected.push("TWAUTH_SCREEN_NAME=mybot".to_owned());
    expected.sort_unstable();
    assert_eq!(ours, expected);
    assert!(said.contains("KEPT=1"));
}

#[test]
fn a_child_of_run_decides_the_exit_status() {
    let home = Home::with_account("sandbox");
    home.twauth(["run", "--", "sh", "-c", "exit 42"]).exits(42);
    let output = home
        .twauth(["run", "--", "sh", "-c", "echo $TWAUTH_SERVER; cat"])
        .stdin("in")
        .exits(0);
    assert_eq!(output.stdout, "sandbox\nin");
    home.twauth(["run", "--", "no-such-program-here"])
        .exits(127);
    home.twauth(["run"]).exits(2);
}

#[test]
fn a_command_that_cannot_be_executed_is_told_from_one_that_is_not_there() {
    let home = Home::new();
    home.write_account("sandbox");
    home.write("plain", "not a program");
    let folder = home.path("");
    for program in [home.path("plain"), folder.clone()] {
        for words in [&["run", "--"][..], &["sandbox", "--"]] {
            let run = home
                .twauth(words)
                .args([program.as_os_str(), "-x".as_ref()]);
            run.run().assert_code(126).assert_says("could not start");
        }
    }
    let missing = folder.join("nowhere/program");
    home.twauth(["run", "--"])
        .args([&missing])
        .run()
        .assert_code(127);
}
