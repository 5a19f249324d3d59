//! `completions`: a shell's script, and the account names it asks for as the user presses Tab.

use std::path::PathBuf;
use std::process::ExitCode;

use clap_complete::{Shell, generate};

use super::accounts::{self, Origin};
use crate::account::is_screen_name;
use crate::cli::{self, Completions, Network, Source};
use crate::output::Output;
use crate::store::in_home;

const BASH_NAMES: &str = r#"
_twauth_accounts() {
    twauth __accounts -- "${COMP_WORDS[@]:1}" 2>/dev/null
}
"#;

const ZSH_NAMES: &str = r#"
_twauth_accounts() {
    local -a names
    names=(${(f)"$(twauth __accounts -- "${(@)words[2,-1]}" 2>/dev/null)"})
    _describe -t accounts account names
}
"#;

const FISH_NAMES: &str = r"
function __twauth_accounts
    twauth __accounts -- (commandline -opc)[2..] 2>/dev/null
end
";

pub(super) fn run(arguments: &Completions, output: Output) -> anyhow::Result<ExitCode> {
    let mut command = cli::completed();
    let shell = arguments.shell;
    let mut script = Vec::new();
    generate(shell, &mut command, "twauth", &mut script);
    let script = String::from_utf8_lossy(&script);
    let script = match shell {
        Shell::Bash => BASH_NAMES.to_owned() + &with_names_in_bash(&script),
        Shell::Zsh => with_names_in_zsh(&script),
        Shell::Fish => {
            FISH_NAMES.to_owned() + &script.replace("__fish_complete_users", "__twauth_accounts")
        }
        _ => script.into_owned(),
    };
    output.exact(script.trim_start().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// The generated script offers files wherever an option takes a value.
fn with_names_in_bash(script: &str) -> String {
    let mut text = String::new();
    let mut after_account = false;
    for line in script.lines() {
        let option = line.trim();
        if after_account && option.starts_with("COMPREPLY=") {
            let indent = &line[..line.len() - line.trim_start().len()];
            text += indent;
            text += r#"COMPREPLY=($(compgen -W "$(_twauth_accounts)" -- "${cur}"))"#;
        } else {
            text += line;
        }
        text.push('\n');
        after_account = match option {
            "--account)" | "-a)" => true,
            ";;" => false,
            _ => after_account,
        };
    }
    text
}

/// After the first line, `#compdef twauth`.
fn with_names_in_zsh(script: &str) -> String {
    let (first, rest) = script.split_once('\n').unwrap_or((script, ""));
    format!(
        "{first}\n{ZSH_NAMES}{}",
        rest.replace(":_users", ":_twauth_accounts")
    )
}

/// The names of the accounts in the file that a command line names. Whatever is wrong, there is nothing to complete.
pub(super) fn names(arguments: &cli::Accounts, output: Output) -> anyhow::Result<ExitCode> {
    let mut source = Source::default();
    let mut network = Network::default();
    let mut words = arguments.words.iter().map(String::as_str).peekable();
    while let Some(word) = words.next() {
        match word {
            "--" => break,
            "--sandbox" => network.sandbox = true,
            "-c" | "--creds" => {
                // bash makes a word of the equals sign.
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
    let Ok(Origin::File(store)) = accounts::origin(&source, &network) else {
        return Ok(ExitCode::SUCCESS);
    };
    for account in store.read().ok().flatten().unwrap_or_default() {
        let name = account.screen_name.filter(|name| is_screen_name(name));
        if let Some(name) = name.or(account.user_id) {
            output.line(&name)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A path as it stands on a command line that no shell has read yet.
fn typed_path(word: &str) -> PathBuf {
    word.strip_prefix("~/")
        .and_then(|rest| in_home(rest).ok())
        .unwrap_or_else(|| PathBuf::from(word))
}
