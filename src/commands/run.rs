//! `run`: a command with one account's credentials in its environment.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::{Command, ExitCode, ExitStatus};

use anyhow::Context as _;

use super::sources;
use crate::account::{Account, LABELS};
use crate::cli::{Network, Run};
use crate::environment;
use crate::error::{Failure, Kind, Next, system_reason};
use crate::output::Output;
use crate::terminal::text::harmless;

pub(super) fn run(arguments: &Run, output: Output) -> anyhow::Result<ExitCode> {
    let accounts = sources::load(&arguments.source, &Network::default(), output)?;
    let account = accounts.one()?;
    account.check_values()?;
    let more = arguments.env.iter().map(|pair| variable(pair, account));
    let more: Vec<(&str, String)> = more.collect::<Result<_, _>>()?;
    let (program, rest) = arguments
        .command
        .split_first()
        .context("no command is given")?;
    let mut command = Command::new(found(program));
    command.args(rest);
    environment::remove_ours(&mut command);
    let token = account.usable_token()?;
    command.envs(environment::account_variables(&account.client, token));
    // For a twauth inside: which account the four values are, and that they are not X's.
    if let Some(name) = &account.screen_name {
        command.env(environment::SCREEN_NAME, name);
    }
    if let Some(server) = account.server.label() {
        command.env(environment::SERVER, server);
    }
    command.envs(more);
    become_command(&mut command)
}

/// The variable of an `--env NAME=LABEL`.
fn variable<'a>(pair: &'a str, account: &Account) -> Result<(&'a str, String), Failure> {
    let labels = || format!("use a label of the file: {}", LABELS.join(", "));
    let divided = pair.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, label) =
        divided.ok_or_else(|| Failure::usage("--env needs NAME=LABEL").hint(labels()))?;
    if !is_variable(name) {
        let reason = "--env has a NAME that is not the name of a variable";
        return Err(Failure::usage(reason).hint(
            "use letters, digits, underscores, dots and hyphens, and no digit at the start",
        ));
    }
    let labelled = account.labelled();
    let found = labelled.iter().find(|(own, _)| *own == label);
    // What it has may be a value in place of the label.
    let (own, value) =
        found.ok_or_else(|| Failure::usage("--env has an unknown label").hint(labels()))?;
    match value {
        Some(value) => Ok((name, (*value).to_owned())),
        None if *own == "server" => Ok((name, account.server.to_string())),
        None => {
            let reason = format!("{} has no {own}", account.label());
            Err(Failure::usage(reason).next("add it with {}", Next::Update))
        }
    }
}

/// Whether a variable can have this name: by the rule of Kubernetes, which is wider than that of the shells.
fn is_variable(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    name.bytes().all(is_allowed) && !name.starts_with(|first: char| first.is_ascii_digit())
}

/// The command replaces this process, so signals and its status need no forwarding.
#[cfg(unix)]
fn become_command(command: &mut Command) -> anyhow::Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;
    let error = command.exec();
    Err(not_started(command.get_program(), &error).into())
}

/// Ctrl-C and Ctrl-Break go to every program of the console: the command decides what they mean, and this waits for it.
#[cfg(windows)]
fn become_command(command: &mut Command) -> anyhow::Result<ExitCode> {
    use tokio::signal::windows::{ctrl_break, ctrl_c};
    let _heard = (ctrl_c(), ctrl_break());
    let status = command
        .status()
        .map_err(|error| not_started(command.get_program(), &error))?;
    Ok(exit_code_of(status))
}

/// Why a child did not start. As in shells, a command that is not there and one that cannot be executed have exit codes of
/// their own.
pub(super) fn not_started(program: &OsStr, error: &io::Error) -> Failure {
    let name = harmless(&program.to_string_lossy());
    let kind = match error.kind() {
        io::ErrorKind::NotFound => {
            let reason = format!("there is no command `{name}`");
            return Failure::new(Kind::NoSuchCommand, reason).hint("check its name and path");
        }
        // The system has no room for another process.
        io::ErrorKind::WouldBlock | io::ErrorKind::OutOfMemory => Kind::Internal,
        _ => Kind::NotExecutable,
    };
    let reason = format!("could not start `{name}`: {}", system_reason(error));
    Failure::new(kind, reason).hint("check its name and path")
}

/// The program that a shell would start by this name.
#[cfg(unix)]
pub(super) fn found(program: &OsStr) -> OsString {
    program.into()
}

/// The program that a shell would start by this name: scripts too, which the system only finds by their whole name.
#[cfg(windows)]
pub(super) fn found(program: &OsStr) -> OsString {
    use std::env;
    use std::path::{Path, PathBuf};
    let name = Path::new(program);
    if name.extension().is_some() || name.components().count() != 1 {
        return program.into();
    }
    let endings = env::var("PATHEXT").unwrap_or_else(|_| ".COM;.EXE;.BAT;.CMD".to_owned());
    let folders = env::var_os("PATH").unwrap_or_default();
    let mut candidates = env::split_paths(&folders).flat_map(|folder| {
        let named = |ending: &str| {
            folder
                .join(name)
                .with_extension(ending.trim_start_matches('.'))
        };
        endings.split(';').map(named).collect::<Vec<_>>()
    });
    candidates
        .find(|candidate| candidate.is_file())
        .map_or_else(|| program.into(), PathBuf::into_os_string)
}

/// A child's status as a shell would give it.
pub(super) fn exit_code_of(status: ExitStatus) -> ExitCode {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            return ExitCode::from(u8::try_from(128 + signal).unwrap_or(1));
        }
    }
    // Those of Windows are whole numbers, which no `ExitCode` can be made of.
    #[cfg(windows)]
    if let Some(code) = status.code().filter(|code| u8::try_from(*code).is_err()) {
        #[expect(clippy::exit, reason = "there is no other way to give such a code")]
        std::process::exit(code);
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(1))
}
