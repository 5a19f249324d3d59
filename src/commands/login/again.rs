//! `login --all`: logs in every account in the file again, one after the other, each saved at once.

use std::process::ExitCode;

use serde_json::json;

use super::authorization::{self, PIN_OR_SKIP, authorize};
use super::consumer_pair::{self, Given, Pair, Source};
use super::plan::{self, Plan};
use super::report::{self, Done};
use super::target::Target;
use super::{command, saving};
use crate::account::{Account, Server};
use crate::cli::Login;
use crate::commands::sources::invocation::Invocation;
use crate::commands::{connection, sources};
use crate::error::{Failure, Kind};
use crate::output::Output;
use crate::store::{Place, Store};
use crate::terminal::text::harmless;

/// The accounts to log in, and the results so far.
struct Round {
    store: Store,
    server: Server,
    accounts: Vec<Account>,
    /// The consumer pair given for all of them.
    pair: Option<Pair>,
    done: Vec<Done>,
    left: Vec<Account>,
}

pub(super) async fn run(arguments: &Login, output: Output) -> anyhow::Result<ExitCode> {
    let settings = connection::settings(&arguments.network, output)?;
    let mut round = Round::new(arguments, output).await?;
    if round.accounts.is_empty() {
        output.say("every account already has this API Key: nothing to do");
    }
    let connection = connection::connect(&round.server, settings).await?;
    let outcome = round.each(&connection.http, arguments, output).await;
    round.report(arguments, outcome, output)
}

impl Round {
    async fn new(arguments: &Login, output: Output) -> Result<Self, Failure> {
        let store = sources::destination(
            &arguments.source,
            &arguments.network,
            "login",
            "choose a file with --creds FILE",
        )?;
        let in_file = store.read()?.unwrap_or_default();
        let given = Given::of(arguments)?;
        let first = in_file.iter().find(|account| account.token.is_some());
        let named = sources::named_server(&arguments.network)?;
        let shared = first.filter(|first| in_file.iter().all(|it| it.server == first.server));
        let server = match named {
            Some(server) => server,
            None => shared.map_or(Server::X, |account| account.server.clone()),
        };
        let there: Vec<Account> = in_file
            .iter()
            .filter(|account| account.server == server && account.token.is_some())
            .cloned()
            .collect();
        if there.is_empty() {
            let reason = format!("{} has no account at {}", store.shown(), server.spoken());
            let login = command::login("", None, &server, &store);
            return Err(Failure::new(Kind::NoCredentials, reason)
                .hint(format!("log in the first one with `{login}`")));
        }
        store.prepare(arguments.force).await?;
        if matches!(server, Server::Other(_)) {
            output.say(&format!("logging in at {server}, not at X"));
        }
        let pair = if given.key.is_some() && server != Server::Sandbox {
            Some(consumer_pair::pair(&given, &server, &in_file, None, &store, output).await?)
        } else {
            None
        };
        let has_it = |account: &Account| {
            let mut pair = pair.iter();
            pair.any(|pair| pair.credentials == account.client)
        };
        let accounts = there.iter().filter(|it| !has_it(it)).cloned().collect();
        Ok(Self {
            store,
            server,
            accounts,
            pair,
            done: Vec::new(),
            left: Vec::new(),
        })
    }

