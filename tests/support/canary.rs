//! Secrets made up for one purpose: to be searched for wherever they must not be.

use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

/// This many characters of a secret in a row are a leak.
const WINDOW: usize = 8;

/// Four values in X's format, none of them real.
#[derive(Clone, Debug)]
pub(crate) struct Canaries {
    pub(crate) consumer_key: String,
    pub(crate) consumer_secret: String,
    pub(crate) access_token: String,
    pub(crate) access_token_secret: String,
}

/// The user id that begins every canary access token.
pub(crate) const USER_ID: &str = "931657239872432861";

impl Canaries {
    /// The `n`th set; the same `n` gives the same values, another `n` shares no window with it.
    pub(crate) fn new(n: u64) -> Self {
        Self {
            consumer_key: made_up("canaryK", 25, n * 4),
            consumer_secret: made_up("canaryS", 50, n * 4 + 1),
            access_token: format!("{USER_ID}-{}", made_up("canaryT", 40, n * 4 + 2)),
            access_token_secret: made_up("canaryU", 45, n * 4 + 3),
        }
    }
}

/// Letters and digits that stand for nothing, `length` in all, beginning with `prefix`.
pub(crate) fn made_up(prefix: &str, length: usize, seed: u64) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut state = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut text = prefix.to_owned();
    while text.len() < length {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let index = usize::try_from(state >> 40).unwrap() % LETTERS.len();
        text.push(char::from(LETTERS[index]));
    }
    text
}

/// The secrets that must stay out of sight, shared by everything started in one home.
#[derive(Default)]
pub(crate) struct Watch(Mutex<Vec<String>>);

impl Watch {
    pub(crate) fn add(&self, secret: &str) {
        assert!(!secret.is_empty(), "an empty secret is found everywhere");
        let mut secrets = self.0.lock().unwrap();
        if !secrets.iter().any(|known| known == secret) {
            secrets.push(secret.to_owned());
        }
    }

    /// Panics when any watched secret, or eight characters of one, stands in `bytes` in any spelling.
    pub(crate) fn assert_absent_from(&self, bytes: &[u8], place: &str) {
        for secret in self.0.lock().unwrap().iter() {
            if let Some(spelling) = leak(bytes, secret) {
                panic!(
                    "a secret is in {place}, {spelling}:\n{}",
                    String::from_utf8_lossy(bytes)
                );
            }
        }
    }
}

/// How a part of `secret` is spelled in `bytes`, if it is there: raw, percent-encoded, hexadecimal or base64.
pub(crate) fn leak(bytes: &[u8], secret: &str) -> Option<&'static str> {
    let text = String::from_utf8_lossy(bytes);
    let folded = text.to_ascii_lowercase();
    let secret = secret.as_bytes();
    for window in secret.windows(WINDOW.min(secret.len())) {
        if text.contains(&*String::from_utf8_lossy(window)) {
            return Some("raw");
        }
        if folded.contains(&hexadecimal("", window)) {
            return Some("in hexadecimal");
        }
        if folded.contains(&hexadecimal("%", window)) {
            return Some("percent-encoded");
        }
    }
    // Nine bytes are twelve characters of base64; one of any three neighbours begins where a group of three does.
    for window in secret.windows(9.min(secret.len())) {
        let unpadded = |text: String| text.trim_end_matches('=').to_owned();
        if text.contains(&unpadded(STANDARD.encode(window)))
            || text.contains(&unpadded(URL_SAFE.encode(window)))
        {
            return Some("in base64");
        }
    }
    None
}

/// Two lower-case digits for each byte, with `before_each` before them.
pub(crate) fn hexadecimal(before_each: &str, bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{before_each}{byte:02x}").unwrap();
        text
    })
}
