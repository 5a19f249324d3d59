//! `completions`: a shell's script, and the account names that it asks for when the user presses Tab.

use std::path::PathBuf;

use super::sources::{self, Origin};
use crate::account::{is_screen_name, is_user_id};
use crate::cli::{self, Completions, Network, Source};
use crate::output::Output;
use crate::store::in_home;

pub(super) fn run(arguments: &Completions, output: Output) -> anyhow::Result<()> {
    output.exact(cli::script(arguments.shell).as_bytes())
}

/// Prints the account names in the file that a command line refers to. On any error, nothing is completed.
pub(super) fn names(arguments: &cli::Accounts, output: Output) -> anyhow::Result<()> {
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
        return Ok(());
    };
    for account in store.read().ok().flatten().unwrap_or_default() {
        // A shell reads them: print only valid names and ids.
        let name = account.screen_name.filter(|name| is_screen_name(name));
        let id = account.user_id.filter(|id| is_user_id(id));
        if let Some(name) = name.or(id) {
            output.line(&name)?;
        }
    }
    Ok(())
}

/// A path from a command line that no shell has expanded yet.
fn typed_path(word: &str) -> PathBuf {
    word.strip_prefix("~/")
        .and_then(|rest| in_home(rest).ok())
        .unwrap_or_else(|| PathBuf::from(word))
}
