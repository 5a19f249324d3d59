//! `completions`: prints a shell's script, and the account names that the script asks for.

use std::path::PathBuf;
use std::process::ExitCode;

use super::sources::{self, Origin};
use crate::account::{is_screen_name, is_user_id};
use crate::cli::{self, Completions, Network, Source};
use crate::output::Output;
use crate::store::in_home;

pub(super) fn run(arguments: &Completions, output: Output) -> anyhow::Result<ExitCode> {
    output.exact(cli::script(arguments.shell).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the names of the accounts in the file that a command line names; nothing if anything is wrong.
pub(super) fn names(arguments: &cli::Accounts, output: Output) -> anyhow::Result<ExitCode> {
    let mut source = Source::default();
    let mut network = Network::default();
    let mut words = arguments.words.iter().map(String::as_str).peekable();
    while let Some(word) = words.next() {
        match word {
            "--" => break,
            "--sandbox" => network.sandbox = true,
            "-c" | "--creds" => {
                // bash treats the equals sign as a word.
                words.next_if_eq(&"=");
                source.creds = words.next().map(typed_path);
            }
            _ => {
                let attached = word
                    .strip_prefix("--creds=")
                    .or_else(|| word.strip_prefix("-c"));
                if let Some(path) = attached {
                    source.creds = Some(typed_path(path));
                }
            }
        }
    }
    let Ok(Origin::File(store)) = sources::origin(&source, &network) else {
        return Ok(ExitCode::SUCCESS);
    };
    for account in store.read().ok().flatten().unwrap_or_default() {
        // A shell reads them, so only names and ids are printed.
        let name = account.screen_name.filter(|name| is_screen_name(name));
        let id = account.user_id.filter(|id| is_user_id(id));
        if let Some(name) = name.or(id) {
            output.line(&name)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A path on a command line that no shell has expanded yet.
fn typed_path(word: &str) -> PathBuf {
    word.strip_prefix("~/")
        .and_then(|rest| in_home(rest).ok())
        .unwrap_or_else(|| PathBuf::from(word))
}
