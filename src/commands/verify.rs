//! `verify`: whose credentials are these, and do they still work?

use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use futures_util::stream;
use serde_json::{Value, json};

use super::accounts::{self, Accounts, Origin};
use super::connection::{self, Connection};
use crate::account::{Account, Credentials, Server};
use crate::api::{self, AccessLevel, Identity};
use crate::cli::Verify;
use crate::client::{Client, Settings};
use crate::error::{Failure, Kind, common_exit_code};
use crate::harmless::harmless;
use crate::output::{Output, Progress, described};
use crate::store::Store;

/// How many accounts are asked about at a time.
const AT_ONCE: usize = 64;

/// What verification finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Ok,
    ReadOnly,
    Renamed,
    WrongAccount,
    Refused,
    Locked,
    Suspended,
    NoCredits,
    RateLimited,
    Unreachable,
    ServerError,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::ReadOnly => "read-only",
            Self::Renamed => "renamed",
            Self::WrongAccount => "wrong-account",
            Self::Refused => "refused",
            Self::Locked => "locked",
            Self::Suspended => "suspended",
            Self::NoCredits => "no-credits",
            Self::RateLimited => "rate-limited",
            Self::Unreachable => "unreachable",
            Self::ServerError => "server-error",
        }
    }

    fn of_failure(kind: Kind) -> Self {
        match kind {
            Kind::AccountLocked => Self::Locked,
            Kind::Suspended => Self::Suspended,
            Kind::NoCredits | Kind::SpendCap => Self::NoCredits,
            Kind::RateLimited | Kind::UsageCap => Self::RateLimited,
            Kind::Unreachable
            | Kind::NameNotResolved
            | Kind::Certificate
            | Kind::Proxy
            | Kind::TimedOut
            // The stored server may not be asked.
            | Kind::Usage => Self::Unreachable,
            kind if kind.exit_code() == Kind::ServerError.exit_code() => Self::ServerError,
            _ => Self::Refused,
        }
    }
}

/// The finding for one account.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) state: State,
    /// Whom the server says the credentials belong to.
    pub(super) identity: Option<Identity>,
    pub(super) failure: Option<Failure>,
}

impl Finding {
    pub(super) fn access_level(&self) -> AccessLevel {
        self.identity
            .as_ref()
            .map_or(AccessLevel::Unknown, |identity| identity.access_level)
    }

    fn failed(failure: Failure) -> Self {
        Self {
            state: State::of_failure(failure.kind),
            identity: None,
            failure: Some(failure),
        }
    }
}

pub(super) async fn run(
    arguments: &Verify,
    verbosity: u8,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let outcome = verify(arguments, verbosity, output).await;
    outcome.context("could not verify")
}

async fn verify(arguments: &Verify, verbosity: u8, output: Output) -> anyhow::Result<ExitCode> {
    let accounts = accounts::load(&arguments.source, &arguments.network, verbosity)?;
    if arguments.update {
        store_of(&accounts)?.prepare(true)?;
    }
    let settings = connection::settings(&arguments.network, verbosity, output)?;
    let chosen = accounts.chosen()?;
    let findings = check_all(&chosen, &settings, output).await;
    if arguments.update {
        update(&accounts, &chosen, &findings, output)?;
    }
    report(&chosen, findings, arguments.update, output)
}

/// Asks the server about one account. The first endpoint does not say why it refuses, and has been wrong for hours,
/// so the second is asked before an account is called refused.
pub(super) async fn check(http: &Client, account: &Account) -> Finding {
    let (client, token) = match accounts::token(account) {
        Ok(token) => (&account.client, token),
        Err(failure) => return Finding::failed(failure),
    };
    match api::me(http, client, token).await {
        Ok(identity) => compare(account, identity),
        Err(failure) if failure.status == Some(401) => {
            match second_opinion(http, client, token, failure).await {
                Ok(identity) => compare(account, identity),
                Err(failure) => Finding::failed(failure),
            }
        }
        Err(failure) => Finding::failed(failure),
    }
}

