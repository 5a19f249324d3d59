//! The options of every command, data only.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueHint};
use clap_complete::Shell;

use crate::formats::{Format, Names};
use crate::sandbox::Fault;

/// How to speak; understood before and after the command's name.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Talk {
    /// One JSON document on standard output, errors included
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Show each request and reply, secrets masked; twice: what is signed, too
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// No words on standard error but errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

/// Which credentials.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Source {
    /// The credentials file, ~/tw.json by default; `-` reads standard input [env: `TWAUTH_CREDS`]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) creds: Option<PathBuf>,
    /// The account: screen name or user id [env: `TWAUTH_ACCOUNT`]
    #[arg(short, long, value_name = "NAME", value_hint = ValueHint::Username)]
    pub(crate) account: Option<String>,
}

/// Which server, and how to talk to it.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Network")]
pub(crate) struct Network {
    /// Another server with X's paths; https, or http on a loopback address [env: `TWAUTH_SERVER`]
    #[arg(long, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// The sandbox inside twauth: no keys, no network, nothing is real
    #[arg(long, conflicts_with = "server")]
    pub(crate) sandbox: bool,
    /// For each request, 30 by default; connecting gets at most 10 [env: `TWAUTH_TIMEOUT`]
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timeout: Option<String>,
    /// Repeats of a request that is safe to repeat
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u32).range(..=10))]
    pub(crate) retries: u32,
    /// On 429, wait for the window to reset and go on; at most SECONDS, 900 by default
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, require_equals = true, default_missing_value = "900",
        value_parser = clap::value_parser!(u64).range(..=86_400))]
    pub(crate) wait: Option<u64>,
}

/// Authorise the app for an account and keep its credentials
///
/// Shows the URL of the page where the account's owner authorises the app, asks for the PIN that the page shows, and saves
/// the access token in the credentials file. Run it once for each account. Without a terminal every answer is one line of
/// standard input; --start and --finish do it in two processes.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that may be typed"
)]
pub(crate) struct Login {
    #[command(flatten)]
    pub(crate) source: Source,
    /// The app's API Key (consumer key); its secret is asked for, or read from `TWAUTH_CONSUMER_SECRET`
    /// [env: `TWAUTH_CONSUMER_KEY`]
    #[arg(long, value_name = "KEY")]
    pub(crate) consumer_key: Option<String>,
    /// Add the account to those in the file
    #[arg(long, conflicts_with = "replace")]
    pub(crate) add: bool,
    /// Replace the one account in the file
    #[arg(long)]
    pub(crate) replace: bool,
    /// Print the URL, open no browser
    #[arg(long, conflicts_with = "browser")]
    pub(crate) no_browser: bool,
    /// The browser to open: a name (firefox, chrome) or a command ('firefox -P bot')
    #[arg(long, value_name = "NAME")]
    pub(crate) browser: Option<String>,
    /// First step of two: print the URL, keep the login in FILE.pending for a day, and exit
    #[arg(long, conflicts_with_all = ["with_token", "all"])]
    pub(crate) start: bool,
    /// Second step, in any process: end a pending login; without a value the PIN is asked for
    #[arg(long, value_name = "PIN|URL", num_args = 0..=1, default_missing_value = "",
        conflicts_with_all = ["start", "all", "with_token", "callback", "read_only", "consumer_key", "browser", "no_browser"])]
    pub(crate) finish: Option<String>,
    /// Log in every account of the file again, one after the other; an empty line skips one
    #[arg(long, conflicts_with_all = ["account", "with_token", "add", "replace"])]
    pub(crate) all: bool,
    /// Receive the redirect at http://127.0.0.1:PORT/PATH, registered at the app, instead of a PIN. Use -a with
    /// it: other users of this machine can reach the port
    #[arg(long, value_name = "URL", conflicts_with = "with_token")]
    pub(crate) callback: Option<String>,
    /// Ask for a token that may only read
    #[arg(long, conflicts_with = "with_token")]
    pub(crate) read_only: bool,
    /// Take an access token and secret made in X's console instead of authorising
    #[arg(long)]
    pub(crate) with_token: bool,
    /// Do not ask the server about the account afterwards
    #[arg(long)]
    pub(crate) no_verify: bool,
    /// Write even where git would commit the file
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Show the accounts of the credentials file, without asking anybody
///
/// One line for each account: screen name, user id, server, the last four characters of the API Key (consumer key) and
/// the file's mode, separated by tabs; `-` stands for what is not known.
#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) source: Source,
    /// The sandbox's own file, ~/tw-sandbox.json
    #[arg(long)]
    pub(crate) sandbox: bool,
}

