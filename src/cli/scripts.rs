//! The shells' completion scripts, which ask twauth itself for the names of accounts.

use std::fmt::Write as _;

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
            let names = script.replace("__fish_complete_users", "__twauth_accounts");
            FISH_NAMES.to_owned() + &names + &fish_words()
        }
        Shell::PowerShell => with_whole_names(&script),
        _ => script.into_owned(),
    };
    script.trim_start().to_owned()
}

/// The values of arguments, which the generated script leaves out.
fn fish_words() -> String {
    let all = completed();
    let mut text = String::new();
    for command in all.get_subcommands() {
        let values = command.get_positionals().flat_map(|argument| {
            let values = argument.get_possible_values();
            values.into_iter().map(|value| value.get_name().to_owned())
        });
        let values: Vec<String> = values.collect();
        if !values.is_empty() {
            let _ = writeln!(
                text,
                "complete -c twauth -n \"__fish_twauth_using_subcommand {}\" -f -a \"{}\"",
                command.get_name(),
                values.join(" ")
            );
        }
    }
    text
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

/// The commands whose argument is a path.
const TAKES_PATH: [&str; 2] = ["twauth__subcmd__import)", "twauth__subcmd__man)"];

/// The generated script offers files wherever an option takes a value, and options where a word or a file is wanted.
fn with_names_in_bash(script: &str) -> String {
    let mut text = String::new();
    let mut after_account = false;
    let mut takes_path = false;
    for line in script.lines() {
        let word = line.trim();
        let indent = &line[..line.len() - line.trim_start().len()];
        if word.starts_with("twauth__subcmd__") {
            takes_path = TAKES_PATH.contains(&word);
        }
        let offers_nothing = word == "COMPREPLY=()" && takes_path;
        let line = match word.strip_prefix("opts=\"") {
            _ if after_account && word.starts_with("COMPREPLY=") => {
                format!("{indent}_twauth_accounts")
            }
            _ if offers_nothing => {
                format!("{indent}COMPREPLY=($(compgen -f \"${{cur}}\"))\n{indent}return 0")
            }
            _ if takes_path && word.starts_with("if [[ ${cur} == -*") => {
                format!("{indent}if [[ ${{cur}} == -* ]] ; then")
            }
            Some(options) => {
                let words = options.trim_end_matches('"').split(' ');
                let words: Vec<&str> = words.filter(|word| !word.starts_with('-')).collect();
                format!(
                    "{line}\n{indent}[[ ${{cur}} == -* ]] || opts=\"{}\"",
                    words.join(" ")
                )
            }
            None => line.to_owned(),
        };
        text += &line;
        text.push('\n');
        after_account = match word {
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
