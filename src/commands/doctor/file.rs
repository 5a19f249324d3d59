//! Checks the credentials file: that it exists, is readable, private and the user's own.

use std::fs::Metadata;

use super::report::{Check, Report};
use super::repository;
use crate::account::{Account, Server};
use crate::error::Kind;
use crate::shell;
use crate::store::Store;
#[cfg(windows)]
use crate::store::in_home;

/// Checks everything about the file that needs no network; returns the accounts that can be read.
pub(super) async fn check(
    store: &Store,
    server: Option<&Server>,
    report: &mut Report,
) -> anyhow::Result<Vec<Account>> {
    let shown = store.shown();
    let login = report.invocation.command("login");
    // Sets an unusable file aside.
    let again = shell::set_aside(&shown, &login);
    let metadata = match store.metadata() {
        Ok(Some(metadata)) => metadata,
        Ok(None) => {
            let (kind, reason) = (Kind::NoCredentials, format!("there is no {shown}"));
            report.add(Check::problem("file", kind, reason, login))?;
            return Ok(Vec::new());
        }
        Err(failure) => {
            let hint = failure.hint.unwrap_or(again);
            report.add(Check::problem(
                "readable",
                failure.kind,
                failure.reason,
                hint,
            ))?;
            return Ok(Vec::new());
        }
    };
    report.add(Check::ok("file", format!("{shown} exists")))?;
    report.add(Check::ok("readable", "readable"))?;
    private(&metadata, store, report)?;
    let (accounts, failure) = match store.read() {
        Ok(accounts) => (accounts.unwrap_or_default(), None),
        Err(failure) => (Vec::new(), Some(failure)),
    };
    repository::check(store, &accounts, server, report).await?;
    if let Some(failure) = failure {
        report.add(Check::problem(
            "labels",
            failure.kind,
            failure.reason,
            again,
        ))?;
    }
    Ok(accounts)
}

#[cfg(unix)]
fn private(metadata: &Metadata, store: &Store, report: &mut Report) -> anyhow::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let shown = store.shown();
    let mode = metadata.mode() & 0o7777;
    let of_others = mode & 0o077;
    let mine = metadata.uid() == rustix::process::geteuid().as_raw();
    report.add(if of_others == 0 {
        Check::ok("mode", format!("permissions are {mode:04o}"))
    } else {
        let reason = format!("other users can read or change it ({mode:04o})");
        let sudo = if mine { "" } else { "sudo " };
        let fix = format!("{sudo}{}", shell::make_private(&shown));
        Check::problem("mode", Kind::BadFile, reason, fix)
    })?;
    report.add(if mine {
        Check::ok("owner", "it belongs to you")
    } else {
        let (reason, fix) = ("it belongs to another user", shell::take_over(&shown));
        Check::problem("owner", Kind::NotWritable, reason, fix)
    })?;
    if metadata.nlink() > 1 {
        report.add(Check::warning(
            "owner",
            "it has other hard links, which will keep old keys",
            format!("find ~ -xdev -samefile {}", shell::typed(&shown)),
        ))?;
    }
    Ok(())
}

/// On Windows a file has the permissions of its folder; those of a profile keep other users out.
#[cfg(windows)]
fn private(_: &Metadata, store: &Store, report: &mut Report) -> anyhow::Result<()> {
    let target = store.target()?;
    let is_in_profile = in_home("").is_ok_and(|home| target.starts_with(home));
    let folder = target.parent().unwrap_or(&target);
    report.add(if is_in_profile {
        Check::ok(
            "mode",
            "its folder is in your profile, which other users cannot read",
        )
    } else {
        Check::warning(
            "mode",
            "it is outside your profile: other users of this machine may be able to read it",
            shell::close_folder(folder)
                .unwrap_or_else(|| "move it to a folder in your profile".to_owned()),
        )
    })
}