/// The other endpoint's answer; of two refusals, the one that names a cause.
async fn second_opinion(
    http: &Client,
    client: &Credentials,
    token: &Credentials,
    first: Failure,
) -> Result<Identity, Failure> {
    match api::verify_credentials(http, client, token).await {
        Ok(identity) => Ok(identity),
        // This endpoint is not open to every app; then the first answer stands.
        Err(second)
            if matches!(
                second.kind,
                Kind::NotEnrolled | Kind::NotFound | Kind::Forbidden
            ) =>
        {
            Err(first)
        }
        Err(second) if second.kind == Kind::Refused && first.kind != Kind::Refused => Err(first),
        Err(second) => Err(second),
    }
}

/// Holds the server's answer against what is stored.
fn compare(account: &Account, identity: Identity) -> Finding {
    let same_name = account
        .screen_name
        .as_ref()
        .map(|stored| stored.eq_ignore_ascii_case(&identity.screen_name));
    let same_id = account
        .user_id
        .as_ref()
        .map(|stored| *stored == identity.user_id);
    let state = match (same_id, same_name) {
        (Some(false), _) | (None, Some(false)) => State::WrongAccount,
        (Some(true), Some(false)) => State::Renamed,
        _ if identity.access_level == AccessLevel::Read => State::ReadOnly,
        _ => State::Ok,
    };
    let failure = (state == State::WrongAccount).then(|| {
        let reason = match &account.user_id {
            Some(id) if same_name == Some(true) => format!("user {} is stored, but the token belongs to user {}, now called @{}", harmless(id), identity.user_id, identity.screen_name),
            _ => format!("{} is stored, but the token belongs to @{}", harmless(&account.label()), identity.screen_name),
        };
        Failure::new(Kind::WrongAccount, reason)
            .hint("log the right account in with `twauth login -a NAME`, in its own browser profile or a private window")
    });
    Finding {
        state,
        identity: Some(identity),
        failure,
    }
}

/// Checks all accounts, in file order, behind a bar where it takes a while.
pub(super) async fn check_all(
    chosen: &[&Account],
    settings: &Settings,
    output: Output,
) -> Vec<Finding> {
    let progress = output.progress(chosen.len(), Duration::from_secs(1));
    let settings = Settings {
        // With several accounts the bar takes its place.
        awaited: settings.awaited.filter(|_| chosen.len() == 1),
        ..settings.clone()
    };
    let work = pin!(check_each(chosen, &settings, &progress));
    let findings = match select(work, pin!(progress.appear())).await {
        Either::Left((findings, _)) => findings,
        Either::Right((never, _)) => match never {},
    };
    progress.finish();
    findings
}

/// The first account of each server goes alone, so that the others find its connection.
async fn check_each(chosen: &[&Account], settings: &Settings, progress: &Progress) -> Vec<Finding> {
    let mut findings: Vec<Option<Finding>> = chosen.iter().map(|_| None).collect();
    let mut servers: Vec<&Server> = Vec::new();
    for account in chosen {
        if !servers.contains(&&account.server) {
            servers.push(&account.server);
        }
    }
    for server in servers {
        let mut indices = (0..chosen.len()).filter(|&index| chosen[index].server == *server);
        let connection = match connection::connect(server, settings.clone()).await {
            Ok(connection) => connection,
            Err(failure) => {
                for index in indices {
                    findings[index] = Some(Finding::failed(failure.clone()));
                }
                continue;
            }
        };
        if let Some(first) = indices.next() {
            findings[first] = Some(check(&connection.http, chosen[first]).await);
            progress.advance();
        }
        let mut rest = stream::iter(indices)
            .map(|index| numbered(&connection, chosen[index], index))
            .buffer_unordered(AT_ONCE);
        while let Some((index, finding)) = rest.next().await {
            findings[index] = Some(finding);
            progress.advance();
        }
    }
    let unasked = || Finding::failed(Failure::new(Kind::Internal, "it was not asked about"));
    findings
        .into_iter()
        .map(|finding| finding.unwrap_or_else(unasked))
        .collect()
}

async fn numbered(connection: &Connection, account: &Account, index: usize) -> (usize, Finding) {
    (index, check(&connection.http, account).await)
}

