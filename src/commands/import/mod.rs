//! `import`: credentials from other tools into the credentials file.

mod choosing;
mod reading;

use std::ffi::OsStr;

use serde_json::json;

use super::sources::{Destination, ask_place};
use super::{checking, connection, sources};
use crate::account::{Account, Credentials, Server, masked};
use crate::cli::Import;
use crate::environment;
use crate::error::{Failure, Kind};
use crate::formats::{Found, UnownedToken};
use crate::output::Output;
use crate::prompt;
use crate::store::{Document, Place, Store, placed_all, takes_place_of};
use crate::terminal::text::harmless;

pub(super) async fn run(arguments: &Import, output: Output) -> anyhow::Result<()> {
    let Destination {
        store,
        in_file,
        server: home,
        ..
    } = sources::destination(
        &arguments.source,
        &arguments.network,
        "import",
        "choose a file with --creds FILE; the file to import is given without an option",
    )?;
    let mut found = reading::read(arguments, home.as_ref().unwrap_or(&Server::X))?;
    let mut accounts = std::mem::take(&mut found.accounts);
    for token in std::mem::take(&mut found.tokens) {
        accounts.push(with_pair(token, &in_file, &store, output)?);
    }
    for account in &accounts {
        sources::check_server(account, home.as_ref())?;
    }
    let name = sources::named_account(&arguments.source)?;
    if arguments.verify {
        choosing::choose_roughly(&mut accounts, name.as_deref());
        verify(&mut accounts, arguments, output).await?;
    }
    let accounts = choosing::choose(accounts, name.as_deref())?;
    choosing::refuse_twins(&accounts)?;
    choosing::refuse_other_pairs(in_file.iter(), &accounts)?;
    output.say(&format!(
        "found {} ({})",
        sources::labels(&accounts),
        found.format.name()
    ));
    for note in &found.notes {
        output.say(&harmless(note));
    }
    for account in accounts
        .iter()
        .filter(|account| account.server != Server::X)
    {
        let label = account.label();
        output.say(&format!("{label} belongs to {}, not to X", account.server));
    }
    let place = place(arguments, &store, &in_file, &accounts, output).await?;
    if arguments.dry_run {
        output.say("nothing was written");
    } else {
        let update = store.update(arguments.force, |document| {
            let entries = document.iter().flat_map(Document::accounts);
            choosing::refuse_other_pairs(entries, &accounts)?;
            placed_all(document, &accounts, place)
        });
        let done = update.await?;
        output.say(&format!("saved in {}", store.shown()));
        for remark in done.remarks() {
            output.warn(remark);
        }
    }
    report(arguments, &store, &accounts, &found, output)
}

/// The account of a token whose format has no room for its consumer pair: with the one in the variables, else the one that
/// the accounts in the credentials file at that server share.
fn with_pair(
    token: UnownedToken,
    in_file: &[Account],
    store: &Store,
    output: Output,
) -> Result<Account, Failure> {
    let (account, origin) = if let Some(pair) = environment::consumer_pair()? {
        let account = token.owned_by(pair);
        sources::check_variables(&account)?;
        (account, "the TWAUTH_ variables".to_owned())
    } else {
        let pair = shared_pair(&token.server, in_file)?;
        (token.owned_by(pair), store.shown())
    };
    let key = masked(&account.client.identifier);
    output.say(&format!("using the API Key {key} from {origin}"));
    Ok(account)
}

fn shared_pair(server: &Server, in_file: &[Account]) -> Result<Credentials, Failure> {
    let at_server = in_file.iter().filter(|account| account.server == *server);
    let mut pairs = at_server.map(|account| &account.client);
    let reason = match pairs.next() {
        Some(first) if pairs.all(|pair| pair == first) => return Ok(first.clone()),
        Some(_) => "the token comes without its API Key, and the credentials file has several",
        None => "the token comes without its API Key and secret",
    };
    Err(Failure::new(Kind::NoCredentials, reason)
        .hint("set TWAUTH_CONSUMER_KEY and TWAUTH_CONSUMER_SECRET to the keys of its app"))
}

/// Verifies the accounts; those that do not work are not imported.
async fn verify(
    accounts: &mut [Account],
    arguments: &Import,
    output: Output,
) -> anyhow::Result<()> {
    let settings = connection::settings(&arguments.network, output)?;
    let asked: Vec<&Account> = accounts.iter().collect();
    let findings = checking::check_all(&asked, &settings, output).await;
    for (account, finding) in accounts.iter_mut().zip(findings) {
        if let Some(failure) = finding.failure {
            let label = account.label();
            return Err(anyhow::Error::new(failure)
                .context(format!("could not verify {label}; nothing was written")));
        }
        if let Some(identity) = finding.identity {
            account.screen_name = Some(identity.screen_name);
            account.user_id = Some(identity.user_id);
        }
    }
    Ok(())
}

/// The place of accounts that are not in the credentials file yet.
async fn place(
    arguments: &Import,
    store: &Store,
    in_file: &[Account],
    accounts: &[Account],
    output: Output,
) -> anyhow::Result<Place> {
    let is_known = |account: &Account| in_file.iter().any(|known| takes_place_of(account, known));
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
            "--replace replaces one account with one account",
        )
        .hint("choose the account to import with -a NAME, or add them with --add")
        .into());
    }
    let from_file = arguments
        .file
        .as_deref()
        .is_some_and(|path| path.as_os_str() != OsStr::new("-"));
    if prompt::is_interactive() && from_file && !output.is_json() && !arguments.dry_run {
        return ask_place(store, in_file).await;
    }
    let reason = format!("{} already has {}", store.shown(), sources::labels(in_file));
    Err(Failure::new(Kind::AccountExists, reason)
        .hint("use --add to keep both, or --replace to replace it")
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
        output.line(&harmless(account.name().unwrap_or("-")))?;
    }
    Ok(())
}
