//! `doctor`: diagnoses problems and shows the command that fixes each.

mod credentials;
mod file;
mod keys;
mod network;
mod report;
mod repository;
mod variables;

use std::io;
use std::process::ExitCode;

use super::connection;
use super::sources::invocation::Invocation;
use super::sources::{self, Accounts, Origin};
use crate::account::{Account, Server};
use crate::cli::Doctor;
use crate::error::Failure;
use crate::output::Output;
use crate::store;
use report::{Check, Report};

pub(super) async fn run(arguments: &Doctor, output: Output) -> anyhow::Result<ExitCode> {
    let (source, network) = (&arguments.source, &arguments.network);
    let settings = connection::settings(network, output)?;
    let server = sources::named_server(network)?;
    let named = sources::named_account(source)?;
    let origin = sources::origin(source, network)?;
    let mut report = Report::new(Invocation::new(&origin, network), output);

    let list = match &origin {
        Origin::File(store) => file::check(store, server.as_ref(), &mut report).await?,
        Origin::StandardInput => match store::read_from(io::stdin().lock()) {
            Ok(list) => list,
            Err(failure) => {
                report.add(Check::failure("labels", &failure))?;
                Vec::new()
            }
        },
        Origin::Variables(client, token) => {
            vec![sources::of_variables(client, token, server.as_ref())?]
        }
    };
    report.invocation.is_alone = list.len() == 1;
    variables::check(&origin, arguments, &mut report)?;
    let accounts = Accounts {
        origin,
        list,
        named,
        server,
    };
    let chosen = match chosen(&accounts) {
        Ok(chosen) => chosen,
        Err(failure) => {
            let invocation = report.invocation.named(accounts.named.as_deref());
            let mut failure = invocation.complete(failure);
            failure.hint = failure.command.take().map(String::from).or(failure.hint);
            report.add(Check::failure("account", &failure))?;
            Vec::new()
        }
    };
    let sound = keys::check(&chosen, &mut report)?;
    let stored = chosen.first().map(|account| &account.server);
    let fallback = accounts.server.as_ref().or(stored).unwrap_or(&Server::X);
    network::check(&sound, fallback, &settings, &mut report).await?;
    report.finish()
}

/// The accounts to check: the named one, else all of the file. None is sent to another server than its own.
fn chosen(accounts: &Accounts) -> Result<Vec<&Account>, Failure> {
    if accounts.list.is_empty() {
        return Ok(Vec::new());
    }
    let chosen = accounts.chosen()?;
    for account in &chosen {
        sources::check_server(account, accounts.server.as_ref())?;
    }
    Ok(chosen)
}
