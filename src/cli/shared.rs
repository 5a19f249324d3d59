//! The options that several commands share.

use std::path::PathBuf;

use clap::{ArgAction, Args, ValueHint};

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
