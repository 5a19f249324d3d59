//! The token legs, the pages and the checks on every signature.

use serde_json::Value;

use super::client::{
    Signing, Token, access_token, answer, answer_with, login, me, now, pin, post_form,
    request_token, send, started,
};

#[test]
fn a_token_of_one_sandbox_is_good_at_another() {
    let token = login(started(&[]), "any_Name_77");
    let user = me(started(&[]), &token);
    assert_eq!(user.json()["data"]["username"], "any_Name_77");
}

#[test]
fn a_wrong_pin_spends_the_request_token() {
    let port = started(&[]);
    let temporary = request_token(port, "oob");
    let pin = pin(port, &temporary, "sandbot");
    let wrong = access_token(port, &temporary, "not it");
    assert_eq!(wrong.status, 401);
    assert_eq!(
        wrong.header("content-type"),
        Some("text/html;charset=utf-8")
    );
    assert!(
        wrong
            .header("www-authenticate")
            .unwrap()
            .starts_with("OAuth realm=")
    );
    assert_eq!(
        wrong.body,
        "Error processing your OAuth request: Invalid oauth_verifier parameter"
    );
    let spent = access_token(port, &temporary, &pin);
    assert_eq!(
        (spent.status, &*spent.body),
        (401, "Invalid request token.")
    );
    let path = format!("/oauth/authorize?oauth_token={}", temporary.0);
    let page = send(port, "GET", &path, "", b"");
    assert!(page.status == 403 && page.body.contains("Whoa there!"));
}

#[test]
fn a_callback_gets_the_verifier_or_the_refusal() {
    let port = started(&[]);
    let temporary = request_token(port, "http://127.0.0.1:9/back?a=b");
    let yes = answer(port, &temporary, "newsbot", "authorize");
    let location = yes.header("location").unwrap();
    let start = format!(
        "http://127.0.0.1:9/back?a=b&oauth_token={}&oauth_verifier=",
        temporary.0
    );
    assert_eq!(
        (yes.status, location.starts_with(&start)),
        (302, true),
        "{location}"
    );
    let verifier = location.rsplit('=').next().unwrap();
    assert_eq!(
        access_token(port, &temporary, verifier).field("screen_name"),
        "newsbot"
    );
    let refused = request_token(port, "http://127.0.0.1:9/back");
    let no = answer(port, &refused, "newsbot", "cancel");
    let denied = format!("http://127.0.0.1:9/back?denied={}", refused.0);
    assert_eq!(no.header("location"), Some(denied.as_str()));
    let foreign = Signing::new("POST", "/oauth/request_token", None)
        .with("oauth_callback", "http://example.com/")
        .send(port);
    assert_eq!((foreign.status, foreign.body.contains("415")), (403, true));
}

#[test]
fn a_spoiled_request_is_refused() {
    let port = started(&[]);
    let token = login(port, "sandbot");
    let path = "/1.1/account/verify_credentials.json";
    let good = || Signing::new("GET", path, Some(&token));
    let replayed = good();
    assert_eq!(replayed.send(port).status, 200);
    let old = (now() - 301).to_string();
    let unknown = Token("1-sandbox-rw-1".to_owned(), String::new());
    let other_secret = Token(token.0.clone(), format!("{}x", token.1));
    for (signing, status, code) in [
        (replayed, 401, 32),
        (good().with("oauth_timestamp", &old), 401, 135),
        (good().with("oauth_timestamp", "soon"), 401, 135),
        (good().with("oauth_consumer_key", "another"), 401, 32),
        (good().with("oauth_signature_method", "PLAINTEXT"), 401, 32),
        (good().with("oauth_version", "2.0"), 401, 32),
        (good().with("oauth_nonce", ""), 400, 215),
        (good().with("oauth_token", ""), 401, 32),
        (
            Signing::new("GET", &format!("{path}?oauth_nonce=again"), Some(&token)),
            400,
            215,
        ),
        (Signing::new("GET", path, Some(&unknown)), 401, 89),
        (Signing::new("GET", path, Some(&other_secret)), 401, 32),
    ] {
        let reply = signing.send(port);
        let seen = reply.json()["errors"][0]["code"].clone();
        assert_eq!(
            (reply.status, seen),
            (status, Value::from(code)),
            "{:?}",
            signing.oauth
        );
        assert_eq!(reply.header("x-access-level"), None);
    }
    let old = Signing::new("GET", "/2/users/me", Some(&token)).with("oauth_timestamp", &old);
    assert_eq!(old.send(port).json()["title"], "Unauthorized");
    let bearer = send(
        port,
        "GET",
        "/2/users/me",
        "Authorization: Bearer x\r\n",
        b"",
    );
    assert!(bearer.status == 403 && bearer.body.contains("unsupported-authentication"));
}

