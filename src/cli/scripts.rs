//! The shells' completion scripts, which ask twauth itself for the names of accounts.

use clap_complete::{Shell, generate};

use super::help::completed;

/// The names come out of a file, so they are only ever compared: `compgen -W` would evaluate them.
const BASH_NAMES: &str = r#"
_twauth_accounts() {
    local name
    COMPREPLY=()
    while IFS= read -r name; do
        case "${name}" in
            "${cur}"*) COMPREPLY+=("${name}") ;;
        esac
    done < <(twauth __accounts -- "${COMP_WORDS[@]:1}" 2>/dev/null)
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

/// The script for `shell`.
pub(crate) fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    generate(shell, &mut completed(), "twauth", &mut script);
    let script = String::from_utf8_lossy(&script);
    let script = match shell {
        Shell::Bash => BASH_NAMES.to_owned() + &with_names_in_bash(&script),
        Shell::Zsh => with_names_in_zsh(&script),
        Shell::Fish => {
            FISH_NAMES.to_owned() + &script.replace("__fish_complete_users", "__twauth_accounts")
        }
        Shell::PowerShell => with_whole_names(&script),
        _ => script.into_owned(),
    };
    script.trim_start().to_owned()
}

/// PowerShell takes `using` at the top of a file alone; without it the script can be anywhere in a profile.
fn with_whole_names(script: &str) -> String {
    let script = script
        .lines()
        .filter(|line| !line.starts_with("using namespace"))
        .fold(String::new(), |text, line| text + line + "\n");
    ["CompletionResultType", "CompletionResult"]
        .map(|name| (name, "System.Management.Automation"))
        .into_iter()
        .chain(
            ["StringConstantExpressionAst", "StringConstantType"]
                .map(|name| (name, "System.Management.Automation.Language")),
        )
        .fold(script, |script, (name, namespace)| {
            script.replace(&format!("[{name}]"), &format!("[{namespace}.{name}]"))
        })
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
            text += "_twauth_accounts";
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
