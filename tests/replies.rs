//! What twauth reads from replies: tokens, their accounts, and the time.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::support::asked::{Asked, POST_ID, run, temporary_secret, token_secret};
use crate::support::{
    Behaviour, Home, Output, RawServer, Reply, SCREEN_NAME, Script, USER_ID, reply,
};

#[test]
fn a_good_reply_is_stored() {
    let home = Home::new();
    let canaries = &home.canaries;
    let granted = reply::token(
        &canaries.access_token,
        &canaries.access_token_secret,
        USER_ID,
        SCREEN_NAME,
    );
    let server = Asked::AccessToken.server(Behaviour::Reply(granted));
    let output = Asked::AccessToken.command(&home, &server).run();
    assert_eq!(output.assert_code(0).stdout, "mybot\n");
    assert_eq!(home.json("tw.json"), home.account(&server.url()));
}

/// A login whose access token comes with this reply.
fn granted(form: impl Into<Vec<u8>>, arguments: &[&str]) -> (Home, Output) {
    let home = Home::new();
    let reply = Reply::new(200, "text/html; charset=utf-8", form);
    let server = Asked::AccessToken.server(Behaviour::Reply(reply));
    let command = Asked::AccessToken.command(&home, &server);
    let output = command.args(arguments).run();
    (home, output)
}

#[test]
fn a_token_reply_is_read_whatever_its_type_and_extras() {
    let good = format!("oauth_token=7-t&oauth_token_secret={}", token_secret());
    for rest in [
        "&user_id=931657239872432861&screen_name=mybot",
        "&user_id=931657239872432861&screen_name=mybot\n",
        "&x_auth_expires=0&new=%20field&user_id=931657239872432861&screen_name=mybot\r\n",
        // Without a name, or with one that is none, verification tells the true one.
        "",
        "&user_id=931657239872432861&screen_name=",
        "&user_id=931657239872432861&screen_name=%20mybot",
        "&user_id=-1&screen_name=mybot",
        "&user_id=9.3e17&screen_name=mybot",
    ] {
        let (home, output) = granted(format!("{good}{rest}"), &[]);
        let output = output.assert_code(0);
        assert_eq!(output.stdout, "mybot\n", "{rest}");
        let file = home.json("tw.json");
        assert_eq!(file["screen_name"], "mybot", "{rest}");
        // Past 2^53, and still text.
        assert_eq!(file["user_id"], "931657239872432861", "{rest}");
        assert_eq!(file["access_token"], "7-t");
    }
    let long = format!("{good}&user_id=1&screen_name={}", "a".repeat(10_000));
    let (home, output) = granted(long, &["--no-verify"]);
    output.assert_code(0);
    assert_eq!(home.json("tw.json")["screen_name"], Value::Null);
}

#[test]
fn a_token_reply_that_could_do_harm_is_refused() {
    let secret = token_secret();
    for form in [
        format!("oauth_token=&oauth_token_secret={secret}"),
        "oauth_token=7-t&oauth_token_secret=".to_owned(),
        "oauth_token=7-t".to_owned(),
        format!("oauth_token_secret={secret}"),
        format!("oauth_token=7-t&oauth_token=8-t&oauth_token_secret={secret}"),
        format!("oauth_token=7-t&oauth_token_secret={secret}&oauth_token_secret={secret}"),
        format!("oauth_token=7%0Dt&oauth_token_secret={secret}"),
        format!("oauth_token=7%00t&oauth_token_secret={secret}"),
        format!("oauth_token=7%1B%5B2Jt&oauth_token_secret={secret}"),
        format!("oauth_token=7%9Bt&oauth_token_secret={secret}"),
        format!("oauth_token=7%FFt&oauth_token_secret={secret}"),
        format!("oauth_token=7%E2%80%AEt&oauth_token_secret={secret}"),
        format!("oauth_token=7%20t&oauth_token_secret={secret}"),
        format!("oauth_token=7\rt&oauth_token_secret={secret}"),
        format!("oauth_token=7\0t&oauth_token_secret={secret}"),
        format!("oauth_token=7t&oauth_token_secret={secret}&screen_name=a%0Ab&user_id=1"),
        format!(
            "oauth_token={}&oauth_token_secret={secret}",
            "7".repeat(10_000)
        ),
        format!("{{\"oauth_token\":\"7-t\",\"oauth_token_secret\":\"{secret}\"}}"),
        format!("<html>oauth_token=7-t&oauth_token_secret={secret}</html>"),
        String::new(),
    ] {
        let (home, output) = granted(form.clone(), &[]);
        assert_eq!(output.code, 3, "{form:?}\n{output:#?}");
        assert!(!home.exists("tw.json"), "{form:?}");
    }
    let mut bytes = b"oauth_token=7\xff-t&oauth_token_secret=".to_vec();
    bytes.extend(secret.as_bytes());
    let (home, output) = granted(bytes, &[]);
    output.assert_code(3);
    assert!(!home.exists("tw.json"));
}

