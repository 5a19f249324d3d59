//! One file or folder for each command, and the only place where the tools meet.

mod bearer;
mod checking;
mod completions;
mod connection;
mod delete;
mod doctor;
mod export;
mod header;
mod import;
mod list;
mod login;
mod logout;
mod man;
mod request;
mod run;
mod sandbox;
mod sources;
mod tweet;
mod verify;

use std::future::Future;
use std::pin::pin;
use std::process::ExitCode;

use anyhow::Context as _;
use futures_util::future::{Either, select};

use crate::browser;
use crate::cli::{self, Cli, Command};
use crate::error::{Failure, Kind};
use crate::output::Output;
use crate::terminal::{interruption, survive_file_limits};

/// Does what was typed.
pub(crate) fn run(cli: Cli, output: Output) -> anyhow::Result<ExitCode> {
    let verbosity = cli.talk.verbose;
    match cli.command {
        Command::Login(arguments) => online(login::run(&arguments, verbosity, output)),
        Command::Verify(arguments) => online(verify::run(&arguments, verbosity, output)),
        Command::List(arguments) => list::run(&arguments, verbosity, output),
        Command::Logout(arguments) => online(logout::run(&arguments, verbosity, output)),
        Command::Tweet(arguments) => online(tweet::run(&arguments, verbosity, output)),
        Command::Delete(arguments) => online(delete::run(&arguments, verbosity, output)),
        Command::Import(arguments) => online(import::run(&arguments, verbosity, output)),
        Command::Export(arguments) => online(async { export::run(&arguments, verbosity, output) }),
        Command::Run(arguments) => run::run(&arguments, verbosity),
        Command::Request(arguments) => online(request::run(&arguments, verbosity, output)),
        Command::Header(arguments) => header::run(&arguments, verbosity, output),
        Command::Bearer(arguments) => online(bearer::run(&arguments, verbosity, output)),
        Command::Sandbox(arguments) => online(sandbox::run(&arguments, output)),
        Command::Doctor(arguments) => online(doctor::run(&arguments, verbosity, output)),
        Command::Completions(arguments) => completions::run(&arguments, output),
        Command::Man(arguments) => man::run(&arguments, output),
        Command::Help(arguments) => help(&arguments, output),
        Command::Accounts(arguments) => completions::names(&arguments, output),
        Command::Open(arguments) => Ok(browser::open_default(&arguments.url)),
    }
}

/// Help is a result.
fn help(arguments: &cli::Help, output: Output) -> anyhow::Result<ExitCode> {
    let text = cli::help_on(arguments.topic.as_deref())?;
    output.exact(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Runs what talks to a server or a person. A signal ends it at its next pause, with the terminal as it was; what
/// it was writing is written.
fn online(work: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("could not start")?;
    let outcome = runtime.block_on(async {
        survive_file_limits();
        let interrupted = {
            let work = pin!(work);
            let interruption = pin!(interruption());
            match select(work, interruption).await {
                Either::Left((outcome, _)) => return outcome,
                Either::Right((exit_code, _)) => exit_code,
            }
        };
        match interrupted {
            130 => Err(Failure::new(Kind::Cancelled, "interrupted").into()),
            exit_code => Ok(ExitCode::from(exit_code)),
        }
    });
    // A prompt may still be waiting on its thread.
    runtime.shutdown_background();
    outcome
}
