//! What is said of the findings, and the exit code that fits them all.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::check::{Finding, State};
use crate::account::Account;
use crate::error::common_exit_code;
use crate::harmless::harmless;
use crate::output::{Output, described};

/// One line or one JSON entry for each account; the exit code that fits them all.
pub(super) fn report(
    chosen: &[&Account],
    findings: Vec<Finding>,
    updates: bool,
    output: Output,
) -> anyhow::Result<ExitCode> {
    let codes: Vec<u8> = findings
        .iter()
        .filter_map(|finding| finding.failure.as_ref())
        .map(|failure| failure.kind.exit_code())
        .collect();
    let exit_code = common_exit_code(&codes);
    if output.is_json() {
        let entries: Vec<Value> = chosen
            .iter()
            .zip(findings)
            .map(|(account, finding)| entry(account, finding))
            .collect();
        output.document(&entries)?;
        return Ok(ExitCode::from(exit_code));
    }
    let alone = chosen.len() == 1;
    for (account, finding) in chosen.iter().zip(findings) {
        let name = finding
            .identity
            .as_ref()
            .map(|identity| identity.screen_name.as_str());
        let shown = harmless(
            name.or(account.screen_name.as_deref())
                .or(account.user_id.as_deref())
                .unwrap_or("-"),
        );
        if !alone {
            output.line(&format!(
                "{shown}\t{}\t{}",
                finding.state.word(),
                finding.access_level()
            ))?;
        } else if finding.failure.is_none() {
            output.line(&shown)?;
        }
        remark(account, &finding, updates, output);
        if let Some(failure) = finding.failure {
            output.complain(
                &anyhow::Error::new(failure)
                    .context(format!("could not verify {}", harmless(&account.label()))),
            );
        }
    }
    Ok(ExitCode::from(exit_code))
}

/// Words about an account that works, where there is something to know.
fn remark(account: &Account, finding: &Finding, updates: bool, output: Output) {
    match finding.state {
        State::ReadOnly => read_only(output),
        State::Renamed if !updates => {
            output.warn(&format!(
                "{} has a new name; `twauth verify --update` writes it down",
                harmless(&account.label())
            ));
        }
        _ => {}
    }
}

fn entry(account: &Account, finding: Finding) -> Value {
    let level = finding.access_level().word();
    let (name, id) = finding
        .identity
        .map(|identity| (identity.screen_name, identity.user_id))
        .unzip();
    json!({
        "screen_name": name.or_else(|| account.screen_name.clone()),
        "user_id": id.or_else(|| account.user_id.clone()),
        "state": finding.state.word(),
        "access_level": level,
        "stored_screen_name": account.screen_name,
        "error": finding.failure.map(|failure| described(&failure.into())),
    })
}

/// The three steps that mend a token that may only read.
pub(in crate::commands) fn read_only(output: Output) {
    output.warn("this token may only read: it cannot post");
    output.hint("1. set the app's permissions to Read and write at console.x.com, under User authentication settings");
    output.hint("2. save");
    output
        .hint("3. log in again with `twauth login`: a token keeps the permission it was made with");
}
