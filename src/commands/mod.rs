//! One file or folder for each command; only here are the tools combined.

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
use futures_util::future::{Either, LocalBoxFuture, select};

use crate::browser;
use crate::cli::{self, Command};
use crate::error::{Failure, Kind, system_reason};
use crate::hardening;
use crate::output::Output;
use crate::terminal::{interruption, survive_file_limits};
use sources::invocation::Invocation;

/// What a command does while the runtime runs.
type Work<'a> = LocalBoxFuture<'a, anyhow::Result<ExitCode>>;

/// Runs the command. What a failure could not do, and the command of the next step, are added here, once.
pub(crate) fn run(command: &Command, output: Output) -> anyhow::Result<ExitCode> {
    let (verb, outcome) = match command {
        Command::Login(it) => ("log in", online(login::run(it, output))),
        Command::Verify(it) => ("verify", online(verify::run(it, output))),
        Command::List(it) => ("list the accounts", list::run(it, output)),
        Command::Logout(it) => ("log out", online(logout::run(it, output))),
        Command::Tweet(it) => ("post", online(tweet::run(it, output))),
        Command::Delete(it) => ("delete", online(delete::run(it, output))),
        Command::Import(it) => ("import", online(finished(import::run(it, output)))),
        Command::Export(it) => (
            "export",
            online(async { export::run(it, output).await.map(success) }),
        ),
        Command::Run(it) => ("run the command", run::run(it, output)),
        Command::Request(it) => ("make the request", online(request::run(it, output))),
        Command::Header(it) => ("sign", header::run(it, output).map(success)),
        Command::Bearer(it) => (
            "get the app-only token",
            online(finished(bearer::run(it, output))),
        ),
        Command::Sandbox(it) => (
            "run the sandbox",
            in_runtime(Box::pin(sandbox::run(it, output))),
        ),
        Command::Doctor(it) => ("diagnose", online(doctor::run(it, output))),
        Command::Completions(it) => ("write completions", completions::run(it, output)),
        Command::Man(it) => ("write the man pages", man::run(it, output)),
        Command::Help(it) => ("", help(it, output)),
        Command::Accounts(it) => ("list the accounts", completions::names(it, output)),
        Command::Open(it) => ("open the URL", Ok(browser::open_default(&it.url))),
    };
    outcome.map_err(|error| {
        let error = match error.downcast_ref::<Failure>() {
            Some(failure) if failure.kind == Kind::Cancelled => return error,
            Some(Failure { next: Some(_), .. }) => match Invocation::of(command) {
                Some(invocation) => invocation.complete_error(error),
                None => error,
            },
            _ => error,
        };
        error.context(format!("could not {verb}"))
    })
}

fn success((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

async fn finished(work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<ExitCode> {
    work.await.map(success)
}

/// Prints help.
fn help(arguments: &cli::Help, output: Output) -> anyhow::Result<ExitCode> {
    let text = cli::help_on(arguments.topic.as_deref())?;
    output.styled(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Runs what talks to a server or a user. A signal ends it at its next pause, with the terminal restored; what it was
/// writing is written.
fn online(work: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    until_interrupted(Box::pin(work))
}

/// Not generic, as `in_runtime` is not: what they do is compiled once, instead of once for each command.
fn until_interrupted(work: Work<'_>) -> anyhow::Result<ExitCode> {
    in_runtime(Box::pin(async {
        let interrupted = match select(work, pin!(interruption())).await {
            Either::Left((outcome, _)) => return outcome,
            Either::Right((exit_code, _)) => exit_code,
        };
        match interrupted {
            130 => Err(Failure::new(Kind::Cancelled, "interrupted").into()),
            exit_code => Ok(ExitCode::from(exit_code)),
        }
    }))
}

fn in_runtime(work: Work<'_>) -> anyhow::Result<ExitCode> {
    hardening::check_descriptors().map_err(|error| {
        let reason = format!(
            "the async runtime could not start: {}",
            system_reason(&error)
        );
        Failure::new(Kind::Internal, reason)
            .hint("allow more open files, for example with `ulimit -n 64`")
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("could not start")?;
    let outcome = runtime.block_on(async {
        survive_file_limits();
        work.await
    });
    // A prompt may still wait on its thread.
    runtime.shutdown_background();
    outcome
}
