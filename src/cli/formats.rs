//! What may be typed after `twauth import`, `export` and `run`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::{Network, Source};
use crate::formats::Format;

/// Take over other programs' credentials
///
/// Reads JSON, Python dicts, .env and shell files, INI, YAML, four bare lines and the files of twurl, t, xurl, twarc, bti and
/// oysttyer; the format is recognised. All accounts found go into the credentials file, or the one named with -a.
/// A token that comes without its app takes the consumer pair of `TWAUTH_CONSUMER_KEY` and `TWAUTH_CONSUMER_SECRET`, or of the
/// credentials file.
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

/// Write credentials for other programs
///
/// The account named with -a; otherwise all accounts of the file, where the format holds several.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The other program's format
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(
        Format::ALL.into_iter().filter(|format| format.can_write()).map(Format::name)))]
    pub(crate) format: String,
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
/// Sets `CONSUMER_KEY`, `CONSUMER_SECRET`, `ACCESS_TOKEN`, `ACCESS_TOKEN_SECRET`, `ACCESS_KEY`, `ACCESS_SECRET` and the same first
/// four with `TWAUTH_` before them; every other variable of twauth's is removed. Where the account does not live at X,
/// `TWAUTH_SERVER` says where.
#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) source: Source,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "CMD")]
    pub(crate) command: Vec<OsString>,
}
