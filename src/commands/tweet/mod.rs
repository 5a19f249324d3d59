//! `tweet`: one post, sent once, with its media and what it answers.

mod attachments;
mod text;

use std::io::{self, IsTerminal};
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use super::connection;
use super::sources::{self, Origin};
use crate::account::{Account, Server};
use crate::api::{self, Attached, InReplyTo, Media, NewPost, post_id};
use crate::cli::Tweet;
use crate::client::{Client, Signer};
use crate::error::{Failure, Kind};
use crate::output::Output;
use crate::terminal::stderr::talk;
use crate::terminal::text::harmless;
use crate::weight::{LIMIT, weight};

pub(super) async fn run(arguments: &Tweet, output: Output) -> anyhow::Result<ExitCode> {
    let accounts = sources::load(&arguments.source, &arguments.network, output)?;
    accounts.warn_of_others(output);
    let account = accounts.one()?;
    let signer = Signer::of(account)?;
    let media = attachments::gather(&arguments.attachments)?;
    let reply_to = arguments.reply_to.as_deref().map(post_id).transpose()?;
    let input_is_taken = matches!(accounts.origin, Origin::StandardInput);
    let text = text::text(arguments, input_is_taken, media.is_empty(), output)?;
    let weight = weight(&text);
    text::check(
        &text,
        weight.length,
        arguments.no_length_check,
        media.is_empty(),
    )?;
    let settings = connection::settings(&arguments.network, output)?;
    let draft = Draft {
        text: &text,
        length: weight.length,
        links: weight.links,
        media: &media,
        reply_to: reply_to.as_deref(),
        delete_after: arguments.delete_after,
    };
    let http = &connection::connect(&account.server, settings).await?;
    let mut new = NewPost {
        text: &text,
        reply: draft.reply_to.map(|id| InReplyTo {
            in_reply_to_tweet_id: id,
        }),
        media: None,
    };
    if arguments.dry_run {
        api::rehearse_post(&http.http, signer, &new)?;
        return rehearse(account, &draft, output);
    }
    if weight.links > 0 {
        output.say("this post holds a link: X charges more than ten times as much for it");
    }
    let media_ids = attachments::upload(&http.http, signer, &media, output).await?;
    new.media = (!media_ids.is_empty()).then_some(Attached {
        media_ids: &media_ids,
    });
    let look = format!("look at {} before you post again", profile(account));
    let sending = OnLeaving(Some(format!("the post may have been made: {look}")));
    let posted = api::post(&http.http, signer, &new).await;
    sending.ended();
    match posted {
        Ok(id) => match arguments.delete_after {
            None => report(account, id.as_deref(), false, output),
            Some(seconds) => {
                let pause = Duration::from_secs(seconds);
                passing(&http.http, account, id.as_deref(), pause, output).await
            }
        },
        Err(failure) if failure.kind == Kind::UnknownFate => Err(failure.hint(look).into()),
        Err(failure) => Err(failure.into()),
    }
}

/// What is going to be posted.
#[derive(Debug)]
struct Draft<'a> {
    text: &'a str,
    /// Weighted.
    length: usize,
    links: usize,
    media: &'a [Media],
    reply_to: Option<&'a str>,
    /// In seconds.
    delete_after: Option<u64>,
}

/// A post that is deleted again after a while. It has been made, so no failure from here on may tell a script to
/// repeat it.
async fn passing(
    http: &Client,
    account: &Account,
    id: Option<&str>,
    pause: Duration,
    output: Output,
) -> anyhow::Result<ExitCode> {
    if !output.is_json() {
        report(account, id, false, output)?;
    }
    let stays = |why: &str, hint: String| {
        let reason = format!("the post was made, but it stays: {why}");
        anyhow::Error::from(Failure::new(Kind::Mixed, reason).hint(hint))
    };
    let Some(id) = id else {
        let look = format!("look at {}", profile(account));
        return Err(stays("its id is not known", look));
    };
    let waiting = OnLeaving(Some(format!("the post stays: {}", address(account, id))));
    output.say(&format!("deleting it in {} s", pause.as_secs()));
    tokio::time::sleep(pause).await;
    let deleted = api::delete(http, Signer::of(account)?, id).await;
    waiting.ended();
    if let Err(failure) = deleted {
        let hint = format!("delete it with `twauth delete {id}`");
        return Err(stays(&failure.reason, hint));
    }
    if output.is_json() {
        return report(account, Some(id), true, output);
    }
    output.say("deleted");
    Ok(ExitCode::SUCCESS)
}

