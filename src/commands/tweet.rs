//! `tweet`: one post, sent once.

use std::io::{self, IsTerminal, Read};
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;

use super::accounts::{self, Origin};
use super::connection;
use crate::account::Account;
use crate::api::{self, NewPost};
use crate::cli::Tweet;
use crate::error::{Failure, Kind};
use crate::harmless::harmless;
use crate::output::Output;
use crate::weight::{LIMIT, invalid_character, weight};

/// The most that is read of a text: Premium's 25,000 characters of four bytes, and some more.
const TEXT_LIMIT: u64 = 1024 * 1024;

pub(super) async fn run(
    arguments: &Tweet,
    verbosity: u8,
    output: Output,
) -> anyhow::Result<ExitCode> {
    post(arguments, verbosity, output)
        .await
        .context("could not post")
}

async fn post(arguments: &Tweet, verbosity: u8, output: Output) -> anyhow::Result<ExitCode> {
    let accounts = accounts::load(&arguments.source, &arguments.network, verbosity)?;
    let account = accounts.one()?;
    let token = accounts::token(account)?;
    let text = text(arguments, matches!(accounts.origin, Origin::StandardInput))?;
    let weight = weight(&text);
    check_text(&text, weight.length, arguments.no_length_check)?;
    let settings = connection::settings(&arguments.network, verbosity, output)?;
    if arguments.dry_run {
        return rehearse(account, &text, weight.length, weight.links, output);
    }
    if weight.links > 0 {
        output.say("this post holds a link: X charges more than ten times as much for it");
    }
    let connection = connection::connect(&account.server, settings).await?;
    let new = NewPost {
        text: &text,
        ..NewPost::default()
    };
    let posted = api::post(&connection.http, &account.client, token, &new).await;
    match posted {
        Ok(id) => report(account, id.as_deref(), output),
        Err(failure) if failure.kind == Kind::UnknownFate => {
            let look = format!("look at {} before you post again", profile(account));
            Err(failure.hint(look).into())
        }
        Err(failure) => Err(failure.into()),
    }
}

/// The text as given: an argument, or standard input without one final newline.
fn text(arguments: &Tweet, input_is_taken: bool) -> Result<String, Failure> {
    let wanted = |reason: &str| {
        Err(Failure::new(Kind::Usage, reason).hint("give the text as one argument, or pipe it in"))
    };
    match arguments.text.as_deref() {
        Some(text) if text != "-" => return Ok(text.to_owned()),
        _ if input_is_taken => {
            return wanted("standard input holds the credentials, so the text must be an argument");
        }
        None if io::stdin().is_terminal() => return wanted("there is no text"),
        _ => {}
    }
    let mut bytes = Vec::new();
    io::stdin()
        .lock()
        .take(TEXT_LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| {
            Failure::new(
                Kind::BadInput,
                format!("standard input could not be read: {error}"),
            )
        })?;
    if bytes.len() as u64 > TEXT_LIMIT {
        return Err(Failure::new(Kind::TooLong, "the text is longer than 1 MiB"));
    }
    let mut text =
        String::from_utf8(bytes).map_err(|_| Failure::new(Kind::Usage, "the text is not UTF-8"))?;
    if text.ends_with('\n') {
        text.pop();
    }
    Ok(text)
}

/// What X would refuse is refused here, before it costs a request.
fn check_text(text: &str, length: usize, no_length_check: bool) -> Result<(), Failure> {
    if text.trim().is_empty() {
        return Err(
            Failure::new(Kind::Empty, "the text is empty (0 of 280)").hint("give a text to post")
        );
    }
    if let Some(character) = invalid_character(text) {
        let reason = format!(
            "the text holds the character U+{:04X}, which X refuses",
            u32::from(character)
        );
        return Err(Failure::new(Kind::Usage, reason).hint("take it out"));
    }
    if length > LIMIT && !no_length_check {
        let reason = format!("the text is too long: {length} of {LIMIT}");
        return Err(Failure::new(Kind::TooLong, reason)
            .hint("shorten it; for an account with Premium use --no-length-check"));
    }
    Ok(())
}

/// Everything but the sending.
fn rehearse(
    account: &Account,
    text: &str,
    length: usize,
    links: usize,
    output: Output,
) -> anyhow::Result<ExitCode> {
    if output.is_json() {
        output.document(&json!({
            "dry_run": true,
            "screen_name": account.screen_name,
            "server": account.server.to_string(),
            "text": text,
            "weighted_length": length,
            "links": links,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    output.say(&format!(
        "would post as {} at {}, weight {length} of {LIMIT}",
        harmless(&account.label()),
        account.server
    ));
    output.say(if links > 0 {
        "holds a link: X charges more than ten times as much for it"
    } else {
        "holds no link"
    });
    output.line(text)?;
    Ok(ExitCode::SUCCESS)
}

/// The post is made; whatever happens now must not look like a failure to a script that would repeat it.
fn report(account: &Account, id: Option<&str>, output: Output) -> anyhow::Result<ExitCode> {
    let url = id.map(|id| match &account.screen_name {
        Some(name) => format!("https://x.com/{}/status/{id}", harmless(name)),
        None => format!("https://x.com/i/web/status/{id}"),
    });
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
        output.document(&json!({ "id": id, "url": url, "screen_name": account.screen_name }))
    } else {
        output.line(&url)
    };
    if written.is_err() {
        output.complain(&anyhow::anyhow!(
            "posted, but standard output is not writable: {url}"
        ));
    } else if !io::stdout().is_terminal() {
        output.say(&format!("posted {url}"));
    }
    Ok(ExitCode::SUCCESS)
}

fn profile(account: &Account) -> String {
    match &account.screen_name {
        Some(name) => format!("https://x.com/{}", harmless(name)),
        None => "the account".to_owned(),
    }
}
