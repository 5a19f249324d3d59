//! What may be typed after `twauth logout`.

use clap::Args;

use super::{Network, Source};

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
