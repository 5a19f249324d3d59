//! A person cancels, suspends or continues at any prompt: the terminal is always restored.

use std::fs;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::saving::{NOWHERE, token, tokens_in, write_first_account};
use crate::support::{
    CTRL_BACKSLASH, CTRL_C, CTRL_D, CTRL_Z, Home, Run, SandboxServer, Terminal, browser, log_in,
    wait_until,
};

#[derive(Clone, Copy, Debug)]
enum Way {
    Typed(&'static str),
    Signal(Signal),
}

/// Every way of leaving, and the exit code that it has.
const WAYS: [(Way, i32); 10] = [
    (Way::Typed(CTRL_C), 130),
    (Way::Typed(CTRL_D), 130),
    (Way::Typed("\r"), 130),
    (Way::Typed("q\r"), 130),
    (Way::Typed(" quit \r"), 130),
    (Way::Typed(CTRL_BACKSLASH), 131),
    (Way::Signal(Signal::INT), 130),
    (Way::Signal(Signal::TERM), 143),
    (Way::Signal(Signal::HUP), 129),
    (Way::Signal(Signal::QUIT), 131),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Key,
    Secret,
    Token,
    TokenSecret,
    Pin,
    Place,
}

impl Question {
    const ALL: [Self; 6] = [
        Self::Key,
        Self::Secret,
        Self::Token,
        Self::TokenSecret,
        Self::Pin,
        Self::Place,
    ];

    fn is_hidden(self) -> bool {
        matches!(self, Self::Secret | Self::Token | Self::TokenSecret)
    }

