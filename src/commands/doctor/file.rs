//! The credentials file itself: there, readable, private, one's own.

use std::fs::Metadata;

use super::Call;
use super::report::{Finding, Report};
use crate::error::Kind;
use crate::store::{Store, ownership, quoted};

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
                format!("twauth login{}", call.options),
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
            format!(
                "{}chmod 600 {}",
                if mine { "" } else { "sudo " },
                quoted(&shown)
            ),
        )
    })?;
    report.add(if mine {
        Finding::ok("owner", "it belongs to you")
    } else {
        Finding::problem(
            "owner",
            Kind::NotWritable,
            "it belongs to another user",
            ownership(store.path()),
        )
    })?;
    if metadata.nlink() > 1 {
        report.add(Finding::warning(
            "owner",
            "it has further names (hard links), which keep old keys when it is rewritten",
            format!("find ~ -xdev -samefile {}", quoted(&shown)),
        ))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn private(_: &Metadata, _: &Store, report: &mut Report) -> anyhow::Result<()> {
    report.add(Finding::skipped(
        "mode",
        "this system keeps the file private by its folder",
    ))
}

/// Puts a file that cannot be used aside, and makes a new one.
pub(super) fn start_again(store: &Store, call: &Call) -> String {
    let shown = store.shown();
    format!(
        "mv {} {} && twauth login{}",
        quoted(&shown),
        quoted(&format!("{shown}.old")),
        call.options
    )
}
