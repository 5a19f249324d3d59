//! `/2/media`: uploads in one piece or in segments, their state and their alternative text.

use serde_json::{Value, json};

use super::authorization::Caller;
use super::call::{Call, value};
use super::fields::Fields;
use super::replies::{Reply, invalid_request, no_such_resource, problem};
use super::state::{Media, State};

/// The most that is kept of all media together; the oldest make room.
const KEPT: usize = 64 << 20;

/// The largest photo X takes (other media are limited by the size of a request alone).
const LARGEST_PHOTO: usize = 5 << 20;

/// The longest alternative text, in characters.
const LONGEST_ALT: usize = 1_000;

/// Seconds until X forgets media that no post uses.
const EXPIRES_AFTER: u32 = 86_400;

/// What the API says of it.
fn data(media: &Media) -> Value {
    let kind = match media.category.as_str() {
        "tweet_video" | "amplify_video" => "7",
        "tweet_gif" => "16",
        _ => "3",
    };
    let mut data = json!({
        "id": media.id,
        "media_key": format!("{kind}_{}", media.id),
        "expires_after_secs": EXPIRES_AFTER,
    });
    if media.ready {
        data["size"] = json!(media.bytes.len());
    }
    if media.worked_on_until.is_some() {
        data["processing_info"] = json!({"state": "pending", "check_after_secs": 1});
    }
    data
}

fn fields_and_category(call: &Call) -> Result<(Fields, String), Reply> {
    let fields = Fields::of(call)?;
    let category = fields.category()?;
    Ok((fields, category))
}

/// Media of which nothing is there yet.
fn begun(content_type: String, category: String, caller: &Caller, state: &mut State) -> Media {
    Media {
        id: state.draw_id().to_string(),
        owner: caller.person.clone(),
        content_type,
        category,
        bytes: Vec::new(),
        total: None,
        segments: 0,
        alt: None,
        ready: false,
        worked_on_until: None,
    }
}

/// `POST /2/media/upload`: in one piece.
pub(super) fn upload(call: &Call, caller: &Caller, state: &mut State) -> Reply {
    let (fields, category) = match fields_and_category(call) {
        Ok(both) => both,
        Err(refusal) => return refusal,
    };
    let content_type = fields.media_type().unwrap_or_default();
    let Some(bytes) = fields.bytes.filter(|bytes| !bytes.is_empty()) else {
        return invalid_request("media", "$.media: is missing or empty");
    };
    if category == "tweet_image" && bytes.len() > LARGEST_PHOTO {
        return too_large();
    }
    let media = Media {
        bytes,
        ready: true,
        ..begun(content_type, category, caller, state)
    };
    let reply = Reply::json(200, &json!({"data": data(&media)}));
    state.media.insert(media.id.clone(), media);
    make_room(state);
    reply
}

/// `POST /2/media/upload/initialize`: announces type and size.
pub(super) fn initialize(call: &Call, caller: &Caller, state: &mut State) -> Reply {
    let (fields, category) = match fields_and_category(call) {
        Ok(both) => both,
        Err(refusal) => return refusal,
    };
    let total = fields
        .value("total_bytes")
        .and_then(|text| text.parse().ok());
    let Some(total) = total.filter(|total| *total > 0) else {
        return invalid_request("total_bytes", "$.total_bytes: must be a number above 0");
    };
    let Some(content_type) = fields.media_type() else {
        return invalid_request("media_type", "$.media_type: is missing");
    };
    if total > KEPT || category == "tweet_image" && total > LARGEST_PHOTO {
        return too_large();
    }
    let media = Media {
        total: Some(total),
        ..begun(content_type, category, caller, state)
    };
    let reply = Reply::json(200, &json!({"data": data(&media)}));
    state.media.insert(media.id.clone(), media);
    reply
}

