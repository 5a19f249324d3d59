//! Limits of the system and harmful variables: no threads, few descriptors, a small stack, endless files.

use std::fs::{self, File};
use std::os::unix::fs::chown;
use std::time::Duration;

use rustix::process::geteuid;

use crate::support::{Home, RawServer, Reply, Run, TWAUTH, installed};

/// A user with no process of its own but those of these tests.
const NOBODY: u32 = 65_534;

/// A server with a name that stands for nothing.
const NAMED: &str = "https://bots.invalid";

/// Runs the program where it can start no thread. The limit does not bind root, who becomes somebody else for it. None,
/// and that is said, where the tools for it are missing.
fn without_threads(home: &Home, arguments: &[&str]) -> Option<Run> {
    let user = format!("--reuid={NOBODY}");
    let group = format!("--regid={NOBODY}");
    let mut words = vec!["prlimit", "--nproc=0"];
    let mut program = TWAUTH.into();
    if geteuid().is_root() {
        words.splice(0..0, ["setpriv", &user, &group, "--clear-groups"]);
        // The folder that it was built in may be closed to others.
        program = home.path("program");
        if !program.exists() {
            fs::copy(TWAUTH, &program).unwrap();
        }
        for name in home.files().iter().map(String::as_str).chain([""]) {
            chown(home.path(name), Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
    let usable = [&words[1..], &["true"]].concat();
    if !installed::works(words[0], &usable, "no thread to be had") {
        return None;
    }
    Some(home.program(program).args(arguments).before(&words))
}

#[test]
fn where_no_thread_is_to_be_had_everything_ends_in_an_error() {
    for (arguments, code) in [
        (&["tweet", "--retries", "0", "text"][..], 3),
        (&["verify", "--retries", "0"], 3),
        (&["request", "--retries", "0", "/2/users/me"], 3),
        (&["doctor"], 3),
        (&["sandbox", "--", "true"], 1),
    ] {
        let home = Home::with_account(NAMED);
        let Some(run) = without_threads(&home, arguments) else {
            return;
        };
        let output = run.exits(code);
        if code == 3 && arguments[0] != "doctor" {
            output.assert_says("nothing was sent");
        }
    }
}

#[test]
fn a_question_that_no_thread_can_read_the_answer_to_leaves_the_terminal_as_it_was() {
    let login = ["login", "--with-token", "--no-browser", "--server", NAMED];
    for key in [false, true] {
        let home = Home::new();
        let Some(mut run) = without_threads(&home, &login) else {
            return;
        };
        if key {
            // The next question is hidden.
            run = run.env("TWAUTH_CONSUMER_KEY", &home.canaries.consumer_key);
        }
        let terminal = run.on_terminal();
        let modes = terminal.modes_before();
        let ended = terminal.finish();
        assert_eq!((ended.code, ended.modes), (1, modes), "{ended:?}");
        assert!(
            ended.screen.contains("cannot start another thread"),
            "{ended:?}"
        );
    }
}

#[test]
fn few_descriptors_are_an_error() {
    let home = Home::with_account(NAMED);
    for limit in 4..16 {
        for arguments in [
            &["tweet", "--retries", "0", "text"][..],
            &["verify", "--retries", "0"],
            &["request", "--retries", "0", "/2/users/me"],
            &["doctor"],
            &["list"],
            &["login", "--sandbox", "--no-browser", "--timeout", "1"],
            &["export", "--format", "json", "-o", "copy.json"],
        ] {
            let script = format!("ulimit -n {limit}; exec \"$@\"");
            let output = home.twauth(arguments).through_shell(&script).run();
            assert!(
                [0, 1, 2, 3].contains(&output.code),
                "{arguments:?} with {limit}: {output:#?}"
            );
            if limit < 9 && arguments[0] != "list" {
                assert_eq!(output.code, 1, "{arguments:?} with {limit}: {output:#?}");
                output.assert_says("too many open files");
            }
        }
        if home.exists("copy.json") {
            home.watch_file("copy.json");
            fs::remove_file(home.path("copy.json")).unwrap();
        }
    }
}

#[test]
fn a_small_stack_is_enough() {
    let home = Home::with_account(NAMED);
    for (arguments, code) in [
        (&["help"][..], 0),
        (&["list"], 0),
        (&["tweet", "--dry-run", "text"], 0),
        (&["verify", "--retries", "0"], 3),
    ] {
        let run = home.twauth(arguments);
        run.through_shell("ulimit -s 64; exec \"$@\"").exits(code);
    }
}

#[test]
fn a_time_zone_that_is_no_file_of_sensible_size_is_refused_before_anything_is_sent() {
    let limited =
        Reply::new(429, "application/json", "{}").header("x-rate-limit-reset", "4000000000");
    let server = RawServer::replying("*", limited);
    let home = Home::with_account(&server.url());
    let mkfifo = home.program("mkfifo").args(["-m", "600", "fifo"]);
    mkfifo.exits(0);
    File::create(home.path("large"))
        .unwrap()
        .set_len(1 << 34)
        .unwrap();
    let absolute = |name: &str| home.path(name).display().to_string();
    for zone in [
        "/dev/zero".to_owned(),
        ":/dev/zero".to_owned(),
        absolute("fifo"),
        format!(":{}", absolute("fifo")),
        absolute("large"),
    ] {
        for arguments in [&["tweet", "text"][..], &["verify"]] {
            let output = home.twauth(arguments).env("TZ", &zone).exits(2);
            assert!(output.took < Duration::from_secs(5), "{zone}: {output:?}");
            output.assert_says("TZ").assert_says("hint: ");
        }
    }
    for (zone, folder) in [("fifo", home.path("")), ("large", home.path(""))] {
        let run = home.twauth(["tweet", "text"]).env("TZ", zone);
        run.env("TZDIR", folder).exits(2);
    }
    assert_eq!(server.connections(), 0);
    for zone in ["Europe/Berlin", "No/Such", "/no/such/file", "UTC0", ""] {
        let run = home.twauth(["tweet", "text"]).env("TZ", zone);
        run.exits(7);
    }
}
