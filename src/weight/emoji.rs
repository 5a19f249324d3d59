//! Where an emoji of several code points ends (Unicode TR 51).

use unicode_properties::{EmojiStatus, UnicodeEmoji};

const JOINER: char = '\u{200D}';
const EMOJI_STYLE: char = '\u{FE0F}';
const KEYCAP: char = '\u{20E3}';

/// The longest joined emoji (a kiss, a family) has four members.
const MEMBERS: usize = 4;

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

/// The flags made of a black flag and tag characters.
const TAGGED: [&str; 3] = ["gbeng", "gbsct", "gbwls"];

/// The bytes of the emoji sequence at the start of the text, where it is one of more than one code point.
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

/// The letter that a regional indicator stands for.
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

/// One emoji, or several joined; a member that is text by default must say that it is an emoji.
fn joined(text: &str) -> Option<usize> {
    let mut whole = member(text)?;
    for _ in 1..MEMBERS {
        let next = text[whole.bytes..].strip_prefix(JOINER).and_then(member);
        match next {
            Some(next) if whole.is_emoji && next.is_emoji => {
                whole.bytes += JOINER.len_utf8() + next.bytes;
            }
            _ => break,
        }
    }
    Some(whole.bytes)
}

/// One emoji with its style selector and its skin tone.
struct Member {
    bytes: usize,
    is_emoji: bool,
}

fn member(text: &str) -> Option<Member> {
    let mut characters = text.chars();
    let first = characters.next()?;
    let status = first.emoji_status();
    if !first.is_emoji_char() || first.is_ascii() || regional_letter(first).is_some() {
        return None;
    }
    let mut is_emoji = is_emoji_by_default(status);
    let mut rest = characters.as_str();
    if (!is_emoji || takes_style(first))
        && let Some(after) = rest.strip_prefix(EMOJI_STYLE)
    {
        (rest, is_emoji) = (after, true);
    }
    if takes_tone(status)
        && let Some(after) = rest.strip_prefix(|tone| ('\u{1F3FB}'..='\u{1F3FF}').contains(&tone))
    {
        (rest, is_emoji) = (after, true);
    }
    Some(Member {
        bytes: text.len() - rest.len(),
        is_emoji,
    })
}

fn is_emoji_by_default(status: EmojiStatus) -> bool {
    !matches!(
        status,
        EmojiStatus::EmojiOther
            | EmojiStatus::EmojiModifierBase
            | EmojiStatus::EmojiOtherAndEmojiComponent
    )
}

fn takes_tone(status: EmojiStatus) -> bool {
    matches!(
        status,
        EmojiStatus::EmojiModifierBase | EmojiStatus::EmojiPresentationAndModifierBase
    )
}

/// The emoji that are followed by a style selector although they need none.
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
