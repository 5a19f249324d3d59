//! Asks for the PIN: a PIN, the URL of a redirect, or something that is never sent.

use crate::error::{Failure, Kind};
use crate::oauth::Redirect;
use crate::prompt;
use crate::terminal::stderr::talk;
use crate::terminal::text::is_harmful;

/// The question for the PIN, and what an empty line does.
pub(super) const PIN: &str = "PIN from the page (Enter cancels): ";
pub(super) const PIN_OR_SKIP: &str = "PIN from the page (Enter skips this account, q cancels): ";

/// An answer that may be sent.
#[derive(Clone)]
pub(super) struct Answer {
    /// The temporary credentials that it belongs to, if it is a redirect.
    pub(super) token: Option<String>,
    /// `None` if the resource owner denied the authorisation.
    verifier: Option<String>,
}

impl Answer {
    /// The verifier, if the resource owner authorised the app.
    pub(super) fn verifier(self) -> Result<String, Failure> {
        self.verifier.ok_or_else(|| {
            let reason = "the app was not authorised; nothing was changed";
            Failure::new(Kind::Cancelled, reason)
        })
    }
}

impl From<Redirect> for Answer {
    fn from(redirect: Redirect) -> Self {
        Self {
            token: Some(redirect.token),
            verifier: redirect.verifier,
        }
    }
}

/// Asks until `take` accepts an answer; `None` for an empty line. An answer that cannot be sent costs no try; a program
/// gets an error.
pub(super) async fn ask<T>(
    question: &str,
    is_digits: bool,
    take: impl Fn(Answer) -> Result<T, Failure>,
) -> Result<Option<T>, Failure> {
    loop {
        let answer = prompt::line(question, "the PIN").await?;
        if answer.trim().is_empty() {
            return Ok(None);
        }
        if prompt::says_leave(&answer) {
            return Err(prompt::cancelled());
        }
        match read(&answer, is_digits).and_then(&take) {
            Err(failure) if failure.kind == Kind::NotAPin && prompt::is_interactive() => {
                talk(&failure.reason);
            }
            outcome => return outcome.map(Some),
        }
    }
}

/// Reads an answer. Where X's rules hold, a PIN is digits; elsewhere a verifier is any one word.
pub(super) fn read(answer: &str, is_digits: bool) -> Result<Answer, Failure> {
    let text = without_marks(answer);
    let text = text.trim();
    if let Some(query) = query(text) {
        let redirect = Redirect::of(query);
        return redirect
            .map(Answer::from)
            .ok_or_else(|| not_a_pin("this URL contains no PIN", is_digits));
    }
    let word = if is_digits {
        let digits: String = text.chars().filter(|it| !is_dropped(*it)).collect();
        without_label(&digits).to_owned()
    } else {
        without_label(text).trim().to_owned()
    };
    let is_verifier = if is_digits {
        word.bytes().all(|byte| byte.is_ascii_digit())
    } else {
        !word.contains(char::is_whitespace)
    };
    if word.is_empty() || !is_verifier {
        return Err(not_a_pin("this is not a PIN", is_digits));
    }
    Ok(Answer {
        token: None,
        verifier: Some(word),
    })
}

/// Why an answer is not sent.
pub(super) fn not_a_pin(reason: &str, is_digits: bool) -> Failure {
    let pin = if is_digits {
        "a number of about seven digits"
    } else {
        "one word"
    };
    Failure::new(
        Kind::NotAPin,
        format!("{reason}: the PIN is {pin} on the page; nothing was sent"),
    )
    .hint("enter the PIN from the page, or paste the URL that the browser was sent to")
}

/// The query of a redirect's URL, or a query pasted alone; `None` if the text is neither.
fn query(text: &str) -> Option<&str> {
    let is_url = text.contains("://") || text.contains("/oauth/");
    let is_redirect = ["oauth_verifier=", "oauth_token=", "denied="]
        .iter()
        .any(|field| text.contains(field));
    if !is_url && !is_redirect {
        return None;
    }
    let query = text.split_once('?').map_or(text, |(_, query)| query);
    Some(query.split('#').next().unwrap_or(""))
}

