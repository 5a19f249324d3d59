//! `login --finish`: the second half of a login, from the PIN to the saved account.

use std::process::ExitCode;

use super::authorization::{self, PIN, denied, not_a_pin};
use super::consumer_pair::{Pair, Source};
use super::plan::{self, Plan, can_ask, unsettled, waits, wanted};
use super::saving::keep_pair;
use super::target::Target;
use super::verifier::{self, Answer};
use super::{command, report};
use crate::account::Server;
use crate::browser::Choice;
use crate::cli::Login;
use crate::client::Client;
use crate::commands::{connection, sources};
use crate::error::{Failure, Kind};
use crate::output::Output;
use crate::prompt;
use crate::refusal::local_time;
use crate::store::{PendingLogin, Place, Store, came_meanwhile};
use crate::terminal::text::harmless;

pub(super) async fn run(
    arguments: &Login,
    answer: &str,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let settings = connection::settings(&arguments.network, output)?;
    let choice = Choices::of(arguments)?;
    let (login, answer) = choice.choose(answer).await?;
    let plan = choice.plan(arguments, &login, output).await?;
    let verifier = match answer {
        Answer::Verifier(verifier) => Some(verifier),
        Answer::Redirect(redirect) => redirect.verifier,
        Answer::Neither(reason) => {
            return Err(not_a_pin(reason, authorization::takes_digits(&plan)).into());
        }
    };
    let Some(verifier) = verifier else {
        plan.store.remove_pending(&login)?;
        return Err(denied().into());
    };
    if matches!(plan.server, Server::Other(_)) {
        output.say(&format!("logging in at {}, not at X", plan.server));
    }
    let connection = connection::connect(&plan.server, settings).await?;
    let done = finish(&connection.http, &plan, &login, &verifier, output).await?;
    done.report(&plan, output)?;
    Ok(ExitCode::SUCCESS)
}

/// Removes the pending login once its request token is used: by a rejected PIN, by another account, or by success.
async fn finish(
    http: &Client,
    plan: &Plan,
    login: &PendingLogin,
    verifier: &str,
    output: Output,
) -> anyhow::Result<report::Done> {
    let granted = match authorization::exchange(http, plan, &login.temporary, verifier).await {
        Ok(granted) => granted,
        Err(refused) if refused.failure.kind == Kind::BadPin => {
            plan.store.remove_pending(login)?;
            keep_pair(plan, output).await;
            return Err(advised(refused.failure, plan).into());
        }
        Err(refused) => {
            let finish = command::finish("", plan.target.name(), &plan.store);
            let words = if refused.sent {
                "the PIN may have been used; try it again with {}"
            } else {
                "the login is still pending: {}"
            };
            let failure = refused.failure.suggest(words, finish);
            return Err(failure.into());
        }
    };
    let authorized = match authorization::identify(http, plan, granted, output).await {
        Ok(authorized) => authorized,
        Err(failure) => {
            plan.store.remove_pending(login)?;
            keep_pair(plan, output).await;
            return Err(advised(failure, plan).into());
        }
    };
    let outcome = report::complete(http, plan, authorized, output).await;
    // Saved, rescued or refused: the request token is used.
    if let Err(failure) = plan.store.remove_pending(login) {
        output.warn(&failure.to_string());
    }
    outcome
}

/// The step after a failed login: its first half again.
fn advised(failure: Failure, plan: &Plan) -> Failure {
    let start = command::login(" --start", plan.target.name(), &plan.server, &plan.store);
    match failure.kind {
        Kind::BadPin => failure.suggest("start again with {}", start),
        Kind::WrongAccount if failure.hint.is_none() => {
            let name = plan.target.shown().unwrap_or_default();
            let words = format!("sign in as {name} in a private window, and start again with {{}}");
            failure.suggest(&words, start)
        }
        _ => failure,
    }
}

/// The pending logins to choose from.
struct Choices {
    store: Store,
    named: Option<String>,
    pending: Vec<PendingLogin>,
}

impl Choices {
    fn of(arguments: &Login) -> Result<Self, Failure> {
        let store = sources::destination(
            &arguments.source,
            &arguments.network,
            "login",
            "choose a file with --creds FILE",
        )?;
        let named = sources::named_account(&arguments.source)?;
        let server = sources::named_server(&arguments.network)?;
        let in_file = store.read()?.unwrap_or_default();
        // The user may name the account by its id, and the pending login has its name.
        let known = named.as_ref().and_then(|name| {
            let mut known = in_file.iter().filter(|account| account.answers_to(name));
            known.next().cloned()
        });
        let is_meant = |login: &PendingLogin| {
            let is_there = server.as_ref().is_none_or(|server| login.server == *server);
            let is_named = named.as_deref().is_none_or(|name| {
                let bare = name.strip_prefix('@').unwrap_or(name);
                login.account.as_deref().is_some_and(|account| {
                    account.eq_ignore_ascii_case(bare)
                        || known
                            .as_ref()
                            .is_some_and(|known| known.answers_to(account))
                })
            });
            is_there && is_named
        };
        let all = store.pending()?;
        let pending: Vec<PendingLogin> = all
            .iter()
            .filter(|login| is_meant(login))
            .cloned()
            .collect();
        let choices = Self {
            store,
            named,
            pending,
        };
        if choices.pending.is_empty() {
            return Err(choices.none(&all, &server.unwrap_or(Server::X)));
        }
        Ok(choices)
    }

