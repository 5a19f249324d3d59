//! `delete`: deletes posts by id or URL.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::{connection, sources};
use crate::api::{self, PostId};
use crate::cli::Delete;
use crate::client::Signer;
use crate::error::{Class, Failure};
use crate::output::{Output, described};

pub(super) async fn run(arguments: &Delete, output: Output) -> anyhow::Result<ExitCode> {
    let ids = arguments.posts.iter().map(|typed| PostId::parse(typed));
    let ids: Vec<PostId> = ids.collect::<Result<_, _>>()?;
    let settings = connection::settings(&arguments.network, output)?;
    let accounts = sources::load(&arguments.source, &arguments.network, output)?;
    let account = accounts.one()?;
    let signer = Signer::of(account)?;
    let invocation = accounts.invocation(&arguments.network).about(account);
    let connection = connection::connect(&account.server, settings).await?;
    let mut classes = Vec::new();
    let mut entries = Vec::new();
    for (place, id) in ids.iter().enumerate() {
        let deleted = api::delete(&connection.http, signer, id).await;
        let Err(failure) = deleted else {
            if output.is_json() {
                entries.push(json!({ "id": id, "deleted": true, "error": null }));
            } else {
                output.line(id)?;
            }
            continue;
        };
        let failure = invocation.complete(failure);
        classes.push(failure.kind.class());
        let left = if is_common(&failure) {
            &ids[place + 1..]
        } else {
            &[]
        };
        if output.is_json() {
            entries.push(not_deleted(id, &failure));
            entries.extend(left.iter().map(|id| not_tried(id, &failure)));
        } else {
            let left = match left.len() {
                0 => String::new(),
                count => format!(" ({count} more not tried)"),
            };
            let failure = anyhow::Error::new(failure);
            output.complain(&failure.context(format!("could not delete {id}{left}")));
        }
        if !left.is_empty() {
            break;
        }
    }
    if output.is_json() {
        output.document(&entries)?;
    }
    Ok(ExitCode::from(
        Class::common(&classes).map_or(0, Class::exit_code),
    ))
}

/// Whether the next post would fail too: because of the token, the credits or the rate limit.
fn is_common(failure: &Failure) -> bool {
    matches!(failure.status, Some(401 | 402 | 429))
}

fn not_deleted(id: &str, failure: &Failure) -> Value {
    json!({ "id": id, "deleted": false, "error": described(&failure.clone().into()) })
}

fn not_tried(id: &str, cause: &Failure) -> Value {
    let failure = Failure {
        reason: format!("not tried: {}", cause.reason),
        ..cause.clone()
    };
    not_deleted(id, &failure)
}