/// The text without the marks that a terminal puts around a paste, and without invisible characters.
fn without_marks(answer: &str) -> String {
    let unmarked = answer.replace("\u{1b}[200~", "").replace("\u{1b}[201~", "");
    unmarked
        .chars()
        .filter(|it| it.is_whitespace() || !is_harmful(*it))
        .collect()
}

/// White space, dashes and quotation marks do not belong to a PIN.
fn is_dropped(character: char) -> bool {
    character.is_whitespace()
        || matches!(character,
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}'
            | '"' | '\'' | '`' | '\u{b4}' | '\u{ab}' | '\u{bb}' | '\u{2018}'..='\u{201f}' | '\u{2039}' | '\u{203a}')
}

fn without_label(text: &str) -> &str {
    match text.split_at_checked(3) {
        Some((label, rest)) if label.eq_ignore_ascii_case("pin") => {
            rest.trim_start().strip_prefix(':').unwrap_or(text)
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(answer: &str, is_digits: bool) -> String {
        match read(answer, is_digits) {
            Err(_) => "-".to_owned(),
            Ok(Answer { token, verifier }) => {
                let token = token.map(|token| format!("{token}/")).unwrap_or_default();
                format!("{token}{}", verifier.as_deref().unwrap_or("denied"))
            }
        }
    }

    #[test]
    fn a_pin_is_its_digits_whatever_is_around_them() {
        for answer in [
            "0424277",
            "  0424277\t",
            "042 42\u{a0}77",
            "0424-277",
            "0424\u{2013}277",
            "\"0424277\"",
            "\u{201c}0424277\u{201d}",
            "'0424277'",
            "\u{200b}0424\u{2060}277\u{feff}",
            "\u{1b}[200~0424277\u{1b}[201~",
            "PIN: 0424277",
            "pin:0424277",
            "Pin : 042-4277",
            "`0424277`",
        ] {
            assert_eq!(shown(answer, true), "0424277", "{answer:?}");
        }
        assert_eq!(shown("1", true), "1");
        assert_eq!(shown("123456789012345678901234", true).len(), 24);
    }

    #[test]
    fn what_is_no_pin_is_not_sent() {
        for answer in [
            "hello",
            "my password is hunter2",
            "clear; twauth sandbox",
            "1234567.",
            "PIN 1234567",
            "123456a",
            "\u{ff11}\u{ff12}\u{ff13}",
            "\u{1b}[A1234567",
            "--",
            "PIN:",
            "+1234567",
            "https://api.x.com/oauth/authorize",
            "https://api.x.com/oauth/authorize?oauth_token=t",
            "https://example.org/1234567",
            "oauth_token=t&oauth_verifier=",
        ] {
            assert_eq!(shown(answer, true), "-", "{answer:?}");
        }
    }

    #[test]
    fn elsewhere_a_verifier_is_one_word() {
        for (answer, verifier) in [
            (" hfdp7dh39dks9884 ", "hfdp7dh39dks9884"),
            ("a-b_c", "a-b_c"),
            ("PIN: x1", "x1"),
            ("two words", "-"),
            ("https://example.org/authorize", "-"),
            ("https://example.org/cb?oauth_token=t", "-"),
        ] {
            assert_eq!(shown(answer, false), verifier, "{answer:?}");
        }
    }

    #[test]
    fn a_redirect_is_read_from_its_url_or_its_query() {
        for is_digits in [true, false] {
            for (answer, read) in [
                (
                    "https://example.org/cb?x=1&oauth_token=t&oauth_verifier=v%2B#top",
                    "t/v+",
                ),
                ("oauth_verifier=v&oauth_token=t", "t/v"),
                (" ?oauth_token=t&oauth_verifier=v ", "t/v"),
                ("http://127.0.0.1:1/cb?denied=t", "t/denied"),
                ("denied=t", "t/denied"),
            ] {
                assert_eq!(shown(answer, is_digits), read, "{answer:?}");
            }
        }
    }
}
