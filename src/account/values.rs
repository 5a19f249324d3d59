//! The format of the four values at X, and which values cannot be right there.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::identity::owner_of_token;
use crate::error::{Failure, Kind};

/// One of the four values of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    ConsumerKey,
    ConsumerSecret,
    AccessToken,
    AccessTokenSecret,
}

impl Part {
    pub(crate) const ALL: [Self; 4] = [
        Self::ConsumerKey,
        Self::ConsumerSecret,
        Self::AccessToken,
        Self::AccessTokenSecret,
    ];

    /// Its label in the credentials file.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::ConsumerKey => "consumer_key",
            Self::ConsumerSecret => "consumer_secret",
            Self::AccessToken => "access_token",
            Self::AccessTokenSecret => "access_token_secret",
        }
    }
}

/// The start of every app-only Bearer Token of X.
const BEARER: &str = "AAAAAAAAAAAAAAAAAAAA";

/// Why `value` cannot be this part of an account at X, as the end of a sentence that begins with its name. No reason
/// repeats the value.
pub(crate) fn mistake(part: Part, value: &str) -> Option<&'static str> {
    of_characters(value)
        .or_else(|| of_other_texts(value))
        .or_else(|| of_place(part, value))
}

/// The first value of an account that cannot be right, and why: each by itself, then compared with the others.
pub(crate) fn mistake_among(values: &[(Part, &str)]) -> Option<(Part, &'static str)> {
    let each = || {
        let mut values = values.iter();
        values.find_map(|(part, value)| mistake(*part, value).map(|reason| (*part, reason)))
    };
    swapped(values).or_else(each).or_else(|| same(values))
}

/// Whether the value has exactly the format that X gives this part. Many valid values of other servers do not.
pub(crate) fn has_shape(part: Part, value: &str) -> bool {
    let is_plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match part {
        Part::ConsumerKey => is_plain && (15..=34).contains(&value.len()) && !is_placeholder(value),
        Part::ConsumerSecret | Part::AccessTokenSecret => {
            is_plain
                && (35..=64).contains(&value.len())
                && !value.starts_with(BEARER)
                && !is_placeholder(value)
        }
        Part::AccessToken => token_owner(value).is_some_and(|id| value.len() - id.len() > 15),
    }
}

/// The user id at the front of an access token of X, whose rest is letters and digits.
pub(crate) fn token_owner(token: &str) -> Option<&str> {
    let owner = owner_of_token(token)?;
    let rest = token.get(owner.len() + 1..)?;
    rest.bytes()
        .all(|byte| byte.is_ascii_alphanumeric())
        .then_some(owner)
}

fn of_characters(value: &str) -> Option<&'static str> {
    if value.is_empty() {
        return Some("is empty");
    }
    if is_reference(value) {
        return Some("refers to another value, which twauth does not look up");
    }
    let is_filler = |c: char| "xX*.#?_-".contains(c);
    if value.len() >= 3 && value.chars().all(is_filler) {
        return Some("is a placeholder");
    }
    value.chars().find_map(|c| match c {
        ' ' | '\t' | '\n' | '\r' => Some("contains white space"),
        '"' | '\'' | '`' | '\u{2018}'..='\u{201f}' | '\u{ab}' | '\u{bb}' => {
            Some("contains a quotation mark")
        }
        _ if c.is_control() => Some("contains a control character"),
        _ if c.is_whitespace() => Some("contains white space"),
        _ if !c.is_ascii() => Some("contains an invisible character or one that is not ASCII"),
        '<' | '>' => Some("is a placeholder"),
        '{' | '}' | '[' | ']' | '(' | ')' | '*' | '|' | ';' | ',' | '\\' | '=' | '&' => {
            Some("contains a character that no key of X has")
        }
        _ => None,
    })
}

/// Variables, templates, and references to password stores.
fn is_reference(value: &str) -> bool {
    let starts = [
        "$", "%(", "{{", "<%", "op://", "vault:", "ENC[", "!secret", "arn:aws:", "env:",
    ];
    starts.iter().any(|start| value.starts_with(start))
        || value.contains("${")
        || value.contains("$(")
        || value.contains("{{")
        || value.len() > 2 && value.starts_with('%') && value.ends_with('%')
        || ["ENV[", "process.env", "os.environ", "os.getenv"]
            .iter()
            .any(|call| value.contains(call))
}

/// Texts that are never one of the four values.
fn of_other_texts(value: &str) -> Option<&'static str> {
    if value.starts_with(BEARER) {
        Some("is a Bearer Token, which is for OAuth 2")
    } else if is_client_id(value) {
        Some("is a Client ID, which is for OAuth 2")
    } else if is_placeholder(value) {
        Some("is a placeholder")
    } else {
        None
    }
}

/// A Client ID is base64 of a text that ends in `:1:ci`.
fn is_client_id(value: &str) -> bool {
    let bare = value.trim_end_matches('=');
    let text = URL_SAFE_NO_PAD
        .decode(bare)
        .or_else(|_| STANDARD_NO_PAD.decode(bare));
    text.is_ok_and(|text| text.ends_with(b":1:ci"))
}

