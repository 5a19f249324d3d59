//! `login --start`: the first half of a login; another process does the second.

use std::time::SystemTime;

use serde_json::json;

use super::authorization;
use super::consumer_pair::Source;
use super::plan::{Plan, finish_command};
use crate::account::Credentials;
use crate::cli::Login;
use crate::commands::connection;
use crate::output::Output;
use crate::store::{PendingLogin, Place, unix_seconds};
use crate::terminal::stderr::talk;

pub(super) async fn run(options: &Login, output: Output) -> anyhow::Result<()> {
    let settings = connection::settings(&options.network, output)?;
    let mut plan = Plan::new(options, output).await?;
    let connection = connection::connect(&plan.server, settings).await?;
    let temporary =
        authorization::temporary_credentials(&connection.http, &mut plan, output).await?;
    let url = authorization::page(&connection.http, &plan, &temporary);
    plan.store
        .add_pending(&pending(&plan, temporary), options.force)
        .await?;

    output.say(&authorization::invitation(&plan));
    if output.is_json() || !output.is_on_terminal() {
        talk(&format!("  {url}"));
    }
    // Unless --add or --replace is given, the next command adds the account.
    let word = if plan.place.is_none() { " --add" } else { "" };
    let finish = finish_command(word, plan.target.name(), &plan.store);
    if output.is_json() {
        output.document(&json!({
            "state": "pending",
            "authorize_url": url.as_str(),
            "account": plan.target.name(),
            "server": plan.server.to_string(),
            "creds": plan.store.path().display().to_string(),
            "finish": finish,
        }))?;
    } else {
        output.line(url.as_str())?;
        output.say(&format!("Then, with the PIN from the page: {finish}"));
    }
    authorization::open_page(&plan, &url, output).await;
    Ok(())
}

fn pending(plan: &Plan<'_>, temporary: Credentials) -> PendingLogin {
    PendingLogin {
        account: plan.target.name().map(str::to_owned),
        server: plan.server.clone(),
        client: plan.pair.credentials.clone(),
        entered: plan.pair.source == Source::Entered,
        temporary,
        place: plan.place.unwrap_or(Place::Obvious),
        replaces: match (plan.place, plan.in_file.as_slice()) {
            (Some(Place::Replace), [only]) => Some(only.label()),
            _ => None,
        },
        started_at: unix_seconds(SystemTime::now()),
    }
}
