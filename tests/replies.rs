//! Whatever a server answers: every fault against every command, token replies of all kinds, text made harmless.

use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::support::behaviour::Behaviour;
use crate::support::canary::{USER_ID, made_up};
use crate::support::home::{Home, SCREEN_NAME};
use crate::support::raw_server::{RawServer, Script};
use crate::support::reply::{self, Reply};
use crate::support::run::Run;
use crate::support::running::Output;

const PIN: &str = "8306152";
const POST_ID: &str = "1990000000000000001";

/// The secrets that the scripted server gives out.
fn temporary_secret() -> String {
    made_up("canaryV", 32, 900)
}

fn token_secret() -> String {
    made_up("canaryW", 45, 901)
}

/// A request that a server may answer badly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    RequestToken,
    AccessToken,
    Me,
    Tweet,
    Delete,
    Upload,
    Revocation,
    AppToken,
    Raw,
    RawPost,
}

impl Asked {
    const ALL: [Self; 10] = [
        Self::RequestToken,
        Self::AccessToken,
        Self::Me,
        Self::Tweet,
        Self::Delete,
        Self::Upload,
        Self::Revocation,
        Self::AppToken,
        Self::Raw,
        Self::RawPost,
    ];

    fn route(self) -> &'static str {
        match self {
            Self::RequestToken => "POST /oauth/request_token",
            Self::AccessToken => "POST /oauth/access_token",
            Self::Me => "GET /2/users/me",
            Self::Tweet | Self::RawPost => "POST /2/tweets",
            Self::Delete => "DELETE /2/tweets/1990000000000000001",
            Self::Upload => "POST /2/media/upload",
            Self::Revocation => "POST /1.1/oauth/invalidate_token",
            Self::AppToken => "POST /oauth2/token",
            Self::Raw => "GET /2/tweets",
        }
    }

    fn good_reply(self) -> Reply {
        match self {
            Self::RequestToken => reply::temporary("temporary-token", &temporary_secret()),
            Self::AccessToken => reply::token(
                &format!("{USER_ID}-token"),
                &token_secret(),
                USER_ID,
                SCREEN_NAME,
            ),
            Self::Me => reply::me(USER_ID, SCREEN_NAME),
            Self::Tweet | Self::RawPost => reply::posted(POST_ID, "hello"),
            Self::Delete => Reply::json(200, &json!({"data": {"deleted": true}})),
            Self::Upload => Reply::json(200, &json!({"data": {"id": "77"}})),
            Self::Revocation => Reply::json(200, &json!({"access_token": "gone"})),
            Self::AppToken => {
                let body = json!({"token_type": "bearer", "access_token": "for-the-app"});
                Reply::json(200, &body)
            }
            Self::Raw => Reply::json(200, &json!({"data": []})),
        }
    }

    /// A server that answers everything well but this.
    fn server(self, behaviour: Behaviour) -> RawServer {
        let others = Self::ALL
            .into_iter()
            .filter(|asked| asked.route() != self.route() && *asked != Self::RawPost);
        others
            .fold(Script::new(), |script, asked| {
                script.reply(asked.route(), asked.good_reply())
            })
            .on(self.route(), behaviour)
            .start()
    }

    /// The command that asks for it, ready to run.
    fn command(self, home: &Home, server: &RawServer) -> Run {
        home.also_secret(PIN);
        home.also_secret(&temporary_secret());
        home.also_secret(&token_secret());
        let words: &[&str] = match self {
            Self::RequestToken | Self::AccessToken => &["login", "--server"],
            Self::Me => &["verify"],
            Self::Tweet => &["tweet", "hello"],
            Self::Delete => &["delete", POST_ID],
            Self::Upload => &["tweet", "hello", "--media", "a.png"],
            Self::Revocation => &["logout", "--yes"],
            Self::AppToken => &["bearer"],
            Self::Raw => &["request", "/2/tweets?ids=1"],
            Self::RawPost => &["request", "/2/tweets", "-d", "{\"text\":\"hello\"}"],
        };
        let run = home.twauth(words);
        let run = if matches!(self, Self::RequestToken | Self::AccessToken) {
            run.args([server.url()])
                .env("TWAUTH_CONSUMER_KEY", &home.canaries.consumer_key)
                .env("TWAUTH_CONSUMER_SECRET", &home.canaries.consumer_secret)
                .stdin(format!("{PIN}\n"))
        } else {
            home.write_account(&server.url());
            run
        };
        if self == Self::Upload {
            // The signature of a PNG and its first chunk: one pixel.
            home.write(
                "a.png",
                b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89",
            );
        }
        run.deadline(Duration::from_secs(60))
    }

    /// Whether what comes back is the server's own words, for a program.
    fn is_raw(self) -> bool {
        matches!(self, Self::Raw | Self::RawPost)
    }
}