/// The words that sample values consist of.
const WORDS: &str = "\
    access add an api app bot change client consumer dummy enter example fill from goes here hidden id insert it \
    key me my none null oauth of paste placeholder put redacted removed replace sample secret string the this todo \
    token twitter undefined value with x your yours";

/// Whether the text consists only of such words.
fn is_placeholder(value: &str) -> bool {
    let letters = value.chars().filter(char::is_ascii_alphabetic);
    let letters: String = letters.map(|c| c.to_ascii_lowercase()).collect();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    if !(3..=80).contains(&letters.len()) || digits > 2 {
        return false;
    }
    // Whether words, one after the other, reach from the start to here.
    let mut reached = vec![false; letters.len() + 1];
    reached[0] = true;
    for start in 0..letters.len() {
        if reached[start] {
            let words = WORDS
                .split(' ')
                .filter(|word| letters[start..].starts_with(word));
            words.for_each(|word| reached[start + word.len()] = true);
        }
    }
    reached[letters.len()]
}

/// Values that belong to another part.
fn of_place(part: Part, value: &str) -> Option<&'static str> {
    let is_token =
        token_owner(value).is_some_and(|id| id.len() >= 5 && value.len() - id.len() > 20);
    match part {
        Part::AccessToken => None,
        _ if is_token => Some("is an access token"),
        Part::ConsumerKey if has_shape(Part::ConsumerSecret, value) => {
            Some("is as long as an API Key Secret")
        }
        _ => None,
    }
}

fn of_part<'text>(part: Part, values: &[(Part, &'text str)]) -> Option<&'text str> {
    let mut values = values.iter();
    values.find_map(|(own, value)| (*own == part).then_some(*value))
}

/// At X a key has 25 characters and a secret 50.
fn swapped(values: &[(Part, &str)]) -> Option<(Part, &'static str)> {
    let key = of_part(Part::ConsumerKey, values)?;
    let secret = of_part(Part::ConsumerSecret, values)?;
    let is_swapped = has_shape(Part::ConsumerSecret, key) && has_shape(Part::ConsumerKey, secret);
    is_swapped.then_some((Part::ConsumerKey, "and its secret are swapped"))
}

fn same(values: &[(Part, &str)]) -> Option<(Part, &'static str)> {
    use Part::{AccessToken, AccessTokenSecret, ConsumerKey, ConsumerSecret};
    let twins = [
        (ConsumerKey, ConsumerSecret, "is the same as the API Key"),
        (
            AccessToken,
            AccessTokenSecret,
            "is the same as the Access Token",
        ),
        (ConsumerKey, AccessToken, "is the same as the API Key"),
        (
            ConsumerSecret,
            AccessToken,
            "is the same as the API Key Secret",
        ),
        (
            ConsumerSecret,
            AccessTokenSecret,
            "is the same as the API Key Secret",
        ),
    ];
    twins.into_iter().find_map(|(one, other, reason)| {
        let value = of_part(one, values)?;
        (of_part(other, values) == Some(value)).then_some((other, reason))
    })
}

/// The failure for a value that cannot be right; `name` is its variable, prompt or label.
pub(crate) fn bad_value(name: &str, reason: &str) -> Failure {
    Failure::new(Kind::BadValue, format!("{name} {reason}")).hint(WHERE)
}

/// The failure for a value in the credentials file; `name` is its label.
pub(crate) fn bad_value_in_file(name: &str, reason: &str) -> Failure {
    Failure::new(Kind::BadValueInFile, format!("{name} {reason}")).hint(WHERE)
}

