//! `login --all`: logs in every account in the file again, one after the other, each saved at once.

use std::process::ExitCode;

use serde_json::json;

use super::authorization::{self, authorize};
use super::consumer_pair::{self, Given, Pair, Source};
use super::pin::PIN_OR_SKIP;
use super::plan::{self, Plan, command, shared_server};
use super::report::{self, Done};
use super::saving;
use super::target::Target;
use crate::account::{Account, Server};
use crate::callback::Listener;
use crate::cli::Login;
use crate::client::Client;
use crate::commands::sources::Destination;
use crate::commands::sources::invocation::Invocation;
use crate::commands::{connection, sources};
use crate::error::{Failure, Kind};
use crate::output::Output;
use crate::store::Store;
use crate::terminal::text::harmless;

/// What all the logins share, and the results so far.
struct Round<'a> {
    options: &'a Login,
    store: Store,
    server: Server,
    /// The consumer pair given for all of them.
    pair: Option<Pair>,
    done: Vec<Done>,
    left: Vec<Account>,
}

pub(super) async fn run(options: &Login, output: Output) -> anyhow::Result<ExitCode> {
    let settings = connection::settings(&options.network, output)?;
    let (mut round, accounts) = Round::new(options, output).await?;
    if accounts.is_empty() {
        output.say("every account already has this API Key: nothing to do");
    }
    let connection = connection::connect(&round.server, settings).await?;
    let outcome = round.each(&connection.http, &accounts, output).await;
    round.report(outcome, output)
}

impl<'a> Round<'a> {
    /// The round, and the accounts to log in.
    async fn new(options: &'a Login, output: Output) -> Result<(Self, Vec<Account>), Failure> {
        let Destination {
            store,
            in_file,
            server,
            ..
        } = plan::destination(options)?;
        let given = Given::of(options)?;
        let server = server.or_else(|| shared_server(&in_file).cloned());
        let server = server.unwrap_or(Server::X);
        let is_there = |it: &&Account| it.server == server && it.token.is_some();
        let mut accounts: Vec<Account> = in_file.iter().filter(is_there).cloned().collect();
        if accounts.is_empty() {
            let reason = format!("{} has no account at {}", store.shown(), server.spoken());
            let login = command("login", None, &server, &store);
            return Err(Failure::new(Kind::NoCredentials, reason)
                .hint(format!("log in the first one with `{login}`")));
        }
        store.prepare(options.force).await?;
        plan::announce(&server, output);
        let pair = if given.key.is_some() && server != Server::Sandbox {
            Some(consumer_pair::pair(&given, &server, &in_file, None, &store, output).await?)
        } else {
            for account in &accounts {
                consumer_pair::check_stored(&account.client, &server)?;
            }
            None
        };
        if let Some(pair) = &pair {
            accounts.retain(|account| account.client != pair.credentials);
        }
        let round = Self {
            options,
            store,
            server,
            pair,
            done: Vec::new(),
            left: Vec::new(),
        };
        Ok((round, accounts))
    }

    /// Logs in one account after the other. An empty line or a failed account continues with the next; a failure that
    /// concerns all of them ends the round.
    async fn each(
        &mut self,
        http: &Client,
        accounts: &[Account],
        output: Output,
    ) -> anyhow::Result<()> {
        let mut renewed: Option<(&Account, Pair)> = None;
        let mut listener = None;
        for (index, account) in accounts.iter().enumerate() {
            let Some(name) = account.name() else {
                output.warn("an account without a name or id cannot be logged in again with --all");
                self.left.push(account.clone());
                continue;
            };
            let pair = match (&self.pair, &renewed) {
                (Some(given), _) => given.clone(),
                (None, Some((old, new))) if old.client == account.client => new.clone(),
                (None, _) => Pair::new(account.client.clone(), Source::Stored),
            };
            let mut plan = self.plan(Target::of(account, name), pair)?;
            if listener.is_none() {
                listener = authorization::listener(&plan).await?;
            }
            let shown = plan.target.shown().unwrap_or_default();
            output.say(&format!("{} of {}: {shown}", index + 1, accounts.len()));
            let outcome = log_in(http, &mut plan, listener.as_ref(), output).await;
            if plan.pair.is_accepted && plan.pair.credentials != account.client {
                renewed = Some((account, plan.pair.clone()));
            }
            match outcome {
                Ok(Some(done)) => {
                    if !output.is_json() {
                        done.brief(&plan, output)?;
                    }
                    self.done.push(done);
                }
                Ok(None) => self.left.push(account.clone()),
                Err(error) if is(&error, &[Kind::BadPin, Kind::WrongAccount]) => {
                    let login = Invocation::at(&self.server, &self.store).about(account);
                    output.complain(&login.complete_error(error));
                    self.left.push(account.clone());
                }
                Err(error) => {
                    saving::keep_pair(&plan, output).await;
                    self.left.extend_from_slice(&accounts[index..]);
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    fn plan(&self, target: Target, pair: Pair) -> Result<Plan<'a>, Failure> {
        Ok(Plan {
            options: self.options,
            store: self.store.clone(),
            in_file: self.store.read()?.unwrap_or_default(),
            server: self.server.clone(),
            target,
            pair,
            place: None,
        })
    }

    /// Reports which accounts are left, and how to continue.
    fn report(self, outcome: anyhow::Result<()>, output: Output) -> anyhow::Result<ExitCode> {
        if let Err(error) = outcome
            && !is(&error, &[Kind::NoInput])
        {
            if !self.left.is_empty() {
                output.say(&format!("left: {}", sources::labels(&self.left)));
            }
            if output.is_json() || is(&error, &[Kind::Cancelled]) {
                return Err(error);
            }
            output.complain(&error);
        }
        if output.is_json() {
            let left = self.left.iter().map(|account| account.name().map(harmless));
            let done = self.done.iter().map(|done| done.document(&self.store));
            output.document(&json!({
                "done": done.collect::<Vec<_>>(),
                "left": left.map(Option::unwrap_or_default).collect::<Vec<_>>(),
            }))?;
            return Ok(ExitCode::from(u8::from(!self.left.is_empty())));
        }
        let Some(first) = self.left.first() else {
            return Ok(ExitCode::SUCCESS);
        };
        let reason = format!(
            "{} of {} accounts are left: {}",
            self.left.len(),
            self.left.len() + self.done.len(),
            sources::labels(&self.left)
        );
        let has_new_key = self.options.consumer_key.is_some() || self.pair.is_some();
        let hint = if has_new_key {
            "run the same command again: accounts that have the new API Key are left out".to_owned()
        } else {
            let login = command("login", first.name(), &self.server, &self.store);
            format!("log them in one by one, as in `{login}`")
        };
        Err(Failure::new(Kind::Mixed, reason).hint(hint).into())
    }
}

/// Logs in one account; `None` for an empty line.
async fn log_in(
    http: &Client,
    plan: &mut Plan<'_>,
    listener: Option<&Listener>,
    output: Output,
) -> anyhow::Result<Option<Done>> {
    let authorized = authorize(http, plan, listener, PIN_OR_SKIP, output).await?;
    match authorized {
        Some(authorized) => Ok(Some(
            report::complete(http, plan, authorized, output).await?,
        )),
        None => Ok(None),
    }
}

fn is(error: &anyhow::Error, kinds: &[Kind]) -> bool {
    let failure = error.downcast_ref::<Failure>();
    failure.is_some_and(|failure| kinds.contains(&failure.kind))
}
