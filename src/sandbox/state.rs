//! What the server remembers while it runs; all of it is bounded.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hyper::body::Bytes;

use super::faults::Fault;
use super::signature::hmac_sha1;
use super::tokens::{Level, hex};
use super::users::User;

/// How far ahead of the real time the clock is under the fault `clock-skew`.
const SKEW: Duration = Duration::from_secs(20 * 60);

/// The last second of the year 9999.
const LAST_DATE: Duration = Duration::from_secs(253_402_300_799);

/// How many are kept of each; the oldest are removed first.
const NONCES: usize = 10_000;
const LOGINS: usize = 1_000;
const POSTS: usize = 1_000;
const UPLOADS: usize = 200;

/// How many bytes all posts' text may have, and all media, of which each counts with the size it is announced with.
const TEXT: usize = 2 << 20;
pub(super) const MEDIA: usize = 64 << 20;

/// Temporary credentials (RFC 5849 section 2.1) that are not yet exchanged for a token.
pub(super) struct Temporary {
    pub(super) token: String,
    pub(super) secret: String,
    /// None for `oob`: the verifier is a PIN.
    pub(super) callback: Option<url::Url>,
    pub(super) level: Level,
    /// What the authorisation form has to send back, so that no other site can post it.
    pub(super) form_token: String,
    /// Who authorised the app, and the verifier that proves it.
    pub(super) authorised: Option<(User, String)>,
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
    pub(super) content_type: String,
    pub(super) category: String,
    pub(super) bytes: Bytes,
    /// How many bytes it has once all segments are there.
    pub(super) total: usize,
    pub(super) segments: u64,
    pub(super) alt: Option<String>,
    /// When a post may use it, in Unix seconds; none until the last segment is there.
    pub(super) usable_from: Option<u64>,
}

/// What every connection works on. Locked for the moment of one answer, never across an await.
pub(super) type Shared = Arc<Mutex<State>>;

pub(super) struct State {
    port: u16,
    faults: Vec<Fault>,
    seed: [u8; 32],
    draws: u64,
    last_id: u64,
    temporary: VecDeque<Temporary>,
    /// Hashes of the tokens, timestamps and nonces seen.
    nonces: VecDeque<[u8; 20]>,
    pub(super) revoked: VecDeque<String>,
    pub(super) posts: VecDeque<Post>,
    pub(super) media: VecDeque<Media>,
    /// Under the fault `rate-limit`: when it ends, from the first refusal on.
    limited_until: Option<u64>,
}

impl State {
    pub(super) fn new(port: u16, faults: &[Fault], seed: [u8; 32]) -> Self {
        Self {
            port,
            faults: faults.to_vec(),
            seed,
            draws: 0,
            last_id: 0,
            temporary: VecDeque::new(),
            nonces: VecDeque::new(),
            revoked: VecDeque::new(),
            posts: VecDeque::new(),
            media: VecDeque::new(),
            limited_until: None,
        }
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// The level that is granted where `wanted` is asked for.
    pub(super) fn level(&self, wanted: Level) -> Level {
        if self.has(Fault::ReadOnly) {
            Level::Read
        } else {
            wanted
        }
    }

    /// The account that answers where `user` is meant.
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

    /// The same in Unix seconds.
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

    /// A PIN like X's: seven digits, leading zeros kept.
    pub(super) fn draw_pin(&mut self) -> String {
        let [a, b, c, d, ..] = self.draw();
        format!("{:07}", u32::from_be_bytes([a, b, c, d]) % 10_000_000)
    }

    /// A new id for a post or media, made of the time as X's are, so that no two processes give the same.
    pub(super) fn draw_id(&mut self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let milliseconds = u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or_default();
        let id = milliseconds.saturating_sub(1_288_834_974_657) << 22;
        self.last_id = id.max(self.last_id + 1);
        self.last_id
    }

    /// Under the fault `rate-limit`, when the refusals end; none once they have.
    pub(super) fn limited_until(&mut self) -> Option<u64> {
        if !self.has(Fault::RateLimit) {
            return None;
        }
        let now = self.now();
        let until = *self.limited_until.get_or_insert(now + 2);
        (now < until).then_some(until)
    }

    /// Remembers a request by its token, timestamp and nonce; false if it was seen before.
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

    /// Whether `host`, a `Host` header or the rest of an origin, is this server by one of its loopback names.
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

/// Puts an entry in front, and removes from the back what is then too many or too large.
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

/// Whether every reply can be dated: the server's connections panic where it cannot.
pub(super) fn check_clock(now: SystemTime) -> io::Result<()> {
    if with_a_date(now) == now {
        return Ok(());
    }
    let reason = "the clock is before the year 1970 or after 9999, which HTTP has no date for";
    Err(io::Error::other(reason))
}

/// The nearest time that an HTTP date can say: the years from 1970 to 9999.
fn with_a_date(time: SystemTime) -> SystemTime {
    time.clamp(UNIX_EPOCH, UNIX_EPOCH + LAST_DATE)
}

/// The state, even if a task panicked while it had it.
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
