//! `doctor`: diagnoses problems and shows the command that fixes each.

mod credentials;
mod file;
mod keys;
mod network;
mod report;
mod repository;
mod variables;

use std::process::ExitCode;

use super::connection;
use super::sources::invocation::{Invocation, Place, set_again};
use super::sources::{self, Accounts, Origin};
use crate::account::{Account, Server};
use crate::cli::Doctor;
use crate::environment;
use crate::error::Failure;
use crate::output::Output;
use crate::store::{self, Store};
use report::{Check, Report};

/// How twauth was called.
#[derive(Clone, Debug)]
struct Call {
    invocation: Invocation,
    /// Whether there is only one account.
    alone: bool,
}

pub(super) async fn run(arguments: &Doctor, output: Output) -> anyhow::Result<ExitCode> {
    let (source, network) = (&arguments.source, &arguments.network);
    let settings = connection::settings(network, output)?;
    let server = sources::named_server(network)?;
    let named = sources::named_account(source)?;
    let origin = sources::origin(source, network)?;
    let mut report = Report::new(output);
    let mut call = Call {
        invocation: Invocation::new(&origin, network),
        alone: false,
    };

    let list = match &origin {
        Origin::File(store) => local(store, server.as_ref(), &call, &mut report).await?,
        Origin::StandardInput => match store::read_from(std::io::stdin().lock()) {
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
    call.alone = list.len() == 1;
    variables::check(&origin, arguments, &mut report)?;
    let accounts = Accounts {
        origin,
        list,
        named,
        server: server.clone(),
    };
    let chosen = match chosen(&accounts, server.as_ref()) {
        Ok(chosen) => chosen,
        Err(failure) => {
            let invocation = call.invocation.named(accounts.named.as_deref());
            let mut failure = invocation.complete(failure);
            failure.hint = failure.command.take().map(String::from).or(failure.hint);
            report.add(Check::failure("account", &failure))?;
            Vec::new()
        }
    };
    let sound = keys::check(&chosen, &call, &mut report)?;
    let stored = chosen.first().map(|account| account.server.clone());
    let fallback = server.or(stored).unwrap_or(Server::X);
    network::check(&sound, &fallback, &settings, &call, output, &mut report).await?;
    report.finish()
}

/// Checks everything about the file that needs no network; returns the accounts that can be read.
async fn local(
    store: &Store,
    server: Option<&Server>,
    call: &Call,
    report: &mut Report,
) -> anyhow::Result<Vec<Account>> {
    if !file::check(store, call, report)? {
        return Ok(Vec::new());
    }
    let accounts = store.read().map(Option::unwrap_or_default);
    repository::check(
        store,
        accounts.as_deref().unwrap_or_default(),
        server,
        call,
        report,
    )
    .await?;
    match accounts {
        Ok(accounts) => Ok(accounts),
        Err(failure) => {
            report.add(Check::problem(
                "labels",
                failure.kind,
                failure.reason,
                file::start_again(store, call),
            ))?;
            Ok(Vec::new())
        }
    }
}

/// The accounts to check: the named one, else all of the file. None is sent to another server than its own.
fn chosen<'a>(
    accounts: &'a Accounts,
    server: Option<&Server>,
) -> Result<Vec<&'a Account>, Failure> {
    if accounts.list.is_empty() {
        return Ok(Vec::new());
    }
    let chosen = accounts.chosen()?;
    for account in &chosen {
        sources::check_server(account, server)?;
    }
    Ok(chosen)
}

impl Call {
    /// The invocation for one account.
    fn about(&self, account: &Account) -> Invocation {
        self.invocation.about(account, self.alone)
    }

    /// How to replace an app's keys: a login asks for a new pair if the server rejects the old one.
    fn new_app(&self, account: &Account, others: bool) -> String {
        match self.invocation.place {
            Place::Variables => {
                set_again(&[environment::CONSUMER_KEY, environment::CONSUMER_SECRET])
            }
            Place::File if others => self.invocation.about_several().login(),
            _ => self.about(account).login(),
        }
    }
}

/// The account that a message is about, as a prefix; empty if there is only one.
fn whose(account: &Account, call: &Call) -> String {
    if call.alone {
        String::new()
    } else {
        format!("{}: ", account.label())
    }
}
