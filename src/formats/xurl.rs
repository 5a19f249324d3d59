//! xurl's `.xurl`: YAML with an entry per app, before that JSON with one token.

use super::quoted::in_yaml;
use super::tree::Node;
use super::{Broken, Format, Found, harvest, literal, yaml_document};
use crate::account::Account;

/// Whether a document is laid out as xurl's, new or old.
pub(super) fn is_store(root: &Node) -> bool {
    root.entry("oauth1_tokens")
        .or(root.entry("oauth2_tokens"))
        .is_some()
        || root.entry("apps").is_some_and(|apps| {
            apps.pairs().iter().any(|(_, app)| {
                ["oauth1_token", "oauth2_tokens", "client_id"]
                    .iter()
                    .any(|name| app.entry(name).is_some())
            })
        })
}

pub(super) fn read(text: &str) -> Result<Found, Broken> {
    let root = if text.trim_start().starts_with('{') {
        literal::read(text)?.0
    } else {
        yaml_document::read(text)?
    };
    if !is_store(&root) {
        return Err(Broken::at(
            root.spot,
            "it holds neither xurl's `apps` nor its older `oauth1_tokens`",
        ));
    }
    accounts(&root)
}

/// Its app names are no screen names, and its token says none.
pub(super) fn accounts(root: &Node) -> Result<Found, Broken> {
    harvest::harvest(root, Format::Xurl)
}

/// An app per account, named after it; the first is the default.
pub(super) fn write(accounts: &[Account]) -> Result<String, String> {
    let mut parts = vec!["apps:\n".to_owned()];
    let mut names: Vec<String> = Vec::new();
    for (number, account) in (1..).zip(accounts) {
        let token = account.token.as_ref().ok_or("xurl needs an access token")?;
        let plain = account
            .screen_name
            .clone()
            .filter(|name| !names.contains(name));
        let name = plain.unwrap_or_else(|| format!("app{number}"));
        parts.push(format!("  {}:\n", in_yaml(&name)));
        parts.push("    oauth1_token:\n      type: oauth1\n      oauth1:\n".to_owned());
        let lines = [
            ("access_token", token.identifier.as_str()),
            ("token_secret", token.secret.expose()),
            ("consumer_key", account.client.identifier.as_str()),
            ("consumer_secret", account.client.secret.expose()),
        ];
        parts.extend(lines.map(|(label, value)| format!("        {label}: {}\n", in_yaml(value))));
        names.push(name);
    }
    if let Some(first) = names.first() {
        parts.push(format!("default_app: {}\n", in_yaml(first)));
    }
    Ok(parts.concat())
}
