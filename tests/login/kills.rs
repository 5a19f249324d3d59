//! Both halves of a login killed at each system call of their saves: it ends as before, pending, or saved.

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::login_at;
use crate::support::{Home, RawServer, Run, at_once, strace};

/// A login at a server that grants whatever is asked, its first half or its second.
fn half(home: &Home, server: &RawServer, is_first: bool) -> Run {
    if is_first {
        login_at(home, &server.url()).args(["--start", "-a", "mybot"])
    } else {
        home.twauth(["login", "--finish", "1234567", "--no-verify"])
    }
}

/// A home where that half is the next to come.
fn before(is_first: bool) -> (Home, RawServer) {
    let home = Home::new();
    let server = super::granting(&home, "&user_id=1&screen_name=mybot").start();
    if !is_first {
        half(&home, &server, true).exits(0);
    }
    (home, server)
}

#[test]
fn a_kill_at_each_system_call_of_a_save_leaves_every_file_whole() {
    if !strace::is_here("a kill at each system call of both halves") {
        return;
    }
    for is_first in [true, false] {
        let (home, server) = before(is_first);
        strace::traced(half(&home, &server, is_first), &["trace=all"]).exits(0);
        // The first lock is that of the check before anything is asked of the server.
        let places = strace::places_from_lock(&strace::take_log(&home), 2);
        let struck = Mutex::new(BTreeSet::new());
        at_once(places, |(name, place)| {
            if struck_at(is_first, &name, place) {
                struck.lock().unwrap().insert(name);
            }
        });
        let struck = struck.into_inner().unwrap();
        for call in ["write", "fsync", "rename"] {
            let named = struck.iter().any(|name| name.starts_with(call));
            assert!(named, "no kill struck {call}: {struck:?}");
        }
    }
}

/// Kills a half at its `place`th call of that name, checks what is left, and says whether it was struck.
fn struck_at(is_first: bool, name: &str, place: usize) -> bool {
    let (home, server) = before(is_first);
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
    output.code == 137
}