#[test]
fn a_request_token_is_taken_only_with_the_callback_confirmed() {
    let start = format!("oauth_token=t&oauth_token_secret={}", temporary_secret());
    for rest in [
        "",
        "&oauth_callback_confirmed=",
        "&oauth_callback_confirmed=false",
        "&oauth_callback_confirmed=TRUE",
        "&oauth_callback_confirmed=true&oauth_callback_confirmed=true",
    ] {
        let form = Reply::form(&format!("{start}{rest}"));
        let output = run(Asked::RequestToken, &Behaviour::Reply(form), &[], rest).assert_code(3);
        assert!(!output.stderr.contains("/oauth/authorize"), "{output:#?}");
    }
    for start in [
        "oauth_token=&oauth_token_secret=s",
        "oauth_token=t&oauth_token_secret=",
        "oauth_token=t&oauth_token=u&oauth_token_secret=s",
        "oauth_token=t%0D%0A&oauth_token_secret=s",
        "oauth_token=t%00&oauth_token_secret=s",
        "oauth_token=t%1b[2J&oauth_token_secret=s",
        "oauth_token=t%ff&oauth_token_secret=s",
        "<!DOCTYPE html><html>oauth_token=t&oauth_token_secret=s",
    ] {
        let form = Reply::form(&format!("{start}&oauth_callback_confirmed=true"));
        let output = run(Asked::RequestToken, &Behaviour::Reply(form), &[], start).assert_code(3);
        assert!(!output.stderr.contains("/oauth/authorize"), "{output:#?}");
    }
}

#[test]
fn a_401_of_one_endpoint_while_the_other_says_200_is_not_the_end() {
    let server = Script::new()
        .reply(
            "GET /2/users/me",
            reply::problem(401, "Unauthorized", "Unauthorized", "about:blank"),
        )
        .reply(
            "GET /1.1/account/verify_credentials.json",
            reply::verify_credentials(USER_ID, SCREEN_NAME),
        )
        .start();
    let home = Home::with_account(&server.url());
    let output = home.twauth(["verify"]).exits(0);
    assert_eq!(output.stdout, "mybot\n");
    let output = home.twauth(["verify", "--json"]).exits(0);
    assert_eq!(output.json()[0]["state"], "ok");
}

/// A 401 whose `Date` is the time here plus `ahead` seconds, spelled by `spell`.
fn skewed(ahead: i64, spell: impl Fn(String) -> String) -> Reply {
    let now = SystemTime::now();
    let shift = Duration::from_secs(ahead.unsigned_abs());
    let theirs = if ahead < 0 { now - shift } else { now + shift };
    reply::problem(401, "Unauthorized", "Unauthorized", "about:blank")
        .header("date", &spell(httpdate::fmt_http_date(theirs)))
}

#[test]
fn a_wrong_clock_is_named_with_its_sign_and_size() {
    let utc = |date: String| date.replace("GMT", "UTC");
    let same = |date: String| date;
    let verify = |reply: Reply| {
        let server = RawServer::replying("*", reply);
        let home = Home::with_account(&server.url());
        home.twauth(["verify"]).exits(4)
    };
    for (reply, words) in [
        (skewed(1230, same), "20 minutes slow"),
        (skewed(1230, utc), "20 minutes slow"),
        (skewed(-1230, same), "20 minutes fast"),
        (skewed(-90_000, utc), "25 hours fast"),
        (skewed(400 * 86_400 + 60, same), "400 days slow"),
    ] {
        verify(reply).assert_says(words);
    }
    let silent = [
        skewed(0, same),
        skewed(30, utc),
        skewed(-30, same),
        skewed(1230, |date| date.replace("GMT", "PST")),
        skewed(1230, |_| "yesterday".to_owned()),
        skewed(1230, |_| String::new()),
        skewed(1230, |_| "Thu, 99 Foo 20262026 99:99:99 GMT".to_owned()),
        skewed(1230, same).without("date"),
    ];
    for reply in silent {
        let output = verify(reply);
        assert!(!output.stderr.contains("the clock here"), "{output:#?}");
    }
}

#[test]
fn a_post_reply_with_a_byte_order_mark_is_read() {
    let body = format!("\u{feff}{}", json!({"data": {"id": POST_ID}}));
    let reply = Reply::new(201, "application/json", body);
    let output = run(Asked::Tweet, &Behaviour::Reply(reply), &[], "BOM").assert_code(0);
    assert!(output.stdout.contains(POST_ID), "{output:#?}");
}
