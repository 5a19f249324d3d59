//! Both halves of a login killed at random moments: it ends as before, pending, or saved.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;

use super::login_at;
use crate::support::{Home, RawServer, Run, SandboxServer, browser, strace};

/// How often a half is killed, over all homes.
const KILLS: usize = 120;
const HOMES: usize = 3;

#[test]
fn a_half_that_is_killed_leaves_whole_files_and_another_can_follow() {
    let counts: Vec<[usize; 3]> = thread::scope(|scope| {
        let workers: Vec<_> = (0..HOMES)
            .map(|seed| scope.spawn(move || kill_again_and_again(seed as u64)))
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap())
            .collect()
    });
    let sum = |index: usize| counts.iter().map(|count| count[index]).sum::<usize>();
    // Each of the three ends was seen.
    assert!((0..3).all(|index| sum(index) > 0), "{counts:?}");
}

/// A login at a server that grants whatever is asked, its first half or its second.
fn half(home: &Home, server: &RawServer, is_first: bool) -> Run {
    if is_first {
        login_at(home, &server.url()).args(["--start", "-a", "mybot"])
    } else {
        home.twauth(["login", "--finish", "1234567", "--no-verify"])
    }
}

#[test]
fn a_kill_at_each_system_call_of_a_save_leaves_every_file_whole() {
    if !strace::is_here("a kill at each system call of both halves") {
        return;
    }
    thread::scope(|scope| {
        for is_first in [true, false] {
            scope.spawn(move || strike_each_call(is_first));
        }
    });
}

fn strike_each_call(is_first: bool) {
    let calm = Home::new();
    let server = server(&calm);
    if !is_first {
        half(&calm, &server, true).exits(0);
    }
    strace::traced(half(&calm, &server, is_first), &["trace=all"]).exits(0);
    // The first lock is that of the check before anything is asked of the server.
    let places = strace::places_from_lock(&strace::take_log(&calm), 2);
    let mut struck = BTreeSet::new();
    for (name, place) in &places {
        struck.extend(struck_at(is_first, name, *place));
    }
    for call in ["write", "fsync", "rename"] {
        let named = struck.iter().any(|name| name.starts_with(call));
        assert!(named, "no kill struck {call}: {struck:?}");
    }
}

fn server(home: &Home) -> RawServer {
    super::granting(home, "&user_id=1&screen_name=mybot").start()
}

/// Kills a half at its `place`th call of that name, checks what is left, and names the call where it was struck.
fn struck_at(is_first: bool, name: &str, place: usize) -> Option<String> {
    let home = Home::new();
    let server = server(&home);
    if !is_first {
        half(&home, &server, true).exits(0);
    }
    let kill = format!("inject={name}:signal=KILL:when={place}");
    let output = strace::traced(half(&home, &server, is_first), &["trace=all", &kill]).run();
    strace::take_log(&home);
    let at = format!("killed at {name} {place}");
    let is_pending = home.exists("tw.json.pending");
    if is_pending {
        assert_eq!(home.json("tw.json.pending")[0]["account"], "mybot", "{at}");
    }
    let is_saved = home.exists("tw.json");
    if is_saved {
        let token = &home.json("tw.json")["access_token"];
        assert_eq!(*token, home.canaries.access_token.as_str(), "{at}");
    }
    assert!(
        if is_first {
            !is_saved
        } else {
            is_saved || is_pending
        },
        "{at}"
    );
    for file in home.files() {
        assert_eq!(home.mode(&file) & 0o077, 0, "{file}, {at}");
    }
    half(&home, &server, true).exits(0);
    half(&home, &server, false).exits(0);
    assert_eq!(home.files(), ["tw.json"], "{at}");
    (output.code == 137).then(|| name.to_owned())
}

/// How often it ended as before, pending and saved.
fn kill_again_and_again(seed: u64) -> [usize; 3] {
    let (home, sandbox) = SandboxServer::with_home();
    let start = || {
        home.twauth([
            "login",
            "--start",
            "-a",
            "newsbot",
            "--server",
            &sandbox.url,
        ])
        .with_sandbox_pair()
    };
    let finish =
        |pin: &str| home.twauth(["login", "--finish", pin, "-a", "newsbot", "--no-verify"]);
    let mut random = Random(seed);
    // How long each half takes when it is left alone.
    let calm = Home::new();
    let begin = Instant::now();
    start().env("HOME", calm.path("")).exits(0);
    let whole = begin.elapsed();
    let mut ends = [0; 3];
    for _ in 0..KILLS / HOMES / 2 {
        let before = home.exists("tw.json").then(|| home.json("tw.json"));
        strike(start(), random.below(whole));
        assert_eq!(home.exists("tw.json").then(|| home.json("tw.json")), before);
        let url = if home.exists("tw.json.pending") {
            ends[1] += 1;
            url_of(&home, &sandbox)
        } else {
            ends[0] += 1;
            start().exits(0).stdout.trim_end().to_owned()
        };
        let pin = browser::authorize(&url, "newsbot");
        strike(finish(&pin), random.below(whole));
        let after = home.exists("tw.json").then(|| home.json("tw.json"));
        if let Some(saved) = after.filter(|after| Some(after) != before.as_ref()) {
            assert_eq!(saved["screen_name"], "newsbot");
            ends[2] += 1;
            if home.exists("tw.json.pending") {
                // Killed between the two files: what is still pending there is spent.
                finish(&pin).exits(4);
            }
        } else {
            // The server may have seen the PIN: then the next is rejected, and the login begins again.
            let code = finish(&pin).run().code;
            assert!([0, 4].contains(&code), "{code}");
            ends[0] += usize::from(code == 4);
        }
        for name in home.files().iter().filter(|name| name.contains("json")) {
            assert_eq!(home.mode(name), 0o600, "{name}");
        }
    }
    let url = start().exits(0).stdout;
    let pin = browser::authorize(url.trim_end(), "newsbot");
    finish(&pin).exits(0);
    assert_eq!(home.files(), ["tw.json"]);
    ends
}

/// Runs it and kills it after `moment`, unless it has ended by then.
fn strike(run: Run, moment: Duration) {
    let running = run.start();
    thread::sleep(moment);
    running.signal(Signal::KILL);
    running.finish();
}

/// The URL of the one pending login, whole.
fn url_of(home: &Home, sandbox: &SandboxServer) -> String {
    let pending = home.json("tw.json.pending");
    let [only] = pending.as_array().unwrap().as_slice() else {
        panic!("{pending}")
    };
    let text = |label: &str| only[label].as_str().unwrap().to_owned();
    for label in [
        "account",
        "server",
        "consumer_key",
        "consumer_secret",
        "oauth_token_secret",
    ] {
        assert!(matches!(only[label], Value::String(_)), "{label}");
    }
    format!(
        "{}/oauth/authorize?oauth_token={}",
        sandbox.url,
        text("oauth_token")
    )
}

struct Random(u64);

impl Random {
    fn below(&mut self, whole: Duration) -> Duration {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        whole
            .mul_f64(f64::from(u32::try_from(self.0 >> 33).unwrap()) / f64::from(1_u32 << 31) * 2.0)
    }
}
