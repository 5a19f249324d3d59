//! Keys, URL and PIN, as entered by a script.

use rustix::process::Signal;
use serde_json::json;

use super::{ACCESS_TOKEN, ME, granting, login_at};
use crate::support::{
    CONSUMER_KEY, CONSUMER_SECRET, Home, Login, RawServer, SandboxServer, browser, reply,
    wait_until,
};

#[test]
fn keys_and_pin_are_lines_of_standard_input_in_the_order_asked() {
    let (home, sandbox) = SandboxServer::with_home();
    let mut login = Login::start(home.twauth(["login", "--server", &sandbox.url, "--json"]));
    login.answer(&format!("  {CONSUMER_KEY}\t"));
    login.answer(CONSUMER_SECRET);
    let pin = browser::authorize(&login.authorization_url(), "sandbot");
    login.answer(&format!(" {} {} ", &pin[..3], &pin[3..]));
    let output = login.finish().assert_code(0);
    assert_eq!(
        output.json(),
        json!({
            "screen_name": "sandbot",
            "user_id": "1900000000000000001",
            "access_level": "read-write",
            "creds": home.path("tw.json"),
            "server": sandbox.url,
        })
    );
    let output = output.assert_says("Logged in as @sandbot (read and write), saved in ");
    let asked = |text| output.stderr.find(text).unwrap();
    assert!(asked("API Key (consumer key)") < asked("API Key Secret"));
    assert!(asked("API Key Secret") < asked("PIN from the page"));
}

#[test]
fn the_second_login_asks_for_no_keys() {
    let (home, sandbox) = SandboxServer::with_account();
    let login = Login::start(home.twauth(["login", "--add"]));
    let output = login.authorized_by("newsbot").assert_code(0);
    let last_four = &CONSUMER_KEY[CONSUMER_KEY.len() - 4..];
    let output = output
        .assert_says(&format!(
            "using the API Key ...{last_four} from {}",
            home.shown("tw.json")
        ))
        .assert_says(&format!("logging in at {}, not at X\n", sandbox.url));
    assert!(!output.stderr.contains("API Key (") && !output.stderr.contains(CONSUMER_KEY));
    let file = home.json("tw.json");
    assert_eq!(file[0]["screen_name"], "sandbot");
    assert_eq!(file[1]["screen_name"], "newsbot");
}

#[test]
fn the_address_of_the_redirect_is_as_good_as_the_pin() {
    let (home, sandbox) = SandboxServer::with_home();
    for form in [
        "https://example.org/cb?x=1&oauth_token=TOKEN&oauth_verifier=PIN#top",
        "oauth_token=TOKEN&oauth_verifier=PIN",
        " ?oauth_verifier=PIN&oauth_token=TOKEN ",
    ] {
        let mut login = Login::at(&home, &sandbox, &["--replace"]);
        let url = login.authorization_url();
        let pin = browser::authorize(&url, "sandbot");
        let (_, token) = url.split_once("oauth_token=").unwrap();
        login.answer(&form.replace("TOKEN", token).replace("PIN", &pin));
        assert_eq!(login.finish().assert_code(0).stdout, "sandbot\n");
    }
    let before = home.read("tw.json");
    let mut login = Login::at(&home, &sandbox, &["--replace"]);
    login.authorization_url();
    login.answer("https://example.org/cb?oauth_token=another&oauth_verifier=1");
    login
        .finish()
        .assert_code(2)
        .assert_says("belongs to another login");
    assert_eq!(home.read("tw.json"), before);
}

#[test]
fn whoever_leaves_at_the_pin_changes_nothing() {
    let home = Home::new();
    let server = granting(&home, "").start();
    for answer in ["\n", "q\n", "QUIT\n", " exit \n", "   \n"] {
        let output = login_at(&home, &server.url()).stdin(answer).run();
        let output = output.assert_code(130).assert_says("nothing was changed");
        assert_eq!(output.stdout, "", "{answer:?}");
    }
    let mut login = Login::start(login_at(&home, &server.url()));
    login.authorization_url();
    login.running().signal(Signal::INT);
    // The end of its input would be another reason to end.
    wait_until("its end", || !login.running().is_alive());
    login.finish().assert_code(130);
    assert_eq!((server.count(ACCESS_TOKEN), home.files().len()), (0, 0));
}

