//! What programs that run twauth rely on: a child process with a whole account, and hints that can be pasted.

use serde_json::Value;

use crate::support::{Home, Output, RawServer, Run, reply};

/// An account at X, as the file has it.
fn at_x(home: &Home) -> Value {
    let mut account = home.account("sandbox");
    account.as_object_mut().unwrap().remove("server");
    account
}

fn shell(home: &Home, script: &str) -> Run {
    home.write("tw.json", at_x(home).to_string());
    let twauth = env!("CARGO_BIN_EXE_twauth");
    home.twauth(["run", "-a", "mybot", "--", "sh", "-c", script, "sh", twauth])
}

#[test]
fn nothing_of_another_account_is_left_in_the_child() {
    let home = Home::new();
    let script = r#"test "$X_ACCESS_TOKEN" = "$ACCESS_TOKEN" && test "$TWITTER_API_KEY" = "$CONSUMER_KEY"
        test -z "${TWAUTH_CREDS+x}${TWAUTH_ACCOUNT+x}${TWAUTH_SERVER+x}" && echo "$TWAUTH_SCREEN_NAME""#;
    let output = shell(&home, script)
        .env("X_ACCESS_TOKEN", "another-bots")
        .env("TWITTER_API_KEY", "another-bots")
        .env("TWAUTH_CREDS", home.path("tw.json"))
        .env("TWAUTH_ACCOUNT", "mybot")
        .env("TWAUTH_SCREEN_NAME", "otherbot")
        .exits(0);
    assert_eq!(output.stdout, "mybot\n");
}