/// `POST /2/media/upload/:id/append`: the next segment.
pub(super) fn append(id: &str, call: &Call, caller: &Caller, state: &mut State) -> Reply {
    let fields = match Fields::of(call) {
        Ok(fields) => fields,
        Err(refusal) => return refusal,
    };
    let Some(media) = own(id, caller, state).filter(|media| !media.ready) else {
        return no_such_resource("media", id);
    };
    let index = fields
        .value("segment_index")
        .and_then(|text| text.parse().ok());
    if index != Some(media.segments) {
        let text = format!("$.segment_index: must be {} now", media.segments);
        return invalid_request("segment_index", &text);
    }
    let Some(bytes) = fields.bytes.filter(|bytes| !bytes.is_empty()) else {
        return invalid_request("media", "$.media: is missing or empty");
    };
    if media.bytes.len() + bytes.len() > media.total.unwrap_or_default() {
        return invalid_request(
            "media",
            "Segments do not add up to provided total file size.",
        );
    }
    media.bytes.extend(bytes);
    media.segments += 1;
    let reply = Reply::json(200, &json!({"data": data(media)}));
    make_room(state);
    reply
}

/// `POST /2/media/upload/:id/finalize`: all segments were sent.
pub(super) fn finalize(id: &str, caller: &Caller, state: &mut State) -> Reply {
    let now = state.now();
    let Some(media) = own(id, caller, state) else {
        return no_such_resource("media", id);
    };
    if media.total.is_some_and(|total| total != media.bytes.len()) {
        return invalid_request(
            "media",
            "Segments do not add up to provided total file size.",
        );
    }
    if media.category == "tweet_image" {
        media.ready = true;
    } else if !media.ready && media.worked_on_until.is_none() {
        media.worked_on_until = Some(now + 1);
    }
    Reply::json(200, &json!({"data": data(media)}))
}

/// `GET /2/media/upload?media_id=ID`, with or without `command=STATUS`.
pub(super) fn status(call: &Call, caller: &Caller, state: &mut State) -> Reply {
    let Some(id) = value(&call.query_parameters(), "media_id") else {
        return invalid_request("media_id", "The `media_id` query parameter is missing");
    };
    let now = state.now();
    let Some(media) = own(&id, caller, state) else {
        return no_such_resource("media", &id);
    };
    if media.worked_on_until.is_some_and(|until| until <= now) {
        (media.ready, media.worked_on_until) = (true, None);
    }
    let mut data = data(media);
    data["processing_info"] = if media.ready {
        json!({"state": "succeeded", "progress_percent": 100})
    } else {
        json!({"state": "in_progress", "progress_percent": 50, "check_after_secs": 1})
    };
    Reply::json(200, &json!({"data": data}))
}

/// `POST /2/media/metadata`: the alternative text.
pub(super) fn describe(call: &Call, caller: &Caller, state: &mut State) -> Reply {
    let body = call.json().unwrap_or_default();
    let Some(id) = body["id"].as_str() else {
        return invalid_request("id", "$.id: must be a string of digits");
    };
    let Some(alt) = body["metadata"]["alt_text"]["text"].as_str() else {
        return invalid_request("metadata", "$.metadata.alt_text.text: must be a string");
    };
    if alt.chars().count() > LONGEST_ALT {
        return invalid_request(
            "metadata",
            "$.metadata.alt_text.text: must be at most 1000 characters long",
        );
    }
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
pub(super) fn kept(name: &str, state: &State) -> Option<Reply> {
    let id = name.strip_suffix(".json").unwrap_or(name);
    let media = state.media.get(&id.to_owned())?;
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

/// The content type a browser may be given: a picture's by its first bytes, else one it does not show.
fn shown_as(bytes: &[u8]) -> &'static str {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', ..] => "image/gif",
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => "image/webp",
        _ => "application/octet-stream",
    }
}

fn own<'a>(id: &str, caller: &Caller, state: &'a mut State) -> Option<&'a mut Media> {
    let media = state.media.get_mut(&id.to_owned())?;
    (media.owner == caller.person).then_some(media)
}

fn make_room(state: &mut State) {
    let held = |state: &State| {
        state
            .media
            .values()
            .map(|media| media.bytes.len())
            .sum::<usize>()
    };
    while !state.media.is_empty() && held(state) > KEPT {
        state.media.remove_oldest();
    }
}

fn too_large() -> Reply {
    problem(
        413,
        "Payload Too Large",
        "The media is larger than its category allows.",
        "about:blank",
    )
}
