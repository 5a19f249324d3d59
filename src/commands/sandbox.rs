//! `sandbox`: the loopback server for other programs, alone or for one command.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use futures_util::future::{Either, select};
use serde_json::json;
use tokio::process::Command;

use super::run::{exit_code_of, found, not_started};
use crate::account::Credentials;
use crate::cli;
use crate::environment;
use crate::error::{Failure, Kind, system_reason};
use crate::output::Output;
use crate::sandbox::{CONSUMER_KEY, CONSUMER_SECRET, Fault, Sandbox};
use crate::store;
use crate::terminal::{interruption, pass_on};

/// The default account of a command.
const ACCOUNT: &str = "sandbot";

pub(super) async fn run(arguments: &cli::Sandbox, output: Output) -> anyhow::Result<ExitCode> {
    let name = match &arguments.account {
        Some(name) => Some(name.clone()),
        None => environment::account()?,
    };
    let sandbox = start(arguments).await?;
    let token = sandbox
        .token(name.as_deref().unwrap_or(ACCOUNT))
        .ok_or_else(|| {
            Failure::new(Kind::Usage, "the account is not a valid screen name")
                .hint("use up to 20 letters, digits and underscores")
        })?;
    if let Some(file) = &arguments.port_file {
        write_port(file, sandbox.port())?;
    }
    match arguments.command.split_first() {
        Some((program, rest)) => {
            let name = name.as_deref().unwrap_or(ACCOUNT);
            around(&sandbox, name, &token, program, rest).await
        }
        None => alone(&sandbox, arguments, name.as_deref(), output).await,
    }
}

async fn start(arguments: &cli::Sandbox) -> Result<Sandbox, Failure> {
    let faults: Vec<Fault> = Fault::ALL
        .iter()
        .filter(|(name, _)| arguments.fault.iter().any(|wanted| wanted == name))
        .map(|(_, fault)| *fault)
        .collect();
    Sandbox::start(arguments.port, &faults)
        .await
        .map_err(|error| {
            let port = arguments.port;
            let cause = system_reason(&error);
            let reason = match error.kind() {
                io::ErrorKind::Other => return Failure::new(Kind::Internal, cause),
                io::ErrorKind::AddrInUse => format!("port {port} is already in use"),
                _ => format!("could not listen on port {port}: {cause}"),
            };
            Failure::new(Kind::Internal, reason)
                .hint("choose another port with --port, or omit --port to use a free one")
        })
}

/// Writes the file from which other programs read the port. It is replaced as a whole: a link there is not followed, and
/// nobody reads half a number.
fn write_port(file: &Path, port: u16) -> Result<(), Failure> {
    let failure = |reason: &str| {
        let name = store::shown(file);
        Failure::new(
            Kind::NotWritable,
            format!("could not write {name}: {reason}"),
        )
        .hint("choose another file with --port-file")
    };
    if fs::symlink_metadata(file).is_ok_and(|found| !found.is_file()) {
        return Err(failure("it is not a regular file"));
    }
    let folder = file.parent().filter(|folder| *folder != Path::new(""));
    let written = || -> io::Result<()> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".twauth-port-");
        // As any new file: other users may read a port.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let temporary = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
        fs::write(temporary.path(), format!("{port}\n"))?;
        temporary.persist(file)?;
        Ok(())
    };
    written().map_err(|error| failure(&system_reason(&error)))
}

/// Runs a command with a sandbox account in its environment, and forwards to it the signals that would end this program.
async fn around(
    sandbox: &Sandbox,
    name: &str,
    token: &Credentials,
    program: &OsString,
    rest: &[OsString],
) -> anyhow::Result<ExitCode> {
    let client = Credentials::new(CONSUMER_KEY, CONSUMER_SECRET);
    let mut command = std::process::Command::new(found(program));
    command.args(rest);
    environment::remove_ours(&mut command);
    command
        .envs(environment::account_variables(&client, token))
        .env(environment::SCREEN_NAME, name.trim_start_matches('@'))
        .env(environment::SERVER, sandbox.url());
    let mut signals = Box::pin(interruption());
    let mut child = Command::from(command)
        .spawn()
        .map_err(|error| not_started(program, &error))?;
    loop {
        let ended = match select(Box::pin(child.wait()), &mut signals).await {
            Either::Left((status, _)) => Ok(status),
            Either::Right((exit_code, _)) => Err(exit_code),
        };
        match ended {
            Ok(status) => return Ok(exit_code_of(status.context("could not wait for it")?)),
            Err(exit_code) => {
                signals = Box::pin(interruption());
                if let Some(id) = child.id() {
                    pass_on(exit_code, id);
                }
            }
        }
    }
}

/// Serves other programs until the user or the system ends it.
async fn alone(
    sandbox: &Sandbox,
    arguments: &cli::Sandbox,
    account: Option<&str>,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let ended = interruption();
    announce(sandbox, &arguments.fault, account, output)?;
    ended.await;
    output.say("stopped");
    Ok(ExitCode::SUCCESS)
}

fn announce(
    sandbox: &Sandbox,
    faults: &[String],
    account: Option<&str>,
    output: Output,
) -> anyhow::Result<()> {
    // A file for each port: an account of another sandbox would be refused here.
    let (url, port) = (sandbox.url(), sandbox.port());
    let account = account.map_or_else(String::new, |name| format!(" -a {name}"));
    let login = format!(
        "{}={CONSUMER_KEY} {}={CONSUMER_SECRET} twauth login --server {url} -c ~/tw-sandbox-{port}.json{account}",
        environment::CONSUMER_KEY,
        environment::CONSUMER_SECRET,
    );
    if output.is_json() {
        return output.document(&json!({
            "url": url,
            "consumer_key": CONSUMER_KEY,
            "consumer_secret": CONSUMER_SECRET,
            "faults": faults,
            "login": login,
        }));
    }
    output.line(url)?;
    if !faults.is_empty() {
        output.say(&format!("Faults:         {}", faults.join(", ")));
    }
    output.say(&format!("API Key:        {CONSUMER_KEY}"));
    output.say(&format!("API Key Secret: {CONSUMER_SECRET}"));
    output.say(&format!("To log in:\n  {login}"));
    output.say("Open the URL in a browser to see the posts. Ctrl-C stops the sandbox.");
    Ok(())
}
