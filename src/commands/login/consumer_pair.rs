//! The consumer pair of a login: from options and variables, else from the file, else from the person.

use crate::account::{Account, Credentials, Server, check_pair, masked};
use crate::cli::Login;
use crate::environment;
use crate::error::{Failure, Kind};
use crate::output::Output;
use crate::prompt;
use crate::sandbox;
use crate::store::Store;
use crate::terminal::stderr::talk;

/// What options and variables say of the consumer pair.
#[derive(Default)]
pub(super) struct Given {
    pub(super) key: Option<String>,
    pub(super) secret: Option<String>,
}

/// A consumer pair, and where it is from.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) credentials: Credentials,
    pub(super) source: Source,
    /// Whether the server has given temporary credentials for it.
    pub(super) is_accepted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The sandbox's own.
    Sandbox,
    /// Options and variables.
    Given,
    Stored,
    /// Typed in, so that it is nowhere else.
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

    /// Whether they are keys that the file does not have, or may not have: such a login inherits nothing of it.
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

    /// Asks for another pair where the server rejected this one and somebody is there to give it.
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
                    "set TWAUTH_CONSUMER_KEY and TWAUTH_CONSUMER_SECRET to the API Key and API Key Secret of the app, as console.x.com shows them",
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
    fn check(&self, server: &Server) -> Result<(), Failure> {
        for (name, part, value) in [
            (
                "TWAUTH_CONSUMER_KEY or --consumer-key",
                Part::Key,
                &self.key,
            ),
            ("TWAUTH_CONSUMER_SECRET", Part::Secret, &self.secret),
        ] {
            if let Some(reason) = value.as_ref().and_then(|value| part.mistake(value, server)) {
                return Err(bad_value(&format!("the value of {name} {reason}")));
            }
        }
        check_both(self.key.as_deref(), self.secret.as_deref(), server)
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

/// The two halves of the pair.
#[derive(Clone, Copy)]
enum Part {
    Key,
    Secret,
}

impl Part {
    /// The name at X, by which people look for it.
    fn name(self) -> &'static str {
        match self {
            Self::Key => "API Key",
            Self::Secret => "API Key Secret",
        }
    }

    fn question(self, server: &Server) -> String {
        match (self, server) {
            (Self::Key, Server::X) => {
                "API Key (console.x.com, your app, Keys & Tokens, OAuth 1.0 Keys): ".to_owned()
            }
            (Self::Key, server) => format!("API Key (consumer key) of the app at {server}: "),
            (Self::Secret, _) => "API Key Secret (hidden as you type): ".to_owned(),
        }
    }

    /// What makes a value a mistake at X: the end of a sentence.
    fn mistake(self, value: &str, server: &Server) -> Option<&'static str> {
        if *server != Server::X {
            return None;
        }
        if value.contains(char::is_whitespace) {
            return Some("contains white space");
        }
        if value.contains(char::is_control) || !value.is_ascii() {
            return Some("contains characters that no key has");
        }
        if crate::account::looks_like_token(value) {
            return Some("is an access token");
        }
        match self {
            Self::Key if value.len() >= 40 => Some("looks like the API Key Secret"),
            Self::Secret if value.len() <= 30 => Some("looks like the API Key"),
            _ => None,
        }
    }
}

fn check_both(key: Option<&str>, secret: Option<&str>, server: &Server) -> Result<(), Failure> {
    if *server != Server::X {
        return Ok(());
    }
    check_pair(key, secret)
}

/// Asks for what is not given. Each answer is checked as it is given, and asked for again on a terminal.
async fn entered(given: &Given, server: &Server, output: Output) -> Result<Credentials, Failure> {
    let key = match &given.key {
        Some(key) => key.clone(),
        None => checked(Part::Key, server, None).await?,
    };
    if let Some(secret) = &given.secret {
        return Ok(Credentials::new(key, secret));
    }
    if prompt::may_show_secrets() {
        output.warn("what you type may be visible here: over SSH, use `ssh -t`");
    }
    let secret = checked(Part::Secret, server, Some(&key)).await?;
    Ok(Credentials::new(key, secret))
}

async fn checked(part: Part, server: &Server, key: Option<&str>) -> Result<String, Failure> {
    loop {
        let subject = format!("the {}", part.name());
        let question = part.question(server);
        let answer = match part {
            Part::Key => prompt::line(&question, &subject).await,
            Part::Secret => prompt::hidden(&question, &subject).await,
        };
        let answer = answer.map_err(unanswered)?;
        let value = prompt::or_leave(&answer)?;
        let mistake = part.mistake(value, server).or_else(|| {
            let is_same = *server == Server::X && key == Some(value);
            is_same.then_some("is the same as the API Key")
        });
        let Some(reason) = mistake else {
            return Ok(value.to_owned());
        };
        let failure = bad_value(&format!("the {} {reason}", part.name()));
        if !prompt::is_interactive() {
            return Err(failure);
        }
        let shown = match part {
            Part::Key if reason.contains("Secret") => {
                "this looks like the API Key Secret, and it is on your screen now: clear it afterwards"
            }
            _ => &failure.reason,
        };
        talk(shown);
    }
}

/// A program that gives no answer is told how to give one.
fn unanswered(failure: Failure) -> Failure {
    if failure.kind != Kind::NoInput {
        return failure;
    }
    failure
        .hint("set TWAUTH_CONSUMER_KEY and TWAUTH_CONSUMER_SECRET, then run `twauth login --start`")
}

fn bad_value(reason: &str) -> Failure {
    Failure::new(Kind::BadValue, reason)
        .hint("copy the API Key and the API Key Secret again from Keys & Tokens of the app at console.x.com")
}
