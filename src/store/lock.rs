//! The lock that lets one twauth at a time rewrite the files of a folder.

use std::fs::File;
#[cfg(unix)]
use std::fs::TryLockError;
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::location::shown;
use crate::error::{Failure, Kind, system_reason};

/// A save takes milliseconds; whoever holds the lock for this long has stopped.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(20);

/// Held while a file of the folder is read, changed and renamed into place; freed when dropped or when the
/// process ends, however it ends.
#[derive(Debug)]
pub(super) struct Lock {
    _held: File,
}

#[cfg(unix)]
impl Lock {
    /// Waits for the lock of `folder`.
    pub(super) fn take(folder: &Path, file_name: &str) -> Result<Self, Failure> {
        let impossible = |error| impossible(folder, &error);
        let mut file = File::open(folder).map_err(impossible)?;
        let mut fell_back = false;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _held: file }),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(taken(folder)),
                // Network file systems lock files, not folders.
                Err(TryLockError::Error(_)) if !fell_back => {
                    fell_back = true;
                    file = beside(folder, file_name).map_err(impossible)?;
                }
                Err(TryLockError::Error(error)) => return Err(impossible(error)),
            }
        }
    }
}

/// A lock file in the folder, for file systems where the folder itself cannot be locked.
#[cfg(unix)]
fn beside(folder: &Path, file_name: &str) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let no_follow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(no_follow)
        .open(folder.join(format!(".{file_name}.lock")))
}

/// Folders cannot be locked there. A file that one holder at a time can have open is the lock, and gone with its holder.
#[cfg(windows)]
impl Lock {
    /// Waits for the lock of `folder`.
    pub(super) fn take(folder: &Path, _: &str) -> Result<Self, Failure> {
        const DENIED: i32 = 5;
        const SHARING: i32 = 32;
        /// While the file of the last holder goes away, the system says "access denied"; for longer, it means it.
        const GOING: Duration = Duration::from_secs(2);
        let path = folder.join(".twauth.lock");
        let deadline = Instant::now() + PATIENCE;
        let mut denied: Option<Instant> = None;
        loop {
            let error = match super::system::open_alone(&path) {
                Ok(file) => return Ok(Self { _held: file }),
                Err(error) => error,
            };
            let code = error.raw_os_error();
            if code == Some(SHARING) {
                denied = None;
            } else if code != Some(DENIED)
                || denied.get_or_insert_with(Instant::now).elapsed() > GOING
            {
                return Err(impossible(folder, &error));
            }
            if Instant::now() > deadline {
                return Err(taken(folder));
            }
            thread::sleep(PAUSE);
        }
    }
}

fn impossible(folder: &Path, error: &io::Error) -> Failure {
    let reason = system_reason(error);
    let reason = format!("{} could not be locked: {reason}", shown(folder));
    Failure::new(Kind::NotWritable, reason)
}

fn taken(folder: &Path) -> Failure {
    let folder = shown(folder);
    let reason = format!("another twauth has been writing in {folder} for too long");
    Failure::new(Kind::Locked, reason)
        .hint("end it (it may be stopped in a terminal), then try again")
}
