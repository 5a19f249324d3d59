//! Finds emoji of several code points (Unicode TR 51).

use unicode_properties::{EmojiStatus, UnicodeEmoji};

use super::joined::PATTERNS;

const JOINER: char = '\u{200D}';
const EMOJI_STYLE: char = '\u{FE0F}';
const KEYCAP: char = '\u{20E3}';

/// The marks for a skin tone in a pattern.
const TONED: [char; 3] = ['?', '*', '~'];

/// The country codes that have a flag: for each first letter, from a to z, the second letters.
const FLAGS: [&str; 26] = [
    "cdefgilmoqrstuwxz",
    "abdefghijlmnoqrstvwyz",
    "acdfghiklmnopqruvwxyz",
    "egjkmoz",
    "aceghrstu",
    "ijkmor",
    "abdefghilmnpqrstuwy",
    "kmnrtu",
    "cdelmnoqrst",
    "emop",
    "eghimnprwyz",
    "abcikrstuvy",
    "acdefghklmnopqrstuvwxyz",
    "acefgilopruz",
    "m",
    "aefghklmnrstwy",
    "a",
    "eosuw",
    "abcdeghijklmnorstvxyz",
    "acdfghjklmnortvwz",
    "agmnsyz",
    "aceginu",
    "fs",
    "k",
    "et",
    "amw",
];

/// The flags that consist of a black flag and tag characters.
const TAGGED: [&str; 3] = ["gbeng", "gbsct", "gbwls"];

/// The length in bytes of the emoji sequence at the start of the text; `None` if there is none of several code points.
pub(super) fn sequence(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    match first {
        '#' | '*' | '0'..='9' => keycap(text),
        '\u{1F1E6}'..='\u{1F1FF}' => flag(text),
        _ if first.is_ascii() => None,
        _ => tagged_flag(text).or_else(|| joined(text)),
    }
    .filter(|&bytes| bytes > first.len_utf8())
}

fn keycap(text: &str) -> Option<usize> {
    let rest = &text[1..];
    let rest = rest
        .strip_prefix(EMOJI_STYLE)
        .unwrap_or(rest)
        .strip_prefix(KEYCAP)?;
    Some(text.len() - rest.len())
}

fn flag(text: &str) -> Option<usize> {
    let mut letters = text.chars().map(regional_letter);
    let first = letters.next()??;
    let second = letters.next()??;
    let seconds = FLAGS.get(usize::from(first - b'a'))?;
    let is_known = seconds.bytes().any(|known| known == second);
    is_known.then_some(2 * '\u{1F1E6}'.len_utf8())
}

/// The letter of a regional indicator.
fn regional_letter(character: char) -> Option<u8> {
    let offset = u32::from(character)
        .checked_sub(0x1F1E6)
        .filter(|&offset| offset < 26)?;
    u8::try_from(offset).ok().map(|offset| b'a' + offset)
}

fn tagged_flag(text: &str) -> Option<usize> {
    let tags = text.strip_prefix('\u{1F3F4}')?;
    TAGGED.iter().find_map(|code| {
        let letters = code
            .bytes()
            .map(|letter| char::from_u32(0xE0000 + u32::from(letter)));
        let mut rest = tags;
        for tag in letters.chain([Some('\u{E007F}')]) {
            rest = rest.strip_prefix(tag?)?;
        }
        Some(text.len() - rest.len())
    })
}

/// The joined emoji that X counts although Unicode does not recommend them.
const OF_X: &str = "🕴?♀ 🕴?♂";

/// A joined emoji that X also counts as one without style selectors.
const BARE: &str = "👁\u{200D}🗨";

/// The length of one emoji, or of several joined that are known as one; of unknown joined emoji, the first.
fn joined(text: &str) -> Option<usize> {
    let first = member(text)?;
    text[first..]
        .starts_with(JOINER)
        .then(|| joined_emoji(text))
        .flatten()
        .or(Some(first))
}

