//! What other programs call the four values and what goes with them, and which names mean something else.

use super::words::{
    self, BEHIND, ENDS, LONGEST_PHRASE, NOISE, OAUTH1_SERVICES, PHRASES, PLACES, SERVICES, WEAK,
    WEAK_OF_X, X,
};
use crate::account::{LABELS, Part, is_screen_name};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// One of the four values, by a name that says which.
    Value(Part),
    /// One of the four, by a name that other things have too (`token`, `ck`): it never wins against a clear one.
    Weak(Part),
    /// `key` and `secret`, which are the pair's or the token's, as what is around them says.
    Key,
    Secret,
    ScreenName,
    /// A screen name only where the group or the name's prefix speaks of X.
    Username,
    UserId,
    Server,
    /// Known only together with a `client_key`; alone it is OAuth 2's.
    ClientSecret,
    OAuth2,
    /// Kubernetes' `kind`.
    Kind,
    /// Not known, but named like a secret.
    Unknown,
}

/// A name taken apart: `TWITTER_MYBOT_API_KEY` is X's consumer key of `MYBOT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) label: Label,
    /// What distinguishes this account from others, as it is written; often nothing.
    pub(super) shown: String,
    /// The same in lower case, without separators.
    pub(super) affix: String,
    /// Whether the name speaks of X: `TWITTER_`, `X_`, `TWAUTH_`.
    pub(super) is_x: bool,
    /// Whether other services use the name as well: `api_key`, where `consumer_key` is OAuth 1.0a's alone.
    pub(super) is_general: bool,
    /// Whether it is the credentials file's own label to the letter, or a variable of twauth's.
    pub(super) is_own: bool,
}

/// How many words a name may have.
const MOST_WORDS: usize = 20;

/// A name in lower case letters and digits alone, and the words it is made of.
struct Squeezed<'name> {
    name: &'name str,
    text: String,
    /// Where words begin in `text` and in the name.
    starts: Vec<(usize, usize)>,
}

/// One word: where it begins in the squeezed text, how it stands there, and where it begins in the name.
struct Word<'name> {
    start: usize,
    text: &'name str,
    at: usize,
}

impl<'name> Squeezed<'name> {
    fn of(name: &'name str) -> Self {
        let (mut text, mut starts) = (String::new(), Vec::new());
        let mut before = ' ';
        for (at, c) in name.char_indices() {
            if c.is_alphanumeric() {
                // In `APIKey` the word begins at the last capital.
                let back = c.is_lowercase()
                    && before.is_uppercase()
                    && starts
                        .last()
                        .is_some_and(|(start, _)| text.len() > start + 1);
                if back || !before.is_alphanumeric() || c.is_uppercase() && !before.is_uppercase() {
                    let back = usize::from(back);
                    starts.push((text.len() - back, at - back));
                }
                text.extend(c.to_lowercase());
            }
            before = c;
        }
        Self { name, text, starts }
    }

    fn starts_word(&self, at: usize) -> bool {
        self.starts.iter().any(|(start, _)| *start == at)
    }

    fn words(&self) -> impl Iterator<Item = Word<'_>> {
        let ends = self.starts.iter().skip(1).map(|(start, _)| *start);
        let starts = self.starts.iter().zip(ends.chain([self.text.len()]));
        starts.filter_map(|((start, at), end)| {
            Some(Word {
                start: *start,
                text: self.text.get(*start..end)?,
                at: *at,
            })
        })
    }

    fn speaks_of_x(&self) -> bool {
        self.text.contains("twitter") || self.words().any(|word| X.contains(word.text))
    }

    /// The words that are no part of the label between `from` and `to`.
    fn around(&self, from: usize, to: usize) -> impl Iterator<Item = Word<'_>> {
        self.words().filter_map(move |mut word| {
            if word.start < from {
                word.text = word.text.get(..from - word.start).unwrap_or(word.text);
            }
            (word.start < from || word.start >= to).then_some(word)
        })
    }

    /// What distinguishes the name, as it is written: neither the label, nor X, nor noise.
    fn affix(&self, from: usize, to: usize) -> String {
        let mut shown = String::new();
        for Word { text, at, .. } in self.around(from, to) {
            if !is_of_x(text) && !NOISE.contains(text) {
                if !shown.is_empty() {
                    shown.push('_');
                }
                shown.push_str(self.name.get(at..at + text.len()).unwrap_or(text));
            }
        }
        // `ACCESS_TOKEN2`
        if !self.starts_word(to) {
            let rest = self.text.get(to..).unwrap_or_default();
            shown.push_str(rest.trim_end_matches(|c: char| !c.is_ascii_digit()));
        }
        shown
    }
}

fn is_of_x(word: &str) -> bool {
    X.contains(word) || word.contains("twitter")
}

/// Whether a name can be one at all, told from its ends.
pub(super) fn may_be(name: &str) -> bool {
    if !(2..=120).contains(&name.len()) || !name.is_ascii() {
        return false;
    }
    let bare = name.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    let end = bare.len().checked_sub(2).and_then(|from| bare.get(from..));
    end.is_some_and(|end| ENDS.iter().any(|known| end.eq_ignore_ascii_case(known)))
        || names_secret(name)
}

