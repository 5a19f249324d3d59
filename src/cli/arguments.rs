//! The options of every command, data only.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueHint};
use clap_complete::Shell;

use crate::formats::{Format, Names};
use crate::sandbox::Fault;

/// How to print; accepted before and after the command's name.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Talk {
    /// Print results and errors as one JSON document
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Show each request and reply, secrets masked
    ///
    /// -vv shows what is signed, too
    #[arg(short, long, global = true, action = ArgAction::Count, hide_short_help = true)]
    pub(crate) verbose: u8,
    /// Print only errors on standard error
    #[arg(short, long, global = true, hide_short_help = true)]
    pub(crate) quiet: bool,
}

/// Which credentials.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Source {
    /// The credentials file [default: ~/tw.json]
    ///
    /// `-` reads standard input [env: `TWAUTH_CREDS`]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) creds: Option<PathBuf>,
    /// The account: screen name or user id
    ///
    /// Needed where the file has several [env: `TWAUTH_ACCOUNT`]
    #[arg(short, long, value_name = "NAME", value_hint = ValueHint::Username)]
    pub(crate) account: Option<String>,
}

/// The text of `--creds` for the commands that write the file.
fn written(argument: Arg) -> Arg {
    let text = "The credentials file [default: ~/tw.json]";
    argument
        .help(text)
        .long_help(format!("{text} [env: `TWAUTH_CREDS`]"))
}

/// The text of `--account` for the commands that are about every account in the file.
fn only(argument: Arg) -> Arg {
    let text = "Only this account: screen name or user id";
    let default = "Without it, every account in the file";
    let long = format!("{text}\n\n{default} [env: `TWAUTH_ACCOUNT`]");
    argument.help(text).long_help(long)
}

/// The text of `--account` for `login`.
fn accepted(argument: Arg) -> Arg {
    let text = "Accept only this account";
    argument.help(text).long_help(format!(
        "{text}\n\nIf another one authorises the app, nothing is saved (exit code 5) [env: `TWAUTH_ACCOUNT`]"
    ))
}

/// Which server, and how to talk to it.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Network")]
pub(crate) struct Network {
    /// Use another server with X's paths
    ///
    /// https, or http on this machine [env: `TWAUTH_SERVER`]
    #[arg(long, value_name = "URL", hide_short_help = true)]
    pub(crate) server: Option<String>,
    /// Use the built-in sandbox (no keys, no network)
    #[arg(long, conflicts_with = "server")]
    pub(crate) sandbox: bool,
    /// Timeout per request [default: 30]
    ///
    /// Connecting gets at most 10 [env: `TWAUTH_TIMEOUT`]
    #[arg(long, value_name = "SECONDS", hide_short_help = true)]
    pub(crate) timeout: Option<String>,
    /// Retries of safe requests [default: 2]
    #[arg(long, value_name = "N", default_value_t = 2, hide_default_value = true, hide_short_help = true, value_parser = clap::value_parser!(u32).range(..=10))]
    pub(crate) retries: u32,
    /// When rate limited (429), wait and retry
    ///
    /// At most SECONDS [default: 900]
    #[arg(long, value_name = "SECONDS", hide_short_help = true, num_args = 0..=1, require_equals = true, default_missing_value = "900",
        value_parser = clap::value_parser!(u64).range(..=86_400))]
    pub(crate) wait: Option<u64>,
}

