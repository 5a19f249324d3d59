//! What may be typed for help, manual pages and completions.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

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

/// Explain a command, or a topic: exit-codes, environment, files
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