/// Whether `key`, `secret` or `token` is in the text, in any case.
pub(super) fn names_secret(text: &str) -> bool {
    [b"key".as_slice(), b"secret", b"token"].iter().any(|word| {
        let mut parts = text.as_bytes().windows(word.len());
        parts.any(|part| part.eq_ignore_ascii_case(word))
    })
}

/// What the name stands for, if anything.
pub(super) fn name(name: &str) -> Option<Name> {
    if !may_be(name) {
        return None;
    }
    let squeezed = Squeezed::of(name);
    if squeezed.starts.len() > MOST_WORDS {
        return None;
    }
    let (label, from, to) = phrase(&squeezed)?;
    let is_x = squeezed.around(from, to).any(|word| is_of_x(word.text));
    let phrase = squeezed.text.get(from..to).unwrap_or_default();
    let own = ["consumer", "access", "oauth", "user", "resource"];
    let shown = squeezed.affix(from, to);
    Some(Name {
        label: match label {
            Label::Username if is_x => Label::ScreenName,
            label => label,
        },
        affix: shown.replace('_', "").to_lowercase(),
        shown,
        is_x,
        is_general: !own.iter().any(|start| phrase.starts_with(start)),
        is_own: LABELS.contains(&name) || name.starts_with("TWAUTH_"),
    })
}

/// The longest known phrase of a name and where it is: at its end, else at its start or in its middle.
fn phrase(name: &Squeezed) -> Option<(Label, usize, usize)> {
    let text = name.text.as_str();
    let length = text.len();
    let known = |from: usize, to: usize| Some(*PHRASES.get(text.get(from..to)?)?);
    let first = length.saturating_sub(LONGEST_PHRASE);
    let at_end = (first..length).find_map(|from| Some((known(from, length)?, from, length)));
    if at_end.is_some() {
        return at_end;
    }
    match text {
        "server" | "twauthserver" => return Some((Label::Server, length - 6, length)),
        "kind" => return Some((Label::Kind, 0, length)),
        _ => {}
    }
    let behind = |end: usize| {
        let mut words = name.words().filter(|word| word.start >= end);
        let mut rest = text.get(end..).unwrap_or_default().chars();
        rest.all(|c| c.is_ascii_digit())
            || name.starts_word(end) && !words.any(|word| BEHIND.contains(word.text))
    };
    let longest_at = |from: usize| {
        let mut ends = (from..=length.min(from + LONGEST_PHRASE)).rev();
        ends.find_map(|end| {
            let label = known(from, end)?;
            behind(end).then_some((label, from, end))
        })
    };
    let inside = name
        .words()
        .filter_map(|word| longest_at(word.start))
        .max_by_key(|(_, from, to)| to - from);
    if inside.is_some() {
        return inside;
    }
    let speaks_of_x = name.speaks_of_x();
    let weak = WEAK
        .iter()
        .chain(WEAK_OF_X.iter().filter(|_| speaks_of_x))
        .flat_map(|(label, phrases)| phrases.split(' ').map(|phrase| (*label, phrase)))
        .filter(|(_, phrase)| text.ends_with(phrase) && name.starts_word(length - phrase.len()))
        .max_by_key(|(_, phrase)| phrase.len());
    if let Some((label, phrase)) = weak {
        let whole = phrase.len() == length || speaks_of_x || phrase.len() > 2;
        return whole.then_some((label, length - phrase.len(), length));
    }
    names_secret(text).then_some((Label::Unknown, length, length))
}

/// The other service that a name or a group speaks of.
pub(super) fn service(name: &str) -> Option<&'static str> {
    let squeezed = Squeezed::of(name);
    let known = |word: &str| SERVICES.get(word).copied();
    let mut words = squeezed.words();
    words
        .find_map(|word| known(word.text))
        .or_else(|| known(&squeezed.text))
}

pub(super) fn uses_oauth1(service: &str) -> bool {
    OAUTH1_SERVICES.contains(service)
}

/// Whether a group's name speaks of X.
pub(super) fn speaks_of_x(name: &str) -> bool {
    Squeezed::of(name).speaks_of_x()
}

/// Which pair `key` and `secret` are of in a group of that name.
pub(super) fn is_of_client(group: &str) -> Option<bool> {
    let squeezed = Squeezed::of(group);
    let has = |list| squeezed.words().any(|word| words::has(list, word.text));
    if has("access token user tokens") {
        Some(false)
    } else {
        has("consumer app client api application").then_some(true)
    }
}

/// The screen name that the key of a map, a section or a profile may be.
pub(super) fn screen_name(key: &str) -> Option<&str> {
    let bare = key.strip_prefix('@').unwrap_or(key);
    let squeezed = Squeezed::of(bare);
    let is_place = |word: &str| {
        let stem = word.trim_end_matches(|c: char| c.is_ascii_digit());
        stem.is_empty()
            || NOISE.contains(stem)
            || PLACES.contains(stem)
            || X.contains(stem)
            || stem.starts_with("twitter")
    };
    let tells_nothing =
        is_place(&squeezed.text) || squeezed.words().all(|word| is_place(word.text));
    (is_screen_name(bare) && !tells_nothing && service(bare).is_none()).then_some(bare)
}
