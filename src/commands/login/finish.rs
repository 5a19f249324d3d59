//! `login --finish`: the second half of a login, from the PIN to the saved account.

use super::authorization::{advised, exchange};
use super::consumer_pair::{Pair, Source};
use super::pin::{self, Answer, PIN, not_a_pin};
use super::plan::{self, Plan, can_ask, command, finish_command, unsettled, waits, wanted};
use super::report;
use super::saving::keep_pair;
use super::target::Target;
use super::token::identify;
use crate::account::Server;
use crate::cli::Login;
use crate::client::Client;
use crate::commands::sources::Destination;
use crate::commands::{connection, sources};
use crate::error::{Failure, Kind};
use crate::output::Output;
use crate::prompt;
use crate::refusal::local_time;
use crate::store::{PendingLogin, Place, came_meanwhile};
use crate::terminal::text::harmless;

pub(super) async fn run(options: &Login, answer: &str, output: Output) -> anyhow::Result<()> {
    let settings = connection::settings(&options.network, output)?;
    let choice = Choice::new(options)?;
    let (login, answer) = choice.choose(answer).await?;
    let plan = choice.plan(options, &login, output).await?;
    let verifier = match answer.verifier() {
        Ok(verifier) => verifier,
        Err(denied) => {
            plan.store.remove_pending(&login)?;
            return Err(denied.into());
        }
    };
    plan::announce(&plan.server, output);
    let connection = connection::connect(&plan.server, settings).await?;
    let done = finish(&connection.http, &plan, &login, &verifier, output).await?;
    done.report(&plan, output)
}

/// Removes the pending login once its request token is used: by a rejected PIN, by another account, or by success.
async fn finish(
    http: &Client,
    plan: &Plan<'_>,
    login: &PendingLogin,
    verifier: &str,
    output: Output,
) -> anyhow::Result<report::Done> {
    let outcome = match exchange(http, plan, &login.temporary, verifier).await {
        Ok(granted) => identify(http, plan, granted, output).await,
        Err(refused) if refused.failure.kind == Kind::BadPin => Err(refused.failure),
        Err(refused) => {
            let words = if refused.sent {
                "the PIN may have been used; try it again with {}"
            } else {
                "the login is still pending: {}"
            };
            let finish = finish_command("", plan.target.name(), &plan.store);
            return Err(refused.failure.suggest(words, finish).into());
        }
    };
    let authorized = match outcome {
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

/// The pending logins to choose from.
struct Choice {
    file: Destination,
    pending: Vec<PendingLogin>,
}

impl Choice {
    fn new(options: &Login) -> Result<Self, Failure> {
        let file = plan::destination(options)?;
        let mut all = file.store.pending()?;
        // The user may name the account by its id, and the pending login has its name.
        let known = file.named.as_deref().and_then(|name| {
            let mut known = file.in_file.iter();
            known.find(|account| account.answers_to(name))
        });
        let is_meant = |login: &PendingLogin| {
            let is_there = file.server.as_ref().is_none_or(|it| login.server == *it);
            let known = known.zip(login.account.as_deref());
            let is_known = known.is_some_and(|(known, name)| known.answers_to(name));
            let mut named = file.named.iter();
            is_there && named.all(|name| is_known || login.answers_to(name))
        };
        let pending: Vec<PendingLogin> = all.extract_if(.., |login| is_meant(login)).collect();
        if pending.is_empty() {
            return Err(none(&file, &all));
        }
        Ok(Self { file, pending })
    }

    /// The login that the answer belongs to: by the token in a redirect's URL, else the only one.
    async fn choose(&self, answer: &str) -> Result<(PendingLogin, Answer), Failure> {
        if !answer.trim().is_empty() {
            return self.taken(pin::read(answer, self.takes_digits())?);
        }
        let answer = pin::ask(PIN, self.takes_digits(), |answer| self.taken(answer)).await;
        match answer {
            Err(failure) if failure.kind == Kind::NoInput => {
                let finish = finish_command("", self.file.named.as_deref(), &self.file.store);
                Err(failure.hint(format!("give the PIN on the command line: `{finish} PIN`")))
            }
            answer => answer?.ok_or_else(prompt::cancelled),
        }
    }

    fn taken(&self, answer: Answer) -> Result<(PendingLogin, Answer), Failure> {
        let login = match (&answer.token, self.pending.as_slice()) {
            (Some(token), all) => {
                let login = all.iter().find(|it| it.temporary.identifier == *token);
                let other = "this URL belongs to another login";
                login.ok_or_else(|| not_a_pin(other, self.takes_digits()))?
            }
            (None, [only]) => only,
            (None, _) => return Err(self.several()),
        };
        Ok((login.clone(), answer))
    }

    fn several(&self) -> Failure {
        let reason = format!("more than one login is pending: {}", listed(&self.pending));
        let named = self
            .pending
            .iter()
            .find_map(|login| login.account.as_deref());
        let hint = match named {
            Some(name) => {
                let finish = finish_command("", Some(name), &self.file.store);
                format!("choose one with -a NAME, as in `{finish}`")
            }
            None => "paste the whole URL that the browser was sent to".to_owned(),
        };
        Failure::new(Kind::SeveralPending, reason).hint(hint)
    }

    /// Whether all of them are at servers with X's PINs.
    fn takes_digits(&self) -> bool {
        let mut all = self.pending.iter();
        all.all(|login| plan::takes_digits(&login.server, &login.client.identifier))
    }

    /// The plan of the second half. Decides the place of the new account before anything is sent.
    async fn plan<'a>(
        &self,
        options: &'a Login,
        login: &PendingLogin,
        output: Output,
    ) -> anyhow::Result<Plan<'a>> {
        let (store, server) = (&self.file.store, &login.server);
        let in_file = store.read()?.unwrap_or_default();
        let target = Target::new(login.account.clone(), Some(server), &in_file)?;
        if let Some(known) = &target.known {
            sources::check_server(known, Some(server))?;
        }
        let wanted = match wanted(options) {
            Place::Obvious => login.place,
            wanted => wanted,
        };
        let waits = waits(&in_file, server, Some(&login.client.identifier));
        let mut place = plan::place(wanted, &target, waits, store, &in_file)?;
        if place == Some(Place::Replace)
            && !options.replace
            && let Some(replaced) = &login.replaces
            && !matches!(in_file.as_slice(), [only] if only.label() == *replaced)
        {
            return Err(came_meanwhile().into());
        }
        if place.is_none() {
            if !can_ask(output) {
                return Err(unsettled(store, &in_file).into());
            }
            place = Some(sources::ask_place(store, &in_file).await?);
        }
        store.prepare(options.force).await?;
        let source = if login.entered {
            Source::Entered
        } else {
            Source::Given
        };
        Ok(Plan {
            options,
            store: store.clone(),
            in_file,
            server: server.clone(),
            target,
            pair: Pair {
                is_accepted: true,
                ..Pair::new(login.client.clone(), source)
            },
            place,
        })
    }
}

fn none(file: &Destination, others: &[PendingLogin]) -> Failure {
    let whose = match &file.named {
        Some(name) => format!("of @{} ", harmless(name.trim_start_matches('@'))),
        None => String::new(),
    };
    let mut reason = format!("no login {whose}is pending for {}", file.store.shown());
    if !others.is_empty() {
        reason = format!("{reason}, but {}", listed(others));
    }
    let server = file.server.as_ref().unwrap_or(&Server::X);
    let start = command("login --start", file.named.as_deref(), server, &file.store);
    Failure::new(Kind::NoPendingLogin, reason).suggest("start one with {}", start)
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