/// The length in bytes of the longest joined emoji at the start of the text.
fn joined_emoji(text: &str) -> Option<usize> {
    OF_X.split(' ')
        .chain(PATTERNS.split(' '))
        .filter_map(|pattern| matched(text, pattern))
        .max()
        .or_else(|| text.starts_with(BARE).then_some(BARE.len()))
}

/// The length in bytes of the start of the text that matches a pattern of `joined`.
fn matched(text: &str, pattern: &str) -> Option<usize> {
    let mut rest = text;
    let mut marks = pattern.chars().peekable();
    let mut first_tone = None;
    while let Some(base) = marks.next() {
        if rest.len() < text.len() {
            rest = rest.strip_prefix(JOINER)?;
        }
        rest = rest.strip_prefix(base)?;
        let tone = rest.chars().next().filter(|tone| is_tone(*tone));
        match (marks.next_if(|mark| TONED.contains(mark)), tone) {
            (Some('~'), tone) if tone == first_tone => return None,
            (Some('*' | '~'), None) => return None,
            (Some(_), Some(tone)) => {
                rest = &rest[tone.len_utf8()..];
                first_tone.get_or_insert(tone);
            }
            _ if is_emoji_by_default(base.emoji_status()) => {}
            _ => rest = rest.strip_prefix(EMOJI_STYLE)?,
        }
    }
    Some(text.len() - rest.len())
}

/// The length in bytes of one emoji with its style selector and skin tone.
fn member(text: &str) -> Option<usize> {
    let mut characters = text.chars();
    let first = characters.next()?;
    let status = first.emoji_status();
    if !first.is_emoji_char() || first.is_ascii() || regional_letter(first).is_some() {
        return None;
    }
    let mut rest = characters.as_str();
    if !is_emoji_by_default(status) || takes_style(first) {
        rest = rest.strip_prefix(EMOJI_STYLE).unwrap_or(rest);
    }
    if takes_tone(first, status) {
        rest = rest.strip_prefix(is_tone).unwrap_or(rest);
    }
    Some(text.len() - rest.len())
}

fn is_tone(character: char) -> bool {
    ('\u{1F3FB}'..='\u{1F3FF}').contains(&character)
}

fn is_emoji_by_default(status: EmojiStatus) -> bool {
    !matches!(
        status,
        EmojiStatus::EmojiOther
            | EmojiStatus::EmojiModifierBase
            | EmojiStatus::EmojiOtherAndEmojiComponent
    )
}

/// At X the skier, the family and others accept a skin tone, unlike in Unicode's properties.
fn takes_tone(character: char, status: EmojiStatus) -> bool {
    matches!(
        status,
        EmojiStatus::EmojiModifierBase | EmojiStatus::EmojiPresentationAndModifierBase
    ) || matches!(
        character,
        '⛷' | '👪' | '👫' | '👬' | '👭' | '👯' | '💏' | '💑' | '🤼'
    )
}

/// The emoji that may have a style selector although they need none.
fn takes_style(character: char) -> bool {
    matches!(
        character,
        '\u{231A}' | '\u{231B}' | '\u{25FD}' | '\u{25FE}' | '\u{2614}' | '\u{2615}' | '\u{2648}'
            ..='\u{2653}'
                | '\u{267F}'
                | '\u{2693}'
                | '\u{26A1}'
                | '\u{26AA}'
                | '\u{26AB}'
                | '\u{26BD}'
                | '\u{26BE}'
                | '\u{26C4}'
                | '\u{26C5}'
                | '\u{26D4}'
                | '\u{26EA}'
                | '\u{26F2}'
                | '\u{26F3}'
                | '\u{26F5}'
                | '\u{26FA}'
                | '\u{26FD}'
                | '\u{2757}'
                | '\u{2B1B}'
                | '\u{2B1C}'
                | '\u{2B50}'
                | '\u{2B55}'
                | '\u{1F004}'
                | '\u{1F21A}'
                | '\u{1F22F}'
    )
}