#[test]
fn a_twauth_in_the_child_answers_to_the_accounts_name_and_to_no_other() {
    for (name, code) in [("mybot", 0), ("@MyBot", 0), ("otherbot", 4)] {
        let home = Home::new();
        let script = format!(r#""$1" tweet --dry-run -a {name} hello"#);
        let output = shell(&home, &script).exits(code);
        if code == 4 {
            let output = output.assert_says("@otherbot is not in the environment (it has @mybot)");
            output.assert_says("unset TWAUTH_CONSUMER_KEY");
        }
    }
}

#[test]
fn env_adds_a_name_for_a_label_and_knows_no_other_label() {
    let home = Home::new();
    home.write("tw.json", at_x(&home).to_string());
    let run = |pairs: &[&str]| {
        let mut words = vec!["run"];
        words.extend(pairs.iter().flat_map(|pair| ["--env", pair]));
        words.extend([
            "--",
            "sh",
            "-c",
            r#"echo "$BOT $HOST"; test "$T" = "$ACCESS_TOKEN""#,
        ]);
        home.twauth(words).run()
    };
    let output = run(&["BOT=screen_name", "HOST=server", "T=access_token"]).assert_code(0);
    assert_eq!(output.stdout, "mybot https://api.x.com\n");
    for wrong in ["T=token", "T", "=access_token", "T=", "T=not-repeated"] {
        let output = run(&[wrong]).assert_code(2);
        assert!(!output.stderr.contains("not-repeated"), "{output:?}");
        output.assert_says("consumer_key, consumer_secret, access_token, access_token_secret");
    }
}

#[test]
fn env_sets_no_name_that_a_program_could_not_look_up() {
    let home = Home::new();
    home.write("tw.json", at_x(&home).to_string());
    let run = |name: &str| {
        let pair = format!("{name}=screen_name");
        home.twauth(["run", "--env", &pair, "--", "printenv", name])
            .run()
    };
    for wrong in [
        "A B", " A", "A ", "", "1A", "A\u{1b}", "A\nB", "\u{c4}", "$A", "\"A\"",
    ] {
        let output = run(wrong).assert_code(2);
        assert_eq!(output.stdout, "", "{wrong:?}");
    }
    for right in ["A", "_a1", "bot.name", "BOT-NAME"] {
        assert_eq!(run(right).assert_code(0).stdout, "mybot\n", "{right}");
    }
}

#[test]
fn secrets_stay_off_standard_output_where_that_is_said() {
    let home = Home::new();
    home.write("tw.json", at_x(&home).to_string());
    let run = |words: &[&str]| home.twauth(words).env("TWAUTH_SECRETS", "never").run();
    for words in [
        &["export", "--format", "env"][..],
        &["export", "--format", "json", "--show"],
        &["export", "--format", "env", "-o", "-"],
        &["bearer"],
    ] {
        run(words).assert_code(2).assert_says("TWAUTH_SECRETS");
    }
    run(&["export", "--format", "env", "-o", "there"]).assert_code(0);
    assert!(home.read("there").contains("CONSUMER_KEY"));
}

/// The error's `command`; its hint contains it.
fn command(output: &Output) -> String {
    let error = &output.json()["error"];
    let command = error["command"].as_str().unwrap_or_default();
    let hint = error["hint"].as_str().unwrap();
    assert!(hint.contains(&format!("`{command}`")), "{output:?}");
    command.to_owned()
}

#[test]
fn a_hint_is_a_command_that_runs_as_it_stands() {
    let home = Home::new();
    let refusing = RawServer::replying("*", reply::error(401, 89, "Invalid or expired token."));
    let account = home.account(&refusing.url());
    home.write("tw.json", account.to_string());
    home.write("my bots.json", account.to_string());
    let url = refusing.url();
    for (words, expected) in [
        (&["tweet", "hi"][..], "twauth login -a mybot".to_owned()),
        (
            &["tweet", "hi", "-a", "MyBot"],
            "twauth login -a MyBot".to_owned(),
        ),
        (
            &["tweet", "hi", "-c", "my bots.json"],
            format!(
                "twauth login -c '{}' -a mybot",
                home.path("my bots.json").display()
            ),
        ),
        (
            &["tweet", "hi", "--server", &url],
            format!("twauth login --server {url} -a mybot"),
        ),
        (
            &["tweet", "hi", "-a", "Alice Example"],
            "twauth login --add -a 'Alice Example'".to_owned(),
        ),
        (
            &["request", "/2/users/me", "-c", "my bots.json"],
            format!(
                "twauth login -c '{}' -a mybot",
                home.path("my bots.json").display()
            ),
        ),
        (
            &["tweet", "hi", "--sandbox"],
            "twauth login --sandbox".to_owned(),
        ),
    ] {
        let output = home.twauth(words).args(["--json"]).exits(4);
        assert_eq!(command(&output), expected, "{words:?}");
    }
    for words in [&["verify", "--json"][..], &["delete", "1", "--json"]] {
        let output = home.twauth(words).exits(4);
        let error = &output.json()[0]["error"];
        assert_eq!(error["command"], "twauth login -a mybot");
    }
}

#[test]
fn where_the_account_is_in_variables_the_hint_is_no_command() {
    let home = Home::new();
    let refusing = RawServer::replying("*", reply::error(401, 89, "Invalid or expired token."));
    let output = home
        .twauth(["tweet", "hi", "--json", "--server", &refusing.url()])
        .with_four_variables()
        .exits(4);
    let error = &output.json()["error"];
    assert!(error["command"].is_null(), "{output:?}");
    let hint = error["hint"].as_str().unwrap();
    assert!(hint.contains("set TWAUTH_ACCESS_TOKEN"), "{hint}");
}

#[test]
fn a_request_reaches_the_other_hosts_of_x_and_no_others() {
    let home = Home::new();
    home.write("tw.json", at_x(&home).to_string());
    let proxy = RawServer::replying("*", reply::Reply::new(403, "text/plain", "no"));
    let ask = |url: &str, file: &str| {
        let words = ["request", url, "--retries", "0", "-c", file];
        home.twauth(words).env("HTTPS_PROXY", proxy.url()).run()
    };
    for host in ["ads-api.x.com", "upload.x.com"] {
        ask(&format!("https://{host}/12/accounts"), "tw.json").assert_code(3);
        let route = format!("CONNECT {host}:443");
        assert!(proxy.count(&route) > 0, "{route}");
    }
    let connections = proxy.connections();
    for url in [
        "http://ads-api.x.com/12/accounts",
        "https://ads-api.x.com:8443/",
        "https://ads-api.x.com.example/",
        "https://x.com/",
        "https://me:pass@upload.x.com/",
    ] {
        ask(url, "tw.json").assert_code(2);
    }
    home.write(
        "other.json",
        home.account("https://other.example").to_string(),
    );
    ask("https://ads-api.x.com/", "other.json").assert_code(2);
    assert_eq!(proxy.connections(), connections);
}
