//! Counts a post as X does: its weighted length and its links, with twitter-text's configuration v3.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use unicode_normalization::UnicodeNormalization;

mod domains;
mod emoji;
mod joined;
mod links;
#[cfg(test)]
mod tests;
mod tlds;

/// The weight of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Weight {
    /// The weighted length.
    pub(crate) length: usize,
    pub(crate) links: usize,
}

/// The limit of the weighted length for an account without Premium.
pub(crate) const LIMIT: usize = 280;

/// The weight of a link of any length: X replaces it by one of `t.co`.
const LINK: usize = 23;

/// The weight of an emoji, and of every character outside `LIGHT`.
const HEAVY: usize = 2;

/// The characters of weight 1.
const LIGHT: [RangeInclusive<char>; 4] = [
    '\0'..='\u{10FF}',
    '\u{2000}'..='\u{200D}',
    '\u{2010}'..='\u{201F}',
    '\u{2032}'..='\u{2037}',
];

/// Weighs a text as X does, after normalising it (NFC).
pub(crate) fn weight(text: &str) -> Weight {
    let text: Cow<str> = if text.is_ascii() {
        text.into()
    } else {
        text.nfc().collect::<String>().into()
    };
    let links = links::find(&text);
    let mut ahead = links.iter().peekable();
    let (mut at, mut length) = (0, 0);
    while let Some(character) = text[at..].chars().next() {
        while ahead.next_if(|link| link.start < at).is_some() {}
        if let Some(link) = ahead.next_if(|link| link.start == at) {
            length += LINK;
            at = link.end;
        } else if let Some(bytes) = emoji::sequence(&text[at..]) {
            length += HEAVY;
            at += bytes;
        } else {
            length += if LIGHT.iter().any(|light| light.contains(&character)) {
                1
            } else {
                HEAVY
            };
            at += character.len_utf8();
        }
    }
    Weight {
        length,
        links: links.len(),
    }
}

/// The first character that X accepts in no post.
pub(crate) fn invalid_character(text: &str) -> Option<char> {
    text.chars().find(|&character| is_invalid(character))
}

fn is_invalid(character: char) -> bool {
    matches!(character, '\u{FFFE}' | '\u{FEFF}' | '\u{FFFF}')
}
