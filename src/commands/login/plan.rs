//! Everything that a login decides before the first request.

use super::consumer_pair::{self, Given, Pair, SET_PAIR, Source};
use super::target::Target;
use crate::account::{Account, Server};
use crate::callback;
use crate::cli::Login;
use crate::commands::sources::invocation::Invocation;
use crate::commands::sources::{self, Destination, ask_place};
use crate::error::{Failure, Kind};
use crate::oauth::OUT_OF_BAND;
use crate::output::Output;
use crate::prompt;
use crate::sandbox;
use crate::store::{Place, Store};

/// One login: which account, where it is authorised, and where it is saved.
pub(super) struct Plan<'a> {
    pub(super) options: &'a Login,
    pub(super) store: Store,
    /// The file's accounts when the place was chosen.
    pub(super) in_file: Vec<Account>,
    pub(super) server: Server,
    pub(super) target: Target,
    pub(super) pair: Pair,
    /// The place of the new account; `None` if the second half of the login may still choose.
    pub(super) place: Option<Place>,
}

/// The file of a login, and the account and server given.
pub(super) fn destination(options: &Login) -> Result<Destination, Failure> {
    let hint = "choose a file with --creds FILE";
    sources::destination(&options.source, &options.network, "login", hint)
}

impl<'a> Plan<'a> {
    /// The plan of a whole login, or of its first half.
    pub(super) async fn new(options: &'a Login, output: Output) -> anyhow::Result<Self> {
        let Destination {
            store,
            in_file,
            named,
            server,
        } = destination(options)?;
        let target = Target::new(named, server.as_ref(), &in_file)?;
        let given = Given::of(options)?;
        let server = server_of(server, &target, &given, &in_file)?;
        if let Some(url) = &options.callback {
            // X compares it exactly, port included.
            callback::address(url)?;
        }
        let waits = waits(&in_file, &server, given.key.as_deref());
        let mut place = place(wanted(options), &target, waits, &store, &in_file)?;
        if options.start {
            check_outlives(&server)?;
        } else if place.is_none() && !can_ask(output) {
            return Err(unsettled(&store, &in_file).into());
        }
        store.prepare(options.force).await?;
        if options.start {
            store.prepare_pending(options.force).await?;
        }
        announce(&server, output);
        let known = target.known.as_ref();
        let pair = consumer_pair::pair(&given, &server, &in_file, known, &store, output).await;
        let pair = pair.map_err(|failure| {
            if failure.kind != Kind::NoInput {
                return failure;
            }
            let words = if options.with_token {
                "login --with-token"
            } else {
                "login --start"
            };
            let words = format!("{words}{}", choices(options, place));
            let start = command(&words, target.name(), &server, &store);
            failure.suggest(&format!("{SET_PAIR}, then run {{}}"), start)
        })?;
        if place.is_none() && !options.start {
            place = Some(ask_place(&store, &in_file).await?);
        }
        Ok(Self {
            options,
            store,
            in_file,
            server,
            target,
            pair,
            place,
        })
    }

    /// `oob`, or where the redirect is received.
    pub(super) fn callback(&self) -> &str {
        self.options.callback.as_deref().unwrap_or(OUT_OF_BAND)
    }

    /// The place of the account. A new pair takes the entry of the rejected one.
    pub(super) fn place(&self) -> Place {
        match (self.place, self.in_file.as_slice()) {
            (None | Some(Place::Obvious), [only]) if only.token.is_none() => {
                if only.client.identifier == self.pair.credentials.identifier {
                    Place::Obvious
                } else {
                    Place::Replace
                }
            }
            (place, _) => place.unwrap_or(Place::Obvious),
        }
    }

    /// Whether the pair is kept in the file even if the login fails.
    pub(super) fn keeps_pair(&self) -> bool {
        self.pair.is_accepted && self.pair.source == Source::Entered
    }

    /// What was not saved, if the login fails now.
    pub(super) fn unsaved(&self) -> &'static str {
        if self.keeps_pair() {
            "the account was not saved"
        } else {
            "nothing was saved"
        }
    }

    /// Whether PINs have X's form.
    pub(super) fn takes_digits(&self) -> bool {
        takes_digits(&self.server, &self.pair.credentials.identifier)
    }

    /// The command of the same login, `words` being `login` or its first half.
    pub(super) fn command(&self, words: &str) -> String {
        let words = format!("{words}{}", choices(self.options, self.place));
        command(&words, self.target.name(), &self.server, &self.store)
    }
}

