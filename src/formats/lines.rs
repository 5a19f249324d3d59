//! Bare values, one a line or in a list, told apart by their shapes.

use super::Broken;
use super::groups::{Groups, Value};
use crate::account::{Part, has_shape, is_screen_name, is_user_id};

const KEY: &str = "consumer_key";
const SECRET: &str = "consumer_secret";
const TOKEN: &str = "access_token";
const TOKEN_SECRET: &str = "access_token_secret";

/// The labels of values that stand in an order people use, where each has the shape of its own.
pub(super) fn labels_of(values: &[&str]) -> Option<&'static [&'static str]> {
    let fits = |labels: &[&str], values: &[&str]| {
        labels.len() == values.len()
            && labels.iter().zip(values).all(|(label, value)| {
                let part = match *label {
                    KEY | "api_key" => Part::ConsumerKey,
                    SECRET | "api_secret" => Part::ConsumerSecret,
                    TOKEN => Part::AccessToken,
                    _ => Part::AccessTokenSecret,
                };
                has_shape(part, value)
            })
    };
    let (named, rest) = match values {
        [name, id, rest @ ..] if is_screen_name(name) && is_user_id(id) => (true, rest),
        _ => (false, values),
    };
    let orders: &[(&[&str], &[&str])] = &[
        (
            &[KEY, SECRET, TOKEN, TOKEN_SECRET],
            &["screen_name", "user_id", KEY, SECRET, TOKEN, TOKEN_SECRET],
        ),
        (
            &[TOKEN, TOKEN_SECRET, KEY, SECRET],
            &["screen_name", "user_id", TOKEN, TOKEN_SECRET, KEY, SECRET],
        ),
        (
            &[TOKEN, TOKEN_SECRET],
            &["screen_name", "user_id", TOKEN, TOKEN_SECRET],
        ),
        // Too little alone: a token has to be beside it.
        (&["api_key", "api_secret"], &[]),
    ];
    let (bare, with_name) = orders.iter().find(|(bare, _)| fits(bare, rest))?;
    let labels = if named { with_name } else { bare };
    (!labels.is_empty()).then_some(labels)
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

/// Whether the text is nothing but such lines.
pub(super) fn fits(text: &str) -> bool {
    let values: Vec<&str> = values(text).into_iter().map(|(value, _)| value).collect();
    labels_of(&values).is_some_and(|labels| labels.contains(&TOKEN))
}

pub(super) fn read(text: &str, groups: &mut Groups) -> Result<(), Broken> {
    let values = values(text);
    let bare: Vec<&str> = values.iter().map(|(value, _)| *value).collect();
    let Some(labels) = labels_of(&bare) else {
        return Err(Broken::new(
            "four lines were expected: API Key, API Key Secret, Access Token and Access Token Secret, as X gives them out",
        ));
    };
    for (label, (value, line)) in labels.iter().zip(values) {
        groups.named(label, Value::Quoted(value.to_owned()), line);
    }
    Ok(())
}
