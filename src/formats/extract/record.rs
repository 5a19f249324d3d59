//! The labels of one set: which of them gives which of the four values, and whether these can be right.

use crate::account::{Part, has_shape, is_user_id, mistake, mistake_among, token_owner};
use crate::formats::Broken;
use crate::formats::labels::{self, Label};
use crate::formats::pairs::{PLACEHOLDER, Pair, REFERENCE, REFERS, SAMPLE, Value};

/// One of the four values, and the pair it is from.
#[derive(Clone, Copy)]
pub(super) struct Taken<'pairs> {
    pub(super) part: Part,
    pub(super) text: &'pairs str,
    pub(super) pair: &'pairs Pair,
}

/// The four values in their order, as far as they are there.
pub(super) type Four<'pairs> = [Option<Taken<'pairs>>; 4];

/// What makes a set no account, and whether it can be left out beside one.
pub(super) type Flaw = (Broken, bool);

#[derive(Default)]
pub(super) struct Record<'pairs>(pub(super) Vec<&'pairs Pair>);

/// The records of one set: one begins where a label comes again behind a complete one.
pub(super) fn records<'pairs>(pairs: &[&'pairs Pair]) -> Vec<Record<'pairs>> {
    let mut records = Vec::new();
    let mut record = Record::default();
    for pair in pairs {
        let is_other = |known: &&Pair| {
            known.name.label == pair.name.label
                && known.name.is_x == pair.name.is_x
                && known.is_present()
                && known.text() != pair.text()
        };
        // What is longer is no account's.
        let starts = record.0.len() < 200
            && pair.is_present()
            && matches!(pair.name.label, Label::Value(_) | Label::ScreenName)
            && record.0.iter().any(is_other)
            && record
                .0
                .last()
                .is_some_and(|last| last.paragraph != pair.paragraph)
            && record.has_token();
        if starts {
            records.push(std::mem::take(&mut record));
        }
        record.0.push(pair);
    }
    records.push(record);
    records
}

