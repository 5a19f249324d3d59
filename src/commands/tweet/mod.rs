//! `tweet`: publishes one post, once, with its media and the post it replies to.

mod attachments;
mod text;

use std::time::Duration;

use serde_json::json;

use super::connection;
use super::sources::invocation::Invocation;
use super::sources::{self, Origin};
use crate::account::{Account, Server, is_screen_name};
use crate::api::{self, Fate, Media, NewPost, PostId};
use crate::cli::Tweet;
use crate::client::{Client, Signer};
use crate::error::{Failure, Kind};
use crate::output::{OnLeaving, Output};
use crate::weight::{LIMIT, Weight, weight};

pub(super) async fn run(arguments: &Tweet, output: Output) -> anyhow::Result<()> {
    let settings = connection::settings(&arguments.network, output)?;
    let accounts = sources::load(&arguments.source, &arguments.network, output)?;
    accounts.warn_of_others(output);
    let account = accounts.one()?;
    let signer = Signer::of(account)?;
    let input_is_taken = matches!(accounts.origin, Origin::StandardInput);
    let draft = Draft::new(arguments, input_is_taken, output)?;
    let connection = connection::connect(&account.server, settings).await?;
    let http = &connection.http;
    let mut new = NewPost {
        text: &draft.text,
        reply_to: draft.reply_to.as_ref(),
        media_ids: &[],
    };
    if arguments.dry_run {
        api::rehearse_post(http, signer, &new)?;
        return draft.rehearse(account, arguments.delete_after, output);
    }
    if draft.weight.links > 0 && !matches!(account.server, Server::Other(_)) {
        output.say("this post contains a link: X charges over ten times more for it");
    }
    let nothing = || Failure::new(Kind::Cancelled, "nothing was posted");
    let uploading = OnLeaving::new(nothing);
    let media_ids = attachments::upload(http, signer, &draft.media, output).await?;
    uploading.ended();
    new.media_ids = &media_ids;
    let look = format!("check {} before you post again", profile(account));
    let sending = OnLeaving::new(|| {
        if !http.awaits_an_effect() {
            return nothing();
        }
        let reason = format!("the post may have been published: {look}");
        Failure::new(Kind::CancelledUnknown, reason)
    });
    let fate = api::post(http, signer, new).await;
    sending.ended();
    let id = match fate {
        Fate::Made(id) => Some(id),
        Fate::MadeUnread => None,
        Fate::NotMade(failure) => return Err(failure.into()),
        Fate::Unknown(failure) => return Err(failure.hint(look).into()),
    };
    let Some(seconds) = arguments.delete_after else {
        return report(account, id.as_ref(), false, output);
    };
    let pause = Duration::from_secs(seconds);
    let invocation = accounts.invocation(&arguments.network).about(account);
    delete_later(http, account, id.as_ref(), pause, &invocation, output).await
}

/// A post that X would accept, before it is sent.
struct Draft {
    text: String,
    weight: Weight,
    media: Vec<Media>,
    reply_to: Option<PostId>,
}

impl Draft {
    fn new(arguments: &Tweet, input_is_taken: bool, output: Output) -> Result<Self, Failure> {
        let media = attachments::gather(&arguments.attachments)?;
        let reply_to = arguments.reply_to.as_deref().map(PostId::parse);
        let reply_to = reply_to.transpose()?;
        let text = text::text(arguments, input_is_taken, media.is_empty(), output)?;
        let weight = weight(&text);
        let is_unchecked = arguments.no_length_check;
        text::check(&text, weight.length, is_unchecked, media.is_empty())?;
        Ok(Self {
            text,
            weight,
            media,
            reply_to,
        })
    }

    /// Prints what would be sent.
    fn rehearse(
        &self,
        account: &Account,
        delete_after: Option<u64>,
        output: Output,
    ) -> anyhow::Result<()> {
        if output.is_json() {
            let media = self.media.iter().map(|one| {
                json!({ "file": one.shown(), "type": one.content_type, "bytes": one.size, "alt": one.alt })
            });
            return output.document(&json!({
                "dry_run": true,
                "screen_name": account.screen_name,
                "server": account.server.to_string(),
                "text": self.text,
                "weighted_length": self.weight.length,
                "links": self.weight.links,
                "reply_to": self.reply_to,
                "delete_after": delete_after,
                "media": media.collect::<Vec<_>>(),
            }));
        }
        for one in &self.media {
            let described = if one.alt.is_some() { "with" } else { "without" };
            output.say(&format!(
                "would upload {}: {}, {} bytes, {described} alt text",
                one.shown(),
                one.content_type,
                one.size
            ));
        }
        output.say(&format!(
            "would post as {} at {}: {} of {LIMIT} characters",
            account.label(),
            account.server,
            self.weight.length
        ));
        if let Some(id) = &self.reply_to {
            output.say(&format!("in reply to post {id}"));
        }
        if let Some(seconds) = delete_after {
            output.say(&format!("would delete it after {seconds} s"));
        }
        match (self.weight.links, &account.server) {
            (0, _) => {}
            (_, Server::Other(_)) => output.say("contains a link"),
            _ => output.say("contains a link: X charges over ten times more for it"),
        }
        output.line(&self.text)
    }
}

