//! The values of one set: which of its labels gives which of the four, and whether they can be right.

use crate::account::{Part, has_shape, is_user_id, mistake, mistake_among, token_owner};
use crate::formats::Broken;
use crate::formats::groups::{Pair, Value};
use crate::formats::labels::{self, Label};

const REFERS: &str = "refers to another value, which is not looked up";

/// One of the four values: text, line, and the pair it is from.
pub(super) type Taken<'pairs> = (&'pairs str, &'pairs Pair);

/// The pairs of one group, each set for itself: one begins where a label comes again behind a complete set.
pub(super) fn records<'pairs>(pairs: &[&'pairs Pair]) -> Vec<Vec<&'pairs Pair>> {
    let mut records = Vec::new();
    let mut record: Vec<&Pair> = Vec::new();
    for pair in pairs {
        let is_other = |known: &&Pair| {
            known.name.label == pair.name.label
                && known.name.is_x == pair.name.is_x
                && is_present(known)
                && text(known) != text(pair)
        };
        // What is longer is no account's.
        let starts = record.len() < 200
            && is_present(pair)
            && matches!(pair.name.label, Label::Value(_) | Label::ScreenName)
            && record.iter().any(is_other)
            && record
                .last()
                .is_some_and(|last| last.paragraph != pair.paragraph)
            && has_token(&record);
        if starts {
            records.push(std::mem::take(&mut record));
        }
        record.push(pair);
    }
    records.push(record);
    records
}

fn has_token(record: &[&Pair]) -> bool {
    let has = |label| {
        record
            .iter()
            .any(|pair| pair.name.label == label && is_present(pair))
    };
    (has(Label::Value(Part::AccessToken)) || has(Label::Weak(Part::AccessToken)))
        && (has(Label::Value(Part::AccessTokenSecret))
            || has(Label::Weak(Part::AccessTokenSecret))
            || has(Label::Secret))
}

pub(super) fn is_present(pair: &Pair) -> bool {
    matches!(&pair.value, Value::Quoted(text) | Value::Bare(text) if !text.is_empty())
        || matches!(pair.value, Value::Fault(_))
}

pub(super) fn is_credential(pair: &Pair) -> bool {
    matches!(
        pair.name.label,
        Label::Value(_) | Label::Weak(_) | Label::Key | Label::Secret
    )
}

/// Our own word for what the pair is.
pub(super) fn word(pair: &Pair) -> &'static str {
    match pair.name.label {
        Label::Value(part) | Label::Weak(part) => part.label(),
        Label::Key => "the key",
        _ => "the secret",
    }
}

