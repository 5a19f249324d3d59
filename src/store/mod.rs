//! The credentials file: read, checked, locked and replaced durably.

mod document;
mod foreign;
pub(crate) mod git;
pub(crate) mod history;
mod location;
mod lock;
mod pending;
mod placing;
mod reading;
mod replace;
mod system;
#[cfg(test)]
mod tests;
mod trust;

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

pub(crate) use document::Document;
pub(crate) use foreign::{text_of_file, text_of_input, write_private};
pub(crate) use location::{as_named, in_home, shown, typed};
pub(crate) use pending::{PendingLogin, unix_seconds};
pub(crate) use placing::{
    Place, came_meanwhile, holds_others, kept, placed, placed_all, takes_place_of,
};
pub(crate) use reading::Flaw;

use crate::account::Account;
use crate::error::{Failure, Kind, Next, system_reason};

/// How often a save is retried because another program replaced the file meanwhile.
const ATTEMPTS: usize = 5;

/// A credentials file that twauth can read and rewrite.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    /// The path as the user gave it.
    path: PathBuf,
}

/// What to tell the user after a save.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Saved {
    /// Other users could read the file and no longer can.
    pub(crate) tightened: bool,
    /// The file had other hard links, which keep the old content.
    pub(crate) other_names: bool,
}

impl Saved {
    /// The warnings after a save, one sentence each.
    pub(crate) fn remarks(&self) -> impl Iterator<Item = &'static str> {
        let tightened = self.tightened.then_some(
            "other users could read the credentials file; now only its owner can (mode 0600)",
        );
        let other_names = self
            .other_names
            .then_some("the credentials file has other hard links, which keep the old content");
        tightened.into_iter().chain(other_names)
    }
}

impl Store {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn shown(&self) -> String {
        shown(&self.path)
    }

    /// The accounts of the file, in order; `None` if there is no file.
    pub(crate) fn read(&self) -> Result<Option<Vec<Account>>, Failure> {
        let Some((bytes, _)) = location::contents(&self.path)? else {
            return Ok(None);
        };
        parsed(&bytes, &self.shown(), Document::accounts_in).map(Some)
    }

    /// The file's metadata; `None` if there is no file. Fails if the file cannot be read.
    pub(crate) fn metadata(&self) -> Result<Option<Metadata>, Failure> {
        let found = location::contents(&self.path)?;
        Ok(found.map(|(_, metadata)| metadata))
    }

    /// Makes sure that a save can succeed, before anything is asked of a server.
    pub(crate) async fn prepare(&self, force: bool) -> Result<(), Failure> {
        let target = self.target()?;
        self.read()?;
        git::check(&target, "--creds", force).await?;
        let (folder, name) = replace::parts(&target).map_err(|error| self.unwritable(&error))?;
        if !folder.exists() {
            return self.check_ancestor(folder);
        }
        self.check_owner(&target)?;
        let _lock = lock::Lock::take(folder, name, |error| self.unwritable(error))?;
        replace::probe(&target).map_err(|error| self.unwritable(&error))
    }

