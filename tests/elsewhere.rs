//! Servers with X's paths that are not X: wikis and social networks that answer in their own ways.

use serde_json::json;

use crate::support::{
    Behaviour, Home, Login, Output, RawServer, Reply, Script, at_once, made_up, reply,
};

const ME: &str = "GET /2/users/me";
const OLDER: &str = "GET /1.1/account/verify_credentials.json";
const TOKEN: &str = "POST /oauth/access_token";

fn older_alone(id: &serde_json::Value, name: &str) -> Script {
    Script::new()
        .reply(
            ME,
            Reply::new(404, "text/html", "<!DOCTYPE html><title>Not found</title>"),
        )
        .reply(
            OLDER,
            Reply::json(200, &json!({"id": id, "screen_name": name})),
        )
}

fn run(server: &RawServer, words: &[&str]) -> Output {
    let home = Home::with_account(&server.url());
    home.twauth(words).run()
}

#[test]
fn a_server_with_the_older_api_alone_is_asked_by_it() {
    let id: serde_json::Value = 931_657_239_872_432_861_u64.into();
    let server = older_alone(&id, "mybot").start();
    let output = run(&server, &["verify"]).assert_code(0);
    assert_eq!(output.stdout, "mybot\n");
    assert_eq!(server.count(OLDER), 1);
}

#[test]
fn a_name_elsewhere_may_be_any_text_without_control_characters() {
    for (name, code) in [
        ("Émile Zola 日本", 0),
        ("$(id)", 0),
        ("a\nb", 3),
        ("\u{202e}evil", 3),
        ("", 3),
        (&"n".repeat(101), 3),
    ] {
        let home = Home::new();
        let server = older_alone(&"5".into(), name).start();
        let mut account = home.account(&server.url());
        let labels = account.as_object_mut().unwrap();
        labels.remove("screen_name");
        labels.remove("user_id");
        labels["access_token"] = made_up("token", 40, 1).into();
        home.write("tw.json", account.to_string());
        let output = home.twauth(["verify", "--update"]).exits(code);
        if code == 0 {
            assert_eq!(output.stdout, format!("{name}\n"));
            assert_eq!(home.json("tw.json")["screen_name"], name);
            home.twauth(["list"]).exits(0);
        }
    }
}

/// A login that gives one PIN to a server that answers it so.
fn refused_pin(reply: Reply) -> Output {
    let home = Home::new();
    let server = Script::new()
        .reply(
            "POST /oauth/request_token",
            reply::temporary("temporary", "secret-of-the-temporary"),
        )
        .reply(TOKEN, reply)
        .start();
    let key = home.canaries.consumer_key.clone();
    let run = home
        .twauth(["login", "--no-browser", "--server", &server.url()])
        .env("TWAUTH_CONSUMER_KEY", key)
        .env(
            "TWAUTH_CONSUMER_SECRET",
            home.canaries.consumer_secret.clone(),
        );
    let mut login = Login::start(run);
    login.authorization_url();
    login.answer("1234567");
    login.finish()
}

#[test]
fn a_refused_pin_is_known_by_words_or_by_a_page() {
    for reply in [
        Reply::new(401, "text/plain", "Invalid or expired request token"),
        Reply::new(
            400,
            "text/html",
            "<html><body>Invalid verifier</body></html>",
        ),
        Reply::new(
            403,
            "text/html",
            "<!DOCTYPE html><title>Error</title><p>The verifier is wrong</p>",
        ),
        Reply::new(
            200,
            "text/html",
            "Error: the verification token was not recognised",
        ),
    ] {
        let output = refused_pin(reply.clone());
        assert!(
            output.stderr.contains("rejected the PIN"),
            "{reply:?} {output:?}"
        );
    }
    // Not by a page about something else.
    let output = refused_pin(reply::gateway_page(403));
    assert_eq!(output.code, 3, "{output:?}");
}

#[test]
fn an_error_with_the_status_of_success_is_a_refusal() {
    let home = Home::new();
    let server = RawServer::replying(
        "*",
        Reply::new(200, "text/html", "Error: consumer key unknown"),
    );
    let run = home
        .twauth(["login", "--no-browser", "--server", &server.url()])
        .env("TWAUTH_CONSUMER_KEY", home.canaries.consumer_key.clone())
        .env(
            "TWAUTH_CONSUMER_SECRET",
            home.canaries.consumer_secret.clone(),
        );
    run.exits(4);
}

