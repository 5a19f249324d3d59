//! Calls of X's API: who an account is, deletion, and (in files of their own) posts and media.

mod media;
mod post;
mod upload;

use std::fmt;

use serde_json::Value;

pub(crate) use media::{Media, check_together};
pub(crate) use post::{Fate, NewPost, PostId, post, rehearse_post, unknown_fate};
pub(crate) use upload::upload;

use crate::account::{Server, is_user_id};
use crate::client::{Authorization, Body, Call, Client, Method, Repeat, Reply, Signer};
use crate::error::{Class, Failure, Kind};
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

/// The account that the credentials belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) user_id: String,
    pub(crate) screen_name: String,
    pub(crate) access_level: AccessLevel,
}

/// `GET /2/users/me`: 75 requests in 15 minutes per account; at most $0.01 per account and day (2026-11).
pub(crate) async fn me(http: &Client, signer: Signer<'_>) -> Result<Identity, Failure> {
    let call = Call::get(http.url("/2/users/me"), signer);
    let reply = http.send(&call).await?;
    identity(&reply, |body| {
        (&body["data"]["id"], &body["data"]["username"])
    })
}

/// `GET /2/users/me` without credentials: whether the server answers, and its clock. It should reply with an error.
pub(crate) async fn greeting(http: &Client) -> Result<Reply, Failure> {
    let call = Call {
        method: Method::GET,
        url: http.url("/2/users/me"),
        body: Body::Empty,
        headers: Vec::new(),
        credentials: Authorization::None,
        repeat: Repeat::Freely,
    };
    let reply = http.send(&call).await?;
    let failure = refusal(&reply, Ask::Other);
    // Other kinds are about the request, so the server understood it.
    if !reply.is_success() && failure.kind.class() == Class::Unreachable {
        return Err(failure);
    }
    Ok(reply)
}

/// `GET /1.1/account/verify_credentials.json`: the second endpoint, which names causes that the first does not.
pub(crate) async fn verify_credentials(
    http: &Client,
    signer: Signer<'_>,
) -> Result<Identity, Failure> {
    let url = http.url("/1.1/account/verify_credentials.json");
    let reply = http.send(&Call::get(url, signer)).await?;
    identity(&reply, |body| {
        // Servers other than X may give only the number.
        let id = ["id_str", "id"].map(|label| &body[label]);
        let id = id.into_iter().find(|id| !id.is_null());
        (id.unwrap_or(&Value::Null), &body["screen_name"])
    })
}

fn identity(reply: &Reply, find: impl Fn(&Value) -> (&Value, &Value)) -> Result<Identity, Failure> {
    if !reply.is_success() {
        return Err(refusal(reply, Ask::Identity));
    }
    let body = body_of(reply);
    let (id, name) = find(&body);
    let is_elsewhere = matches!(reply.server, Server::Other(_));
    let id = match id {
        Value::Number(id) if is_elsewhere => Some(id.to_string()),
        id => id.as_str().map(str::to_owned),
    };
    let id = id.filter(|id| is_user_id(id));
    let name = name.as_str().filter(|name| reply.server.could_have(name));
    match (id, name) {
        (Some(user_id), Some(name)) => Ok(Identity {
            user_id,
            screen_name: name.to_owned(),
            access_level: AccessLevel::of(reply),
        }),
        _ => Err(refusal(reply, Ask::Identity)),
    }
}

/// `DELETE /2/tweets/:id`: $0.010 each (2026-11).
pub(crate) async fn delete(http: &Client, signer: Signer<'_>, id: &str) -> Result<(), Failure> {
    let url = http.url(&format!("/2/tweets/{id}"));
    let call = Call::new(Method::DELETE, url, signer);
    let reply = http.send(&call).await?;
    if !reply.is_success() {
        return Err(refusal(&reply, Ask::Delete));
    }
    // A web page from a gateway does not confirm the deletion.
    match body_of(&reply)["data"]["deleted"].as_bool() {
        Some(true) => Ok(()),
        Some(false) => Err(Failure::new(
            Kind::Forbidden,
            format!("{} did not delete the post", reply.server.spoken()),
        )
        .hint("check it in a browser")),
        None => Err(refusal(&reply, Ask::Delete)),
    }
}

/// The body as JSON; null if it is not JSON.
fn body_of(reply: &Reply) -> Value {
    let body = &reply.body;
    serde_json::from_slice(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body))
        .unwrap_or(Value::Null)
}

fn json_body(value: &Value) -> Body {
    Body::Other {
        content_type: "application/json".to_owned(),
        bytes: value.to_string().into_bytes(),
    }
}
