//! `sandbox`: the loopback server for other programs, alone or around one command.

use std::fs;
use std::process::{ExitCode, Stdio};

use anyhow::Context as _;
use serde_json::json;

use super::run::exit_code_of;
use crate::cli;
use crate::environment;
use crate::error::{Failure, Kind, system_reason};
use crate::output::Output;
use crate::sandbox::{self, Fault, Sandbox};

pub(super) async fn run(arguments: &cli::Sandbox, output: Output) -> anyhow::Result<ExitCode> {
    let faults: Vec<Fault> = Fault::ALL
        .iter()
        .filter(|(name, _)| arguments.fault.iter().any(|wanted| wanted == name))
        .map(|(_, fault)| *fault)
        .collect();
    let sandbox = Sandbox::start(arguments.port, &faults)
        .await
        .map_err(|error| {
            Failure::new(
                Kind::Internal,
                format!(
                    "could not listen at port {}: {}",
                    arguments.port,
                    system_reason(&error)
                ),
            )
            .hint("choose another port with --port N, or leave it out for any free one")
        })?;
    if let Some(file) = &arguments.port_file {
        fs::write(file, format!("{}\n", sandbox.port()))
            .context("could not write the port file")?;
    }
    let Some((program, rest)) = arguments.command.split_first() else {
        announce(&sandbox, output)?;
        // Serves until a signal ends the program.
        return std::future::pending().await;
    };
    let mut command = std::process::Command::new(program);
    command.args(rest);
    environment::remove_ours(&mut command);
    command
        .env(environment::SERVER, sandbox.url())
        .env(environment::CONSUMER_KEY, sandbox::CONSUMER_KEY)
        .env(environment::CONSUMER_SECRET, sandbox::CONSUMER_SECRET)
        .stdin(Stdio::inherit());
    let status = tokio::task::spawn_blocking(move || command.status())
        .await
        .context("could not wait")?;
    let status = status.map_err(|error| {
        Failure::new(
            Kind::Internal,
            format!(
                "the command could not be started: {}",
                system_reason(&error)
            ),
        )
        .hint("check its name and path")
    })?;
    Ok(exit_code_of(status))
}

fn announce(sandbox: &Sandbox, output: Output) -> anyhow::Result<()> {
    if output.is_json() {
        return output.document(&json!({
            "url": sandbox.url(),
            "consumer_key": sandbox::CONSUMER_KEY,
            "consumer_secret": sandbox::CONSUMER_SECRET,
        }));
    }
    output.line(sandbox.url())?;
    output.say(&format!("consumer key     {}", sandbox::CONSUMER_KEY));
    output.say(&format!("consumer secret  {}", sandbox::CONSUMER_SECRET));
    output.say("its accounts and what they post: open the address in a browser; Ctrl-C ends it");
    Ok(())
}
