//! What may be typed after `twauth login`.

use clap::Args;

use super::{Network, Source};

/// Authorise the app for an account and keep its credentials
///
/// Asks X for a request token, shows the address of the page where the account's owner authorises the app, asks for the
/// PIN that the page shows, and writes the access token to the credentials file. Run it once for each account. Without a
/// terminal every answer is one line of standard input.
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
    /// Only print the address, open no browser
    #[arg(long, conflicts_with = "browser")]
    pub(crate) no_browser: bool,
    /// The browser to open: a name (firefox, chrome) or a command ('firefox -P bot')
    #[arg(long, value_name = "NAME")]
    pub(crate) browser: Option<String>,
    /// Receive the redirect at http://127.0.0.1:PORT/PATH, registered at the app, instead of a PIN
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
