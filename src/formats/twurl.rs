//! twurl's `.twurlrc`, t's `.trc` and x's `.xrc`: profiles by screen name, in them consumer keys.

use super::labels::{self, Label};
use super::quoted::in_yaml;
use super::tree::{Node, Value};
use super::{Broken, Format, Found, harvest, yaml_document};
use crate::account::Account;

const PROFILES: &str = "profiles";

pub(super) fn is_store(root: &Node) -> bool {
    root.entry(PROFILES).is_some_and(|profiles| {
        profiles
            .pairs()
            .iter()
            .any(|(_, keys)| !keys.pairs().is_empty())
    })
}

pub(super) fn read(text: &str, format: Format) -> Result<Found, Broken> {
    let root = yaml_document::read(text)?;
    if root.entry(PROFILES).is_none() {
        return Err(Broken::at(root.spot, "it holds no `profiles`"));
    }
    accounts(&root, format)
}

/// Each profile's keys as groups that say their own name.
pub(super) fn accounts(root: &Node, format: Format) -> Result<Found, Broken> {
    let mut groups = Vec::new();
    for (name, keys) in root.entry(PROFILES).map(Node::pairs).unwrap_or_default() {
        for (key, group) in keys.pairs() {
            let mut pairs = group.pairs().to_vec();
            let lacks = |wanted| {
                !pairs
                    .iter()
                    .any(|(name, _)| labels::label(name).is_some_and(|(own, _)| own == wanted))
            };
            let (unnamed, keyless) = (lacks(Label::ScreenName), lacks(Label::ConsumerKey));
            let name = labels::name_of_section(name).filter(|_| unnamed);
            pairs.extend(name.map(|name| {
                (
                    Label::ScreenName.word().to_owned(),
                    Node::text(group.spot, name),
                )
            }));
            if keyless && !pairs.is_empty() {
                pairs.push((
                    Label::ConsumerKey.word().to_owned(),
                    Node::text(group.spot, key),
                ));
            }
            groups.push(Node::map(group.spot, pairs));
        }
    }
    let mut found = harvest::harvest(&Node::list(root.spot, groups), format)?;
    let default = root
        .entry("configuration")
        .and_then(|it| it.entry("default_profile"))
        .map(|it| &it.value);
    let name = match default {
        Some(Value::List(parts)) => parts.first().map(|part| &part.value),
        other => other,
    };
    if let Some(Value::Text(name)) = name
        && let Some(name) = labels::name_of_section(name)
        && found.accounts.len() > 1
    {
        found
            .notes
            .push(format!("the default profile there is @{name}"));
    }
    Ok(found)
}

/// The first account becomes the default profile.
pub(super) fn write(accounts: &[Account]) -> Result<String, String> {
    let mut profiles: Vec<(&str, Vec<(&str, String)>)> = Vec::new();
    for account in accounts {
        let name = account
            .screen_name
            .as_deref()
            .ok_or("twurl needs a screen name")?;
        let key = account.client.identifier.as_str();
        let group = group(account, name)?;
        match profiles.iter_mut().find(|(own, _)| *own == name) {
            Some((_, keys)) if keys.iter().any(|(own, _)| *own == key) => {
                return Err(format!("twurl holds @{name} once for each consumer key"));
            }
            Some((_, keys)) => keys.push((key, group)),
            None => profiles.push((name, vec![(key, group)])),
        }
    }
    let mut parts = vec!["---\nprofiles:\n".to_owned()];
    for (name, keys) in &profiles {
        parts.push(format!("  {}:\n", in_yaml(name)));
        for (key, group) in keys {
            parts.push(format!("    {}:\n{group}", in_yaml(key)));
        }
    }
    if let Some((name, keys)) = profiles.first()
        && let Some((key, _)) = keys.first()
    {
        let (name, key) = (in_yaml(name), in_yaml(key));
        parts.push(format!(
            "configuration:\n  default_profile:\n  - {name}\n  - {key}\n"
        ));
    }
    Ok(parts.concat())
}

fn group(account: &Account, name: &str) -> Result<String, String> {
    let token = account
        .token
        .as_ref()
        .ok_or("twurl needs an access token")?;
    let lines = [
        ("username", name),
        ("consumer_key", &account.client.identifier),
        ("consumer_secret", account.client.secret.expose()),
        ("token", &token.identifier),
        ("secret", token.secret.expose()),
    ];
    Ok(lines
        .map(|(label, value)| format!("      {label}: {}\n", in_yaml(value)))
        .concat())
}
