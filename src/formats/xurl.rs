//! The store of xurl and xr: an entry per app, whose name is no screen name; before that JSON with one token.

use super::groups::Group;

/// Whether the group is a token in such a store.
pub(super) fn is_token(group: &Group) -> bool {
    matches!(group.name.as_str(), "oauth1_token" | "oauth1_tokens")
}