/// Log in a bot account and save its credentials
///
/// Opens the page where the account's owner authorises the app, asks for the PIN that the page shows, and saves the access
/// token in the credentials file. Run it once for each account. Without a terminal, each answer is one line of standard
/// input; --start and --finish split the login into two processes.
#[derive(Debug, Args)]
#[command(mut_arg("creds", written), mut_arg("account", accepted))]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Login {
    #[command(flatten)]
    pub(crate) source: Source,
    /// The app's API Key (consumer key)
    ///
    /// Its secret is asked for, or read from `TWAUTH_CONSUMER_SECRET` [env: `TWAUTH_CONSUMER_KEY`]
    #[arg(long, value_name = "KEY", hide_short_help = true)]
    pub(crate) consumer_key: Option<String>,
    /// Add the account to the others in the file
    #[arg(long, conflicts_with = "replace")]
    pub(crate) add: bool,
    /// Replace the only account in the file
    #[arg(long)]
    pub(crate) replace: bool,
    /// Print the URL; do not open a browser
    #[arg(long, conflicts_with = "browser")]
    pub(crate) no_browser: bool,
    /// The browser to open
    ///
    /// A name (firefox, chrome) or a command ('firefox -P bot')
    #[arg(long, value_name = "NAME")]
    pub(crate) browser: Option<String>,
    /// Step 1 of 2: print the URL and exit
    ///
    /// The login stays pending in FILE.pending for a day
    #[arg(long, conflicts_with_all = ["with_token", "all"])]
    pub(crate) start: bool,
    /// Step 2 of 2: finish a pending login
    ///
    /// In any process; asks for the PIN where it is not given
    #[arg(long, value_name = "PIN|URL", num_args = 0..=1, default_missing_value = "",
        conflicts_with_all = ["start", "all", "with_token", "callback", "read_only", "consumer_key", "browser", "no_browser"])]
    pub(crate) finish: Option<String>,
    /// Log in every account in the file again
    ///
    /// One after the other; an empty line skips one
    #[arg(long, conflicts_with_all = ["account", "with_token", "add", "replace"])]
    pub(crate) all: bool,
    /// Receive a redirect instead of a PIN
    ///
    /// At http://127.0.0.1:PORT/PATH, a callback URL of your app. Use -a with it: other users of this machine can reach
    /// the port
    #[arg(
        long,
        value_name = "URL",
        hide_short_help = true,
        conflicts_with = "with_token"
    )]
    pub(crate) callback: Option<String>,
    /// Request a read-only token
    #[arg(long, conflicts_with = "with_token")]
    pub(crate) read_only: bool,
    /// Enter an access token generated in X's console
    #[arg(long)]
    pub(crate) with_token: bool,
    /// Do not verify the account afterwards
    #[arg(long, hide_short_help = true)]
    pub(crate) no_verify: bool,
    /// Write even if git would commit the file
    #[arg(long, hide_short_help = true)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// List the accounts in the credentials file
///
/// Works offline. Prints one line per account: screen name, user id, server, the last four characters of the API Key
/// (consumer key) and the file's mode, separated by tabs in a pipe; `-` means unknown.
#[derive(Debug, Args)]
#[command(mut_arg("account", only))]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) source: Source,
    /// Use the sandbox's file, ~/tw-sandbox.json
    #[arg(long)]
    pub(crate) sandbox: bool,
}

impl List {
    pub(crate) fn network(&self) -> Network {
        Network {
            sandbox: self.sandbox,
            ..Network::default()
        }
    }
}

/// Revoke an account's token and remove it
///
/// The token stops working everywhere; other accounts of the app are not affected. If X refuses, the account is kept and
/// twauth explains how to revoke it by hand. When the last account is removed, the app's keys stay for the next login;
/// `twauth logout --local` then removes those too.
#[derive(Debug, Args)]
#[command(mut_arg("creds", written))]
pub(crate) struct Logout {
    #[command(flatten)]
    pub(crate) source: Source,
    /// Remove it here only; the token stays valid
    #[arg(long)]
    pub(crate) local: bool,
    /// Do not ask for confirmation
    ///
    /// Required without a terminal
    #[arg(short, long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Publish a post
///
/// Prints the post's URL. The length is checked first, as X counts it. twauth never posts twice: if it cannot tell
/// whether a post went through, it exits with 8.
#[derive(Debug, Args)]
pub(crate) struct Tweet {
    /// The text, or `-` to read standard input
    ///
    /// A pipe is read where there is neither TEXT nor --media
    #[arg(allow_hyphen_values = false)]
    pub(crate) text: Option<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    /// Reply to this post
    #[arg(long, value_name = "ID|URL")]
    pub(crate) reply_to: Option<String>,
    #[command(flatten)]
    pub(crate) attachments: Attachments,
    /// Check everything, but send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Skip the length check (Premium accounts)
    #[arg(long)]
    pub(crate) no_length_check: bool,
    /// Delete the post again after SECONDS
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(..=604_800))]
    pub(crate) delete_after: Option<u64>,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Delete posts
