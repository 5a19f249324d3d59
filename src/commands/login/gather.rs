//! Everything a login needs to know before it asks anything of the server.

use anyhow::Context as _;

use crate::account::{Account, Credentials, Server, is_screen_name};
use crate::browser::Choice;
use crate::cli::Login;
use crate::commands::accounts::{self, Origin};
use crate::environment;
use crate::error::{Failure, Kind};
use crate::harmless::harmless;
use crate::oauth::OUT_OF_BAND;
use crate::output::Output;
use crate::prompt;
use crate::sandbox;
use crate::store::Store;

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
    pub(super) browser: Choice,
    /// `oob`, or where the redirect is awaited.
    pub(super) callback: String,
    pub(super) read_only: bool,
    pub(super) force: bool,
}

/// What becomes of an account that the file does not hold yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The file is new, lacks only the token, or holds the very account.
    Obvious,
    Add,
    Replace,
}

pub(super) async fn plan(arguments: &Login, output: Output) -> anyhow::Result<Plan> {
    let store = store(arguments)?;
    let named = accounts::named_account(&arguments.source)?;
    let in_file = store.read()?.unwrap_or_default();
    let known = named
        .as_ref()
        .and_then(|name| in_file.iter().find(|account| account.answers_to(name)))
        .cloned();
    let server = server(arguments, known.as_ref(), &in_file)?;
    let client = given_pair(arguments)?;
    check_callback(arguments)?;
    let place = place(arguments, &store, &in_file, known.as_ref(), &server, output)?;
    store.prepare(arguments.force)?;
    let client = pair(client, &server, &in_file, known.as_ref(), &store, output).await?;
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
            .map(|name| name.trim_start_matches('@'));
        known.or(typed).filter(|name| is_screen_name(name))
    }

    /// With `-a`: whether it is that account which authorised the app.
    pub(super) fn check_account(&self, account: &Account) -> Result<(), Failure> {
        let Some(named) = &self.named else {
            return Ok(());
        };
        let is_known = self
            .known
            .as_ref()
            .is_some_and(|known| known.same_person(account));
        if is_known || account.answers_to(named) {
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

/// The file that the login writes.
fn store(arguments: &Login) -> Result<Store, Failure> {
    match accounts::origin(&arguments.source, &arguments.network)? {
        Origin::File(store) => Ok(store),
        Origin::Variables(..) => accounts::default_file(&arguments.network),
        Origin::StandardInput => Err(Failure::new(
            Kind::Usage,
            "login writes the credentials file, and `-` cannot be written",
        )
        .hint("name a file with --creds FILE")),
    }
}

/// The named server, else the known account's, else the one that all of the file's accounts share, else X.
fn server(
    arguments: &Login,
    known: Option<&Account>,
    in_file: &[Account],
) -> Result<Server, Failure> {
    let named = accounts::named_server(&arguments.network)?;
    if let Some(account) = known {
        accounts::check_server(account, named.as_ref())?;
        return Ok(account.server.clone());
    }
    let shared = in_file
        .first()
        .filter(|first| in_file.iter().all(|account| account.server == first.server));
    Ok(named
        .or_else(|| shared.map(|account| account.server.clone()))
        .unwrap_or(Server::X))
}

/// What becomes of the account; none: the person has to be asked.
fn place(
    arguments: &Login,
    store: &Store,
    in_file: &[Account],
    known: Option<&Account>,
    server: &Server,
    output: Output,
) -> Result<Option<Place>, Failure> {
    let only_waits = matches!(in_file, [only] if only.token.is_none() && only.server == *server);
    if in_file.is_empty() || known.is_some() || only_waits {
        return Ok(Some(if arguments.add {
            Place::Add
        } else {
            Place::Obvious
        }));
    }
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
                    accounts::labels(several)
                ),
            )
            .hint("log one of them in again with -a NAME, or add another with --add")),
        };
    }
    if prompt::is_interactive() && !output.is_json() {
        return Ok(None);
    }
    let reason = format!(
        "{} holds {} already",
        store.shown(),
        accounts::labels(in_file)
    );
    Err(Failure::new(Kind::AccountExists, reason).hint("say --add to keep it beside the new account, --replace to put the new one in its place, or -a NAME to log it in again"))
}

async fn ask_place(store: &Store, in_file: &[Account]) -> anyhow::Result<Place> {
    let choices = if in_file.len() == 1 {
        "add, replace or cancel"
    } else {
        "add or cancel"
    };
    let question = format!(
        "{} holds {}. Another account: {choices}?",
        store.shown(),
        accounts::labels(in_file)
    );
    for _ in 0..3 {
        match prompt::or_leave(&prompt::line(&question).await?)?
            .to_ascii_lowercase()
            .as_str()
        {
            "a" | "add" => return Ok(Place::Add),
            "r" | "replace" if in_file.len() == 1 => return Ok(Place::Replace),
            "c" | "cancel" => break,
            _ => {}
        }
    }
    Err(prompt::cancelled().into())
}

