//! Selects the accounts of a command: from the file, standard input or the variables, and by the name given.

pub(super) mod invocation;

use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;

use invocation::Invocation;

use crate::account::{Account, Credentials, Server, bad_value, identity, is_user_id};
use crate::cli::{Network, Source};
use crate::environment;
use crate::error::{Failure, Kind, Next};
use crate::output::Output;
use crate::prompt;
use crate::sandbox;
use crate::shell;
use crate::store::{self, Place, Store, as_named, in_home};
use crate::terminal::stderr::talk;
use crate::terminal::text::harmless;

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

/// The accounts of one origin, and the selection among them.
#[derive(Clone, Debug)]
pub(super) struct Accounts {
    pub(super) origin: Origin,
    pub(super) list: Vec<Account>,
    /// The name given with `-a` or `TWAUTH_ACCOUNT`.
    pub(super) named: Option<String>,
    /// The server given; it distinguishes accounts with the same name.
    pub(super) server: Option<Server>,
}

/// The origin, in the documented order: `--creds`, `TWAUTH_CREDS`, the four variables, the default file.
pub(super) fn origin(source: &Source, network: &Network) -> Result<Origin, Failure> {
    let named = source
        .creds
        .clone()
        .or_else(|| environment::creds().map(PathBuf::from));
    match named {
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
    in_home(if network.sandbox {
        SANDBOX_FILE
    } else {
        DEFAULT_FILE
    })
    .map(Store::new)
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
    let parse = |text: String| {
        Server::parse(&text).map_err(|reason| {
            Failure::usage(format!("the server in {name} cannot be used: {reason}"))
                .hint("use https://HOST, or http://127.0.0.1:PORT for a server on this machine")
        })
    };
    text.map(parse).transpose()
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
    let server = named_server(network)?;
    let accounts = held(source, network, server.as_ref(), output)?;
    for account in accounts.chosen()? {
        check_server(account, server.as_ref())?;
    }
    Ok(accounts)
}

/// Reads the accounts. Those in variables belong to `server`.
pub(super) fn held(
    source: &Source,
    network: &Network,
    server: Option<&Server>,
    output: Output,
) -> Result<Accounts, Failure> {
    let named = named_account(source)?;
    let origin = origin(source, network)?;
    let list = match &origin {
        Origin::File(store) => store.read()?.ok_or_else(|| no_file(store))?,
        Origin::StandardInput => store::read_from(io::stdin().lock())?,
        Origin::Variables(client, token) => {
            mention_ignored_file(network, output);
            vec![of_variables(client, token, server)?]
        }
    };
    Ok(Accounts {
        origin,
        list,
        named,
        server: server.cloned(),
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

/// The account that `name` means. `server` only chooses between accounts with the same name: an account at another
/// server is still found, so that it can be rejected. `Err` is the hint if several match.
pub(super) fn named<'a>(
    accounts: &'a [Account],
    name: &str,
    server: Option<&Server>,
) -> Result<Option<&'a Account>, &'static str> {
    let matching: Vec<&Account> = accounts
        .iter()
        .filter(|account| account.answers_to(name))
        .collect();
    let is_there = |account: &&&Account| server == Some(&account.server);
    let there: Vec<&Account> = matching.iter().filter(is_there).copied().collect();
    match (matching.as_slice(), there.as_slice()) {
        ([], _) => Ok(None),
        ([only], _) | (_, [only]) => Ok(Some(only)),
        ([first, rest @ ..], _) if rest.iter().any(|other| other.server != first.server) => {
            Err("choose one with --server URL, or by its user id with -a ID")
        }
        _ => Err("choose one by its user id with -a ID"),
    }
}

impl Accounts {
    /// The named account, or all of them.
    pub(super) fn chosen(&self) -> Result<Vec<&Account>, Failure> {
        match &self.named {
            Some(_) => Ok(vec![self.one()?]),
            None => Ok(self.list.iter().collect()),
        }
    }

    /// The named account, or the only one. Never a guess.
    pub(super) fn one(&self) -> Result<&Account, Failure> {
        let Some(name) = &self.named else {
            return match self.list.as_slice() {
                [only] => Ok(only),
                several => Err(Failure::new(
                    Kind::SeveralAccounts,
                    format!("{} has several accounts: {}", self.place(), labels(several)),
                )
                .hint("choose one with -a NAME")),
            };
        };
        match named(&self.list, name, self.server.as_ref()) {
            Ok(Some(account)) => Ok(account),
            Err(several) => {
                let reason = format!("{} has several accounts with this name", self.place());
                Err(Failure::new(Kind::SeveralAccounts, reason).hint(several))
            }
            Ok(None) => {
                let failure = Failure::new(
                    Kind::NoSuchAccount,
                    format!(
                        "{} is not in {} (it has {})",
                        shown_name(name),
                        self.place(),
                        labels(&self.list)
                    ),
                );
                Err(match &self.origin {
                    Origin::Variables(..) => failure.hint(format!(
                        "to use the credentials file instead: {}",
                        shell::unset(&environment::FOUR)
                    )),
                    _ => failure.next("log in the account with {}", Next::Add),
                })
            }
        }
    }

    /// The command of this call, for hints.
    pub(super) fn invocation(&self, network: &Network) -> Invocation {
        Invocation::new(&self.origin, network).alone(self.list.len() == 1)
    }

    /// The file of the accounts, if they come from one.
    pub(super) fn file(&self) -> Option<&Store> {
        match &self.origin {
            Origin::File(store) => Some(store),
            Origin::StandardInput | Origin::Variables(..) => None,
        }
    }

    /// Warns if another user could have changed the file.
    pub(super) fn warn_of_others(&self, output: Output) {
        if let Some(doubt) = self.file().and_then(Store::doubt) {
            output.warn(&doubt);
        }
    }

    pub(super) fn place(&self) -> String {
        match &self.origin {
            Origin::File(store) => store.shown(),
            Origin::StandardInput => "standard input".to_owned(),
            Origin::Variables(..) => "the environment".to_owned(),
        }
    }
}

/// The account whose app is used, with or without a token. Without a file, the consumer pair in the variables is
/// enough; in the sandbox, its own pair.
pub(super) fn app(source: &Source, network: &Network, output: Output) -> Result<Account, Failure> {
    if source.creds.is_none()
        && let Origin::File(store) = origin(source, network)?
        && store.path() == default_file(network)?.path()
        && !store.path().exists()
        && let Some(app) = app_alone(source, network)?
    {
        check_variables(&app)?;
        return Ok(app);
    }
    let accounts = load(source, network, output)?;
    let account = accounts.one()?;
    account.check_values()?;
    Ok(account.clone())
}

/// An app without an account.
fn app_alone(source: &Source, network: &Network) -> Result<Option<Account>, Failure> {
    let client = if network.sandbox {
        Credentials::new(sandbox::CONSUMER_KEY, sandbox::CONSUMER_SECRET)
    } else if named_account(source)?.is_some() {
        return Ok(None);
    } else if let Some(client) = environment::consumer_pair()? {
        client
    } else {
        return Ok(None);
    };
    Ok(Some(Account {
        screen_name: None,
        user_id: None,
        client,
        token: None,
        server: named_server(network)?.unwrap_or(Server::X),
    }))
}

/// What a message calls the account that `name` means: `@name`, or a user id as it is.
fn shown_name(name: &str) -> String {
    let name = harmless(name.trim_start_matches('@'));
    if is_user_id(&name) {
        name
    } else {
        format!("@{name}")
    }
}

/// Rejects a server that is not the account's own: its secrets are sent to no other.
pub(super) fn check_server(account: &Account, named: Option<&Server>) -> Result<(), Failure> {
    match named {
        Some(named) if *named != account.server => Err(Failure::new(
            Kind::OtherServer,
            format!(
                "{} belongs to {}, not to the server you gave",
                account.label(),
                account.server
            ),
        )
        .hint("omit --server and --sandbox, and unset TWAUTH_SERVER: twauth uses the account's own server")),
        _ => Ok(()),
    }
}

/// The accounts' labels, the first ten of them.
pub(super) fn labels(accounts: &[Account]) -> String {
    let mut shown: Vec<String> = accounts.iter().take(10).map(Account::label).collect();
    if accounts.len() > shown.len() {
        shown.push(format!("and {} more", accounts.len() - shown.len()));
    }
    shown.join(", ")
}

fn no_file(store: &Store) -> Failure {
    let empty = environment::names_empty().join(", ");
    let missing = environment::missing().join(", ");
    let reason = format!("there is no credentials file {}", store.shown());
    if !missing.is_empty() {
        return Failure::new(Kind::NoCredentials, reason).hint(format!(
            "set {missing} too: all four account variables must be set together"
        ));
    }
    if !empty.is_empty() {
        let reason = format!("{reason}, and these variables are set but empty: {empty}");
        return Failure::new(Kind::NoCredentials, reason)
            .hint("set them again (in CI: the secrets that they come from)");
    }
    Failure::new(Kind::NoCredentials, reason).next(
        "log in first with {}, or name the file with --creds FILE",
        Next::Login,
    )
}

fn mention_ignored_file(network: &Network, output: Output) {
    if output.verbosity() > 0
        && let Ok(store) = default_file(network)
        && store.path().exists()
    {
        talk(&format!(
            "using the TWAUTH_ variables instead of {}",
            store.shown()
        ));
    }
}

/// Asks whether to add another account to those of the file, replace the only one, or cancel.
pub(super) async fn ask_place(store: &Store, in_file: &[Account]) -> anyhow::Result<Place> {
    let choices: &[&str] = if in_file.len() == 1 {
        &["add the new account", "replace the old one", "cancel"]
    } else {
        &["add the new account", "cancel"]
    };
    let question = format!("{} already has {}.", store.shown(), labels(in_file));
    match prompt::choice(&question, choices).await? {
        0 => Ok(Place::Add),
        1 if choices.len() == 3 => Ok(Place::Replace),
        _ => Err(prompt::cancelled().into()),
    }
}
