//! twauth: gets, keeps and uses OAuth 1.0a credentials for bot accounts on X.

mod account;
mod api;
mod browser;
mod callback;
mod cli;
mod client;
mod commands;
mod environment;
mod error;
mod formats;
mod hardening;

mod oauth;
mod output;
mod prompt;
mod refusal;
mod sandbox;

mod store;
mod terminal;
mod weight;

use std::process::ExitCode;

use cli::Parsed;
use output::Output;

fn main() -> ExitCode {
    let (cli, output) = match cli::parse(std::env::args_os()) {
        Parsed::Command(cli) => {
            let output = Output::new(cli.talk.json, cli.talk.quiet, cli.talk.verbose);
            (cli, output)
        }
        Parsed::Text(text) => return printed(&text, Output::new(false, false, 0)),
        Parsed::Wrong { failure, json } => {
            return ExitCode::from(Output::new(json, false, 0).failure(&failure.into()));
        }
    };
    hardening::close_memory();
    commands::run(cli.command, output)
        .unwrap_or_else(|error| ExitCode::from(output.failure(&error)))
}

/// Help and the version are results.
fn printed(text: &str, output: Output) -> ExitCode {
    match output.exact(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => ExitCode::from(output.failure(&error)),
    }
}
