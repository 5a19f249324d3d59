//! What the sandbox makes of requests signed by another hand, well and badly.

use serde_json::{Value, json};

use crate::support::signed::{Signed, encoded, exchange, granted, now, pin, question, temporary};
use crate::support::{Page, SandboxServer, browser};

const WHO: &str = "/1.1/account/verify_credentials.json";

#[test]
fn a_signature_is_taken_whole_and_refused_with_any_bit_wrong() {
    let (_home, sandbox) = SandboxServer::with_home();
    let token = granted(&sandbox);
    let request = Signed::new(&sandbox, "GET", WHO, Some(&token));
    let signature = request.signature();
    for bit in 0..signature.len() * 8 {
        let mut wrong = signature.clone();
        wrong[bit / 8] ^= 1 << (bit % 8);
        let page = request.send_as(&request.header(&wrong));
        assert_eq!(page.status, 401, "bit {bit}: {page:#?}");
    }
    assert_eq!(request.send().status, 200);
    // What was accepted once is spent.
    assert_eq!(request.send().status, 401);
}

/// The status and code of an error.
fn refused(page: &Page) -> (u16, Value) {
    let body: Value = serde_json::from_str(&page.body).unwrap();
    (page.status, body["errors"][0]["code"].clone())
}

#[test]
fn a_parameter_that_is_missing_or_twice_is_refused() {
    let (_home, sandbox) = SandboxServer::with_home();
    let token = granted(&sandbox);
    let request = || Signed::new(&sandbox, "GET", WHO, Some(&token));
    for name in [
        "oauth_consumer_key",
        "oauth_nonce",
        "oauth_signature_method",
        "oauth_timestamp",
        "oauth_token",
    ] {
        let page = request().without(name).send();
        assert!(
            [400, 401].contains(&page.status),
            "without {name}: {page:#?}"
        );
        let twice = request();
        let header = twice.header(&twice.signature());
        let value = encoded(&twice.oauth[name]);
        let page = twice.send_as(&format!("{header}, {name}=\"{value}\""));
        assert!([400, 401].contains(&page.status), "{name} twice: {page:#?}");
    }
    let unsigned = request();
    let header = unsigned.header(&unsigned.signature());
    let (without, _) = header.rsplit_once(", ").unwrap();
    let two_headers = format!("{header}\r\nauthorization: {header}");
    for header in [
        &two_headers,
        without,
        "OAuth",
        "OAuth ",
        "",
        "Basic x",
        "OAuth a=b",
        "OAuth \u{fffd}",
    ] {
        let page = unsigned.send_as(header);
        assert!([400, 401].contains(&page.status), "{header:?}: {page:#?}");
    }
    for (name, value, status, code) in [
        ("oauth_consumer_key", "another", 401, 32),
        ("oauth_signature_method", "PLAINTEXT", 401, 32),
        ("oauth_version", "2.0", 401, 32),
        ("oauth_nonce", "", 400, 215),
        ("oauth_token", "1-sandbox-rw-1", 401, 89),
    ] {
        let page = request().with(name, value).send();
        assert_eq!(refused(&page), (status, json!(code)), "{name}: {page:#?}");
    }
    let me = Signed::new(&sandbox, "GET", "/2/users/me", Some(&token));
    for (header, text) in [
        ("Bearer x", "OAuth 2.0 Application-Only"),
        ("Basic x", "Unknown"),
    ] {
        let page = me.send_as(header);
        assert!(page.status == 403 && page.body.contains(text), "{page:#?}");
    }
    // The version may be left out (RFC 5849 section 3.1).
    assert_eq!(request().without("oauth_version").send().status, 200);
}

