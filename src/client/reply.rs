//! A server's answer and what its headers say; nothing of ours in what is shown of it.

use std::fmt;
use std::time::UNIX_EPOCH;

use reqwest::header::HeaderMap;

use crate::account::Secret;
use crate::terminal::text::{harmless, one_line};

/// A server's answer, whole.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// Half the round trip away from now, this was the local time of the reply, in Unix seconds.
    pub(crate) received_at: i64,
    /// What was sent and must not be shown should the server repeat it.
    pub(super) sent: Vec<Secret>,
}

/// The body may repeat what was sent, or hold new secrets.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({})", self.status)
    }
}

impl Reply {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// When the rate limit's window resets, in Unix seconds.
    pub(crate) fn reset_at(&self) -> Option<i64> {
        // 2000 to 2100: anything else is no time to tell a person.
        let seconds: i64 = self.header("x-rate-limit-reset")?.trim().parse().ok()?;
        (946_684_800..4_102_444_800)
            .contains(&seconds)
            .then_some(seconds)
    }

    /// How far the server's clock is ahead of this machine's, in seconds; none without a sensible `Date`.
    pub(crate) fn clock_ahead(&self) -> Option<i64> {
        let date = self.header("date")?;
        // From 2023 to 2025 X wrote UTC where the standard wants GMT.
        let date = date
            .strip_suffix("UTC")
            .map_or_else(|| date.to_owned(), |rest| format!("{rest}GMT"));
        let theirs = httpdate::parse_http_date(&date)
            .ok()?
            .duration_since(UNIX_EPOCH)
            .ok()?;
        Some(i64::try_from(theirs.as_secs()).ok()? - self.received_at)
    }

    /// The body as text, with anything of ours that it repeats cut out.
    pub(crate) fn text(&self) -> String {
        self.without_ours(String::from_utf8_lossy(&self.body).into_owned())
    }

    /// A text of the server's, fit to be shown: on one line, cut to 300 characters, nothing of ours in it. Cutting
    /// out comes after the decoding and before the cut, so that no spelling and no part of it is left.
    pub(crate) fn shown(&self, text: &str) -> String {
        harmless(&self.without_ours(one_line(text)))
    }

    fn without_ours(&self, mut text: String) -> String {
        for secret in &self.sent {
            if text.contains(secret.expose()) {
                text = text.replace(secret.expose(), "[removed]");
            }
        }
        text
    }
}