impl<'pairs> Record<'pairs> {
    /// The pairs of that label which are not empty.
    pub(super) fn all(&self, label: Label) -> impl Iterator<Item = &'pairs Pair> {
        let pairs = self.0.iter().copied();
        pairs.filter(move |pair| pair.name.label == label && pair.is_present())
    }

    pub(super) fn has(&self, label: Label) -> bool {
        self.all(label).next().is_some()
    }

    /// The first text of that label.
    pub(super) fn find(&self, label: Label) -> Option<(&'pairs str, &'pairs Pair)> {
        self.all(label).find_map(|pair| Some((pair.text()?, pair)))
    }

    fn has_token(&self) -> bool {
        let has = |part| self.has(Label::Value(part)) || self.has(Label::Weak(part));
        has(Part::AccessToken) && (has(Part::AccessTokenSecret) || self.has(Label::Secret))
    }

    /// Whether a clear name of one of the four speaks of X.
    fn speaks_of_x(&self) -> bool {
        let mut pairs = self.0.iter();
        pairs.any(|pair| {
            matches!(pair.name.label, Label::Value(_)) && pair.name.is_x && pair.is_present()
        })
    }

    pub(super) fn four(&self, group: &str) -> Result<Four<'pairs>, Broken> {
        let mut four = [None; 4];
        for (value, part) in four.iter_mut().zip(Part::ALL) {
            *value = self.clear(part)?;
        }
        let [mut key, mut secret, mut token, mut token_secret] = four;
        let of_x = self.speaks_of_x();
        let shaped = |label, part| {
            let mut pairs = self.all(label).filter(|pair| !of_x || pair.name.is_x);
            pairs.find_map(|pair| {
                let text = pair.text().filter(|text| has_shape(part, text))?;
                Some(Taken { part, text, pair })
            })
        };
        let weak = |part| shaped(Label::Weak(part), part);
        let keyed = |part| weak(part).or_else(|| shaped(Label::Key, part));
        key = key.or_else(|| keyed(Part::ConsumerKey));
        token = token.or_else(|| keyed(Part::AccessToken));
        secret = secret.or_else(|| weak(Part::ConsumerSecret));
        token_secret = token_secret.or_else(|| weak(Part::AccessTokenSecret));
        // A plain `secret` is of the key or the token that has none, else what the group says.
        let of_client = match (secret.is_some(), token_secret.is_some()) {
            (true, true) => None,
            (false, false) if key.is_some() == token.is_some() => labels::is_of_client(group),
            (false, false) => Some(key.is_some()),
            (_, has_token_secret) => Some(has_token_secret),
        };
        match of_client {
            Some(true) => secret = secret.or_else(|| shaped(Label::Secret, Part::ConsumerSecret)),
            Some(false) => {
                token_secret =
                    token_secret.or_else(|| shaped(Label::Secret, Part::AccessTokenSecret));
            }
            None => {}
        }
        if key.is_some() {
            secret = secret.or_else(|| shaped(Label::ClientSecret, Part::ConsumerSecret));
        }
        Ok([key, secret, token, token_secret])
    }

    /// The value of the labels that say clearly which it is.
    fn clear(&self, part: Part) -> Result<Option<Taken<'pairs>>, Broken> {
        let mut chosen: Vec<&Pair> = self.all(Label::Value(part)).collect();
        let fits = |pair: &&Pair| pair.text().is_some_and(|text| has_shape(part, text));
        let has_x = chosen.iter().any(|pair| pair.name.is_x);
        let has_own = chosen.iter().any(|pair| !pair.is_merged);
        chosen.retain(|pair| pair.name.is_x == has_x && pair.is_merged != has_own);
        // Beside names that speak of X, those that do not are taken only where the value itself does.
        if !has_x && self.speaks_of_x() {
            chosen.retain(fits);
        }
        let are_quoted = self
            .0
            .iter()
            .any(|pair| is_credential(pair) && matches!(pair.value, Value::Quoted(_)));
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let is_variable = |pair: &&Pair| {
            are_quoted
                && !fits(pair)
                && matches!(&pair.value, Value::Bare(text) if text.bytes().all(is_name))
        };
        if !chosen.iter().all(is_variable) {
            chosen.retain(|pair| !is_variable(pair));
        }
        let is_sample = |text| mistake(part, text) == Some(PLACEHOLDER);
        if chosen.iter().any(fits) {
            chosen.retain(|pair| !pair.text().is_some_and(is_sample));
        }
        let Some(first) = chosen.first().copied() else {
            return Ok(None);
        };
        let label = part.label();
        let is_other = |pair: &&&Pair| pair.text() != first.text();
        if let Some(other) = chosen.iter().find(is_other) {
            let reason = format!(
                "{label} is given twice with different values (first in line {})",
                first.line
            );
            return Err(Broken::at(other.line, reason));
        }
        let reason = match &first.value {
            Value::Fault(reason) => reason,
            _ if is_variable(&first) && first.text().is_some_and(is_sample) => PLACEHOLDER,
            _ if is_variable(&first) => REFERS,
            _ => {
                let text = first.text();
                return Ok(text.map(|text| Taken {
                    part,
                    text,
                    pair: first,
                }));
            }
        };
        Err(Broken::at(first.line, format!("{label} {reason}")))
    }

    /// The first of its values that is empty or another's.
    pub(super) fn absent(&self) -> Option<Broken> {
        self.0.iter().find_map(|pair| match pair.value {
            Value::Absent(reason) if is_credential(pair) => {
                Some(Broken::at(pair.line, format!("{} {reason}", word(pair))))
            }
            _ => None,
        })
    }

    /// What is missing where a key or token has no secret or the other way round. It can be left out unless it can only
    /// have been meant for an account.
    pub(super) fn half(&self, four: Four<'_>, line: usize) -> Option<Flaw> {
        let [key, secret, token, token_secret] = four.map(|taken| taken.is_some());
        let missing: Vec<&str> = [
            (key && !secret, Part::ConsumerSecret),
            (secret && !key, Part::ConsumerKey),
            (token && !token_secret, Part::AccessTokenSecret),
            (token_secret && !token, Part::AccessToken),
        ]
        .into_iter()
        .filter_map(|(is_missing, part)| is_missing.then_some(part.label()))
        .collect();
        let verb = match missing.len() {
            0 => return None,
            1 => "is",
            _ => "are",
        };
        let absent = self.0.iter().find_map(|pair| match pair.value {
            Value::Absent(reason) if missing.contains(&word(pair)) => {
                Some(Broken::at(pair.line, format!("{} {reason}", word(pair))))
            }
            _ => None,
        });
        let broken = absent.unwrap_or_else(|| {
            Broken::at(
                line,
                format!("{} {verb} missing here", missing.join(" and ")),
            )
        });
        let is_meant = |taken: Taken<'_>| {
            let name = &taken.pair.name;
            name.is_x
                || taken.part == Part::AccessToken && has_shape(taken.part, taken.text)
                || !name.is_general && name.affix.is_empty()
        };
        let values = four.into_iter().flatten();
        let may_leave = values.clone().count() == 1 && !values.clone().any(is_meant);
        Some((broken, may_leave))
    }

    /// Beside a screen name, a user id that is not the token's contradicts it; elsewhere it is another program's.
    pub(super) fn check_owner(&self, owner: Option<&str>) -> Result<(), Broken> {
        match (owner, self.find(Label::UserId)) {
            (Some(owner), Some((id, pair)))
                if id != owner && is_user_id(id) && self.find(Label::ScreenName).is_some() =>
            {
                let reason = "user_id is not the one that the access token begins with";
                Err(Broken::at(pair.line, reason))
            }
            _ => Ok(()),
        }
    }
}

