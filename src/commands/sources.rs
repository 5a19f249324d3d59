//! Where the accounts of a command come from: the file, standard input or the variables.

mod accounts;
pub(super) mod invocation;

use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;

pub(super) use accounts::{Accounts, ask_place, check_server, labels, named};

use crate::account::{Account, Credentials, Server, bad_value, identity};
use crate::cli::{Network, Source};
use crate::environment;
use crate::error::{Failure, Kind, Next};
use crate::output::Output;
use crate::sandbox;
use crate::store::{self, Store, as_named, in_home};
use crate::terminal::stderr::talk;

const DEFAULT_FILE: &str = "tw.json";
const SANDBOX_FILE: &str = "tw-sandbox.json";

/// Where the accounts come from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    File(Store),
    StandardInput,
    /// The four variables; the default file, if it exists, is ignored.
    Variables(Credentials, Credentials),
}

/// The origin, in the documented order: `--creds`, `TWAUTH_CREDS`, the four variables, the default file.
pub(super) fn origin(source: &Source, network: &Network) -> Result<Origin, Failure> {
    let named = source.creds.clone();
    match named.or_else(|| environment::creds().map(PathBuf::from)) {
        Some(path) if path.as_os_str() == OsStr::new("-") => Ok(Origin::StandardInput),
        Some(path) if path.as_os_str().is_empty() => {
            Err(Failure::usage("the name of the credentials file is empty"))
        }
        Some(path) => Ok(Origin::File(Store::new(as_named(path)?))),
        None => match environment::credentials()? {
            Some((client, token)) => Ok(Origin::Variables(client, token)),
            None => Ok(Origin::File(default_file(network)?)),
        },
    }
}

/// The credentials file that a command writes, and the account and server given.
pub(super) struct Destination {
    pub(super) store: Store,
    pub(super) in_file: Vec<Account>,
    /// The name given with `-a` or `TWAUTH_ACCOUNT`.
    pub(super) named: Option<String>,
    pub(super) server: Option<Server>,
}

/// Where `command` writes; an account in variables cannot be written.
pub(super) fn destination(
    source: &Source,
    network: &Network,
    command: &str,
    hint: &str,
) -> Result<Destination, Failure> {
    let store = match origin(source, network)? {
        Origin::File(store) => store,
        Origin::Variables(..) => default_file(network)?,
        Origin::StandardInput => {
            let reason =
                format!("{command} writes the credentials file, and `-` cannot be written");
            return Err(Failure::usage(reason).hint(hint));
        }
    };
    Ok(Destination {
        named: named_account(source)?,
        server: named_server(network)?,
        in_file: store.read()?.unwrap_or_default(),
        store,
    })
}

pub(super) fn default_file(network: &Network) -> Result<Store, Failure> {
    let name = if network.sandbox {
        SANDBOX_FILE
    } else {
        DEFAULT_FILE
    };
    in_home(name).map(Store::new)
}

/// The server named with `--sandbox`, `--server` or `TWAUTH_SERVER`.
pub(super) fn named_server(network: &Network) -> Result<Option<Server>, Failure> {
    if network.sandbox {
        return Ok(Some(Server::Sandbox));
    }
    let (text, name) = match &network.server {
        Some(text) => (Some(text.clone()), "--server"),
        None => (environment::server()?, environment::SERVER),
    };
    let server = text.map(|text| Server::parse(&text)).transpose();
    server.map_err(|reason| {
        Failure::usage(format!("the server in {name} cannot be used: {reason}"))
            .hint("use https://HOST, or http://127.0.0.1:PORT for a server on this machine")
    })
}

/// The name given with `-a` or `TWAUTH_ACCOUNT`.
pub(super) fn named_account(source: &Source) -> Result<Option<String>, Failure> {
    let name = match &source.account {
        Some(name) => Some(name.trim().to_owned()),
        None => environment::account()?,
    };
    match name {
        Some(name) if name.trim_start_matches('@').is_empty() => {
            Err(Failure::usage("the account's name is empty"))
        }
        name => Ok(name),
    }
}

/// Reads the accounts of a command that sends their secrets, each to its own server.
pub(super) fn load(
    source: &Source,
    network: &Network,
    output: Output,
) -> Result<Accounts, Failure> {
    let accounts = load_any(source, network, output)?;
    if let (Origin::Variables(..), [account]) = (&accounts.origin, accounts.list.as_slice()) {
        check_variables(account)?;
    }
    Ok(accounts)
}

