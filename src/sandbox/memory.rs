//! Limits the memory of request and reply bodies: of each one, and of all connections together.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body as _, Bytes, Incoming};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The limit of all bodies together, in bytes.
pub(super) const TOGETHER: usize = 32 << 20;

/// The time limit for a body to arrive.
const ARRIVAL: Duration = Duration::from_secs(30);

/// Replies up to this size, in bytes, are always sent.
const SMALL: usize = 16 << 10;

/// How much of a rejected body is read and dropped, in bytes, and for how long.
const DISCARDED: usize = 32 << 20;
const DISCARDING: Duration = Duration::from_secs(5);

/// The memory of one request and its reply, released when dropped.
pub(super) struct Share {
    /// A permit for each byte of all bodies.
    all: Arc<Semaphore>,
    own: Option<OwnedSemaphorePermit>,
}

/// Why a body was not read.
pub(super) enum Unread {
    TooLarge,
    /// Other connections use all the memory.
    NoRoom,
    /// Incomplete, or too slow.
    Broken,
}

impl Share {
    pub(super) fn of(all: &Arc<Semaphore>) -> Self {
        Self {
            all: Arc::clone(all),
            own: None,
        }
    }

    /// Reserves `more` bytes; false if there are not enough left.
    fn take(&mut self, more: usize) -> bool {
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        let Ok(permit) = Arc::clone(&self.all).try_acquire_many_owned(more) else {
            return false;
        };
        match &mut self.own {
            Some(own) => own.merge(permit),
            none => *none = Some(permit),
        }
        true
    }

    /// Reads a whole body of up to `limit` bytes.
    pub(super) async fn read(
        &mut self,
        body: &mut Incoming,
        limit: usize,
    ) -> Result<Bytes, Unread> {
        if body.size_hint().lower() > limit as u64 {
            return Err(Unread::TooLarge);
        }
        let reading = async {
            let mut whole = Vec::new();
            while let Some(frame) = body.frame().await {
                let frame = frame.map_err(|_| Unread::Broken)?;
                let piece = frame.into_data().unwrap_or_default();
                if whole.len() + piece.len() > limit {
                    return Err(Unread::TooLarge);
                }
                if !self.take(piece.len()) {
                    return Err(Unread::NoRoom);
                }
                whole.extend_from_slice(&piece);
            }
            Ok(whole.into())
        };
        tokio::time::timeout(ARRIVAL, reading)
            .await
            .unwrap_or(Err(Unread::Broken))
    }

    /// A reply's body, counted until it is sent if it is large; `None` if there is no memory for it.
    pub(super) fn lend(mut self, body: Bytes) -> Option<Bytes> {
        struct Lent(
            Bytes,
            #[expect(dead_code, reason = "counts until it is dropped")] Share,
        );
        impl AsRef<[u8]> for Lent {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }
        if body.len() <= SMALL {
            return Some(body);
        }
        self.take(body.len())
            .then(|| Bytes::from_owner(Lent(body, self)))
    }
}

/// Reads and drops the rest: a connection closed with unread bytes is reset, and a client that is still sending would
/// lose the reply.
pub(super) fn discard(mut body: Incoming) {
    if body.is_end_stream() {
        return;
    }
    tokio::spawn(tokio::time::timeout(DISCARDING, async move {
        let mut left = DISCARDED;
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.into_data().map_or(0, |piece| piece.len()));
            if left == 0 {
                return;
            }
        }
    }));
}