/// Runs the command of `asked` against a server that answers it so, and holds it to what is true of every fault.
fn run(asked: Asked, behaviour: &Behaviour, arguments: &[&str], name: &str) -> Output {
    let home = Home::new();
    let server = asked.server(behaviour.clone());
    let command = asked.command(&home, &server);
    let before = home.exists("tw.json").then(|| home.read("tw.json"));
    let output = command.args(arguments).run();
    for route in Asked::ALL.map(Asked::route) {
        let times = server.count(route);
        let allowed = if route.starts_with("GET") { 3 } else { 1 };
        assert!(
            times <= allowed,
            "{name}: {times} times {route}\n{output:#?}"
        );
    }
    // Room for the debug build; without /proc it is 0.
    let mebibytes = output.peak_memory / 1024;
    assert!(
        mebibytes < 64,
        "{name} against {asked:?}: {mebibytes} MiB\n{output:#?}"
    );
    if output.code != 0 {
        let after = home.exists("tw.json").then(|| home.read("tw.json"));
        assert_eq!(before, after, "{name}: the file has changed\n{output:#?}");
        let known = |file: &&String| !is_lock(file) && *file != "tw.json" && *file != "a.png";
        let kept = home.files();
        assert_eq!(kept.iter().find(known), None, "{name}\n{output:#?}");
    }
    output
}

/// A lock may stay: it is empty.
fn is_lock(file: &str) -> bool {
    Path::new(file)
        .extension()
        .is_some_and(|extension| extension == "lock")
}

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
const ODD: Codes = Codes {
    raw: &[0],
    raw_post: &[0],
    ..LOST
};

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

