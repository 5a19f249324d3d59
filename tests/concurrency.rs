//! Many saves of one file at the same moment: each waits for its turn, and none overwrites another's.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::saving::{
    NOWHERE, answers, rescued, token, token_login, token_login_asking, tokens_in,
    write_first_account,
};
use crate::support::{Home, Running, SandboxServer, Script, log_in, strace, wait_until};

/// How many logins start at once, and how often over.
const LOGINS: usize = 50;
const ROUNDS: usize = 5;

#[test]
fn fifty_logins_at_once_lose_nothing_and_readers_see_whole_files() {
    for round in 0..ROUNDS {
        let home = Home::new();
        write_first_account(&home);
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            let reader = scope.spawn(|| {
                while !over.load(Ordering::Relaxed) {
                    tokens_in(&home.path("tw.json"));
                    // The program reads as well: it finds one account or several, and never a flaw.
                    let code = home.twauth(["tweet", "--dry-run", "text"]).run().code;
                    assert!(code == 0 || code == 2, "a reader ended with {code}");
                }
            });
            let running: Vec<Running> = (0..LOGINS)
                .map(|n| {
                    let mut running = token_login_asking(&home).start();
                    let mut stdin = running.take_stdin();
                    stdin.write_all(answers(&home, n).as_bytes()).unwrap();
                    running
                })
                .collect();
            let outputs: Vec<_> = running.into_iter().map(Running::finish).collect();
            over.store(true, Ordering::Relaxed);
            for output in outputs {
                output.assert_code(0);
            }
            reader.join().unwrap();
        });
        let tokens = tokens_in(&home.path("tw.json"));
        let found: BTreeSet<&String> = tokens.iter().collect();
        let expected: Vec<String> = (0..LOGINS).map(token).collect();
        assert!(
            expected.iter().all(|token| found.contains(token)),
            "round {round}"
        );
        assert_eq!((tokens.len(), found.len()), (LOGINS + 1, LOGINS + 1));
        assert_eq!(home.files(), ["tw.json"]);
    }
}

#[test]
fn a_login_stopped_in_the_middle_of_its_save_is_told_of_and_once_killed_in_nobodys_way() {
    let server = Script::new().start();
    let home = Home::new();
    let before = write_first_account(&home);
    let login = || {
        home.twauth(["login", "--add", "--server", &server.url()])
            .with_pair()
    };
    if strace::is_here("a stopped holder of the lock") {
        let stop = ["trace=flock,fsync", "inject=fsync:signal=STOP:when=2"];
        let mut holder = strace::traced(token_login_asking(&home), &stop).start();
        for line in answers(&home, 1).lines() {
            holder.say(line);
        }
        wait_until("the login to stop", || {
            strace::log(&home).contains("stopped by SIGSTOP")
        });
        let late = login().exits(1);
        assert!(
            late.took > Duration::from_secs(9) && late.took < Duration::from_secs(20),
            "{late:?}"
        );
        late.assert_says("another twauth has locked")
            .assert_says("hint: stop that process");
        let log = strace::take_log(&home);
        let id = log.split_whitespace().next().unwrap().parse().unwrap();
        kill_process(Pid::from_raw(id).unwrap(), Signal::KILL).unwrap();
        assert_eq!(holder.finish().code, 137);
    } else {
        let folder = fs::File::open(home.path("")).unwrap();
        folder.lock().unwrap();
        login().exits(1).assert_says("another twauth has locked");
    }
    assert_eq!(server.connections(), 0);
    assert_eq!(home.read("tw.json"), before);
    token_login(&home, 2).exits(0);
    assert_eq!(home.files(), ["tw.json"]);
    assert_eq!(tokens_in(&home.path("tw.json"))[1..], [token(2)]);
}

