//! Everything a login needs to know before it asks anything of the server.

use super::consumer_pair;
use crate::account::{Account, Credentials, Server, is_screen_name, is_user_id};
use crate::browser::Choice;
use crate::cli::Login;
use crate::commands::sources;
use crate::commands::sources::ask_place;
use crate::error::{Failure, Kind};
use crate::oauth::OUT_OF_BAND;
use crate::output::Output;
use crate::prompt;
use crate::store::Place;
use crate::store::Store;
use crate::terminal::text::harmless;

/// What is settled before the first request.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) store: Store,
    pub(super) server: Server,
    pub(super) client: Credentials,
    /// The account meant, as given with `-a`.
    pub(super) named: Option<String>,
    /// The account meant, where the file knows it.
    known: Option<Account>,
    pub(super) place: Place,
    /// The file's accounts as the person knew them when the place was chosen.
    pub(super) in_file: Vec<Account>,
    pub(super) browser: Choice,
    /// `oob`, or where the redirect is awaited.
    pub(super) callback: String,
    pub(super) read_only: bool,
    pub(super) force: bool,
}

pub(super) async fn plan(arguments: &Login, output: Output) -> anyhow::Result<Plan> {
    let store = sources::destination(
        &arguments.source,
        &arguments.network,
        "login",
        "name a file with --creds FILE",
    )?;
    let named = sources::named_account(&arguments.source)?;
    let in_file = store.read()?.unwrap_or_default();
    let wanted = sources::named_server(&arguments.network)?;
    let known = known(named.as_deref(), wanted.as_ref(), &in_file)?;
    let server = server(arguments, known.as_ref(), &in_file)?;
    let client = consumer_pair::given(arguments)?;
    check_callback(arguments)?;
    let waits = waits(&in_file, &server, client.0.as_deref());
    let place = if in_file.is_empty() || known.is_some() || waits {
        Some(obvious(arguments))
    } else {
        chosen_place(arguments, &store, &in_file, output)?
    };
    store.prepare(arguments.force).await?;
    let client =
        consumer_pair::pair(client, &server, &in_file, known.as_ref(), &store, output).await?;
    let place = match place {
        Some(place) => place,
        None => ask_place(&store, &in_file).await?,
    };
    Ok(Plan {
        store,
        server,
        client,
        named,
        known,
        place,
        in_file,
        browser: match &arguments.browser {
            Some(name) => Choice::Named(name.clone()),
            None if arguments.no_browser => Choice::None,
            None => Choice::Default,
        },
        callback: arguments
            .callback
            .clone()
            .unwrap_or_else(|| OUT_OF_BAND.to_owned()),
        read_only: arguments.read_only,
        force: arguments.force,
    })
}

impl Plan {
    /// The screen name to put into the authorisation page's address.
    pub(super) fn screen_name(&self) -> Option<&str> {
        let known = self
            .known
            .as_ref()
            .and_then(|account| account.screen_name.as_deref());
        let typed = self
            .named
            .as_deref()
            .map(|name| name.strip_prefix('@').unwrap_or(name));
        // X's names have 15 characters at most today: so many digits are an id.
        let is_id = |name: &str| name.len() > 15 && is_user_id(name);
        known
            .or(typed)
            .filter(|name| is_screen_name(name) && !is_id(name))
    }

    /// With `-a`: whether it is that account which authorised the app.
    pub(super) fn check_account(&self, account: &Account) -> Result<(), Failure> {
        let Some(named) = &self.named else {
            return Ok(());
        };
        let known_id = self.known.as_ref().and_then(|known| known.user_id.as_ref());
        // A name can change hands, an id cannot.
        let is_meant = match (known_id, &account.user_id) {
            (Some(known), Some(id)) => known == id,
            _ => account.answers_to(named),
        };
        if is_meant {
            return Ok(());
        }
        let reason = format!(
            "{} authorised the app, not {}; nothing is saved",
            harmless(&account.label()),
            harmless(named)
        );
        Err(Failure::new(Kind::WrongAccount, reason).hint(
            "open the address in a private window or another browser profile, sign in there as the right account, and log in again",
        ))
    }
}

/// The named server, else the known account's, else the one that all of the file's accounts share, else X.
fn server(
    arguments: &Login,
    known: Option<&Account>,
    in_file: &[Account],
) -> Result<Server, Failure> {
    let named = sources::named_server(&arguments.network)?;
    if let Some(account) = known {
        if let Some(named) = named.as_ref().filter(|named| account.waits_at(named)) {
            return Ok(named.clone());
        }
        sources::check_server(account, named.as_ref())?;
        return Ok(account.server.clone());
    }
    let shared = in_file
        .first()
        .filter(|first| in_file.iter().all(|account| account.server == first.server));
    Ok(named
        .or_else(|| shared.map(|account| account.server.clone()))
        .unwrap_or(Server::X))
}

/// The account of the file that `-a` means. A name that no account can have would only waste an authorisation.
fn known(
    named: Option<&str>,
    server: Option<&Server>,
    in_file: &[Account],
) -> Result<Option<Account>, Failure> {
    let Some(name) = named else { return Ok(None) };
    match sources::named(in_file, name, server) {
        Ok(Some(account)) => Ok(Some(account.clone())),
        Err(hint) => Err(Failure::new(
            Kind::SeveralAccounts,
            "the file has several accounts of this name",
        )
        .hint(hint)),
        Ok(None) if is_screen_name(name.strip_prefix('@').unwrap_or(name)) => Ok(None),
        Ok(None) => Err(Failure::new(
            Kind::Usage,
            "the account's name is neither a screen name nor a user id",
        )
        .hint("a screen name has letters, digits and underscores, 20 at most: -a mybot")),
    }
}

/// Whether the file holds nothing but the consumer pair that this login is to complete.
fn waits(in_file: &[Account], server: &Server, key: Option<&str>) -> bool {
    matches!(in_file, [only] if only.waits_at(server)
        && key.is_none_or(|key| key == only.client.identifier))
}

fn obvious(arguments: &Login) -> Place {
    if arguments.add {
        Place::Add
    } else {
        Place::Obvious
    }
}

/// What becomes of an account beside others; none: the person has to be asked.
fn chosen_place(
    arguments: &Login,
    store: &Store,
    in_file: &[Account],
    output: Output,
) -> Result<Option<Place>, Failure> {
    if arguments.add {
        return Ok(Some(Place::Add));
    }
    if arguments.replace {
        return match in_file {
            [_] => Ok(Some(Place::Replace)),
            several => Err(Failure::new(
                Kind::SeveralAccounts,
                format!(
                    "{} holds several accounts, and --replace does not say which: {}",
                    store.shown(),
                    sources::labels(several)
                ),
            )
            .hint("log one of them in again with -a NAME, or add another with --add")),
        };
    }
    if can_ask(output) {
        return Ok(None);
    }
    let reason = format!(
        "{} holds {} already",
        store.shown(),
        sources::labels(in_file)
    );
    Err(Failure::new(Kind::AccountExists, reason).hint("say --add to keep it beside the new account, --replace to put the new one in its place, or -a NAME to log it in again"))
}

/// Whether somebody is there to choose.
pub(super) fn can_ask(output: Output) -> bool {
    prompt::is_interactive() && !output.is_json()
}

/// The listener only ever binds to this machine, and X matches the address to the letter, the port included.
fn check_callback(arguments: &Login) -> Result<(), Failure> {
    let Some(text) = &arguments.callback else {
        return Ok(());
    };
    crate::callback::address(text).map(drop)
}
