//! `run`: a command with one account's credentials in its environment.

use std::process::{Command, ExitCode};

use anyhow::Context as _;

use super::accounts;
use crate::cli::{Network, Run};
use crate::environment;
use crate::error::{Failure, Kind, system_reason};

pub(super) fn run(arguments: &Run, verbosity: u8) -> anyhow::Result<ExitCode> {
    let mut command = command(arguments, verbosity).context("could not run the command")?;
    become_command(&mut command).context("could not run the command")
}

fn command(arguments: &Run, verbosity: u8) -> anyhow::Result<Command> {
    let accounts = accounts::load(&arguments.source, &Network::default(), verbosity)?;
    let account = accounts.one()?;
    let (program, rest) = arguments
        .command
        .split_first()
        .context("no command is given")?;
    let mut command = Command::new(program);
    command.args(rest);
    environment::remove_ours(&mut command);
    let token = accounts::token(account)?;
    command.envs(environment::account_variables(&account.client, token));
    // Without it a twauth inside would take the four values for an account at X.
    if let Some(server) = account.server.label() {
        command.env(environment::SERVER, server);
    }
    Ok(command)
}

/// The command takes this process's place, so signals and its status need no passing on.
#[cfg(unix)]
fn become_command(command: &mut Command) -> anyhow::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    Err(not_started(&command.exec()).into())
}

#[cfg(not(unix))]
fn become_command(command: &mut Command) -> anyhow::Result<ExitCode> {
    let status = command.status().map_err(|error| not_started(&error))?;
    Ok(super::exit_code::of_child(status))
}

fn not_started(error: &std::io::Error) -> Failure {
    Failure::new(
        Kind::Internal,
        format!("it could not be started: {}", system_reason(error)),
    )
    .hint("check its name and path")
}
