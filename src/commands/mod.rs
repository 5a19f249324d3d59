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
use std::process::{ExitCode, Termination};

use anyhow::Context as _;
use futures_util::future::{Either, LocalBoxFuture, select};

use crate::browser;
use crate::cli::{self, Command};
use crate::error::{Failure, Kind, system_reason};
use crate::hardening;
use crate::output::{Output, UNPRINTED, interrupted};
use crate::terminal::{interruption, survive_file_limits};
use sources::invocation::Invocation;

/// What a command does while the runtime runs.
type Work<'a> = LocalBoxFuture<'a, anyhow::Result<ExitCode>>;

/// Runs the command. What a failure could not do, and the command of the next step, are added here, once.
pub(crate) fn run(command: &Command, output: Output) -> anyhow::Result<ExitCode> {
    let (verb, outcome) = match command {
        Command::Login(it) => ("log in", online(output, login::run(it, output))),
        Command::Verify(it) => ("verify", online(output, verify::run(it, output))),
        Command::List(it) => ("list the accounts", done(list::run(it, output))),
        Command::Logout(it) => ("log out", online(output, logout::run(it, output))),
        Command::Tweet(it) => ("post", online(output, tweet::run(it, output))),
        Command::Delete(it) => ("delete", online(output, delete::run(it, output))),
        Command::Import(it) => ("import", online(output, import::run(it, output))),
        Command::Export(it) => ("export", online(output, export::run(it, output))),
        Command::Run(it) => ("run the command", run::run(it, output)),
        Command::Request(it) => ("make the request", online(output, request::run(it, output))),
        Command::Header(it) => ("sign", done(header::run(it, output))),
        Command::Bearer(it) => (
            "get the app-only token",
            online(output, bearer::run(it, output)),
        ),
        Command::Sandbox(it) => (
            "run the sandbox",
            in_runtime(Box::pin(sandbox::run(it, output))),
        ),
        Command::Doctor(it) => ("diagnose", online(output, doctor::run(it, output))),
        Command::Completions(it) => ("write completions", done(completions::run(it, output))),
        Command::Man(it) => ("write the man pages", done(man::run(it, output))),
        Command::Help(it) => ("show help", done(help(it, output))),
        Command::Accounts(it) => ("list the accounts", done(completions::names(it, output))),
        Command::Open(it) => ("open the URL", Ok(browser::open_default(&it.url))),
    };
    outcome.map_err(|error| {
        let failure = error.downcast_ref::<Failure>();
        let kind = failure.map(|failure| failure.kind);
        if matches!(kind, Some(Kind::Cancelled | Kind::CancelledUnknown)) {
            return error;
        }
        let has_step = failure.is_some_and(|failure| failure.next.is_some());
        let invocation = has_step.then(|| Invocation::of(command)).flatten();
        let error = match invocation {
            Some(invocation) => invocation.complete_error(error),
            None => error,
        };
        if error.downcast_ref::<&str>() == Some(&UNPRINTED) {
            return error;
        }
        error.context(format!("could not {verb}"))
    })
}

/// The exit code of a command that has no other result.
fn done(outcome: anyhow::Result<impl Termination>) -> anyhow::Result<ExitCode> {
    outcome.map(Termination::report)
}

/// Prints help.
fn help(arguments: &cli::Help, output: Output) -> anyhow::Result<()> {
    output.styled(&cli::help_on(arguments.topic.as_deref())?)
}

/// Runs what talks to a server or a user. A signal ends it at its next pause, with the terminal restored; what it was
/// writing is written.
fn online(
    output: Output,
    work: impl Future<Output = anyhow::Result<impl Termination>>,
) -> anyhow::Result<ExitCode> {
    until_interrupted(output, Box::pin(async { done(work.await) }))
}

/// Not generic, as `in_runtime` is not: what they do is compiled once, instead of once for each command.
fn until_interrupted(output: Output, work: Work<'_>) -> anyhow::Result<ExitCode> {
    in_runtime(Box::pin(async {
        let exit_code = match select(work, pin!(interruption())).await {
            Either::Left((outcome, _)) => return outcome,
            // Dropping the work tells how far it got.
            Either::Right((exit_code, work)) => {
                drop(work);
                exit_code
            }
        };
        match exit_code {
            130 => Err(interrupted(output.is_json()).into()),
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
