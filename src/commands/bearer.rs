//! `bearer`: prints the app-only token.

use serde_json::json;

use super::{connection, sources};
use crate::cli::Bearer;
use crate::client::Signer;
use crate::environment;
use crate::error::Failure;
use crate::oauth;
use crate::output::Output;

pub(super) async fn run(arguments: &Bearer, output: Output) -> anyhow::Result<()> {
    if environment::keeps_secrets() {
        let reason = "TWAUTH_SECRETS=never forbids secrets on standard output";
        return Err(Failure::usage(reason)
            .hint("use `twauth request --bearer`, which prints no token")
            .into());
    }
    let settings = connection::settings(&arguments.network, output)?;
    let app = sources::app(&arguments.source, &arguments.network, output)?;
    let connection = connection::connect(&app.server, settings).await?;
    let token =
        oauth::app_token(&connection.http, Signer::of_app(&app.server, &app.client)).await?;
    if output.is_json() {
        return output.document(&json!({ "token_type": "bearer", "access_token": token.expose() }));
    }
    output.line(token.expose())
}
