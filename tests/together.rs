//! Several logins and readers of one file at once: nothing is lost, nothing is ever half there.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ScopedJoinHandle};

use crate::support::browser;
use crate::support::home::Home;
use crate::support::login::{Login, log_in};
use crate::support::sandbox::SandboxServer;

#[test]
fn fifty_logins_into_one_file_leave_fifty_accounts() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    log_in(&home, &sandbox, "fleetbot1", &[]);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                home.json("tw.json");
            }
        });
        let logins: Vec<_> = (2..=50)
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
    assert_eq!((file.as_array().unwrap().len(), names.len()), (50, 50));
    let stray: Vec<String> = home
        .files()
        .into_iter()
        .filter(|name| name.contains("tmp"))
        .collect();
    assert!(stray.is_empty(), "{stray:?}");
}

#[test]
fn a_login_that_waits_at_its_pin_keeps_what_another_stored_meanwhile() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    let mut waiting = Login::at(&home, &sandbox, &["--add"]);
    let pin = browser::authorize(&waiting.authorization_url(), "newsbot");
    log_in(&home, &sandbox, "sandbot", &[]);
    waiting.answer(&pin);
    waiting.finish().assert_code(0);
    let file = home.json("tw.json");
    assert_eq!(file[0]["screen_name"], "sandbot");
    assert_eq!(file[1]["screen_name"], "newsbot");
}
