//! The server's state while it runs; all of it is bounded.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hyper::body::Bytes;

use super::faults::Fault;
use super::signature::hmac_sha1;
use super::tokens::{Level, hex};
use super::users::User;

/// How far ahead the clock is under the fault `clock-skew`.
const SKEW: Duration = Duration::from_secs(20 * 60);

/// The last second of the year 9999.
const LAST_DATE: Duration = Duration::from_secs(253_402_300_799);

/// How many of each are kept; the oldest are removed first.
const NONCES: usize = 10_000;
const LOGINS: usize = 1_000;
const POSTS: usize = 1_000;
const UPLOADS: usize = 200;

/// The size limits, in bytes, of the text of all posts and of all media; media count with their announced size.
const TEXT: usize = 2 << 20;
pub(super) const MEDIA: usize = 64 << 20;

/// Temporary credentials (RFC 5849 section 2.1) that were not exchanged for a token yet.
pub(super) struct Temporary {
    pub(super) token: String,
    pub(super) secret: String,
    /// `None` for `oob`: the verifier is a PIN.
    pub(super) callback: Option<url::Url>,
    pub(super) verifier: String,
    pub(super) level: Level,
    /// The token of the authorisation form, so that no other site can post it.
    pub(super) form_token: String,
    /// The account that authorised the app.
    pub(super) authorised: Option<User>,
}

pub(super) struct Post {
    pub(super) id: u64,
    pub(super) author: User,
    pub(super) text: String,
    pub(super) reply_to: Option<u64>,
    pub(super) media: Vec<String>,
    /// Unix seconds.
    pub(super) at: u64,
}

pub(super) struct Media {
    pub(super) id: String,
    pub(super) owner: User,
    pub(super) is_photo: bool,
    pub(super) bytes: Bytes,
    /// Its size in bytes, when complete.
    pub(super) total: usize,
    pub(super) segments: u64,
    pub(super) alt: Option<String>,
    /// When a post may use it, in Unix seconds; `None` until the last segment has arrived.
    pub(super) usable_from: Option<u64>,
}

/// The state shared by all connections. Locked for one reply at a time, never across an await.
pub(super) type Shared = Arc<Mutex<State>>;

#[derive(Default)]
pub(super) struct State {
    port: u16,
    faults: Vec<Fault>,
    seed: [u8; 32],
    draws: u64,
    last_id: u64,
    temporary: VecDeque<Temporary>,
    /// Hashes of the tokens, timestamps and nonces received.
    nonces: VecDeque<[u8; 20]>,
    pub(super) revoked: VecDeque<String>,
    pub(super) posts: VecDeque<Post>,
    pub(super) media: VecDeque<Media>,
    /// Under the fault `rate-limit`: when the limit resets; set by the first rejection.
    limited_until: Option<u64>,
}

impl State {
    pub(super) fn new(port: u16, faults: &[Fault], seed: [u8; 32]) -> Self {
        Self {
            port,
            faults: faults.to_vec(),
            seed,
            ..Self::default()
        }
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// The level granted for a request of `wanted`.
    pub(super) fn level(&self, wanted: Level) -> Level {
        if self.has(Fault::ReadOnly) {
            Level::Read
        } else {
            wanted
        }
    }

    /// The account used for `user` (another one under the fault `wrong-account`).
    pub(super) fn answering(&self, user: User) -> User {
        if self.has(Fault::WrongAccount) {
            user.another().unwrap_or(user)
        } else {
            user
        }
    }

    /// The server's time.
    pub(super) fn clock(&self) -> SystemTime {
        let now = SystemTime::now();
        let skew = if self.has(Fault::ClockSkew) {
            SKEW
        } else {
            Duration::ZERO
        };
        with_a_date(now + skew)
    }

    /// The server's time in Unix seconds.
    pub(super) fn now(&self) -> u64 {
        let since = self.clock().duration_since(UNIX_EPOCH);
        since.unwrap_or_default().as_secs()
    }

    /// Twenty random bytes.
    fn draw(&mut self) -> [u8; 20] {
        self.draws += 1;
        hmac_sha1(&self.seed, &self.draws.to_be_bytes())
    }

    /// 32 random hexadecimal digits.
    pub(super) fn draw_text(&mut self) -> String {
        let mut text = hex(&self.draw());
        text.truncate(32);
        text
    }

    /// A PIN as from X: seven digits, with leading zeros.
    pub(super) fn draw_pin(&mut self) -> String {
        let [a, b, c, d, ..] = self.draw();
        format!("{:07}", u32::from_be_bytes([a, b, c, d]) % 10_000_000)
    }

    /// A new id for a post or media, derived from the time as at X, so that no two processes create the same one.
    pub(super) fn draw_id(&mut self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let milliseconds = u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or_default();
        let id = milliseconds.saturating_sub(1_288_834_974_657) << 22;
        self.last_id = id.max(self.last_id + 1);
        self.last_id
    }

    /// Under the fault `rate-limit`, when the limit resets; `None` afterwards.
    pub(super) fn limited_until(&mut self) -> Option<u64> {
        if !self.has(Fault::RateLimit) {
            return None;
        }
        let now = self.now();
        let until = *self.limited_until.get_or_insert(now + 2);
        (now < until).then_some(until)
    }

    /// Records a request by its token, timestamp and nonce; false if it was seen before.
    pub(super) fn is_new(&mut self, request: [u8; 20]) -> bool {
        let is_new = !self.nonces.contains(&request);
        if is_new {
            keep(&mut self.nonces, request, NONCES, usize::MAX, |_| 0);
        }
        is_new
    }

    pub(super) fn temporary(&mut self, token: &str) -> Option<&mut Temporary> {
        self.temporary.iter_mut().find(|one| one.token == token)
    }

    /// The same, if nobody has authorised the app with them.
    pub(super) fn waiting(&mut self, token: &str) -> Option<&mut Temporary> {
        self.temporary(token).filter(|one| one.authorised.is_none())
    }

    /// Removes temporary credentials, which work once.
    pub(super) fn spend(&mut self, token: &str) -> Option<Temporary> {
        let position = self.temporary.iter().position(|one| one.token == token)?;
        self.temporary.remove(position)
    }

    pub(super) fn media(&self, id: &str) -> Option<&Media> {
        self.media.iter().find(|media| media.id == id)
    }

    pub(super) fn keep_temporary(&mut self, temporary: Temporary) {
        keep(&mut self.temporary, temporary, LOGINS, usize::MAX, |_| 0);
    }

    pub(super) fn keep_revoked(&mut self, token: String) {
        keep(&mut self.revoked, token, LOGINS, usize::MAX, |_| 0);
    }

    pub(super) fn keep_post(&mut self, post: Post) {
        keep(&mut self.posts, post, POSTS, TEXT, |post| post.text.len());
    }

    pub(super) fn keep_media(&mut self, media: Media) {
        keep(&mut self.media, media, UPLOADS, MEDIA, |media| media.total);
    }

    /// Whether `host` (a `Host` header or the rest of an origin) is a loopback name of this server.
    pub(super) fn is_own_host(&self, host: &str) -> bool {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port == self.port.to_string() => name,
            None if self.port == 80 => host,
            _ => return false,
        };
        ["127.0.0.1", "localhost", "[::1]"]
            .iter()
            .any(|own| name.eq_ignore_ascii_case(own))
    }
}

