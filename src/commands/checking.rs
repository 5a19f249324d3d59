//! Asks the servers about accounts: about one, and about many at a time.

use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use futures_util::stream;

use super::connection;
use crate::account::{Account, Server};
use crate::api::{self, AccessLevel, Identity};
use crate::client::{Client, Settings, Signer};
use crate::error::{Class, Failure, Kind, Next};
use crate::output::{Output, Progress};
use crate::terminal::text::harmless;

/// The most requests at a time.
const AT_ONCE: usize = 100;

/// The state of an account.
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
    pub(super) fn word(self) -> &'static str {
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
            Kind::WrongAccount => Self::WrongAccount,
            Kind::AccountLocked => Self::Locked,
            Kind::Suspended => Self::Suspended,
            Kind::NoCredits | Kind::SpendCap => Self::NoCredits,
            Kind::RateLimited | Kind::UsageCap => Self::RateLimited,
            Kind::Unreachable
            | Kind::NameNotResolved
            | Kind::Certificate
            | Kind::Proxy
            | Kind::TimedOut
            // The stored server may not be contacted.
            | Kind::Usage
            | Kind::BadProxy
            | Kind::BadCertificateStore => Self::Unreachable,
            kind if kind.class() == Class::Unreachable => Self::ServerError,
            _ => Self::Refused,
        }
    }
}

/// The result for one account.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) state: State,
    /// The account that the credentials belong to, from the server.
    pub(super) identity: Option<Identity>,
    pub(super) failure: Option<Failure>,
}

impl Finding {
    pub(super) fn access_level(&self) -> AccessLevel {
        let identity = self.identity.as_ref();
        identity.map_or(AccessLevel::Unknown, |identity| identity.access_level)
    }

    /// For `--can-post`: a read-only token is a failure.
    pub(super) fn refuse_read_only(&mut self) {
        if self.state == State::ReadOnly && self.failure.is_none() {
            let failure = Failure::new(Kind::ReadOnly, "the token is read-only and cannot post");
            self.failure = Some(failure.next(
                "give the app write permission, then log in again with {}: a token keeps the permissions it was created with",
                Next::Login,
            ));
        }
    }

    fn failed(failure: Failure) -> Self {
        Self {
            state: State::of_failure(failure.kind),
            identity: None,
            failure: Some(failure),
        }
    }
}

/// Asks the server about one account.
pub(super) async fn check(http: &Client, account: &Account) -> Finding {
    match identity(http, account).await {
        Ok(identity) => compare(account, identity),
        Err(failure) => Finding::failed(failure),
    }
}

/// The account of the credentials. The first endpoint gives no reason when it rejects them, and has been wrong for hours,
/// so a second one is asked before they are reported as refused. Of two errors, the one that names a cause counts.
async fn identity(http: &Client, account: &Account) -> Result<Identity, Failure> {
    let signer = Signer::of(account)?;
    let first = match api::me(http, signer).await {
        // Servers with only the older API reply 404.
        Err(failure) if matches!(failure.status, Some(401 | 404)) => failure,
        outcome => return outcome,
    };
    let second = api::verify_credentials(http, signer).await;
    second.map_err(|second| match second.kind {
        // Not every app may use this endpoint.
        Kind::NotEnrolled | Kind::NotFound | Kind::Forbidden => first,
        Kind::Refused if first.kind != Kind::Refused => first,
        _ => second,
    })
}

/// Compares the server's answer with what is stored.
fn compare(account: &Account, identity: Identity) -> Finding {
    let (name, id) = (&identity.screen_name, &identity.user_id);
    let stored_name = account.screen_name.as_ref();
    let same_name = stored_name.map(|stored| stored.eq_ignore_ascii_case(name));
    let same_id = account.user_id.as_ref().map(|stored| stored == id);
    let state = match (same_id, same_name) {
        (Some(false), _) | (None, Some(false)) => State::WrongAccount,
        (Some(true), Some(false)) => State::Renamed,
        _ if identity.access_level == AccessLevel::Read => State::ReadOnly,
        _ => State::Ok,
    };
    let failure = (state == State::WrongAccount).then(|| {
        let who = account.label();
        let reason = match &account.user_id {
            // The names match: another account took over the stored account's name.
            Some(stored) if same_name == Some(true) => {
                let stored = harmless(stored);
                format!(
                    "user id {stored} is stored for {who}, but the token belongs to user id {id}"
                )
            }
            _ => format!("{who} is stored, but the token belongs to @{name}"),
        };
        Failure::new(Kind::WrongAccount, reason).next(
            "log in the right account with {}, in its own browser profile or a private window",
            Next::Login,
        )
    });
    Finding {
        state,
        identity: Some(identity),
        failure,
    }
}

/// Checks all accounts, in file order, with a progress bar if that takes more than a second.
pub(super) async fn check_all(
    chosen: &[&Account],
    settings: &Settings,
    output: Output,
) -> Vec<Finding> {
    let progress = output.progress(chosen.len(), Duration::from_secs(1));
    let settings = Settings {
        // With several accounts the progress bar replaces it.
        on_wait: settings.on_wait.filter(|_| chosen.len() == 1),
        ..settings.clone()
    };
    let work = pin!(check_each(chosen, &settings, &progress));
    match select(work, pin!(progress.appear())).await {
        Either::Left((findings, _)) => findings,
        Either::Right((never, _)) => match never {},
    }
}

/// The servers of the accounts, each once.
pub(super) fn servers<'a>(accounts: &[&'a Account]) -> Vec<&'a Server> {
    let mut servers: Vec<&Server> = Vec::new();
    for account in accounts {
        if !servers.contains(&&account.server) {
            servers.push(&account.server);
        }
    }
    servers
}

/// The first account of each server goes first, so that the others reuse its connection.
async fn check_each(chosen: &[&Account], settings: &Settings, progress: &Progress) -> Vec<Finding> {
    let mut findings: Vec<(usize, Finding)> = Vec::with_capacity(chosen.len());
    for server in servers(chosen) {
        let mut indices = (0..chosen.len()).filter(|&index| chosen[index].server == *server);
        let connection = match connection::connect(server, settings.clone()).await {
            Ok(connection) => connection,
            Err(failure) => {
                findings.extend(indices.map(|index| (index, Finding::failed(failure.clone()))));
                continue;
            }
        };
        let ask = async |index: usize| (index, check(&connection.http, chosen[index]).await);
        if let Some(first) = indices.next() {
            findings.push(ask(first).await);
            progress.advance();
        }
        let mut rest = stream::iter(indices).map(&ask).buffer_unordered(AT_ONCE);
        while let Some(found) = rest.next().await {
            findings.push(found);
            progress.advance();
        }
    }
    findings.sort_unstable_by_key(|(index, _)| *index);
    findings.into_iter().map(|(_, finding)| finding).collect()
}

/// Warns of a read-only token, with the steps that fix it.
pub(super) fn read_only(account: &Account, login: &str, output: Output) {
    let label = account.label();
    output.warn(&format!("{label}'s token is read-only and cannot post"));
    read_only_steps(&account.server, login, output);
}

/// The three steps to a token that can post; `login` ends the sentence of the last.
pub(super) fn read_only_steps(server: &Server, login: &str, output: Output) {
    match server {
        Server::Other(_) => output.hint(&format!("1. give the app write permission at {}", server.host())),
        _ => output.hint("1. set the app's permissions to Read and write at console.x.com, under User authentication settings"),
    }
    output.hint("2. save");
    output.hint(&format!(
        "3. log in again with {login}: a token keeps the permissions it was created with"
    ));
}
