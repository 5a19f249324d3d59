//! The consumer pair of a login: from options and variables, else from the file, else from the person.

use super::entry;
use crate::account::{
    Account, Credentials, Part, Server, bad_value, bad_value_in_file, masked, mistake_among,
};
use crate::cli::Login;
use crate::environment;
use crate::error::Failure;
use crate::output::Output;
use crate::prompt;
use crate::sandbox;
use crate::store::Store;
use crate::terminal::stderr::talk;

/// The consumer pair as far as options and variables give it.
#[derive(Default)]
pub(super) struct Given {
    pub(super) key: Option<String>,
    pub(super) secret: Option<String>,
}

/// A consumer pair and its source.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) credentials: Credentials,
    pub(super) source: Source,
    /// Whether the server has accepted it (it gave temporary credentials).
    pub(super) is_accepted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Options and variables, or the sandbox.
    Given,
    Stored,
    /// Typed by the user, so it is nowhere else.
    Entered,
}

impl Given {
    pub(super) fn of(arguments: &Login) -> Result<Self, Failure> {
        let key = match &arguments.consumer_key {
            Some(key) => Some(key.trim().to_owned()).filter(|key| !key.is_empty()),
            None => environment::consumer_key()?,
        };
        Ok(Self {
            key,
            secret: environment::consumer_secret()?,
        })
    }

    /// Whether the file does not, or may not, have these keys: such a login inherits nothing from it.
    pub(super) fn is_new(&self, in_file: &[Account]) -> bool {
        let Some(key) = &self.key else {
            return self.secret.is_some();
        };
        let is_stored = in_file
            .iter()
            .any(|account| account.client.identifier == *key);
        self.secret.is_some() || !is_stored
    }

    /// A value that can only be a mistake is never used at X.
    fn check(&self, server: &Server) -> Result<(), Failure> {
        let key = self.key.as_deref().map(|key| (Part::ConsumerKey, key));
        let secret = self.secret.as_deref();
        let secret = secret.map(|secret| (Part::ConsumerSecret, secret));
        let values: Vec<(Part, &str)> = key.into_iter().chain(secret).collect();
        let Some((part, reason)) = mistake_among(&values).filter(|_| *server == Server::X) else {
            return Ok(());
        };
        let name = match part {
            Part::ConsumerKey => "the API Key in --consumer-key or TWAUTH_CONSUMER_KEY",
            _ => "the API Key Secret in TWAUTH_CONSUMER_SECRET",
        };
        Err(bad_value(name, reason))
    }
}

impl Pair {
    pub(super) fn new(credentials: Credentials, source: Source) -> Self {
        Self {
            credentials,
            source,
            is_accepted: false,
        }
    }

    /// Asks the user for another pair after the server rejected this one.
    pub(super) async fn instead(
        &self,
        rejection: Failure,
        server: &Server,
        output: Output,
    ) -> Result<Self, Failure> {
        let is_given = self.source == Source::Given;
        if is_given && *server == Server::Sandbox {
            return Err(rejection);
        }
        if is_given || !prompt::is_interactive() {
            return Err(rejection.hint(set_pair(server)));
        }
        talk(&rejection.reason);
        entered(&Given::default(), server, output).await
    }
}

/// The consumer pair: from options and variables, else from the file, else asked for.
pub(super) async fn pair(
    given: &Given,
    server: &Server,
    in_file: &[Account],
    known: Option<&Account>,
    store: &Store,
    output: Output,
) -> Result<Pair, Failure> {
    // The sandbox knows no other; a real pair in the environment is left alone.
    if *server == Server::Sandbox {
        let credentials = Credentials::new(sandbox::CONSUMER_KEY, sandbox::CONSUMER_SECRET);
        return Ok(Pair::new(credentials, Source::Given));
    }
    given.check(server)?;
    if let (Some(key), Some(secret)) = (&given.key, &given.secret) {
        return Ok(Pair::new(Credentials::new(key, secret), Source::Given));
    }
    if let Some(pair) = stored(given.key.as_deref(), server, in_file, known)? {
        match check_stored(&pair, server) {
            Ok(()) => {
                output.say(&format!(
                    "using the API Key {} from {}",
                    masked(&pair.identifier),
                    store.shown()
                ));
                return Ok(Pair::new(pair, Source::Stored));
            }
            Err(mistake) if prompt::is_interactive() => talk(&mistake.reason),
            Err(mistake) => return Err(mistake),
        }
    }
    entered(given, server, output).await
}

/// The pair of the file's accounts at this server: the known account's, else the one they share.
fn stored(
    key: Option<&str>,
    server: &Server,
    in_file: &[Account],
    known: Option<&Account>,
) -> Result<Option<Credentials>, Failure> {
    let pairs = |is_meant: &dyn Fn(&Account) -> bool| {
        let mut pairs: Vec<Credentials> = Vec::new();
        for account in in_file.iter().filter(|it| it.server == *server) {
            if is_meant(account) && !pairs.contains(&account.client) {
                pairs.push(account.client.clone());
            }
        }
        pairs
    };
    let mut candidates = match (key, known) {
        (Some(key), _) => pairs(&|account| account.client.identifier == key),
        (None, Some(account)) => vec![account.client.clone()],
        (None, None) => pairs(&|_| true),
    };
    if candidates.len() > 1 {
        // A pair without a token is there for a login.
        let waiting = pairs(&|account| account.token.is_none());
        if waiting.len() != 1 || key.is_some() {
            let reason = "the file has several API Keys";
            return Err(Failure::usage(reason).hint("choose one with --consumer-key KEY"));
        }
        candidates = waiting;
    }
    Ok(candidates.pop())
}

/// How a program gives the pair.
pub(super) const SET_PAIR: &str = "set TWAUTH_CONSUMER_KEY and TWAUTH_CONSUMER_SECRET";

/// What a program without a terminal has to do where the pair is wrong.
fn set_pair(server: &Server) -> String {
    let set = format!("{SET_PAIR} to the API Key and API Key Secret of the app");
    match server {
        Server::X => format!("{set}, as console.x.com shows them"),
        server => format!("{set} at {}", server.host()),
    }
}

/// Refuses a pair of the file that can only be a mistake, before it is used.
pub(super) fn check_stored(pair: &Credentials, server: &Server) -> Result<(), Failure> {
    let values = [
        (Part::ConsumerKey, &*pair.identifier),
        (Part::ConsumerSecret, pair.secret.expose()),
    ];
    match mistake_among(&values).filter(|_| *server == Server::X) {
        None => Ok(()),
        Some((part, reason)) => Err(bad_value_in_file(part.label(), reason).hint(set_pair(server))),
    }
}

/// Asks for what is missing.
async fn entered(given: &Given, server: &Server, output: Output) -> Result<Pair, Failure> {
    let key = match &given.key {
        Some(key) => key.clone(),
        None => entry::ask(Part::ConsumerKey, server, None).await?,
    };
    let secret = if let Some(secret) = &given.secret {
        secret.clone()
    } else {
        entry::warn_if_visible(output);
        entry::ask(Part::ConsumerSecret, server, Some(&key)).await?
    };
    Ok(Pair::new(Credentials::new(key, secret), Source::Entered))
}
