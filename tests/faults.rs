//! Every fault of a server against every command: no panic, no hang, no second post, nothing stored, little memory.

use std::time::Duration;

use crate::support::asked::{Asked, run};
use crate::support::{Behaviour, Reply, at_once, reply};

/// The exit codes that a fault may lead to.
#[derive(Clone, Copy, Debug)]
struct Codes {
    question: i32,
    post: &'static [i32],
    /// Where a reply that came whole is handed on, whatever it says.
    raw: i32,
}

type Row = (&'static str, fn(Reply) -> Behaviour, Codes);

/// Nothing usable came, and nobody can say whether a post was made.
const LOST: Codes = Codes {
    question: 3,
    post: &[8],
    raw: 3,
};

/// The same, but the status said that the post was made.
const MADE: Codes = Codes { post: &[0], ..LOST };

/// It came whole, with status 200, and is not what X says.
const ODD: Codes = Codes { raw: 0, ..LOST };

/// Understood, and refused.
const fn refused(code: i32, post: &'static [i32]) -> Codes {
    Codes {
        question: code,
        post,
        raw: code,
    }
}

fn with_body(status: u16, body: impl Into<Vec<u8>>) -> Behaviour {
    Behaviour::Reply(Reply::new(status, "application/json", body))
}

const SILENT: &[Row] = &[
    ("hang", |_| Behaviour::Hang, LOST),
    ("headers then silence", Behaviour::HeadersThenSilence, MADE),
    ("a byte a second", Behaviour::OneByteASecond, LOST),
];

const BROKEN: &[Row] = &[
    ("close", |_| Behaviour::CloseAfterRequest, LOST),
    ("reset", |_| Behaviour::ResetAfterRequest, LOST),
    ("short body", Behaviour::ShortBody, MADE),
    // What a reset leaves of the headers is the system's to say.
    (
        "reset in the body",
        Behaviour::ResetInBody,
        Codes {
            post: &[0, 8],
            ..LOST
        },
    ),
    ("chunks without end", Behaviour::ChunkedWithoutEnd, MADE),
    ("two lengths", Behaviour::TwoLengths, LOST),
    ("length and chunks", Behaviour::LengthAndChunked, MADE),
    ("a length of 20 digits", Behaviour::HugeLength, LOST),
    ("200 codings", Behaviour::ManyCodings, MADE),
    (
        "nonsense",
        |_| Behaviour::Raw(b"nonsense\r\n\r\n".to_vec()),
        LOST,
    ),
    (
        "half a status line",
        |_| Behaviour::Raw(b"HTTP/1.1 2".to_vec()),
        LOST,
    ),
    (
        "another protocol",
        |_| Behaviour::Raw(b"\x15\x03\x01\x00\x02\x02\x46".to_vec()),
        LOST,
    ),
];

const LARGE: &[Row] = &[
    ("endless body", |_| Behaviour::EndlessBody, LOST),
    ("endless headers", |_| Behaviour::EndlessHeaders, LOST),
    ("gzip bomb", |_| Behaviour::GzipBomb, LOST),
    ("2 MiB", |_| with_body(200, vec![b' '; 2 << 20]), LOST),
    (
        "200 000 brackets",
        |_| with_body(200, "[".repeat(200_000)),
        ODD,
    ),
    (
        "200 000 brackets, refused",
        |_| with_body(401, "[".repeat(200_000)),
        refused(4, &[4]),
    ),
    (
        "200 000 objects, refused",
        |_| with_body(403, "{\"errors\":".repeat(100_000)),
        refused(6, &[6]),
    ),
];

/// What is not what X says with status 200.
const STRANGE: &[Row] = &[
    (
        "a page",
        |_| Behaviour::Reply(reply::gateway_page(200)),
        ODD,
    ),
    ("nothing", |_| with_body(200, ""), ODD),
    ("204", |_| with_body(204, "no"), ODD),
    ("null", |_| with_body(200, "null"), ODD),
    ("no object", |_| with_body(200, "{\"data\":[]}"), ODD),
    (
        "bad UTF-8",
        |_| with_body(200, b"\xff\xfe=\x80&\xc0\xaf=\xed\xa0\x80".to_vec()),
        ODD,
    ),
];

/// Bodies of a refusal.
const REFUSALS: [&[u8]; 9] = [
    b"{\"errors\":[{\"message\":\"\xff\x80\"}]}",
    b"\xef\xbb\xbf{\"errors\":[{\"code\":64}]}",
    b"{\"errors\":{\"code\":64}}",
    b"{\"errors\":\"no\"}",
    b"{\"errors\":1e999}",
    b"{\"errors\":null}",
    b"{\"errors\":[null,1,[],{}]}",
    b"{\"code\":999999999999999999999999999999}",
    b"[[[",
];

/// Each fault against each of the commands.
fn each(rows: &[Row], commands: &[Asked], arguments: &[&str]) {
    let cases = rows
        .iter()
        .flat_map(|row| commands.iter().map(move |&asked| (asked, *row)));
    at_once(cases, |(asked, (name, make, codes))| {
        let output = run(asked, &make(asked.good_reply()), arguments, name);
        let expected = match asked {
            Asked::Tweet | Asked::RawPost => codes.post.contains(&output.code),
            Asked::Raw => codes.raw == output.code,
            _ => codes.question == output.code,
        };
        assert!(expected, "{name} against {asked:?}: {codes:?}\n{output:#?}");
    });
}

/// Those between them that read every kind of reply: a form's, JSON, a post's, and one that is handed on.
const KINDS: [Asked; 4] = [Asked::AccessToken, Asked::Me, Asked::Tweet, Asked::Raw];

#[test]
fn a_reply_that_never_comes_is_an_error_within_the_deadline() {
    each(SILENT, &Asked::ALL, &["--timeout", "2"]);
}

#[test]
fn a_reply_that_breaks_off_or_refuses_is_an_error() {
    each(BROKEN, &Asked::ALL, &["--timeout", "20"]);
}

#[test]
fn a_reply_without_measure_is_stopped_at_the_limit() {
    each(LARGE, &KINDS, &["--timeout", "20"]);
}

#[test]
fn a_flood_of_informational_replies_ends_at_the_deadline() {
    let arguments = ["--timeout", "1", "--retries", "0"];
    run(Asked::Tweet, &Behaviour::FloodOf1xx, &arguments, "1xx").assert_code(8);
}

#[test]
fn a_strange_reply_is_an_error_and_stores_nothing() {
    each(STRANGE, &Asked::ALL, &["--timeout", "20"]);
}

#[test]
fn a_refusal_is_known_by_its_status_whatever_the_body() {
    let bodies = REFUSALS.map(|body| (403, body));
    let statuses = [401, 404, 418, 429, 500, 502, 503, 504, 599, 999].map(|it| (it, &b""[..]));
    let replies: Vec<(u16, &[u8])> = bodies.into_iter().chain(statuses).collect();
    let cases = replies
        .iter()
        .flat_map(|reply| KINDS.map(|asked| (asked, *reply)));
    at_once(cases, |(asked, (status, body))| {
        let output = run(asked, &with_body(status, body), &[], "refused");
        let code = match status {
            401 => 4,
            429 => 7,
            400..500 => 6,
            _ if asked == Asked::Tweet => 8,
            _ => 3,
        };
        let output = output.assert_code(code);
        // Where the server says nothing that could be shown.
        if body.is_empty() || body.ends_with(b"null}") {
            output.assert_says(&status.to_string());
        }
    });
    let page = Behaviour::Reply(reply::gateway_page(403));
    run(Asked::Tweet, &page, &[], "a page, 403").assert_code(8);
    let output = run(
        Asked::Tweet,
        &with_body(403, "\u{feff}{}"),
        &["--json"],
        "json",
    );
    assert_eq!(output.json()["error"]["status"], 403);
}

#[test]
fn a_slow_reply_ends_at_the_total_deadline() {
    let good = || Asked::Me.good_reply();
    let cases = [
        Behaviour::Hang,
        Behaviour::OneByteASecond(good()),
        Behaviour::HeadersThenSilence(good()),
    ];
    at_once(cases, |behaviour| {
        let output = run(Asked::Me, &behaviour, &["--timeout", "1"], "slow");
        let output = output.assert_code(3).assert_says("--timeout SECONDS");
        assert!(output.took < Duration::from_secs(10), "{output:#?}");
    });
}
