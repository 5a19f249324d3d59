//! What a newcomer reads.

use crate::support::{Home, at_once};

/// The commands that the first page shows, by indentation.
fn commands(home: &Home) -> Vec<String> {
    let page = home.twauth(["--help"]).exits(0).stdout;
    let before_options = page.split("\nOptions:").next().unwrap();
    let lines = before_options.lines().filter(|line| line.starts_with("  "));
    lines
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect()
}

#[test]
fn the_first_page_groups_the_commands_and_shows_first_steps() {
    let home = Home::new();
    let page = home.twauth(["--help"]).exits(0).stdout;
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
    assert_eq!(home.twauth([] as [&str; 0]).exits(0).stdout, page);
    assert_eq!(home.twauth(["help"]).exits(0).stdout, page);
}

#[test]
fn every_command_has_examples() {
    let home = Home::new();
    let commands = commands(&home);
    assert!(commands.contains(&"doctor".to_owned()));
    for command in &commands {
        let page = home.twauth([command, "--help"]).exits(0).stdout;
        assert!(page.contains("\nExamples:\n  "), "{command}:\n{page}");
        assert!(page.contains(&format!("twauth {command}")), "{command}");
        assert!(
            !page.contains('`') || !page.contains("[env: `"),
            "{command}"
        );
        assert_eq!(home.twauth(["help", command]).run().stdout, page);
    }
}

#[test]
fn the_first_page_says_of_each_command_what_its_own_page_says() {
    let home = Home::new();
    let first = home.twauth(["--help"]).run().stdout;
    for command in commands(&home) {
        let page = home.twauth(["help", &command]).exits(0).stdout;
        let line = format!("\n  {command:<12} {}\n", page.lines().next().unwrap());
        assert!(first.contains(&line), "{line:?} is not in\n{first}");
    }
    home.twauth(["help", "__open"]).exits(2);
}

/// The arguments of every page of help.
fn pages(home: &Home) -> Vec<Vec<String>> {
    let words = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect();
    let mut pages: Vec<Vec<String>> = vec![words(&[]), words(&["-h"]), words(&["--help"])];
    for command in commands(home) {
        pages.push(words(&[&command, "-h"]));
        pages.push(words(&[&command, "--help"]));
    }
    for topic in ["exit-codes", "environment", "files", "agents", "secrets"] {
        pages.push(words(&["help", topic]));
    }
    pages
}

fn width(line: &str) -> usize {
    line.trim_end().chars().count()
}

#[test]
fn every_page_is_broken_between_words_at_eighty_columns_or_fewer() {
    let home = Home::new();
    let whole = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    at_once(pages(&home), |words| {
        let page = home.twauth(&words).exits(0).stdout;
        for line in page.lines() {
            assert!(width(line) <= 80, "{words:?}: {line}");
        }
        let script = "stty cols 120; NO_COLOR=1 exec \"$@\"";
        let terminal = home.twauth(&words).through_shell(script).on_terminal();
        assert_eq!(
            terminal.finish().screen.replace('\r', ""),
            page,
            "{words:?}"
        );
        let narrow = home.twauth(&words).env("COLUMNS", "40").exits(0).stdout;
        for line in narrow.lines() {
            // A word that is too long for a line of its own stays whole.
            let may_be_long = !line.trim().contains(' ') || line.starts_with("Usage: ");
            assert!(width(line) <= 40 || may_be_long, "{words:?}: {line}");
        }
        assert_eq!(whole(&narrow), whole(&page), "{words:?}");
    });
}

#[test]
fn the_short_help_fits_one_screen() {
    let home = Home::new();
    for words in pages(&home) {
        if words.last().is_some_and(|last| last == "-h") {
            let page = home.twauth(&words).exits(0).stdout;
            assert!(page.lines().count() <= 24, "{words:?}:\n{page}");
            assert!(page.contains("--help"), "{words:?}");
        }
    }
}

#[test]
fn standard_input_is_offered_only_where_it_is_read() {
    let home = Home::new();
    for command in commands(&home) {
        let page = home.twauth(["help", &command]).run().stdout;
        let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
        if !page.contains("--creds") {
            continue;
        }
        let says_so = page.contains("[default: ~/tw.json]. `-` reads standard input");
        let output = home.twauth([&*command, "-c", "-"]).stdin("").run();
        let refuses = output.stderr.contains("standard input");
        let writes = ["login", "logout", "import"].contains(&&*command);
        assert_eq!(says_so, !writes, "{command}: {page}");
        assert!(!writes || refuses || output.code == 2, "{output:?}");
    }
}