/// The options of what the user has chosen so far, each after a space.
fn choices(options: &Login, place: Option<Place>) -> String {
    let mut words = String::new();
    match place {
        Some(Place::Add) => words += " --add",
        Some(Place::Replace) => words += " --replace",
        Some(Place::Obvious) | None => {}
    }
    if options.read_only {
        words += " --read-only";
    }
    words
}

/// The command `twauth WORDS`, which can be pasted.
pub(super) fn command(words: &str, name: Option<&str>, server: &Server, store: &Store) -> String {
    Invocation::at(server, store).named(name).command(words)
}

/// The second half of a login, which knows its server. The PIN may be added at the end.
pub(super) fn finish_command(words: &str, name: Option<&str>, store: &Store) -> String {
    format!(
        "{}{words} --finish",
        command("login", name, &Server::X, store)
    )
}

/// At X and in a sandbox (`twauth sandbox` too), a PIN is digits.
pub(super) fn takes_digits(server: &Server, consumer_key: &str) -> bool {
    consumer_key == sandbox::CONSUMER_KEY || !matches!(server, Server::Other(_))
}

/// Names a server that does not announce itself.
pub(super) fn announce(server: &Server, output: Output) {
    if matches!(server, Server::Other(_)) {
        output.say(&format!("logging in at {server}, not at X"));
    }
}

fn check_outlives(server: &Server) -> Result<(), Failure> {
    if *server != Server::Sandbox {
        return Ok(());
    }
    let reason = "the built-in sandbox ends with this command, before --finish";
    Err(Failure::usage(reason)
        .hint("run `twauth sandbox` in another terminal, and log in at its URL with --server"))
}

/// The given server, else the known account's, else the one that all accounts in the file share, else X. New keys go to
/// X if no server is given: the file may come from somebody else.
fn server_of(
    named: Option<Server>,
    target: &Target,
    given: &Given,
    in_file: &[Account],
) -> Result<Server, Failure> {
    if let Some(account) = &target.known {
        sources::check_server(account, named.as_ref())?;
        return Ok(account.server.clone());
    }
    let shared = shared_server(in_file).filter(|_| !given.is_new(in_file));
    Ok(named.or_else(|| shared.cloned()).unwrap_or(Server::X))
}

/// The server that all accounts in the file share.
pub(super) fn shared_server(in_file: &[Account]) -> Option<&Server> {
    let (first, rest) = in_file.split_first()?;
    let is_shared = rest.iter().all(|account| account.server == first.server);
    is_shared.then_some(&first.server)
}

/// Whether the file has only the consumer pair that this login completes.
pub(super) fn waits(in_file: &[Account], server: &Server, key: Option<&str>) -> bool {
    matches!(in_file, [only] if only.waits_at(server)
        && key.is_none_or(|key| key == only.client.identifier))
}

pub(super) fn wanted(options: &Login) -> Place {
    match options {
        Login { add: true, .. } => Place::Add,
        Login { replace: true, .. } => Place::Replace,
        _ => Place::Obvious,
    }
}

/// The place of an account among others; `None` if the user still has to choose.
pub(super) fn place(
    wanted: Place,
    target: &Target,
    waits: bool,
    store: &Store,
    in_file: &[Account],
) -> Result<Option<Place>, Failure> {
    let is_obvious = waits || in_file.is_empty() || target.known.is_some();
    match (wanted, in_file) {
        (Place::Add, _) => Ok(Some(Place::Add)),
        _ if is_obvious => Ok(Some(Place::Obvious)),
        (Place::Replace, [_]) => Ok(Some(Place::Replace)),
        (Place::Replace, several) => {
            let reason = format!(
                "{} has several accounts, so --replace needs -a NAME: {}",
                store.shown(),
                sources::labels(several)
            );
            Err(Failure::new(Kind::SeveralAccounts, reason)
                .hint("log one of them in again with -a NAME, or add another with --add"))
        }
        (Place::Obvious, _) => Ok(None),
    }
}

pub(super) fn unsettled(store: &Store, in_file: &[Account]) -> Failure {
    let reason = format!("{} already has {}", store.shown(), sources::labels(in_file));
    let hint = match in_file {
        [_] => "use --add to keep it beside the new account, or --replace to replace it",
        _ => "use --add to keep them beside the new account",
    };
    Failure::new(Kind::AccountExists, reason).hint(hint)
}

/// Whether a user can choose.
pub(super) fn can_ask(output: Output) -> bool {
    prompt::is_interactive() && !output.is_json()
}