/// What options and variables say of the consumer pair.
fn given_pair(arguments: &Login) -> Result<(Option<String>, Option<String>), Failure> {
    let key = match &arguments.consumer_key {
        Some(key) => Some(key.trim().to_owned()).filter(|key| !key.is_empty()),
        None => environment::consumer_key()?,
    };
    let secret = environment::consumer_secret()?;
    check_pair(key.as_deref(), secret.as_deref())?;
    Ok((key, secret))
}

/// The consumer pair: from options and variables, else from the file, else asked for.
async fn pair(
    (key, secret): (Option<String>, Option<String>),
    server: &Server,
    in_file: &[Account],
    known: Option<&Account>,
    store: &Store,
    output: Output,
) -> anyhow::Result<Credentials> {
    if let (Some(key), Some(secret)) = (&key, &secret) {
        return Ok(Credentials::new(key, secret));
    }
    if *server == Server::Sandbox && key.is_none() {
        return Ok(Credentials::new(
            sandbox::CONSUMER_KEY,
            sandbox::CONSUMER_SECRET,
        ));
    }
    if let Some(pair) = stored_pair(key.as_deref(), server, in_file, known)? {
        output.say(&format!(
            "using the consumer key {} of {}",
            masked(&pair.identifier),
            store.shown()
        ));
        return Ok(pair);
    }
    let key = match key {
        Some(key) => key,
        None => prompt::or_leave(&prompt::line("API Key (consumer key)").await?)?.to_owned(),
    };
    check_pair(Some(&key), None)?;
    let secret = match secret {
        Some(secret) => secret,
        None => {
            prompt::or_leave(&prompt::hidden("API Key Secret (consumer secret)").await?)?.to_owned()
        }
    };
    check_pair(Some(&key), Some(&secret)).context("these keys cannot be right")?;
    Ok(Credentials::new(key, secret))
}

/// The pair of the file's accounts at this server: the known account's, else the one they share.
fn stored_pair(
    key: Option<&str>,
    server: &Server,
    in_file: &[Account],
    known: Option<&Account>,
) -> Result<Option<Credentials>, Failure> {
    let at_server = in_file
        .iter()
        .filter(|account| account.server == *server)
        .map(|account| &account.client);
    let mut candidates: Vec<&Credentials> = match (key, known) {
        (Some(key), _) => at_server.filter(|pair| pair.identifier == key).collect(),
        (None, Some(account)) => vec![&account.client],
        (None, None) => at_server.collect(),
    };
    candidates.dedup();
    match candidates.as_slice() {
        [] => Ok(None),
        [first, rest @ ..] if rest.iter().all(|pair| pair == first) => Ok(Some((*first).clone())),
        _ => Err(
            Failure::new(Kind::Usage, "the file holds several consumer keys")
                .hint("name one with --consumer-key KEY"),
        ),
    }
}

/// Refuses what can only be a mistake, judged by the shapes of X's keys.
pub(in crate::commands) fn check_pair(
    key: Option<&str>,
    secret: Option<&str>,
) -> Result<(), Failure> {
    let wrong = |reason: &str| {
        Err(Failure::new(Kind::Usage, reason)
            .hint("copy the API Key and the API Key Secret from Keys & Tokens of the app at console.x.com"))
    };
    for (value, name) in [(key, "consumer key"), (secret, "consumer secret")] {
        let Some(value) = value else { continue };
        if value.contains(char::is_whitespace) {
            return wrong(&format!("the {name} holds white space"));
        }
        if value.contains(char::is_control) || !value.is_ascii() {
            return wrong(&format!("the {name} holds characters that no key has"));
        }
        if looks_like_token(value) {
            return wrong(&format!(
                "an access token stands in the place of the {name}"
            ));
        }
    }
    match (key, secret) {
        // At X the key has 25 characters and the secret 50.
        (Some(key), Some(secret)) if key.len() >= 40 && secret.len() <= 30 => {
            wrong("the consumer key and secret are swapped")
        }
        (Some(key), Some(secret)) if key == secret => {
            wrong("the consumer key and secret are the same")
        }
        _ => Ok(()),
    }
}

/// Whether it has the shape of X's access tokens: the user's id, a hyphen, the rest.
pub(in crate::commands) fn looks_like_token(value: &str) -> bool {
    value.split_once('-').is_some_and(|(id, rest)| {
        id.len() >= 5
            && id.bytes().all(|byte| byte.is_ascii_digit())
            && rest.len() >= 20
            && !rest.contains("sandbox")
    })
}

/// The listener only ever binds to this machine, and X matches the address to the letter, the port included.
fn check_callback(arguments: &Login) -> Result<(), Failure> {
    let Some(text) = &arguments.callback else {
        return Ok(());
    };
    crate::callback::address(text).map(drop)
}

/// A key as it may be shown: its last four characters.
pub(super) fn masked(key: &str) -> String {
    let shown = if key.len() >= 12 {
        key.get(key.len() - 4..).unwrap_or("")
    } else {
        ""
    };
    format!("...{}", harmless(shown))
}
