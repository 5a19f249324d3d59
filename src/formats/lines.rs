//! Bare values, one a line, in a fixed order.

use super::cursor::Cursor;
use super::labels::{self, Label};
use super::tree::{Node, Spot};
use super::{Broken, Format, Found, harvest};
use crate::account::{Account, is_screen_name, is_user_id};

/// What an app-only OAuth 2 bearer token starts with.
const BEARER: &str = "AAAAAAAAAAAAAAAA";

/// Whether `text` may be bare lines: four or six (or a token's two), none of them a name with its value.
pub(super) fn fits(text: &str) -> bool {
    let values: Vec<&str> = values(text).into_iter().map(|(value, _)| value).collect();
    let named = values.iter().any(|line| {
        line.split_once(['=', ':']).is_some_and(|(name, _)| {
            let name = name.trim().rsplit(' ').next().unwrap_or_default();
            labels::label(name).is_some()
                || labels::affixed(name).is_some()
                || labels::is_oauth2(name)
        })
    });
    !named && layout(&values).is_some()
}

/// The labels of the lines, by their number and looks.
fn layout(values: &[&str]) -> Option<&'static [Label]> {
    use Label::{AccessToken, AccessTokenSecret, ConsumerKey, ConsumerSecret, ScreenName, UserId};
    match values {
        [name, id, ..] if is_screen_name(name) && is_user_id(id) => match values.len() {
            6 => Some(&[
                ScreenName,
                UserId,
                ConsumerKey,
                ConsumerSecret,
                AccessToken,
                AccessTokenSecret,
            ]),
            4 => Some(&[ScreenName, UserId, AccessToken, AccessTokenSecret]),
            _ => None,
        },
        [_, _, _, _] => Some(&[ConsumerKey, ConsumerSecret, AccessToken, AccessTokenSecret]),
        [token, _] if token.split_once('-').is_some_and(|(id, _)| is_user_id(id)) => {
            Some(&[AccessToken, AccessTokenSecret])
        }
        _ => None,
    }
}

fn values(text: &str) -> Vec<(&str, Spot)> {
    let mut cursor = Cursor::new(text);
    let mut values = Vec::new();
    while cursor.peek().is_some() {
        cursor.take_while(char::is_whitespace);
        let spot = cursor.spot();
        let value = cursor.take_line().trim_end();
        if !value.is_empty() {
            values.push((value, spot));
        }
    }
    values
}

pub(super) fn read(text: &str) -> Result<Found, Broken> {
    let values = values(text);
    let bare: Vec<&str> = values.iter().map(|(value, _)| *value).collect();
    if let [only] = bare.as_slice()
        && only.starts_with(BEARER)
    {
        return Err(harvest::only_oauth2());
    }
    let Some(labels) = layout(&bare) else {
        return Err(Broken::new(format!(
            "four lines were expected (consumer key, consumer secret, access token, access token secret), with screen \
             name and user id before them or in the consumer pair's place; there are {}",
            values.len()
        )));
    };
    let pairs = labels
        .iter()
        .zip(values)
        .map(|(label, (value, spot))| (label.word().to_owned(), Node::text(spot, value)))
        .collect();
    harvest::harvest(
        &Node::map(Spot { line: 1, column: 1 }, pairs),
        Format::Lines,
    )
}

/// The classic four lines, without a name.
pub(super) fn write(accounts: &[Account]) -> Result<String, String> {
    let mut text = String::new();
    for account in accounts {
        let token = account.token.as_ref().ok_or("lines need an access token")?;
        for value in [
            &account.client.identifier,
            account.client.secret.expose(),
            &token.identifier,
            token.secret.expose(),
        ] {
            text.push_str(value);
            text.push('\n');
        }
    }
    Ok(text)
}
