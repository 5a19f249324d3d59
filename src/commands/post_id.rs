//! The post that is meant, by its id or its address.

use crate::api;
use crate::error::{Failure, Kind};

/// The id of a post, typed as such or as the post's address at x.com or twitter.com.
pub(super) fn post_id(typed: &str) -> Result<String, Failure> {
    let typed = typed.trim();
    let id = if typed.contains('/') {
        in_address(typed)
    } else {
        Some(typed.to_owned())
    };
    id.filter(|id| api::is_post_id(id)).ok_or_else(|| {
        Failure::new(Kind::Usage, "this is not a post's id or address")
            .hint("give the digits of its id, or https://x.com/NAME/status/ID")
    })
}

fn in_address(typed: &str) -> Option<String> {
    let rest = typed
        .strip_prefix("https://")
        .or_else(|| typed.strip_prefix("http://"))
        .unwrap_or(typed);
    let path = rest.split(['?', '#']).next().unwrap_or("");
    let mut segments = path.split('/');
    let host = segments.next()?.to_ascii_lowercase();
    let host = ["www.", "mobile."]
        .iter()
        .find_map(|prefix| host.strip_prefix(prefix))
        .unwrap_or(&host);
    if !matches!(host, "x.com" | "twitter.com") {
        return None;
    }
    segments.find(|segment| matches!(*segment, "status" | "statuses"))?;
    segments.next().map(str::to_owned)
}
