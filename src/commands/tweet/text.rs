//! The text of a post: where it comes from, and what X would refuse of it.

use std::io::{self, IsTerminal, Read};

use crate::cli::Tweet;
use crate::error::{Failure, Kind, system_reason};
use crate::weight::{LIMIT, invalid_character};

/// The most that is read of a text: Premium's 25,000 characters of four bytes, and some more.
const TEXT_LIMIT: u64 = 1024 * 1024;

/// The text as given: an argument, or standard input without one final newline. Beside media none is `needed`.
pub(super) fn text(
    arguments: &Tweet,
    input_is_taken: bool,
    needed: bool,
) -> Result<String, Failure> {
    let wanted = |reason: &str| {
        Err(Failure::new(Kind::Usage, reason).hint("give the text as one argument, or pipe it in"))
    };
    match arguments.text.as_deref() {
        Some(text) if text != "-" => return Ok(text.to_owned()),
        None if !needed && (input_is_taken || io::stdin().is_terminal()) => {
            return Ok(String::new());
        }
        _ if input_is_taken => {
            return wanted("standard input holds the credentials, so the text must be an argument");
        }
        None if io::stdin().is_terminal() => return wanted("there is no text"),
        _ => {}
    }
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(TEXT_LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| {
            Failure::new(
                Kind::BadInput,
                format!(
                    "standard input could not be read: {}",
                    system_reason(&error)
                ),
            )
        })?;
    if bytes.len() as u64 > TEXT_LIMIT {
        return Err(Failure::new(Kind::TooLong, "the text is longer than 1 MiB"));
    }
    let mut text =
        String::from_utf8(bytes).map_err(|_| Failure::new(Kind::Usage, "the text is not UTF-8"))?;
    if text.ends_with('\n') {
        text.pop();
    }
    Ok(text)
}

/// What X would refuse is refused here, before it costs a request.
pub(super) fn check(
    text: &str,
    length: usize,
    no_length_check: bool,
    needed: bool,
) -> Result<(), Failure> {
    if text.trim().is_empty() && (needed || !text.is_empty()) {
        return Err(
            Failure::new(Kind::Empty, "the text is empty (0 of 280)").hint("give a text to post")
        );
    }
    if let Some(character) = invalid_character(text) {
        let reason = format!(
            "the text holds the character U+{:04X}, which X refuses",
            u32::from(character)
        );
        return Err(Failure::new(Kind::Usage, reason).hint("take it out"));
    }
    if length > LIMIT && !no_length_check {
        let reason = format!("the text is too long: {length} of {LIMIT}");
        return Err(Failure::new(Kind::TooLong, reason)
            .hint("shorten it; for an account with Premium use --no-length-check"));
    }
    Ok(())
}
