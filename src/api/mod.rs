//! What we ask of X: who am I, post, delete, media; and the shapes of its replies.

mod media;
mod upload;

use std::fmt;

use serde::Serialize;
use serde_json::Value;

pub(crate) use media::{Media, check_together};
pub(crate) use upload::upload;

use crate::account::{Credentials, is_screen_name, is_user_id};
use crate::client::{Authorization, Body, Call, Client, Method, Reply, Signer};
use crate::error::{Failure, Kind};
use crate::refusal::{Ask, refusal};

/// What a token may do, from the `x-access-level` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccessLevel {
    Read,
    ReadWrite,
    ReadWriteDirectMessages,
    Unknown,
}

impl AccessLevel {
    fn of(reply: &Reply) -> Self {
        match reply.header("x-access-level").unwrap_or("") {
            "read" => Self::Read,
            "read-write" => Self::ReadWrite,
            "read-write-directmessages" => Self::ReadWriteDirectMessages,
            _ => Self::Unknown,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::ReadWrite => "read-write",
            Self::ReadWriteDirectMessages => "read-write-directmessages",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for AccessLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Whom the credentials belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) user_id: String,
    pub(crate) screen_name: String,
    pub(crate) access_level: AccessLevel,
}

/// `GET /2/users/me`: 75 in 15 minutes for each account; at most $0.01 for each account and day (2026-11).
pub(crate) async fn me(
    http: &Client,
    client: &Credentials,
    token: &Credentials,
) -> Result<Identity, Failure> {
    let call = Call::new(
        Method::GET,
        http.url("/2/users/me"),
        Signer::new(client, Some(token)),
    );
    let reply = http.send(&call).await?;
    identity(&reply, |body| {
        (&body["data"]["id"], &body["data"]["username"])
    })
}

/// `GET /2/users/me` as nobody: whether the server answers, and its clock. A refusal is what it should say.
pub(crate) async fn greeting(http: &Client) -> Result<Reply, Failure> {
    let call = Call {
        method: Method::GET,
        url: http.url("/2/users/me"),
        body: Body::Empty,
        headers: Vec::new(),
        credentials: Authorization::None,
    };
    let reply = http.send(&call).await?;
    let failure = refusal(&reply, Ask::Other);
    // Other kinds speak of the request, which the server has understood.
    if !reply.is_success() && failure.kind.exit_code() == Kind::ServerError.exit_code() {
        return Err(failure);
    }
    Ok(reply)
}

/// `GET /1.1/account/verify_credentials.json`: the second opinion, which names causes where the first does not.
pub(crate) async fn verify_credentials(
    http: &Client,
    client: &Credentials,
    token: &Credentials,
) -> Result<Identity, Failure> {
    let url = http.url("/1.1/account/verify_credentials.json");
    let reply = http
        .send(&Call::new(
            Method::GET,
            url,
            Signer::new(client, Some(token)),
        ))
        .await?;
    identity(&reply, |body| (&body["id_str"], &body["screen_name"]))
}

fn identity(reply: &Reply, find: impl Fn(&Value) -> (&Value, &Value)) -> Result<Identity, Failure> {
    if !reply.is_success() {
        return Err(refusal(reply, Ask::Identity));
    }
    let body = body_of(reply);
    let (id, name) = find(&body);
    match (id.as_str(), name.as_str()) {
        (Some(id), Some(name)) if is_user_id(id) && is_screen_name(name) => Ok(Identity {
            user_id: id.to_owned(),
            screen_name: name.to_owned(),
            access_level: AccessLevel::of(reply),
        }),
        _ => Err(refusal(reply, Ask::Identity)),
    }
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
    client: &Credentials,
    token: &Credentials,
    new: &NewPost<'_>,
) -> Result<(), Failure> {
    http.rehearse(&new_post(http, Signer::new(client, Some(token)), new)?);
    Ok(())
}

/// `POST /2/tweets`: the new post's id, or none where X made it but its reply cannot be read. A failure of the
/// kind [`Kind::UnknownFate`] means that the post may have been made.
pub(crate) async fn post(
    http: &Client,
    client: &Credentials,
    token: &Credentials,
    new: &NewPost<'_>,
) -> Result<Option<String>, Failure> {
    let call = new_post(http, Signer::new(client, Some(token)), new)?;
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
            let unknown =
                status >= 500 || failure.kind.exit_code() == Kind::ServerError.exit_code();
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

/// `DELETE /2/tweets/:id`: $0.010 each (2026-11).
pub(crate) async fn delete(
    http: &Client,
    client: &Credentials,
    token: &Credentials,
    id: &str,
) -> Result<(), Failure> {
    let url = http.url(&format!("/2/tweets/{id}"));
    let call = Call::new(Method::DELETE, url, Signer::new(client, Some(token)));
    let reply = http.send(&call).await?;
    if !reply.is_success() {
        return Err(refusal(&reply, Ask::Delete));
    }
    // A page that a gateway slips in is no deletion.
    match body_of(&reply)["data"]["deleted"].as_bool() {
        Some(true) => Ok(()),
        Some(false) => Err(Failure::new(Kind::Forbidden, "X did not delete the post")
            .hint("look at it in a browser")),
        None => Err(refusal(&reply, Ask::Delete)),
    }
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
        ..*cause
    }
}

/// The body as JSON; null where it is none.
fn body_of(reply: &Reply) -> Value {
    let body = &reply.body;
    serde_json::from_slice(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body))
        .unwrap_or(Value::Null)
}