#[test]
fn the_parameters_may_travel_in_query_or_form() {
    let port = started(&[]);
    let signed = Signing::new("POST", "/oauth/request_token", None).with("oauth_callback", "oob");
    let header = signed.header(port);
    let (_, list) = header.trim().split_once("OAuth ").unwrap();
    let form = list.replace(", ", "&").replace('"', "");
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let sent = send(port, "POST", "/oauth/request_token", kind, form.as_bytes());
    assert_eq!(sent.status, 200, "{}", sent.body);
    let again = send(
        port,
        "POST",
        &format!("/oauth/request_token?{form}"),
        "",
        b"",
    );
    assert!(
        again.body.contains("32"),
        "the query is read, and the nonce was used"
    );
}

#[test]
fn a_form_that_another_site_made_is_refused() {
    let port = started(&[]);
    let temporary = request_token(port, "oob");
    let fields = [
        ("oauth_token", temporary.0.as_str()),
        ("authenticity_token", "guessed"),
        ("screen_name", "sandbot"),
        ("action", "authorize"),
    ];
    assert_eq!(post_form(port, "/oauth/authorize", "", &fields).status, 403);
}

#[test]
fn any_valid_name_may_be_typed_and_wins_over_the_choice() {
    let port = started(&[]);
    let temporary = request_token(port, "oob");
    for (other, status) in [("not valid", 400), ("@My_Bot", 200)] {
        let page = answer_with(
            port,
            &temporary,
            &[
                ("screen_name", "sandbot"),
                ("other", other),
                ("action", "authorize"),
            ],
        );
        assert_eq!(page.status, status, "{}", page.body);
        assert_eq!(page.body.contains("as <b>@My_Bot</b>"), status == 200);
    }
}

#[test]
fn the_page_shows_who_is_signed_in_unless_told_to_ask() {
    let port = started(&[]);
    let temporary = request_token(port, "oob");
    let path = format!(
        "/oauth/authorize?oauth_token={}&screen_name=readerbot",
        temporary.0
    );
    let cookie = "Cookie: a=b; twauth_sandbox_account=newsbot\r\n";
    let page = |path: &str, headers: &str| send(port, "GET", path, headers, b"").body;
    assert!(page(&path, "").contains("value=\"readerbot\" checked"));
    let signed_in = page(&path, cookie);
    assert!(signed_in.contains("Signed in as") && signed_in.contains("<b>@newsbot</b>"));
    assert!(!signed_in.contains("@readerbot"));
    let forced = page(&format!("{path}&force_login=true"), cookie);
    assert!(forced.contains("value=\"readerbot\" checked"));
    let strange = format!(
        "/oauth/authorize?oauth_token={}&screen_name=%3Ci%3E",
        temporary.0
    );
    let strange = page(&strange, "");
    assert!(strange.contains("&lt;i&gt; is not a valid screen name") && !strange.contains("<i>"));
    let unlisted = page(
        &format!("{path}&screen_name=other").replace("readerbot", "mybot"),
        "",
    );
    assert!(unlisted.contains("value=\"mybot\" checked"));
}
