//! `delete`: posts by id or address.

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::{connection, sources};
use crate::api::{self, post_id};
use crate::cli::Delete;
use crate::error::{Failure, common_exit_code};
use crate::output::{Output, described};

pub(super) async fn run(
    arguments: &Delete,
    verbosity: u8,
    output: Output,
) -> anyhow::Result<ExitCode> {
    delete(arguments, verbosity, output)
        .await
        .context("could not delete")
}

async fn delete(arguments: &Delete, verbosity: u8, output: Output) -> anyhow::Result<ExitCode> {
    let ids: Result<Vec<String>, Failure> =
        arguments.posts.iter().map(|typed| post_id(typed)).collect();
    let ids = ids?;
    let accounts = sources::load(&arguments.source, &arguments.network, verbosity)?;
    let account = accounts.one()?;
    let token = sources::token(account)?;
    let settings = connection::settings(&arguments.network, verbosity, output)?;
    let connection = connection::connect(&account.server, settings).await?;
    let mut codes = Vec::new();
    let mut entries = Vec::new();
    for id in &ids {
        let deleted = api::delete(&connection.http, &account.client, token, id).await;
        codes.extend(
            deleted
                .as_ref()
                .err()
                .map(|failure| failure.kind.exit_code()),
        );
        if output.is_json() {
            entries.push(entry(id, deleted));
            continue;
        }
        match deleted {
            Ok(()) => output.line(id)?,
            Err(failure) => {
                let failure = anyhow::Error::new(failure);
                output.complain(&failure.context(format!("could not delete {id}")));
            }
        }
    }
    if output.is_json() {
        output.document(&entries)?;
    }
    Ok(ExitCode::from(common_exit_code(&codes)))
}

fn entry(id: &str, deleted: Result<(), Failure>) -> Value {
    json!({
        "id": id,
        "deleted": deleted.is_ok(),
        "error": deleted.err().map(|failure| described(&failure.into())),
    })
}
