//! The consumer pair of a login: from options and variables, else from the file, else from the person.

use crate::account::{
    Account, Credentials, Part, Server, bad_value, bad_value_in_file, has_shape, masked, mistake,
    mistake_among,
};
use crate::cli::Login;
use crate::environment;
use crate::error::{Failure, Kind, Next};
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
    /// The sandbox's own.
    Sandbox,
    /// Options and variables.
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
        if !prompt::is_interactive() || !matches!(self.source, Source::Stored | Source::Entered) {
            return Err(match self.source {
                Source::Sandbox => rejection,
                _ => rejection.hint(
                    "set TWAUTH_CONSUMER_KEY and TWAUTH_CONSUMER_SECRET to your app's API Key and API Key Secret, from console.x.com",
                ),
            });
        }
        talk(&rejection.reason);
        let credentials = entered(&Given::default(), server, output).await?;
        Ok(Self::new(credentials, Source::Entered))
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
        return Ok(Pair::new(credentials, Source::Sandbox));
    }
    given.check(server)?;
    if let (Some(key), Some(secret)) = (&given.key, &given.secret) {
        return Ok(Pair::new(Credentials::new(key, secret), Source::Given));
    }
    if let Some(pair) = stored(given.key.as_deref(), server, in_file, known)? {
        check_stored(&pair, server)?;
        output.say(&format!(
            "using the API Key {} from {}",
            masked(&pair.identifier),
            store.shown()
        ));
        return Ok(Pair::new(pair, Source::Stored));
    }
    let credentials = entered(given, server, output).await?;
    Ok(Pair::new(credentials, Source::Entered))
}

impl Given {
    /// A value that can only be a mistake is never used at X.
    fn check(&self, server: &Server) -> Result<(), Failure> {
        if *server != Server::X {
            return Ok(());
        }
        let parts = [
            (Part::ConsumerKey, &self.key),
            (Part::ConsumerSecret, &self.secret),
        ];
        let values: Vec<(Part, &str)> = parts
            .into_iter()
            .filter_map(|(part, value)| Some((part, value.as_deref()?)))
            .collect();
        match mistake_among(&values) {
            None => Ok(()),
            Some((Part::ConsumerKey, reason)) => {
                let name = "the API Key in --consumer-key or TWAUTH_CONSUMER_KEY";
                Err(bad_value(name, reason))
            }
            Some((_, reason)) => Err(bad_value(
                "the API Key Secret in TWAUTH_CONSUMER_SECRET",
                reason,
            )),
        }
    }
}

/// The pair of the file's accounts at this server: the known account's, else the one they share.
fn stored(
    key: Option<&str>,
    server: &Server,
    in_file: &[Account],
    known: Option<&Account>,
) -> Result<Option<Credentials>, Failure> {
    let at_server = || in_file.iter().filter(|account| account.server == *server);
    let pairs = |accounts: &mut dyn Iterator<Item = &Account>| {
        let mut pairs: Vec<Credentials> = Vec::new();
        for account in accounts {
            if !pairs.contains(&account.client) {
                pairs.push(account.client.clone());
            }
        }
        pairs
    };
    let mut candidates = match (key, known) {
        (Some(key), _) => pairs(&mut at_server().filter(|it| it.client.identifier == key)),
        (None, Some(account)) => vec![account.client.clone()],
        (None, None) => pairs(&mut at_server()),
    };
    if candidates.len() > 1 {
        // A pair without a token is there for a login.
        let waiting = pairs(&mut at_server().filter(|it| it.token.is_none()));
        if waiting.len() != 1 || key.is_some() {
            let reason = "the file has several API Keys";
            return Err(
                Failure::new(Kind::Usage, reason).hint("choose one with --consumer-key KEY")
            );
        }
        candidates = waiting;
    }
    Ok(candidates.pop())
}

fn check_stored(pair: &Credentials, server: &Server) -> Result<(), Failure> {
    let values = [
        (Part::ConsumerKey, &*pair.identifier),
        (Part::ConsumerSecret, pair.secret.expose()),
    ];
    match mistake_among(&values).filter(|_| *server == Server::X) {
        None => Ok(()),
        Some((part, reason)) => Err(bad_value_in_file(part.label(), reason)),
    }
}

/// The prompt for half of the pair, with its name at X.
fn question(part: Part, server: &Server) -> String {
    match (part, server) {
        (Part::ConsumerKey, Server::X) => {
            "API Key (console.x.com, your app, Keys & Tokens, OAuth 1.0 Keys): ".to_owned()
        }
        (Part::ConsumerKey, server) => {
            format!("API Key (consumer key) of the app at {}: ", server.host())
        }
        _ => "API Key Secret (not shown as you type): ".to_owned(),
    }
}

/// Asks for what is missing. Checks each answer at once, and asks again on a terminal.
async fn entered(given: &Given, server: &Server, output: Output) -> Result<Credentials, Failure> {
    let key = match &given.key {
        Some(key) => key.clone(),
        None => checked(Part::ConsumerKey, server, None).await?,
    };
    if let Some(secret) = &given.secret {
        return Ok(Credentials::new(key, secret));
    }
    if prompt::may_show_secrets() {
        output.warn("what you type may be visible here: over SSH, use `ssh -t`");
    }
    let secret = checked(Part::ConsumerSecret, server, Some(&key)).await?;
    Ok(Credentials::new(key, secret))
}

async fn checked(part: Part, server: &Server, key: Option<&str>) -> Result<String, Failure> {
    let name = if part == Part::ConsumerKey {
        "the API Key"
    } else {
        "the API Key Secret"
    };
    loop {
        let question = question(part, server);
        let answer = match part {
            Part::ConsumerKey => prompt::line(&question, name).await,
            _ => prompt::hidden(&question, name).await,
        };
        let answer = answer.map_err(unanswered)?;
        let value = prompt::or_leave(&answer)?;
        let mut values = vec![(part, value)];
        values.extend(key.map(|key| (Part::ConsumerKey, key)));
        let mistake = if *server == Server::X {
            mistake(part, value).or_else(|| mistake_among(&values).map(|(_, reason)| reason))
        } else {
            None
        };
        let Some(reason) = mistake else {
            return Ok(value.to_owned());
        };
        let failure = bad_value(name, reason);
        if !prompt::is_interactive() {
            return Err(failure);
        }
        talk(&failure.reason);
        if part == Part::ConsumerKey && has_shape(Part::ConsumerSecret, value) {
            talk("the secret is visible on your screen: clear it afterwards");
        }
    }
}

/// The hint for a program that gives no answer.
fn unanswered(failure: Failure) -> Failure {
    if failure.kind != Kind::NoInput {
        return failure;
    }
    failure.next(
        "set TWAUTH_CONSUMER_KEY and TWAUTH_CONSUMER_SECRET, then run {}",
        Next::Start,
    )
}
