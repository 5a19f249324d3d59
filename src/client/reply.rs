//! A server's answer and what its headers say; nothing of ours in what is shown of it.

use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

use reqwest::header::HeaderMap;

use super::concealed::without;
use crate::account::{Secret, Server};
use crate::terminal::text::{harmless, one_line};

/// The longest time to a window's reset that is believed: a day, and an hour for the clocks.
const LONGEST_WINDOW: i64 = 25 * 3600;

/// A server's answer, whole.
#[derive(Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Who answered.
    pub(crate) server: Server,
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

    /// When what is used up is there again, in Unix seconds: the latest of the windows of which nothing is left, and of
    /// `Retry-After`. Times that are over or further off than a day and an hour are left out.
    pub(crate) fn reset_at(&self) -> Option<i64> {
        let now = self.server_time();
        self.resets()
            .filter(|reset| (now + 1..=now + LONGEST_WINDOW).contains(reset))
            .max()
    }

    /// The same for whoever waits: a window that was over a moment ago counts, since clocks differ by a moment.
    pub(super) fn left(&self) -> Option<Duration> {
        let now = self.server_time();
        let near = now - 5..=now + LONGEST_WINDOW;
        let reset = self.resets().filter(|reset| near.contains(reset)).max()?;
        Some(Duration::from_secs(u64::try_from(reset - now).unwrap_or(0)))
    }

    /// The limit for a whole day that is used up: the account's or the app's.
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
        // A window that does not say what is left of it counts as used up.
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

    /// How far the server's clock is ahead of this machine's, in seconds; none without a sensible `Date`.
    pub(crate) fn clock_ahead(&self) -> Option<i64> {
        Some(seconds_of(self.header("date")?)? - self.received_at)
    }

    /// The body as text, with anything of ours that it repeats cut out.
    pub(crate) fn text(&self) -> String {
        without(&String::from_utf8_lossy(&self.body), &self.sent)
    }

    /// A text of the server's, fit to be shown: on one line, cut to 300 characters, nothing of ours in it. Cutting
    /// out comes after the decoding and before the cut, so that no spelling and no part of it is left.
    pub(crate) fn shown(&self, text: &str) -> String {
        harmless(&without(&one_line(text), &self.sent))
    }
}

/// A date of HTTP in Unix seconds. From 2023 to 2025 X wrote UTC where the standard wants GMT.
fn seconds_of(date: &str) -> Option<i64> {
    let date = date
        .strip_suffix("UTC")
        .map_or_else(|| date.to_owned(), |rest| format!("{rest}GMT"));
    let time = httpdate::parse_http_date(&date).ok()?;
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}
