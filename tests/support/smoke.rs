//! The homes, runs and terminals of the support, held to what they say.

use std::time::Duration;

use base64::Engine as _;
use rustix::process::Signal;

use super::canary::{Canaries, hexadecimal, leak, made_up};
use super::home::Home;
use super::login::Login;
use super::terminal::CTRL_C;

#[test]
fn a_secret_is_found_in_every_spelling() {
    let secret = &Canaries::new(0).consumer_secret;
    let part = &secret[20..28];
    let hex = hexadecimal("", part.as_bytes()).to_uppercase();
    let percent = hexadecimal("%", part.as_bytes());
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("key:{secret}"));
    for (text, spelling) in [
        (part, Some("raw")),
        (&*hex, Some("in hexadecimal")),
        (&*percent, Some("percent-encoded")),
        (&*basic, Some("in base64")),
        (&part[1..], None),
        (&Canaries::new(1).consumer_secret, None),
    ] {
        assert_eq!(
            leak(format!("so {text} it is").as_bytes(), secret),
            spelling,
            "{text}"
        );
    }
    assert_eq!(leak(b"PIN 1234567?", "1234567"), Some("raw"));
}

#[test]
#[should_panic(expected = "a secret is in standard error, raw")]
fn a_run_that_leaks_fails() {
    let home = Home::new();
    let secret = home.canaries.consumer_secret[7..].to_owned();
    home.program("sh")
        .args(["-c", "echo \"$0\" >&2", &secret])
        .run();
}

#[test]
#[should_panic(expected = "hangs")]
fn a_run_that_hangs_fails() {
    let home = Home::new();
    let run = home.program("sleep").args(["100"]);
    run.deadline(Duration::from_millis(50)).run();
}

#[test]
#[should_panic(expected = "broke with 134")]
fn a_run_that_aborts_fails() {
    Home::new()
        .program("sh")
        .args(["-c", "kill -ABRT $$"])
        .run();
}

#[test]
fn a_run_has_an_environment_and_a_home_of_its_own() {
    let home = Home::new();
    home.write("sub/file", "text");
    let run = home
        .program("sh")
        .args(["-c", "cat; env; pwd; umask; exit 7"]);
    let run = run
        .env("EXTRA", "1")
        .without_env("PATH")
        .folder(home.path("sub"));
    let output = run
        .through_shell("umask 077; exec \"$@\"")
        .stdin("in\n")
        .run();
    let output = output.assert_code(7);
    assert!(output.stdout.starts_with("in\n") && output.stdout.ends_with("/sub\n0077\n"));
    assert!(output.stdout.contains("EXTRA=1") && !output.stdout.contains("CARGO"));
    assert!(output.took < Duration::from_secs(20) && output.stdout_bytes.starts_with(b"in"));
}

#[test]
fn a_home_knows_its_files() {
    let home = Home::new();
    home.also_secret("1234567");
    let file = home.write_account("sandbox");
    assert!(file.is_file() && home.exists("tw.json") && home.mode("tw.json") == 0o600);
    assert_eq!(home.json("tw.json")["server"], "sandbox");
    home.watch_file("tw.json");
    home.write("folder/other", made_up("", 30, 99));
    assert_eq!(home.files(), ["folder/other", "tw.json"]);
    home.assert_no_secret_in_files_but(&["tw.json"]);
    home.assert_no_secret(b"123456", "six digits");
}

#[test]
fn the_fake_browser_writes_down_how_it_was_called() {
    let home = Home::new();
    let browser = home.fake_browser();
    let run = home.program(browser).args(["http://x/?a=b&c=d"]);
    let output = run.env("SEEN", "yes").run().assert_code(0);
    assert_eq!((&*output.stdout, &*output.stderr), ("", ""));
    let (arguments, environment) = home.browser_record();
    assert_eq!(arguments, ["http://x/?a=b&c=d"]);
    assert!(environment.contains("SEEN=yes\n"));
}

#[test]
fn output_can_go_where_it_cannot_be_written() {
    let home = Home::new();
    let Ok(full) = std::fs::File::options().write(true).open("/dev/full") else {
        return;
    };
    let run = home
        .program("sh")
        .args(["-c", "echo x || echo cannot >&2; exit 0"]);
    run.stdout_to(full)
        .run()
        .assert_code(0)
        .assert_says("cannot");
}

#[test]
fn a_login_is_driven_by_its_url_and_its_pin() {
    let home = Home::new();
    let script = "printf 'Open this:\\n' >&2; echo 'http://x/oauth/authorize?oauth_token=1' >&2;
        printf 'PIN: ' >&2; read -r pin; echo ' http://x/oauth/authorize?oauth_token=2' >&2;
        read -r other; echo \"{\\\"pins\\\": [\\\"$pin\\\", \\\"$other\\\"]}\"; cat";
    let mut login = Login::start(home.program("sh").args(["-c", script]));
    assert!(login.authorization_url().ends_with("oauth_token=1"));
    login.answer("111");
    assert!(login.authorization_url().ends_with("oauth_token=2"));
    login.answer("222");
    assert!(login.running().id() > 0);
    login.hang_up();
    assert_eq!(
        login.finish().json()["pins"],
        serde_json::json!(["111", "222"])
    );
}

#[test]
fn a_terminal_shows_types_signals_and_remembers_its_modes() {
    let home = Home::new();
    let script =
        "stty -echo -icanon; echo hidden; read -r x; stty echo icanon; echo \"got $x\"; read -r y";
    let mut terminal = home.program("sh").args(["-c", script]).on_terminal();
    terminal.expect("hidden");
    assert!(!terminal.echoes() && !terminal.is_canonical() && terminal.id() > 0);
    let hidden = terminal.modes();
    terminal.line("word");
    terminal.expect("got word");
    assert!(terminal.echoes() && terminal.screen().contains("hidden"));
    terminal.send(CTRL_C);
    let ended = terminal.finish();
    assert_eq!(ended.code, 130, "{ended:?}");
    assert!(ended.modes != hidden && ended.screen.matches("word").count() == 1);

    let mut terminal = home
        .program("sh")
        .args(["-c", "echo ready; read -r x"])
        .on_terminal();
    terminal.expect("ready");
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.finish().code, 143);
}
