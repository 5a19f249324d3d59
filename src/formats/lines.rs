//! Bare values, one a line or in a list, told apart by their shapes.

use super::Broken;
use super::groups::Groups;
use super::pairs::Value;
use crate::account::{Part, has_shape, is_screen_name, is_user_id};

/// The orders people use.
const ORDERS: [&[Part]; 3] = [
    &Part::ALL,
    &[
        Part::AccessToken,
        Part::AccessTokenSecret,
        Part::ConsumerKey,
        Part::ConsumerSecret,
    ],
    &[Part::AccessToken, Part::AccessTokenSecret],
];

/// The labels of values that stand in such an order, where each has the shape of its own; screen name and user id may
/// come first.
pub(super) fn labels_of(values: &[&str]) -> Option<Vec<&'static str>> {
    let (mut labels, rest) = match values {
        [name, id, rest @ ..] if is_screen_name(name) && is_user_id(id) => {
            (vec!["screen_name", "user_id"], rest)
        }
        _ => (Vec::new(), values),
    };
    let fits = |order: &&&[Part]| {
        let mut pairs = order.iter().zip(rest);
        order.len() == rest.len() && pairs.all(|(part, value)| has_shape(*part, value))
    };
    if let Some(order) = ORDERS.iter().find(fits) {
        labels.extend(order.iter().map(|part| part.label()));
        return Some(labels);
    }
    // A pair alone says too little: a token has to be beside it.
    let is_pair = labels.is_empty() && fits(&&&[Part::ConsumerKey, Part::ConsumerSecret][..]);
    is_pair.then(|| vec!["api_key", "api_secret"])
}

/// The lines that are not empty, without white space, quotes and a comma around them.
fn values(text: &str) -> Vec<(&str, usize)> {
    let lines = (1..).zip(text.lines());
    let values: Vec<(&str, usize)> = lines
        .map(|(number, line)| {
            let line = line.trim().trim_end_matches([',', ';']);
            let bare = ['"', '\'', '`']
                .into_iter()
                .find_map(|mark| line.strip_prefix(mark)?.strip_suffix(mark));
            (bare.unwrap_or(line), number)
        })
        .filter(|(line, _)| !line.is_empty())
        .take(8)
        .collect();
    match values.as_slice() {
        [(only, number)] if only.len() < 1000 => {
            let words = only
                .split([' ', '\t', ',', ';'])
                .filter(|word| !word.is_empty());
            words.map(|word| (word, *number)).collect()
        }
        _ => values,
    }
}

/// The values of a text that is nothing but such lines, with their labels.
fn labelled(text: &str) -> Option<impl Iterator<Item = (&'static str, (&str, usize))>> {
    let values = values(text);
    let bare: Vec<&str> = values.iter().map(|(value, _)| *value).collect();
    Some(labels_of(&bare)?.into_iter().zip(values))
}

/// Whether the text is nothing but such lines, a token among them.
pub(super) fn fits(text: &str) -> bool {
    labelled(text).is_some_and(|mut values| values.any(|(label, _)| label == "access_token"))
}

pub(super) fn read(text: &str, groups: &mut Groups) -> Result<(), Broken> {
    let values = labelled(text).ok_or_else(|| {
        Broken::new(
            "four lines were expected: API Key, API Key Secret, Access Token and Access Token Secret, as X gives them out",
        )
    })?;
    for (label, (value, line)) in values {
        groups.named(label, Value::Quoted(value.to_owned()), line);
    }
    Ok(())
}
