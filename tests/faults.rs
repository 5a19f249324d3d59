//! Every fault of a server against every command: no panic, no hang, no second post, nothing stored, little memory.

use std::thread;
use std::time::Duration;

use crate::support::asked::{Asked, run};
use crate::support::{Behaviour, Reply, reply};

type Make = fn(Reply) -> Behaviour;

/// The exit codes that a fault may lead to.
struct Codes {
    question: &'static [i32],
    post: &'static [i32],
    /// Where a reply that came whole is handed on, whatever it says.
    raw: &'static [i32],
    raw_post: &'static [i32],
}

impl Codes {
    fn of(&self, asked: Asked) -> &'static [i32] {
        match asked {
            Asked::Tweet => self.post,
            Asked::Raw => self.raw,
            Asked::RawPost => self.raw_post,
            _ => self.question,
        }
    }
}

type Row = (&'static str, Make, Codes);

/// Nothing usable came, and nobody can say whether a post was made.
const LOST: Codes = Codes {
    question: &[3],
    post: &[8],
    raw: &[3],
    raw_post: &[8],
};

/// The same, but the status said that the post was made.
const MADE: Codes = Codes {
    post: &[0],
    raw_post: &[0],
    ..LOST
};

/// It came whole, with status 200, and is not what X says.
const ODD: Codes = Codes { raw: &[0], ..LOST };

/// Understood, and refused.
const fn refused(code: &'static [i32]) -> Codes {
    Codes {
        question: code,
        post: code,
        raw: code,
        raw_post: code,
    }
}

fn of_status(status: u16) -> Behaviour {
    Behaviour::Reply(Reply::new(status, "text/plain", "no"))
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
            raw_post: &[0, 8],
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
        refused(&[4]),
    ),
    (
        "200 000 objects, refused",
        |_| with_body(403, "{\"errors\":".repeat(100_000)),
        refused(&[6]),
    ),
];

const STRANGE: &[Row] = &[
    (
        "a page",
        |_| Behaviour::Reply(reply::gateway_page(200)),
        ODD,
    ),
    (
        "a page, 403",
        |_| Behaviour::Reply(reply::gateway_page(403)),
        LOST,
    ),
    ("nothing, 200", |_| with_body(200, ""), ODD),
    ("204", |_| of_status(204), ODD),
    ("null", |_| with_body(200, "null"), ODD),
    ("no object", |_| with_body(200, "{\"data\":[]}"), ODD),
    (
        "bad UTF-8",
        |_| with_body(200, b"\xff\xfe=\x80&\xc0\xaf=\xed\xa0\x80".to_vec()),
        ODD,
    ),
    (
        "bad UTF-8, refused",
        |_| with_body(401, b"{\"errors\":[{\"message\":\"\xff\x80\"}]}".to_vec()),
        refused(&[4]),
    ),
    (
        "BOM, refused",
        |_| with_body(403, "\u{feff}{\"errors\":[{\"code\":64}]}"),
        refused(&[6]),
    ),
    (
        "errors: object",
        |_| with_body(403, "{\"errors\":{\"code\":64}}"),
        refused(&[6]),
    ),
    (
        "errors: string",
        |_| with_body(403, "{\"errors\":\"no\"}"),
        refused(&[6]),
    ),
    (
        "errors: number",
        |_| with_body(403, "{\"errors\":1e999}"),
        refused(&[6]),
    ),
    (
        "errors: null",
        |_| with_body(403, "{\"errors\":null}"),
        refused(&[6]),
    ),
    (
        "errors: odd list",
        |_| with_body(403, "{\"errors\":[null,1,[],{}]}"),
        refused(&[6]),
    ),
    (
        "a code of 30 digits",
        |_| with_body(403, format!("{{\"code\":{}}}", "9".repeat(30))),
        refused(&[6]),
    ),
    ("404", |_| of_status(404), refused(&[6])),
    ("418", |_| of_status(418), refused(&[6])),
    ("429", |_| of_status(429), refused(&[7])),
    ("500", |_| of_status(500), LOST),
    ("502", |_| of_status(502), LOST),
    ("503", |_| of_status(503), LOST),
    ("504", |_| of_status(504), LOST),
    ("599", |_| of_status(599), LOST),
    ("999", |_| of_status(999), LOST),
];

/// Each fault against each command, those against one command at once.
fn each(rows: &'static [Row], arguments: &'static [&'static str]) {
    for asked in Asked::ALL {
        together(rows, &[asked], arguments);
    }
}

fn together(rows: &'static [Row], all: &[Asked], arguments: &'static [&'static str]) {
    thread::scope(|scope| {
        for (&asked, (name, make, codes)) in all
            .iter()
            .flat_map(|it| rows.iter().map(move |row| (it, row)))
        {
            scope.spawn(move || {
                let behaviour = make(asked.good_reply());
                let output = run(asked, &behaviour, arguments, name);
                let codes = codes.of(asked);
                assert!(
                    codes.contains(&output.code),
                    "{name} against {asked:?}: {codes:?}\n{output:#?}"
                );
            });
        }
    });
}

#[test]
fn a_reply_that_never_comes_is_an_error_within_the_deadline() {
    together(SILENT, &Asked::ALL, &["--timeout", "2"]);
}

#[test]
fn a_reply_that_breaks_off_or_refuses_is_an_error() {
    each(BROKEN, &["--timeout", "20"]);
}

#[test]
fn a_reply_without_measure_is_stopped_at_the_limit() {
    each(LARGE, &["--timeout", "20"]);
}

#[test]
fn a_flood_of_informational_replies_ends_at_the_deadline() {
    thread::scope(|scope| {
        for asked in [Asked::AccessToken, Asked::Me, Asked::Tweet] {
            scope.spawn(move || {
                let arguments = ["--timeout", "2", "--retries", "0"];
                let output = run(asked, &Behaviour::FloodOf1xx, &arguments, "1xx");
                let code = if asked == Asked::Tweet { 8 } else { 3 };
                assert_eq!(output.code, code, "{output:#?}");
            });
        }
    });
}

#[test]
fn a_strange_reply_keeps_its_status_and_stores_nothing() {
    each(STRANGE, &["--timeout", "20"]);
}

#[test]
fn a_status_alone_is_told() {
    for (status, body) in [
        (403, "{\"errors\":null}"),
        (403, "{\"errors\":7}"),
        (401, "[[["),
        (404, ""),
    ] {
        for asked in Asked::ALL {
            let output = run(asked, &with_body(status, body), &[], body);
            assert!(output.stderr.contains(&status.to_string()), "{output:#?}");
        }
    }
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
    for behaviour in [
        Behaviour::Hang,
        Behaviour::OneByteASecond(Asked::Me.good_reply()),
        Behaviour::HeadersThenSilence(Asked::Me.good_reply()),
    ] {
        let output = run(Asked::Me, &behaviour, &["--timeout", "1"], "slow");
        let output = output.assert_code(3).assert_says("--timeout SECONDS");
        assert!(output.took < Duration::from_secs(10), "{output:#?}");
    }
}