const WHERE: &str = "copy the API Key, the Access Token and their secrets from Keys & Tokens of the app at console.x.com";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "SampleKey0SampleKey0Abcde";
    const SECRET: &str = "SampleSecret0SampleSecret0SampleSecret0SampleSecre";
    const TOKEN: &str = "931657239872432861-SampleToken0SampleToken0SampleToken0Samp";
    const TOKEN_SECRET: &str = "SampleTokenSecret0SampleTokenSecret0SampleTok";

    #[test]
    fn values_that_can_only_be_a_mistake_are_named() {
        for (value, reason) in [
            ("", "is empty"),
            ("two words", "white space"),
            ("line\nbreak", "white space"),
            ("no\u{a0}break", "white space"),
            ("'quoted'", "quotation mark"),
            ("\u{201c}curly\u{201d}", "quotation mark"),
            ("bell\u{7}", "control character"),
            ("zero\u{200b}width", "not ASCII"),
            ("right\u{202e}left", "not ASCII"),
            ("\u{43a}ey", "not ASCII"),
            ("${{ secrets.KEY }}", "refers to"),
            ("$KEY", "refers to"),
            ("${KEY}", "refers to"),
            ("%KEY%", "refers to"),
            ("%(key)s", "refers to"),
            ("{{ .Values.key }}", "refers to"),
            ("op://vault/bot/key", "refers to"),
            ("ENC[AES256_GCM,data:abc]", "refers to"),
            ("process.env.KEY", "refers to"),
            ("YOUR_CONSUMER_KEY", "placeholder"),
            ("your-api-key-here", "placeholder"),
            ("yourAccessTokenSecret", "placeholder"),
            ("YOURCONSUMERKEYHERE", "placeholder"),
            ("xxxx", "placeholder"),
            ("XXXXXXXXXXXXXXXXXXXXXXXXX", "placeholder"),
            ("***", "placeholder"),
            ("...", "placeholder"),
            ("<key>", "placeholder"),
            ("changeme", "placeholder"),
            ("CONSUMER_KEY", "placeholder"),
            ("key,", "no key of X has"),
            ("KEY=value", "no key of X has"),
            ("AAAAAAAAAAAAAAAAAAAAAsample%3Dsample", "Bearer Token"),
            ("c2FtcGxlc2FtcGxlc2FtcGxlOjE6Y2k", "Client ID"),
        ] {
            for part in Part::ALL {
                let said = mistake(part, value).unwrap_or("nothing");
                assert!(said.contains(reason), "{value:?}: {said}");
            }
        }
        assert_eq!(
            mistake(Part::ConsumerKey, TOKEN),
            Some("is an access token")
        );
        assert_eq!(
            mistake(Part::AccessTokenSecret, TOKEN),
            Some("is an access token")
        );
        assert_eq!(
            mistake(Part::ConsumerKey, SECRET),
            Some("is as long as an API Key Secret")
        );
    }

    #[test]
    fn values_in_their_places_are_no_mistake() {
        for (part, value) in Part::ALL
            .into_iter()
            .zip([KEY, SECRET, TOKEN, TOKEN_SECRET])
        {
            assert_eq!(mistake(part, value), None);
            assert!(has_shape(part, value));
        }
        for short in ["k", "x2", "key1of931", "a.b/c+d~e"] {
            assert_eq!(mistake(Part::ConsumerKey, short), None, "{short}");
        }
    }

    #[test]
    fn values_are_compared_with_one_another() {
        use Part::{AccessToken, AccessTokenSecret, ConsumerKey, ConsumerSecret};
        for (values, part) in [
            (
                &[(ConsumerKey, "same1"), (ConsumerSecret, "same1")][..],
                ConsumerSecret,
            ),
            (
                &[(AccessToken, "1-a"), (AccessTokenSecret, "1-a")],
                AccessTokenSecret,
            ),
            (
                &[(ConsumerKey, "same1"), (AccessToken, "same1")],
                AccessToken,
            ),
            (&[(ConsumerKey, SECRET), (ConsumerSecret, KEY)], ConsumerKey),
            (
                &[(ConsumerSecret, "a b"), (ConsumerKey, "k")],
                ConsumerSecret,
            ),
        ] {
            assert_eq!(mistake_among(values).map(|(part, _)| part), Some(part));
        }
        let good: Vec<_> = Part::ALL
            .into_iter()
            .zip([KEY, SECRET, TOKEN, TOKEN_SECRET])
            .collect();
        assert_eq!(mistake_among(&good), None);
        assert_eq!(mistake_among(&good[..1]), None);
    }

    #[test]
    fn a_token_says_whose_it_is() {
        assert_eq!(token_owner(TOKEN), Some("931657239872432861"));
        assert_eq!(token_owner("12-ab"), Some("12"));
        for other in [
            "",
            "12",
            "12-",
            "-ab",
            "a12-ab",
            "12345678-1234-4321-8888",
            "12345678901234567890-ab",
        ] {
            assert_eq!(token_owner(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn what_x_gives_out_is_never_a_mistake(
            key in "[A-Za-z0-9]{25}",
            secret in "[A-Za-z0-9]{50}",
            token in "[1-9][0-9]{1,18}-[A-Za-z0-9]{40}",
            token_secret in "[A-Za-z0-9]{45}",
        ) {
            let values: Vec<_> = Part::ALL.into_iter().zip([&*key, &*secret, &*token, &*token_secret]).collect();
            prop_assert_eq!(mistake_among(&values), None);
            for (part, value) in values {
                prop_assert!(has_shape(part, value));
            }
        }

        #[test]
        fn no_reason_repeats_the_value(value in ".{4,60}") {
            for part in Part::ALL {
                if let Some(reason) = mistake(part, &value) {
                    prop_assert!(!reason.contains(&*value) || WORDS.split(' ').any(|word| value.trim() == word));
                }
            }
        }

        #[test]
        fn no_value_with_white_space_or_quotation_marks_passes(
            before in "[A-Za-z0-9-]{0,20}", mark in "[ \t\r\n\"'`\u{feff}\u{200b}\u{a0}]", after in "[A-Za-z0-9-]{0,20}",
        ) {
            let value = format!("{before}{mark}{after}");
            prop_assert!(Part::ALL.into_iter().all(|part| mistake(part, &value).is_some()));
        }
    }
}
