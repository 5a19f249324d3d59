//! The credentials file itself: there, readable, private, one's own.

use std::fs::Metadata;

use super::Call;
use super::report::{Finding, Report};
use crate::error::Kind;
use crate::shell;
use crate::store::Store;
#[cfg(windows)]
use crate::store::in_home;

/// Checks the file; whether its content can be looked at.
pub(super) fn check(store: &Store, call: &Call, report: &mut Report) -> anyhow::Result<bool> {
    let shown = store.shown();
    let metadata = match store.metadata() {
        Ok(Some(metadata)) => metadata,
        Ok(None) => {
            report.add(Finding::problem(
                "file",
                Kind::NoCredentials,
                format!("there is no {shown}"),
                call.invocation.command("login"),
            ))?;
            return Ok(false);
        }
        Err(failure) => {
            let hint = failure.hint.unwrap_or_else(|| start_again(store, call));
            report.add(Finding::problem(
                "readable",
                failure.kind,
                failure.reason,
                hint,
            ))?;
            return Ok(false);
        }
    };
    report.add(Finding::ok("file", format!("{shown} is there")))?;
    report.add(Finding::ok("readable", "it can be read"))?;
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
        Finding::ok("mode", format!("its owner alone can read it ({mode:04o})"))
    } else {
        Finding::problem(
            "mode",
            Kind::BadFile,
            format!("others can read or change it ({mode:04o})"),
            if mine {
                shell::make_private(&shown)
            } else {
                format!("sudo {}", shell::make_private(&shown))
            },
        )
    })?;
    report.add(if mine {
        Finding::ok("owner", "it belongs to you")
    } else {
        Finding::problem(
            "owner",
            Kind::NotWritable,
            "it belongs to another user",
            shell::take_over(&shown),
        )
    })?;
    if metadata.nlink() > 1 {
        report.add(Finding::warning(
            "owner",
            "it has further names (hard links), which keep old keys when it is rewritten",
            format!("find ~ -xdev -samefile {}", shell::typed(&shown)),
        ))?;
    }
    Ok(())
}

/// The rights of a file are its folder's on Windows; those of a profile keep other users out.
#[cfg(windows)]
fn private(_: &Metadata, store: &Store, report: &mut Report) -> anyhow::Result<()> {
    let target = store.target()?;
    let is_in_profile = in_home("").is_ok_and(|home| target.starts_with(home));
    let folder = target.parent().unwrap_or(&target);
    report.add(if is_in_profile {
        Finding::ok(
            "mode",
            "its folder is in your profile, which other users cannot read",
        )
    } else {
        Finding::warning(
            "mode",
            "it is outside your profile: other users of this machine may be able to read it",
            shell::close_folder(folder)
                .unwrap_or_else(|| "move it to a folder in your profile".to_owned()),
        )
    })
}

/// Puts a file that cannot be used aside, and makes a new one.
pub(super) fn start_again(store: &Store, call: &Call) -> String {
    shell::set_aside(&store.shown(), &call.invocation.command("login"))
}
