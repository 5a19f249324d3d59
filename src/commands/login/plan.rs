//! Everything that a login decides before the first request.

use super::consumer_pair::{self, Given, Pair};
use super::target::Target;
use crate::account::{Account, Server};
use crate::browser::Choice;
use crate::cli::Login;
use crate::commands::sources::{self, ask_place};
use crate::error::{Failure, Kind};
use crate::oauth::OUT_OF_BAND;
use crate::output::Output;
use crate::prompt;
use crate::store::{Place, Store};

/// The decisions before the first request.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option that may be given"
)]
pub(super) struct Plan {
    pub(super) store: Store,
    pub(super) server: Server,
    pub(super) pair: Pair,
    pub(super) target: Target,
    pub(super) place: Place,
    /// The file's accounts when the place was chosen.
    pub(super) in_file: Vec<Account>,
    pub(super) browser: Choice,
    /// Where the redirect is received; `None` if the page shows a PIN.
    pub(super) callback: Option<String>,
    pub(super) read_only: bool,
    pub(super) verifies: bool,
    pub(super) with_token: bool,
    pub(super) force: bool,
}

/// The plan of a whole login, with the place of the new account.
pub(super) async fn plan(arguments: &Login, output: Output) -> anyhow::Result<Plan> {
    let mut plan = Draft::new(arguments)?;
    plan.settle_or_ask(output)?;
    plan.store.prepare(arguments.force).await?;
    let pair = plan.pair(output).await?;
    if plan.place.is_none() {
        plan.place = Some(ask_place(&plan.store, &plan.in_file).await?);
    }
    Ok(plan.finished(arguments, pair))
}

/// The plan of a login's first half. The second half may still choose --add or --replace.
pub(super) async fn first_half(
    arguments: &Login,
    output: Output,
) -> anyhow::Result<(Plan, Option<Place>)> {
    let plan = Draft::new(arguments)?;
    if plan.server == Server::Sandbox {
        let reason = "the built-in sandbox ends with this command, before --finish";
        return Err(Failure::new(Kind::Usage, reason)
            .hint("run `twauth sandbox` in another terminal, and log in at its URL with --server")
            .into());
    }
    plan.store.prepare(arguments.force).await?;
    plan.store.prepare_pending(arguments.force).await?;
    let pair = plan.pair(output).await?;
    let place = plan.place;
    Ok((plan.finished(arguments, pair), place))
}

/// A plan, as far as possible without a question.
struct Draft {
    store: Store,
    server: Server,
    target: Target,
    given: Given,
    in_file: Vec<Account>,
    /// `None` if the user still has to choose between adding and replacing.
    place: Option<Place>,
}

impl Draft {
    fn new(arguments: &Login) -> Result<Self, Failure> {
        let store = sources::destination(
            &arguments.source,
            &arguments.network,
            "login",
            "choose a file with --creds FILE",
        )?;
        let named = sources::named_account(&arguments.source)?;
        let named_server = sources::named_server(&arguments.network)?;
        let in_file = store.read()?.unwrap_or_default();
        let target = Target::new(named, named_server.as_ref(), &in_file)?;
        let given = Given::of(arguments)?;
        let server = server(named_server, &target, &given, &in_file)?;
        check_callback(arguments)?;
        let is_obvious = in_file.is_empty()
            || target.known.is_some()
            || waits(&in_file, &server, given.key.as_deref());
        let place = place(wanted(arguments), is_obvious, &store, &in_file)?;
        Ok(Self {
            store,
            server,
            target,
            given,
            in_file,
            place,
        })
    }

    /// Without a terminal, the place must be given.
    fn settle_or_ask(&self, output: Output) -> Result<(), Failure> {
        if self.place.is_none() && !can_ask(output) {
            return Err(unsettled(&self.store, &self.in_file));
        }
        Ok(())
    }

    async fn pair(&self, output: Output) -> Result<Pair, Failure> {
        // A sandbox announces itself.
        if matches!(self.server, Server::Other(_)) {
            output.say(&format!("logging in at {}, not at X", self.server));
        }
        let known = self.target.known.as_ref();
        consumer_pair::pair(
            &self.given,
            &self.server,
            &self.in_file,
            known,
            &self.store,
            output,
        )
        .await
    }

    fn finished(self, arguments: &Login, pair: Pair) -> Plan {
        Plan {
            store: self.store,
            server: self.server,
            pair,
            target: self.target,
            place: self.place.unwrap_or(Place::Obvious),
            in_file: self.in_file,
            browser: browser(arguments),
            callback: arguments.callback.clone(),
            read_only: arguments.read_only,
            verifies: !arguments.no_verify,
            with_token: arguments.with_token,
            force: arguments.force,
        }
    }
}

impl Plan {
    /// `oob`, or where the redirect is received.
    pub(super) fn callback(&self) -> &str {
        self.callback.as_deref().unwrap_or(OUT_OF_BAND)
    }

    /// The place of the account. A new pair takes the entry of the rejected one.
    pub(super) fn place(&self) -> Place {
        match self.in_file.as_slice() {
            [only] if self.place == Place::Obvious && only.token.is_none() => {
                let waits = only.client.identifier == self.pair.credentials.identifier;
                if waits {
                    Place::Obvious
                } else {
                    Place::Replace
                }
            }
            _ => self.place,
        }
    }
}

pub(super) fn browser(arguments: &Login) -> Choice {
    match &arguments.browser {
        Some(name) => Choice::Named(name.clone()),
        None if arguments.no_browser => Choice::None,
        None => Choice::Default,
    }
}

/// The given server, else the known account's, else the one that all accounts in the file share, else X. New keys go to
/// X if no server is given: the file may come from somebody else.
fn server(
    named: Option<Server>,
    target: &Target,
    given: &Given,
    in_file: &[Account],
) -> Result<Server, Failure> {
    if let Some(account) = &target.known {
        sources::check_server(account, named.as_ref())?;
        return Ok(account.server.clone());
    }
    let shared = in_file
        .first()
        .filter(|first| in_file.iter().all(|account| account.server == first.server))
        .filter(|_| !given.is_new(in_file));
    Ok(named
        .or_else(|| shared.map(|account| account.server.clone()))
        .unwrap_or(Server::X))
}

/// Whether the file has only the consumer pair that this login completes.
pub(super) fn waits(in_file: &[Account], server: &Server, key: Option<&str>) -> bool {
    matches!(in_file, [only] if only.token.is_none()
        && only.server == *server
        && key.is_none_or(|key| key == only.client.identifier))
}

pub(super) fn wanted(arguments: &Login) -> Place {
    if arguments.add {
        Place::Add
    } else if arguments.replace {
        Place::Replace
    } else {
        Place::Obvious
    }
}

/// The place of an account among others; `None` if the user still has to choose.
pub(super) fn place(
    wanted: Place,
    is_obvious: bool,
    store: &Store,
    in_file: &[Account],
) -> Result<Option<Place>, Failure> {
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

/// The listener only binds to this machine, and X compares the URL exactly, port included.
fn check_callback(arguments: &Login) -> Result<(), Failure> {
    let Some(text) = &arguments.callback else {
        return Ok(());
    };
    crate::callback::address(text).map(drop)
}
