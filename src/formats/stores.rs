//! What the stores of other tools say by more than their labels: twurl, t and x, xurl and xr, Kubernetes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::pairs::{Group, Value};

/// Whether it has xurl's tokens, in an entry per app. The app's name is no screen name.
pub(super) fn is_xurl(groups: &[Group]) -> bool {
    let mut names = groups.iter().map(|group| group.name.as_str());
    names.any(|name| matches!(name, "oauth1_token" | "oauth1_tokens"))
}

/// Whether it has the profiles of twurl, t and x.
pub(super) fn is_twurl(groups: &[Group]) -> bool {
    let mut filled = groups.iter().filter(|group| !group.pairs.is_empty());
    filled.any(|group| {
        group
            .parent
            .is_some_and(|user| holds_profiles(groups, user))
    })
}

/// Whether the groups in it are one user's profiles, by consumer key.
pub(super) fn holds_profiles(groups: &[Group], user: usize) -> bool {
    let store = groups[user].parent;
    store.is_some_and(|store| groups[store].name == "profiles")
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
