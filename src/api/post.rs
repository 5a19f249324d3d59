//! Posts: their ids and addresses, and the making of one.

use serde::Serialize;

use super::body_of;
use crate::account::is_user_id;
use crate::client::{Body, Call, Client, Method, Signer};
use crate::error::{Class, Failure, Kind};
use crate::refusal::{Ask, refusal};

/// The id of a post, typed as such or as the post's address at x.com or twitter.com.
pub(crate) fn post_id(typed: &str) -> Result<String, Failure> {
    let typed = typed.trim();
    let id = if typed.contains('/') {
        in_address(typed)
    } else {
        Some(typed.to_owned())
    };
    id.filter(|id| is_post_id(id)).ok_or_else(|| {
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

/// A post to be made (`OpenAPI` 2.167, `TweetCreateRequest`).
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct NewPost<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reply: Option<InReplyTo<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) media: Option<Attached<'a>>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct InReplyTo<'a> {
    pub(crate) in_reply_to_tweet_id: &'a str,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Attached<'a> {
    pub(crate) media_ids: &'a [String],
}

/// The request that makes a post.
fn new_post<'a>(http: &Client, signer: Signer<'a>, new: &NewPost<'_>) -> Result<Call<'a>, Failure> {
    let bytes = serde_json::to_vec(new)
        .map_err(|_| Failure::new(Kind::Internal, "the post is not valid JSON"))?;
    Ok(Call {
        body: Body::Other {
            content_type: "application/json".to_owned(),
            bytes,
        },
        ..Call::new(Method::POST, http.url("/2/tweets"), signer)
    })
}

/// Makes and signs the request for a post, and keeps it.
pub(crate) fn rehearse_post(
    http: &Client,
    signer: Signer<'_>,
    new: &NewPost<'_>,
) -> Result<(), Failure> {
    http.rehearse(&new_post(http, signer, new)?)
}

/// `POST /2/tweets`: the new post's id, or none where X made it but its reply cannot be read. A failure of the
/// kind [`Kind::UnknownFate`] means that the post may have been made.
pub(crate) async fn post(
    http: &Client,
    signer: Signer<'_>,
    new: &NewPost<'_>,
) -> Result<Option<String>, Failure> {
    let call = new_post(http, signer, new)?;
    let reply = match http.send(&call).await {
        Ok(reply) => reply,
        Err(trouble) if !trouble.sent => return Err(trouble.into()),
        // The headers said that it was made; only the body is lost.
        Err(trouble) if trouble.failure.status == Some(201) => return Ok(None),
        Err(trouble) => return Err(unknown_fate(&trouble.into())),
    };
    match reply.status {
        200..300 => {
            let body = body_of(&reply);
            let id = body["data"]["id"].as_str().filter(|id| is_post_id(id));
            if id.is_none() && reply.status != 201 {
                // Only X says 201; anything in its way could say 200.
                return Err(unknown_fate(&refusal(&reply, Ask::Post)));
            }
            Ok(id.map(str::to_owned))
        }
        status => {
            let failure = refusal(&reply, Ask::Post);
            // A gateway's page or trouble at X says nothing of the post.
            let unknown = status >= 500 || failure.kind.class() == Class::Unreachable;
            Err(if unknown {
                unknown_fate(&failure)
            } else {
                failure
            })
        }
    }
}

/// Whether `id` could be a post's: 1 to 19 decimal digits (`OpenAPI` 2.167, `TweetId`).
pub(crate) fn is_post_id(id: &str) -> bool {
    is_user_id(id)
}

/// The failure of a request that may have done its work.
pub(crate) fn unknown_fate(cause: &Failure) -> Failure {
    Failure {
        kind: Kind::UnknownFate,
        reason: format!(
            "it was sent, and whether X made the post is not known: {}",
            cause.reason
        ),
        hint: None,
        command: None,
        ..cause.clone()
    }
}
