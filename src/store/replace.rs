//! Replaces a file durably: a temporary file beside it, mode 0600, sync, rename, sync of the folder.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::system::{private, private_folder, remove as remove_file, rename, sync, sync_folder};

const SUFFIX: &str = ".twauth-tmp";

/// The number of random letters and digits in a temporary file's name.
const RANDOM: usize = 6;

/// The longest name of a file, in bytes, that leaves room for its temporary file's: file systems allow 255.
const LONGEST_NAME: usize = 255 - 2 - RANDOM - SUFFIX.len();

/// How many bytes a save may add to a file.
const GROWTH: usize = 4096;

/// Writes `text` to `target`, whole or not at all, if `unchanged` still returns true just before the rename.
pub(super) fn replace(target: &Path, text: &str, unchanged: impl Fn() -> bool) -> io::Result<bool> {
    let (folder, name) = parts(target)?;
    remove_strays(folder, name);
    let temporary = create_in(folder, name, text.as_bytes())?;
    if !rename(temporary, target, unchanged)? {
        return Ok(false);
    }
    sync_folder(folder)?;
    Ok(true)
}

/// Removes the file at `target`, if `unchanged` still returns true.
pub(super) fn remove(target: &Path, unchanged: impl Fn() -> bool) -> io::Result<bool> {
    let (folder, name) = parts(target)?;
    remove_strays(folder, name);
    if !unchanged() {
        return Ok(false);
    }
    remove_file(target)?;
    sync_folder(folder)?;
    Ok(true)
}

/// Writes `text` to `target`, whole or not at all; replaces an existing file only if asked to.
pub(super) fn place(target: &Path, text: &str, over: bool) -> io::Result<()> {
    let (folder, name) = parts(target)?;
    let temporary = create_in(folder, name, text.as_bytes())?;
    if over {
        rename(temporary, target, || true)?;
    } else {
        temporary
            .persist_noclobber(target)
            .map_err(|error| error.error)?;
    }
    sync_folder(folder)
}

/// Makes sure that `replace` can succeed: creates a temporary file of the size that a save may need.
pub(super) fn probe(target: &Path) -> io::Result<()> {
    let (folder, name) = parts(target)?;
    let now = fs::metadata(target).map_or(0, |metadata| metadata.len());
    let size = usize::try_from(now).unwrap_or(0) + GROWTH;
    create_in(folder, name, &vec![b' '; size]).map(drop)
}

/// Creates the missing folders of a file durably, with mode 0700 whatever the umask.
pub(super) fn create_folder(folder: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = folder
        .ancestors()
        .take_while(|ancestor| !ancestor.exists())
        .collect();
    for folder in missing.into_iter().rev() {
        match new_folder(folder) {
            // Another login may create it at the same time.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
            Err(error) => return Err(error),
            Ok(()) => private_folder(folder)?,
        }
        folder.parent().map_or(Ok(()), sync_folder)?;
    }
    Ok(())
}

/// Writes `text` to a new 0600 file in the first folder that can be written.
pub(super) fn rescue(folders: &[PathBuf], text: &str) -> io::Result<PathBuf> {
    let mut last = io::Error::other("no folder to write to");
    for folder in folders {
        let written = tempfile::Builder::new()
            .prefix("twauth-rescue-")
            .suffix(".json")
            .tempfile_in(folder)
            .and_then(|mut file| {
                private(file.as_file())?;
                file.write_all(text.as_bytes())?;
                sync(file.as_file())?;
                let (_, path) = file.keep().map_err(|error| error.error)?;
                Ok(path)
            });
        match written {
            Ok(path) => return Ok(path),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// The folder and name of a file.
pub(super) fn parts(target: &Path) -> io::Result<(&Path, &OsStr)> {
    match (target.parent(), target.file_name()) {
        (Some(_), Some(name)) if name.len() > LONGEST_NAME => Err(io::Error::other(format!(
            "its name is longer than {LONGEST_NAME} bytes"
        ))),
        (Some(folder), Some(name)) => Ok((folder, name)),
        _ => Err(io::Error::other("it is not the path of a file")),
    }
}

/// A synced temporary file with this content, created with `O_EXCL` under a random name, so that a planted link is
/// never followed. It is deleted when dropped.
fn create_in(folder: &Path, name: &OsStr, content: &[u8]) -> io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix(&prefix(name))
        .rand_bytes(RANDOM)
        .suffix(SUFFIX)
        .tempfile_in(folder)?;
    private(file.as_file())?;
    file.write_all(content)?;
    sync(file.as_file())?;
    Ok(file)
}

#[cfg(unix)]
fn new_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn new_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)
}

/// The prefix of the temporary files for the file of that name.
fn prefix(name: &OsStr) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".");
    prefix
}

/// Removes the temporary files of a crashed save. Called under the lock that every writer of this file takes, so none
/// of them is in use.
fn remove_strays(folder: &Path, name: &OsStr) {
    let prefix = prefix(name);
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if is_stray(&entry.file_name(), &prefix) {
            // Best effort: a leftover file is private and harmless.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether a name is exactly that of a temporary file: another file's name may start the same way.
fn is_stray(found: &OsStr, prefix: &OsStr) -> bool {
    let random = found
        .as_encoded_bytes()
        .strip_prefix(prefix.as_encoded_bytes())
        .and_then(|rest| rest.strip_suffix(SUFFIX.as_bytes()));
    random.is_some_and(|random| {
        random.len() == RANDOM && random.iter().all(u8::is_ascii_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_temporary_files_of_this_very_file_are_strays() {
        let is_stray = |found: &str| is_stray(OsStr::new(found), &prefix(OsStr::new("tw.json")));
        assert!(is_stray(".tw.json.Ab12cd.twauth-tmp"));
        for other in [
            ".tw.json.bak.Ab12cd.twauth-tmp",
            ".tw.json.backup.twauth-tmp.Ab12cd.twauth-tmp",
            ".tw.json.Ab12c.twauth-tmp",
            ".tw.json.Ab12cde.twauth-tmp",
            ".tw.json.Ab.2cd.twauth-tmp",
            ".tw.json..twauth-tmp",
            ".tw.json.twauth-tmp",
            ".other.json.Ab12cd.twauth-tmp",
            "tw.json.Ab12cd.twauth-tmp",
            ".tw.json.Ab12cd.twauth-tmp.swp",
            ".tw.json.Ab12cd.swp",
        ] {
            assert!(!is_stray(other), "{other}");
        }
    }
}
