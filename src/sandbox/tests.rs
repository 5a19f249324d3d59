//! The sandbox through HTTP: a small client of its own, over a plain socket.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::signature::{Parameter, base_string, base_string_uri, encoded, signature};
use super::{CONSUMER_KEY, CONSUMER_SECRET, Fault, Sandbox};

struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    }

    /// A field of a form-encoded body.
    fn field(&self, name: &str) -> String {
        let pairs = super::signature::form_parameters(self.body.as_bytes());
        super::call::value(&pairs, name).unwrap()
    }
}

struct Token(String, String);

/// A signed request in the making, so that a test can spoil any part of it.
struct Signing {
    method: &'static str,
    path: String,
    oauth: Vec<(String, String)>,
    token_secret: String,
}

impl Signing {
    fn new(method: &'static str, path: &str, token: Option<&Token>) -> Self {
        static NONCE: AtomicU64 = AtomicU64::new(0);
        let nonce = NONCE.fetch_add(1, Ordering::Relaxed);
        let mut signing = Self {
            method,
            path: path.to_owned(),
            oauth: Vec::new(),
            token_secret: token.map(|token| token.1.clone()).unwrap_or_default(),
        }
        .with("oauth_consumer_key", CONSUMER_KEY)
        .with("oauth_signature_method", "HMAC-SHA1")
        .with("oauth_timestamp", &now().to_string())
        .with("oauth_nonce", &format!("nonce{nonce}"))
        .with("oauth_version", "1.0");
        if let Some(token) = token {
            signing = signing.with("oauth_token", &token.0);
        }
        signing
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.oauth.retain(|(key, _)| key != name);
        if !value.is_empty() {
            self.oauth.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    fn header(&self, port: u16) -> String {
        let (path, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let mut parameters = super::signature::form_parameters(query.as_bytes());
        let oauth = self.oauth.iter();
        parameters.extend(oauth.map(|(name, value)| -> Parameter {
            (name.clone().into_bytes(), value.clone().into_bytes())
        }));
        let uri = base_string_uri("http", &format!("127.0.0.1:{port}"), path);
        let base = base_string(self.method, &uri, &parameters);
        let signature = signature(&base, CONSUMER_SECRET, &self.token_secret);
        let signed = [("oauth_signature".to_owned(), signature)];
        let pairs: Vec<String> = self
            .oauth
            .iter()
            .chain(&signed)
            .map(|(name, value)| format!("{name}=\"{}\"", encoded(value.as_bytes())))
            .collect();
        format!("Authorization: OAuth {}\r\n", pairs.join(", "))
    }

    fn send(&self, port: u16) -> Reply {
        self.send_json(port, "")
    }

    fn send_json(&self, port: u16, body: &str) -> Reply {
        let headers = format!("{}Content-Type: application/json\r\n", self.header(port));
        send(port, self.method, &self.path, &headers, body.as_bytes())
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// Runs a sandbox on a thread of its own until the test process ends; its port.
fn started(faults: &'static [Fault]) -> u16 {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let sandbox = Sandbox::start(0, faults).await.unwrap();
            assert_eq!(
                sandbox.url(),
                format!("http://127.0.0.1:{}", sandbox.port())
            );
            tell.send(sandbox.port()).unwrap();
            std::future::pending::<()>().await;
        });
    });
    told.recv().unwrap()
}

fn send(port: u16, method: &str, path: &str, headers: &str, body: &[u8]) -> Reply {
    let host = format!("Host: 127.0.0.1:{port}\r\n{headers}");
    try_send(port, method, path, &host, body).unwrap()
}

fn try_send(
    port: u16,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> std::io::Result<Reply> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    let head = format!(
        "{method} {path} HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), body].concat())?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text
        .split_once("\r\n\r\n")
        .ok_or(std::io::ErrorKind::UnexpectedEof)?;
    Ok(Reply {
        status: head[9..12].parse().unwrap(),
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

fn post_form(port: u16, path: &str, headers: &str, fields: &[(&str, &str)]) -> Reply {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value.as_bytes())))
        .collect();
    let headers = format!("{headers}Content-Type: application/x-www-form-urlencoded\r\n");
    send(port, "POST", path, &headers, pairs.join("&").as_bytes())
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split_once(after).unwrap().0
}

fn request_token(port: u16, callback: &str) -> Token {
    let reply = Signing::new("POST", "/oauth/request_token", None)
        .with("oauth_callback", callback)
        .send(port);
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(
        reply.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    assert_eq!(reply.field("oauth_callback_confirmed"), "true");
    Token(
        reply.field("oauth_token"),
        reply.field("oauth_token_secret"),
    )
}

/// Answers the authorisation page.
fn answer(port: u16, token: &Token, screen_name: &str, action: &str) -> Reply {
    let path = format!("/oauth/authorize?oauth_token={}", token.0);
    let page = send(port, "GET", &path, "", b"");
    assert_eq!(page.status, 200);
    let form_token = between(&page.body, "name=\"authenticity_token\" value=\"", "\"");
    let fields = [
        ("oauth_token", token.0.as_str()),
        ("authenticity_token", form_token),
        ("screen_name", screen_name),
        ("action", action),
    ];
    post_form(port, "/oauth/authorize", "", &fields)
}

fn pin(port: u16, token: &Token, screen_name: &str) -> String {
    let page = answer(port, token, screen_name, "authorize");
    assert_eq!(page.status, 200);
    let pin = between(&page.body, "<code id=\"pin\">", "</code>");
    assert!(pin.len() == 7 && pin.bytes().all(|byte| byte.is_ascii_digit()));
    pin.to_owned()
}

fn access_token(port: u16, token: &Token, pin: &str) -> Reply {
    Signing::new("POST", "/oauth/access_token", Some(token))
        .with("oauth_verifier", pin)
        .send(port)
}

fn login(port: u16, screen_name: &str) -> Token {
    let temporary = request_token(port, "oob");
    let pin = pin(port, &temporary, screen_name);
    let reply = access_token(port, &temporary, &pin);
    assert_eq!(reply.status, 200, "{}", reply.body);
    Token(
        reply.field("oauth_token"),
        reply.field("oauth_token_secret"),
    )
}

fn tweet(port: u16, token: &Token, body: &str) -> Reply {
    Signing::new("POST", "/2/tweets", Some(token)).send_json(port, body)
}

fn me(port: u16, token: &Token) -> Reply {
    Signing::new("GET", "/2/users/me", Some(token)).send(port)
}

#[test]
fn a_login_ends_in_a_post_and_its_deletion() {
    let port = started(&[]);
    let token = login(port, "weatherbot");
    assert_eq!(
        token.0,
        format!(
            "1900000000000000002-sandbox-rw-{}",
            token.0.rsplit('-').next().unwrap()
        )
    );
    let user = me(port, &token);
    assert_eq!(user.status, 200, "{}", user.body);
    assert_eq!(user.json()["data"]["username"], "weatherbot");
    assert_eq!(user.header("x-access-level"), Some("read-write"));
    assert_eq!(user.header("x-rate-limit-remaining"), Some("74"));
    let post = tweet(port, &token, r#"{"text":"<b>sunny</b>"}"#);
    assert_eq!(post.status, 201, "{}", post.body);
    let id = post.json()["data"]["id"].as_str().unwrap().to_owned();
    assert!(
        send(port, "GET", "/", "", b"")
            .body
            .contains("&lt;b&gt;sunny&lt;/b&gt;")
    );
    let again = tweet(port, &token, r#"{"text":"<b>sunny</b>"}"#);
    assert_eq!(
        (again.status, again.body.contains("duplicate content")),
        (403, true)
    );
    let path = format!("/2/tweets/{id}");
    let delete = || Signing::new("DELETE", &path, Some(&token)).send(port);
    assert_eq!(delete().body, r#"{"data":{"deleted":true}}"#);
    assert_eq!(delete().status, 404);
}

#[test]
fn a_token_of_one_sandbox_is_good_at_another() {
    let token = login(started(&[]), "fleetbot77");
    let user = me(started(&[]), &token);
    assert_eq!(user.json()["data"]["username"], "fleetbot77");
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
    assert_eq!(access_token(port, &temporary, &pin).status, 401);
}

#[test]
fn a_pin_works_once_and_for_its_own_token() {
    let port = started(&[]);
    let (first, second) = (request_token(port, "oob"), request_token(port, "oob"));
    let first_pin = pin(port, &first, "sandbot");
    pin(port, &second, "sandbot");
    assert_eq!(access_token(port, &second, &first_pin).status, 401);
    assert_eq!(access_token(port, &first, &first_pin).status, 200);
    let twice = access_token(port, &first, &first_pin);
    assert_eq!(
        (twice.status, twice.body.as_str()),
        (401, "Invalid request token.")
    );
    let path = format!("/oauth/authorize?oauth_token={}", first.0);
    let page = send(port, "GET", &path, "", b"");
    assert_eq!(
        (page.status, page.body.contains("Whoa there!")),
        (403, true)
    );
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
fn foreign_hosts_and_origins_are_refused() {
    let port = started(&[]);
    let status = |headers: &str| try_send(port, "GET", "/", headers, b"").unwrap().status;
    for own in ["127.0.0.1", "localhost", "[::1]"] {
        assert_eq!(status(&format!("Host: {own}:{port}\r\n")), 200, "{own}");
        let origin = format!("Host: 127.0.0.1:{port}\r\nOrigin: http://{own}:{port}\r\n");
        assert_eq!(status(&origin), 200, "{own}");
    }
    for foreign in ["example.com", "127.0.0.1.example.com", "127.0.0.2", ""] {
        assert_eq!(
            status(&format!("Host: {foreign}:{port}\r\n")),
            403,
            "{foreign}"
        );
    }
    assert_eq!(status("Host: 127.0.0.1\r\n"), 403);
    assert_eq!(status(""), 403);
    for foreign in [
        "http://example.com",
        "null",
        "http://127.0.0.1:1",
        "https://localhost",
    ] {
        let origin = format!("Host: 127.0.0.1:{port}\r\nOrigin: {foreign}\r\n");
        assert_eq!(status(&origin), 403, "{foreign}");
    }
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
    assert!(strange.contains("@&lt;i&gt; does not live") && !strange.contains("<i>"));
}

#[test]
fn faults_answer_as_x_would() {
    for (fault, call, status, text) in [
        (&[Fault::ReadOnly], "tweet", 403, "oauth1-permissions"),
        (&[Fault::Duplicate], "tweet", 403, "duplicate content"),
        (&[Fault::NoCredits], "me", 402, "credits-depleted"),
        (&[Fault::RateLimit], "me", 429, "Too Many Requests"),
        (&[Fault::Locked], "me", 403, "temporarily locked"),
        (&[Fault::Suspended], "me", 403, "user-suspended"),
        (&[Fault::OverCapacity], "me", 503, "Service Unavailable"),
        (&[Fault::GatewayPage], "me", 503, "<!DOCTYPE html>"),
    ] {
        let port = started(fault);
        let token = login(port, "sandbot");
        let reply = match call {
            "me" => me(port, &token),
            _ => tweet(port, &token, r#"{"text":"a"}"#),
        };
        assert_eq!(reply.status, status, "{fault:?} {}", reply.body);
        assert!(reply.body.contains(text), "{fault:?} {}", reply.body);
        if fault == &[Fault::ReadOnly] {
            assert!(token.0.contains("-sandbox-read-"));
            assert_eq!(reply.header("x-access-level"), Some("read"));
        }
    }
}

#[test]
fn faults_of_line_clock_and_account_show_where_they_should() {
    let port = started(&[Fault::WrongAccount]);
    assert_ne!(
        me(port, &login(port, "sandbot")).json()["data"]["username"],
        "sandbot"
    );
    let port = started(&[Fault::ClockSkew]);
    let reply = Signing::new("POST", "/oauth/request_token", None)
        .with("oauth_callback", "oob")
        .send(port);
    assert_eq!(
        (reply.status, &reply.json()["errors"][0]["code"]),
        (401, &Value::from(135))
    );
    let date = httpdate::parse_http_date(reply.header("date").unwrap()).unwrap();
    assert!(date > SystemTime::now() + std::time::Duration::from_secs(1_190));
    let port = started(&[Fault::Reset]);
    let token = login(port, "sandbot");
    let signing = Signing::new("GET", "/2/users/me", Some(&token));
    let headers = format!("Host: 127.0.0.1:{port}\r\n{}", signing.header(port));
    let cut = try_send(port, "GET", "/2/users/me", &headers, b"")
        .err()
        .unwrap();
    assert_eq!(cut.kind(), std::io::ErrorKind::ConnectionReset);
}

#[test]
fn limits_count_down_to_a_refusal() {
    let port = started(&[]);
    let token = login(port, "sandbot");
    for left in (0..75).rev() {
        let reply = me(port, &token);
        assert_eq!(reply.status, 200);
        assert_eq!(
            reply.header("x-rate-limit-remaining"),
            Some(left.to_string().as_str())
        );
    }
    let reply = me(port, &token);
    assert_eq!(reply.status, 429);
    let reset: u64 = reply.header("x-rate-limit-reset").unwrap().parse().unwrap();
    assert!(reset > now() && reset <= now() + 900);
}

#[test]
fn media_is_kept_byte_for_byte_in_one_piece_or_several() {
    let port = started(&[]);
    let token = login(port, "sandbot");
    let json = |method, path: &str, body: &str| {
        Signing::new(method, path, Some(&token)).send_json(port, body)
    };
    let whole = json(
        "POST",
        "/2/media/upload",
        r#"{"media":"aGVsbG8=","media_category":"tweet_image"}"#,
    );
    let id = whole.json()["data"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        send(port, "GET", &format!("/sandbox/media/{id}"), "", b"").body,
        "hello"
    );
    let begun = json(
        "POST",
        "/2/media/upload/initialize",
        r#"{"media_type":"image/png","total_bytes":5}"#,
    );
    let id = begun.json()["data"]["id"].as_str().unwrap().to_owned();
    let append = |index: &str, text: &str| {
        let signing = Signing::new(
            "POST",
            &format!("/2/media/upload/{id}/append"),
            Some(&token),
        );
        let kind = "Content-Type: multipart/form-data; boundary=b\r\n";
        let body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"segment_index\"\r\n\r\n{index}\r\n--b\r\n\
             Content-Disposition: form-data; name=\"media\"; filename=\"a\"\r\n\r\n{text}\r\n--b--\r\n"
        );
        let headers = format!("{}{kind}", signing.header(port));
        send(port, "POST", &signing.path, &headers, body.as_bytes()).status
    };
    let body = format!(r#"{{"media":{{"media_ids":["{id}"]}}}}"#);
    assert_eq!(append("1", "lo"), 400);
    assert_eq!(append("0", "hel"), 200);
    let finalize = format!("/2/media/upload/{id}/finalize");
    assert_eq!(json("POST", &finalize, "").status, 400);
    assert_eq!(tweet(port, &token, &body).status, 400);
    assert_eq!(append("1", "lo"), 200);
    assert_eq!(json("POST", &finalize, "").status, 200);
    assert_eq!(
        send(port, "GET", &format!("/sandbox/media/{id}"), "", b"").body,
        "hello"
    );
    let alt = format!(r#"{{"id":"{id}","metadata":{{"alt_text":{{"text":"a cat"}}}}}}"#);
    assert_eq!(json("POST", "/2/media/metadata", &alt).status, 200);
    let about = send(port, "GET", &format!("/sandbox/media/{id}.json"), "", b"");
    assert_eq!(about.json()["alt_text"], "a cat");
    assert_eq!(tweet(port, &token, &body).status, 201);
}

#[test]
fn a_revoked_token_and_a_strange_post_are_refused() {
    let port = started(&[]);
    let token = login(port, "sandbot");
    for (body, status) in [
        ("{}", 400),
        ("[]", 400),
        ("{", 400),
        (r#"{"text":7}"#, 400),
        (r#"{"text":" "}"#, 400),
        (r#"{"text":"a","colour":"red"}"#, 400),
        (r#"{"text":"a","media":{"media_ids":["1"]}}"#, 400),
        (r#"{"text":"a","reply":{"in_reply_to_tweet_id":"1"}}"#, 403),
    ] {
        assert_eq!(tweet(port, &token, body).status, status, "{body}");
    }
    let revoke = Signing::new("POST", "/1.1/oauth/invalidate_token", Some(&token)).send(port);
    assert_eq!(revoke.json()["access_token"], Value::from(token.0.as_str()));
    assert_eq!(me(port, &token).status, 401);
}

#[test]
fn the_app_has_a_token_of_its_own() {
    let port = started(&[]);
    let basic =
        "Authorization: Basic c2FuZGJveC1jb25zdW1lci1rZXk6c2FuZGJveC1jb25zdW1lci1zZWNyZXQ=\r\n";
    let fields = [("grant_type", "client_credentials")];
    let reply = post_form(port, "/oauth2/token", basic, &fields);
    let bearer = reply.json()["access_token"].as_str().unwrap().to_owned();
    assert!(bearer.starts_with("sandbox-bearer-"));
    let header = format!("Authorization: Bearer {bearer}\r\n");
    let user = send(port, "GET", "/2/users/by/username/newsbot", &header, b"");
    assert_eq!(user.json()["data"]["id"], "1900000000000000003");
    assert_eq!(post_form(port, "/oauth2/token", "", &fields).status, 403);
}
