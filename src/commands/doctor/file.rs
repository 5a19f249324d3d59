//! Checks the credentials file: that it exists, is readable, private and the user's own.

use std::fs::Metadata;

use super::Call;
use super::report::{Check, Report};
use crate::error::Kind;
use crate::shell;
use crate::store::Store;
#[cfg(windows)]
use crate::store::in_home;

/// Checks the file; returns whether its content can be checked.
pub(super) fn check(store: &Store, call: &Call, report: &mut Report) -> anyhow::Result<bool> {
    let shown = store.shown();
    let metadata = match store.metadata() {
        Ok(Some(metadata)) => metadata,
        Ok(None) => {
            report.add(Check::problem(
                "file",
                Kind::NoCredentials,
                format!("there is no {shown}"),
                call.invocation.command("login"),
            ))?;
            return Ok(false);
        }
        Err(failure) => {
            let hint = failure.hint.unwrap_or_else(|| start_again(store, call));
            report.add(Check::problem(
                "readable",
                failure.kind,
                failure.reason,
                hint,
            ))?;
            return Ok(false);
        }
    };
    report.add(Check::ok("file", format!("{shown} exists")))?;
    report.add(Check::ok("readable", "readable"))?;
    private(&metadata, store, report)?;
    Ok(true)
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
        Check::problem(
            "mode",
            Kind::BadFile,
            format!("other users can read or change it ({mode:04o})"),
            if mine {
                shell::make_private(&shown)
            } else {
                format!("sudo {}", shell::make_private(&shown))
            },
        )
    })?;
    report.add(if mine {
        Check::ok("owner", "it belongs to you")
    } else {
        Check::problem(
            "owner",
            Kind::NotWritable,
            "it belongs to another user",
            shell::take_over(&shown),
        )
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

/// The commands that set an unusable file aside and create a new one.
pub(super) fn start_again(store: &Store, call: &Call) -> String {
    shell::set_aside(&store.shown(), &call.invocation.command("login"))
}