/// Rejects variables whose value cannot be right. Values of a file are checked one account at a time.
pub(super) fn check_variables(account: &Account) -> Result<(), Failure> {
    match account.mistake() {
        Some((part, reason)) => {
            let name = environment::variable(part);
            Err(bad_value(name, reason).hint(format!("set {name} again (in CI: its secret)")))
        }
        None => Ok(()),
    }
}

/// The accounts of a command that sends nothing: any value is allowed.
pub(super) fn load_any(
    source: &Source,
    network: &Network,
    output: Output,
) -> Result<Accounts, Failure> {
    let accounts = held(source, network, output)?;
    let chosen = accounts.chosen()?;
    let is_there = |account: &&Account| accounts.server.as_ref() == Some(&account.server);
    if chosen.iter().any(is_there) && !chosen.iter().all(is_there) {
        // A server alone chooses no account.
        return Err(accounts.several());
    }
    for account in chosen {
        check_server(account, accounts.server.as_ref())?;
    }
    Ok(accounts)
}

/// All accounts, at whatever server. An account in the variables is at the one given.
pub(super) fn held(
    source: &Source,
    network: &Network,
    output: Output,
) -> Result<Accounts, Failure> {
    let server = named_server(network)?;
    let named = named_account(source)?;
    let origin = origin(source, network)?;
    let list = match &origin {
        Origin::File(store) => store.read()?.ok_or_else(|| no_file(store))?,
        Origin::StandardInput => store::read_from(io::stdin().lock())?,
        Origin::Variables(client, token) => {
            mention_ignored_file(network, output);
            vec![of_variables(client, token, server.as_ref())?]
        }
    };
    Ok(Accounts {
        origin,
        list,
        named,
        server,
    })
}

/// The account in the variables. At X its token contains its id; `run` and `sandbox` set its name.
pub(super) fn of_variables(
    client: &Credentials,
    token: &Credentials,
    server: Option<&Server>,
) -> Result<Account, Failure> {
    let mut account = Account {
        screen_name: environment::screen_name()?,
        user_id: None,
        client: client.clone(),
        token: Some(token.clone()),
        server: server.cloned().unwrap_or(Server::X),
    };
    if !matches!(account.server, Server::Other(_)) {
        account.user_id = identity::user_id(&account).map(str::to_owned);
    }
    Ok(account)
}

/// The account whose app is used, with or without a token. Without a file, the consumer pair in the variables is
/// enough; in the sandbox, its own pair.
pub(super) fn app(source: &Source, network: &Network, output: Output) -> Result<Account, Failure> {
    if source.creds.is_none()
        && let Origin::File(store) = origin(source, network)?
        && store.path() == default_file(network)?.path()
        && !store.path().exists()
        && let Some(client) = app_alone(source, network)?
    {
        let app = Account::of_app(client, named_server(network)?.unwrap_or(Server::X));
        check_variables(&app)?;
        return Ok(app);
    }
    let accounts = load(source, network, output)?;
    let account = accounts.one()?;
    account.check_values()?;
    Ok(account.clone())
}

/// The consumer pair of an app without an account.
fn app_alone(source: &Source, network: &Network) -> Result<Option<Credentials>, Failure> {
    if network.sandbox {
        let pair = Credentials::new(sandbox::CONSUMER_KEY, sandbox::CONSUMER_SECRET);
        return Ok(Some(pair));
    }
    if named_account(source)?.is_some() {
        return Ok(None);
    }
    environment::consumer_pair()
}

fn no_file(store: &Store) -> Failure {
    let empty = environment::names_empty().join(", ");
    let missing = environment::missing().join(", ");
    let mut reason = format!("there is no credentials file {}", store.shown());
    if missing.is_empty() && !empty.is_empty() {
        reason = format!("{reason}, and these variables are set but empty: {empty}");
    }
    let failure = Failure::new(Kind::NoCredentials, reason);
    if !missing.is_empty() {
        let together = "all four account variables must be set together";
        return failure.hint(format!("set {missing} too: {together}"));
    }
    if !empty.is_empty() {
        return failure.hint("set them again (in CI: the secrets that they come from)");
    }
    failure.next(
        "log in first with {}, or name the file with --creds FILE",
        Next::Login,
    )
}

fn mention_ignored_file(network: &Network, output: Output) {
    if output.verbosity() > 0
        && let Ok(store) = default_file(network)
        && store.path().exists()
    {
        let shown = store.shown();
        talk(&format!("using the TWAUTH_ variables instead of {shown}"));
    }
}