/// Revoke an account's access token at X and forget the account
///
/// The token becomes useless everywhere; other accounts of the app are not touched. Where X does not revoke it, nothing
/// is forgotten and the way to do it by hand is said. Of the last account in a file the app's keys are kept, so that the
/// next login asks for none; `twauth logout --local` on a file that holds only those removes it.
#[derive(Debug, Args)]
pub(crate) struct Logout {
    #[command(flatten)]
    pub(crate) source: Source,
    /// Only forget the account here; its token goes on working
    #[arg(long)]
    pub(crate) local: bool,
    /// Do not ask first; needed where there is no terminal
    #[arg(short, long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Post from the command line or a script; prints the post's address
#[derive(Debug, Args)]
pub(crate) struct Tweet {
    /// What to post; `-`, or a pipe and neither TEXT nor --media, reads standard input
    #[arg(allow_hyphen_values = false)]
    pub(crate) text: Option<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    /// Answer this post
    #[arg(long, value_name = "ID|URL")]
    pub(crate) reply_to: Option<String>,
    #[command(flatten)]
    pub(crate) attachments: Attachments,
    /// Check everything, say what would be sent, send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Let X judge the length: for accounts with Premium
    #[arg(long)]
    pub(crate) no_length_check: bool,
    /// Delete the post again after so many seconds: to try things out
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(..=604_800))]
    pub(crate) delete_after: Option<u64>,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Delete posts of the account; prints the id of each that is gone
#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// The posts
    #[arg(value_name = "ID|URL", required = true)]
    pub(crate) posts: Vec<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// `--media` and `--alt` in the order in which they were typed, for an alternative text belongs to the file before it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attachments(pub(crate) Vec<Attachment>);

#[derive(Clone, Debug)]
pub(crate) enum Attachment {
    Media(PathBuf),
    Alt(String),
}

