//! Posts: their ids and URLs, publishing one, and whether it was published.

use std::fmt;
use std::ops::Deref;

use serde::Serialize;
use serde_json::{Value, json};

use super::{body_of, json_body};
use crate::account::{Account, Server, is_screen_name, is_user_id};
use crate::client::{Call, Client, Method, Reply, Signer, Trouble};
use crate::error::{Class, Failure, Kind};
use crate::refusal::{Ask, refusal};

/// The id of a post: 1 to 19 decimal digits (`OpenAPI` 2.167, `TweetId`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct PostId(String);

impl PostId {
    /// Parses a post's id, or its URL at x.com or twitter.com.
    pub(crate) fn parse(text: &str) -> Result<Self, Failure> {
        let text = text.trim();
        let id = if text.contains('/') {
            in_url(text)
        } else {
            Some(text.to_owned())
        };
        id.and_then(|id| Self::of(&id)).ok_or_else(|| {
            Failure::usage("this is not a post's id or URL")
                .hint("use the digits of its id, or https://x.com/NAME/status/ID")
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

    /// The post's URL, even if the account's name is not known or not valid at X.
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

/// Whether a post was published.
#[derive(Debug)]
#[must_use]
pub(crate) enum Fate {
    Made(PostId),
    /// It was published, but the reply with its id could not be read.
    MadeUnread,
    NotMade(Failure),
    /// It was sent, and the reply does not say whether it was published.
    Unknown(Failure),
}

impl Fate {
    /// The fate of the post that a request sent to `server`.
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
            // The status says that it was published; only the body is lost.
            Err(trouble) if trouble.failure.status == Some(201) => return Self::MadeUnread,
            Err(trouble) => return unknown(&trouble.failure),
        };
        if reply.is_success() {
            return match PostId::in_body(&body_of(reply)) {
                Some(id) => Self::Made(id),
                None if reply.status == 201 => Self::MadeUnread,
                // Only X replies 201; a gateway could reply 200.
                None => unknown(&refusal(reply, Ask::Post)),
            };
        }
        let failure = refusal(reply, Ask::Post);
        // A gateway's page or an error of the server does not say whether it was published.
        if reply.status >= 500 || failure.kind.class() == Class::Unreachable {
            unknown(&failure)
        } else {
            Self::NotMade(failure)
        }
    }
}

/// The failure of a request that may have taken effect.
pub(crate) fn unknown_fate(cause: &Failure, reason: String) -> Failure {
    Failure {
        kind: Kind::UnknownFate,
        reason,
        hint: None,
        command: None,
        ..cause.clone()
    }
}

fn in_url(text: &str) -> Option<String> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .unwrap_or(text);
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

/// A new post, to be sent once.
#[derive(Debug)]
pub(crate) struct NewPost<'a> {
    pub(crate) text: &'a str,
    pub(crate) reply_to: Option<&'a PostId>,
    pub(crate) media_ids: &'a [String],
}

/// The request that publishes a post (`OpenAPI` 2.167, `TweetCreateRequest`).
fn new_post<'a>(http: &Client, signer: Signer<'a>, new: &NewPost<'_>) -> Call<'a> {
    let mut body = json!({});
    if !new.text.is_empty() {
        body["text"] = new.text.into();
    }
    if let Some(id) = new.reply_to {
        body["reply"] = json!({ "in_reply_to_tweet_id": id });
    }
    if !new.media_ids.is_empty() {
        body["media"] = json!({ "media_ids": new.media_ids });
    }
    Call {
        body: json_body(&body),
        ..Call::new(Method::POST, http.url("/2/tweets"), signer)
    }
}

/// Builds and signs the request for a post without sending it.
pub(crate) fn rehearse_post(
    http: &Client,
    signer: Signer<'_>,
    new: &NewPost<'_>,
) -> Result<(), Failure> {
    http.rehearse(&new_post(http, signer, new))
}

/// `POST /2/tweets`. Takes the post by value, so that it cannot be sent twice.
pub(crate) async fn post(http: &Client, signer: Signer<'_>, new: NewPost<'_>) -> Fate {
    let outcome = http.send(&new_post(http, signer, &new)).await;
    Fate::of(&outcome, http.server())
}
