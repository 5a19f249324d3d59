//! Completions in the shells that are here, with the accounts of the file.

use serde_json::json;

use crate::support::{Home, TWAUTH, installed};

/// A home with two accounts in `~/tw.json`, one in `~/other.json`, and the scripts.
fn home() -> Home {
    let home = Home::new();
    let mut account = home.account("sandbox");
    let mut second = account.clone();
    second["screen_name"] = "weatherbot".into();
    second["user_id"] = "12".into();
    second["access_token"] = "12-made-up".into();
    home.write("tw.json", json!([account, second]).to_string());
    account["screen_name"] = "otherbot".into();
    home.write("other.json", account.to_string());
    for shell in ["bash", "zsh", "fish", "PowerShell", "elvish"] {
        let script = home.twauth(["completions", shell]).exits(0);
        assert!(script.stdout.contains("login"), "{shell}");
        home.write(&format!("script.{shell}"), script.stdout);
    }
    // The scripts call the program by its name.
    std::fs::create_dir(home.path("bin")).unwrap();
    std::os::unix::fs::symlink(TWAUTH, home.path("bin/twauth")).unwrap();
    home
}

fn path(home: &Home) -> String {
    let rest = std::env::var("PATH").unwrap();
    format!("{}:{rest}", home.path("bin").display())
}