    /// Logs in one account after the other. An empty line or a failed account continues with the next; a failure that
    /// concerns all of them ends the round.
    async fn each(
        &mut self,
        http: &crate::client::Client,
        arguments: &Login,
        output: Output,
    ) -> anyhow::Result<()> {
        let accounts = std::mem::take(&mut self.accounts);
        let count = accounts.len();
        let mut renewed: Option<(Account, Pair)> = None;
        let mut listener = None;
        for (index, account) in accounts.iter().enumerate() {
            let Some(mut plan) = self.plan(account, renewed.as_ref(), arguments)? else {
                output.warn("an account without a name or id cannot be logged in again with --all");
                self.left.push(account.clone());
                continue;
            };
            if listener.is_none() {
                listener = authorization::listener(&plan).await?;
            }
            let shown = plan.target.shown().unwrap_or_default();
            output.say(&format!("{} of {count}: {shown}", index + 1));
            let authorized =
                authorize(http, &mut plan, listener.as_ref(), PIN_OR_SKIP, output).await;
            let outcome = match authorized {
                Ok(Some(authorized)) => report::complete(http, &plan, authorized, output)
                    .await
                    .map(Some),
                Ok(None) => Ok(None),
                Err(failure) => Err(failure.into()),
            };
            if plan.pair.is_accepted && plan.pair.credentials != account.client {
                renewed = Some((account.clone(), plan.pair.clone()));
            }
            match outcome {
                Ok(Some(done)) => {
                    if !output.is_json() {
                        done.brief(&plan, output)?;
                    }
                    self.done.push(done);
                }
                Ok(None) => self.left.push(account.clone()),
                Err(error) if concerns_one(&error) => {
                    let login = Invocation::at(&self.server, &self.store).about(account, false);
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

    /// `None` if the account has neither name nor id.
    fn plan(
        &self,
        account: &Account,
        renewed: Option<&(Account, Pair)>,
        arguments: &Login,
    ) -> Result<Option<Plan>, Failure> {
        let name = account.screen_name.as_ref().or(account.user_id.as_ref());
        let Some(name) = name else { return Ok(None) };
        let own = || Pair::new(account.client.clone(), Source::Stored);
        let pair = match (&self.pair, renewed) {
            (Some(given), _) => given.clone(),
            (None, Some((old, new))) if old.client == account.client => new.clone(),
            (None, _) => own(),
        };
        Ok(Some(Plan {
            store: self.store.clone(),
            server: self.server.clone(),
            pair,
            target: Target::of(account, name.clone()),
            place: Place::Obvious,
            in_file: self.store.read()?.unwrap_or_default(),
            browser: plan::browser(arguments),
            callback: arguments.callback.clone(),
            read_only: arguments.read_only,
            verifies: !arguments.no_verify,
            with_token: false,
            force: arguments.force,
        }))
    }

    /// Reports which accounts are left, and how to continue.
    fn report(
        self,
        arguments: &Login,
        outcome: anyhow::Result<()>,
        output: Output,
    ) -> anyhow::Result<ExitCode> {
        let cause = outcome.err();
        if let Some(error) = &cause
            && !is(error, Kind::NoInput)
        {
            if !self.left.is_empty() {
                output.say(&format!("left: {}", sources::labels(&self.left)));
            }
            if output.is_json() || is(error, Kind::Cancelled) {
                return Err(cause.unwrap_or_else(|| anyhow::anyhow!("")));
            }
            output.complain(error);
        }
        if output.is_json() {
            let left: Vec<_> = self.left.iter().map(name_of).collect();
            let done: Vec<_> = self
                .done
                .iter()
                .map(|done| done.document(&self.store))
                .collect();
            output.document(&json!({ "done": done, "left": left }))?;
            return Ok(ExitCode::from(u8::from(!self.left.is_empty())));
        }
        if self.left.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        let reason = format!(
            "{} of {} accounts are left: {}",
            self.left.len(),
            self.left.len() + self.done.len(),
            sources::labels(&self.left)
        );
        let has_new_key = arguments.consumer_key.is_some() || self.pair.is_some();
        let hint = if has_new_key {
            "run the same command again: accounts that have the new API Key are left out".to_owned()
        } else {
            let first = self.left.first().map(name_of);
            let login = command::login("", first.as_deref(), &self.server, &self.store);
            format!("log them in one by one, as in `{login}`")
        };
        Err(Failure::new(Kind::Mixed, reason).hint(hint).into())
    }
}

fn name_of(account: &Account) -> String {
    let name = account.screen_name.as_ref().or(account.user_id.as_ref());
    harmless(name.map_or("", String::as_str))
}

fn concerns_one(error: &anyhow::Error) -> bool {
    is(error, Kind::BadPin) || is(error, Kind::WrongAccount)
}

fn is(error: &anyhow::Error, kind: Kind) -> bool {
    error
        .downcast_ref::<Failure>()
        .is_some_and(|failure| failure.kind == kind)
}