const BROKEN: &[Row] = &[
    ("close", |_| Behaviour::CloseAfterRequest, LOST),
    ("reset", |_| Behaviour::ResetAfterRequest, LOST),
    ("hang", |_| Behaviour::Hang, LOST),
    ("headers then silence", Behaviour::HeadersThenSilence, MADE),
    ("a byte a second", Behaviour::OneByteASecond, LOST),
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

/// Each fault against each command, all at once: most of the time they wait.
fn each(rows: &'static [Row], arguments: &'static [&'static str]) {
    for asked in Asked::ALL {
        thread::scope(|scope| {
            for (name, make, codes) in rows {
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
}

#[test]
fn a_reply_that_breaks_off_or_never_comes_is_an_error_within_the_deadline() {
    each(BROKEN, &["--timeout", "2"]);
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

#[test]
fn a_good_reply_is_stored() {
    let home = Home::new();
    let canaries = &home.canaries;
    let granted = reply::token(
        &canaries.access_token,
        &canaries.access_token_secret,
        USER_ID,
        SCREEN_NAME,
    );
    let server = Asked::AccessToken.server(Behaviour::Reply(granted));
    let output = Asked::AccessToken.command(&home, &server).run();
    assert_eq!(output.assert_code(0).stdout, "mybot\n");
    assert_eq!(home.json("tw.json"), home.account(&server.url()));
}

/// A login whose access token comes with this reply.
fn granted(form: impl Into<Vec<u8>>, arguments: &[&str]) -> (Home, Output) {
    let home = Home::new();
    let reply = Reply::new(200, "text/html; charset=utf-8", form);
    let server = Asked::AccessToken.server(Behaviour::Reply(reply));
    let command = Asked::AccessToken.command(&home, &server);
    let output = command.args(arguments).run();
    (home, output)
}

#[test]
fn a_token_reply_is_read_whatever_its_type_and_extras() {
    let good = format!("oauth_token=7-t&oauth_token_secret={}", token_secret());
    for rest in [
        "&user_id=931657239872432861&screen_name=mybot",
        "&user_id=931657239872432861&screen_name=mybot\n",
        "&x_auth_expires=0&new=%20field&user_id=931657239872432861&screen_name=mybot\r\n",
        // Without a name, or with one that X could not have given, verification tells the true one.
        "",
        "&user_id=931657239872432861&screen_name=",
        "&user_id=931657239872432861&screen_name=..%2F..%2Fetc%2Fpasswd",
        "&user_id=931657239872432861&screen_name=%24%28id%29",
        "&user_id=-1&screen_name=mybot",
        "&user_id=9.3e17&screen_name=mybot",
    ] {
        let (home, output) = granted(format!("{good}{rest}"), &[]);
        let output = output.assert_code(0);
        assert_eq!(output.stdout, "mybot\n", "{rest}");
        let file = home.json("tw.json");
        assert_eq!(file["screen_name"], "mybot", "{rest}");
        // Past 2^53, and still text.
        assert_eq!(file["user_id"], "931657239872432861", "{rest}");
        assert_eq!(file["access_token"], "7-t");
    }
    let long = format!("{good}&user_id=1&screen_name={}", "a".repeat(10_000));
    let (home, output) = granted(long, &["--no-verify"]);
    output.assert_code(0);
    assert_eq!(home.json("tw.json")["screen_name"], Value::Null);
}

#[test]
fn a_token_reply_that_could_do_harm_is_refused() {
    let secret = token_secret();
    for form in [
        format!("oauth_token=&oauth_token_secret={secret}"),
        "oauth_token=7-t&oauth_token_secret=".to_owned(),
        "oauth_token=7-t".to_owned(),
        format!("oauth_token_secret={secret}"),
        format!("oauth_token=7-t&oauth_token=8-t&oauth_token_secret={secret}"),
        format!("oauth_token=7-t&oauth_token_secret={secret}&oauth_token_secret={secret}"),
        format!("oauth_token=7%0Dt&oauth_token_secret={secret}"),
        format!("oauth_token=7%00t&oauth_token_secret={secret}"),
        format!("oauth_token=7%1B%5B2Jt&oauth_token_secret={secret}"),
        format!("oauth_token=7%9Bt&oauth_token_secret={secret}"),
        format!("oauth_token=7%FFt&oauth_token_secret={secret}"),
        format!("oauth_token=7%E2%80%AEt&oauth_token_secret={secret}"),
        format!("oauth_token=7%20t&oauth_token_secret={secret}"),
        format!("oauth_token=7\rt&oauth_token_secret={secret}"),
        format!("oauth_token=7\0t&oauth_token_secret={secret}"),
        format!("oauth_token=7t&oauth_token_secret={secret}&screen_name=a%0Ab&user_id=1"),
        format!(
            "oauth_token={}&oauth_token_secret={secret}",
            "7".repeat(10_000)
        ),
        format!("{{\"oauth_token\":\"7-t\",\"oauth_token_secret\":\"{secret}\"}}"),
        format!("<html>oauth_token=7-t&oauth_token_secret={secret}</html>"),
        String::new(),
    ] {
        let (home, output) = granted(form.clone(), &[]);
        assert_eq!(output.code, 3, "{form:?}\n{output:#?}");
        assert!(!home.exists("tw.json"), "{form:?}");
    }
    let mut bytes = b"oauth_token=7\xff-t&oauth_token_secret=".to_vec();
    bytes.extend(secret.as_bytes());
    let (home, output) = granted(bytes, &[]);
    output.assert_code(3);
    assert!(!home.exists("tw.json"));
}

#[test]
fn a_request_token_is_taken_only_with_the_callback_confirmed() {
    let start = format!("oauth_token=t&oauth_token_secret={}", temporary_secret());
    for rest in [
        "",
        "&oauth_callback_confirmed=",
        "&oauth_callback_confirmed=false",
        "&oauth_callback_confirmed=TRUE",
        "&oauth_callback_confirmed=true&oauth_callback_confirmed=true",
    ] {
        let form = Reply::form(&format!("{start}{rest}"));
        let output = run(Asked::RequestToken, &Behaviour::Reply(form), &[], rest).assert_code(3);
        assert!(!output.stderr.contains("/oauth/authorize"), "{output:#?}");
    }
    for start in [
        "oauth_token=&oauth_token_secret=s",
        "oauth_token=t&oauth_token_secret=",
        "oauth_token=t&oauth_token=u&oauth_token_secret=s",
        "oauth_token=t%0D%0A&oauth_token_secret=s",
        "oauth_token=t%00&oauth_token_secret=s",
        "oauth_token=t%1b[2J&oauth_token_secret=s",
        "oauth_token=t%ff&oauth_token_secret=s",
        "<!DOCTYPE html><html>oauth_token=t&oauth_token_secret=s",
    ] {
        let form = Reply::form(&format!("{start}&oauth_callback_confirmed=true"));
        let output = run(Asked::RequestToken, &Behaviour::Reply(form), &[], start).assert_code(3);
        assert!(!output.stderr.contains("/oauth/authorize"), "{output:#?}");
    }
}

/// Text that acts on a terminal, and what must be left of none of it.
const ACTING: &str = "\u{1b}[2J\u{1b}]52;c;cHduZWQ=\u{7}\u{9b}31m\u{202e}\u{2066}\u{200b}\u{feff}\u{7f}\r\n\
    error: no\r\nPIN: \u{8}\u{85}\u{2028}fake";

fn assert_harmless(text: &str, what: &str) {
    let harmful = |character: char| {
        (character.is_control() && character != '\n' && character != '\t')
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let found: Vec<char> = text
        .chars()
        .filter(|&character| harmful(character))
        .collect();
    assert!(found.is_empty(), "{what} holds {found:?}:\n{text:?}");
    let fake = text
        .lines()
        .any(|line| line.starts_with("PIN") && line.contains("fake"));
    assert!(!fake, "{what} has a fake prompt:\n{text}");
}

#[test]
fn escape_sequences_of_the_server_reach_no_terminal() {
    let bodies = [
        json!({"errors": [{"code": 999, "message": ACTING}]}).to_string(),
        json!({"title": ACTING, "detail": ACTING, "type": ACTING, "reason": ACTING}).to_string(),
        json!({"error": ACTING, "errors": ACTING}).to_string(),
        format!("<title>{ACTING}</title>"),
        format!("<errors><error code=\"1\">{ACTING}</error></errors>"),
        ACTING.to_owned(),
        json!({"data": {"id": "12", "username": ACTING}}).to_string(),
        json!({"data": {"id": ACTING, "text": ACTING}}).to_string(),
        format!("oauth_token={ACTING}&oauth_token_secret={ACTING}&oauth_callback_confirmed=true"),
    ];
    for asked in Asked::ALL {
        thread::scope(|scope| {
            for (index, body) in bodies.iter().enumerate() {
                scope.spawn(move || {
                    for status in [200, 400, 401, 402, 403, 404, 429, 500, 503] {
                        let reply = Reply::new(status, "text/html", body.clone());
                        let mode = if index % 2 == 0 { "-vv" } else { "--json" };
                        let arguments = [mode, "--retries", "0"];
                        let behaviour = Behaviour::Reply(reply);
                        let output = run(asked, &behaviour, &arguments, body);
                        assert_harmless(&output.stderr, "standard error");
                        if !asked.is_raw() {
                            assert_harmless(&output.stdout, "standard output");
                        }
                    }
                });
            }
        });
    }
}

#[test]
fn escape_sequences_in_headers_and_in_the_file_reach_no_terminal_later_either() {
    let home = Home::new();
    let reply = reply::me(USER_ID, SCREEN_NAME)
        .header("x-transaction-id", "a\u{9b}31mb\tc\u{202e}")
        .header("x-access-level", "\u{9b}2J")
        .header("x-rate-limit-limit", "\u{9b}2J")
        .header("x-rate-limit-remaining", "\u{202e}");
    let server = Script::new().reply("GET /2/users/me", reply).start();
    home.write_account(&server.url());
    let output = home.twauth(["verify", "-vv"]).run().assert_code(0);
    assert_harmless(&output.stderr, "standard error");
    let mut account = home.account(&server.url());
    account["screen_name"] = ACTING.into();
    home.write("tw.json", account.to_string());
    for arguments in [
        &["verify"][..],
        &["verify", "--json"],
        &["verify", "-a", "nobody"],
        &["tweet", "hello", "--dry-run"],
        &["tweet", "hello", "--dry-run", "--json"],
        &["tweet", "hello", "--sandbox"],
        &["login", "-a", "another"],
        &["login", "--json"],
    ] {
        let output = home.twauth(arguments).run();
        assert_harmless(&output.stderr, "standard error");
        assert_harmless(&output.stdout, "standard output");
    }
}

#[test]
fn what_the_server_repeats_of_ours_is_cut_out() {
    let home = Home::new();
    let refused = Script::new().reply("*", of_401("no")).start();
    home.write_account(&refused.url());
    home.twauth(["verify"]).run().assert_code(4);
    // The signature differs in each request, so a server that repeats needs to be one that reads.
    for spell in [
        |text: &str| text.to_owned(),
        |text: &str| json!({ "errors": [{ "code": 999, "message": text }] }).to_string(),
        |text: &str| {
            let message = json!({ "detail": text }).to_string();
            message.replace('/', "\\/").replace('-', "\\u002d")
        },
        |text: &str| format!("<error>{text}</error>"),
    ] {
        let server = echo::server(spell);
        home.write_account(&server.url);
        for arguments in [&["verify", "-vv"][..], &["tweet", "hello", "--json"]] {
            let output = home.twauth(arguments).run();
            assert!([4, 6].contains(&output.code), "{output:#?}");
            for header in server.authorizations() {
                let shown = format!("{}{}", output.stdout, output.stderr);
                assert!(shown.contains("[removed]"), "{output:#?}");
                for part in [
                    echo::field(&header, "oauth_signature"),
                    echo::field(&header, "oauth_token"),
                    echo::field(&header, "oauth_consumer_key"),
                ] {
                    assert!(!shown.contains(&part), "{part} is shown:\n{output:#?}");
                }
            }
        }
    }
}

fn of_401(text: &str) -> Reply {
    Reply::new(401, "text/plain", text)
}

/// A server that repeats the `Authorization` header in its refusal.
mod echo {
    use std::io::Write as _;
    use std::net::TcpListener;
    use std::sync::{Arc, Mutex};
    use std::thread;

    use percent_encoding::percent_decode_str;

    use crate::support::request::Request;

    pub(super) struct Echo {
        pub(super) url: String,
        seen: Arc<Mutex<Vec<String>>>,
    }

    impl Echo {
        /// The headers since the last call.
        pub(super) fn authorizations(&self) -> Vec<String> {
            std::mem::take(&mut self.seen.lock().unwrap())
        }
    }

    pub(super) fn server(spell: fn(&str) -> String) -> Echo {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let theirs = Arc::clone(&seen);
        // Ends with the test's process.
        thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                let Ok(Some(request)) = Request::read(&mut stream) else {
                    continue;
                };
                let header = request.header("authorization").unwrap_or_default();
                theirs.lock().unwrap().push(header.to_owned());
                // 403 shows the server's words.
                let signature = field(header, "oauth_signature");
                let body = spell(&format!("{signature} {header}"));
                let reply = format!(
                    "HTTP/1.1 403 So\r\nconnection: close\r\nx-transaction-id: {header}\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                drop(stream.write_all(reply.as_bytes()));
            }
        });
        Echo { url, seen }
    }

    /// A parameter of the header, decoded.
    pub(super) fn field(header: &str, name: &str) -> String {
        let (_, rest) = header.split_once(&format!("{name}=\"")).unwrap();
        let value = rest.split('"').next().unwrap();
        percent_decode_str(value)
            .decode_utf8()
            .unwrap()
            .into_owned()
    }
}

#[test]
fn a_401_of_one_endpoint_while_the_other_says_200_is_not_the_end() {
    let home = Home::new();
    let server = Script::new()
        .reply(
            "GET /2/users/me",
            reply::problem(401, "Unauthorized", "Unauthorized", "about:blank"),
        )
        .reply(
            "GET /1.1/account/verify_credentials.json",
            reply::verify_credentials(USER_ID, SCREEN_NAME),
        )
        .start();
    home.write_account(&server.url());
    let output = home.twauth(["verify"]).run().assert_code(0);
    assert_eq!(output.stdout, "mybot\n");
    let output = home.twauth(["verify", "--json"]).run().assert_code(0);
    assert_eq!(output.json()[0]["state"], "ok");
}

/// A 401 whose `Date` is the time here plus `ahead` seconds, spelled by `spell`.
fn skewed(ahead: i64, spell: impl Fn(String) -> String) -> Reply {
    let now = SystemTime::now();
    let shift = Duration::from_secs(ahead.unsigned_abs());
    let theirs = if ahead < 0 { now - shift } else { now + shift };
    reply::problem(401, "Unauthorized", "Unauthorized", "about:blank")
        .header("date", &spell(httpdate::fmt_http_date(theirs)))
}

#[test]
fn a_wrong_clock_is_named_with_its_sign_and_size() {
    let utc = |date: String| date.replace("GMT", "UTC");
    let same = |date: String| date;
    let verify = |reply: Reply| {
        let home = Home::new();
        let server = Script::new().reply("*", reply).start();
        home.write_account(&server.url());
        home.twauth(["verify"]).run().assert_code(4)
    };
    for (reply, words) in [
        (skewed(1230, same), "20 minutes behind the server's"),
        (skewed(1230, utc), "20 minutes behind the server's"),
        (skewed(-1230, same), "20 minutes ahead of the server's"),
        (skewed(-90_000, utc), "25 hours ahead of the server's"),
        (
            skewed(400 * 86_400 + 60, same),
            "400 days behind the server's",
        ),
    ] {
        verify(reply).assert_says(words);
    }
    let silent = [
        skewed(0, same),
        skewed(30, utc),
        skewed(-30, same),
        skewed(1230, |date| date.replace("GMT", "PST")),
        skewed(1230, |_| "yesterday".to_owned()),
        skewed(1230, |_| String::new()),
        skewed(1230, |_| "Thu, 99 Foo 20262026 99:99:99 GMT".to_owned()),
        skewed(1230, same).without("date"),
    ];
    for reply in silent {
        let output = verify(reply);
        assert!(!output.stderr.contains("the clock here"), "{output:#?}");
    }
}

#[test]
fn a_post_reply_with_a_byte_order_mark_is_read() {
    let body = format!("\u{feff}{}", json!({"data": {"id": POST_ID}}));
    let output = run(Asked::Tweet, &with_body(201, body), &[], "BOM").assert_code(0);
    assert!(output.stdout.contains(POST_ID), "{output:#?}");
}
