//! One line of `name=value&name=value`: bti's and oysttyer's keys, and the reply that carries a new token.

use url::form_urlencoded;

use super::labels;
use super::tree::{Node, Spot};
use super::{Broken, Format, Found, harvest};

/// The format of a line that is nothing but such pairs.
pub(super) fn kind(text: &str) -> Option<Format> {
    let line = text.trim();
    if line.contains('\n') || !line.contains('&') {
        return None;
    }
    let mut names = line
        .split('&')
        .map(|pair| pair.split_once('=').map(|(name, _)| name));
    let known = names
        .clone()
        .flatten()
        .filter(|name| labels::label(name).is_some())
        .count();
    if known < 2 || names.clone().any(|name| name.is_none()) {
        return None;
    }
    Some(if names.any(|name| name == Some("oauth_token")) {
        Format::TokenReply
    } else {
        Format::OneLine
    })
}

/// The values stand as they are, nothing is encoded.
pub(super) fn read_one_line(text: &str) -> Result<Found, Broken> {
    let pairs = text
        .split(['&', '\n'])
        .filter_map(|pair| pair.trim().split_once('='))
        .map(|(name, value)| {
            (
                name.trim_start_matches('?').to_owned(),
                Node::text(START, value),
            )
        })
        .collect();
    harvest::harvest(&Node::map(START, pairs), Format::OneLine)
}

/// Form-encoded, as RFC 5849 section 2.3 has it.
pub(super) fn read_token_reply(text: &str) -> Result<Found, Broken> {
    let pairs: Vec<(String, Node)> = form_urlencoded::parse(text.trim().as_bytes())
        .map(|(name, value)| (name.into_owned(), Node::text(START, value)))
        .collect();
    if pairs
        .iter()
        .any(|(name, _)| name == "oauth_callback_confirmed")
    {
        return Err(Broken::new(
            "it is a request token, which is good for one login only, and not an access token",
        )
        .hint(harvest::LOG_IN));
    }
    harvest::harvest(&Node::map(START, pairs), Format::TokenReply)
}

const START: Spot = Spot { line: 1, column: 1 };