    /// A login that stands at this question.
    fn reached(self, home: &Home) -> Terminal {
        let plain = home.twauth(["login", "--no-browser", "--server", NOWHERE]);
        let with_key = |run: Run| run.env("TWAUTH_CONSUMER_KEY", &home.canaries.consumer_key);
        let (run, question) = match self {
            Self::Key => (plain, "API Key (consumer key) of the app at "),
            Self::Secret => (with_key(plain), "API Key Secret (not shown as you type): "),
            Self::Token => (
                plain.args(["--with-token"]).with_pair(),
                "Access Token (not shown as you type): ",
            ),
            Self::TokenSecret => (
                plain.args(["--with-token"]).with_pair(),
                "Access Token Secret (not shown as you type): ",
            ),
            Self::Pin => (
                home.twauth(["login", "--no-browser", "--sandbox"]),
                "PIN from the page (Enter cancels): ",
            ),
            Self::Place => (plain.with_pair(), "[c]ancel (default)? "),
        };
        let mut terminal = run.on_terminal();
        if self == Self::TokenSecret {
            terminal.expect("Access Token (not shown as you type): ");
            terminal.line(&token(1));
        }
        terminal.expect(question);
        terminal
    }
}

#[test]
fn every_way_of_leaving_every_question_changes_nothing() {
    for question in Question::ALL {
        for (way, code) in WAYS {
            let home = Home::new();
            let before = (question == Question::Place).then(|| write_first_account(&home));
            let terminal = question.reached(&home);
            assert_ne!(terminal.echoes(), question.is_hidden(), "{question:?}");
            let modes = terminal.modes_before();
            match way {
                Way::Typed(text) => terminal.send(text),
                Way::Signal(signal) => terminal.signal(signal),
            }
            let ended = terminal.finish();
            assert_eq!(ended.code, code, "{question:?} {way:?}: {ended:?}");
            assert_eq!(ended.modes, modes, "{question:?} {way:?}: {ended:?}");
            match before {
                Some(before) => assert_eq!(home.read("tw.json"), before),
                None => assert!(
                    home.files().is_empty(),
                    "{question:?} {way:?}: {:?}",
                    home.files()
                ),
            }
        }
    }
}

/// The signals that end a program which nobody has told what to do with them, beside the four of [`WAYS`].
const OTHER_SIGNALS: [Signal; 8] = [
    Signal::ALARM,
    Signal::USR1,
    Signal::USR2,
    Signal::XCPU,
    Signal::ABORT,
    Signal::SYS,
    Signal::VTALARM,
    Signal::PROF,
];

#[test]
fn no_signal_leaves_the_terminal_without_echo() {
    for signal in OTHER_SIGNALS {
        let home = Home::new();
        let terminal = Question::Secret.reached(&home);
        assert!(!terminal.echoes());
        let modes = terminal.modes_before();
        terminal.signal(signal);
        let ended = terminal.finish_as_signalled(signal);
        assert_eq!(ended.modes, modes, "{signal:?}: {ended:?}");
        assert!(home.files().is_empty(), "{signal:?}");
    }
}

#[test]
fn a_whole_login_is_typed_and_no_secret_is_shown() {
    let home = Home::new();
    let mut terminal = home
        .twauth(["login", "--with-token", "--no-verify", "--server", NOWHERE])
        .on_terminal();
    terminal.expect("API Key (consumer key) of the app at ");
    terminal.line(&home.canaries.consumer_key);
    terminal.expect("API Key Secret (not shown as you type): ");
    terminal.line(&home.canaries.consumer_secret);
    terminal.expect("Access Token (not shown as you type): ");
    terminal.line(&token(1));
    terminal.expect("Access Token Secret (not shown as you type): ");
    // A mistake is taken back.
    terminal.send("wrong\u{15}");
    terminal.line(&home.canaries.access_token_secret);
    let modes = terminal.modes_before();
    let ended = terminal.finish();
    assert_eq!((ended.code, ended.modes), (0, modes), "{ended:?}");
    assert!(!ended.screen.contains(&token(1)), "{ended:?}");
    assert_eq!(
        home.json("tw.json")["access_token_secret"],
        *home.canaries.access_token_secret
    );
}

#[test]
fn the_question_of_the_place_is_answered() {
    for (answer, expected) in [
        ("add", 2),
        ("A", 2),
        ("replace", 1),
        ("r", 1),
        ("", 0),
        ("what\r\r", 0),
        ("cancel", 0),
    ] {
        let home = Home::new();
        let before = write_first_account(&home);
        let run = home.twauth(["login", "--with-token", "--no-verify", "--server", NOWHERE]);
        let mut terminal = run.on_terminal();
        terminal.expect("[c]ancel (default)? ");
        terminal.line(answer);
        if expected == 0 {
            assert_eq!(terminal.finish().code, 130, "{answer}");
            assert_eq!(home.read("tw.json"), before);
            continue;
        }
        terminal.expect("Access Token (not shown as you type): ");
        terminal.line(&token(1));
        terminal.expect("Access Token Secret (not shown as you type): ");
        terminal.line(&home.canaries.access_token_secret);
        let ended = terminal.finish();
        assert_eq!(ended.code, 0, "{ended:?}");
        let tokens = tokens_in(&home.path("tw.json"));
        assert_eq!(
            (tokens.len(), tokens.last()),
            (expected, Some(&token(1))),
            "{answer}"
        );
    }
}

/// A shell with job control, as people have it.
fn in_shell(home: &Home, after: &str) -> Terminal {
    home.twauth(["login", "--no-browser", "--server", NOWHERE])
        .env("TWAUTH_CONSUMER_KEY", &home.canaries.consumer_key)
        .through_shell(&format!(
            "set -m; \"$@\"; echo \"stopped with $?\"; {after}"
        ))
        .on_terminal()
}

#[test]
fn ctrl_z_gives_the_terminal_back_and_the_question_returns_with_the_program() {
    let home = Home::new();
    let mut terminal = in_shell(&home, "stty -a; fg; echo \"ended with $?\"");
    for _ in 0..2 {
        terminal.expect("Secret (not shown as you type): ");
        if terminal.screen().contains("stopped with") {
            break;
        }
        assert!(!terminal.echoes());
        terminal.send(CTRL_Z);
        terminal.expect("stopped with");
        // What the shell itself found while it had the terminal.
        terminal.expect(" echo ");
    }
    wait_until("the echo to go again", || !terminal.echoes());
    terminal.send(CTRL_C);
    terminal.expect("ended with 130");
    assert!(terminal.echoes());
    assert_eq!(terminal.modes(), terminal.modes_before());
}

#[test]
fn the_prompt_for_the_pin_returns_after_ctrl_z_too() {
    let home = Home::new();
    let mut terminal = home
        .twauth(["login", "--sandbox", "--no-browser"])
        .through_shell("set -m; \"$@\"; echo \"stopped with $?\"; fg; echo \"ended with $?\"")
        .on_terminal();
    terminal.expect("PIN from the page (Enter cancels): ");
    terminal.send(CTRL_Z);
    terminal.expect("stopped with");
    terminal.expect("PIN from the page (Enter cancels): ");
    terminal.line("");
    terminal.expect("ended with 130");
    assert_eq!(terminal.modes(), terminal.modes_before());
}

#[test]
fn a_stopped_login_can_be_ended_from_the_shell() {
    let home = Home::new();
    // A shell that has not looked at the login since answers with the stop's 147; `fg` makes it look.
    let ended = "read -r line; wait %1; code=$?; [ $code != 147 ] || { fg %1; code=$?; }; echo \"ended with $code\"";
    let mut terminal = in_shell(&home, ended);
    terminal.expect("Secret (not shown as you type): ");
    let shell = terminal.id();
    let children = fs::read_to_string(format!("/proc/{shell}/task/{shell}/children"));
    let Ok(login) = children.unwrap_or_default().trim().parse() else {
        // No /proc: nobody tells which process it is.
        return;
    };
    terminal.send(CTRL_Z);
    terminal.expect("stopped with");
    for signal in [Signal::TERM, Signal::CONT] {
        kill_process(Pid::from_raw(login).unwrap(), signal).unwrap();
    }
    wait_until("the login to end", || {
        let status = fs::read_to_string(format!("/proc/{login}/status"));
        status.is_ok_and(|status| status.contains("State:\tZ"))
    });
    terminal.line("go on");
    terminal.expect("ended with 143");
    assert!(terminal.echoes());
    assert!(home.files().is_empty());
}

#[test]
fn a_secret_is_hidden_although_the_words_go_elsewhere() {
    let home = Home::new();
    let terminal = home
        .twauth(["login", "--with-token", "--no-verify", "--server", NOWHERE])
        .env("TWAUTH_CONSUMER_KEY", &home.canaries.consumer_key)
        .through_shell("exec \"$@\" 2>said")
        .on_terminal();
    let said = |text: &str| {
        wait_until(text, || {
            fs::read_to_string(home.path("said")).is_ok_and(|said| said.ends_with(text))
        });
    };
    said("API Key Secret (not shown as you type): ");
    assert!(!terminal.echoes());
    terminal.line(&home.canaries.consumer_secret);
    said("Access Token (not shown as you type): ");
    terminal.line(&token(1));
    said("Access Token Secret (not shown as you type): ");
    assert!(!terminal.echoes());
    terminal.line(&home.canaries.access_token_secret);
    let modes = terminal.modes_before();
    let ended = terminal.finish();
    assert_eq!((ended.code, ended.modes), (0, modes), "{ended:?}");
    home.assert_no_secret_in_files_but(&["tw.json"]);
}

#[test]
fn a_person_is_asked_about_an_account_that_came_meanwhile() {
    let (home, sandbox) = SandboxServer::with_home();
    for (answer, code, count) in [("cancel", 130, 1), ("add", 0, 2)] {
        drop(std::fs::remove_file(home.path("tw.json")));
        let run = home.twauth(["login", "--server", &sandbox.url]);
        let run = run.with_sandbox_pair();
        let mut terminal = run.on_terminal();
        let url = terminal.authorization_url();
        log_in(&home, &sandbox, "newsbot", &[]);
        terminal.expect("PIN from the page (Enter cancels): ");
        terminal.line(&browser::authorize(&url, "sandbot"));
        terminal.expect("already has @newsbot");
        terminal.line(answer);
        let ended = terminal.finish();
        assert_eq!(ended.code, code, "{}", ended.screen);
        let listed = home.twauth(["list"]).exits(0).stdout;
        assert_eq!(listed.lines().count(), count);
        // What was granted is not thrown away.
        assert_eq!(ended.screen.contains("twauth-rescue-"), code != 0);
    }
}

#[test]
fn logout_asks_first_at_a_terminal() {
    let (home, _sandbox) = SandboxServer::with_account();
    for (answer, code) in [("no", 130), ("", 130), (CTRL_C, 130), ("yes", 0)] {
        let before = home.read("tw.json");
        let mut terminal = home.twauth(["logout"]).on_terminal();
        terminal.expect("@sandbot");
        terminal.expect("? [y/N] ");
        terminal.line(answer);
        assert_eq!(terminal.finish().code, code, "{answer:?}");
        assert_eq!(home.read("tw.json") == before, code != 0);
    }
}

#[test]
fn a_token_that_came_while_logout_asked_is_kept() {
    let (home, _sandbox) = SandboxServer::with_account();
    let mut terminal = home.twauth(["logout", "--local"]).on_terminal();
    terminal.expect("? [y/N] ");
    let mut account = home.json("tw.json");
    account["access_token"] = "another-token".into();
    home.write("tw.json", account.to_string());
    terminal.line("yes");
    assert_eq!(terminal.finish().code, 0);
    assert_eq!(home.json("tw.json"), account);
}
