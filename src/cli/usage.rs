//! Errors of usage, which never repeat what was typed: it may be a secret.

use std::fmt::Write as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::error::{Failure, Kind};

/// A text of `tweet` that was taken for options or for several arguments.
fn text_of_tweet(error: &clap::Error, words: &[String]) -> Option<Failure> {
    let Some(ContextValue::String(wrong)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let command = words.iter().find(|word| !word.starts_with('-'))?;
    if error.kind() != ErrorKind::UnknownArgument || command != "tweet" {
        return None;
    }
    // No option has white space in its name.
    let begins_with_dash = |word: &String| {
        let name = word.split('=').next().unwrap_or_default();
        name.starts_with('-') && name.contains(char::is_whitespace)
    };
    let is_similar = error.get(ContextKind::SuggestedArg).is_some();
    if words.iter().any(begins_with_dash) || wrong.starts_with('-') && !is_similar {
        let reason = "`tweet` has no such option (it is not repeated here, it could be a secret)";
        return Some(Failure::new(Kind::Usage, reason).hint(
            "put `--` before a text that begins with a dash: twauth tweet -- \"-5 degrees\"",
        ));
    }
    (!wrong.starts_with('-')).then(|| {
        Failure::new(
            Kind::Usage,
            "`tweet` takes one text, and there are several arguments",
        )
        .hint("put the text in quotes: twauth tweet \"Hello, world\"")
    })
}

/// Only names from our own definitions are taken out of clap's error; `words` are what was typed.
pub(super) fn failure(error: &clap::Error, words: &[String]) -> Failure {
    if let Some(failure) = text_of_tweet(error, words) {
        return failure;
    }
    let named = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        // What begins so is for the completion scripts and for ourselves.
        Some(ContextValue::Strings(texts)) => {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let shown: Vec<&str> = texts
                .into_iter()
                .filter(|it| !it.starts_with("__"))
                .collect();
            (!shown.is_empty()).then(|| shown.join(", "))
        }
        _ => None,
    };
    let argument = || named(ContextKind::InvalidArg).unwrap_or_default();
    let mut hint = "see `twauth --help`, or `twauth COMMAND --help`".to_owned();
    let reason = match error.kind() {
        ErrorKind::UnknownArgument => {
            if let Some(similar) = named(ContextKind::SuggestedArg) {
                hint = format!("there is an option {similar}; {hint}");
            }
            "an argument is not known or one too many (it is not repeated here, it could be a secret)".to_owned()
        }
        ErrorKind::InvalidSubcommand => {
            if let Some(similar) = named(ContextKind::SuggestedSubcommand) {
                hint = format!("there is a command {similar}; {hint}");
            }
            "there is no such command".to_owned()
        }
        ErrorKind::MissingRequiredArgument => format!("missing: {}", argument()),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "see `twauth --help`; to begin with, `twauth login --sandbox` is a rehearsal"
                .clone_into(&mut hint);
            "no command is given".to_owned()
        }
        ErrorKind::ArgumentConflict => {
            let other = named(ContextKind::PriorArg).unwrap_or_else(|| "itself".to_owned());
            format!("{} cannot be used with {other}", argument())
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let mut reason = format!("the value of {} is not valid", argument());
            if let Some(valid) = named(ContextKind::ValidValue).filter(|valid| !valid.is_empty()) {
                let _ = write!(reason, " (valid: {valid})");
            }
            reason
        }
        ErrorKind::NoEquals => format!("{} takes its value after an equals sign", argument()),
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            "an option has too many values or too few".to_owned()
        }
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8 text".to_owned(),
        _ => "the arguments do not fit together".to_owned(),
    };
    Failure::new(Kind::Usage, reason).hint(hint)
}
