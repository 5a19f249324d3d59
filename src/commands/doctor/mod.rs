//! `doctor`: what is wrong, and the one command that mends it.

mod credentials;
mod file;
mod keys;
mod network;
mod report;
mod repository;
mod variables;

use std::fmt::Write as _;
use std::process::ExitCode;

use super::connection;
use super::sources::{self, Accounts, Origin};
use crate::account::{Account, Server};
use crate::cli::Doctor;
use crate::environment;
use crate::error::{Failure, Kind};
use crate::output::Output;
use crate::shell;
use crate::store::{self, Store};
use crate::terminal::text::harmless;
use report::{Finding, Report};

/// How to call twauth so that it is about the same file and server.
#[derive(Clone, Debug)]
struct Call {
    /// The options that name them, with a space before each.
    options: String,
    /// Whether there is one account only.
    alone: bool,
    place: Place,
}

/// Where the accounts are, and so where something can be done about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    File,
    StandardInput,
    Variables,
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
            report.add(Finding::failure(
                "account",
                &call.advised(failure, &accounts),
            ))?;
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
        call,
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
            place: match origin {
                Origin::File(_) => Place::File,
                Origin::StandardInput => Place::StandardInput,
                Origin::Variables(..) => Place::Variables,
            },
        }
    }

    /// The command of a login that is followed by these options.
    fn login_with(&self, more: &str) -> String {
        let login = format!("twauth login{}{more}", self.options);
        match self.place {
            Place::StandardInput => format!("`{login}`, then pipe in the file that it writes"),
            _ => login,
        }
    }

    /// An account that is not there is logged in into the same file.
    fn advised(&self, failure: Failure, accounts: &Accounts) -> Failure {
        match &accounts.named {
            Some(name) if failure.kind == Kind::NoSuchAccount => failure
                .hint(self.login_with(&format!(" -a {} --add", shell::typed(&harmless(name))))),
            _ => failure,
        }
    }

    /// What gives an account of the variables a new pair.
    fn set_again(names: [&str; 2]) -> String {
        format!("set {} again (in CI: their secrets)", names.join(" and "))
    }

    /// What gives an account a new token.
    fn login(&self, account: &Account) -> String {
        if self.place == Place::Variables {
            return Self::set_again([environment::ACCESS_TOKEN, environment::ACCESS_TOKEN_SECRET]);
        }
        match account.screen_name.as_ref().or(account.user_id.as_ref()) {
            Some(name) => self.login_with(&format!(" -a {}", shell::typed(&harmless(name)))),
            None if self.alone && account.token.is_some() => self.login_with(" --replace"),
            None => self.login_with(""),
        }
    }

    /// The same as the end of a sentence.
    fn relogin(&self, account: &Account) -> String {
        match self.place {
            Place::File => format!("`{}`", self.login(account)),
            Place::StandardInput => self.login(account),
            Place::Variables => format!("`twauth login` and {}", self.login(account)),
        }
    }

    /// What gives accounts of one app its keys anew: a login asks for a pair that the server refuses.
    fn new_app(&self, account: &Account, others: bool) -> String {
        match self.place {
            Place::Variables => {
                Self::set_again([environment::CONSUMER_KEY, environment::CONSUMER_SECRET])
            }
            Place::File if others => self.login_with(" --all"),
            _ => self.login(account),
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
