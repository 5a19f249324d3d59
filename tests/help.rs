//! What a newcomer reads.

use crate::support::home::Home;

/// The commands that the first page shows, by indentation.
fn commands(home: &Home) -> Vec<String> {
    let page = home.twauth(["--help"]).run().assert_code(0).stdout;
    let before_options = page.split("\nOptions:").next().unwrap();
    let lines = before_options.lines().filter(|line| line.starts_with("  "));
    lines
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect()
}

#[test]
fn the_first_page_groups_the_commands_and_shows_first_steps() {
    let home = Home::new();
    let page = home.twauth(["--help"]).run().assert_code(0).stdout;
    for heading in [
        "Log in:",
        "Use:",
        "Try and learn:",
        "Options:",
        "First steps:",
    ] {
        assert!(page.contains(&format!("\n{heading}\n")), "{heading}");
    }
    assert!(
        !page.contains("\nOther:"),
        "a command has no group:\n{page}"
    );
    assert!(!page.contains("__"));
    assert_eq!(home.twauth(["-h"]).run().stdout, page);
    assert_eq!(home.twauth(["help"]).run().assert_code(0).stdout, page);
}

#[test]
fn every_command_has_examples_and_fits_a_hundred_columns() {
    let home = Home::new();
    let commands = commands(&home);
    assert!(commands.contains(&"doctor".to_owned()));
    for command in &commands {
        let page = home.twauth([command, "--help"]).run().assert_code(0).stdout;
        assert!(page.contains("\nExamples:\n  "), "{command}:\n{page}");
        assert!(page.contains(&format!("twauth {command}")), "{command}");
        assert!(
            !page.contains('`') || !page.contains("[env: `"),
            "{command}"
        );
        assert_eq!(home.twauth(["help", command]).run().stdout, page);
        for line in page.lines() {
            assert!(line.chars().count() <= 100, "{command}: {line}");
        }
    }
}

#[test]
fn the_first_page_says_of_each_command_what_its_own_page_says() {
    let home = Home::new();
    let first = home.twauth(["--help"]).run().stdout;
    for command in commands(&home) {
        let page = home.twauth(["help", &command]).run().assert_code(0).stdout;
        let line = format!("\n  {command:<12} {}\n", page.lines().next().unwrap());
        assert!(first.contains(&line), "{line:?} is not in\n{first}");
    }
    home.twauth(["help", "__open"]).run().assert_code(2);
}

#[test]
fn help_fits_a_narrow_terminal() {
    let home = Home::new();
    let script = "stty cols 60; NO_COLOR=1 exec \"$@\"";
    let run = home.twauth(["login", "--help"]).through_shell(script);
    let screen = run.on_terminal().finish().screen;
    let options = screen.split("Examples:").next().unwrap();
    for line in options.lines() {
        assert!(line.trim_end().chars().count() <= 60, "{line}");
    }
}

#[test]
fn topics_are_explained() {
    let home = Home::new();
    for (topic, words) in [
        ("exit-codes", "look before repeating"),
        ("environment", "TWAUTH_CONSUMER_SECRET"),
        ("files", "mode 0600"),
    ] {
        let output = home.twauth(["help", topic]).run().assert_code(0);
        assert!(output.stdout.contains(words), "{topic}");
        for line in output.stdout.lines() {
            assert!(line.chars().count() <= 120, "{topic}: {line}");
        }
    }
}

#[test]
fn a_typo_is_met_with_what_was_meant_and_not_repeated() {
    let home = Home::new();
    for (words, meant) in [
        (&["verfy"][..], "verify"),
        (&["verify", "--updat"], "--update"),
        (&["help", "exit-code"], "exit-codes"),
        (&["help", "logn"], "login"),
    ] {
        let output = home.twauth(words).run().assert_code(2).assert_says(meant);
        assert!(
            !output
                .stderr
                .replace(meant, "")
                .contains(words[words.len() - 1])
        );
    }
    let secret = home.canaries.consumer_secret.clone();
    for words in [
        &["help", &secret][..],
        &[&secret],
        &["completions", &secret],
    ] {
        home.twauth(words).run().assert_code(2);
    }
}

#[test]
fn what_is_hidden_is_not_suggested() {
    let home = Home::new();
    for words in [&["help", "nope"][..], &["opn"], &["_accounts"]] {
        let output = home.twauth(words).run().assert_code(2);
        assert!(!output.stderr.contains("__"), "{output:?}");
    }
}

#[test]
fn the_version_names_the_commit_where_it_is_known() {
    let home = Home::new();
    let version = home.twauth(["--version"]).run().assert_code(0).stdout;
    let rest = version.strip_prefix("twauth ").unwrap().trim_end();
    let (number, commit) = rest.split_once(' ').unwrap_or((rest, "(0000000000)"));
    assert_eq!(number, env!("CARGO_PKG_VERSION"));
    let commit = commit.strip_prefix('(').unwrap().strip_suffix(')').unwrap();
    assert!(commit.len() == 10 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()));
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let home = Home::new();
    let output = home.twauth(["man", "share/man1"]).run().assert_code(0);
    assert_eq!(output.stdout, "");
    let pages = home.files();
    let mut wanted: Vec<String> = commands(&home)
        .iter()
        .map(|command| format!("share/man1/twauth-{command}.1"))
        .collect();
    wanted.push("share/man1/twauth.1".to_owned());
    wanted.sort();
    assert_eq!(pages, wanted);
    let first = home.read("share/man1/twauth.1");
    for heading in ["EXIT STATUS", "ENVIRONMENT", "FILES"] {
        assert!(
            first.contains(&format!("\n.SH \"{heading}\""))
                || first.contains(&format!("\n.SH {heading}")),
            "{heading}"
        );
    }
    let page = home.read("share/man1/twauth-login.1");
    assert!(page.contains("EXAMPLES") && page.contains("\\-\\-consumer\\-key"));
    let output = home.twauth(["man", "share/man1/twauth.1"]).run();
    output
        .assert_code(1)
        .assert_says("could not write the manual pages");
}
