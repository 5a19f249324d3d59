//! Parsing: a command, a page of help, or what is wrong.

use std::ffi::OsString;

use clap::Parser as _;
use clap::error::ErrorKind;

use super::Cli;
use super::help::{first_page, page};
use super::usage::failure;
use crate::error::Failure;

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
    // The parser would define every command for a line of text, or draw its own first page, only for it to be replaced.
    if let [_, only] = &*arguments {
        match only.to_str() {
            Some("--help" | "-h") => return Parsed::Text(first_page()),
            Some("--version" | "-V") => {
                return Parsed::Text(concat!("twauth ", env!("TWAUTH_VERSION"), "\n").to_owned());
            }
            _ => {}
        }
    }
    match Cli::try_parse_from(&arguments) {
        Ok(cli) => Parsed::Command(cli),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp => Parsed::Text(help(&arguments, &error)),
            ErrorKind::DisplayVersion => Parsed::Text(error.render().to_string()),
            _ => {
                let ours = arguments.iter().skip(1).take_while(|it| *it != "--");
                let words: Vec<String> = ours.map(|it| it.to_string_lossy().into()).collect();
                Parsed::Wrong {
                    failure: failure(&error, &words),
                    json: words.iter().any(|word| word == "--json"),
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
        Some(name) => page(&name).unwrap_or_else(|| plain.render().ansi().to_string()),
    }
}
