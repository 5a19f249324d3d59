//! twauth: get, store and use OAuth 1.0a credentials for bot accounts on X.
//!
//! Seven layers, each of which uses only those below it:
//!
//! 1. `main`: parse, dispatch, exit code.
//! 2. `cli`: commands, options and their help.
//! 3. `commands`: one file or folder for each command, which combines the tools.
//! 4. The tools: `oauth`, `api`, `store`, `formats`, `prompt`, `browser`, `callback`, `output`, `weight`, `sandbox`.
//! 5. `client` and `refusal`: requests, replies, and what an error means.
//! 6. `account`: accounts, credentials, servers. `environment`, `terminal`, `shell`, `hardening`: the system.
//! 7. `error`: kind, class and exit code of a failure.
//!
//! Where to find things:
//!
//! - A PIN is read in `commands/login/pin.rs`, which asks through `prompt.rs`.
//! - A request is signed in `client/signing.rs` and sent by `client/exchange.rs`.
//! - `Client::authorize`, there too, checks that secrets are sent to their own server only.
//! - Which account a token belongs to, and whether two entries are the same account: `account/identity.rs`.
//! - Only `Secret::expose` reads a secret; searching for that word lists the places.
//! - The credentials file is written in `store/replace.rs`, under the lock of `store/lock.rs`.
//! - Whether a post was published is decided in `api/post.rs`.
//! - An exit code follows from the class of a failure's kind, in `error.rs`.

mod account;
mod api;
mod blocking;
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
mod shell;

mod store;
mod terminal;
mod weight;

use std::process::ExitCode;

use cli::Parsed;
use output::Output;

fn main() -> ExitCode {
    hardening::with_stack(run)
}

fn run() -> ExitCode {
    let (cli, output) = match cli::parse(std::env::args_os()) {
        Parsed::Command(cli) => {
            let output = Output::new(cli.talk.json, cli.talk.quiet, cli.talk.verbose);
            (cli, output)
        }
        Parsed::Text(text) => return printed(&text, Output::new(false, false, 0)),
        Parsed::Wrong {
            failure,
            json,
            usage,
        } => {
            let output = Output::new(json, false, 0);
            let exit_code = output.failure(&failure.into());
            output.usage(&usage);
            return ExitCode::from(exit_code);
        }
    };
    hardening::close_memory();
    terminal::restore_on_panic();
    commands::run(&cli.command, output)
        .unwrap_or_else(|error| ExitCode::from(output.failure(&error)))
}

/// Prints help or the version.
fn printed(text: &str, output: Output) -> ExitCode {
    match output.styled(text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => ExitCode::from(output.failure(&error)),
    }
}
