//! Telling somebody for how long a reply has been awaited.

use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

/// How long a reply may take before anybody is told that it is awaited.
const PATIENCE: Duration = Duration::from_millis(500);

/// Reports each tenth of a second how long `reply` has been awaited, from the first half second on; and its end.
pub(super) async fn watched<T>(
    reply: impl Future<Output = T>,
    report: Option<fn(Option<Duration>)>,
) -> T {
    let Some(report) = report else {
        return reply.await;
    };
    let started = Instant::now();
    let mut reply = pin!(reply);
    let mut pause = PATIENCE;
    let mut shown = None;
    loop {
        if let Ok(outcome) = tokio::time::timeout(pause, &mut reply).await {
            return outcome;
        }
        shown.get_or_insert(Shown(report));
        report(Some(started.elapsed()));
        pause = Duration::from_millis(100);
    }
}

/// Ends a report when dropped, be it because the user left.
struct Shown(fn(Option<Duration>));

impl Drop for Shown {
    fn drop(&mut self) {
        (self.0)(None);
    }
}
