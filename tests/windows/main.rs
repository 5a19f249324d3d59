//! What is different on Windows: files that others have open, line ends, marks before text, scripts, exit codes.
#![cfg(windows)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(dead_code, reason = "most of the support is for the tests on Unix")]

#[path = "../support"]
mod support {
    pub(crate) mod browser;
    pub(crate) mod canary;
    pub(crate) mod home;
    pub(crate) mod login;
    pub(crate) mod run;
    pub(crate) mod running;
    pub(crate) mod sandbox;
    pub(crate) mod saving;
}

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::os::windows::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::support::browser;
use crate::support::home::{Home, SCREEN_NAME};
use crate::support::login::log_in;
use crate::support::running::Running;
use crate::support::sandbox::SandboxServer;
use crate::support::saving::{
    NOWHERE, answers, rescued, token, token_login, token_login_asking, tokens_in,
    write_first_account,
};

const SHARE_READ: u32 = 1;
const SHARE_WRITE: u32 = 2;
const SHARE_DELETE: u32 = 4;

/// How an editor, a scanner or a script may have a file open.
const HOLDERS: [u32; 4] = [
    SHARE_READ | SHARE_WRITE | SHARE_DELETE,
    SHARE_READ | SHARE_WRITE,
    SHARE_READ,
    0,
];

fn held(path: &Path, shares: u32) -> File {
    let mut options = File::options();
    options.read(true).share_mode(shares).open(path).unwrap()
}

#[test]
fn an_account_is_logged_in_verified_and_posts() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    log_in(&home, &sandbox, "newsbot", &[]);
    let verified = home.twauth(["verify"]).run().assert_code(0);
    assert_eq!(verified.stdout.trim_end(), "newsbot");
    // As `echo` and PowerShell 5.1 send a text.
    let post = home.twauth(["tweet"]).stdin("\u{feff}one\r\ntwo\r\n");
    post.run().assert_code(0);
    let page = browser::fetch("GET", &sandbox.url, &[], b"");
    assert!(page.body.contains("one\ntwo"), "{page:?}");
    let login = home.twauth(["login", "-a", "newsbot", "--server", &sandbox.url]);
    assert_ne!(login.run().code, 0);
    assert_eq!(home.files(), ["tw.json"]);
}

#[test]
fn a_save_waits_for_programs_that_have_the_file_open() {
    for shares in HOLDERS {
        let home = Home::new();
        write_first_account(&home);
        let mut running = token_login_asking(&home).start();
        running.wait_for_stderr(|said| said.contains("Access Token").then_some(()));
        let file = held(&home.path("tw.json"), shares);
        for line in answers(&home, 1).lines() {
            running.say(line);
        }
        thread::sleep(Duration::from_millis(900));
        drop(file);
        running.finish().assert_code(0);
        let tokens = tokens_in(&home.path("tw.json"));
        assert_eq!(tokens[1..], [token(1)], "shares {shares}");
        assert_eq!(home.files(), ["tw.json"]);
    }
}

#[test]
fn a_token_that_cannot_be_saved_for_long_is_rescued() {
    let home = Home::new();
    let before = write_first_account(&home);
    // The system may be able to replace a file that shares all; one that is not shared for deletion it never is.
    let file = held(&home.path("tw.json"), SHARE_READ);
    let output = token_login(&home, 1).run().assert_code(1);
    assert_eq!(rescued(&output.stderr, &home), [token(1)]);
    drop(file);
    assert_eq!(home.read("tw.json"), before);
    assert_eq!(home.files(), ["tw.json"]);
}

#[test]
fn fifty_logins_at_once_beside_a_reader_lose_nothing() {
    const LOGINS: usize = 50;
    let home = Home::new();
    write_first_account(&home);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                // It may be refused while the file is being replaced; what it gets is whole.
                if let Ok(text) = fs::read_to_string(home.path("tw.json")) {
                    assert!(serde_json::from_str::<Value>(&text).is_ok(), "{text}");
                }
                thread::sleep(Duration::from_millis(5));
            }
        });
        log_in_at_once(&home, LOGINS);
        over.store(true, Ordering::Relaxed);
    });
    let tokens = tokens_in(&home.path("tw.json"));
    let found: BTreeSet<&String> = tokens.iter().collect();
    assert_eq!((tokens.len(), found.len()), (LOGINS + 1, LOGINS + 1));
    assert_eq!(home.files(), ["tw.json"]);
}

fn log_in_at_once(home: &Home, logins: usize) {
    let running: Vec<Running> = (0..logins)
        .map(|n| {
            let run = token_login_asking(home).deadline(Duration::from_secs(240));
            let mut running = run.start();
            for line in answers(home, n).lines() {
                running.say(line);
            }
            running
        })
        .collect();
    for running in running {
        running.finish().assert_code(0);
    }
}

