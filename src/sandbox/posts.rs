//! `/2/tweets`: checks, publishes and deletes posts.

use serde_json::{Map, Value, json};

use super::authorization::Caller;
use super::call::Call;
use super::faults::Fault;
use super::replies::{Reply, invalid_request, no_such_resource, problem};
use super::state::{Post, State};

/// The longest text any account may post.
const LONGEST: usize = 25_000;

/// `POST /2/tweets`.
pub(super) fn create(call: &Call, caller: &Caller, state: &mut State) -> Reply {
    match draft(call, caller, state) {
        Ok(post) => {
            let id = post.id.to_string();
            let data = json!({"id": id, "text": post.text, "edit_history_tweet_ids": [id]});
            state.keep_post(post);
            Reply::json(201, &json!({"data": data}))
        }
        Err(refusal) => refusal,
    }
}

/// The requested post, or the error reply.
fn draft(call: &Call, caller: &Caller, state: &mut State) -> Result<Post, Reply> {
    let body = match call.json() {
        Some(Value::Object(body)) if call.is("application/json") => body,
        _ => {
            return Err(invalid_request(
                "",
                "Requests with a body must be a JSON object.",
            ));
        }
    };
    let media = media_ids(&body, caller, state)?;
    let text = match body.get("text") {
        None if !media.is_empty() => String::new(),
        Some(Value::String(text)) if !media.is_empty() || !text.trim().is_empty() => text.clone(),
        Some(Value::String(_)) | None => {
            return Err(invalid_request("text", "$.text: must not be empty"));
        }
        Some(_) => return Err(invalid_request("text", "$.text: must be a string")),
    };
    if text.chars().count() > LONGEST {
        return Err(invalid_request(
            "text",
            "Your Tweet text is too long. For more information, see the limits.",
        ));
    }
    let reply_to = reply_target(&body, caller, state)?;
    if body.contains_key("quote_tweet_id") {
        return Err(not_in_conversation());
    }
    let same = |post: &Post| post.author == caller.user && post.text == text && media.is_empty();
    if state.has(Fault::Duplicate) || state.posts.iter().any(same) {
        let text = "You are not allowed to create a Tweet with duplicate content.";
        return Err(problem(403, "Forbidden", text, "about:blank"));
    }
    Ok(Post {
        id: state.draw_id(),
        author: caller.user.clone(),
        text,
        reply_to,
        media,
        at: state.now(),
    })
}

/// `media.media_ids`: one to four that the caller uploaded in full.
fn media_ids(
    body: &Map<String, Value>,
    caller: &Caller,
    state: &State,
) -> Result<Vec<String>, Reply> {
    let Some(media) = body.get("media") else {
        return Ok(Vec::new());
    };
    let ids = media.get("media_ids").and_then(Value::as_array);
    let ids: Option<Vec<String>> = ids.and_then(|ids| {
        ids.iter()
            .map(|id| id.as_str().map(str::to_owned))
            .collect()
    });
    let Some(ids) = ids.filter(|ids| (1..=4).contains(&ids.len())) else {
        return Err(invalid_request(
            "media.media_ids",
            "$.media.media_ids: must be 1 to 4 strings of digits",
        ));
    };
    let usable = |id: &String| {
        state.media(id).is_some_and(|media| {
            let is_there = media.usable_from.is_some_and(|from| from <= state.now());
            is_there && media.owner == caller.user
        })
    };
    if ids.iter().all(usable) {
        Ok(ids)
    } else {
        Err(invalid_request(
            "media.media_ids",
            "Your media IDs are invalid.",
        ))
    }
}

/// `reply.in_reply_to_tweet_id`: a post of the caller, or one that mentions it.
fn reply_target(
    body: &Map<String, Value>,
    caller: &Caller,
    state: &State,
) -> Result<Option<u64>, Reply> {
    let Some(reply) = body.get("reply") else {
        return Ok(None);
    };
    let field = "reply.in_reply_to_tweet_id";
    let id = reply.get("in_reply_to_tweet_id").and_then(Value::as_str);
    let Some(id) = id.and_then(identifier) else {
        return Err(invalid_request(
            field,
            "$.reply.in_reply_to_tweet_id: must be a string of 1 to 19 digits",
        ));
    };
    let Some(target) = state.posts.iter().find(|post| post.id == id) else {
        let text = "You attempted to reply to a Tweet that is deleted or not visible to you.";
        return Err(problem(403, "Forbidden", text, "about:blank"));
    };
    let mention = format!("@{}", caller.user.screen_name);
    let mentioned = target
        .text
        .to_ascii_lowercase()
        .contains(&mention.to_ascii_lowercase());
    if target.author == caller.user || mentioned {
        Ok(Some(id))
    } else {
        Err(not_in_conversation())
    }
}

fn not_in_conversation() -> Reply {
    problem(
        403,
        "Authorization Error",
        "You can only reply to or quote posts where you are mentioned or are the author.",
        "https://api.x.com/2/problems/not-authorized-for-resource",
    )
}

/// `DELETE /2/tweets/:id`.
pub(super) fn delete(id: &str, caller: &Caller, state: &mut State) -> Reply {
    let Some(number) = identifier(id) else {
        let text = format!("The `id` query parameter value [{id}] is not valid");
        return invalid_request("id", &text);
    };
    let position = state.posts.iter().position(|post| post.id == number);
    let Some((position, post)) = position.and_then(|at| Some((at, state.posts.get(at)?))) else {
        return no_such_resource("tweet", id);
    };
    if post.author != caller.user {
        let text = "You are not allowed to delete a Tweet of another user.";
        return problem(403, "Forbidden", text, "about:blank");
    }
    state.posts.remove(position);
    Reply::json(200, &json!({"data": {"deleted": true}}))
}

/// An id in X's format: 1 to 19 digits.
fn identifier(text: &str) -> Option<u64> {
    let digits = (1..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}
