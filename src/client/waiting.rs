//! Reports how long a request waits for its reply.

use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

/// How long a request waits before the first report.
const PATIENCE: Duration = Duration::from_millis(500);

/// Reports every tenth of a second how long `reply` has taken, from the first half second on, then its end.
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

/// Ends the report when dropped, also when the user interrupts.
struct Shown(fn(Option<Duration>));

impl Drop for Shown {
    fn drop(&mut self) {
        (self.0)(None);
    }
}