/// The file that `--update` writes.
fn store_of(accounts: &Accounts) -> Result<&Store, Failure> {
    match &accounts.origin {
        Origin::File(store) => Ok(store),
        Origin::StandardInput | Origin::Variables(..) => Err(Failure::new(
            Kind::Usage,
            "--update needs a credentials file to write to",
        )
        .hint("name one with --creds FILE")),
    }
}

/// Writes names and ids that the file lacks or that have changed.
fn update(
    accounts: &Accounts,
    chosen: &[&Account],
    findings: &[Finding],
    output: Output,
) -> anyhow::Result<()> {
    let store = store_of(accounts)?;
    let mut changes: Vec<Account> = Vec::new();
    for (account, finding) in chosen.iter().zip(findings) {
        let Some(identity) = finding
            .identity
            .as_ref()
            .filter(|_| finding.failure.is_none())
        else {
            continue;
        };
        let labelled = Account {
            screen_name: Some(identity.screen_name.clone()),
            user_id: Some(identity.user_id.clone()),
            ..(*account).clone()
        };
        if labelled != **account {
            changes.push(labelled);
        }
    }
    if changes.is_empty() {
        return Ok(());
    }
    let saved = store.update(true, |document| {
        let Some(mut document) = document else {
            return Ok(None);
        };
        for change in &changes {
            let place = document
                .accounts()
                .position(|account| account.token == change.token);
            if let Some(place) = place {
                document.set(place, change.clone());
            }
        }
        Ok(Some(document))
    })?;
    output.say(&format!("{}: {} updated", store.shown(), changes.len()));
    output.saved(&saved);
    Ok(())
}

/// One line or one JSON entry for each account; the exit code that fits them all.
fn report(
    chosen: &[&Account],
    findings: Vec<Finding>,
    updates: bool,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let codes: Vec<u8> = findings
        .iter()
        .filter_map(|finding| finding.failure.as_ref())
        .map(|failure| failure.kind.exit_code())
        .collect();
    let exit_code = common_exit_code(&codes);
    if output.is_json() {
        let entries: Vec<Value> = chosen
            .iter()
            .zip(findings)
            .map(|(account, finding)| entry(account, finding))
            .collect();
        output.document(&entries)?;
        return Ok(ExitCode::from(exit_code));
    }
    let alone = chosen.len() == 1;
    for (account, finding) in chosen.iter().zip(findings) {
        let name = finding
            .identity
            .as_ref()
            .map(|identity| identity.screen_name.as_str());
        let shown = harmless(
            name.or(account.screen_name.as_deref())
                .or(account.user_id.as_deref())
                .unwrap_or("-"),
        );
        if !alone {
            output.line(&format!(
                "{shown}\t{}\t{}",
                finding.state.word(),
                finding.access_level()
            ))?;
        } else if finding.failure.is_none() {
            output.line(&shown)?;
        }
        remark(account, &finding, updates, output);
        if let Some(failure) = finding.failure {
            output.complain(
                &anyhow::Error::new(failure)
                    .context(format!("could not verify {}", harmless(&account.label()))),
            );
        }
    }
    Ok(ExitCode::from(exit_code))
}

/// Words about an account that works, where there is something to know.
fn remark(account: &Account, finding: &Finding, updates: bool, output: Output) {
    match finding.state {
        State::ReadOnly => output.read_only(),
        State::Renamed if !updates => {
            output.warn(&format!(
                "{} has a new name; `twauth verify --update` writes it down",
                harmless(&account.label())
            ));
        }
        _ => {}
    }
}

fn entry(account: &Account, finding: Finding) -> Value {
    let level = finding.access_level().word();
    let (name, id) = finding
        .identity
        .map(|identity| (identity.screen_name, identity.user_id))
        .unzip();
    json!({
        "screen_name": name.or_else(|| account.screen_name.clone()),
        "user_id": id.or_else(|| account.user_id.clone()),
        "state": finding.state.word(),
        "access_level": level,
        "stored_screen_name": account.screen_name,
        "error": finding.failure.map(|failure| described(&failure.into())),
    })
}
