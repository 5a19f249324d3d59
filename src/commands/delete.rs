//! `delete`: posts by id or address.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::{connection, sources};
use crate::api::{self, post_id};
use crate::cli::Delete;
use crate::client::Signer;
use crate::error::{Class, Failure};
use crate::output::{Output, described};

pub(super) async fn run(arguments: &Delete, output: Output) -> anyhow::Result<ExitCode> {
    let ids: Result<Vec<String>, Failure> =
        arguments.posts.iter().map(|typed| post_id(typed)).collect();
    let ids = ids?;
    let accounts = sources::load(&arguments.source, &arguments.network, output)?;
    let account = accounts.one()?;
    let signer = Signer::of(account)?;
    let settings = connection::settings(&arguments.network, output)?;
    let connection = connection::connect(&account.server, settings).await?;
    let mut classes = Vec::new();
    let mut entries = Vec::new();
    for id in &ids {
        let deleted = api::delete(&connection.http, signer, id).await;
        classes.extend(deleted.as_ref().err().map(|failure| failure.kind.class()));
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
    Ok(ExitCode::from(
        Class::common(&classes).map_or(0, Class::exit_code),
    ))
}

fn entry(id: &str, deleted: Result<(), Failure>) -> Value {
    json!({
        "id": id,
        "deleted": deleted.is_ok(),
        "error": deleted.err().map(|failure| described(&failure.into())),
    })
}
