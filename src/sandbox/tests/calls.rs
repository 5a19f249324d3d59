//! The API's calls, their limits and the faults.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::super::Fault;
use super::client::{Signing, Token, login, me, post_form, send, started, try_send, tweet};

#[test]
fn a_login_ends_in_a_post_and_its_deletion() {
    let port = started(&[]);
    let token = login(port, "weatherbot");
    assert_eq!(
        token.0,
        format!(
            "1900000000000000002-sandbox-rw-weatherbot-{}",
            token.0.rsplit('-').next().unwrap()
        )
    );
    let user = me(port, &token);
    assert_eq!(user.status, 200, "{}", user.body);
    assert_eq!(user.json()["data"]["username"], "weatherbot");
    assert_eq!(user.header("x-access-level"), Some("read-write"));
    assert_eq!(user.header("x-rate-limit-remaining"), Some("74"));
    let posted = tweet(port, &token, r#"{"text":"<b>sunny</b>"}"#);
    assert_eq!(posted.status, 201, "{}", posted.body);
    let id = posted.json()["data"]["id"].as_str().unwrap().to_owned();
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
    assert!(date > std::time::SystemTime::now() + std::time::Duration::from_secs(1_190));
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
fn media_is_kept_byte_for_byte_in_one_piece_or_several() {
    let port = started(&[]);
    let token = login(port, "sandbot");
    let json = |method, path: &str, body: &str| {
        Signing::new(method, path, Some(&token)).send_json(port, body)
    };
    let multipart = |path: &str, name: &str, value: &str, media: &str| {
        let signing = Signing::new("POST", path, Some(&token));
        let headers = format!(
            "{}Content-Type: multipart/form-data; boundary=b\r\n",
            signing.header(port)
        );
        let body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n--b\r\n\
             Content-Disposition: form-data; name=\"media\"; filename=\"a\"\r\n\r\n{media}\r\n--b--\r\n"
        );
        send(port, "POST", path, &headers, body.as_bytes())
    };
    let whole = multipart("/2/media/upload", "media_category", "tweet_image", "hello");
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
    let path = format!("/2/media/upload/{id}/append");
    let append = |index: &str, text: &str| multipart(&path, "segment_index", index, text).status;
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
    assert_eq!(tweet(port, &token, &body).status, 201);
    assert!(
        send(port, "GET", "/", "", b"")
            .body
            .contains("alt=\"a cat\"")
    );
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
    assert_eq!(post_form(port, "/oauth2/token", "", &fields).status, 403);
}

#[test]
fn a_body_is_not_read_before_its_call_is_signed() {
    let port = started(&[]);
    let token = login(port, "sandbot");
    let head = |path: &str, header: &str| {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let kind = "Content-Type: multipart/form-data; boundary=b";
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{header}{kind}\r\nContent-Length: 5000000\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    let status = |stream: &mut TcpStream| {
        let mut start = [0; 12];
        stream.read_exact(&mut start).unwrap();
        String::from_utf8_lossy(&start[9..]).into_owned()
    };
    let mut unsigned = head("/2/media/upload", "");
    assert_eq!(status(&mut unsigned), "403", "the body has not begun");
    let other = Token(token.0.clone(), "wrong".to_owned());
    let wrong = Signing::new("POST", "/2/media/upload", Some(&other)).header(port);
    assert_eq!(status(&mut head("/2/media/upload", &wrong)), "401");
    let signed = Signing::new("POST", "/2/tweets", Some(&token)).header(port);
    assert_eq!(status(&mut head("/2/tweets", &signed)), "413");
    assert_eq!(status(&mut head("/oauth/access_token", "")), "413");
    // Nothing is answered to a signed upload that has only begun; the rest of it is what is missing.
    let signed = Signing::new("POST", "/2/media/upload", Some(&token)).header(port);
    let mut upload = head("/2/media/upload", &signed);
    upload.write_all(&vec![b'a'; 5_000_000]).unwrap();
    assert_eq!(
        status(&mut upload),
        "400",
        "the body is there, and no multipart"
    );
}

#[test]
fn bodies_under_way_may_not_take_more_than_there_is_for_all() {
    let port = started(&[]);
    let token = login(port, "sandbot");
    let piece = vec![b'a'; 5 << 20];
    let mut uploads: Vec<TcpStream> = (0..40)
        .map(|_| {
            let header = Signing::new("POST", "/2/media/upload", Some(&token)).header(port);
            let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
            let head = format!(
                "POST /2/media/upload HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{header}Content-Length: 6000000\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(&piece).unwrap();
            stream.set_nonblocking(true).unwrap();
            stream
        })
        .collect();
    // Six unfinished uploads fit into 32 MiB; all the others have to be refused.
    let deadline = Instant::now() + Duration::from_secs(20);
    while uploads.len() > 6 {
        assert!(Instant::now() < deadline, "{} are kept", uploads.len());
        let mut start = [0; 12];
        uploads.retain_mut(|upload| match upload.read(&mut start) {
            Ok(_) => {
                assert!(start.ends_with(b"503"), "{start:?}");
                false
            }
            Err(_) => true,
        });
        std::thread::yield_now();
    }
    drop(uploads);
    let user = me(port, &token);
    assert_eq!(user.status, 200, "{}", user.body);
}
