//! What `-v` shows of each request and reply, with every secret masked.

use std::fmt::Write as _;
use std::time::Duration;

use super::{Call, Reply, Settings, Trouble};
use crate::terminal::text::harmless;

pub(super) struct Trace<'a>(&'a Settings);

impl<'a> Trace<'a> {
    pub(super) fn new(settings: &'a Settings) -> Self {
        Self(settings)
    }

    pub(super) fn request(&self, call: &Call<'_>) {
        self.say(1, || {
            format!("> {} {}", call.method, harmless(call.url.as_str()))
        });
    }

    /// A header without a signature: its scheme only.
    pub(super) fn authorization(&self, value: &str) {
        let scheme = value.split(' ').next().unwrap_or("");
        self.say(2, || format!("  authorization {scheme} ***"));
    }

    pub(super) fn base_string(&self, text: &str) {
        self.say(2, || format!("  base string {}", masked(text)));
    }

    pub(super) fn outcome(&self, outcome: &Result<Reply, Trouble>, took: Duration) {
        self.say(1, || match outcome {
            Ok(reply) => format!(
                "< {} in {} ms{}",
                reply.status,
                took.as_millis(),
                particulars(reply)
            ),
            Err(trouble) => format!("< {} after {} ms", trouble.failure.reason, took.as_millis()),
        });
    }

    fn say(&self, level: u8, line: impl FnOnce() -> String) {
        if self.0.verbosity >= level {
            (self.0.trace)(&line());
        }
    }
}

/// The rate limit, access level and transaction id, as far as the reply has them.
fn particulars(reply: &Reply) -> String {
    let header = |name| reply.header(name).map(|value| reply.shown(value));
    let mut text = String::new();
    if let (Some(left), Some(limit)) = (
        header("x-rate-limit-remaining"),
        header("x-rate-limit-limit"),
    ) {
        let _ = write!(text, ", {left} of {limit} requests left");
    }
    if let Some(level) = header("x-access-level") {
        let _ = write!(text, ", access level {level}");
    }
    if let Some(id) = header("x-transaction-id") {
        let _ = write!(text, ", transaction {id}");
    }
    text
}

/// A signature base string with the key, the token and the verifier masked.
fn masked(base_string: &str) -> String {
    const MASKED: [&str; 3] = [
        "oauth_consumer_key%3D",
        "oauth_token%3D",
        "oauth_verifier%3D",
    ];
    let (head, parameters) = base_string.rsplit_once('&').unwrap_or(("", base_string));
    let shown: Vec<String> = parameters
        .split("%26")
        .map(
            |pair| match MASKED.into_iter().find(|name| pair.starts_with(name)) {
                Some(name) => format!("{name}***"),
                None => pair.to_owned(),
            },
        )
        .collect();
    format!("{head}&{}", shown.join("%26"))
}