#[test]
fn a_mark_before_the_first_answer_is_no_part_of_it() {
    let home = Home::new();
    let input = format!("\u{feff}{}", answers(&home, 1)).replace('\n', "\r\n");
    let login = token_login_asking(&home).stdin(input).run();
    login.assert_code(0);
    assert_eq!(tokens_in(&home.path("tw.json")), [token(1)]);
}

#[test]
fn accounts_are_imported_from_and_exported_to_other_programs_files() {
    let home = Home::new();
    home.write_account(NOWHERE);
    let account = home.account(NOWHERE);
    let exported = home.twauth(["export", "--format", "dotenv", "-o", "keys.env"]);
    exported.run().assert_code(0);
    let text = home.read("keys.env");
    home.write(
        "crlf.env",
        format!("\u{feff}{}", text.replace('\n', "\r\n")),
    );
    for file in ["keys.env", "crlf.env"] {
        let import = home.twauth(["import", file, "-c", "other.json"]);
        import.run().assert_code(0);
        let imported = home.json("other.json");
        assert_eq!(
            imported["access_token_secret"],
            account["access_token_secret"]
        );
        assert_eq!(imported["consumer_key"], account["consumer_key"]);
        fs::remove_file(home.path("other.json")).unwrap();
    }
}

#[test]
fn a_command_runs_with_the_account_and_gives_its_exit_code() {
    let home = Home::new();
    home.write_account(NOWHERE);
    let run = |words: &[&str]| {
        let run = home.twauth(["run", "--"]).args(words);
        run.env("PATH", home.path("bin")).may_show_secrets().run()
    };
    let system = std::env::var("ComSpec").unwrap();
    let shown = run(&[&system, "/c", "echo", "%CONSUMER_KEY%"]).assert_code(0);
    assert_eq!(shown.stdout.trim_end(), home.canaries.consumer_key);
    for code in ["0", "7", "300", "-1"] {
        let ended = run(&[&system, "/c", "exit", code]);
        assert_eq!(ended.code.to_string(), code);
    }
    // Found by its name alone, as a shell does, and its arguments arrive whole.
    home.write("bin/bot.cmd", "@echo %1\r\n");
    let said = run(&["bot", "a & b"]).assert_code(0);
    assert_eq!(said.stdout.trim_end(), "\"a & b\"");
    assert_ne!(run(&["no-such-bot"]).code, 0);
}

#[test]
fn what_is_no_file_of_utf_8_text_is_named() {
    let home = Home::new();
    let text = home.account(NOWHERE).to_string();
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    let bytes: Vec<u8> = [0xFF, 0xFE].into_iter().chain(units).collect();
    home.write("tw.json", bytes);
    home.twauth(["list"])
        .run()
        .assert_code(1)
        .assert_says("it is UTF-16 text");
    home.write_account(NOWHERE);
    for arguments in [
        ["list", "-c", "tw.json:keys"],
        ["doctor", "-c", "tw.json:keys"],
    ] {
        let output = home.twauth(arguments).run();
        assert_ne!(output.code, 0);
        assert!(
            format!("{output:?}").contains("its name contains a colon"),
            "{output:?}"
        );
    }
}

#[test]
fn messages_name_whole_paths_and_systems_reasons_without_a_full_stop() {
    let home = Home::new();
    home.write("folder/file", "");
    let whole = home.path("tw.json").display().to_string();
    home.twauth(["verify"]).run().assert_says(&whole);
    let output = token_login(&home, 1).args(["-c", "folder/file/tw.json"]);
    let said = output.run().assert_code(1).stderr;
    assert!(
        !said.contains('~') && !said.contains(".\r") && !said.contains(".;"),
        "{said}"
    );
    home.write_account(NOWHERE);
    let doctor = home.twauth(["doctor", "--timeout", "2"]).run();
    assert!(doctor.stdout.contains("in your profile"), "{doctor:?}");
    let profile = home.path("elsewhere");
    let doctor = home.twauth(["doctor", "--timeout", "2", "-c"]);
    let doctor = doctor.args([home.path("tw.json")]);
    let doctor = doctor
        .env("USERPROFILE", profile)
        .env("USERNAME", "somebody");
    let doctor = doctor.run();
    assert!(doctor.stdout.contains("icacls \""), "{doctor:?}");
    let listed = home.twauth(["list"]).run().assert_code(0);
    assert!(listed.stdout.contains(SCREEN_NAME));
}