#[test]
fn a_token_made_in_the_console_is_verified_labelled_and_saved() {
    let home = Home::new();
    let canaries = &home.canaries;
    let server = RawServer::replying(ME, reply::me("77", "otherbot"));
    let lines = format!(
        " {} \n{}\n",
        canaries.access_token, canaries.access_token_secret
    );
    let with_token = |server: &RawServer| login_at(&home, &server.url()).args(["--with-token"]);
    let output = with_token(&server).stdin(lines.clone()).exits(0);
    assert_eq!(
        (&*output.stdout, server.requests().len()),
        ("otherbot\n", 1)
    );
    assert_eq!(
        home.json("tw.json")["access_token"],
        canaries.access_token.as_str()
    );

    std::fs::remove_file(home.path("tw.json")).unwrap();
    let dead = RawServer::replying("*", reply::error(401, 89, "Invalid or expired token."));
    with_token(&dead).stdin(lines.clone()).exits(4);
    let named = with_token(&dead).args(["-a", "mybot"]);
    named.stdin(lines.clone()).exits(4);
    let output = with_token(&server).args(["-a", "mybot"]).stdin(lines).run();
    output.assert_code(5);
    with_token(&server).stdin("two words\nx\n").exits(2);
    with_token(&server)
        .stdin("only-one-line-of-a-token\n")
        .exits(2)
        .assert_says("standard input ended before the Access Token Secret");
    assert!(home.files().is_empty());
}

#[test]
fn keys_that_can_only_be_a_mistake_are_refused() {
    let home = Home::new();
    let server = granting(&home, "").start();
    let canaries = &home.canaries;
    for (key, secret, said) in [
        (
            &*canaries.consumer_secret,
            &*canaries.consumer_key,
            "as long as an API Key Secret",
        ),
        (
            &*canaries.access_token,
            &*canaries.consumer_secret,
            "is an access token",
        ),
        (
            &*canaries.consumer_key,
            &*canaries.access_token,
            "is an access token",
        ),
        ("a key", &*canaries.consumer_secret, "white space"),
        (&*canaries.consumer_key, "a secret", "white space"),
        (&*canaries.consumer_key, &*canaries.consumer_key, "the same"),
    ] {
        let asked = home.twauth(["login"]);
        let output = asked.stdin(format!("{key}\n{secret}\n1\n")).exits(2);
        output.assert_says(said);
        // Whatever is sent ends at the proxy, with 3.
        let given = home.twauth(["login"]).env("TWAUTH_CONSUMER_KEY", key);
        let given = given.env("TWAUTH_CONSUMER_SECRET", secret);
        given.env("HTTPS_PROXY", "http://127.0.0.1:1").exits(2);
    }
    assert_eq!((server.connections(), home.files().len()), (0, 0));
}

#[test]
fn the_sandbox_needs_no_keys_and_has_a_file_of_its_own() {
    let home = Home::new();
    let login = Login::start(home.twauth(["login", "--sandbox"]));
    login.authorized_by("sandbot").assert_code(0);
    assert_eq!(home.files(), ["tw-sandbox.json"]);
    assert_eq!(home.json("tw-sandbox.json")["server"], "sandbox");
    let output = home.twauth(["verify", "-c", "tw-sandbox.json"]).run();
    assert_eq!(output.assert_code(0).stdout, "sandbot\n");
}

#[test]
fn login_writes_no_standard_input() {
    let home = Home::new();
    home.twauth(["login", "-c", "-"]).exits(2);
}

#[test]
fn the_sandbox_takes_its_own_pair_whatever_the_environment_holds() {
    let home = Home::new();
    let run = home
        .twauth(["login", "--sandbox", "--no-browser"])
        .with_pair();
    let mut login = Login::start(run);
    let url = login.authorization_url();
    login.answer(&browser::authorize(&url, "sandbot"));
    login.finish().assert_code(0);
    let stored = home.json("tw-sandbox.json");
    assert_eq!(stored["consumer_key"], "sandbox-consumer-key");
}
