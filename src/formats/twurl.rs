//! The stores of twurl, t and x: profiles by screen name, in them consumer keys.

use std::rc::Rc;

use super::groups::{Group, Pair, Value};
use super::labels::{self, Label};
use crate::account::Part;

/// Completes what these stores say by the names of their groups alone; whether it is one of them.
pub(super) fn complete(groups: &mut [Group]) -> bool {
    let mut is_store = false;
    for place in 0..groups.len() {
        let Some((key, profile)) = names(groups, place) else {
            continue;
        };
        let Some(group) = groups.get_mut(place) else {
            continue;
        };
        let Some(line) = group.pairs.first().map(|pair| pair.line) else {
            continue;
        };
        is_store = true;
        let has = |group: &Group, labels: &[Label]| {
            group
                .pairs
                .iter()
                .any(|pair| labels.contains(&pair.name.label))
        };
        let mut said = Vec::new();
        if !has(group, &[Label::Value(Part::ConsumerKey)]) {
            said.push(("consumer_key", key));
        }
        if !has(group, &[Label::ScreenName])
            && let Some(name) = labels::screen_name(&profile)
        {
            said.push(("screen_name", name.to_owned()));
        }
        for (label, value) in said {
            group.pairs.extend(labels::name(label).map(|name| Pair {
                name: Rc::new(name),
                value: Value::Quoted(value),
                line,
                is_merged: false,
                paragraph: 0,
            }));
        }
    }
    is_store
}

/// The consumer key and the profile's name, where the group is such a profile's.
fn names(groups: &[Group], place: usize) -> Option<(String, String)> {
    let group = groups.get(place)?;
    let profile = groups.get(group.parent?)?;
    let store = groups.get(profile.parent?)?;
    (store.name == "profiles").then(|| (group.name.clone(), profile.name.clone()))
}