#[test]
fn nothing_that_is_said_speaks_of_x() {
    let problem = |status, kind: &str| {
        let kind = format!("https://api.x.com/2/problems/{kind}");
        reply::problem(status, "No", "no", &kind)
    };
    let refusals = [
        reply::error(401, 32, "Could not authenticate you."),
        reply::error(401, 89, "Invalid or expired token."),
        reply::error(403, 64, "suspended"),
        reply::error(403, 326, "locked"),
        reply::error(403, 187, "Status is a duplicate."),
        reply::error(403, 186, "too long"),
        reply::error(403, 226, "automated"),
        reply::error(403, 415, "Callback URL not approved"),
        reply::error(403, 453, "not enrolled"),
        reply::error(403, 99_999, "no"),
        reply::error(404, 34, "not found"),
        problem(402, "credits-depleted"),
        problem(403, "oauth1-permissions"),
        problem(403, "spend-cap-reached"),
        problem(403, "unsupported-authentication"),
        problem(429, "usage-capped"),
        reply::rate_limited(0),
        reply::error(503, 130, "Over capacity"),
        reply::gateway_page(502),
        Reply::new(500, "text/plain", "trouble"),
        Reply::new(201, "text/plain", "made"),
        reply::posted("77", "hi"),
    ];
    at_once(refusals, |refusal| {
        let server = RawServer::replying("*", refusal.clone());
        for words in [
            &["tweet", "hi", "--retries", "0"][..],
            &["verify", "--retries", "0"],
            &["delete", "1", "--retries", "0"],
            &["bearer"],
            &["request", "/2/x", "--retries", "0"],
        ] {
            let output = run(&server, words);
            let said = format!(" {} ", output.stderr.replace(['\n', '\''], " "));
            assert!(
                !said.contains("x.com") && !said.contains(" X "),
                "{refusal:?} {output:?}"
            );
            if words[0] == "tweet" {
                assert!(!output.stdout.contains("x.com"), "{output:?}");
            }
        }
    });
    let silent = RawServer::behaving("*", Behaviour::CloseAfterRequest);
    let output = run(&silent, &["tweet", "hi"]).assert_code(8);
    output.assert_says("the server 127.0.0.1:");
}

#[test]
fn no_words_of_a_reply_that_may_hold_a_new_secret_are_shown() {
    let new_secret = made_up("new-token-secret-", 40, 9);
    for status in [400, 403, 404, 500] {
        let words = format!("oauth_token=7-t&oauth_token_secret={new_secret}");
        let reply = Reply::new(status, "text/plain", words);
        let output = refused_pin(reply);
        assert!(!output.stderr.contains(&new_secret[8..20]), "{output:?}");
    }
    let server = RawServer::replying("*", Reply::json(403, &json!({"error": new_secret})));
    let output = run(&server, &["bearer"]);
    assert!(
        output.code != 0 && !output.stderr.contains(&new_secret[8..20]),
        "{output:?}"
    );
}

#[test]
fn brackets_of_a_query_are_sent_encoded() {
    let server = RawServer::replying("*", Reply::json(200, &json!({})));
    run(&server, &["request", "/2/x?filter[name]=a[0]"]).assert_code(0);
    assert_eq!(
        server.requests()[0].target,
        "/2/x?filter%5Bname%5D=a%5B0%5D"
    );
}

#[test]
fn a_nonce_is_of_letters_and_digits_as_strict_servers_want_it_and_never_twice_the_same() {
    let server = RawServer::replying("*", Reply::json(200, &json!({})));
    let mut seen = Vec::new();
    for _ in 0..20 {
        run(&server, &["request", "/2/x"]).assert_code(0);
    }
    for request in server.requests() {
        let header = request.header("authorization").unwrap().to_owned();
        let nonce = header.split("oauth_nonce=\"").nth(1).unwrap();
        let nonce = nonce.split('"').next().unwrap().to_owned();
        assert!((20..=30).contains(&nonce.len()), "{nonce}");
        assert!(
            nonce.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            "{nonce}"
        );
        assert!(!seen.contains(&nonce), "{nonce}");
        seen.push(nonce);
    }
}

#[test]
fn a_reply_without_the_app_only_token_asks_for_no_login() {
    let server = RawServer::replying("*", Reply::json(200, &json!({})));
    for words in [&["bearer"][..], &["request", "--bearer", "/2/x"]] {
        let output = run(&server, words).assert_code(3);
        assert!(
            output.stderr.contains("try again later") && !output.stderr.contains("twauth login"),
            "{output:?}"
        );
    }
}

#[test]
fn the_token_of_another_account_is_to_be_made_at_the_server_that_is_meant() {
    let home = Home::new();
    let server = RawServer::replying("*", reply::me("7", "second"));
    let output = home
        .twauth(["login", "--with-token", "-a", "mybot", "--server"])
        .args([server.url()])
        .with_pair()
        .stdin("7-token\nits-secret\n")
        .exits(5)
        .assert_says("generate the token at 127.0.0.1:");
    assert!(!output.stderr.contains("x.com"), "{output:?}");
}
