//! When a request is sent again, and how long that waits.

use std::time::Duration;

use super::call::Repeat;
use super::trouble::Outlook;
use super::{Reply, Trouble};

/// The longest `Retry-After` that a repeat waits for; what asks for more is not repeated.
pub(super) const PAUSE_LIMIT: Duration = Duration::from_secs(10);

/// How long to wait for the window of a 429 to reset, `waited` so long already; none where that is more than `limit`
/// in all.
pub(super) fn window(reply: &Reply, limit: Duration, waited: Duration) -> Option<Duration> {
    if reply.status != 429 {
        return None;
    }
    let left = reply.left()?;
    // The clocks count whole seconds. A window that should be over and is not is asked about less and less often.
    let pause = (left + Duration::from_secs(1)).max(waited.min(PAUSE_LIMIT));
    (waited + left <= limit && waited + pause <= limit + Duration::from_secs(1)).then_some(pause)
}

/// The pause that the server asks for, where it says so in seconds.
pub(super) fn retry_after(reply: &Reply) -> Option<Duration> {
    let seconds: u32 = reply.header("retry-after")?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.into()))
}

/// Whether sending again can do no harm and could help.
pub(super) fn may_repeat(repeat: Repeat, outcome: &Result<Reply, Trouble>) -> bool {
    let is_free = repeat == Repeat::Freely;
    match outcome {
        Ok(reply) => is_free && matches!(reply.status, 500 | 502 | 503 | 504),
        Err(trouble) => trouble.outlook != Outlook::Lasting && (is_free || !trouble.sent),
    }
}

/// The pause before the repeat number `attempt` (from zero): what the server asked for, else 0.25 s doubled each
/// time; up to half as much again at random, so that many callers do not come back together.
pub(super) fn backoff(attempt: u32, asked: Option<Duration>) -> Duration {
    let base = asked.unwrap_or(Duration::from_millis(250 << attempt.min(5)));
    let mut random = [0_u8; 1];
    // Without randomness there is no jitter, which is no harm.
    let _ = getrandom::fill(&mut random);
    base + base.mul_f32(f32::from(random[0]) / 512.0)
}

/// Says that a wait is over, be it because the user left.
pub(super) struct Waiting(pub(super) fn(Duration, bool));

impl Drop for Waiting {
    fn drop(&mut self) {
        (self.0)(Duration::ZERO, false);
    }
}
