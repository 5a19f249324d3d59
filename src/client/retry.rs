//! When a request is retried, and after what pause.

use std::time::Duration;

use super::call::Repeat;
use super::trouble::Outlook;
use super::{Reply, Trouble};

/// The longest `Retry-After` that a retry waits for; a longer one is not retried.
pub(super) const PAUSE_LIMIT: Duration = Duration::from_secs(10);

/// How long to wait for a 429 to reset, having waited `waited` already; `None` if that is more than `limit` in all.
pub(super) fn window(reply: &Reply, limit: Duration, waited: Duration) -> Option<Duration> {
    if reply.status != 429 {
        return None;
    }
    let left = reply.left()?;
    // Clocks count whole seconds. If the limit should have reset but has not, the pauses get longer.
    let pause = (left + Duration::from_secs(1)).max(waited.min(PAUSE_LIMIT));
    (waited + left <= limit && waited + pause <= limit + Duration::from_secs(1)).then_some(pause)
}

/// The pause that the server asks for, if it gives seconds.
pub(super) fn retry_after(reply: &Reply) -> Option<Duration> {
    let seconds: u32 = reply.header("retry-after")?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.into()))
}

/// Whether a retry is harmless and could help.
pub(super) fn may_repeat(repeat: Repeat, outcome: &Result<Reply, Trouble>) -> bool {
    let is_free = repeat == Repeat::Freely;
    match outcome {
        Ok(reply) => is_free && matches!(reply.status, 500 | 502 | 503 | 504),
        Err(trouble) => trouble.outlook != Outlook::Permanent && (is_free || !trouble.sent),
    }
}

/// The pause before retry number `attempt` (from zero): what the server asked for, else 0.25 s doubled each time, plus
/// up to half of it at random, so that many callers do not return together.
pub(super) fn backoff(attempt: u32, asked: Option<Duration>) -> Duration {
    let base = asked.unwrap_or(Duration::from_millis(250 << attempt.min(5)));
    let mut random = [0_u8; 1];
    // Without randomness there is no jitter, which does no harm.
    let _ = getrandom::fill(&mut random);
    base + base.mul_f32(f32::from(random[0]) / 512.0)
}

/// Reports that a wait is over when dropped, also when the user interrupts.
pub(super) struct Waiting(pub(super) fn(Duration, bool));

impl Drop for Waiting {
    fn drop(&mut self) {
        (self.0)(Duration::ZERO, false);
    }
}