impl FromArgMatches for Attachments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut found: Vec<(usize, Attachment)> = Vec::new();
        let places = |name| matches.indices_of(name).into_iter().flatten();
        let files = matches.get_many::<PathBuf>("media").into_iter().flatten();
        found.extend(places("media").zip(files.cloned().map(Attachment::Media)));
        let texts = matches.get_many::<String>("alt").into_iter().flatten();
        found.extend(places("alt").zip(texts.cloned().map(Attachment::Alt)));
        found.sort_by_key(|(place, _)| *place);
        Ok(Self(found.into_iter().map(|(_, one)| one).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Attachments {
    fn augment_args(command: Command) -> Command {
        command
            .arg(
                Arg::new("media")
                    .long("media")
                    .value_name("FILE")
                    .action(ArgAction::Append)
                    .value_parser(clap::value_parser!(PathBuf))
                    .help(
                        "A picture, GIF or video to attach; up to four pictures, each with --media",
                    ),
            )
            .arg(
                Arg::new("alt")
                    .long("alt")
                    .value_name("TEXT")
                    .action(ArgAction::Append)
                    .help(
                        "What the file of the --media before it shows, for those who cannot see it",
                    ),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// Send any signed request to the account's server; prints the body of the reply exactly
///
/// The query and form fields are signed whatever their spelling. The exit code follows from the reply's status; the body
/// of a refusal is printed too.
#[derive(Debug, Args)]
pub(crate) struct Request {
    /// A path such as /2/users/me, with its query, or the whole URL at the account's server (at X also ads-api.x.com
    /// and upload.x.com)
    #[arg(value_name = "PATH|URL")]
    pub(crate) target: String,
    /// GET by default; POST with -d or -F
    #[arg(short = 'X', long, value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// The body, JSON unless -H names another content type; `@FILE` reads a file, `-` standard input
    #[arg(
        short,
        long,
        value_name = "DATA",
        conflicts_with = "form",
        allow_hyphen_values = true
    )]
    pub(crate) data: Option<String>,
    /// A field of a form, signed; may be given several times
    #[arg(
        short = 'F',
        long,
        value_name = "NAME=VALUE",
        allow_hyphen_values = true
    )]
    pub(crate) form: Vec<String>,
    /// Another header of the request; may be given several times
    #[arg(short = 'H', long, value_name = "NAME: VALUE")]
    pub(crate) header: Vec<String>,
    /// Ask as the app alone, with its app-only token instead of a signature
    #[arg(long)]
    pub(crate) bearer: bool,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Print the Authorization header of a request, for curl and other programs
///
/// As in: curl -H "$(twauth header URL)" URL. A header is good for one request, within some minutes.
#[derive(Debug, Args)]
pub(crate) struct Header {
    /// The URL of the request, with its query
    pub(crate) url: String,
    /// GET by default; POST with -F
    #[arg(short = 'X', long, value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// A field of the form that the request will carry; may be given several times. A body of another kind is not
    /// signed
    #[arg(
        short = 'F',
        long,
        value_name = "NAME=VALUE",
        allow_hyphen_values = true
    )]
    pub(crate) form: Vec<String>,
    /// Instead of a random one
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) nonce: Option<String>,
    /// Unix seconds, instead of now
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) timestamp: Option<u64>,
    /// Print what is signed and the signature instead
    #[arg(long)]
    pub(crate) explain: bool,
    #[command(flatten)]
    pub(crate) source: Source,
}

/// Print the app-only token (Bearer Token), made from the consumer key and secret
#[derive(Debug, Args)]
pub(crate) struct Bearer {
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Import credentials from other tools
///
/// Reads JSON, YAML, .env and shell files, INI, TOML, the settings and scripts of most languages, four bare lines, text
/// copied from X's console, and the files of twurl, t, xurl, twarc, bti and oysttyer; the format is recognised. All accounts
/// found go into the credentials file, or the one named with -a. Only values that are certain are stored; otherwise nothing is.
/// The reply that carries a new token, and two bare lines with a token, have no room for its consumer pair: that is taken from
/// `TWAUTH_CONSUMER_KEY` and `TWAUTH_CONSUMER_SECRET`, or from the credentials file.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag that may be typed"
)]
pub(crate) struct Import {
    /// The other program's file; `-`, or a pipe and no FILE, reads standard input
    pub(crate) file: Option<PathBuf>,
    /// Its format, where it is not recognised
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(Format::ALL.map(Format::name)))]
    pub(crate) from: Option<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    /// Add new accounts to those in the credentials file
    #[arg(long, conflicts_with = "replace")]
    pub(crate) add: bool,
    /// Replace the one account in the credentials file
    #[arg(long)]
    pub(crate) replace: bool,
    /// Say what was found, write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Ask the server about each account first, and label those without a name
    #[arg(long)]
    pub(crate) verify: bool,
    /// Write even where git would commit the credentials file
    #[arg(long)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Export credentials for other tools
///
/// The account named with -a; otherwise all accounts of the file, where the format holds several.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The other program's format
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(
        Format::ALL.into_iter().filter(|format| format.can_write()).map(Format::name)))]
    pub(crate) format: String,
    /// Names of the variables of env, fish, powershell and dotenv: `CONSUMER_KEY` (plain), `X_API_KEY` or `TWITTER_API_KEY`
    #[arg(long, value_name = "NAMES", value_parser = PossibleValuesParser::new(Names::WORDS))]
    pub(crate) names: Option<String>,
    /// Write to this file, readable by its owner alone, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write over an existing file, or where git would commit it
    #[arg(long)]
    pub(crate) force: bool,
    /// Show the secrets on a terminal
    #[arg(long)]
    pub(crate) show: bool,
    #[command(flatten)]
    pub(crate) source: Source,
}