///
/// Prints each deleted id. A 401, 402 or 429 stops it, and it says how many posts are left.
#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// The posts to delete
    #[arg(value_name = "ID|URL", required = true)]
    pub(crate) posts: Vec<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// `--media` and `--alt` in their order on the command line: an alt text belongs to the file before it.
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
        found.sort_unstable_by_key(|(place, _)| *place);
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
                    .help("Attach a picture, GIF or video")
                    .long_help(
                        "Attach a picture, GIF or video\n\nUp to four pictures, each with --media",
                    ),
            )
            .arg(
                Arg::new("alt")
                    .long("alt")
                    .value_name("TEXT")
                    .action(ArgAction::Append)
                    .help("Alt text for the preceding --media"),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

/// Send a signed API request
///
/// Prints the raw response body, also of a refusal. The exit code follows from the reply's status.
#[derive(Debug, Args)]
pub(crate) struct Request {
    /// A path with its query, such as /2/users/me
    ///
    /// Or a whole URL at the account's server (at X also ads-api.x.com and upload.x.com)
    #[arg(value_name = "PATH|URL")]
    pub(crate) target: String,
    /// GET by default; POST with -d or -F
    #[arg(short = 'X', long, value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// The body; `@FILE` reads a file, `-` standard input
    ///
    /// JSON unless -H names another content type
    #[arg(
        short,
        long,
        value_name = "DATA",
        conflicts_with = "form",
        allow_hyphen_values = true
    )]
    pub(crate) data: Option<String>,
    /// A form field, signed (repeatable)
    #[arg(
        short = 'F',
        long,
        value_name = "NAME=VALUE",
        allow_hyphen_values = true
    )]
    pub(crate) form: Vec<String>,
    /// Add a header (repeatable)
    #[arg(short = 'H', long, value_name = "NAME: VALUE")]
    pub(crate) header: Vec<String>,
    /// Use the app-only token instead of a signature
    #[arg(long)]
    pub(crate) bearer: bool,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Print a signed Authorization header
///
/// For curl and other programs. A header is valid for one request, for a few minutes.
#[derive(Debug, Args)]
pub(crate) struct Header {
    /// The URL of the request, with its query
    pub(crate) url: String,
    /// GET by default; POST with -F
    #[arg(short = 'X', long, value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// A form field of the request (repeatable)
    ///
    /// Bodies of other types are not signed
    #[arg(
        short = 'F',
        long,
        value_name = "NAME=VALUE",
        allow_hyphen_values = true
    )]
    pub(crate) form: Vec<String>,
    /// Use this nonce instead of a random one
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) nonce: Option<String>,
    /// Use this time (Unix seconds) instead of now
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) timestamp: Option<u64>,
    /// Print what is signed, and the signature
    #[arg(long)]
    pub(crate) explain: bool,
    #[command(flatten)]
    pub(crate) source: Source,
}

/// Print the app-only Bearer token
///
/// X makes it from the app's API Key and API Key Secret; it belongs to no account.
#[derive(Debug, Args)]
pub(crate) struct Bearer {
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Import credentials from other tools
///
/// Reads JSON, YAML, .env and shell files, INI, TOML, settings and scripts of most languages, four bare lines, text copied
/// from X's console, and the files of twurl, t, xurl, twarc, bti and oysttyer. Imports all accounts found, or the one named
/// with -a. If a value is not certain, nothing is stored. A token without its API Key (a token reply, two bare lines) gets
/// the key from `TWAUTH_CONSUMER_KEY` and `TWAUTH_CONSUMER_SECRET`, or from the credentials file.
#[derive(Debug, Args)]
#[command(mut_arg("creds", written), mut_arg("account", only))]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Import {
    /// The other tool's file, or `-` to read standard input
    ///
    /// A pipe is read where there is no FILE
    #[arg(value_hint = ValueHint::FilePath)]
    pub(crate) file: Option<PathBuf>,
    /// The file's format, if it is not recognised
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(Format::ALL.map(|(_, name)| name)))]
    pub(crate) from: Option<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    /// Add the accounts to the others in the file
    #[arg(long, conflicts_with = "replace")]
    pub(crate) add: bool,
    /// Replace the only account in the file
    #[arg(long)]
    pub(crate) replace: bool,
    /// Show what was found, but write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Verify each account first, and add missing names
    #[arg(long)]
    pub(crate) verify: bool,
    /// Write even if git would commit the file
    #[arg(long, hide_short_help = true)]
    pub(crate) force: bool,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Export credentials for other tools
///
/// Exports the account named with -a; without -a, all accounts in the file if the format can contain several.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The format of the other tool
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(
        Format::ALL.into_iter().filter(|(format, _)| format.can_write()).map(|(_, name)| name)))]
    pub(crate) format: String,
    /// How to name the variables
    ///
    /// In env, fish, powershell and dotenv: `CONSUMER_KEY` (plain), `X_API_KEY` or `TWITTER_API_KEY`
    #[arg(long, value_name = "NAMES", value_parser = PossibleValuesParser::new(Names::WORDS))]
    pub(crate) names: Option<String>,
    /// Write to FILE (only you can read it)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite FILE, or write even if git would commit it
    #[arg(long)]
    pub(crate) force: bool,
    /// Allow secrets to be shown on a terminal
    #[arg(long)]
    pub(crate) show: bool,
    #[command(flatten)]
    pub(crate) source: Source,
}

