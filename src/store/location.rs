//! Finds and opens the credentials file: default places, symbolic links, and files that may not be read or written.

use std::env;
use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::system::{self, is_own, open};
use super::trust;
use crate::error::{Failure, Kind, system_reason};
use crate::shell;
use crate::terminal::{stderr, text};

/// The size limit of a credentials file, in bytes.
pub(super) const SIZE_LIMIT: u64 = 16 * 1024 * 1024;
const LINK_LIMIT: usize = 40;

/// The hint for somebody who names a pipe.
const USE_INPUT: &str =
    "to read credentials from a pipe, use `-c -` (to import them, `twauth import -`)";

/// `NAME` in the user's home folder.
pub(crate) fn in_home(name: &str) -> Result<PathBuf, Failure> {
    let variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    system::home().map(|home| home.join(name)).ok_or_else(|| {
        Failure::new(Kind::Usage, "the home folder is unknown").hint(format!(
            "set {variable} to an absolute path, or name the file with --creds FILE"
        ))
    })
}

/// The path as the user gave it, with `~/` expanded: shells do not expand it inside quotes, after `--creds=` and in
/// variables.
pub(crate) fn as_named(path: PathBuf) -> Result<PathBuf, Failure> {
    match path.strip_prefix("~") {
        Ok(rest) if !rest.as_os_str().is_empty() => {
            // A separator at the end is no path component.
            let mut named = in_home("")?.join(rest);
            if names_folder(&path) {
                named.push("");
            }
            Ok(named)
        }
        _ => Ok(path),
    }
}

/// A path for messages, safe on a terminal. On a terminal it is as the user gave it, or with `~` for the home folder;
/// in a log, under sudo and on Windows it is complete.
pub(crate) fn shown(path: &Path) -> String {
    if !is_at_home() {
        let full = std::path::absolute(path);
        return text::path(full.as_deref().unwrap_or(path));
    }
    let home = system::home();
    match home
        .as_deref()
        .and_then(|home| path.strip_prefix(home).ok())
    {
        Some(rest) => format!("~/{}", text::path(rest)),
        None => text::path(path),
    }
}

/// A path quoted for a shell, valid in any folder.
pub(crate) fn typed(path: &Path) -> String {
    let whole = std::path::absolute(path);
    let shown = shown(whole.as_deref().unwrap_or(path));
    match shown.strip_prefix("~/") {
        Some(rest) => format!("~/{}", shell_words::quote(rest)),
        None => shell_words::quote(&shown).into_owned(),
    }
}

/// Whether `~` in a message is clear to its reader, and to the shell.
fn is_at_home() -> bool {
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(unix) && stderr::is_terminal() && is_set("HOME") && !is_set("SUDO_USER")
}

/// The file at `path` with all symbolic links resolved; it need not exist.
pub(super) fn target(path: &Path) -> io::Result<PathBuf> {
    let mut at = std::path::absolute(path)?;
    if names_stream(&at) {
        return Err(io::Error::other("its name contains a colon"));
    }
    for _ in 0..LINK_LIMIT {
        match fs::read_link(&at) {
            Ok(_) if trust::leads_astray(&at) => {
                return Err(io::Error::other(
                    "its symbolic link belongs to another user",
                ));
            }
            Ok(link) => at = at.parent().unwrap_or(Path::new("/")).join(link),
            // Not a link, or no such file.
            Err(_) => return Ok(at),
        }
    }
    Err(io::Error::other("its symbolic links form a loop"))
}

/// The bytes and metadata of the file at `target`; `None` if there is no file.
pub(super) fn contents(target: &Path) -> Result<Option<(Vec<u8>, Metadata)>, Failure> {
    let refused = |reason: &dyn std::fmt::Display| {
        Failure::new(
            Kind::BadFile,
            format!("{} could not be read: {reason}", shown(target)),
        )
    };
    if names_stream(target) {
        return Err(refused(&"its name contains a colon"));
    }
    // Checked before it is opened, because opening a device can have effects, and again afterwards.
    match fs::metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return if names_folder(target) {
                Err(refused(&"its name is that of a folder"))
            } else {
                Ok(None)
            };
        }
        Err(error) => return Err(refused(&system_reason(&error))),
        Ok(metadata) if metadata.is_dir() => return Err(refused(&"it is a folder")),
        // Standard input and a shell's <(...) are pipes with a path; they would be empty when read again.
        Ok(metadata) if !metadata.is_file() => {
            return Err(refused(&"it is not a regular file").hint(USE_INPUT));
        }
        Ok(_) => {}
    }
    let file = open(target).map_err(|error| {
        let failure = refused(&system_reason(&error));
        match error.kind() {
            io::ErrorKind::PermissionDenied => failure.hint(access(target)),
            _ => failure,
        }
    })?;
    let metadata = file
        .metadata()
        .map_err(|error| refused(&system_reason(&error)))?;
    if !metadata.is_file() {
        return Err(refused(&"it is not a regular file"));
    }
    let bytes = limited(file).map_err(|error| refused(&system_reason(&error)))?;
    Ok(Some((bytes, metadata)))
}

/// Whether the path names an alternate data stream (Windows), which cannot be replaced as a whole.
fn names_stream(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    cfg!(windows) && name.as_encoded_bytes().contains(&b':')
}

/// Whether the path ends in a separator, so that it cannot be a file.
fn names_folder(path: &Path) -> bool {
    let last = path.as_os_str().as_encoded_bytes().last();
    last.is_some_and(|byte| std::path::is_separator(char::from(*byte)))
}

/// All bytes of `source`; an error beyond the size limit.
pub(super) fn limited(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(SIZE_LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > SIZE_LIMIT {
        return Err(io::Error::other("it is larger than 16 MiB"));
    }
    Ok(bytes)
}

/// The command that makes the file readable.
fn access(target: &Path) -> String {
    let file = shown(target);
    if fs::metadata(target).is_ok_and(|it| is_own(&it)) {
        shell::make_private(&file)
    } else {
        shell::take_over(&file)
    }
}
