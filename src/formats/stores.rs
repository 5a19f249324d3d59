//! What the stores of other tools say by more than their labels: twurl, t and x, xurl and xr, Kubernetes.

use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::labels::{self, Label};
use super::pairs::{Group, Pair, Value};
use crate::account::Part;

/// Whether it has xurl's tokens, in an entry per app. The app's name is no screen name.
pub(super) fn is_xurl(groups: &[Group]) -> bool {
    let mut names = groups.iter().map(|group| group.name.as_str());
    names.any(|name| matches!(name, "oauth1_token" | "oauth1_tokens"))
}

/// Adds what the stores of twurl, t and x say by the names of their groups alone: profiles by screen name, in them
/// consumer keys. Whether it is one of them.
pub(super) fn complete_twurl(groups: &mut [Group]) -> bool {
    let mut found = false;
    for place in 0..groups.len() {
        let Some(profile) = groups[place].parent.map(|parent| &groups[parent]) else {
            continue;
        };
        let is_profile = profile
            .parent
            .is_some_and(|store| groups[store].name == "profiles");
        let name = labels::screen_name(&profile.name).map(str::to_owned);
        let group = &mut groups[place];
        let Some(line) = group
            .pairs
            .first()
            .map(|pair| pair.line)
            .filter(|_| is_profile)
        else {
            continue;
        };
        found = true;
        for (label, text, known) in [
            (
                "consumer_key",
                Some(group.name.clone()),
                Label::Value(Part::ConsumerKey),
            ),
            ("screen_name", name, Label::ScreenName),
        ] {
            let is_said = group.pairs.iter().any(|pair| pair.name.label == known);
            if let Some(text) = text.filter(|_| !is_said)
                && let Some(name) = labels::name(label)
            {
                group.pairs.push(Pair {
                    name: Rc::new(name),
                    value: Value::Quoted(text),
                    line,
                    is_merged: false,
                    paragraph: 0,
                });
            }
        }
    }
    found
}

/// Decodes the `data` of Kubernetes' secrets, which is in base64.
pub(super) fn decode_secrets(groups: &mut [Group]) {
    for place in 0..groups.len() {
        let parent = groups[place].parent;
        if groups[place].name != "data" || !parent.is_some_and(|parent| groups[parent].is_secret) {
            continue;
        }
        for pair in &mut groups[place].pairs {
            if let Value::Quoted(text) | Value::Bare(text) = &pair.value {
                let bytes = STANDARD.decode(text.trim()).ok();
                let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
                pair.value = text.map_or(Value::Fault("is not base64"), |text| {
                    Value::Quoted(text.trim_end().to_owned())
                });
            }
        }
    }
}
