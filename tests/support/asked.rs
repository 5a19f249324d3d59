//! Everything that twauth asks of a server, each to be answered badly while all else goes well.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::behaviour::Behaviour;
use super::canary::{USER_ID, made_up};
use super::home::{Home, SCREEN_NAME};
use super::raw_server::{RawServer, Script};
use super::reply::{self, Reply};
use super::run::Run;
use super::running::Output;

pub(crate) const PIN: &str = "8306152";
pub(crate) const POST_ID: &str = "1990000000000000001";

/// The secrets that the scripted server gives out.
pub(crate) fn temporary_secret() -> String {
    made_up("canaryV", 32, 900)
}

pub(crate) fn token_secret() -> String {
    made_up("canaryW", 45, 901)
}

/// A request that a server may answer badly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
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
    pub(crate) const ALL: [Self; 10] = [
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

    pub(crate) fn route(self) -> &'static str {
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

    pub(crate) fn good_reply(self) -> Reply {
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
    pub(crate) fn server(self, behaviour: Behaviour) -> RawServer {
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
    pub(crate) fn command(self, home: &Home, server: &RawServer) -> Run {
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
    pub(crate) fn is_raw(self) -> bool {
        matches!(self, Self::Raw | Self::RawPost)
    }
}

/// Runs the command of `asked` against a server that answers it so, and holds it to what is true of every fault.
pub(crate) fn run(asked: Asked, behaviour: &Behaviour, arguments: &[&str], name: &str) -> Output {
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
