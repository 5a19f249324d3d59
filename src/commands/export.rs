//! `export`: the file's accounts in another tool's format.

use std::ffi::OsStr;
use std::io::{self, IsTerminal};

use anyhow::Context as _;
use serde_json::json;

use super::sources;
use crate::account::Account;
use crate::cli::{Export, Network};
use crate::environment;
use crate::error::{Failure, Kind};
use crate::formats::{self, Format, Names};
use crate::output::Output;
use crate::store;

pub(super) async fn run(arguments: &Export, output: Output) -> anyhow::Result<()> {
    let format = Format::named(&arguments.format).context("the format is not known")?;
    let file = arguments
        .output
        .as_deref()
        .filter(|path| path.as_os_str() != OsStr::new("-"));
    if file.is_none() && environment::keeps_secrets() {
        let reason = "TWAUTH_SECRETS keeps secrets off standard output";
        return Err(Failure::new(Kind::Usage, reason)
            .hint("write to a file with -o FILE, or use `twauth run`")
            .into());
    }
    if file.is_none() && !arguments.show && io::stdout().is_terminal() {
        let failure = Failure::new(
            Kind::Usage,
            "standard output is a terminal and would show the secrets",
        );
        return Err(failure
            .hint("write to a file with -o FILE, or use --show")
            .into());
    }
    let accounts = sources::load_any(&arguments.source, &Network::default(), output)?;
    let chosen: Vec<Account> = if format.can_write_many() {
        accounts.chosen()?.into_iter().cloned().collect()
    } else {
        vec![accounts.one()?.clone()]
    };
    let names = arguments.names.as_deref().map(Names::named);
    if names.is_some() && !format.has_variables() {
        let reason = format!(
            "--names applies to variables, and {} has none",
            format.name()
        );
        return Err(Failure::new(Kind::Usage, reason)
            .hint("choose --format env, fish, powershell or dotenv")
            .into());
    }
    let text = formats::write(format, &chosen, names.unwrap_or_default()).map_err(|reason| {
        Failure::new(Kind::Usage, reason)
            .hint("choose another format, or another account with -a NAME")
    })?;
    let Some(file) = file else {
        return if output.is_json() && format != Format::Json {
            output.document(&json!({ "format": format.name(), "text": text }))
        } else {
            output.exact(text.as_bytes())
        };
    };
    store::write_private(file, &text, arguments.force).await?;
    output.say(&format!(
        "wrote {} to {}",
        sources::labels(&chosen),
        store::shown(file)
    ));
    if output.is_json() {
        output.document(&json!({
            "format": format.name(),
            "file": file.display().to_string(),
            "accounts": chosen.len(),
        }))?;
    }
    Ok(())
}
