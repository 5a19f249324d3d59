//! `twauth tweet --media`: what is uploaded, how, and what is rejected before anything is sent.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Behaviour, Home, Output, RawServer, Reply, SandboxServer, Script, at_once, browser, in_seconds,
    reply,
};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const GIF: &[u8] = b"GIF89a";
const MP4: &[u8] = b"\0\0\0\x18ftypmp42";

/// A file that begins so, and goes on with bytes that any text handling would harm.
fn file(start: &[u8], length: usize) -> Vec<u8> {
    let rest = (0..=u8::MAX).chain(*b"\r\n--boundary\r\n\0").cycle();
    start.iter().copied().chain(rest).take(length).collect()
}

/// The media on the sandbox's front page, in order of their upload: the text below each, and its bytes.
fn kept(sandbox: &SandboxServer) -> Vec<(String, Vec<u8>)> {
    let front = browser::get(&sandbox.url).body;
    let mut all: Vec<(&str, &str)> = front
        .split("src=\"/sandbox/media/")
        .skip(1)
        .map(|rest| {
            let (id, rest) = rest.split_once('"').unwrap();
            let (_, rest) = rest.split_once("<figcaption class=\"quiet\">").unwrap();
            (id, rest.split_once("</figcaption>").unwrap().0)
        })
        .collect();
    all.sort_unstable();
    let one = |(id, text): (&str, &str)| (text.replace("&quot;", "\""), bytes(sandbox, id));
    all.into_iter().map(one).collect()
}

