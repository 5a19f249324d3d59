//! What is shown of a path: one line that acts on no terminal, in every message and every command to copy.

use std::fs;

use crate::support::saving::token_login;
use crate::support::{Home, Script, installed};

/// A folder whose name sets a title, turns text around and forges a line.
const HOSTILE: &str = "e\u{1b}]0;title\u{7}\nerror: forged\u{202e}\u{9b}31m\r";

/// Panics where something of it acts on the terminal or begins a line.
fn assert_harmless(text: &str, what: &str) {
    let acts = |it: char| (it.is_control() && it != '\n' && it != '\t') || it == '\u{202e}';
    assert!(!text.contains(acts), "{what}: {text:?}");
    assert!(
        !text.lines().any(|line| line.starts_with("error: forged")),
        "{what}: {text:?}"
    );
}

#[test]
fn no_name_of_a_folder_reaches_a_terminal_as_it_is() {
    let home = Home::new();
    let server = Script::new().start();
    let folder = home.path(HOSTILE);
    fs::create_dir_all(folder.join("work/.git")).unwrap();
    if installed::works("git", &["--version"], "git's words about a hostile folder") {
        let init = home.program("git").args(["init", "--quiet"]);
        init.folder(folder.join("work")).exits(0);
    }
    let account = home.account(&server.url()).to_string();
    let place = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let below = format!("work/{HOSTILE}/tw.json");
    for name in ["tw.json", "work/tw.json", &below] {
        home.write(&format!("{HOSTILE}/{name}"), &account);
    }
    home.write(&format!("{HOSTILE}/broken.json"), "{");
    home.write(&format!("{HOSTILE}/loose.json"), &account);
    home.set_mode(&format!("{HOSTILE}/loose.json"), 0o644);
    std::os::unix::fs::symlink("loop", folder.join("loop")).unwrap();
    let files = [
        "tw.json",
        "broken.json",
        "missing.json",
        "loose.json",
        "loop",
        "work/tw.json",
        &below,
        "",
    ];
    for file in files {
        let file = place(file);
        for words in [
            &["list"][..],
            &["verify", "--retries", "0"],
            &["verify", "--update", "--retries", "0"],
            &["tweet", "--dry-run", "text"],
            &["tweet", "-a", "nobody", "text"],
            &["doctor"],
            &["login", "--sandbox", "--no-browser"],
            &["logout", "--local", "--yes", "-a", "nobody"],
            &["import", "-"],
            &["export", "--format", "dotenv", "-o", &file],
        ] {
            let run = home.twauth(words).env("TWAUTH_CREDS", &file);
            let output = run.stdin("four\nlines\nof\ntext\n").run();
            assert_harmless(&output.stdout, &format!("{words:?} {file:?}"));
            assert_harmless(&output.stderr, &format!("{words:?} {file:?}"));
        }
        for words in [
            &["import", &file, "--dry-run"][..],
            &["man", &file],
            &["tweet", "--media", &file, "text"],
            &["sandbox", "--port-file", &file, "--", "true"],
            &[
                "request",
                "-F",
                &format!("media=@{file}"),
                "/2/media/upload",
            ],
        ] {
            let output = home
                .twauth(words)
                .env("TWAUTH_CREDS", place("tw.json"))
                .run();
            assert_harmless(&output.stdout, &format!("{words:?}"));
            assert_harmless(&output.stderr, &format!("{words:?}"));
        }
    }
    let saved = token_login(&home, 1).args(["-c", &place("new/tw.json")]);
    let saved = saved.exits(0);
    assert_harmless(&saved.stderr, "a login");
    saved.assert_says("/e?]0;title??error: forged??31m?/new/tw.json");
}

#[test]
fn a_name_too_long_for_its_temporary_file_is_told_before_anything_is_asked() {
    for (length, code) in [(236, 0), (237, 1), (255, 1)] {
        let home = Home::new();
        let name = "x".repeat(length);
        let output = token_login(&home, 1).args(["-c", &name]).exits(code);
        if code == 1 {
            assert!(!output.stderr.contains("Access Token"), "{output:?}");
            output.assert_says("its name is longer than 236 bytes");
            assert!(home.files().is_empty());
        }
    }
}
