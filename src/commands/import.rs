//! `import`: other programs' credentials into the credentials file.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;

use super::accounts::{self, Origin};
use super::login::{Place, ask_place, placed_all};
use super::{connection, verify};
use crate::account::{Account, Credentials, Server};
use crate::cli::Import;
use crate::environment;
use crate::error::{Failure, Kind};
use crate::formats::{self, Broken, Format, Found};
use crate::harmless::harmless;
use crate::output::Output;
use crate::prompt;
use crate::store::{self, Store};

pub(super) async fn run(
    arguments: &Import,
    verbosity: u8,
    output: Output,
) -> anyhow::Result<ExitCode> {
    import(arguments, verbosity, output)
        .await
        .context("could not import")?;
    Ok(ExitCode::SUCCESS)
}

async fn import(arguments: &Import, verbosity: u8, output: Output) -> anyhow::Result<()> {
    let store = destination(arguments)?;
    let in_file = store.read()?.unwrap_or_default();
    let mut found = read(arguments)?;
    let mut accounts = std::mem::take(&mut found.accounts);
    if !found.tokens.is_empty() {
        let client = consumer_pair(&in_file)?;
        accounts.extend(
            found
                .tokens
                .drain(..)
                .map(|token| token.owned_by(client.clone())),
        );
    }
    at_server(&mut accounts, arguments)?;
    if arguments.verify {
        accounts = choose_roughly(accounts, arguments)?;
        verify(&mut accounts, arguments, verbosity, output).await?;
    }
    let accounts = choose(accounts, arguments)?;
    refuse_twins(&accounts)?;
    output.say(&format!(
        "found {} ({})",
        accounts::labels(&accounts),
        found.format.name()
    ));
    for note in &found.notes {
        output.say(&harmless(note));
    }
    let place = place(arguments, &store, &in_file, &accounts, output).await?;
    if arguments.dry_run {
        output.say("nothing is written");
    } else {
        let saved = store.update(arguments.force, |document| {
            placed_all(document, &accounts, place)
        })?;
        output.say(&format!("saved in {}", store.shown()));
        output.saved(&saved);
    }
    report(arguments, &store, &accounts, &found, output)
}

/// The credentials file that takes the accounts; variables that hold an account are no place to write to.
fn destination(arguments: &Import) -> Result<Store, Failure> {
    match accounts::origin(&arguments.source, &arguments.network)? {
        Origin::File(store) => Ok(store),
        Origin::Variables(..) => accounts::default_file(&arguments.network),
        Origin::StandardInput => Err(Failure::new(
            Kind::Usage,
            "import writes the credentials file, and `-` cannot be written",
        )
        .hint("name a file with --creds FILE; what is imported is the argument without an option")),
    }
}

fn read(arguments: &Import) -> Result<Found, Failure> {
    let file = arguments
        .file
        .as_deref()
        .filter(|path| path.as_os_str() != OsStr::new("-"));
    let (text, name) = match file {
        Some(path) => (store::text_of_file(path)?, store::shown(path)),
        None if arguments.file.is_none() && io::stdin().is_terminal() => {
            return Err(Failure::new(Kind::Usage, "no file is named")
                .hint("name the file to import, or `-` to paste its text and end it with Ctrl-D"));
        }
        None => (
            store::text_of_input(io::stdin().lock())?,
            "standard input".to_owned(),
        ),
    };
    let format = arguments.from.as_deref().and_then(Format::named);
    formats::read(&text, format).map_err(|broken| flawed(&broken, &name, format))
}

fn flawed(broken: &Broken, name: &str, format: Option<Format>) -> Failure {
    let place = match (broken.line, broken.column) {
        (Some(line), Some(column)) => format!("{name}:{line}:{column}"),
        _ => name.to_owned(),
    };
    let failure = Failure::new(Kind::BadFile, format!("{place}: {}", broken.reason));
    failure.hint(broken.hint.unwrap_or(if format.is_some() {
        "mend the file, or leave out --from to have its format recognised"
    } else {
        "mend the file, or name its format with --from FORMAT"
    }))
}

/// What a token without its app is completed with: the variables, else the pair that the credentials file's accounts share.
fn consumer_pair(in_file: &[Account]) -> Result<Credentials, Failure> {
    if let (Some(key), Some(secret)) = (
        environment::consumer_key()?,
        environment::consumer_secret()?,
    ) {
        return Ok(Credentials::new(key, secret));
    }
    let mut pairs = in_file.iter().map(|account| &account.client);
    let reason = match pairs.next() {
        Some(first) if pairs.all(|pair| pair == first) => return Ok(first.clone()),
        Some(_) => {
            "the token comes without its consumer key, and the credentials file holds several"
        }
        None => "the token comes without its consumer key and secret",
    };
    Err(Failure::new(Kind::NoCredentials, reason).hint(
        "set TWAUTH_CONSUMER_KEY and TWAUTH_CONSUMER_SECRET to those of the app it was made for",
    ))
}

/// `--server` says where accounts live that do not say it themselves.
fn at_server(accounts: &mut [Account], arguments: &Import) -> Result<(), Failure> {
    let Some(named) = accounts::named_server(&arguments.network)? else {
        return Ok(());
    };
    for account in accounts {
        if account.server == Server::X {
            account.server = named.clone();
        }
        accounts::check_server(account, Some(&named))?;
    }
    Ok(())
}