fn bytes(sandbox: &SandboxServer, id: &str) -> Vec<u8> {
    let host = sandbox.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let head =
        format!("GET /sandbox/media/{id} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).unwrap();
    let end = reply
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap();
    reply.split_off(end + 4)
}

#[test]
fn a_picture_with_its_alternative_text_arrives_byte_for_byte() {
    let (home, sandbox) = SandboxServer::with_account();
    let picture = file(PNG, 100_000);
    home.write("a picture.jpg", &picture);
    let alt = "Ein Bild: \"☃\"\nzweite Zeile";
    let run = home.twauth(["tweet", "look", "--media", "a picture.jpg", "--alt", alt]);
    let output = run.exits(0);
    assert!(output.stdout.trim().parse::<u64>().is_ok(), "{output:?}");
    let kept = kept(&sandbox);
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!((&*kept[0].0, &kept[0].1), (alt, &picture));
}

#[test]
fn each_alternative_text_belongs_to_the_file_before_it() {
    let (home, sandbox) = SandboxServer::with_account();
    for name in ["1", "2", "3", "4"] {
        home.write(
            name,
            file(b"\xff\xd8\xff\xe0", 10 + name.parse::<usize>().unwrap()),
        );
    }
    let words = "tweet --media 1 --alt one --media 2 --media 3 --alt=three --media 4";
    home.twauth(words.split(' ')).exits(0);
    let alts: Vec<(usize, String)> = kept(&sandbox)
        .into_iter()
        .map(|(alt, bytes)| (bytes.len(), alt))
        .collect();
    let none = "No alt text";
    let wanted = [(11, "one"), (12, none), (13, "three"), (14, none)];
    assert_eq!(alts, wanted.map(|(size, alt)| (size, alt.to_owned())));
}

#[test]
fn films_go_in_segments_and_are_waited_for() {
    let (home, sandbox) = SandboxServer::with_account();
    let film = file(MP4, 5_000_000);
    home.write("film", &film);
    let output = home
        .twauth(["tweet", "--media", "film", "-v", "moving"])
        .exits(0);
    let count = |words: &str| output.stderr.matches(words).count();
    assert_eq!(
        (
            count("/initialize\n"),
            count("/append\n"),
            count("/finalize\n")
        ),
        (1, 3, 1)
    );
    assert!(count("command=STATUS") > 0, "{output:?}");
    assert_eq!(count("waiting for the server to process "), 1);
    assert_eq!(kept(&sandbox)[0].1, film);
}

#[test]
fn the_server_is_told_what_is_uploaded() {
    let announced = |start: &[u8]| {
        let server = Script::new()
            .reply("*", reply::error(503, 130, "Over capacity"))
            .start();
        let home = Home::new();
        home.write_account(&server.url());
        home.write("file", file(start, 3_000_000));
        let words = ["tweet", "--media", "file", "--retries", "0"];
        home.twauth(words).exits(3);
        server.requests().remove(0).body
    };
    for (start, kind, category) in [
        (MP4, "video/mp4", "tweet_video"),
        (GIF, "image/gif", "tweet_gif"),
    ] {
        let body: Value = serde_json::from_slice(&announced(start)).unwrap();
        let wanted =
            json!({"media_type": kind, "media_category": category, "total_bytes": 3_000_000});
        assert_eq!(body, wanted);
    }
    let body = String::from_utf8_lossy(&announced(PNG)).into_owned();
    assert!(body.contains("name=\"media_type\"\r\n\r\nimage/png\r\n"));
    assert!(body.contains("name=\"media_category\"\r\n\r\ntweet_image\r\n"));
}

/// Tweets one picture at a server whose upload does that; what became of it, and whether anything was posted.
fn uploaded(behaviour: Behaviour) -> (Output, RawServer) {
    let server = Script::new().on("POST /2/media/upload", behaviour);
    let server = server
        .reply("POST /2/tweets", reply::posted("77", ""))
        .start();
    let home = Home::with_account(&server.url());
    home.write("picture", file(PNG, 100));
    let run = home.twauth([
        "tweet",
        "--media",
        "picture",
        "--timeout",
        "2",
        "--retries",
        "5",
        "hello",
    ]);
    (run.run(), server)
}

#[test]
fn an_upload_that_fails_posts_nothing_and_is_not_repeated() {
    let text = "media type unrecognized.";
    let cases = [
        (Behaviour::CloseAfterRequest, 3),
        (Behaviour::Hang, 3),
        (Behaviour::Reply(reply::gateway_page(503)), 3),
        (
            Behaviour::Reply(Reply::new(200, "application/json", "{}")),
            3,
        ),
        (
            Behaviour::Reply(reply::problem(400, "Invalid", text, "about:blank")),
            6,
        ),
        (
            Behaviour::Reply(reply::problem(413, "Too large", "", "about:blank")),
            6,
        ),
        (Behaviour::Reply(reply::rate_limited(4_000_000_000)), 7),
    ];
    at_once(cases, |(behaviour, code)| {
        let what = format!("{behaviour:?}");
        let (output, server) = uploaded(behaviour);
        assert_eq!(
            (output.code, server.requests().len()),
            (code, 1),
            "{what}: {output:?}"
        );
        output.assert_says("could not post: could not upload picture: ");
    });
}

#[test]
fn the_post_names_what_was_uploaded() {
    let reply = Reply::json(200, &json!({"data": {"id": "1880028106020515840"}}));
    let (output, server) = uploaded(Behaviour::Reply(reply));
    output.assert_code(0);
    let requests = server.requests();
    assert!(!requests[0].body.is_empty() && requests.len() == 2);
    let post: Value = serde_json::from_slice(&requests[1].body).unwrap();
    let wanted = json!({"text": "hello", "media": {"media_ids": ["1880028106020515840"]}});
    assert_eq!(post, wanted);
}

#[test]
fn a_segment_that_meets_trouble_is_sent_again() {
    let told = |body: Value| Reply::json(200, &json!({ "data": body }));
    let append = "POST /2/media/upload/5/append";
    let whole = || Reply::new(204, "text/plain", "");
    let server = Script::new()
        .reply("POST /2/media/upload/initialize", told(json!({"id": "5"})))
        .reply(append, reply::error(503, 130, "Over capacity"))
        .on(append, Behaviour::ResetAfterRequest)
        .reply(append, whole())
        .reply(append, whole())
        .reply("POST /2/media/upload/5/finalize", told(json!({"id": "5"})))
        .reply("POST /2/tweets", reply::posted("77", ""))
        .start();
    let home = Home::with_account(&server.url());
    home.write("film", file(MP4, 3_000_000));
    home.twauth(["tweet", "--media", "film"]).exits(0);
    let requests = server.requests();
    let bodies: Vec<&[u8]> = requests
        .iter()
        .filter(|it| it.route() == append)
        .map(|it| &*it.body)
        .collect();
    assert_eq!(bodies.len(), 4);
    assert_eq!((bodies[0], bodies[0]), (bodies[1], bodies[2]));
    assert_ne!(bodies[2], bodies[3]);
    assert_eq!(server.count("POST /2/tweets"), 1);
}

#[test]
fn a_film_that_x_cannot_use_is_not_posted() {
    let home = Home::new();
    let told =
        |info: &Value| Reply::json(200, &json!({"data": {"id": "5", "processing_info": info}}));
    let failed = json!({"state": "failed", "error": {"message": "bad\u{1b}[2J codec"}});
    let server = Script::new()
        .reply("POST /2/media/upload/initialize", told(&json!(null)))
        .reply(
            "POST /2/media/upload/5/append",
            Reply::new(204, "text/plain", ""),
        )
        .reply(
            "POST /2/media/upload/5/finalize",
            told(&json!({"state": "pending", "check_after_secs": 0})),
        )
        .reply("GET /2/media/upload", told(&failed))
        .start();
    home.write_account(&server.url());
    home.write("film", file(MP4, 100));
    let output = home.twauth(["tweet", "--media", "film"]).exits(6);
    assert_eq!(server.count("POST /2/tweets"), 0);
    assert!(!output.stderr.contains('\u{1b}'));
    output.assert_says("bad");
}

#[test]
fn a_video_that_shrinks_while_it_is_sent_is_not_posted() {
    let accepted = || Reply::new(204, "text/plain", "");
    let server = Script::new()
        .reply(
            "POST /2/media/upload/initialize",
            Reply::json(200, &json!({"data": {"id": "5"}})),
        )
        // While it waits for its limit, there is time to change the file.
        .reply(
            "POST /2/media/upload/5/append",
            reply::rate_limited(in_seconds(2)),
        )
        .reply("POST /2/media/upload/5/append", accepted())
        .start();
    let home = Home::with_account(&server.url());
    let video = home.write("video", file(MP4, 3 << 20));
    let running = home
        .twauth(["tweet", "--wait", "--media", "video", "text"])
        .start();
    server.wait_for_requests(2);
    let shorter = std::fs::File::options().write(true).open(video).unwrap();
    shorter.set_len((2 << 20) + 100).unwrap();
    let output = running.finish().assert_code(1);
    output.assert_says("video changed during the upload");
    assert_eq!(server.count("POST /2/media/upload/5/finalize"), 0);
    assert_eq!(server.count("POST /2/tweets"), 0);
}

#[test]
fn what_x_would_not_take_is_refused_before_anything_is_sent() {
    let server = Script::new().start();
    let home = Home::with_account(&server.url());
    home.write("png", file(PNG, 100));
    home.write("gif", file(GIF, 100));
    home.write("film", file(MP4, 100));
    home.write("text", "hello");
    home.write("nothing", "");
    home.write("heic", file(b"\0\0\0\x18ftypheic", 100));
    home.write("large", file(PNG, (5 << 20) + 1));
    home.write("large gif", file(GIF, (15 << 20) + 1));
    home.program("mkfifo").args(["pipe"]).exits(0);
    let long = "x".repeat(1001);
    for (arguments, code) in [
        (&["--media", "text"][..], 2),
        (&["--media", "nothing"], 2),
        (&["--media", "heic"], 2),
        (&["--media", "large"], 2),
        (&["--media", "large gif"], 2),
        (&["--media", "png", "--media", "gif"], 2),
        (&["--media", "film", "--media", "film"], 2),
        (
            &[
                "--media", "png", "--media", "png", "--media", "png", "--media", "png", "--media",
                "png",
            ],
            2,
        ),
        (&["--alt", "first", "--media", "png"], 2),
        (&["--alt", "alone"], 2),
        (&["--media", "png", "--alt", "one", "--alt", "two"], 2),
        (&["--media", "png", "--alt", &long], 2),
        (&["--media", "png", "--alt", ""], 2),
        (&["--media", "missing"], 1),
        (&["--media", "pipe"], 1),
        (&["--media", "."], 1),
    ] {
        let run = home.twauth(["tweet", "hello"]).args(arguments);
        let output = run.deadline(Duration::from_secs(10)).run();
        assert_eq!(output.code, code, "{arguments:?}: {output:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_dry_run_says_what_would_be_uploaded() {
    let home = Home::with_account("http://127.0.0.1:9");
    home.write("png", file(PNG, 100));
    let words = "tweet --dry-run --media png --alt shown --reply-to https://x.com/a/status/42 hi";
    let said = home.twauth(words.split(' ')).exits(0);
    said.assert_says("png: image/png, 100 bytes, with alt text");
    let said = home
        .twauth(words.split(' '))
        .args(["--json"])
        .exits(0)
        .json();
    let media = json!([{"file": "png", "type": "image/png", "bytes": 100, "alt": "shown"}]);
    assert_eq!((&said["media"], &said["reply_to"]), (&media, &json!("42")));
}