    fn none(&self, others: &[PendingLogin], server: &Server) -> Failure {
        let whose = match &self.named {
            Some(name) => format!("of @{} ", harmless(name.trim_start_matches('@'))),
            None => String::new(),
        };
        let mut reason = format!("no login {whose}is pending for {}", self.store.shown());
        if !others.is_empty() {
            reason = format!("{reason}, but {}", listed(others));
        }
        let start = command::login(" --start", self.named.as_deref(), server, &self.store);
        let failure = Failure::new(Kind::NoPendingLogin, reason);
        failure.suggest("start one with {}", start)
    }

    /// The login that the answer belongs to: by the token in a redirect's URL, else the only one.
    async fn choose(&self, answer: &str) -> anyhow::Result<(PendingLogin, Answer)> {
        if !answer.trim().is_empty() {
            return Ok(self.taken(verifier::read(answer, self.takes_digits()))?);
        }
        loop {
            let line = prompt::line(PIN, "the PIN").await;
            let line = line.map_err(|failure| self.unanswered(failure))?;
            match self.taken(verifier::read(
                prompt::or_leave(&line)?,
                self.takes_digits(),
            )) {
                Err(failure) if failure.kind == Kind::NotAPin && prompt::is_interactive() => {
                    crate::terminal::stderr::talk(&failure.reason);
                }
                outcome => return Ok(outcome?),
            }
        }
    }

    fn taken(&self, answer: Answer) -> Result<(PendingLogin, Answer), Failure> {
        let login = match &answer {
            Answer::Neither(reason) => return Err(not_a_pin(reason, self.takes_digits())),
            Answer::Redirect(redirect) => {
                let mut all = self.pending.iter();
                let found = all.find(|login| login.temporary.identifier == redirect.token);
                found.ok_or_else(|| {
                    not_a_pin("this URL belongs to another login", self.takes_digits())
                })?
            }
            Answer::Verifier(_) => match self.pending.as_slice() {
                [only] => only,
                several => return Err(self.several(several)),
            },
        };
        Ok((login.clone(), answer))
    }

    fn several(&self, several: &[PendingLogin]) -> Failure {
        let reason = format!("more than one login is pending: {}", listed(several));
        let named = several.iter().find_map(|login| login.account.as_deref());
        let hint = match named {
            Some(name) => {
                let finish = command::finish("", Some(name), &self.store);
                format!("choose one with -a NAME, as in `{finish}`")
            }
            None => "paste the whole URL that the browser was sent to".to_owned(),
        };
        Failure::new(Kind::SeveralPending, reason).hint(hint)
    }

    /// Whether all of them are at servers with X's PINs.
    fn takes_digits(&self) -> bool {
        self.pending.iter().all(|login| {
            login.client.identifier == crate::sandbox::CONSUMER_KEY
                || !matches!(login.server, Server::Other(_))
        })
    }

    fn unanswered(&self, failure: Failure) -> Failure {
        if failure.kind != Kind::NoInput {
            return failure;
        }
        let finish = command::finish("", self.named.as_deref(), &self.store);
        failure.hint(format!("give the PIN on the command line: `{finish} PIN`"))
    }

    /// The plan of the second half. Decides the place of the new account before anything is sent.
    async fn plan(
        &self,
        arguments: &Login,
        login: &PendingLogin,
        output: Output,
    ) -> anyhow::Result<Plan> {
        let in_file = self.store.read()?.unwrap_or_default();
        let target = Target::new(login.account.clone(), Some(&login.server), &in_file)?;
        if let Some(known) = &target.known {
            sources::check_server(known, Some(&login.server))?;
        }
        let said = match wanted(arguments) {
            Place::Obvious => login.place,
            said => said,
        };
        let is_obvious = in_file.is_empty()
            || target.known.is_some()
            || waits(&in_file, &login.server, Some(&login.client.identifier));
        let place = plan::place(said, is_obvious, &self.store, &in_file)?;
        if place == Some(Place::Replace)
            && wanted(arguments) != Place::Replace
            && let Some(replaced) = &login.replaces
            && !matches!(in_file.as_slice(), [only] if only.label() == *replaced)
        {
            return Err(came_meanwhile().into());
        }
        let place = match place {
            Some(place) => place,
            None if can_ask(output) => sources::ask_place(&self.store, &in_file).await?,
            None => return Err(unsettled(&self.store, &in_file).into()),
        };
        self.store.prepare(arguments.force).await?;
        let source = if login.entered {
            Source::Entered
        } else {
            Source::Given
        };
        Ok(Plan {
            store: self.store.clone(),
            server: login.server.clone(),
            pair: Pair {
                is_accepted: true,
                ..Pair::new(login.client.clone(), source)
            },
            target,
            place,
            in_file,
            browser: Choice::None,
            callback: None,
            read_only: false,
            verifies: !arguments.no_verify,
            with_token: false,
            force: arguments.force,
        })
    }
}

/// Lists the first ten logins.
fn listed(logins: &[PendingLogin]) -> String {
    let each = logins.iter().take(10).map(|login| {
        let since = local_time(login.started_at).unwrap_or_default();
        let at = login.server.label().map(|server| format!(" at {server}"));
        let at = at.unwrap_or_default();
        match &login.account {
            Some(name) => format!("@{}{at} since {since}", harmless(name)),
            None => format!("one without a name{at} since {since}"),
        }
    });
    each.collect::<Vec<_>>().join(", ")
}