fn is_credential(pair: &Pair) -> bool {
    matches!(
        pair.name.label,
        Label::Value(_) | Label::Weak(_) | Label::Key | Label::Secret
    )
}

/// Our own word for what the pair is.
fn word(pair: &Pair) -> &'static str {
    match pair.name.label {
        Label::Value(part) | Label::Weak(part) => part.label(),
        Label::Key => "the key",
        _ => "the secret",
    }
}

/// What makes the values no account's, at X or elsewhere. Nothing but placeholders can be left out.
pub(super) fn wrong(four: Four<'_>, is_at_x: bool) -> Option<Flaw> {
    let taken: Vec<Taken<'_>> = four.into_iter().flatten().collect();
    let values: Vec<(Part, &str)> = taken.iter().map(|it| (it.part, it.text)).collect();
    let (part, reason) = if is_at_x {
        mistake_among(&values).or_else(|| values.iter().find_map(not_of_x))
    } else {
        let mut values = values.iter();
        let stands_in = values.find(|(_, text)| matches!(*text, REFERENCE | SAMPLE));
        stands_in.and_then(|(part, text)| Some((*part, mistake(*part, text)?)))
    }?;
    let line = taken.iter().find(|it| it.part == part)?.pair.line;
    let broken = Broken {
        is_value: true,
        ..Broken::at(line, format!("{} {reason}", part.label()))
    };
    let is_sample = |it: &Taken<'_>| mistake(it.part, it.text) == Some(PLACEHOLDER);
    Some((broken, taken.iter().all(is_sample)))
}

fn not_of_x((part, value): &(Part, &str)) -> Option<(Part, &'static str)> {
    let is_of_x = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !value.bytes().all(is_of_x) {
        Some((*part, "contains a character that no key of X has"))
    } else if *part == Part::AccessToken && token_owner(value).is_none() {
        Some((*part, "does not begin with a user id, as X's do"))
    } else {
        None
    }
}
