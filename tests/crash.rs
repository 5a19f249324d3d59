//! A save that is cut short, at any moment and at each of its system calls: the file is the old one or the new one.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};
use std::{fs, io::Write as _};

use rustix::process::Signal;

use crate::support::saving::{
    answers, token, token_login, token_login_asking, tokens_in, write_first_account,
};
use crate::support::{Home, at_once, strace};

/// How often a login is killed at a random moment, over all homes.
const RANDOM_KILLS: usize = 500;
/// How many homes the kills are spread over, each with a thread.
const HOMES: usize = 4;

#[test]
fn a_save_is_written_privately_synced_renamed_and_synced_again() {
    if !strace::is_here("a save under strace") {
        return;
    }
    for is_new in [true, false] {
        let home = Home::new();
        if !is_new {
            write_first_account(&home);
        }
        strace::traced(token_login(&home, 1), &["trace=all"]).exits(0);
        let log = strace::take_log(&home);
        let calls = strace::calls_of_first_thread(&log);
        let last_open = calls.iter().rposition(|call| {
            call.contains(".twauth-tmp\", O_RDWR|O_CREAT|O_EXCL") && call.contains(" 0600)")
        });
        let calls = &calls[last_open.unwrap()..];
        let folder = fs::canonicalize(home.path("")).unwrap();
        let folder = folder.display();
        // In this order, whatever else is between them.
        let temporary = ".twauth-tmp";
        let target = format!("{folder}/tw.json\")");
        let synced_folder = format!("<{folder}>)");
        let steps = [
            ("openat(", temporary),
            ("write(", temporary),
            ("fsync(", temporary),
            ("rename", &target),
            ("fsync(", &synced_folder),
        ];
        let mut left = calls.iter();
        for (name, part) in steps {
            let found = left.any(|call| call.starts_with(name) && call.contains(part));
            assert!(found, "no {name} with {part}:\n{}", calls.join("\n"));
        }
        assert_eq!(home.mode("tw.json"), 0o600);
    }
}

#[test]
fn a_kill_at_each_system_call_of_a_login_leaves_the_old_file_or_the_new_one() {
    if !strace::is_here("a kill at each system call") {
        return;
    }
    let plain = Home::new();
    write_first_account(&plain);
    strace::traced(token_login(&plain, 1), &["trace=all"]).exits(0);
    let log = strace::take_log(&plain);
    let places = strace::places_from_lock(&log, 1);
    let struck = Mutex::new(BTreeSet::new());
    at_once(places, |(name, place)| {
        if struck_at(&name, place) {
            struck.lock().unwrap().insert(name);
        }
    });
    let struck = struck.into_inner().unwrap();
    for call in [
        "flock", "openat", "fchmod", "write", "fsync", "rename", "unlink",
    ] {
        let named = struck.iter().any(|name| name.starts_with(call));
        assert!(named, "no kill struck {call}: {struck:?}");
    }
}

/// Kills a login at its `place`th call of that name, checks what is left, and says whether it was struck.
fn struck_at(name: &str, place: usize) -> bool {
    let home = Home::new();
    let before = write_first_account(&home);
    let kill = format!("inject={name}:signal=KILL:when={place}");
    let output = strace::traced(token_login(&home, 1), &["trace=all", &kill]).run();
    strace::take_log(&home);
    let after = home.read("tw.json");
    let tokens = tokens_in(&home.path("tw.json"));
    if tokens.len() == 1 {
        assert_eq!(after, before, "killed at {name} {place}");
        assert_ne!(output.code, 0);
    } else {
        assert_eq!(tokens[1], token(1), "killed at {name} {place}");
    }
    assert_eq!(home.mode("tw.json"), 0o600);
    for stray in home.files() {
        let path = home.path(&stray);
        let mode = fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{stray} after a kill at {name} {place}");
    }
    token_login(&home, 2).exits(0);
    assert_eq!(home.files(), ["tw.json"], "after a kill at {name} {place}");
    assert_eq!(tokens_in(&home.path("tw.json")).len(), tokens.len() + 1);
    output.code == 137
}

#[test]
fn kills_at_random_moments_leave_whole_files_and_lose_nothing_that_was_saved() {
    let calm = Home::new();
    let start = Instant::now();
    token_login(&calm, 0).exits(0);
    let whole = start.elapsed();
    let killed: usize = thread::scope(|scope| {
        let workers: Vec<_> = (0..HOMES)
            .map(|seed| scope.spawn(move || kill_again_and_again(seed as u64, whole)))
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap())
            .sum()
    });
    assert!(
        killed > RANDOM_KILLS / 10,
        "only {killed} were killed in time"
    );
}

/// One home's share of the kills; how many of them came before the end.
fn kill_again_and_again(seed: u64, whole: Duration) -> usize {
    let home = Home::new();
    let path = home.path("tw.json");
    let mut random = seed;
    let mut killed = 0;
    let mut sure: Vec<String> = Vec::new();
    for n in 0..RANDOM_KILLS / HOMES {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let moment = whole.mul_f64(
            f64::from(u32::try_from(random >> 33).unwrap()) / f64::from(1_u32 << 31) * 1.3,
        );
        let start = Instant::now();
        let mut running = token_login_asking(&home).start();
        let mut stdin = running.take_stdin();
        stdin.write_all(answers(&home, n).as_bytes()).unwrap();
        drop(stdin);
        thread::sleep(moment.saturating_sub(start.elapsed()));
        running.signal(Signal::KILL);
        let output = running.finish();
        if path.exists() {
            let tokens = tokens_in(&path);
            assert!(
                sure.iter().all(|token| tokens.contains(token)),
                "kill {n} lost one"
            );
            if output.code == 0 {
                assert!(tokens.contains(&token(n)), "login {n} was done");
            }
            assert_eq!(home.mode("tw.json"), 0o600);
            sure = tokens;
        }
        killed += usize::from(output.code == 137);
    }
    token_login(&home, RANDOM_KILLS).exits(0);
    assert_eq!(home.files(), ["tw.json"]);
    assert_eq!(tokens_in(&path).len(), sure.len() + 1);
    killed
}
