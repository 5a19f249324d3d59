//! Posts: their ids and addresses, the making of one, and what became of it.

use std::fmt;
use std::ops::Deref;

use serde::Serialize;
use serde_json::Value;

use super::body_of;
use crate::account::{Account, Server, is_screen_name, is_user_id};
use crate::client::{Body, Call, Client, Method, Reply, Signer, Trouble};
use crate::error::{Class, Failure, Kind};
use crate::refusal::{Ask, refusal};

/// The id of a post: 1 to 19 decimal digits (`OpenAPI` 2.167, `TweetId`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct PostId(String);

impl PostId {
    /// Reads an id typed as such or as the post's address at x.com or twitter.com.
    pub(crate) fn parse(typed: &str) -> Result<Self, Failure> {
        let typed = typed.trim();
        let id = if typed.contains('/') {
            in_address(typed)
        } else {
            Some(typed.to_owned())
        };
        id.and_then(|id| Self::of(&id)).ok_or_else(|| {
            Failure::new(Kind::Usage, "this is not a post's id or address")
                .hint("give the digits of its id, or https://x.com/NAME/status/ID")
        })
    }

    fn of(digits: &str) -> Option<Self> {
        is_user_id(digits).then(|| Self(digits.to_owned()))
    }

    /// The id in a reply of either API.
    fn in_body(body: &Value) -> Option<Self> {
        let of_data = body["data"]["id"].as_str();
        let id = of_data.or_else(|| body["id_str"].as_str());
        id.and_then(Self::of)
    }

    /// The post's address, also where the account's name is not known or could not be one.
    pub(crate) fn address(&self, account: &Account) -> String {
        match account.screen_name.as_deref() {
            Some(name) if is_screen_name(name) => format!("https://x.com/{name}/status/{self}"),
            _ => format!("https://x.com/i/web/status/{self}"),
        }
    }
}

impl Deref for PostId {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PostId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What became of a post.
#[derive(Debug)]
#[must_use]
pub(crate) enum Fate {
    Made(PostId),
    /// It was made, but the reply that names it could not be read.
    MadeUnread,
    NotMade(Failure),
    /// It was sent, and the reply does not say.
    Unknown(Failure),
}

impl Fate {
    /// The fate of the post that a request was to make at `server`.
    pub(crate) fn of(outcome: &Result<Reply, Trouble>, server: &Server) -> Self {
        let unknown = |cause: &Failure| {
            let reason = format!(
                "the post was sent, but it is unknown whether {} published it: {}",
                server.spoken(),
                cause.reason
            );
            Self::Unknown(unknown_fate(cause, reason))
        };
        let reply = match outcome {
            Ok(reply) => reply,
            Err(trouble) if !trouble.sent => return Self::NotMade(trouble.failure.clone()),
            // The headers said that it was made; only the body is lost.
            Err(trouble) if trouble.failure.status == Some(201) => return Self::MadeUnread,
            Err(trouble) => return unknown(&trouble.failure),
        };
        if reply.is_success() {
            return match PostId::in_body(&body_of(reply)) {
                Some(id) => Self::Made(id),
                None if reply.status == 201 => Self::MadeUnread,
                // Only X says 201; anything in its way could say 200.
                None => unknown(&refusal(reply, Ask::Post)),
            };
        }
        let failure = refusal(reply, Ask::Post);
        // A gateway's page or trouble at X says nothing of the post.
        if reply.status >= 500 || failure.kind.class() == Class::Unreachable {
            unknown(&failure)
        } else {
            Self::NotMade(failure)
        }
    }
}

/// The failure of a request that may have done its work.
pub(crate) fn unknown_fate(cause: &Failure, reason: String) -> Failure {
    Failure {
        kind: Kind::UnknownFate,
        reason,
        hint: None,
        command: None,
        ..cause.clone()
    }
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

/// A post to be made (`OpenAPI` 2.167, `TweetCreateRequest`), once.
#[derive(Debug, Default, Serialize)]
pub(crate) struct NewPost<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(crate) text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reply: Option<InReplyTo<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) media: Option<Attached<'a>>,
}

#[derive(Debug, Serialize)]
pub(crate) struct InReplyTo<'a> {
    pub(crate) in_reply_to_tweet_id: &'a PostId,
}

#[derive(Debug, Serialize)]
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

/// `POST /2/tweets`. Takes the post away, so that nobody sends it twice.
pub(crate) async fn post(http: &Client, signer: Signer<'_>, new: NewPost<'_>) -> Fate {
    match new_post(http, signer, &new) {
        Ok(call) => Fate::of(&http.send(&call).await, http.server()),
        Err(failure) => Fate::NotMade(failure),
    }
}