#[test]
fn what_an_editor_writes_between_reading_and_renaming_is_kept() {
    if !strace::is_here("an editor in the middle of a save") {
        return;
    }
    for is_new in [true, false] {
        let home = Home::new();
        if !is_new {
            write_first_account(&home);
        }
        // The second sync is that of the new content.
        let slow = ["trace=fsync", "inject=fsync:delay_enter=600000:when=2"];
        let mut running = strace::traced(token_login_asking(&home), &slow).start();
        running.wait_for_stderr(|said| said.contains("Access Token").then_some(()));
        for line in answers(&home, 1).lines() {
            running.say(line);
        }
        wait_until("the temporary file", || {
            home.files()
                .iter()
                .any(|name| name.ends_with(".twauth-tmp"))
        });
        let mut account = home.account(NOWHERE);
        account["note"] = "an editor was here".into();
        let saved = home.write("editor.tmp", account.to_string());
        fs::rename(saved, home.path("tw.json")).unwrap();
        running.finish().assert_code(0);
        let file = home.json("tw.json");
        assert_eq!(file[0]["note"], "an editor was here");
        assert_eq!(file[1]["access_token"], *token(1));
        fs::remove_file(home.path("strace.log")).unwrap();
        assert_eq!(home.files(), ["tw.json"]);
    }
}

#[test]
fn an_editor_that_leaves_a_broken_file_meanwhile_keeps_it_and_the_token_is_rescued() {
    let home = Home::new();
    write_first_account(&home);
    let mut running = token_login_asking(&home).start();
    running.wait_for_stderr(|said| said.contains("Access Token").then_some(()));
    home.write("tw.json", "{ broken");
    for line in answers(&home, 1).lines() {
        running.say(line);
    }
    let output = running.finish().assert_code(1);
    assert_eq!(rescued(&output.stderr, &home), [token(1)]);
    assert_eq!(home.read("tw.json"), "{ broken");
    assert_eq!(home.files(), ["tw.json"]);
}

#[test]
fn a_file_that_changes_all_the_time_is_given_up_on_and_the_token_is_rescued() {
    if !strace::is_here("a file that never stays the same") {
        return;
    }
    let home = Home::new();
    write_first_account(&home);
    let slow = ["trace=fsync", "inject=fsync:delay_enter=60000:when=2+"];
    let mut running = strace::traced(token_login_asking(&home), &slow).start();
    running.wait_for_stderr(|said| said.contains("Access Token").then_some(()));
    for line in answers(&home, 1).lines() {
        running.say(line);
    }
    let mut edits = 0;
    while running.is_alive() {
        edits += 1;
        let mut account = home.account(NOWHERE);
        account["edits"] = edits.into();
        let saved = home.write("editor.tmp", account.to_string());
        fs::rename(saved, home.path("tw.json")).unwrap();
        thread::sleep(Duration::from_millis(5));
    }
    let output = running.finish().assert_code(1);
    assert_eq!(rescued(&output.stderr, &home), [token(1)]);
    let output = output.assert_says("another program keeps changing");
    assert_eq!(home.json("tw.json")["edits"], edits, "{output:?}");
}

#[test]
fn twenty_logins_with_a_pin_into_one_file_leave_twenty_accounts() {
    let (home, sandbox) = SandboxServer::with_home();
    log_in(&home, &sandbox, "fleetbot1", &[]);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                home.json("tw.json");
            }
        });
        let logins: Vec<_> = (2..=20)
            .map(|number| {
                let (home, sandbox) = (&home, &sandbox);
                let name = format!("fleetbot{number}");
                scope.spawn(move || log_in(home, sandbox, &name, &["--add"]))
            })
            .collect();
        let outcomes: Vec<_> = logins.into_iter().map(ScopedJoinHandle::join).collect();
        // First, or the reader would go on for ever after a failure.
        over.store(true, Ordering::Relaxed);
        for outcome in outcomes {
            outcome.unwrap();
        }
        reader.join().unwrap();
    });
    let file = home.json("tw.json");
    let names: BTreeSet<&str> = file
        .as_array()
        .unwrap()
        .iter()
        .map(|account| account["screen_name"].as_str().unwrap())
        .collect();
    assert_eq!((file.as_array().unwrap().len(), names.len()), (20, 20));
    let stray: Vec<String> = home
        .files()
        .into_iter()
        .filter(|name| name.contains("tmp"))
        .collect();
    assert!(stray.is_empty(), "{stray:?}");
}
