//! A server's reply and its headers; secrets that were sent are removed from anything shown.

use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

use reqwest::header::HeaderMap;

use super::concealed::without;
use crate::account::{Secret, Server};
use crate::terminal::text::{harmless, one_line};

/// The longest plausible time until a rate limit resets, in seconds: a day, plus an hour for wrong clocks.
const LONGEST_WINDOW: i64 = 25 * 3600;

/// A complete reply.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// The server that replied.
    pub(crate) server: Server,
    /// The screen name of the account that asked, if known.
    pub(crate) account: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// The local time when the reply arrived, in Unix seconds, give or take half the round trip.
    pub(crate) received_at: i64,
    /// The secrets that were sent, to remove if the server repeats them.
    pub(super) sent: Vec<Secret>,
}

/// The body may repeat what was sent, or contain new secrets.
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

    /// When the rate limit resets, in Unix seconds: the latest of the limits that are used up and of `Retry-After`.
    /// Times in the past or further away than a day and an hour are ignored.
    pub(crate) fn reset_at(&self) -> Option<i64> {
        let now = self.server_time();
        self.resets()
            .filter(|reset| (now + 1..=now + LONGEST_WINDOW).contains(reset))
            .max()
    }

    /// The time until the reset, for waiting: a reset a moment ago counts, since clocks differ slightly.
    pub(super) fn left(&self) -> Option<Duration> {
        let now = self.server_time();
        let near = now - 5..=now + LONGEST_WINDOW;
        let reset = self.resets().filter(|reset| near.contains(reset)).max()?;
        Some(Duration::from_secs(u64::try_from(reset - now).unwrap_or(0)))
    }

    /// Which 24-hour limit is used up: the account's or the app's.
    pub(crate) fn daily_limit(&self) -> Option<&'static str> {
        let daily = [
            ("x-user-limit-24hour", "account"),
            ("x-app-limit-24hour", "app"),
        ];
        let used_up = |name: &str| self.number(&format!("{name}-remaining")) == Some(0);
        daily
            .iter()
            .find(|(name, _)| used_up(name))
            .map(|(_, whose)| *whose)
    }

    fn resets(&self) -> impl Iterator<Item = i64> {
        const WINDOWS: [&str; 3] = ["x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"];
        // A limit that does not say what is left counts as used up.
        let windows = WINDOWS.into_iter().filter_map(|name| {
            let left = self.number(&format!("{name}-remaining"));
            self.number(&format!("{name}-reset"))
                .filter(|_| left.unwrap_or(0) == 0)
        });
        let retry_after = self.header("retry-after").and_then(|text| {
            let seconds = text.trim().parse::<u32>().ok();
            seconds.map_or_else(
                || seconds_of(text),
                |seconds| Some(self.server_time() + i64::from(seconds)),
            )
        });
        windows.chain(retry_after)
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.header(name)?.trim().parse().ok()
    }

    /// The time of the reply by the server's clock, in Unix seconds.
    pub(crate) fn server_time(&self) -> i64 {
        self.received_at + self.clock_ahead().unwrap_or(0)
    }

    /// How far the server's clock is ahead of this machine's, in seconds; `None` without a valid `Date`.
    pub(crate) fn clock_ahead(&self) -> Option<i64> {
        Some(seconds_of(self.header("date")?)? - self.received_at)
    }

    /// The body as text, with the secrets that were sent removed.
    pub(crate) fn text(&self) -> String {
        without(&String::from_utf8_lossy(&self.body), &self.sent)
    }

    /// A text from the server, made safe to show: one line, at most 300 characters, secrets removed. They are removed
    /// after decoding and before cutting, so that no spelling and no part of one remains.
    pub(crate) fn shown(&self, text: &str) -> String {
        harmless(&without(&one_line(text), &self.sent))
    }
}

/// An HTTP date in Unix seconds. From 2023 to 2025 X wrote UTC instead of GMT.
fn seconds_of(date: &str) -> Option<i64> {
    let date = date
        .strip_suffix("UTC")
        .map_or_else(|| date.to_owned(), |rest| format!("{rest}GMT"));
    let time = httpdate::parse_http_date(&date).ok()?;
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}