    /// Reads the file under the lock, lets `change` alter its entries (`None` if there is no file), and replaces it. If
    /// `change` leaves no entry, removes the file.
    pub(crate) async fn update<F>(&self, force: bool, mut change: F) -> Result<Saved, Failure>
    where
        F: for<'text> FnMut(Option<Document<'text>>) -> Result<Option<Document<'text>>, Failure>,
    {
        let target = self.target()?;
        git::check(&target, "--creds", force).await?;
        let (folder, name) = replace::parts(&target).map_err(|error| self.unwritable(&error))?;
        replace::create_folder(folder).map_err(|error| self.unwritable(&error))?;
        self.check_owner(&target)?;
        let _lock = lock::Lock::take(folder, name, |error| self.unwritable(error))?;
        for _ in 0..ATTEMPTS {
            let found = location::contents(&target)?;
            let document = found
                .as_ref()
                .map(|(bytes, _)| parsed(bytes, &self.shown(), Document::parse))
                .transpose()?;
            let mut changed = change(document)?;
            if let Some(document) = &mut changed {
                document.complete_ids();
            }
            if changed.as_ref().is_some_and(Document::lists_one_twice) {
                return Err(self.would_repeat());
            }
            let before = found.as_ref().map(|(_, metadata)| metadata);
            let unchanged = || identity(fs::metadata(&target).ok().as_ref()) == identity(before);
            let done = match changed {
                Some(document) => {
                    let text = document.to_string();
                    self.check_readable(&text)?;
                    replace::replace(&target, &text, unchanged)
                }
                None if before.is_none() => Ok(true),
                None => replace::remove(&target, unchanged),
            };
            if done.map_err(|error| self.unwritable(&error))? {
                return Ok(before.map(saved_over).unwrap_or_default());
            }
        }
        let reason = format!("another program keeps changing {}", self.shown());
        Err(Failure::new(Kind::NotWritable, reason)
            .hint("close the editor or program that writes it, then try again"))
    }

    /// Saves an account that could not be saved in its file: in a new private file beside it, in the home folder, or in
    /// the folder for temporary files.
    pub(crate) fn rescue(&self, account: &Account) -> io::Result<PathBuf> {
        let beside = self
            .target()
            .ok()
            .and_then(|target| target.parent().map(Path::to_owned));
        let folders = [beside, system::home(), Some(std::env::temp_dir())];
        // Git ignores the file itself, not one beside it.
        let (last, first): (Vec<_>, Vec<_>) = folders
            .into_iter()
            .flatten()
            .partition(|folder| git::work_tree(&folder.join("twauth-rescue")).is_some());
        let folders = [first, last].concat();
        replace::rescue(&folders, &Document::of(account.clone()).to_string())
    }

    /// The file with its symbolic links resolved.
    pub(crate) fn target(&self) -> Result<PathBuf, Failure> {
        location::target(&self.path).map_err(|error| {
            Failure::new(
                Kind::BadFile,
                format!(
                    "{} could not be read: {}",
                    self.shown(),
                    system_reason(&error)
                ),
            )
        })
    }

    /// Why another user could have changed the file; `None` if nobody could.
    pub(crate) fn doubt(&self) -> Option<String> {
        trust::doubt(&self.target().ok()?)
    }

    /// The file's permission bits; `None` if there is no file or the system has no such bits.
    pub(crate) fn mode(&self) -> Option<u32> {
        mode(&fs::metadata(&self.path).ok()?)
    }

    /// A file that lists an account twice could not be read again.
    fn would_repeat(&self) -> Failure {
        let reason = format!(
            "{} would have two accounts with the same name, id or token",
            self.shown()
        );
        Failure::new(Kind::NotWritable, reason)
            .next("remove one of them with {}, then try again", Next::Remove)
    }

    fn unwritable(&self, error: &io::Error) -> Failure {
        Failure::new(Kind::NotWritable, format!("{} could not be written: {}", self.shown(), system_reason(error)))
            .hint("fix the folder's permissions or free some space, or choose another file with --creds FILE")
    }

    /// Makes sure that the new text can be read again.
    fn check_readable(&self, text: &str) -> Result<(), Failure> {
        let refused = |reason: &str| {
            let reason = format!("the new {} could not be read again: {reason}", self.shown());
            Failure::new(Kind::BadFile, reason).hint("choose another file with --creds FILE")
        };
        if text.len() as u64 > location::SIZE_LIMIT {
            return Err(refused("it would be larger than 16 MiB"));
        }
        Document::parse(text)
            .map(drop)
            .map_err(|flaw| refused(&flaw.reason))
    }

    /// Makes sure that a missing folder can be created in its nearest existing ancestor.
    fn check_ancestor(&self, folder: &Path) -> Result<(), Failure> {
        // A broken link exists, but no folder can be created in its place.
        let ancestor = folder
            .ancestors()
            .find(|ancestor| ancestor.symlink_metadata().is_ok());
        let probed = match ancestor {
            Some(ancestor) => replace::probe(&ancestor.join("tw.json")),
            None => Err(io::ErrorKind::NotFound.into()),
        };
        probed.map_err(|error| self.unwritable(&error))
    }

    fn check_owner(&self, target: &Path) -> Result<(), Failure> {
        match fs::metadata(target) {
            Ok(metadata) if !system::is_own(&metadata) => {
                let reason = format!("{} belongs to another user", self.shown());
                Err(Failure::new(Kind::NotWritable, reason)
                    .hint(crate::shell::take_over(&self.shown())))
            }
            _ => Ok(()),
        }
    }
}

/// The accounts from `source` (standard input, which the user names `-`).
pub(crate) fn read_from(source: impl io::Read) -> Result<Vec<Account>, Failure> {
    let text = text_of_input(source)?;
    parsed(text.as_bytes(), "standard input", Document::accounts_in)
}

/// What `parse` makes of a file's content.
fn parsed<'text, T>(
    content: &'text [u8],
    name: &str,
    parse: fn(&'text str) -> Result<T, Flaw>,
) -> Result<T, Failure> {
    let text = std::str::from_utf8(content).map_err(|_| Flaw::not_utf8(content));
    text.and_then(parse).map_err(|flaw| {
        let reason = format!("{name}:{}:{}: {}", flaw.line, flaw.column, flaw.reason);
        Failure::new(Kind::BadFile, reason)
            .hint("fix the file (it was not changed), or choose another with --creds FILE")
    })
}

/// What distinguishes one version of a file from the next.
#[cfg(unix)]
fn identity(metadata: Option<&Metadata>) -> Option<(u64, u64, u64, i64, i64)> {
    use std::os::unix::fs::MetadataExt;
    metadata.map(|it| (it.dev(), it.ino(), it.size(), it.mtime(), it.mtime_nsec()))
}

#[cfg(not(unix))]
fn identity(metadata: Option<&Metadata>) -> Option<(u64, Option<std::time::SystemTime>)> {
    metadata.map(|it| (it.len(), it.modified().ok()))
}

#[cfg(unix)]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the same shape as where there are no such bits"
)]
fn mode(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    Some(metadata.mode() & 0o7777)
}

#[cfg(not(unix))]
fn mode(_: &Metadata) -> Option<u32> {
    None
}

#[cfg(unix)]
fn saved_over(before: &Metadata) -> Saved {
    use std::os::unix::fs::MetadataExt;
    Saved {
        tightened: before.mode() & 0o077 != 0,
        other_names: before.nlink() > 1,
    }
}

#[cfg(not(unix))]
fn saved_over(_: &Metadata) -> Saved {
    Saved::default()
}
