//! What the server remembers while it runs; all of it is bounded.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::bounded::Bounded;
use super::faults::Fault;
use super::people::Person;
use super::signature::hmac_sha1;
use super::tokens::{Level, hex};

/// How far ahead of the world the clock runs under the fault `clock-skew`.
const SKEW: Duration = Duration::from_secs(20 * 60);

/// The last second of the year 9999.
const LAST_DATE: Duration = Duration::from_secs(253_402_300_799);

/// A rate limit's window.
const WINDOW: u64 = 15 * 60;

/// The most posts that are kept.
const POSTS: usize = 1_000;

/// Temporary credentials (RFC 5849 section 2.1) on their way to a token.
pub(super) struct Temporary {
    pub(super) secret: String,
    /// None stands for `oob`: the verifier is a PIN.
    pub(super) callback: Option<url::Url>,
    pub(super) level: Level,
    /// What the authorisation form has to send back, so that no other site can post it.
    pub(super) form_token: String,
    /// Who authorised the app, and the verifier that proves it.
    pub(super) authorised: Option<(Person, String)>,
}

pub(super) struct Post {
    pub(super) id: u64,
    pub(super) author: Person,
    pub(super) text: String,
    pub(super) reply_to: Option<u64>,
    pub(super) media: Vec<String>,
    /// Unix seconds.
    pub(super) at: u64,
}

pub(super) struct Media {
    pub(super) id: String,
    pub(super) owner: Person,
    pub(super) content_type: String,
    pub(super) category: String,
    pub(super) bytes: Vec<u8>,
    /// What `initialize` announced; none for an upload in one piece.
    pub(super) total: Option<usize>,
    pub(super) segments: u64,
    pub(super) alt: Option<String>,
    pub(super) ready: bool,
    /// Films are worked on for a while once they are there: until then, in Unix seconds.
    pub(super) worked_on_until: Option<u64>,
}

impl Media {
    /// Whether `person` may put it into a post.
    pub(super) fn is_ready_for(&self, person: &Person) -> bool {
        self.ready && self.owner == *person
    }
}

/// One caller's use of one limit.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) limit: u64,
    pub(super) remaining: u64,
    /// Unix seconds.
    pub(super) reset: u64,
    pub(super) exceeded: bool,
}

/// What every connection works on. Locked for the moment of one answer, never across an await.
pub(super) type Shared = Arc<Mutex<State>>;

pub(super) struct State {
    pub(super) port: u16,
    faults: Vec<Fault>,
    seed: [u8; 32],
    draws: u64,
    last_id: u64,
    pub(super) temporary: Bounded<String, Temporary>,
    pub(super) nonces: Bounded<[u8; 20], ()>,
    pub(super) revoked: Bounded<String, ()>,
    pub(super) posts: VecDeque<Post>,
    pub(super) media: Bounded<String, Media>,
    windows: HashMap<(u64, &'static str), (u64, u64)>,
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
            temporary: Bounded::new(10_000),
            nonces: Bounded::new(100_000),
            revoked: Bounded::new(10_000),
            posts: VecDeque::new(),
            media: Bounded::new(200),
            windows: HashMap::new(),
            limited_until: None,
        }
    }

    pub(super) fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// The server's idea of the time.
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
    pub(super) fn draw(&mut self) -> [u8; 20] {
        self.draws += 1;
        hmac_sha1(&self.seed, &self.draws.to_be_bytes())
    }

    /// Random hexadecimal digits, 32 of them.
    pub(super) fn draw_text(&mut self) -> String {
        let mut text = hex(&self.draw());
        text.truncate(32);
        text
    }

    /// A PIN as X gives them: seven digits, leading zeros kept.
    pub(super) fn draw_pin(&mut self) -> String {
        let [a, b, c, d, ..] = self.draw();
        format!("{:07}", u32::from_be_bytes([a, b, c, d]) % 10_000_000)
    }

    /// A new id for a post or media, made of the time as X's are, so that processes do not repeat one another's.
    pub(super) fn draw_id(&mut self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let milliseconds = u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or_default();
        let id = milliseconds.saturating_sub(1_288_834_974_657) << 22;
        self.last_id = id.max(self.last_id + 1);
        self.last_id
    }

    /// Counts one use of a limit of `limit` calls per window and caller.
    pub(super) fn count(&mut self, caller: u64, call: &'static str, limit: u64) -> Window {
        let now = self.now();
        let (used, reset) = self.windows.entry((caller, call)).or_insert((0, 0));
        if *reset <= now {
            (*used, *reset) = (0, now + WINDOW);
        }
        let exceeded = *used >= limit;
        *used = (*used + 1).min(limit);
        Window {
            limit,
            remaining: limit - *used,
            reset: *reset,
            exceeded,
        }
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

    pub(super) fn keep_post(&mut self, post: Post) {
        self.posts.push_front(post);
        self.posts.truncate(POSTS);
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

/// The state, whatever happened to the task that held it last.
pub(super) fn locked(shared: &Shared) -> MutexGuard<'_, State> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

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