/// Words for a user who leaves in the middle of something.
struct OnLeaving(Option<String>);

impl OnLeaving {
    fn ended(mut self) {
        self.0 = None;
    }
}

impl Drop for OnLeaving {
    fn drop(&mut self) {
        if let Some(words) = &self.0 {
            talk(words);
        }
    }
}

/// Everything but the sending.
fn rehearse(account: &Account, draft: &Draft<'_>, output: Output) -> anyhow::Result<ExitCode> {
    if output.is_json() {
        let media: Vec<_> = draft
            .media
            .iter()
            .map(|one| json!({ "file": one.shown(), "type": one.content_type, "bytes": one.size, "alt": one.alt }))
            .collect();
        output.document(&json!({
            "dry_run": true,
            "screen_name": account.screen_name,
            "server": account.server.to_string(),
            "text": draft.text,
            "weighted_length": draft.length,
            "links": draft.links,
            "reply_to": draft.reply_to,
            "delete_after": draft.delete_after,
            "media": media,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    for one in draft.media {
        let described = if one.alt.is_some() { "with" } else { "without" };
        output.say(&format!(
            "would upload {}: {}, {} bytes, {described} alternative text",
            one.shown(),
            one.content_type,
            one.size
        ));
    }
    output.say(&format!(
        "would post as {} at {}, weight {} of {LIMIT}",
        harmless(&account.label()),
        account.server,
        draft.length
    ));
    if let Some(id) = draft.reply_to {
        output.say(&format!("answers post {id}"));
    }
    if let Some(seconds) = draft.delete_after {
        output.say(&format!("would delete it again after {seconds} s"));
    }
    output.say(if draft.links > 0 {
        "holds a link: X charges more than ten times as much for it"
    } else {
        "holds no link"
    });
    output.line(draft.text)?;
    Ok(ExitCode::SUCCESS)
}

/// The post is made; whatever happens now must not look like a failure to a script that would repeat it.
fn report(
    account: &Account,
    id: Option<&str>,
    deleted: bool,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let url = id.map(|id| address(account, id));
    let Some(url) = url else {
        output.warn(&format!(
            "posted, but the reply could not be read, so its id is not known: see {}",
            profile(account)
        ));
        if output.is_json() {
            output.document(
                &json!({ "id": null, "url": null, "screen_name": account.screen_name }),
            )?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    let written = if output.is_json() {
        let mut made = json!({ "id": id, "url": url, "screen_name": account.screen_name });
        if deleted {
            made["deleted"] = true.into();
        }
        output.document(&made)
    } else {
        output.line(&url)
    };
    if written.is_err() {
        output.complain(&anyhow::anyhow!(
            "posted, but standard output is not writable: {url}"
        ));
        return Ok(ExitCode::SUCCESS);
    }
    // Standard output may have been closed without a word: what nobody may have seen is named again.
    let is_seen = io::stdout().is_terminal();
    if account.server != Server::X {
        let place = if is_seen { "this address" } else { &url };
        output.say(&format!(
            "posted to {}, not to X: there is nothing at {place}",
            account.server
        ));
    } else if !is_seen {
        output.say(&format!("posted {url}"));
    }
    Ok(ExitCode::SUCCESS)
}

fn address(account: &Account, id: &str) -> String {
    match &account.screen_name {
        Some(name) => format!("https://x.com/{}/status/{id}", harmless(name)),
        None => format!("https://x.com/i/web/status/{id}"),
    }
}

fn profile(account: &Account) -> String {
    match &account.screen_name {
        Some(name) => format!("https://x.com/{}", harmless(name)),
        None => "the account".to_owned(),
    }
}
