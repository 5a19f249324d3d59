//! What may be typed after `twauth list`.

use clap::Args;

use super::Source;

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