#[test]
fn topics_are_explained() {
    let home = Home::new();
    for (topic, words) in [
        ("exit-codes", "unknown whether it was published"),
        ("environment", "TWAUTH_CONSUMER_SECRET"),
        ("files", "mode 0600"),
    ] {
        let output = home.twauth(["help", topic]).exits(0);
        assert!(output.stdout.contains(words), "{topic}");
        for line in output.stdout.lines() {
            assert!(line.chars().count() <= 120, "{topic}: {line}");
        }
    }
}

#[test]
fn a_typo_is_named_with_what_was_meant() {
    let home = Home::new();
    for (words, reason, hint) in [
        (
            &["verfy"][..],
            "no command `verfy`",
            "did you mean `twauth verify`?",
        ),
        (
            &["verify", "--updat"],
            "`verify` has no option `--updat`",
            "did you mean `--update`?",
        ),
        (
            &["help", "exit-code"],
            "no command or topic `exit-code`",
            "did you mean `twauth help exit-codes`?",
        ),
        (
            &["post", "hi"],
            "no command `post`",
            "to post, use `twauth tweet`",
        ),
        (&["whoami"], "no command `whoami`", "use `twauth verify`"),
        (&["status"], "no command `status`", "use `twauth verify`"),
        (&["accounts"], "no command `accounts`", "use `twauth list`"),
        (
            &["login", "mybot"],
            "`login` takes no argument",
            "to name the account: `twauth login -a NAME`",
        ),
        (
            &["run", "ls"],
            "`run` needs `--` before the command",
            "twauth run -- CMD",
        ),
        (
            &["delete"],
            "which post?",
            "twauth delete 1234567890123456789",
        ),
        (
            &["login", "--account"],
            "--account <NAME> needs a value",
            "see `twauth login --help`",
        ),
        (
            &["tweet", "--reply-to"],
            "--reply-to <ID|URL> needs a value",
            "see `twauth tweet --help`",
        ),
    ] {
        let output = home.twauth(words).exits(2);
        let output = output.assert_says(reason).assert_says(hint);
        let has_usage = output.stderr.contains("\nUsage: twauth ");
        assert!(has_usage || words[0] == "help", "{output:?}");
    }
    let version = home.twauth(["version"]).exits(0).stdout;
    assert_eq!(version, home.twauth(["--version"]).run().stdout);
}

#[test]
fn what_is_hidden_is_not_suggested() {
    let home = Home::new();
    for words in [&["help", "nope"][..], &["opn"], &["_accounts"]] {
        let output = home.twauth(words).exits(2);
        assert!(!output.stderr.contains("__"), "{output:?}");
    }
}

#[test]
fn the_version_names_the_commit_where_it_is_known() {
    let home = Home::new();
    let version = home.twauth(["--version"]).exits(0).stdout;
    let rest = version.strip_prefix("twauth ").unwrap().trim_end();
    let (number, commit) = rest.split_once(' ').unwrap_or((rest, "(0000000000)"));
    assert_eq!(number, env!("CARGO_PKG_VERSION"));
    let commit = commit.strip_prefix('(').unwrap().strip_suffix(')').unwrap();
    assert!(commit.len() == 10 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()));
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let home = Home::new();
    let output = home.twauth(["man", "share/man1"]).exits(0);
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
        .assert_says("could not write the man pages");
}

#[test]
fn a_topic_that_does_not_exist_is_an_error_of_help() {
    let output = Home::new().twauth(["help", "nosuch"]).exits(2);
    output.assert_says("error: could not show help: there is no command or topic `nosuch`");
}

#[test]
fn an_option_before_its_command_is_told_where_to_go() {
    for arguments in [&["--sandbox", "login"][..], &["--sandbox", "tweet", "hi"]] {
        let output = Home::new().twauth(arguments).exits(2);
        let command = arguments[1];
        output
            .assert_says("`--sandbox` belongs after the command")
            .assert_says(&format!("hint: put --sandbox after {command}"));
    }
}

#[test]
fn the_help_of_account_is_true_for_the_command() {
    let home = Home::new();
    let needed = "Needed where the file has several";
    for command in ["import", "list", "verify", "doctor"] {
        let page = home.twauth([command, "--help"]).exits(0).stdout;
        assert!(
            page.contains("Only this account") && !page.contains(needed),
            "{page}"
        );
    }
    let page = home.twauth(["tweet", "--help"]).exits(0).stdout;
    assert!(page.contains(needed), "{page}");
}
