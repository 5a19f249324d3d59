//! `/2/media`: uploads in one piece or in segments, their state and alt text.

use hyper::body::Bytes;
use serde_json::json;

use super::authorization::Caller;
use super::call::{Call, value};
use super::multipart::{self, Part};
use super::replies::{Reply, invalid_request, no_such_resource, problem};
use super::state::{MEDIA, Media, State};

/// The largest photo that X accepts, in bytes.
const LARGEST_PHOTO: usize = 5 << 20;

/// The longest alt text, in characters.
const LONGEST_ALT: usize = 1_000;

/// `POST /2/media/upload`: in one piece, as multipart.
pub(super) fn upload(call: &Call, caller: &Caller, state: &mut State) -> Reply {
    uploaded(call, caller, state).unwrap_or_else(|refusal| refusal)
}

fn uploaded(call: &Call, caller: &Caller, state: &mut State) -> Result<Reply, Reply> {
    let parts = parts(call)?;
    let file = file(&parts)?;
    let named = text(&parts, "media_type").or_else(|| file.content_type.clone());
    let (kind, category) = (named.unwrap_or_default(), text(&parts, "media_category"));
    let mut media = begun(&kind, category.as_deref(), file.bytes.len(), caller, state)?;
    (media.bytes, media.usable_from) = (file.bytes.clone(), Some(0));
    let reply = described(&media, 0);
    state.keep_media(media);
    Ok(reply)
}

/// `POST /2/media/upload/initialize`: announces type and size, in JSON.
pub(super) fn initialize(call: &Call, caller: &Caller, state: &mut State) -> Reply {
    let body = call.json().unwrap_or_default();
    let Some(total) = body["total_bytes"].as_u64().filter(|total| *total > 0) else {
        return invalid_request("total_bytes", "$.total_bytes: must be a number above 0");
    };
    let Some(content_type) = body["media_type"].as_str() else {
        return invalid_request("media_type", "$.media_type: is missing");
    };
    let total = usize::try_from(total).unwrap_or(usize::MAX);
    let category = body["media_category"].as_str();
    match begun(content_type, category, total, caller, state) {
        Ok(media) => {
            let reply = described(&media, 0);
            state.keep_media(media);
            reply
        }
        Err(refusal) => refusal,
    }
}

/// `POST /2/media/upload/:id/append`: the next segment, as multipart.
pub(super) fn append(id: &str, call: &Call, caller: &Caller, state: &mut State) -> Reply {
    let parts = match parts(call) {
        Ok(parts) => parts,
        Err(refusal) => return refusal,
    };
    let Some(media) = own(id, caller, state).filter(|media| media.usable_from.is_none()) else {
        return no_such_resource("media", id);
    };
    let index = text(&parts, "segment_index").and_then(|text| text.parse().ok());
    if index != Some(media.segments) {
        let text = format!("$.segment_index: must be {} now", media.segments);
        return invalid_request("segment_index", &text);
    }
    let segment = match file(&parts) {
        Ok(file) => &file.bytes,
        Err(refusal) => return refusal,
    };
    if media.bytes.len() + segment.len() > media.total {
        return wrong_size();
    }
    let mut bytes = Vec::from(std::mem::take(&mut media.bytes));
    bytes.extend_from_slice(segment);
    media.bytes = bytes.into();
    media.segments += 1;
    described(media, 0)
}

/// `POST /2/media/upload/:id/finalize`: all segments were sent. All media except photos are processed for a while.
pub(super) fn finalize(id: &str, caller: &Caller, state: &mut State) -> Reply {
    let now = state.now();
    let Some(media) = own(id, caller, state) else {
        return no_such_resource("media", id);
    };
    if media.total != media.bytes.len() {
        return wrong_size();
    }
    let work = u64::from(media.category != "tweet_image");
    media.usable_from.get_or_insert(now + work);
    described(media, now)
}

/// `GET /2/media/upload?media_id=ID`, with or without `command=STATUS`.
pub(super) fn status(call: &Call, caller: &Caller, state: &mut State) -> Reply {
    let Some(id) = value(&call.query_parameters(), "media_id") else {
        return invalid_request("media_id", "The `media_id` query parameter is missing");
    };
    let now = state.now();
    match own(&id, caller, state) {
        Some(media) => described(media, now),
        None => no_such_resource("media", &id),
    }
}

