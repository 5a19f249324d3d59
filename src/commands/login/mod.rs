//! `login`: from a consumer pair to a saved, verified account, in one process or in two.

mod again;
mod authorization;
mod command;
mod consumer_pair;
mod finish;
mod plan;
mod report;
mod saving;
mod start;
mod target;
mod verifier;

use std::process::ExitCode;

use super::connection;
use crate::account::Server;
use crate::cli::Login;
use crate::client::Client;
use crate::error::{Failure, Kind, Next};
use crate::output::Output;
use crate::prompt;
use authorization::{Authorized, PIN};
use plan::Plan;

pub(super) async fn run(arguments: &Login, output: Output) -> anyhow::Result<ExitCode> {
    match &arguments.finish {
        Some(answer) => finish::run(arguments, answer, output).await,
        None if arguments.start => start::run(arguments, output).await,
        None if arguments.all => again::run(arguments, output).await,
        None => log_in(arguments, output).await,
    }
}

async fn log_in(arguments: &Login, output: Output) -> anyhow::Result<ExitCode> {
    let settings = connection::settings(&arguments.network, output)?;
    let mut plan = plan::plan(arguments, output).await?;
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
    done.report(&plan, output)?;
    Ok(ExitCode::SUCCESS)
}

/// The token, by the user's authorisation or as entered.
async fn authorized(http: &Client, plan: &mut Plan, output: Output) -> Result<Authorized, Failure> {
    if plan.with_token {
        let granted = authorization::existing_token(plan, output).await?;
        let identified = authorization::identify(http, plan, granted, output).await;
        return identified.map_err(|failure| match &failure.next {
            // The same login again would bring the same token.
            Some(next) if next.0 == Next::Login => failure
                .hint("copy the Access Token and its secret again, from the right app and account"),
            _ => failure,
        });
    }
    let listener = authorization::listener(plan).await?;
    authorization::authorize(http, plan, listener.as_ref(), PIN, output)
        .await?
        .ok_or_else(prompt::cancelled)
}
