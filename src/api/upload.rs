//! Uploads media in one piece or in segments, waits for X to process it, and sets its alt text.

use std::time::{Duration, Instant};

use serde_json::json;

use super::media::Media;
use super::{body_of, json_body};
use crate::account::is_user_id;
use crate::client::{Body, Call, Client, Method, Repeat, Reply, Signer};
use crate::error::{Failure, Kind};
use crate::refusal::{Ask, refusal};

/// How long X may process a video.
const PROCESSING: Duration = Duration::from_secs(15 * 60);

/// The limits of the pause between two status requests, in seconds.
const LOOKS: std::ops::RangeInclusive<u64> = 1..=30;

/// Uploads one file and returns its id for a post. Calls `advance` after every piece, and `processing` once if the
/// server processes the file afterwards. Posts nothing.
pub(crate) async fn upload(
    http: &Client,
    signer: Signer<'_>,
    media: &Media,
    advance: impl Fn(),
    processing: impl Fn(),
) -> Result<String, Failure> {
    let id = if media.is_small() {
        let id = in_one_piece(http, signer, media).await?;
        advance();
        id
    } else {
        in_segments(http, signer, media, advance, processing).await?
    };
    if let Some(alt) = &media.alt {
        describe(http, signer, &id, alt).await?;
    }
    Ok(id)
}

/// `POST /2/media/upload`.
async fn in_one_piece(http: &Client, signer: Signer<'_>, media: &Media) -> Result<String, Failure> {
    let fields = [
        ("media_category", media.category.word()),
        ("media_type", media.content_type),
    ];
    let body = multipart(&fields, media.content_type, &media.piece(0)?)?;
    let reply = ask(http, signer, "/2/media/upload", body).await?;
    id(&reply)
}

/// `POST /2/media/upload/initialize`, `/append` for each segment, `/finalize`, then waits for processing.
async fn in_segments(
    http: &Client,
    signer: Signer<'_>,
    media: &Media,
    advance: impl Fn(),
    processing: impl Fn(),
) -> Result<String, Failure> {
    let announced = json_body(&json!({
        "media_type": media.content_type,
        "total_bytes": media.size,
        "media_category": media.category.word(),
    }));
    let reply = ask(http, signer, "/2/media/upload/initialize", announced).await?;
    let id = id(&reply)?;
    for index in 0..media.pieces() {
        let number = index.to_string();
        let fields = [("segment_index", number.as_str())];
        let body = multipart(&fields, "application/octet-stream", &media.piece(index)?)?;
        let url = http.url(&format!("/2/media/upload/{id}/append"));
        let call = Call {
            body,
            // The number identifies the segment, however often it is sent.
            repeat: Repeat::Freely,
            ..Call::new(Method::POST, url, signer)
        };
        answered(http.send(&call).await?)?;
        advance();
    }
    let path = format!("/2/media/upload/{id}/finalize");
    let reply = ask(http, signer, &path, Body::Empty).await?;
    processed(http, signer, &id, reply, processing).await?;
    Ok(id)
}

/// Asks `GET /2/media/upload?command=STATUS` until X has processed it.
async fn processed(
    http: &Client,
    signer: Signer<'_>,
    id: &str,
    mut reply: Reply,
    processing: impl Fn(),
) -> Result<(), Failure> {
    let started = Instant::now();
    let mut is_reported = false;
    loop {
        let info = &body_of(&reply)["data"]["processing_info"];
        match info["state"].as_str() {
            None | Some("succeeded") => return Ok(()),
            Some("failed") => {
                let said = info["error"]["message"]
                    .as_str()
                    .unwrap_or("it gave no reason");
                let server = reply.server.spoken();
                let said = reply.shown(said);
                let reason = format!("{server} could not process the media: {said}");
                return Err(Failure::new(Kind::Media, reason).hint("use another file"));
            }
            Some(_) => {}
        }
        if started.elapsed() > PROCESSING {
            let server = reply.server.spoken();
            let reason = format!("{server} took too long to process the media; nothing was posted");
            return Err(Failure::new(Kind::TimedOut, reason).hint("try again later"));
        }
        if !std::mem::replace(&mut is_reported, true) {
            processing();
        }
        let pause = info["check_after_secs"].as_u64().unwrap_or(5);
        tokio::time::sleep(Duration::from_secs(
            pause.clamp(*LOOKS.start(), *LOOKS.end()),
        ))
        .await;
        let mut url = http.url("/2/media/upload");
        url.set_query(Some(&format!("command=STATUS&media_id={id}")));
        reply = answered(http.send(&Call::get(url, signer)).await?)?;
    }
}

/// `POST /2/media/metadata`: the alt text.
async fn describe(http: &Client, signer: Signer<'_>, id: &str, alt: &str) -> Result<(), Failure> {
    let body = json_body(&json!({ "id": id, "metadata": { "alt_text": { "text": alt } } }));
    ask(http, signer, "/2/media/metadata", body).await?;
    Ok(())
}

async fn ask(http: &Client, signer: Signer<'_>, path: &str, body: Body) -> Result<Reply, Failure> {
    let call = Call {
        body,
        ..Call::new(Method::POST, http.url(path), signer)
    };
    answered(http.send(&call).await?)
}

fn answered(reply: Reply) -> Result<Reply, Failure> {
    if reply.is_success() {
        Ok(reply)
    } else {
        Err(refusal(&reply, Ask::Media))
    }
}

fn id(reply: &Reply) -> Result<String, Failure> {
    let body = body_of(reply);
    let id = body["data"]["id"].as_str().filter(|id| is_user_id(id));
    id.map(str::to_owned).ok_or_else(|| {
        let reason = "the server's reply to the upload contains no id; nothing was posted";
        Failure::new(Kind::UnreadableReply, reason).hint("try again later")
    })
}

/// A multipart body (RFC 7578), which the signature does not cover: the fields, and the file as `media`.
fn multipart(fields: &[(&str, &str)], content_type: &str, file: &[u8]) -> Result<Body, Failure> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random)
        .map_err(|_| Failure::new(Kind::Internal, "the system provides no random numbers"))?;
    let boundary = format!("twauth-{:032x}", u128::from_be_bytes(random));
    let mut bytes = Vec::with_capacity(file.len() + 1024);
    for (name, value) in fields {
        let part = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        bytes.extend(part.into_bytes());
    }
    let head = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"media\"; filename=\"media\"\r\n\
         content-type: {content_type}\r\n\r\n"
    );
    bytes.extend(head.into_bytes());
    bytes.extend(file);
    bytes.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    Ok(Body::Other {
        content_type: format!("multipart/form-data; boundary={boundary}"),
        bytes,
    })
}
