//! `/2/tweets`: checks, publishes and deletes posts.

use serde_json::{Value, json};

use super::authorization::Caller;
use super::call::Call;
use super::faults::Fault;
use super::replies::{Answer, Reply, forbidden, invalid_request, no_such_resource, problem};
use super::state::{Post, State};

/// The longest text any account may post.
const LONGEST: usize = 25_000;

/// `POST /2/tweets`.
pub(super) fn create(call: &Call, caller: &Caller, state: &mut State) -> Answer {
    let body = call.json().unwrap_or_default();
    if !body.is_object() || !call.is("application/json") {
        let text = "Requests with a body must be a JSON object.";
        return Err(invalid_request("", text));
    }
    let media = media_ids(&body, caller, state)?;
    let text = text(&body, !media.is_empty())?;
    let reply_to = reply_target(&body, caller, state)?;
    if body.get("quote_tweet_id").is_some() {
        return Err(not_in_conversation());
    }
    let same = |post: &Post| post.author == caller.user && post.text == text && media.is_empty();
    if state.has(Fault::Duplicate) || state.posts.iter().any(same) {
        let text = "You are not allowed to create a Tweet with duplicate content.";
        return Err(forbidden(text));
    }
    let id = state.draw_id();
    let data =
        json!({"id": id.to_string(), "text": text, "edit_history_tweet_ids": [id.to_string()]});
    state.keep_post(Post {
        id,
        author: caller.user.clone(),
        text: text.to_owned(),
        reply_to,
        media,
        at: state.now(),
    });
    Ok(Reply::json(201, &json!({"data": data})))
}

/// `text`, which may be missing or empty only beside media.
fn text(body: &Value, has_media: bool) -> Result<&str, Reply> {
    let text = match body.get("text") {
        None => "",
        Some(Value::String(text)) => text,
        Some(_) => return Err(invalid_request("text", "$.text: must be a string")),
    };
    if !has_media && text.trim().is_empty() {
        return Err(invalid_request("text", "$.text: must not be empty"));
    }
    if text.chars().count() > LONGEST {
        let reason = "Your Tweet text is too long. For more information, see the limits.";
        return Err(invalid_request("text", reason));
    }
    Ok(text)
}

/// `media.media_ids`: one to four that the caller uploaded in full.
fn media_ids(body: &Value, caller: &Caller, state: &State) -> Result<Vec<String>, Reply> {
    let Some(media) = body.get("media") else {
        return Ok(Vec::new());
    };
    let refused = |text| invalid_request("media.media_ids", text);
    let text = |id: &Value| id.as_str().map(str::to_owned);
    let ids = media["media_ids"].as_array();
    let ids: Option<Vec<String>> = ids.and_then(|ids| ids.iter().map(text).collect());
    let ids = ids
        .filter(|ids| (1..=4).contains(&ids.len()))
        .ok_or_else(|| refused("$.media.media_ids: must be 1 to 4 strings of digits"))?;
    let is_usable = |id: &String| {
        state.media(id).is_some_and(|media| {
            let is_there = media.usable_from.is_some_and(|from| from <= state.now());
            is_there && media.owner == caller.user
        })
    };
    if ids.iter().all(is_usable) {
        Ok(ids)
    } else {
        Err(refused("Your media IDs are invalid."))
    }
}

/// `reply.in_reply_to_tweet_id`: a post of the caller, or one that mentions it.
fn reply_target(body: &Value, caller: &Caller, state: &State) -> Result<Option<u64>, Reply> {
    let Some(reply) = body.get("reply") else {
        return Ok(None);
    };
    let id = reply["in_reply_to_tweet_id"].as_str().and_then(identifier);
    let id = id.ok_or_else(|| {
        let field = "reply.in_reply_to_tweet_id";
        let text = "$.reply.in_reply_to_tweet_id: must be a string of 1 to 19 digits";
        invalid_request(field, text)
    })?;
    let Some(target) = state.posts.iter().find(|post| post.id == id) else {
        let text = "You attempted to reply to a Tweet that is deleted or not visible to you.";
        return Err(forbidden(text));
    };
    let mention = format!("@{}", caller.user.screen_name).to_ascii_lowercase();
    if target.author == caller.user || target.text.to_ascii_lowercase().contains(&mention) {
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
pub(super) fn delete(call: &Call, caller: &Caller, state: &mut State) -> Answer {
    let id = call.segment(3);
    let number = identifier(id).ok_or_else(|| {
        let text = format!("The `id` query parameter value [{id}] is not valid");
        invalid_request("id", &text)
    })?;
    let post = state.posts.iter().find(|post| post.id == number);
    let post = post.ok_or_else(|| no_such_resource("tweet", id))?;
    if post.author != caller.user {
        let text = "You are not allowed to delete a Tweet of another user.";
        return Err(forbidden(text));
    }
    state.posts.retain(|post| post.id != number);
    Ok(Reply::json(200, &json!({"data": {"deleted": true}})))
}

/// An id in X's format: 1 to 19 digits.
fn identifier(text: &str) -> Option<u64> {
    let digits = (1..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}
