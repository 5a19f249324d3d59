//! Other programs' files: read whole, written privately.

use std::io;
use std::path::Path;

use super::lock::Lock;
use super::reading::Flaw;
use super::{flawed, git, location, replace};
use crate::error::{Failure, Kind, system_reason};
use location::shown;

/// The text of the file at `path`, as far as it may be read as credentials.
pub(crate) fn text_of_file(path: &Path) -> Result<String, Failure> {
    let name = shown(path);
    match location::contents(path)? {
        Some((bytes, _)) => text(bytes, &name),
        None => Err(
            Failure::new(Kind::BadFile, format!("there is no file {name}")).hint("check the path"),
        ),
    }
}

/// The text of what `source` gives (standard input).
pub(crate) fn text_of_input(source: impl io::Read) -> Result<String, Failure> {
    let bytes = location::limited(source).map_err(|error| {
        Failure::new(
            Kind::BadFile,
            format!(
                "standard input could not be read: {}",
                system_reason(&error)
            ),
        )
    })?;
    text(bytes, "standard input")
}

fn text(bytes: Vec<u8>, name: &str) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|error| flawed(&Flaw::not_utf8(error.as_bytes()), name))
}

/// Writes `text` to a file of mode 0600, whole or not at all. What stands there already, and a place where git would
/// commit it, are for `force` only.
pub(crate) async fn write_private(path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    let name = shown(path);
    let unwritable = |error: &io::Error| {
        let reason = format!("{name} could not be written: {}", system_reason(error));
        Failure::new(Kind::NotWritable, reason)
    };
    let target = location::target(path).map_err(|error| unwritable(&error))?;
    if !force {
        git::check(&target, "-o").await?;
    }
    if target.symlink_metadata().is_ok_and(|it| !it.is_file()) {
        let reason = format!("{name} is not a regular file");
        return Err(Failure::new(Kind::NotWritable, reason));
    }
    let (folder, file_name) = replace::parts(&target).map_err(|error| unwritable(&error))?;
    // A login or import into the same file removes the temporary files that nobody holds the lock for.
    let _lock = Lock::take(folder, file_name, unwritable)?;
    replace::place(&target, text, force).map_err(|error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            exists(&name)
        } else {
            unwritable(&error)
        }
    })
}

fn exists(name: &str) -> Failure {
    Failure::new(Kind::NotWritable, format!("{name} exists already"))
        .hint("choose another name, or write over it with --force")
}
