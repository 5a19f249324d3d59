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
    let upload = Upload { http, signer };
    let id = if media.is_small() {
        let id = upload.in_one_piece(media).await?;
        advance();
        id
    } else {
        let (id, reply) = upload.in_segments(media, advance).await?;
        upload.processed(&id, reply, processing).await?;
        id
    };
    if let Some(alt) = &media.alt {
        // `POST /2/media/metadata`.
        let body = json_body(&json!({ "id": id, "metadata": { "alt_text": { "text": alt } } }));
        upload.ask("/2/media/metadata", body).await?;
    }
    Ok(id)
}

/// Who uploads, and where to.
struct Upload<'a> {
    http: &'a Client,
    signer: Signer<'a>,
}

impl Upload<'_> {
    /// `POST /2/media/upload`.
    async fn in_one_piece(&self, media: &Media) -> Result<String, Failure> {
        let fields = [
            ("media_category", media.category.word()),
            ("media_type", media.content_type),
        ];
        let body = multipart(&fields, media.content_type, &media.piece(0)?)?;
        id(&self.ask("/2/media/upload", body).await?)
    }

    /// `POST /2/media/upload/initialize`, `/append` for each segment, `/finalize`; returns the last reply, too.
    async fn in_segments(
        &self,
        media: &Media,
        advance: impl Fn(),
    ) -> Result<(String, Reply), Failure> {
        let announced = json_body(&json!({
            "media_type": media.content_type,
            "total_bytes": media.size,
            "media_category": media.category.word(),
        }));
        let id = id(&self.ask("/2/media/upload/initialize", announced).await?)?;
        for index in 0..media.pieces() {
            let number = index.to_string();
            let fields = [("segment_index", number.as_str())];
            let body = multipart(&fields, "application/octet-stream", &media.piece(index)?)?;
            let mut call = self.call(&format!("/2/media/upload/{id}/append"), body);
            // The number identifies the segment, however often it is sent.
            call.repeat = Repeat::Freely;
            answered(self.http.send(&call).await?)?;
            advance();
        }
        let path = format!("/2/media/upload/{id}/finalize");
        let reply = self.ask(&path, Body::Empty).await?;
        Ok((id, reply))
    }

    /// Asks `GET /2/media/upload?command=STATUS` until X has processed it.
    async fn processed(
        &self,
        id: &str,
        mut reply: Reply,
        processing: impl Fn(),
    ) -> Result<(), Failure> {
        let started = Instant::now();
        let mut is_reported = false;
        loop {
            let info = &body_of(&reply)["data"]["processing_info"];
            let server = reply.server.spoken();
            match info["state"].as_str() {
                None | Some("succeeded") => return Ok(()),
                Some("failed") => {
                    let said = info["error"]["message"].as_str();
                    let said = reply.shown(said.unwrap_or("it gave no reason"));
                    let reason = format!("{server} could not process the media: {said}");
                    return Err(Failure::new(Kind::Media, reason).hint("use another file"));
                }
                Some(_) => {}
            }
            if started.elapsed() > PROCESSING {
                let reason =
                    format!("{server} took too long to process the media; nothing was posted");
                return Err(Failure::new(Kind::TimedOut, reason).hint("try again later"));
            }
            if !std::mem::replace(&mut is_reported, true) {
                processing();
            }
            let pause = info["check_after_secs"].as_u64().unwrap_or(5);
            let pause = pause.clamp(*LOOKS.start(), *LOOKS.end());
            tokio::time::sleep(Duration::from_secs(pause)).await;
            let mut url = self.http.url("/2/media/upload");
            url.set_query(Some(&format!("command=STATUS&media_id={id}")));
            reply = answered(self.http.send(&Call::get(url, self.signer)).await?)?;
        }
    }

    async fn ask(&self, path: &str, body: Body) -> Result<Reply, Failure> {
        answered(self.http.send(&self.call(path, body)).await?)
    }

    fn call(&self, path: &str, body: Body) -> Call<'_> {
        Call {
            body,
            ..Call::new(Method::POST, self.http.url(path), self.signer)
        }
    }
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
