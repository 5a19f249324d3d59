//! Errors of usage. They name commands and options, and never repeat a value: it may be a secret.

use std::fmt::Write as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::parsing::command_among;
use crate::error::{Failure, Kind};

/// Commands of other tools, and ours that does it.
const ALIASES: [(&str, &str, &str); 12] = [
    ("post", "tweet", "to post"),
    ("status", "verify", "to check the credentials"),
    ("whoami", "verify", "to check whose the credentials are"),
    ("check", "verify", "to check the credentials"),
    ("accounts", "list", "to list the accounts"),
    ("ls", "list", "to list the accounts"),
    ("remove", "logout", "to remove an account"),
    ("add", "login --add", "to add an account"),
    ("auth", "login", "to log in"),
    ("curl", "request", "to send a signed request"),
    ("api", "request", "to send a signed request"),
    ("env", "run", "to run a command with credentials"),
];

/// What is wrong, from clap's error; `words` are the arguments.
pub(super) fn failure(error: &clap::Error, words: &[String]) -> Failure {
    let command = command_among(words).filter(|name| super::help::is_command(name));
    let see = match command {
        Some(name) => format!("see `twauth {name} --help`"),
        None => "see `twauth --help`".to_owned(),
    };
    let (reason, hint) = match (command, error.kind()) {
        (None, ErrorKind::InvalidSubcommand) => no_command(error, words),
        (Some(name), ErrorKind::UnknownArgument) if precedes(error, name, words) => {
            let option = named(error, ContextKind::InvalidArg).unwrap_or_default();
            (
                format!("`{option}` belongs after the command"),
                Some(format!("put {option} after {name}")),
            )
        }
        (Some("tweet"), ErrorKind::UnknownArgument) if is_text(error, words) => {
            text_of_tweet(error, words)
        }
        (Some(name), ErrorKind::UnknownArgument) => unknown(error, name),
        (Some("run"), ErrorKind::MissingRequiredArgument) => (
            "which command?".to_owned(),
            Some("put `--` before it: twauth run -- CMD".to_owned()),
        ),
        (Some("delete"), ErrorKind::MissingRequiredArgument) => (
            "which post?".to_owned(),
            Some("give its id or URL: twauth delete 1234567890123456789".to_owned()),
        ),
        (Some(name), ErrorKind::MissingRequiredArgument) => {
            let argument = named(error, ContextKind::InvalidArg).unwrap_or_default();
            (format!("`{name}` needs {argument}"), None)
        }
        _ => (other(error), None),
    };
    Failure::new(Kind::Usage, reason).hint(hint.unwrap_or(see))
}

/// Names from our own definitions that clap puts into its error.
fn named(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        // What begins so is for the completion scripts and for ourselves.
        Some(ContextValue::Strings(texts)) => {
            let shown = texts.iter().filter(|it| !it.starts_with("__"));
            let shown: Vec<&str> = shown.map(String::as_str).collect();
            (!shown.is_empty()).then(|| shown.join(", "))
        }
        _ => None,
    }
}

/// A mistyped word in quotation marks, unless it could be a secret: a name is short and has no digits.
pub(super) fn quoted(word: &str) -> String {
    let is_name = |letter: u8| letter.is_ascii_lowercase() || letter == b'-';
    if word.len() < 15 && word.bytes().all(is_name) {
        format!(" `{word}`")
    } else {
        String::new()
    }
}

fn no_command(error: &clap::Error, words: &[String]) -> (String, Option<String>) {
    let word = command_among(words).unwrap_or_default();
    let reason = match quoted(word) {
        shown if shown.is_empty() => "there is no such command".to_owned(),
        shown => format!("there is no command{shown}"),
    };
    let alias = ALIASES.iter().find(|(name, _, _)| *name == word);
    let hint = match (alias, named(error, ContextKind::SuggestedSubcommand)) {
        (Some((_, ours, purpose)), _) => Some(format!("{purpose}, use `twauth {ours}`")),
        (None, Some(similar)) => {
            let similar = similar.replace(", ", "` or `twauth ");
            Some(format!("did you mean `twauth {similar}`?"))
        }
        (None, None) => None,
    };
    (reason, hint)
}

