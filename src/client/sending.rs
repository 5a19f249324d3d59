//! The progress of a request and its time limit: waiting for a connection and a stream, sent, replied to.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::task::AtomicWaker;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::time::{Instant, timeout_at};

use super::{Reply, Trouble};

/// How often a request checks its deadline.
const LOOK: Duration = Duration::from_millis(100);

/// A deadline noticed this late means that the process was stopped.
const LATE: Duration = Duration::from_millis(200);

/// How long a process that was stopped may read what arrived meanwhile.
const CATCH_UP: Duration = Duration::from_secs(1);

/// The requests of one client that are at the server now: their number, and when the last one ended.
#[derive(Clone, Debug, Default)]
pub(super) struct Streams(Arc<Mutex<(usize, Option<Instant>)>>);

impl Streams {
    /// Whether a request is at the server now.
    pub(super) fn is_busy(&self) -> bool {
        self.lock().0 > 0
    }

    /// When the last request ended; now if one is at the server.
    fn busy_until(&self) -> Option<Instant> {
        let streams = self.lock();
        if streams.0 > 0 {
            Some(Instant::now())
        } else {
            streams.1
        }
    }

    /// Adds a request; returns whether it may have waited for others since `start`.
    fn open(&self, start: Instant) -> bool {
        let mut streams = self.lock();
        streams.0 += 1;
        streams.0 > 1 || streams.1.is_some_and(|end| end > start)
    }

    fn close(&self) {
        let mut streams = self.lock();
        *streams = (streams.0.saturating_sub(1), Some(Instant::now()));
    }

    fn lock(&self) -> MutexGuard<'_, (usize, Option<Instant>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// No byte was sent.
    Waiting,
    /// A connection has the request and may send it at any moment.
    Taken,
    /// Its time limit counts from here.
    Sent(Instant),
    Ended,
    /// It ended before a byte was sent.
    Unsent,
}

/// One attempt at a request. What the connection does with the body is the only sign of when it sends the request.
#[derive(Debug)]
pub(super) struct Sending {
    started: Instant,
    stage: Mutex<Stage>,
    /// The reply's status, once its headers have arrived.
    status: OnceLock<u16>,
    streams: Streams,
    waker: AtomicWaker,
}

impl Sending {
    pub(super) fn new(streams: &Streams) -> Arc<Self> {
        Arc::new(Self {
            started: Instant::now(),
            stage: Mutex::new(Stage::Waiting),
            status: OnceLock::new(),
            streams: streams.clone(),
            waker: AtomicWaker::new(),
        })
    }

    /// Whether a byte of it may have been sent.
    pub(super) fn is_out(&self) -> bool {
        !matches!(*self.stage(), Stage::Waiting | Stage::Unsent)
    }

    /// The headers of the reply have arrived.
    pub(super) fn answered(&self, status: u16) {
        let _ = self.status.set(status);
    }

    /// Resolves when the request is sent.
    pub(super) async fn sent(&self) {
        poll_fn(|context| {
            self.waker.register(context.waker());
            match *self.stage() {
                Stage::Waiting | Stage::Taken => Poll::Pending,
                _ => Poll::Ready(()),
            }
        })
        .await;
    }

    /// The outcome of `reply`, or an error if it takes longer than `limit`. Time spent waiting for a stream that other
    /// requests of the client occupy does not count.
    pub(super) async fn within(
        &self,
        limit: Duration,
        reply: impl Future<Output = Result<Reply, Trouble>>,
    ) -> Result<Reply, Trouble> {
        let _end = End(self);
        let mut reply = pin!(reply);
        let mut due = self.started + limit;
        loop {
            if let Ok(outcome) = timeout_at(due, &mut reply).await {
                return outcome;
            }
            let now = Instant::now();
            let stage = *self.stage();
            let since = match stage {
                Stage::Sent(since) => Some(since),
                Stage::Waiting | Stage::Taken => self.streams.busy_until(),
                Stage::Ended | Stage::Unsent => None,
            };
            let until = since.map_or(self.started, |since| since.max(self.started)) + limit;
            if until > now {
                due = until.min(now + LOOK);
                continue;
            }
            // A process that was stopped first reads what arrived meanwhile.
            let is_late = now.duration_since(due) > LATE;
            let rest = if is_late { CATCH_UP } else { Duration::ZERO };
            let outcome = tokio::time::timeout(rest, &mut reply).await;
            let status = self.status.get().copied();
            return outcome.unwrap_or_else(|_| Err(Trouble::timed_out(self.is_out(), status)));
        }
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) {
        let mut stage = self.stage();
        if *stage == Stage::Waiting {
            *stage = Stage::Taken;
        }
    }

    fn send(&self) {
        let mut stage = self.stage();
        if matches!(*stage, Stage::Waiting | Stage::Taken) {
            let had_to_wait = self.streams.open(self.started);
            *stage = Stage::Sent(if had_to_wait {
                Instant::now()
            } else {
                self.started
            });
        }
        drop(stage);
        self.waker.wake();
    }
}

/// Frees the stream of a request, also when the user interrupts.
struct End<'a>(&'a Sending);

impl Drop for End<'_> {
    fn drop(&mut self) {
        let mut stage = self.0.stage();
        if matches!(*stage, Stage::Sent(_)) {
            self.0.streams.close();
        }
        // A request that was sent stays sent; one that was not can no longer be sent.
        *stage = if *stage == Stage::Waiting {
            Stage::Unsent
        } else {
            Stage::Ended
        };
    }
}

/// A request's body, which records when the connection asks for it.
pub(super) struct Payload {
    bytes: Option<Bytes>,
    sending: Arc<Sending>,
}

impl Payload {
    pub(super) fn new(bytes: Vec<u8>, sending: &Arc<Sending>) -> Self {
        Self {
            bytes: (!bytes.is_empty()).then(|| Bytes::from(bytes)),
            sending: Arc::clone(sending),
        }
    }
}

impl Body for Payload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.sending.send();
        Poll::Ready(self.bytes.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    /// Called for an empty body when a connection takes the request.
    fn is_end_stream(&self) -> bool {
        if self.bytes.is_none() {
            self.sending.take();
        }
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

impl Drop for Payload {
    /// An empty body is dropped when its request gets a stream.
    fn drop(&mut self) {
        if self.sending.is_out() {
            self.sending.send();
        }
    }
}