/// Adds an entry at the front, and removes entries at the back beyond the limits.
fn keep<T>(all: &mut VecDeque<T>, one: T, count: usize, size: usize, of: impl Fn(&T) -> usize) {
    all.push_front(one);
    let mut sum = 0;
    let kept = all.iter().take(count).take_while(|one| {
        sum += of(one);
        sum <= size
    });
    let kept = kept.count();
    all.truncate(kept);
}

/// Fails if the clock is out of the range of HTTP dates: the server's connections would panic.
pub(super) fn check_clock(now: SystemTime) -> io::Result<()> {
    if with_a_date(now) == now {
        return Ok(());
    }
    let reason = "the clock is before the year 1970 or after 9999, so HTTP has no date for it";
    Err(io::Error::other(reason))
}

/// The nearest time in the range of HTTP dates, 1970 to 9999.
fn with_a_date(time: SystemTime) -> SystemTime {
    time.clamp(UNIX_EPOCH, UNIX_EPOCH + LAST_DATE)
}

/// The state, even if a task panicked while it had the lock.
pub(super) fn locked(shared: &Shared) -> MutexGuard<'_, State> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded_by_number_and_by_size() {
        let mut all = VecDeque::new();
        for one in 1..=6_usize {
            keep(&mut all, one, 3, 12, |one| *one);
        }
        assert_eq!(all, [6, 5]);
        keep(&mut all, 1, 3, 12, |one| *one);
        assert_eq!(all, [1, 6, 5]);
        keep(&mut all, 0, 3, 12, |one| *one);
        assert_eq!(all, [0, 1, 6]);
    }

    #[test]
    fn every_clock_has_a_date() {
        let shown = |time| httpdate::fmt_http_date(with_a_date(time));
        let (second, century) = (Duration::from_secs(1), Duration::from_secs(3_155_760_000));
        for before in [UNIX_EPOCH, UNIX_EPOCH - second, UNIX_EPOCH - century] {
            assert_eq!(shown(before), "Thu, 01 Jan 1970 00:00:00 GMT");
        }
        for after in [LAST_DATE, LAST_DATE + second, LAST_DATE + century] {
            assert_eq!(shown(UNIX_EPOCH + after), "Fri, 31 Dec 9999 23:59:59 GMT");
        }
        let now = UNIX_EPOCH + Duration::from_secs(1_795_000_000);
        assert_eq!(with_a_date(now), now);
        for (time, is_fine) in [
            (now, true),
            (UNIX_EPOCH, true),
            (UNIX_EPOCH - second, false),
            (UNIX_EPOCH + LAST_DATE, true),
            (UNIX_EPOCH + LAST_DATE + second, false),
        ] {
            assert_eq!(check_clock(time).is_ok(), is_fine, "{time:?}");
        }
    }

    #[test]
    fn pins_are_seven_digits_and_ids_rise() {
        let mut state = State::new(1, &[], [7; 32]);
        let mut last = 1 << 53;
        for _ in 0..1_000 {
            let pin = state.draw_pin();
            assert!(pin.len() == 7 && pin.bytes().all(|byte| byte.is_ascii_digit()));
            let id = state.draw_id();
            assert!(id > last);
            last = id;
        }
    }
}
