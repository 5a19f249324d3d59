//! `doctor`: what is wrong, and the one command that mends it.

mod credentials;
mod file;
mod keys;
mod network;
mod report;
mod repository;
mod shell;
mod variables;

use std::fmt::Write as _;
use std::process::ExitCode;

use super::connection;
use super::sources::{self, Accounts, Origin};
use crate::account::{Account, Server};
use crate::cli::Doctor;
use crate::error::Failure;
use crate::output::Output;
use crate::store::{self, Store};
use crate::terminal::text::harmless;
use report::{Finding, Report};

/// How to call twauth so that it is about the same file and server.
#[derive(Clone, Debug)]
struct Call {
    /// The options that name them, with a space before each.
    options: String,
    /// Whether the file holds one account only.
    alone: bool,
    /// Whether there is a file to write labels into.
    in_file: bool,
}

pub(super) async fn run(arguments: &Doctor, output: Output) -> anyhow::Result<ExitCode> {
    let (source, network) = (&arguments.source, &arguments.network);
    let settings = connection::settings(network, output)?;
    let server = sources::named_server(network)?;
    let named = sources::named_account(source)?;
    let origin = sources::origin(source, network)?;
    let mut report = Report::new(output);
    let mut call = Call::new(&origin, server.as_ref(), network.sandbox, arguments);

    let list = match &origin {
        Origin::File(store) => local(store, server.as_ref(), &call, &mut report).await?,
        Origin::StandardInput => match store::read_from(std::io::stdin().lock()) {
            Ok(list) => list,
            Err(failure) => {
                report.add(Finding::failure("labels", &failure))?;
                Vec::new()
            }
        },
        Origin::Variables(client, token) => vec![Account {
            screen_name: None,
            user_id: None,
            client: client.clone(),
            token: Some(token.clone()),
            server: server.clone().unwrap_or(Server::X),
        }],
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
            report.add(Finding::failure("account", &failure))?;
            Vec::new()
        }
    };
    let sound = keys::check(&chosen, &call, &mut report)?;
    let stored = chosen.first().map(|account| account.server.clone());
    let fallback = server.or(stored).unwrap_or(Server::X);
    network::check(&sound, &fallback, &settings, &call, output, &mut report).await?;
    report.finish()
}

/// Everything about the file that can be known without a network; its accounts, as far as they can be read.
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
        report,
    )
    .await?;
    match accounts {
        Ok(accounts) => Ok(accounts),
        Err(failure) => {
            report.add(Finding::problem(
                "labels",
                failure.kind,
                failure.reason,
                file::start_again(store, call),
            ))?;
            Ok(Vec::new())
        }
    }
}

/// The accounts that are looked at: the named one, else all of the file. None is sent to another's server.
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
    fn new(origin: &Origin, server: Option<&Server>, in_sandbox: bool, arguments: &Doctor) -> Self {
        let mut options = String::new();
        if in_sandbox {
            options += " --sandbox";
        } else if let (Some(Server::Other(url)), Some(_)) = (server, &arguments.network.server) {
            let _ = write!(options, " --server {}", shell::typed(url));
        }
        if let (Origin::File(store), Some(_)) = (origin, &arguments.source.creds) {
            let _ = write!(options, " -c {}", shell::typed(&store.shown()));
        }
        Self {
            options,
            alone: false,
            in_file: matches!(origin, Origin::File(_)),
        }
    }

    /// The login that makes an account anew.
    fn login(&self, account: &Account) -> String {
        let name = account.screen_name.as_ref().or(account.user_id.as_ref());
        match name {
            Some(name) => format!(
                "twauth login{} -a {}",
                self.options,
                shell::typed(&harmless(name))
            ),
            None if self.alone && account.token.is_some() => {
                format!("twauth login{} --replace", self.options)
            }
            None => format!("twauth login{}", self.options),
        }
    }
}

/// Which of several accounts a message is about; nothing where there is one only.
fn whose(account: &Account, call: &Call) -> String {
    if call.alone {
        String::new()
    } else {
        format!("{}: ", harmless(&account.label()))
    }
}