/// What bash offers for the last of `words`.
fn bash(home: &Home, words: &[&str]) -> Vec<String> {
    let script = "source script.bash; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); \
        _twauth twauth \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD - 1]}\"; printf '%s\\n' \"${COMPREPLY[@]}\"";
    let run = home.program("bash").args(["-c", script, "bash"]);
    let output = run.args(words).env("PATH", path(home)).exits(0);
    assert_eq!(output.stderr, "");
    output.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn the_script_for_powershell_can_be_anywhere_in_a_profile() {
    let home = home();
    let script = home.read("script.PowerShell");
    assert!(script.starts_with("Register-ArgumentCompleter"), "{script}");
    let types = script
        .split('[')
        .skip(1)
        .filter_map(|it| it.split(']').next());
    let mut types =
        types.filter(|name| name.starts_with(char::is_uppercase) && !name.contains(' '));
    assert!(types.all(|name| name.starts_with("System.Management.Automation.")));
}

#[test]
fn bash_completes_commands_options_topics_and_accounts() {
    let home = home();
    assert_eq!(bash(&home, &["twauth", "ver"]), ["verify"]);
    assert_eq!(bash(&home, &["twauth", "verify", "--upd"]), ["--update"]);
    assert_eq!(bash(&home, &["twauth", "help", "exit"]), ["exit-codes"]);
    assert!(!bash(&home, &["twauth", ""]).contains(&"__accounts".to_owned()));
    for option in ["-a", "--account"] {
        let offered = bash(&home, &["twauth", "verify", option, ""]);
        assert_eq!(offered, ["mybot", "weatherbot"]);
    }
    assert_eq!(
        bash(&home, &["twauth", "tweet", "-a", "wea"]),
        ["weatherbot"]
    );
    for file in [&["-c", "~/other.json"][..], &["--creds", "=", "other.json"]] {
        let words = [&["twauth", "verify"], file, &["-a", ""]].concat();
        assert_eq!(bash(&home, &words), ["otherbot"]);
    }
    let offered = bash(&home, &["twauth", "verify", "-c", "oth"]);
    assert_eq!(offered, ["other.json"]);
    assert!(bash(&home, &["twauth", "verify", "--server", ""]).contains(&"other.json".to_owned()));
}

/// Names and ids that a shell would run, expand or break at, and one that is fit for it.
fn hostile_accounts(home: &Home) {
    let hostile = [
        "$(touch${IFS}pwned)",
        "`touch pwned`",
        "*",
        "~",
        "a b",
        "x;touch pwned",
        "\u{1b}]0;title\u{7}",
        "new\nline",
        "-rf",
        "${PATH}",
        "",
    ];
    let mut accounts = Vec::new();
    for (number, text) in hostile.iter().enumerate() {
        let mut account = home.account("sandbox");
        account["access_token"] = format!("{number}-made-up").into();
        account["user_id"] = format!("{text}{number}").into();
        account["screen_name"] = "not a name".into();
        accounts.push(account.clone());
        account["access_token"] = format!("9{number}-made-up").into();
        account["user_id"] = format!("{text}9{number}").into();
        account["screen_name"] = format!("{text} {number}").into();
        accounts.push(account);
    }
    let mut sound = home.account("sandbox");
    sound["screen_name"] = "soundbot".into();
    sound["user_id"] = "77".into();
    accounts.push(sound);
    // What differs from one another only in these has to be told apart by its server.
    for (number, account) in accounts.iter_mut().enumerate() {
        account["server"] = format!("https://{number}.example").into();
    }
    home.write("hostile.json", json!(accounts).to_string());
    for words in [&["list"][..], &["__accounts", "--", "-a"]] {
        let run = home.twauth(words).env("TWAUTH_CREDS", "hostile.json");
        run.exits(0);
    }
}

/// The sound name, or an id that is one.
fn is_fit(offered: &String) -> bool {
    offered == "soundbot" || offered.bytes().all(|byte| byte.is_ascii_digit())
}

#[test]
fn bash_runs_nothing_out_of_a_credentials_file() {
    let home = home();
    hostile_accounts(&home);
    for words in [
        &["twauth", "tweet", "-c", "hostile.json", "-a", ""][..],
        &[
            "twauth",
            "verify",
            "--creds",
            "=",
            "hostile.json",
            "--account",
            "",
        ],
    ] {
        let offered = bash(&home, words);
        assert!(offered.iter().all(is_fit), "{offered:?}");
        assert!(offered.contains(&"soundbot".to_owned()), "{offered:?}");
    }
    assert!(!home.exists("pwned"));
}

#[test]
fn what_bash_is_offered_is_never_evaluated() {
    // Whatever stood in for twauth, its lines are only compared.
    let home = home();
    std::fs::remove_file(home.path("bin/twauth")).unwrap();
    let lines = ["$(touch pwned)", "`touch pwned`", "*", "a b", "it's"];
    let script = format!("#!/bin/sh\ncat <<'end'\n{}\nend\n", lines.join("\n"));
    home.write_script("bin/twauth", &script);
    assert_eq!(bash(&home, &["twauth", "verify", "-a", ""]), lines);
    assert_eq!(bash(&home, &["twauth", "verify", "-a", "a"]), ["a b"]);
    assert!(!home.exists("pwned"));
}

#[test]
fn zsh_completes_accounts() {
    if !installed::works("zsh", &["-c", ":"], "account names") {
        return;
    }
    let home = home();
    home.write("functions/_twauth", home.read("script.zsh"));
    // A shell on a terminal of its own, with a prompt that is easy to wait for.
    home.write(
        ".zshrc",
        "fpath=(~/functions $fpath); autoload -U compinit; compinit -u -D; PS1='ready> '; zstyle ':completion:*' list-colors ''\n",
    );
    let run = home.program("zsh").args(["-i"]).env("PATH", path(&home));
    let mut terminal = run.env("ZDOTDIR", home.path("")).on_terminal();
    terminal.expect("ready> ");
    terminal.send("twauth verify -c other.json -a \t");
    terminal.expect("otherbot");
    terminal.send("\x15twauth tweet -a weat\t");
    terminal.expect("herbot");
    terminal.send("\x15twauth comple\tfis\t");
    terminal.expect("fish");
    hostile_accounts(&home);
    terminal.send("\x15twauth tweet -c hostile.json -a sou\t");
    terminal.expect("ndbot");
    terminal.send("\x15twauth tweet -c hostile.json -a \t\t");
    terminal.expect("soundbot");
    terminal.send("\x15exit\r");
    terminal.finish();
    assert!(!home.exists("pwned"));
}

#[test]
fn fish_completes_accounts() {
    if !installed::works("fish", &["-c", ":"], "account names") {
        return;
    }
    let home = home();
    let fish = |line: &str| {
        let script = format!("source script.fish; complete -C '{line}'");
        let run = home.program("fish").args(["--no-config", "-c", &script]);
        let output = run.env("PATH", path(&home)).exits(0);
        let names = output.stdout.lines().map(|line| line.split('\t').next());
        names
            .map(|name| name.unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(fish("twauth verify -a "), ["mybot", "weatherbot"]);
    assert_eq!(fish("twauth verify -c other.json -a "), ["otherbot"]);
    assert_eq!(fish("twauth complet"), ["completions"]);
    hostile_accounts(&home);
    let offered = fish("twauth tweet -c hostile.json -a ");
    assert!(offered.iter().all(is_fit), "{offered:?}");
    assert!(offered.contains(&"soundbot".to_owned()), "{offered:?}");
    assert!(!home.exists("pwned"));
}

#[test]
fn names_are_all_that_completion_is_told() {
    let home = home();
    let asked = |words: &[&str]| home.twauth(["__accounts", "--"]).args(words).exits(0);
    assert_eq!(asked(&[]).stdout, "mybot\nweatherbot\n");
    assert_eq!(asked(&["-cother.json"]).stdout, "otherbot\n");
    // The sandbox has a file of its own, and what follows `--` is no option of twauth.
    assert_eq!(asked(&["verify", "--sandbox", "-a"]).stdout, "");
    home.write("tw-sandbox.json", home.read("other.json"));
    assert_eq!(asked(&["verify", "--sandbox", "-a"]).stdout, "otherbot\n");
    let behind = asked(&["run", "-a", "", "--", "cp", "-c", "other.json"]);
    assert_eq!(behind.stdout, "mybot\nweatherbot\n");
    for file in ["nothing.json", "script.zsh", "/dev/zero", "-"] {
        let output = asked(&["verify", "-c", file]);
        assert_eq!((&*output.stdout, &*output.stderr), ("", ""), "{file}");
    }
}
