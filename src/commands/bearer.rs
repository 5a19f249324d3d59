//! `bearer`: the app-only token.

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;

use super::{connection, sources};
use crate::cli::Bearer;
use crate::oauth;
use crate::output::Output;

pub(super) async fn run(
    arguments: &Bearer,
    verbosity: u8,
    output: Output,
) -> anyhow::Result<ExitCode> {
    print(arguments, verbosity, output)
        .await
        .context("could not get the app-only token")?;
    Ok(ExitCode::SUCCESS)
}

async fn print(arguments: &Bearer, verbosity: u8, output: Output) -> anyhow::Result<()> {
    let app = sources::app(&arguments.source, &arguments.network, verbosity)?;
    let settings = connection::settings(&arguments.network, verbosity, output)?;
    let connection = connection::connect(&app.server, settings).await?;
    let token = oauth::app_token(&connection.http, &app.client).await?;
    if output.is_json() {
        return output.document(&json!({ "token_type": "bearer", "access_token": token }));
    }
    output.line(&token)
}
