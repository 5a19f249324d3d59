//! Makes foreign text safe for a terminal, a message or a label.

use std::path::Path;

/// The most characters shown of a text from a server.
const SHOWN: usize = 300;

/// `text` on one line, without control, format and bidirectional marks, cut to 300 characters.
pub(crate) fn harmless(text: &str) -> String {
    let mut shown = one_line(text);
    if let Some((end, _)) = shown.char_indices().nth(SHOWN) {
        shown.truncate(end);
        shown.push('…');
    }
    shown
}

/// The same without a limit.
pub(crate) fn one_line(text: &str) -> String {
    // Most texts are one plain word.
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return text.to_owned();
    }
    let mut shown = String::new();
    let mut space = false;
    for character in text.chars() {
        if character.is_whitespace() {
            space = !shown.is_empty();
        } else if !is_harmful(character) {
            if std::mem::take(&mut space) {
                shown.push(' ');
            }
            shown.push(character);
        }
    }
    shown
}

/// A path on one line. Characters that act on the terminal or break the line become `?`; the rest is exact.
pub(crate) fn path(path: &Path) -> String {
    path.to_string_lossy()
        .chars()
        .map(|character| {
            if is_harmful(character) {
                '?'
            } else {
                character
            }
        })
        .collect()
}

/// Whether a character acts on a terminal or on the direction of text, instead of being shown.
pub(crate) fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_comes_is_one_short_line_that_does_nothing(text in "(\\PC|\\p{C}|[ -~\u{1b}\r\n]){0,500}") {
            let shown = harmless(&text);
            prop_assert!(!shown.contains(is_harmful), "{shown:?}");
            prop_assert!(shown.chars().count() <= SHOWN + 1);
            prop_assert!(!shown.contains(|it: char| it.is_whitespace() && it != ' '));
            prop_assert_eq!(shown.trim(), &shown);
            prop_assert_eq!(one_line(&shown), shown.clone());
            // Nothing else is lost.
            let kept = |it: &char| !it.is_whitespace() && !is_harmful(*it);
            let all: String = text.chars().filter(kept).collect();
            let left: String = one_line(&text).chars().filter(kept).collect();
            prop_assert_eq!(left, all);
        }

        #[test]
        fn ordinary_words_stay_as_they_are(text in "[a-zA-Z0-9.,:@é日]{1,9}( [a-z0-9]{1,9}){0,20}") {
            prop_assert_eq!(harmless(&text), text);
        }
    }

    #[test]
    fn a_path_shows_on_one_line_and_loses_nothing_else() {
        let hostile = "/a  b\u{1b}]0;x\u{7}\nerror: forged\u{202e}/日\u{9b}1m";
        assert_eq!(path(Path::new(hostile)), "/a  b?]0;x??error: forged?/日?1m");
        assert_eq!(
            path(Path::new("/home/it's me/tw.json")),
            "/home/it's me/tw.json"
        );
    }

    #[test]
    fn every_mark_that_turns_or_hides_text_is_harmful() {
        for character in
            "\0\u{7}\u{8}\t\n\r\u{1b}\u{7f}\u{80}\u{85}\u{9b}\u{9d}\u{ad}\u{200b}\u{200e}\u{200f}\
            \u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}\u{feff}\u{e0041}"
                .chars()
        {
            assert!(is_harmful(character), "{character:?}");
        }
        assert!(!"aé日\u{1f980} ".contains(is_harmful));
    }
}