/// Before the nameless are labelled: those that are, or may turn out to be, the account named.
fn choose_roughly(mut accounts: Vec<Account>, arguments: &Import) -> Result<Vec<Account>, Failure> {
    if let Some(name) = accounts::named_account(&arguments.source)? {
        accounts.retain(|account| {
            account.answers_to(&name) || account.screen_name.is_none() || account.user_id.is_none()
        });
    }
    Ok(accounts)
}

/// The account named with `-a`, or all.
fn choose(accounts: Vec<Account>, arguments: &Import) -> Result<Vec<Account>, Failure> {
    let Some(name) = accounts::named_account(&arguments.source)? else {
        return Ok(accounts);
    };
    let (chosen, others): (Vec<Account>, Vec<Account>) = accounts
        .into_iter()
        .partition(|account| account.answers_to(&name));
    if chosen.is_empty() {
        let held = if others.is_empty() {
            "no account".to_owned()
        } else {
            accounts::labels(&others)
        };
        let reason = format!("{} is not there; it holds {held}", harmless(&name));
        let failure = Failure::new(Kind::NoSuchAccount, reason);
        return Err(failure
            .hint("leave out -a to import all, or say --verify to have the nameless labelled"));
    }
    Ok(chosen)
}

/// Asks the servers; what does not work is not imported.
async fn verify(
    accounts: &mut [Account],
    arguments: &Import,
    verbosity: u8,
    output: Output,
) -> anyhow::Result<()> {
    let settings = connection::settings(&arguments.network, verbosity, output)?;
    let asked: Vec<&Account> = accounts.iter().collect();
    let findings = verify::check_all(&asked, &settings, output).await;
    for (account, finding) in accounts.iter_mut().zip(findings) {
        if let Some(failure) = finding.failure {
            let label = harmless(&account.label());
            return Err(anyhow::Error::new(failure)
                .context(format!("could not verify {label}, nothing is written")));
        }
        if let Some(identity) = finding.identity {
            account.screen_name = Some(identity.screen_name);
            account.user_id = Some(identity.user_id);
        }
    }
    Ok(())
}

/// One account twice with different values: which one is meant is not ours to guess.
fn refuse_twins(accounts: &[Account]) -> Result<(), Failure> {
    let mut seen = HashSet::new();
    for account in accounts {
        let server = account.server.label();
        let name = account
            .screen_name
            .as_ref()
            .map(|name| ("name", name.to_ascii_lowercase()));
        let id = account.user_id.clone().map(|id| ("id", id));
        let token = account
            .token
            .as_ref()
            .map(|token| ("token", token.identifier.clone()));
        for key in [name, id, token].into_iter().flatten() {
            if !seen.insert((server, key)) {
                let reason = format!(
                    "{} is there twice, with different values",
                    harmless(&account.label())
                );
                return Err(Failure::new(Kind::BadFile, reason)
                    .hint("take the one that is not meant out of the file"));
            }
        }
    }
    Ok(())
}

/// What becomes of accounts that the credentials file does not hold yet.
async fn place(
    arguments: &Import,
    store: &Store,
    in_file: &[Account],
    accounts: &[Account],
    output: Output,
) -> anyhow::Result<Place> {
    let is_known = |account: &Account| {
        in_file
            .iter()
            .any(|known| super::login::takes_place_of(account, known))
    };
    let unknown = accounts.iter().filter(|account| !is_known(account)).count();
    if in_file.is_empty() || unknown == 0 {
        return Ok(if arguments.replace || in_file.is_empty() {
            Place::Add
        } else {
            Place::Obvious
        });
    }
    if arguments.add {
        return Ok(Place::Add);
    }
    if arguments.replace {
        if in_file.len() == 1 && accounts.len() == 1 {
            return Ok(Place::Replace);
        }
        return Err(Failure::new(
            Kind::SeveralAccounts,
            "--replace puts one account in the place of one",
        )
        .hint("name the account to import with -a NAME, or add them with --add")
        .into());
    }
    let from_file = arguments
        .file
        .as_deref()
        .is_some_and(|path| path.as_os_str() != OsStr::new("-"));
    if prompt::is_interactive() && from_file && !output.is_json() && !arguments.dry_run {
        return ask_place(store, in_file).await;
    }
    let reason = format!(
        "{} holds {} already",
        store.shown(),
        accounts::labels(in_file)
    );
    Err(Failure::new(Kind::AccountExists, reason)
        .hint("say --add to keep it beside what is imported, or --replace to put the imported account in its place")
        .into())
}

fn report(
    arguments: &Import,
    store: &Store,
    accounts: &[Account],
    found: &Found,
    output: Output,
) -> anyhow::Result<()> {
    if output.is_json() {
        let entries: Vec<_> = accounts
            .iter()
            .map(|account| {
                json!({
                    "screen_name": account.screen_name,
                    "user_id": account.user_id,
                    "server": account.server.to_string(),
                })
            })
            .collect();
        return output.document(&json!({
            "format": found.format.name(),
            "accounts": entries,
            "notes": found.notes,
            "creds": store.path().display().to_string(),
            "written": !arguments.dry_run,
        }));
    }
    for account in accounts {
        let name = account
            .screen_name
            .as_deref()
            .or(account.user_id.as_deref());
        output.line(&harmless(name.unwrap_or("-")))?;
    }
    Ok(())
}
