//! Parsing, and errors of usage that never repeat what was typed: it may be a secret.

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::Parser as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::help::overview;
use super::{Cli, decorated};
use crate::error::{Failure, Kind};

/// What became of the arguments.
pub(crate) enum Parsed {
    Command(Cli),
    /// Help or the version, to be printed as a result.
    Text(String),
    Wrong {
        failure: Failure,
        json: bool,
    },
}

pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Parsed {
    let arguments: Vec<OsString> = arguments.collect();
    if asks_for_help(&arguments)
        && let Some(text) = help(&arguments)
    {
        return Parsed::Text(text);
    }
    match Cli::try_parse_from(&arguments) {
        Ok(cli) => Parsed::Command(cli),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp => {
                Parsed::Text(help(&arguments).unwrap_or_else(|| error.render().to_string()))
            }
            ErrorKind::DisplayVersion => Parsed::Text(error.render().to_string()),
            _ => {
                let ours = arguments.iter().take_while(|argument| *argument != "--");
                let json = ours.skip(1).any(|argument| argument == "--json");
                Parsed::Wrong {
                    failure: failure(&error),
                    json,
                }
            }
        },
    }
}

/// Whether the usual words for it are there; clap knows others, such as `-qh`.
fn asks_for_help(arguments: &[OsString]) -> bool {
    let mut ours = arguments.iter().take_while(|argument| *argument != "--");
    ours.any(|argument| argument == "--help" || argument == "-h")
}

/// The help asked for, with all that only help shows; none where it is not asked for after all.
fn help(arguments: &[OsString]) -> Option<String> {
    let is_option = |argument: &OsString| argument.as_encoded_bytes().starts_with(b"-");
    let definition = if arguments.iter().skip(1).all(is_option) {
        overview()
    } else {
        decorated()
    };
    let error = definition.try_get_matches_from(arguments).err()?;
    (error.kind() == ErrorKind::DisplayHelp).then(|| error.render().to_string())
}

/// Only names from our own definitions are taken out of clap's error.
pub(super) fn failure(error: &clap::Error) -> Failure {
    let named = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
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
            if let Some(valid) = named(ContextKind::ValidValue) {
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
