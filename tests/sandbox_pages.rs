//! The sandbox's pages for people, and where they lead.

use crate::support::signed::{Token, asked, exchange, field, question, temporary, token_in};
use crate::support::{Browser, Page, SandboxServer, browser};

/// Sends the form of the authorisation page with these fields more.
fn answer(sandbox: &SandboxServer, temporary: &Token, fields: &[(&str, &str)]) -> Page {
    let page = browser::get(&question(sandbox, temporary)).body;
    let (_, rest) = page
        .split_once("name=\"authenticity_token\" value=\"")
        .unwrap();
    let own = [
        ("oauth_token", &*temporary.token),
        ("authenticity_token", rest.split_once('"').unwrap().0),
    ];
    // A field that is given twice counts as it was given first.
    let form = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .extend_pairs(own)
        .finish();
    let url = format!("{}/oauth/authorize", sandbox.url);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    browser::fetch("POST", &url, &headers, form.as_bytes())
}

#[test]
fn a_callback_gets_the_verifier_or_the_refusal() {
    let (_home, sandbox) = SandboxServer::with_home();
    let temporary = || token_in(&asked(&sandbox, "http://127.0.0.1:9/back?a=b"));
    let decide = |temporary: &Token, action| {
        let url = question(&sandbox, temporary);
        let page = Browser::new().decide(&url, Some("newsbot"), action);
        let (_, location) = page.head.split_once("location: ").unwrap();
        assert_eq!(page.status, 302);
        location.lines().next().unwrap().to_owned()
    };
    let granted = temporary();
    let location = decide(&granted, "authorize");
    let (start, verifier) = location.rsplit_once('=').unwrap();
    let expected = "http://127.0.0.1:9/back?a=b&oauth_token=";
    assert_eq!(start, format!("{expected}{}&oauth_verifier", granted.token));
    let page = exchange(&sandbox, &granted, verifier);
    assert_eq!(field(&page, "screen_name"), "newsbot");
    let denied = temporary();
    let expected = format!("http://127.0.0.1:9/back?a=b&denied={}", denied.token);
    assert_eq!(decide(&denied, "cancel"), expected);
    for (callback, status, code) in [
        ("http://example.com/", 403, "415"),
        ("https://127.0.0.1/", 403, "415"),
        ("http://user@127.0.0.1/", 403, "415"),
        ("", 401, "417"),
    ] {
        let page = asked(&sandbox, callback);
        assert_eq!((page.status, page.body.contains(code)), (status, true));
    }
}

#[test]
fn a_form_that_another_site_made_is_refused() {
    let (_home, sandbox) = SandboxServer::with_home();
    let guessed = [
        ("authenticity_token", "guessed"),
        ("screen_name", "sandbot"),
        ("action", "authorize"),
    ];
    let page = answer(&sandbox, &temporary(&sandbox), &guessed);
    assert_eq!(page.status, 403);
    // Nor can it put the page into a frame.
    let head = browser::get(&question(&sandbox, &temporary(&sandbox))).head;
    let policy = head.split_once("content-security-policy: ").unwrap().1;
    for part in [
        "default-src 'none'; ",
        "form-action 'self'; ",
        "frame-ancestors 'none'",
    ] {
        assert!(policy.contains(part), "{head}");
    }
}

#[test]
fn any_valid_name_may_be_typed_and_wins_over_the_choice() {
    let (_home, sandbox) = SandboxServer::with_home();
    let temporary = temporary(&sandbox);
    for (other, status) in [("not valid", 400), ("@My_Bot", 200)] {
        let fields = [
            ("screen_name", "sandbot"),
            ("other", other),
            ("action", "authorize"),
        ];
        let page = answer(&sandbox, &temporary, &fields);
        assert_eq!(page.status, status, "{page:#?}");
        assert_eq!(page.body.contains("as <b>@My_Bot</b>"), status == 200);
    }
}

#[test]
fn the_page_shows_who_is_signed_in_unless_told_to_ask() {
    let (_home, sandbox) = SandboxServer::with_home();
    let url = question(&sandbox, &temporary(&sandbox));
    let page = |parameters: &str| browser::get(&format!("{url}&screen_name={parameters}")).body;
    assert!(page("readerbot").contains("value=\"readerbot\" checked"));
    assert!(page("mybot").contains("value=\"mybot\" checked"));
    let strange = page("%3Ci%3E");
    assert!(strange.contains("&lt;i&gt; is not a valid screen name") && !strange.contains("<i>"));
    let cookie = [("cookie", "a=b; twauth_sandbox_account=newsbot")];
    let page = |more: &str| {
        let url = format!("{url}&screen_name=readerbot{more}");
        browser::fetch("GET", &url, &cookie, b"").body
    };
    let signed_in = page("");
    assert!(signed_in.contains("Signed in as") && signed_in.contains("<b>@newsbot</b>"));
    assert!(!signed_in.contains("@readerbot"));
    assert!(page("&force_login=true").contains("value=\"readerbot\" checked"));
}
