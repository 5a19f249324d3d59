//! No secret leaves its place: whole runs at every verbosity, searched for all that was signed, given or typed.

use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::support::browser;
use crate::support::canary::leak;
use crate::support::home::Home;
use crate::support::login::{Login, log_in};
use crate::support::raw_server::Script;
use crate::support::reply;
use crate::support::run::Run;
use crate::support::sandbox::SandboxServer;

/// Everything that makes programs talkative.
fn talkative(run: Run) -> Run {
    run.env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "full")
        .env("HYPER_TRACE", "1")
        .env("REQWEST_LOG", "trace")
        .env("DEBUG", "*")
}

#[test]
fn a_login_tells_no_secret_at_any_verbosity() {
    for words in [
        &["-q"][..],
        &[],
        &["-v"],
        &["-vv"],
        &["-vv", "--json"],
        &["-vvvv"],
    ] {
        let home = Home::new();
        let sandbox = SandboxServer::start(&home);
        let login = home.twauth(["login", "--server", &sandbox.url]).args(words);
        let login = login
            .env("TWAUTH_CONSUMER_KEY", &sandbox.consumer_key)
            .env("TWAUTH_CONSUMER_SECRET", &sandbox.consumer_secret);
        let mut login = Login::start(talkative(login));
        let pin = browser::authorize(&login.authorization_url(), "newsbot");
        home.also_secret(&pin);
        login.answer(&pin);
        let output = login.finish().assert_code(0);
        home.watch_file("tw.json");
        let file = home.json("tw.json");
        let token = file["access_token"].as_str().unwrap();
        let random = token.rsplit('-').next().unwrap();
        for text in [&output.stdout, &output.stderr] {
            // The support has searched for what was secret before; the token and its secret came during the run.
            home.assert_no_secret(text.as_bytes(), "the login's output");
            assert_eq!(leak(text.as_bytes(), random), None, "{output:#?}");
        }
        home.assert_no_secret_in_files_but(&["tw.json"]);
    }
}

#[test]
fn no_request_is_traced_with_its_signature_or_token() {
    let home = Home::new();
    let everything = json!({
        "data": {"id": "1990000000000000001", "username": "mybot", "deleted": true},
        "access_token": "of-the-app-alone", "token_type": "bearer",
    });
    let server = Script::new()
        .reply("*", reply::Reply::json(201, &everything))
        .start();
    home.also_secret(&home.canaries.access_token["931657239872432861-".len()..]);
    for words in [
        &["verify"][..],
        &["tweet", "hello"],
        &["delete", "1990000000000000001"],
        &["request", "/2/users/me?a=b"],
        &["request", "/2/tweets", "-F", "status=hello"],
        &["logout", "--yes"],
    ] {
        for mode in [&["-vv"][..], &["-vv", "--json"]] {
            home.write_account(&server.url());
            let before = server.requests().len();
            let output = talkative(home.twauth(words).args(mode)).run();
            let requests = server.requests();
            assert!(requests.len() > before, "{output:#?}");
            for request in &requests[before..] {
                let header = request.header("authorization").unwrap();
                let (_, rest) = header.split_once("oauth_signature=\"").unwrap();
                let signature = rest.split('"').next().unwrap();
                let plain = percent_decode_str(signature).decode_utf8().unwrap();
                for text in [&output.stdout, &output.stderr] {
                    assert!(
                        !text.contains(signature) && !text.contains(&*plain),
                        "{output:#?}"
                    );
                }
                assert!(output.stderr.contains("oauth_nonce"), "{output:#?}");
                // Nothing secret is in a URL, and of the body only what was typed.
                home.assert_no_secret(request.target.as_bytes(), "a URL");
                home.assert_no_secret(&request.body, "a body");
            }
        }
    }
    home.assert_no_secret_in_files_but(&["tw.json"]);
}

#[test]
fn the_app_only_token_is_the_result_and_stands_nowhere_else() {
    let home = Home::new();
    let body = json!({"token_type": "bearer", "access_token": "canary-of-the-app-alone"});
    let server = Script::new()
        .reply("*", reply::Reply::json(200, &body))
        .start();
    home.write_account(&server.url());
    let output = talkative(home.twauth(["bearer", "-vv"]))
        .run()
        .assert_code(0);
    assert_eq!(output.stdout, "canary-of-the-app-alone\n");
    assert_eq!(
        leak(output.stderr.as_bytes(), "canary-of-the-app-alone"),
        None
    );
    // The header was Basic: the base64 of both, whole.
    let header = server.requests()[0]
        .header("authorization")
        .unwrap()
        .to_owned();
    let pair = header.strip_prefix("Basic ").unwrap();
    assert!(!output.stderr.contains(pair), "{output:#?}");
    assert_eq!(
        leak(output.stderr.as_bytes(), &home.canaries.consumer_key),
        None
    );
}

#[test]
fn a_usage_error_repeats_nothing_of_what_was_typed() {
    let home = Home::new();
    let secret = home.canaries.consumer_secret.clone();
    for words in [
        &["login", &*secret][..],
        &["login", "--consumer-secret", &secret],
        &["login", &format!("--consumer-secret={secret}")],
        &["tweet", "hello", &secret],
        &["verify", "--timeout", &secret],
        &["verify", "--server", &secret],
        &[
            "verify",
            "--server",
            &format!("https://user:{secret}@127.0.0.1"),
        ],
        &["verify", "--retries", &secret],
        &["sandbox", "--fault", &secret],
        &["request", &secret],
        &[&secret],
        &[&format!("--{secret}")],
    ] {
        for json in [&[][..], &["--json"]] {
            // The support searches what is said.
            let output = home.twauth(json).args(words).run();
            assert_ne!(output.code, 0, "{output:#?}");
        }
    }
}

#[test]
fn a_file_that_does_not_parse_is_not_quoted() {
    let home = Home::new();
    let account = home.account("sandbox").to_string();
    let secret = &home.canaries.access_token_secret;
    for content in [
        account[..account.len() - 10].to_owned(),
        account.replace("\"consumer_secret\"", "consumer_secret"),
        account.replace(&format!("\"{secret}\""), secret),
        format!("{secret}\n"),
        format!("{account}{secret}"),
        account.replace("\"access_token_secret\"", "\"access_token\""),
    ] {
        home.write("tw.json", &content);
        for words in [&["verify", "-vv"][..], &["list", "--json"], &["tweet", "x"]] {
            talkative(home.twauth(words)).run().assert_code(1);
        }
        assert_eq!(home.read("tw.json"), content);
    }
}

#[test]
fn no_secret_is_an_argument_of_a_run() {
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    log_in(&home, &sandbox, "newsbot", &[]);
    let mut tweet = home.twauth(["tweet", "-vv"]).start();
    // Linux alone tells.
    let arguments = std::fs::read(format!("/proc/{}/cmdline", tweet.id())).unwrap_or_default();
    home.assert_no_secret(&arguments, "the arguments");
    tweet.say("said once");
    tweet.close_stdin();
    tweet.finish().assert_code(0);
}