/// Run a command with an account's credentials in its environment
///
/// Sets every name that tools read, so that nothing of another account is left beside them: `CONSUMER_KEY`,
/// `CONSUMER_SECRET`, `ACCESS_TOKEN`, `ACCESS_TOKEN_SECRET`, `ACCESS_KEY`, `ACCESS_SECRET`; the first four with `TWAUTH_` before
/// them; `API_KEY`, `API_SECRET`, `CONSUMER_KEY`, `CONSUMER_SECRET`, `ACCESS_TOKEN`, `ACCESS_TOKEN_SECRET` and `ACCESS_SECRET`, each
/// with `X_` and with `TWITTER_` before it; and `TWITTER_API_SECRET_KEY`. Other variables of twauth are removed, so a twauth
/// inside uses this account; it answers to its own name with -a. Exits with the command's status, or with 127 if there is
/// no such command.
#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) source: Source,
    /// Set one more variable to the value of a label in the file; may be given several times
    #[arg(long, value_name = "NAME=LABEL")]
    pub(crate) env: Vec<String>,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

/// Write the script that completes commands, options and account names in a shell
///
/// The names after `-a` are read from the credentials file as you press Tab (bash, zsh, fish).
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// For which shell
    #[arg(value_enum, ignore_case = true)]
    pub(crate) shell: Shell,
}

/// Write the manual pages into a folder
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// Where to write them; made if it is missing
    pub(crate) folder: PathBuf,
}

/// Explain a command, or a topic: exit-codes, environment, files, agents, secrets
#[derive(Debug, Args)]
pub(crate) struct Help {
    /// A command or topic
    #[arg(value_name = "COMMAND|TOPIC")]
    pub(crate) topic: Option<String>,
}

/// Prints the names of the accounts in the file that the words of a command line name; for completions.
#[derive(Debug, Args)]
pub(crate) struct Accounts {
    #[arg(last = true)]
    pub(crate) words: Vec<String>,
}

/// Ask the server whose credentials these are and whether they still work
///
/// Checks the named account, else every account in the file.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) source: Source,
    /// Write screen names and user ids into the file where they are missing or have changed
    #[arg(long)]
    pub(crate) update: bool,
    /// Fail with exit code 6 if a token cannot post
    #[arg(long)]
    pub(crate) can_post: bool,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Find out what is wrong, and which command mends it
///
/// Looks at the credentials file (is it there, private, your own, out of git's reach, are its keys in their places),
/// at the variables in the way, and at the network (proxy, name, TLS, clock); then asks the server about the app, the
/// accounts and whether they may post. Nothing is changed. Ends with 0 where nothing is wrong, else with the exit code
/// of the first problem; a warning is no problem.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Run a local server that imitates X
///
/// Runs until Ctrl-C, and prints its URL, its API Key and Secret and a login command. With a command, runs that instead,
/// with a whole account of the sandbox in its environment (the variables of `twauth run`, and `TWAUTH_SERVER`), and exits
/// with its status. Every valid screen name is an account of the sandbox.
#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// Listen on this port of 127.0.0.1 instead of any free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) port: u16,
    /// Write the port number to this file once the server listens
    #[arg(long, value_name = "FILE")]
    pub(crate) port_file: Option<PathBuf>,
    /// Simulate a failure; may be given several times
    #[arg(long, value_name = "NAME", action = ArgAction::Append, value_parser = PossibleValuesParser::new(Fault::ALL.iter().map(|(name, _)| *name)))]
    pub(crate) fault: Vec<String>,
    /// The command's account, @sandbot by default [env: `TWAUTH_ACCOUNT`]
    #[arg(short, long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// The command to run
    #[arg(last = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

/// Opens a URL in the default browser, as a process of its own that may take its time.
#[derive(Debug, Args)]
pub(crate) struct Open {
    pub(crate) url: String,
}
