//! Text from elsewhere made fit for a terminal, a message or a label.

/// The most that is shown of a text from a server.
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

/// The same at its full length.
pub(crate) fn one_line(text: &str) -> String {
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

/// Characters that act on a terminal or on the order in which text is read, instead of standing for themselves.
pub(crate) fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
