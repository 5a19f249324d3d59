//! Reads the text of a post, and checks what X would reject.

use std::io::{self, IsTerminal, Read};

use crate::cli::Tweet;
use crate::error::{Failure, Kind, system_reason};
use crate::output::Output;
use crate::weight::{LIMIT, invalid_character};

/// The size limit of a text, in bytes: more than the 25,000 characters of a Premium account.
const TEXT_LIMIT: u64 = 1024 * 1024;

/// The byte order mark that some programs, such as Windows PowerShell, write before UTF-8 text.
const MARK: &[u8] = "\u{FEFF}".as_bytes();

/// The text: the argument, or standard input without one final newline. With media no text is needed, and standard
/// input, which may belong to a loop around the command, is read only for `-`.
pub(super) fn text(
    arguments: &Tweet,
    input_is_taken: bool,
    needed: bool,
    output: Output,
) -> Result<String, Failure> {
    let wanted =
        |reason: &str| Err(Failure::usage(reason).hint("put the text in quotes, or pipe it in"));
    match arguments.text.as_deref() {
        Some(text) if text != "-" => {
            if text.contains("\\n") {
                output.say(
                    r"\n is posted as these two characters; for a line break: printf 'one\ntwo' | twauth tweet",
                );
            }
            return Ok(text.to_owned());
        }
        None if !needed => return Ok(String::new()),
        _ if input_is_taken => {
            return wanted(
                "standard input contains the credentials, so the text must be an argument",
            );
        }
        None if io::stdin().is_terminal() => return wanted("there is no text"),
        _ => {}
    }
    let mut bytes = Vec::new();
    let mut input = io::stdin().lock().take(TEXT_LIMIT + 1);
    input.read_to_end(&mut bytes).map_err(|error| {
        let cause = system_reason(&error);
        let reason = format!("standard input could not be read: {cause}");
        Failure::new(Kind::BadInput, reason)
    })?;
    if bytes.len() as u64 > TEXT_LIMIT {
        return Err(Failure::new(Kind::TooLong, "the text is longer than 1 MiB"));
    }
    piped(&bytes)
}

/// The text from a pipe: UTF-8, without a byte order mark and one final newline.
fn piped(bytes: &[u8]) -> Result<String, Failure> {
    let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
    if is_utf_16(bytes) {
        return Err(Failure::usage("the text is UTF-16, not UTF-8")
            .hint("convert it with `iconv -f UTF-16 -t UTF-8`"));
    }
    let text = str::from_utf8(bytes).map_err(|_| {
        Failure::usage("the text is not UTF-8").hint("convert it with `iconv -f ENCODING -t UTF-8`")
    })?;
    let text = text
        .strip_suffix("\r\n")
        .or_else(|| text.strip_suffix('\n'))
        .unwrap_or(text);
    // On Windows every program ends its lines so.
    Ok(if cfg!(windows) {
        text.replace("\r\n", "\n")
    } else {
        text.to_owned()
    })
}

/// Whether it starts with the byte order mark of UTF-16, or every other byte is zero as in Latin text.
fn is_utf_16(bytes: &[u8]) -> bool {
    let is_zero = |pair: &[u8]| pair.contains(&0) && pair != [0, 0];
    bytes.starts_with(&[0xFF, 0xFE])
        || bytes.starts_with(&[0xFE, 0xFF])
        || bytes.len().is_multiple_of(2)
            && bytes.chunks(2).filter(|pair| is_zero(pair)).count() > bytes.len() / 4
}

/// Rejects what X would reject, before it costs a request.
pub(super) fn check(
    text: &str,
    length: usize,
    no_length_check: bool,
    needed: bool,
) -> Result<(), Failure> {
    if text.trim().is_empty() && (needed || !text.is_empty()) {
        let reason = format!("the text is empty: 0 of {LIMIT} characters");
        return Err(Failure::new(Kind::Empty, reason).hint("put the text in quotes, or pipe it in"));
    }
    if let Some(character) = control_character(text) {
        let reason = format!(
            "the text contains the control character U+{:04X}",
            u32::from(character)
        );
        return Err(Failure::usage(reason).hint(match character {
            '\u{1B}' => {
                "turn off colours in the program that prints the text, for example with NO_COLOR=1"
            }
            _ => "remove it: only line breaks and tabs can be posted",
        }));
    }
    if let Some(character) = invalid_character(text) {
        let reason = format!(
            "the text contains the character U+{:04X}, which cannot be posted",
            u32::from(character)
        );
        return Err(Failure::usage(reason).hint("remove it"));
    }
    if length > LIMIT && !no_length_check {
        let reason = format!("the text is too long: {length} characters, the limit is {LIMIT}");
        return Err(Failure::new(Kind::TooLong, reason)
            .hint("shorten it; for an account with Premium use --no-length-check"));
    }
    Ok(())
}

/// The first character that X does not accept in a post: any control character except line breaks and tabs.
fn control_character(text: &str) -> Option<char> {
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let is_break = matches!(character, '\n' | '\t')
            || character == '\r' && characters.peek() == Some(&'\n');
        if character.is_control() && !is_break {
            return Some(character);
        }
    }
    None
}