/// Run a command with credentials in its environment
///
/// Sets every name that tools read, so that nothing of another account is left: `CONSUMER_KEY`, `CONSUMER_SECRET`,
/// `ACCESS_TOKEN`, `ACCESS_TOKEN_SECRET`, `ACCESS_KEY`, `ACCESS_SECRET`; the first four with `TWAUTH_` before them; `API_KEY`,
/// `API_SECRET`, `CONSUMER_KEY`, `CONSUMER_SECRET`, `ACCESS_TOKEN`, `ACCESS_TOKEN_SECRET` and `ACCESS_SECRET`, each with `X_`
/// and with `TWITTER_` before it; and `TWITTER_API_SECRET_KEY`. Other TWAUTH variables are removed, so a twauth inside uses
/// this account; -a accepts its name. Exits with the command's status, with 126 if it cannot be executed, or with 127 if
/// there is no such command.
#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) source: Source,
    /// Set NAME to a value of the account (repeatable)
    ///
    /// LABEL is one of the file's labels, such as `access_token`
    #[arg(long, value_name = "NAME=LABEL")]
    pub(crate) env: Vec<String>,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

/// Generate a shell completion script
///
/// Account names after `-a` come from the credentials file as you press Tab (bash, zsh, fish).
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum, ignore_case = true)]
    pub(crate) shell: Shell,
}

/// Write the man pages into a folder
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The folder; created if it does not exist
    #[arg(value_hint = ValueHint::DirPath)]
    pub(crate) folder: PathBuf,
}

/// Explain a command or a topic
///
/// Topics: exit-codes, environment, files, agents, secrets
#[derive(Debug, Args)]
pub(crate) struct Help {
    /// A command or topic
    #[arg(value_name = "COMMAND|TOPIC")]
    pub(crate) topic: Option<String>,
}

/// Prints the account names in the file that a command line refers to; for completions.
#[derive(Debug, Args)]
pub(crate) struct Accounts {
    #[arg(last = true)]
    pub(crate) words: Vec<String>,
}

/// Check that saved credentials still work
///
/// Asks the server which account the credentials belong to: for the account named with -a, or for every account in the file.
#[derive(Debug, Args)]
#[command(mut_arg("account", only))]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) source: Source,
    /// Write missing and changed names and ids into the file
    #[arg(long)]
    pub(crate) update: bool,
    /// Fail with exit code 6 if a token cannot post
    #[arg(long)]
    pub(crate) can_post: bool,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Diagnose problems and show how to fix them
///
/// Checks the credentials file (permissions, owner, git, swapped keys), variables that override it, and the network (proxy,
/// name, TLS, clock); then asks the server about the app and the accounts, and whether they can post. Changes nothing. Exits
/// with 0 if nothing is wrong (warnings allowed), else with the first problem's exit code.
#[derive(Debug, Args)]
#[command(mut_arg("account", only))]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Run a local server that imitates X
///
/// Runs until Ctrl-C, and prints its URL, its API Key and Secret and a login command. With a command, runs that with a
/// sandbox account in its environment (the variables of `twauth run`, and `TWAUTH_SERVER`), and exits with its status.
/// Every valid screen name is an account of the sandbox.
#[derive(Debug, Args)]
pub(crate) struct Sandbox {
    /// Listen on this port of 127.0.0.1 [default: a free one]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// Write the port number to FILE once it is open
    #[arg(long, value_name = "FILE")]
    pub(crate) port_file: Option<PathBuf>,
    /// Simulate a failure (repeatable)
    #[arg(long, value_name = "NAME", action = ArgAction::Append, value_parser = PossibleValuesParser::new(Fault::ALL.iter().map(|(name, _)| *name)))]
    pub(crate) fault: Vec<String>,
    /// The command's account [default: @sandbot]
    ///
    /// [env: `TWAUTH_ACCOUNT`]
    #[arg(short, long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// The command to run
    #[arg(last = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}

/// Opens a URL in the default browser, in a process of its own.
#[derive(Debug, Args)]
pub(crate) struct Open {
    pub(crate) url: String,
}