pub(super) fn text(pair: &Pair) -> Option<&str> {
    match &pair.value {
        Value::Quoted(text) | Value::Bare(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// The four values of a set in their order, as far as they are there.
pub(super) fn four<'pairs>(
    record: &[&'pairs Pair],
    group: &str,
) -> Result<[Option<Taken<'pairs>>; 4], Broken> {
    let mut four = [None; 4];
    let are_quoted = record
        .iter()
        .any(|pair| is_credential(pair) && matches!(pair.value, Value::Quoted(_)));
    let x_credentials = record.iter().any(|pair| {
        matches!(pair.name.label, Label::Value(_)) && pair.name.is_x && is_present(pair)
    });
    for (place, part) in four.iter_mut().zip(Part::ALL) {
        *place = clear(record, part, are_quoted, x_credentials)?;
    }
    let shaped = |label: Label, part: Part| {
        record
            .iter()
            .filter(|pair| pair.name.label == label && (!x_credentials || pair.name.is_x))
            .find_map(|pair| {
                text(pair)
                    .filter(|text| has_shape(part, text))
                    .map(|text| (text, *pair))
            })
    };
    let [mut key, mut secret, mut token, mut token_secret] = four;
    let hint = labels::is_of_client(group);
    let any = |part| shaped(Label::Weak(part), part);
    let client_key = shaped(Label::Key, Part::ConsumerKey);
    let token_key = shaped(Label::Key, Part::AccessToken);
    key = key.or_else(|| any(Part::ConsumerKey)).or(client_key);
    token = token.or_else(|| any(Part::AccessToken)).or(token_key);
    secret = secret.or_else(|| any(Part::ConsumerSecret));
    token_secret = token_secret.or_else(|| any(Part::AccessTokenSecret));
    let lone = shaped(Label::Secret, Part::ConsumerSecret);
    let for_client = match (secret, token_secret) {
        (None, Some(_)) => Some(true),
        (Some(_), None) => Some(false),
        (Some(_), Some(_)) => None,
        (None, None) => match (key, token) {
            (Some(_), None) => Some(true),
            (None, Some(_)) => Some(false),
            _ => hint,
        },
    };
    match for_client {
        Some(true) => secret = secret.or(lone),
        Some(false) => token_secret = token_secret.or(lone),
        None => {}
    }
    if key.is_some() {
        secret = secret.or_else(|| shaped(Label::ClientSecret, Part::ConsumerSecret));
    }
    // A pair of common names without a token beside it says nothing.
    Ok([key, secret, token, token_secret])
}

/// The value of the labels that say clearly which it is.
fn clear<'pairs>(
    record: &[&'pairs Pair],
    part: Part,
    are_quoted: bool,
    x_credentials: bool,
) -> Result<Option<Taken<'pairs>>, Broken> {
    let all = record
        .iter()
        .filter(|pair| pair.name.label == Label::Value(part) && is_present(pair));
    let has_x = all.clone().any(|pair| pair.name.is_x);
    let has_own = all.clone().any(|pair| !pair.is_merged);
    let mut chosen: Vec<&Pair> = all
        .filter(|pair| pair.name.is_x == has_x && pair.is_merged != has_own)
        .copied()
        .collect();
    // Beside names that speak of X, those that do not are taken only where the value itself does.
    if x_credentials && !has_x {
        chosen.retain(|pair| text(pair).is_some_and(|text| has_shape(part, text)));
    }
    let is_variable = |pair: &&Pair| match &pair.value {
        Value::Bare(text) => {
            are_quoted
                && !has_shape(part, text)
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        }
        _ => false,
    };
    if !chosen.iter().all(is_variable) {
        chosen.retain(|pair| !is_variable(pair));
    }
    if chosen
        .iter()
        .any(|pair| text(pair).is_some_and(|text| has_shape(part, text)))
    {
        let is_sample = |pair: &&Pair| {
            text(pair).is_some_and(|text| mistake(part, text) == Some("is a placeholder"))
        };
        chosen.retain(|pair| !is_sample(pair));
    }
    let Some(first) = chosen.first().copied() else {
        return Ok(None);
    };
    if let Some(other) = chosen
        .iter()
        .find(|pair| pair.value != first.value && text(pair) != text(first))
    {
        let reason = format!(
            "{} is given twice with different values (first in line {})",
            part.label(),
            first.line
        );
        return Err(Broken::at(other.line, reason));
    }
    match &first.value {
        Value::Fault(reason) => Err(Broken::at(first.line, format!("{} {reason}", part.label()))),
        Value::Bare(_) if is_variable(&first) => {
            Err(Broken::at(first.line, format!("{} {REFERS}", part.label())))
        }
        _ => Ok(text(first).map(|text| (text, first))),
    }
}

/// What makes the values no account of X, and whether each of them is a placeholder or reference.
pub(super) fn wrong(taken: &[(Part, Taken<'_>)]) -> Option<(Broken, bool)> {
    let values: Vec<(Part, &str)> = taken
        .iter()
        .map(|(part, (value, _))| (*part, *value))
        .collect();
    let is_plain = |value: &str| {
        value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let (part, reason) = mistake_among(&values).or_else(|| {
        values.iter().find_map(|(part, value)| match part {
            _ if !is_plain(value) => Some((*part, "contains a character that no key of X has")),
            Part::AccessToken if token_owner(value).is_none() => {
                Some((*part, "does not begin with a user id, as X's do"))
            }
            _ => None,
        })
    })?;
    let line = taken
        .iter()
        .find(|(own, _)| *own == part)
        .map_or(1, |(_, (_, pair))| pair.line);
    let is_sample = |(part, value): &(Part, &str)| {
        matches!(
            mistake(*part, value),
            Some("is a placeholder" | "refers to another value, which is not looked up")
        )
    };
    Some((
        Broken {
            is_value: true,
            ..Broken::at(line, format!("{} {reason}", part.label()))
        },
        values.iter().all(is_sample),
    ))
}

/// Beside a screen name, a user id that is not the token's contradicts it; elsewhere it is another program's.
pub(super) fn check_owner(record: &[&Pair], owner: Option<&str>) -> Result<(), Broken> {
    let find = |label| {
        let mut pairs = record.iter();
        pairs.find(|pair| pair.name.label == label && text(pair).is_some())
    };
    let Some(said) = find(Label::UserId) else {
        return Ok(());
    };
    let differs = owner.is_some() && text(said) != owner && text(said).is_some_and(is_user_id);
    if differs && find(Label::ScreenName).is_some() {
        let reason = "user_id is not the one that the access token begins with";
        return Err(Broken::at(said.line, reason));
    }
    Ok(())
}

/// What a set lacks that has one value of a pair, and whether it can only have been meant for an account.
pub(super) fn half(
    record: &[&Pair],
    values: [Option<Taken<'_>>; 4],
    line: usize,
) -> Option<(Broken, bool)> {
    let [key, secret, token, token_secret] = values;
    let missing: Vec<&str> = [
        (key, secret, Part::ConsumerSecret, Part::ConsumerKey),
        (
            token,
            token_secret,
            Part::AccessTokenSecret,
            Part::AccessToken,
        ),
    ]
    .into_iter()
    .filter_map(|(one, other, second, first)| match (one, other) {
        (Some(_), None) => Some(second.label()),
        (None, Some(_)) => Some(first.label()),
        _ => None,
    })
    .collect();
    if missing.is_empty() {
        return None;
    }
    let reason = record
        .iter()
        .find_map(|pair| match pair.value {
            Value::Absent(reason) if missing.contains(&word(pair)) => {
                Some((pair.line, format!("{} {reason}", word(pair))))
            }
            _ => None,
        })
        .unwrap_or_else(|| {
            let verb = if missing.len() == 1 { "is" } else { "are" };
            (
                line,
                format!("{} {verb} missing here", missing.join(" and ")),
            )
        });
    let is_meant = values.iter().flatten().count() > 1
        || Part::ALL.into_iter().zip(values).any(|(part, taken)| {
            taken.is_some_and(|(value, pair)| {
                pair.name.is_x
                    || part == Part::AccessToken && has_shape(part, value)
                    || !pair.name.is_general && pair.name.affix.is_empty()
            })
        });
    Some((Broken::at(reason.0, reason.1), is_meant))
}