/// `POST /2/media/metadata`: the alt text.
pub(super) fn describe(call: &Call, caller: &Caller, state: &mut State) -> Reply {
    let body = call.json().unwrap_or_default();
    let Some(id) = body["id"].as_str() else {
        return invalid_request("id", "$.id: must be a string of digits");
    };
    let alt = body["metadata"]["alt_text"]["text"].as_str();
    let Some(alt) = alt.filter(|alt| alt.chars().count() <= LONGEST_ALT) else {
        let text = "$.metadata.alt_text.text: must be a string of at most 1000 characters";
        return invalid_request("metadata", text);
    };
    let Some(media) = own(id, caller, state) else {
        return no_such_resource("media", id);
    };
    media.alt = Some(alt.to_owned());
    let metadata = json!({"alt_text": {"text": alt}});
    Reply::json(
        200,
        &json!({"data": {"id": id, "associated_metadata": metadata}}),
    )
}

/// `/sandbox/media/ID` and `/sandbox/media/ID.json`, which X does not have: what was uploaded, byte for byte.
pub(super) fn kept(path: &str, state: &State) -> Option<Reply> {
    let name = path.strip_prefix("/sandbox/media/")?;
    let id = name.strip_suffix(".json").unwrap_or(name);
    let media = state.media(id)?;
    let reply = if id == name {
        Reply::new(200, shown_as(&media.bytes), media.bytes.clone())
            .header("content-security-policy", "default-src 'none'; sandbox")
    } else {
        let body = json!({
            "id": media.id,
            "media_type": media.content_type,
            "media_category": media.category,
            "size": media.bytes.len(),
            "alt_text": media.alt,
            "owner": media.owner.screen_name,
        });
        Reply::json(200, &body)
    };
    Some(reply.header("x-content-type-options", "nosniff"))
}

/// The content type for a browser: a picture's by its first bytes, else one that browsers do not show.
fn shown_as(bytes: &[u8]) -> &'static str {
    let begins = |start: &[u8]| bytes.starts_with(start);
    if begins(b"\x89PNG") {
        "image/png"
    } else if begins(b"\xff\xd8\xff") {
        "image/jpeg"
    } else if begins(b"GIF8") {
        "image/gif"
    } else if begins(b"RIFF") {
        "image/webp"
    } else {
        "application/octet-stream"
    }
}

/// New media, without any bytes yet.
fn begun(
    content_type: &str,
    category: Option<&str>,
    total: usize,
    caller: &Caller,
    state: &mut State,
) -> Result<Media, Reply> {
    let category = category.unwrap_or("tweet_image");
    if total > MEDIA || category == "tweet_image" && total > LARGEST_PHOTO {
        let text = "The media is larger than its category allows.";
        return Err(problem(413, "Payload Too Large", text, "about:blank"));
    }
    Ok(Media {
        id: state.draw_id().to_string(),
        owner: caller.user.clone(),
        content_type: content_type.chars().take(100).collect(),
        category: category.chars().take(100).collect(),
        bytes: Bytes::new(),
        total,
        segments: 0,
        alt: None,
        usable_from: None,
    })
}

/// The API's description of media at `now`.
fn described(media: &Media, now: u64) -> Reply {
    let mut data = json!({"id": media.id, "size": media.bytes.len()});
    if let Some(from) = media.usable_from {
        data["processing_info"] = if from > now {
            json!({"state": "pending", "check_after_secs": 1})
        } else {
            json!({"state": "succeeded", "progress_percent": 100})
        };
    }
    Reply::json(200, &json!({"data": data}))
}

fn parts(call: &Call) -> Result<Vec<Part>, Reply> {
    let content_type = call.header("content-type").unwrap_or_default();
    multipart::parts(content_type, &call.body)
        .filter(|_| call.is("multipart/form-data"))
        .ok_or_else(|| invalid_request("", "The request's body could not be read."))
}

fn file(parts: &[Part]) -> Result<&Part, Reply> {
    let file = parts.iter().find(|part| part.name == "media");
    file.filter(|part| !part.bytes.is_empty())
        .ok_or_else(|| invalid_request("media", "$.media: is missing or empty"))
}

fn text(parts: &[Part], name: &str) -> Option<String> {
    let part = parts.iter().find(|part| part.name == name)?;
    Some(String::from_utf8_lossy(&part.bytes).into_owned())
}

fn own<'a>(id: &str, caller: &Caller, state: &'a mut State) -> Option<&'a mut Media> {
    let media = state.media.iter_mut().find(|media| media.id == id)?;
    (media.owner == caller.user).then_some(media)
}

fn wrong_size() -> Reply {
    let text = "Segments do not add up to provided total file size.";
    invalid_request("media", text)
}
