//! Builds the commands of hints: for the same account, file and server.

use std::fmt::Write as _;

use super::{self as sources, Origin};
use crate::account::{Account, Server};
use crate::cli::{Command, Network, Source};
use crate::environment;
use crate::error::{Failure, Next};
use crate::shell::typed;
use crate::store::Store;
use crate::terminal::text::harmless;

#[derive(Clone, Debug)]
pub(in crate::commands) struct Invocation {
    pub(in crate::commands) origin: Origin,
    /// The options that name the server and the file, each after a space.
    options: String,
    /// Whether there is only one account.
    pub(in crate::commands) is_alone: bool,
    about: About,
}

/// Which account a command is about.
#[derive(Clone, Debug)]
enum About {
    Unknown,
    Named(String),
    /// The only account of the file; it has a token, which a login replaces.
    Unnamed,
    Several,
}

impl Invocation {
    /// With the options of this command.
    pub(in crate::commands) fn new(origin: &Origin, network: &Network) -> Self {
        let mut options = String::new();
        if network.sandbox {
            options += " --sandbox";
        } else if let Some(url) = &network.server {
            let _ = write!(options, " --server {}", typed(&harmless(url.trim())));
        }
        if let Origin::File(store) = origin
            && !is_default(store, network)
        {
            let _ = write!(options, " -c {}", typed(&store.shown()));
        }
        Self {
            origin: origin.clone(),
            options,
            is_alone: false,
            about: About::Unknown,
        }
    }

    /// For the accounts of `store` that are at `server`.
    pub(in crate::commands) fn at(server: &Server, store: &Store) -> Self {
        Self::new(&Origin::File(store.clone()), &network_of(server))
    }

    /// The invocation of a failed command; `None` if it uses no account.
    pub(in crate::commands) fn of(command: &Command) -> Option<Self> {
        let (source, network) = options_of(command)?;
        let writes = matches!(command, Command::Login(_) | Command::Import(_));
        let origin = match sources::origin(source, &network).ok()? {
            Origin::Variables(..) if writes => Origin::File(sources::default_file(&network).ok()?),
            origin => origin,
        };
        let invocation = Self::new(&origin, &network);
        let named = sources::named_account(source).ok()?;
        let list = match (&named, &origin) {
            (None, Origin::File(store)) => store.read().ok().flatten(),
            _ => None,
        };
        Some(match list.as_deref() {
            Some([only]) => invocation.alone(true).about(only),
            _ => invocation.named(named.as_deref()),
        })
    }

    pub(in crate::commands) fn alone(self, is_alone: bool) -> Self {
        Self { is_alone, ..self }
    }

    /// For one account.
    pub(in crate::commands) fn about(&self, account: &Account) -> Self {
        match account.name() {
            None if self.is_alone && account.token.is_some() => self.with(About::Unnamed),
            name => self.named(name),
        }
    }

    pub(in crate::commands) fn named(&self, name: Option<&str>) -> Self {
        self.with(name.map_or(About::Unknown, |name| About::Named(name.to_owned())))
    }

    /// For several accounts of the file.
    pub(in crate::commands) fn about_several(&self) -> Self {
        self.with(About::Several)
    }

    fn with(&self, about: About) -> Self {
        Self {
            about,
            ..self.clone()
        }
    }

    /// The command `twauth WORDS`, which can be pasted.
    pub(in crate::commands) fn command(&self, words: &str) -> String {
        let is_login = words.starts_with("login");
        let mut command = format!("twauth {words}");
        match &self.about {
            About::Unnamed if words == "login" => command += " --replace",
            About::Several if words == "login" => command += " --all",
            _ => {}
        }
        command += &self.options;
        if matches!(self.origin, Origin::StandardInput) && !is_login {
            command += " -c -";
        }
        if let About::Named(name) = &self.about {
            let _ = write!(command, " -a {}", typed(&harmless(name)));
        }
        command
    }

