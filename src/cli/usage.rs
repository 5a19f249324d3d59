//! Parsing, and errors of usage that never repeat what was typed: it may be a secret.

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::Parser as _;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::Cli;
use super::help::{first_page, page};
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
    // The parser would draw its own first page, only for it to be replaced.
    if matches!(&*arguments, [_, only] if only == "--help" || only == "-h") {
        return Parsed::Text(first_page());
    }
    match Cli::try_parse_from(&arguments) {
        Ok(cli) => Parsed::Command(cli),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp => Parsed::Text(help(&arguments, &error)),
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

/// The page asked for. Nothing but options without values can stand before a command's name.
fn help(arguments: &[OsString], plain: &clap::Error) -> String {
    let mut words = arguments.iter().skip(1).map(|word| word.to_string_lossy());
    match words.find(|word| !word.starts_with('-')) {
        None => first_page(),
        Some(name) => page(&name).unwrap_or_else(|| plain.render().to_string()),
    }
}

/// Only names from our own definitions are taken out of clap's error.
pub(super) fn failure(error: &clap::Error) -> Failure {
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