/// Deletes a post after a pause. The post was published, so no failure from here on may tell a script to retry it.
async fn delete_later(
    http: &Client,
    account: &Account,
    id: Option<&PostId>,
    pause: Duration,
    invocation: &Invocation,
    output: Output,
) -> anyhow::Result<()> {
    if !output.is_json() {
        report(account, id, false, output)?;
    }
    let stays = |why: &str| {
        let reason = format!("the post was published but not deleted: {why}");
        Failure::new(Kind::Mixed, reason)
    };
    let Some(id) = id else {
        let look = format!("check {}", profile(account));
        return Err(stays("its id is unknown").hint(look).into());
    };
    let waiting = OnLeaving::new(|| {
        let reason = format!("the post was not deleted: {}", shown(account, id));
        Failure::new(Kind::Cancelled, reason)
    });
    output.say(&format!("deleting it in {} s", pause.as_secs()));
    tokio::time::sleep(pause).await;
    let deleted = api::delete(http, Signer::of(account)?, id).await;
    waiting.ended();
    if let Err(failure) = deleted {
        let delete = invocation.command(&format!("delete {id}"));
        return Err(stays(&failure.reason)
            .suggest("delete it with {}", delete)
            .into());
    }
    if output.is_json() {
        return report(account, Some(id), true, output);
    }
    output.say("deleted");
    Ok(())
}

/// Reports a published post. No failure here may look to a script like one that it should retry.
fn report(
    account: &Account,
    id: Option<&PostId>,
    deleted: bool,
    output: Output,
) -> anyhow::Result<()> {
    let mut document = json!({
        "id": id,
        "url": id.and_then(|id| url(account, id)),
        "screen_name": account.screen_name,
        "server": account.server.to_string(),
    });
    if deleted {
        document["deleted"] = true.into();
    }
    let Some(id) = id else {
        output.warn(&format!(
            "posted, but the reply could not be read, so the id is unknown: check {}",
            profile(account)
        ));
        return if output.is_json() {
            output.document(&document)
        } else {
            Ok(())
        };
    };
    let shown = shown(account, id);
    let written = if output.is_json() {
        output.document(&document)
    } else {
        output.line(&shown)
    };
    if written.is_err() {
        output.complain(&anyhow::anyhow!(
            "posted, but could not write to standard output: {shown}"
        ));
        return Ok(());
    }
    // Standard output may be closed or redirected: repeat the URL where the user may not have seen it.
    let is_seen = output.is_on_terminal();
    match &account.server {
        Server::X if is_seen => {}
        Server::X => output.say(&format!("posted {shown}")),
        Server::Sandbox => {
            let url = if is_seen { "the URL" } else { &shown };
            output.say(&format!(
                "posted to the sandbox, not to X; {url} does not exist"
            ));
        }
        server @ Server::Other(_) => output.say(&format!("posted to {server}, as post {id}")),
    }
    Ok(())
}

/// The post's URL at X and in the sandbox. Other servers have URLs of their own.
fn url(account: &Account, id: &PostId) -> Option<String> {
    let is_known = !matches!(account.server, Server::Other(_));
    is_known.then(|| id.address(account))
}

/// The post's URL, else its id.
fn shown(account: &Account, id: &PostId) -> String {
    url(account, id).unwrap_or_else(|| id.to_string())
}

/// Where to see the account's posts.
fn profile(account: &Account) -> String {
    match (&account.server, &account.screen_name) {
        (Server::X | Server::Sandbox, Some(name)) if is_screen_name(name) => {
            format!("https://x.com/{name}")
        }
        (Server::Other(_), _) => {
            let who = account.label();
            format!("{who} at {}", account.server.host())
        }
        _ => "the account".to_owned(),
    }
}
