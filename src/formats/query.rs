//! One line of `name=value&name=value`: bti's and oysttyer's keys, and the reply that carries a new token.

use url::form_urlencoded;

use super::groups::Groups;
use super::pairs::Value;
use super::{Broken, Format, labels};

/// The format of a line that is nothing but such pairs.
pub(super) fn kind(text: &str) -> Option<Format> {
    let line = text.trim();
    if line.contains('\n') || !line.contains('&') || line.len() > 10_000 {
        return None;
    }
    let names: Option<Vec<&str>> = line
        .split('&')
        .map(|pair| pair.split_once('=').map(|(name, _)| name))
        .collect();
    let names = names?;
    let known = names.iter().filter(|name| labels::name(name).is_some());
    (known.count() >= 2).then_some(if names.contains(&"oauth_token") {
        Format::TokenReply
    } else {
        Format::OneLine
    })
}

/// Form-encoded, as RFC 5849 section 2.3 has it.
pub(super) fn read_token_reply(text: &str, groups: &mut Groups) -> Result<(), Broken> {
    for (name, value) in form_urlencoded::parse(text.trim().as_bytes()) {
        if name == "oauth_callback_confirmed" {
            let reason =
                "it is a request token, which is good for one login only, and not an access token";
            return Err(Broken::without_token(reason));
        }
        groups.named(&name, Value::Quoted(value.into_owned()), 1);
    }
    Ok(())
}
