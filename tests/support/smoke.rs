//! Tests of the support's homes, runs and terminals.

use std::time::Duration;

use base64::Engine as _;

use super::canary::{Canaries, hexadecimal, leak};
use super::home::Home;

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
