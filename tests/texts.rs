//! The text of a post: its source, what is kept of it, and what is rejected before anything is sent.

use serde_json::{Value, json};

use crate::support::{Home, RawServer, Reply, Script, reply};

const PNG: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";

fn with_server() -> (Home, RawServer) {
    let server = Script::new()
        .reply("POST /2/tweets", reply::posted("77", "hi"))
        .reply(
            "POST /2/media/upload",
            Reply::json(200, &json!({"data": {"id": "77"}})),
        )
        .start();
    let home = Home::with_account(&server.url());
    home.write("a.png", PNG);
    (home, server)
}

/// What was posted last.
fn posted(server: &RawServer) -> Value {
    let requests = server.requests();
    let post = requests.iter().rfind(|it| it.route() == "POST /2/tweets");
    serde_json::from_slice(&post.unwrap().body).unwrap()
}

fn utf_16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(unit).collect()
}

#[test]
fn one_newline_at_the_end_and_a_mark_at_the_start_are_no_part_of_a_piped_text() {
    let (home, server) = with_server();
    let line = "x".repeat(280);
    for (piped, text) in [
        ("hi\n", "hi"),
        ("hi\r\n", "hi"),
        ("hi\n\n", "hi\n"),
        ("hi\r\n\r\n", "hi\r\n"),
        ("hi", "hi"),
        (" one\r\ntwo\tthree \n", " one\r\ntwo\tthree "),
        ("\u{feff}hi\r\n", "hi"),
        (&format!("{line}\r\n"), &line),
    ] {
        for words in [&["tweet"][..], &["tweet", "-"]] {
            home.twauth(words).stdin(piped).exits(0);
            assert_eq!(posted(&server)["text"], text, "{piped:?}");
        }
    }
}

#[test]
fn what_controls_a_terminal_or_is_in_another_encoding_is_not_posted() {
    let (home, server) = with_server();
    for (piped, reason) in [
        (b"hi\0\n".to_vec(), "the control character U+0000"),
        (
            b"\x1b[31mred\x1b[0m\n".into(),
            "the control character U+001B",
        ),
        (b"ding\x07".into(), "the control character U+0007"),
        (b"one\rtwo".into(), "the control character U+000D"),
        ("\u{9b}31m".into(), "the control character U+009B"),
        ("hi\u{feff}".into(), "the character U+FEFF"),
        (utf_16("\u{feff}grüße\r\n", u16::to_le_bytes), "UTF-16"),
        (utf_16("\u{feff}日本\n", u16::to_be_bytes), "UTF-16"),
        (utf_16("hello\r\n", u16::to_le_bytes), "UTF-16"),
        (utf_16("hello", u16::to_be_bytes), "UTF-16"),
        (b"caf\xe9".into(), "not UTF-8"),
    ] {
        let output = home.twauth(["tweet"]).stdin(&*piped).exits(2);
        output.assert_says(reason).assert_says("\nhint: ");
    }
    let output = home.twauth(["tweet", "hi\u{1b}[0m"]).exits(2);
    output.assert_says("U+001B");
    assert_eq!(server.connections(), 0);
}

#[test]
fn beside_media_standard_input_is_read_only_where_it_is_asked_for() {
    let (home, server) = with_server();
    // As a loop over file names has it.
    let mut running = home.twauth(["tweet", "--media", "a.png"]).start();
    running.say("b.png");
    running.finish().assert_code(0);
    assert_eq!(posted(&server)["text"], Value::Null);
    let words = ["tweet", "-", "--media", "a.png"];
    home.twauth(words).stdin("hi\n").exits(0);
    assert_eq!(posted(&server)["text"], "hi");
}

#[test]
fn a_backslash_and_an_n_are_posted_as_typed_and_it_is_said() {
    let (home, server) = with_server();
    let output = home.twauth(["tweet", r"one\ntwo"]).exits(0);
    let output = output.assert_says("printf 'one\\ntwo' | twauth tweet");
    assert_eq!(output.stderr.matches("is posted as these").count(), 1);
    assert_eq!(posted(&server)["text"], r"one\ntwo");
    for (words, piped) in [
        (&["tweet", "one\ntwo"][..], ""),
        (&["tweet"], r"one\ntwo"),
        (&["tweet", "-q", r"one\ntwo"], ""),
    ] {
        let output = home.twauth(words).stdin(piped).exits(0);
        assert!(!output.stderr.contains("is posted as these"), "{output:?}");
    }
}

#[test]
fn a_text_that_looks_like_options_or_several_arguments_gets_the_right_advice() {
    let (home, server) = with_server();
    for text in [
        "-5 °C",
        "- item",
        "-5",
        "--- over",
        "-very nice",
        "--help me",
    ] {
        let output = home.twauth(["tweet", text]).exits(2);
        output.assert_says("put `--` before a text that begins with a dash");
        home.twauth(["tweet", "--", text]).exits(0);
        assert_eq!(posted(&server)["text"], text);
    }
    let output = home.twauth(["tweet", "hi", "there"]).exits(2);
    output.assert_says("hint: put the text in quotes");
    let output = home.twauth(["tweet", "--replyto", "5"]).exits(2);
    output.assert_says("--reply-to");
    assert_eq!(server.connections(), 6);
}

#[test]
fn a_text_that_is_empty_or_too_long_is_told_with_its_count() {
    let (home, server) = with_server();
    let kinds = [
        (String::new(), "empty", "0 of 280 characters"),
        (" \n".into(), "empty", "0 of 280 characters"),
        (
            "x".repeat(281),
            "too-long",
            "281 characters, the limit is 280",
        ),
        // What weighs 2: an emoji of several characters, and one that only looks like one.
        (
            "👨\u{200D}👩\u{200D}👧".repeat(141),
            "too-long",
            "282 characters",
        ),
        ("⌚\u{200D}⌚".repeat(57), "too-long", "285 characters"),
    ];
    for (text, kind, count) in kinds {
        let output = home.twauth(["tweet", "--json", &text]).exits(2);
        let error = &output.json()["error"];
        assert_eq!(error["kind"], kind);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(count), "{message}");
    }
    assert_eq!(server.connections(), 0);
    let longest = "👨\u{200D}👩\u{200D}👧".repeat(140);
    home.twauth(["tweet", &longest]).exits(0);
    let words = ["tweet", "--no-length-check", &"x".repeat(281)];
    home.twauth(words).exits(0);
}
