//! Parsing: a command, a page of help, or what is wrong.

use std::ffi::OsString;

use clap::Parser as _;
use clap::error::ErrorKind;

use super::Cli;
use super::help::{Extent, first_page, page, usage};
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
        /// How the command is called.
        usage: String,
    },
}

pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Parsed {
    let arguments: Vec<OsString> = arguments.collect();
    if arguments.len() == 1 {
        return Parsed::Text(first_page(Extent::Whole));
    }
    // The parser would define every command for a line of text, or draw its own first page, only for it to be replaced.
    if let [_, only] = &*arguments {
        match only.to_str() {
            Some("--help") => return Parsed::Text(first_page(Extent::Whole)),
            Some("-h") => return Parsed::Text(first_page(Extent::Short)),
            Some("--version" | "-V" | "version") => {
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
                    usage: usage(command_among(&words)),
                }
            }
        },
    }
}

/// The page asked for. Only options without values can come before a command's name.
fn help(arguments: &[OsString], plain: &clap::Error) -> String {
    let words: Vec<String> = arguments
        .iter()
        .skip(1)
        .map(|it| it.to_string_lossy().into())
        .collect();
    let is_whole = words.iter().any(|word| word == "--help");
    let extent = if is_whole {
        Extent::Whole
    } else {
        Extent::Short
    };
    match command_among(&words) {
        None => first_page(extent),
        Some(name) => page(name, extent).unwrap_or_else(|| plain.render().ansi().to_string()),
    }
}

/// The command's name among the words after the program's.
pub(super) fn command_among(words: &[String]) -> Option<&str> {
    let mut words = words.iter().map(String::as_str);
    words.find(|word| !word.starts_with('-'))
}