/// Whether the option that clap does not know is one of the command, and stands before its name.
fn precedes(error: &clap::Error, command: &str, words: &[String]) -> bool {
    let wrong = named(error, ContextKind::InvalidArg).unwrap_or_default();
    let mut before = words.iter().take_while(|word| *word != command);
    before.any(|word| word.split('=').next() == Some(&wrong))
        && super::help::has_option(command, &wrong)
}

/// Whether what clap takes for an option or one argument too many belongs to a post's text.
fn is_text(error: &clap::Error, words: &[String]) -> bool {
    let wrong = named(error, ContextKind::InvalidArg).unwrap_or_default();
    let is_similar = error.get(ContextKind::SuggestedArg).is_some();
    words.iter().any(|word| begins_with_dash(word)) || !wrong.starts_with('-') || !is_similar
}

/// No option has white space in its name.
fn begins_with_dash(word: &str) -> bool {
    let name = word.split('=').next().unwrap_or_default();
    name.starts_with('-') && name.contains(char::is_whitespace)
}

fn text_of_tweet(error: &clap::Error, words: &[String]) -> (String, Option<String>) {
    let wrong = named(error, ContextKind::InvalidArg).unwrap_or_default();
    if words.iter().any(|word| begins_with_dash(word)) || wrong.starts_with('-') {
        let hint = "put `--` before a text that begins with a dash: twauth tweet -- \"-5 degrees\"";
        return (
            "`tweet` has no such option".to_owned(),
            Some(hint.to_owned()),
        );
    }
    (
        "`tweet` takes the text as one argument".to_owned(),
        Some("put the text in quotes: twauth tweet \"Hello, world\"".to_owned()),
    )
}

/// An option that the command does not have, or an argument too many.
fn unknown(error: &clap::Error, name: &str) -> (String, Option<String>) {
    let wrong = named(error, ContextKind::InvalidArg).unwrap_or_default();
    if wrong.starts_with('-') {
        let option = wrong.split('=').next().unwrap_or_default();
        let reason = match quoted(option) {
            shown if shown.is_empty() => format!("`{name}` has no such option"),
            shown => format!("`{name}` has no option{shown}"),
        };
        let similar = named(error, ContextKind::SuggestedArg);
        return (reason, similar.map(|it| format!("did you mean `{it}`?")));
    }
    match name {
        "run" | "sandbox" => (
            format!("`{name}` needs `--` before the command"),
            Some(format!("twauth {name} -- CMD")),
        ),
        "login" | "verify" | "list" | "logout" | "doctor" | "bearer" | "export" => (
            format!("`{name}` takes no argument"),
            Some(format!("to name the account: `twauth {name} -a NAME`")),
        ),
        _ => (format!("`{name}` has an argument too many"), None),
    }
}

fn other(error: &clap::Error) -> String {
    let argument = named(error, ContextKind::InvalidArg).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => "there is no such option".to_owned(),
        ErrorKind::InvalidSubcommand => "there is no such command".to_owned(),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "which command?".to_owned()
        }
        ErrorKind::ArgumentConflict => {
            match named(error, ContextKind::PriorArg).filter(|other| *other != argument) {
                Some(other) => format!("{argument} cannot be used with {other}"),
                None => format!("{argument} can be given only once"),
            }
        }
        ErrorKind::InvalidValue if is_missing(error) => format!("{argument} needs a value"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let mut reason = format!("the value of {argument} is not valid");
            let valid = named(error, ContextKind::ValidValue);
            if let Some(valid) = valid.filter(|valid| !valid.is_empty()) {
                let _ = write!(reason, " (valid values: {valid})");
            }
            reason
        }
        ErrorKind::NoEquals => format!("{argument} needs an equals sign before its value"),
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{argument} has too many values or too few")
        }
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8 text".to_owned(),
        _ => "these arguments cannot be used together".to_owned(),
    }
}

/// Whether an option came without its value.
fn is_missing(error: &clap::Error) -> bool {
    match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) => value.is_empty(),
        _ => true,
    }
}