    /// Puts the command into the failure's hint, and into `command` for programs. If no command of twauth helps, the
    /// hint says what does.
    pub(in crate::commands) fn complete(&self, mut failure: Failure) -> Failure {
        let Some(next) = failure.next.take() else {
            return failure;
        };
        let (next, mut words) = *next;
        let is_login = matches!(next, Next::Login | Next::Add);
        let is_piped = matches!(self.origin, Origin::StandardInput);
        if matches!(self.origin, Origin::Variables(..))
            && matches!(next, Next::Login | Next::Add | Next::Remove)
        {
            return failure.hint(set_again(&TOKEN));
        }
        if is_piped && is_login {
            words += ", then pipe in the file it writes";
        }
        let mut failure = failure.suggest(&words, self.command(next.words()));
        if is_piped && !is_login {
            // Such a command would wait for a pipe.
            failure.command = None;
        }
        failure
    }

    /// Completes the failure inside an error.
    pub(in crate::commands) fn complete_error(&self, mut error: anyhow::Error) -> anyhow::Error {
        if let Some(failure) = error.downcast_mut::<Failure>() {
            *failure = self.complete(failure.clone());
        }
        error
    }

    /// How to get a new token for the account: a command, or a step.
    pub(in crate::commands) fn login(&self) -> String {
        let login = self.command("login");
        match self.origin {
            Origin::File(_) => login,
            Origin::StandardInput => format!("`{login}`, then pipe in the file it writes"),
            Origin::Variables(..) => set_again(&TOKEN),
        }
    }

    /// How to replace the keys of the account's app, which other accounts may share: a login asks for a new pair if the
    /// server rejects the old one.
    pub(in crate::commands) fn new_app(&self, account: &Account, is_shared: bool) -> String {
        match self.origin {
            Origin::Variables(..) => {
                set_again(&[environment::CONSUMER_KEY, environment::CONSUMER_SECRET])
            }
            Origin::File(_) if is_shared => self.about_several().login(),
            _ => self.about(account).login(),
        }
    }

    /// The same, as the end of a sentence.
    pub(in crate::commands) fn relogin(&self) -> String {
        match self.origin {
            Origin::File(_) => format!("`{}`", self.login()),
            Origin::StandardInput => self.login(),
            Origin::Variables(..) => format!("`twauth login` and {}", self.login()),
        }
    }
}

/// Whether the store is the default one.
pub(in crate::commands) fn is_default(store: &Store, network: &Network) -> bool {
    sources::default_file(network).is_ok_and(|default| default.path() == store.path())
}

/// The options that name a server.
pub(in crate::commands) fn network_of(server: &Server) -> Network {
    let mut network = Network::default();
    match server {
        Server::X => {}
        Server::Sandbox => network.sandbox = true,
        Server::Other(url) => network.server = Some(url.clone()),
    }
    network
}

/// The variables of a token.
const TOKEN: [&str; 2] = [environment::ACCESS_TOKEN, environment::ACCESS_TOKEN_SECRET];

/// How to replace variables.
fn set_again(names: &[&str]) -> String {
    format!("set {} again (in CI: their secrets)", names.join(" and "))
}

/// The options of a command that name accounts and their server.
fn options_of(command: &Command) -> Option<(&Source, Network)> {
    let (source, network) = match command {
        Command::Login(it) => (&it.source, &it.network),
        Command::Verify(it) => (&it.source, &it.network),
        Command::Logout(it) => (&it.source, &it.network),
        Command::Tweet(it) => (&it.source, &it.network),
        Command::Delete(it) => (&it.source, &it.network),
        Command::Doctor(it) => (&it.source, &it.network),
        Command::Import(it) => (&it.source, &it.network),
        Command::Request(it) => (&it.source, &it.network),
        Command::Bearer(it) => (&it.source, &it.network),
        Command::List(it) => return Some((&it.source, it.network())),
        Command::Export(it) => return Some((&it.source, Network::default())),
        Command::Run(it) => return Some((&it.source, Network::default())),
        Command::Header(it) => return Some((&it.source, Network::default())),
        _ => return None,
    };
    Some((source, network.clone()))
}
