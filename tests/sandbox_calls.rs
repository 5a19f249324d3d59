//! The API of the sandbox: its calls, their limits and the faults.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::support::signed::{Signed, Token, asked, granted};
use crate::support::{Home, Page, SandboxServer, at_once, browser, wait_until};

const JSON: &str = "application/json";

fn body(page: &Page) -> Value {
    serde_json::from_str(&page.body).unwrap_or_else(|_| panic!("not JSON: {page:#?}"))
}

fn tweet(sandbox: &SandboxServer, token: &Token, body: &str) -> Page {
    Signed::new(sandbox, "POST", "/2/tweets", Some(token)).send_body(JSON, body)
}

fn me(sandbox: &SandboxServer, token: &Token) -> Page {
    Signed::new(sandbox, "GET", "/2/users/me", Some(token)).send()
}

#[test]
fn an_account_is_told_and_posts_and_deletes() {
    let (_home, sandbox) = SandboxServer::with_home();
    let token = granted(&sandbox);
    assert!(
        token
            .token
            .starts_with("1900000000000000001-sandbox-rw-sandbot-")
    );
    let user = me(&sandbox, &token);
    assert_eq!(body(&user)["data"]["username"], "sandbot");
    assert!(user.head.contains("x-access-level: read-write"));
    assert!(user.head.contains("x-rate-limit-remaining: 74"));
    let text = r#"{"text":"<b>sunny</b>"}"#;
    let posted = tweet(&sandbox, &token, text);
    assert_eq!(posted.status, 201, "{posted:#?}");
    let front = browser::get(&sandbox.url).body;
    assert!(front.contains("&lt;b&gt;sunny&lt;/b&gt;"));
    assert_eq!(tweet(&sandbox, &token, text).status, 403);
    let path = format!(
        "/2/tweets/{}",
        body(&posted)["data"]["id"].as_str().unwrap()
    );
    let delete = || Signed::new(&sandbox, "DELETE", &path, Some(&token)).send();
    assert_eq!(delete().body, r#"{"data":{"deleted":true}}"#);
    assert_eq!(delete().status, 404);
}

#[test]
fn faults_answer_as_x_would() {
    let home = Home::new();
    let faults = [
        ("read-only", 403, "oauth1-permissions"),
        ("duplicate", 403, "duplicate content"),
        ("no-credits", 402, "credits-depleted"),
        ("rate-limit", 429, "Too Many Requests"),
        ("locked", 403, "temporarily locked"),
        ("suspended", 403, "user-suspended"),
        ("over-capacity", 503, "Service Unavailable"),
        ("gateway-page", 503, "<!DOCTYPE html>"),
    ];
    at_once(faults, |(fault, status, text)| {
        let sandbox = SandboxServer::with_faults(&home, &[fault]);
        let page = tweet(&sandbox, &granted(&sandbox), r#"{"text":"a"}"#);
        assert_eq!(page.status, status, "{fault}: {page:#?}");
        assert!(page.body.contains(text), "{fault}: {page:#?}");
        let level = if fault == "read-only" {
            "read\r"
        } else {
            "read-write\r"
        };
        let is_known = status != 503;
        assert_eq!(
            page.head.contains(&format!("x-access-level: {level}")),
            is_known
        );
    });
    let sandbox = SandboxServer::with_faults(&home, &["clock-skew"]);
    let page = asked(&sandbox, "oob");
    assert_eq!(
        (page.status, &body(&page)["errors"][0]["code"]),
        (401, &json!(135))
    );
}

#[test]
fn a_strange_post_and_a_revoked_token_are_refused() {
    let (_home, sandbox) = SandboxServer::with_home();
    let token = granted(&sandbox);
    for (body, status) in [
        ("{}", 400),
        ("[]", 400),
        ("{", 400),
        (r#"{"text":7}"#, 400),
        (r#"{"text":" "}"#, 400),
        (r#"{"text":"a","media":{"media_ids":["1"]}}"#, 400),
        (r#"{"text":"a","reply":{"in_reply_to_tweet_id":"1"}}"#, 403),
    ] {
        assert_eq!(tweet(&sandbox, &token, body).status, status, "{body}");
    }
    let revoke = Signed::new(
        &sandbox,
        "POST",
        "/1.1/oauth/invalidate_token",
        Some(&token),
    );
    assert_eq!(body(&revoke.send())["access_token"], *token.token);
    assert_eq!(me(&sandbox, &token).status, 401);
}

#[test]
fn segments_come_in_order_and_whole() {
    let (_home, sandbox) = SandboxServer::with_home();
    let token = granted(&sandbox);
    let post = |path: &str| Signed::new(&sandbox, "POST", path, Some(&token));
    let announced = r#"{"media_type":"image/png","total_bytes":5}"#;
    let begun = post("/2/media/upload/initialize").send_body(JSON, announced);
    let id = body(&begun)["data"]["id"].as_str().unwrap().to_owned();
    let append = |index: u8, text: &str| {
        let body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"segment_index\"\r\n\r\n{index}\r\n--b\r\n\
             Content-Disposition: form-data; name=\"media\"; filename=\"a\"\r\n\r\n{text}\r\n--b--\r\n"
        );
        let request = post(&format!("/2/media/upload/{id}/append"));
        request
            .send_body("multipart/form-data; boundary=b", &body)
            .status
    };
    let finalize = || {
        post(&format!("/2/media/upload/{id}/finalize"))
            .send()
            .status
    };
    let use_it = || {
        tweet(
            &sandbox,
            &token,
            &format!(r#"{{"media":{{"media_ids":["{id}"]}}}}"#),
        )
        .status
    };
    assert_eq!((append(1, "lo"), append(0, "hel")), (400, 200));
    assert_eq!((finalize(), use_it()), (400, 400));
    assert_eq!((append(1, "lots"), append(1, "lo")), (400, 200));
    assert_eq!((finalize(), use_it()), (200, 201));
    let kept = browser::get(&format!("{}/sandbox/media/{id}", sandbox.url));
    assert_eq!(kept.body, "hello");
}

/// Sends a request with that head, and the start of its body; the head says that 6 MB follow.
fn begin(sandbox: &SandboxServer, path: &str, header: &str, start: &[u8]) -> TcpStream {
    let address = sandbox.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let kind = "multipart/form-data; boundary=b";
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: {header}\r\ncontent-type: {kind}\r\n\
         content-length: 6000000\r\n\r\n"
    );
    stream
        .write_all(&[head.as_bytes(), start].concat())
        .unwrap();
    stream
}

fn status(stream: &mut TcpStream) -> String {
    let mut start = [0; 12];
    stream.read_exact(&mut start).unwrap();
    String::from_utf8_lossy(&start[9..]).into_owned()
}

#[test]
fn a_body_is_not_read_before_its_call_is_signed() {
    let (_home, sandbox) = SandboxServer::with_home();
    let token = granted(&sandbox);
    let signed = |path: &str, token: &Token| {
        let request = Signed::new(&sandbox, "POST", path, Some(token));
        request.header(&request.signature())
    };
    let begun = |path: &str, header: &str| status(&mut begin(&sandbox, path, header, b""));
    let upload = "/2/media/upload";
    let other = Token {
        secret: "wrong".to_owned(),
        ..token.clone()
    };
    assert_eq!(begun(upload, &signed(upload, &other)), "401");
    assert_eq!(begun("/2/tweets", &signed("/2/tweets", &token)), "413");
    assert_eq!(begun("/oauth/access_token", ""), "413");
    // Nothing is answered to a signed upload that has only begun; the rest of it is what is missing.
    let whole = vec![b'a'; 6_000_000];
    let mut stream = begin(&sandbox, upload, &signed(upload, &token), &whole);
    assert_eq!(status(&mut stream), "400", "it is no multipart");
}

#[test]
fn bodies_under_way_may_not_take_more_than_there_is_for_all() {
    let (_home, sandbox) = SandboxServer::with_home();
    let token = granted(&sandbox);
    let piece = vec![b'a'; 5 << 20];
    let mut uploads: Vec<TcpStream> = (0..40)
        .map(|_| {
            let request = Signed::new(&sandbox, "POST", "/2/media/upload", Some(&token));
            let header = request.header(&request.signature());
            let stream = begin(&sandbox, "/2/media/upload", &header, &piece);
            stream.set_nonblocking(true).unwrap();
            stream
        })
        .collect();
    // Six unfinished uploads fit into 32 MiB; all the others have to be refused.
    wait_until("the refusals", || {
        let mut start = [0; 12];
        uploads.retain_mut(|upload| match upload.read(&mut start) {
            Ok(_) => {
                assert!(start.ends_with(b"503"), "{start:?}");
                false
            }
            Err(_) => true,
        });
        uploads.len() <= 6
    });
    drop(uploads);
    assert_eq!(me(&sandbox, &token).status, 200);
}
