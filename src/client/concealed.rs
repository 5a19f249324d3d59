//! Removes secrets that were sent from a reply: whole or in part, in any case and coding.

use std::collections::HashSet;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::signing::encoded;
use crate::account::Secret;
use crate::account::identity::owner_of_token;

/// Any run of this many characters of a secret is removed.
const RUN: usize = 8;

const CUT: &str = "[removed]";

/// `text` with everything from `secrets` removed.
pub(super) fn without(text: &str, secrets: &[Secret]) -> String {
    let runs = runs(secrets);
    let short = secrets.iter().map(Secret::expose);
    let short: Vec<String> = short
        .filter(|secret| secret.len() < RUN)
        .map(str::to_ascii_lowercase)
        .collect();
    let lower = text.to_ascii_lowercase();
    let bytes = lower.as_bytes();
    let mut hidden = vec![false; bytes.len()];
    for (start, window) in bytes.windows(RUN).enumerate() {
        if runs.contains(window) {
            hidden[start..start + RUN].fill(true);
        }
    }
    for secret in short {
        for (start, _) in lower.match_indices(&secret) {
            hidden[start..start + secret.len()].fill(true);
        }
    }
    let mut shown = String::with_capacity(text.len());
    let mut was_hidden = false;
    for (start, character) in text.char_indices() {
        let is_hidden = hidden[start..start + character.len_utf8()].contains(&true);
        if !is_hidden {
            shown.push(character);
        } else if !was_hidden {
            shown.push_str(CUT);
        }
        was_hidden = is_hidden;
    }
    shown
}

/// All runs of the secrets in the codings in which a server may repeat them, in lower case.
fn runs(secrets: &[Secret]) -> HashSet<Vec<u8>> {
    let mut runs = HashSet::new();
    for secret in secrets {
        let secret = secret.expose();
        // The user id in front of an access token is not secret.
        let secret = owner_of_token(secret).map_or(secret, |id| &secret[id.len()..]);
        for text in spellings(secret) {
            let text = text.to_ascii_lowercase();
            runs.extend(text.as_bytes().windows(RUN).map(<[u8]>::to_vec));
        }
    }
    runs
}

fn spellings(secret: &str) -> Vec<String> {
    let mut spellings = vec![secret.to_owned(), encoded(secret.as_bytes())];
    spellings.push(hex(secret));
    // Within a longer text base64 may start at any of its bytes modulo three; the characters shared with neighbours are
    // left out.
    for skipped in 0..3.min(secret.len()) {
        let part = &secret.as_bytes()[skipped..];
        let whole = &part[..part.len() / 3 * 3];
        spellings.push(STANDARD_NO_PAD.encode(whole));
        spellings.push(URL_SAFE_NO_PAD.encode(whole));
    }
    spellings
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str, secret: &str) -> String {
        without(text, &[Secret::new(secret)])
    }

    proptest! {
        #[test]
        fn no_run_of_a_secret_is_left_in_any_coding(
            secret in "[A-Za-z0-9]{20,50}",
            before in "[ -~é]{0,20}",
            from in 0_usize..12,
            pad in "[a-z]{0,2}",
        ) {
            let part = &secret[from..from + 8];
            for spelled in [part.to_owned(), part.to_ascii_uppercase(), part.to_ascii_lowercase()] {
                let shown = cut(&format!("{before}{spelled}é"), &secret);
                prop_assert!(!shown.contains(&spelled), "{}", shown);
            }
            let hex = hex(&secret).to_ascii_uppercase();
            let shown = cut(&hex, &secret);
            prop_assert!(!shown.contains(&hex[..8]), "{}", shown);
            let coded = STANDARD.encode(format!("{pad}{secret}:rest"));
            let shown = cut(&coded, &secret);
            prop_assert!(!shown.contains(&coded[4..14]), "{} {}", coded, shown);
        }

        #[test]
        fn what_has_nothing_to_do_with_it_stays(text in "[ -~é\u{1f980}]{0,200}") {
            prop_assert_eq!(cut(&text, "zqxjkvbpzqxjkvbpzqxj"), text);
        }
    }

    #[test]
    fn the_id_in_front_of_a_token_and_the_names_of_parameters_are_shown() {
        let text = "user 931657239872432861: invalid oauth_verifier, 1234567";
        let token = Secret::new("931657239872432861-abcdefghijklmnopqrst");
        let pin = Secret::new("1234567");
        assert_eq!(
            without(text, &[token, pin]),
            "user 931657239872432861: invalid oauth_verifier, [removed]"
        );
    }
}