#[test]
fn a_timestamp_out_of_bounds_and_a_nonce_seen_before_are_refused() {
    let (_home, sandbox) = SandboxServer::with_home();
    let token = granted(&sandbox);
    let request = || Signed::new(&sandbox, "GET", WHO, Some(&token));
    for timestamp in [
        (now() - 400).to_string(),
        (now() + 400).to_string(),
        "0".to_owned(),
        "-1".to_owned(),
        "soon".to_owned(),
        "99999999999999999999999".to_owned(),
    ] {
        let page = request().with("oauth_timestamp", &*timestamp).send();
        assert_eq!(refused(&page), (401, json!(135)), "{timestamp}: {page:#?}");
    }
    assert_eq!(
        request()
            .with("oauth_timestamp", (now() - 30).to_string())
            .send()
            .status,
        200
    );
    let (first, second) = (request(), request());
    assert_eq!(first.send().status, 200);
    let nonce = first.oauth["oauth_nonce"].clone();
    let timestamp = first.oauth["oauth_timestamp"].clone();
    let again = second
        .with("oauth_nonce", nonce)
        .with("oauth_timestamp", timestamp);
    assert_eq!(again.send().status, 401);
}

#[test]
fn a_pin_is_good_once_and_for_its_own_token() {
    let (_home, sandbox) = SandboxServer::with_home();
    let wrong = temporary(&sandbox);
    let right = pin(&sandbox, &wrong);
    let other = if right == "1234567" {
        "7654321"
    } else {
        "1234567"
    };
    let page = exchange(&sandbox, &wrong, other);
    assert_eq!(page.status, 401);
    assert!(page.body.ends_with("Invalid oauth_verifier parameter"));
    assert!(page.head.contains("content-type: text/html;charset=utf-8"));
    assert!(page.head.contains("www-authenticate: OAuth realm="));
    // A wrong one has spent the token.
    let page = exchange(&sandbox, &wrong, &right);
    assert_eq!((page.status, &*page.body), (401, "Invalid request token."));
    let page = browser::get(&question(&sandbox, &wrong));
    assert!(page.status == 403 && page.body.contains("Whoa there!"));
    let (first, second) = (temporary(&sandbox), temporary(&sandbox));
    let first_pin = pin(&sandbox, &first);
    let second_pin = pin(&sandbox, &second);
    // A URL whose page was answered has no page any more.
    assert_eq!(browser::get(&question(&sandbox, &first)).status, 403);
    if first_pin != second_pin {
        assert_eq!(exchange(&sandbox, &second, &first_pin).status, 401);
    }
    assert_eq!(exchange(&sandbox, &first, &first_pin).status, 200);
    assert_eq!(exchange(&sandbox, &first, &first_pin).status, 401);
    let unasked = temporary(&sandbox);
    for pin in ["", "0000000", "%00"] {
        assert_eq!(exchange(&sandbox, &unasked, pin).status, 401);
    }
}

#[test]
fn the_parameters_may_travel_in_query_or_form() {
    let (_home, sandbox) = SandboxServer::with_home();
    let ask = |as_form: bool| {
        let request = Signed::new(&sandbox, "POST", "/oauth/request_token", None);
        let request = request.with("oauth_callback", "oob");
        let header = request.header(&request.signature());
        let pairs = header.replace("OAuth ", "").replace(", ", "&");
        let pairs = pairs.replace('"', "");
        let url = format!("{}/oauth/request_token", sandbox.url);
        let form = ("content-type", "application/x-www-form-urlencoded");
        if as_form {
            browser::fetch("POST", &url, &[form], pairs.as_bytes())
        } else {
            browser::fetch("POST", &format!("{url}?{pairs}"), &[], b"")
        }
    };
    assert_eq!((ask(true).status, ask(false).status), (200, 200));
}

#[test]
fn the_headers_token_may_be_in_the_form_too_but_no_other() {
    let (_home, sandbox) = SandboxServer::with_home();
    for (is_other, status) in [(true, 400), (false, 200)] {
        let temporary = temporary(&sandbox);
        let request = Signed::new(&sandbox, "POST", "/oauth/access_token", Some(&temporary));
        let request = request.with("oauth_verifier", pin(&sandbox, &temporary));
        let other = if is_other { "x" } else { "" };
        let form = format!("oauth_token={}{other}", temporary.token);
        let page = request.send_body("application/x-www-form-urlencoded", &form);
        assert_eq!(page.status, status, "{page:#?}");
    }
}
