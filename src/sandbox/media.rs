//! `/2/media`: uploads in one piece or in segments, their state and alt text.

use hyper::body::Bytes;
use serde_json::json;

use super::authorization::Caller;
use super::call::{Call, value};
use super::multipart::{self, Part};
use super::replies::{Answer, Reply, invalid_request, no_such_resource, problem};
use super::state::{MEDIA, Media, State};

/// The largest photo that X accepts, in bytes.
const LARGEST_PHOTO: usize = 5 << 20;

/// The longest alt text, in characters.
const LONGEST_ALT: usize = 1_000;

/// The category of a photo, which needs no processing.
const PHOTO: &str = "tweet_image";

/// `POST /2/media/upload`: in one piece, as multipart.
pub(super) fn upload(call: &Call, caller: &Caller, state: &mut State) -> Answer {
    let parts = parts(call)?;
    let bytes = file(&parts)?;
    let category = text(&parts, "media_category");
    let mut media = begun(category.as_deref(), bytes.len(), caller, state)?;
    (media.bytes, media.usable_from) = (bytes, Some(0));
    Ok(accepted(media, state))
}

/// `POST /2/media/upload/initialize`: announces type and size, in JSON.
pub(super) fn initialize(call: &Call, caller: &Caller, state: &mut State) -> Answer {
    let body = call.json().unwrap_or_default();
    let Some(total) = body["total_bytes"].as_u64().filter(|total| *total > 0) else {
        let text = "$.total_bytes: must be a number above 0";
        return Err(invalid_request("total_bytes", text));
    };
    if !body["media_type"].is_string() {
        let text = "$.media_type: is missing";
        return Err(invalid_request("media_type", text));
    }
    let total = usize::try_from(total).unwrap_or(usize::MAX);
    let media = begun(body["media_category"].as_str(), total, caller, state)?;
    Ok(accepted(media, state))
}

/// `POST /2/media/upload/:id/append`: the next segment, as multipart.
pub(super) fn append(call: &Call, caller: &Caller, state: &mut State) -> Answer {
    let parts = parts(call)?;
    let media = own(call.segment(4), caller, state)?;
    if media.usable_from.is_some() {
        return Err(no_such_resource("media", &media.id));
    }
    let index = text(&parts, "segment_index").and_then(|text| text.parse().ok());
    if index != Some(media.segments) {
        let text = format!("$.segment_index: must be {} now", media.segments);
        return Err(invalid_request("segment_index", &text));
    }
    let segment = file(&parts)?;
    if media.bytes.len() + segment.len() > media.total {
        return Err(wrong_size());
    }
    let mut bytes = Vec::from(std::mem::take(&mut media.bytes));
    bytes.extend_from_slice(&segment);
    media.bytes = bytes.into();
    media.segments += 1;
    Ok(described(media, 0))
}

/// `POST /2/media/upload/:id/finalize`: all segments were sent. All media except photos are processed for a while.
pub(super) fn finalize(call: &Call, caller: &Caller, state: &mut State) -> Answer {
    let now = state.now();
    let media = own(call.segment(4), caller, state)?;
    if media.total != media.bytes.len() {
        return Err(wrong_size());
    }
    let work = u64::from(!media.is_photo);
    media.usable_from.get_or_insert(now + work);
    Ok(described(media, now))
}

/// `GET /2/media/upload?media_id=ID`, with or without `command=STATUS`.
pub(super) fn status(call: &Call, caller: &Caller, state: &mut State) -> Answer {
    let id = value(&call.query_parameters(), "media_id").ok_or_else(|| {
        let text = "The `media_id` query parameter is missing";
        invalid_request("media_id", text)
    })?;
    let now = state.now();
    Ok(described(own(&id, caller, state)?, now))
}

/// `POST /2/media/metadata`: the alt text.
pub(super) fn describe(call: &Call, caller: &Caller, state: &mut State) -> Answer {
    let body = call.json().unwrap_or_default();
    let Some(id) = body["id"].as_str() else {
        let text = "$.id: must be a string of digits";
        return Err(invalid_request("id", text));
    };
    let alt = body["metadata"]["alt_text"]["text"].as_str();
    let Some(alt) = alt.filter(|alt| alt.chars().count() <= LONGEST_ALT) else {
        let text = "$.metadata.alt_text.text: must be a string of at most 1000 characters";
        return Err(invalid_request("metadata", text));
    };
    own(id, caller, state)?.alt = Some(alt.to_owned());
    let metadata = json!({"alt_text": {"text": alt}});
    let data = json!({"id": id, "associated_metadata": metadata});
    Ok(Reply::json(200, &json!({"data": data})))
}

/// `/sandbox/media/ID`, which X does not have: what was uploaded, byte for byte.
pub(super) fn kept(id: &str, state: &State) -> Option<Reply> {
    let bytes = &state.media(id)?.bytes;
    let reply = Reply::new(200, shown_as(bytes), bytes.clone())
        .header("content-security-policy", "default-src 'none'; sandbox")
        .header("x-content-type-options", "nosniff");
    Some(reply)
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
    category: Option<&str>,
    total: usize,
    caller: &Caller,
    state: &mut State,
) -> Result<Media, Reply> {
    let is_photo = category.unwrap_or(PHOTO) == PHOTO;
    if total > MEDIA || is_photo && total > LARGEST_PHOTO {
        let text = "The media is larger than its category allows.";
        return Err(problem(413, "Payload Too Large", text, "about:blank"));
    }
    Ok(Media {
        id: state.draw_id().to_string(),
        owner: caller.user.clone(),
        is_photo,
        bytes: Bytes::new(),
        total,
        segments: 0,
        alt: None,
        usable_from: None,
    })
}

fn accepted(media: Media, state: &mut State) -> Reply {
    let reply = described(&media, 0);
    state.keep_media(media);
    reply
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

/// The bytes of the media.
fn file(parts: &[Part]) -> Result<Bytes, Reply> {
    let file = parts.iter().find(|part| part.name == "media");
    file.map(|part| part.bytes.clone())
        .filter(|bytes| !bytes.is_empty())
        .ok_or_else(|| invalid_request("media", "$.media: is missing or empty"))
}

fn text(parts: &[Part], name: &str) -> Option<String> {
    let part = parts.iter().find(|part| part.name == name)?;
    Some(String::from_utf8_lossy(&part.bytes).into_owned())
}

/// The caller's media with that id.
fn own<'a>(id: &str, caller: &Caller, state: &'a mut State) -> Result<&'a mut Media, Reply> {
    let mut all = state.media.iter_mut();
    all.find(|media| media.id == id && media.owner == caller.user)
        .ok_or_else(|| no_such_resource("media", id))
}

fn wrong_size() -> Reply {
    let text = "Segments do not add up to provided total file size.";
    invalid_request("media", text)
}
