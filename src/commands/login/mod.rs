//! `login`: from a consumer pair to a saved, verified account, in one process or in two.

mod again;
mod authorization;
mod consumer_pair;
mod entry;
mod finish;
mod pin;
mod plan;
mod report;
mod saving;
mod start;
mod target;
mod token;

use std::process::ExitCode;

use super::connection;
use crate::account::Server;
use crate::cli::Login;
use crate::client::Client;
use crate::error::{Failure, Kind, Next};
use crate::output::Output;
use crate::prompt;
use plan::Plan;
use token::Authorized;

pub(super) async fn run(options: &Login, output: Output) -> anyhow::Result<ExitCode> {
    match &options.finish {
        _ if options.all => return again::run(options, output).await,
        Some(answer) => finish::run(options, answer, output).await?,
        None if options.start => start::run(options, output).await?,
        None => log_in(options, output).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn log_in(options: &Login, output: Output) -> anyhow::Result<()> {
    let settings = connection::settings(&options.network, output)?;
    let mut plan = Plan::new(options, output).await?;
    let connection = connection::connect(&plan.server, settings).await?;
    if plan.server == Server::Sandbox {
        output.say("Sandbox started: nothing here is real, and nothing leaves this machine.");
    }
    let authorized = match authorized(&connection.http, &mut plan, output).await {
        Err(failure) if failure.kind != Kind::Cancelled => {
            saving::keep_pair(&plan, output).await;
            return Err(failure.into());
        }
        outcome => outcome?,
    };
    let done = report::complete(&connection.http, &plan, authorized, output).await?;
    done.report(&plan, output)
}

/// The token, by the user's authorisation or as entered.
async fn authorized(
    http: &Client,
    plan: &mut Plan<'_>,
    output: Output,
) -> Result<Authorized, Failure> {
    if plan.options.with_token {
        let entered = token::entered(plan, output).await?;
        let identified = token::identify(http, plan, entered, output).await;
        return identified.map_err(|failure| match &failure.next {
            // The same login again would bring the same token.
            Some(next) if next.0 == Next::Login => failure
                .hint("copy the Access Token and its secret again, from the right app and account"),
            _ => failure,
        });
    }
    let listener = authorization::listener(plan).await?;
    authorization::authorize(http, plan, listener.as_ref(), pin::PIN, output)
        .await?
        .ok_or_else(prompt::cancelled)
}
