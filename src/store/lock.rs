//! The lock that lets one twauth at a time rewrite the files of a folder.

use std::fs::{File, TryLockError};
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

impl Lock {
    /// Waits for the lock of `folder`.
    pub(super) fn take(folder: &Path, file_name: &str) -> Result<Self, Failure> {
        let impossible = |error: &io::Error| {
            Failure::new(
                Kind::NotWritable,
                format!(
                    "{} could not be locked: {}",
                    shown(folder),
                    system_reason(error)
                ),
            )
        };
        let mut file = open(folder).map_err(|error| impossible(&error))?;
        let mut fell_back = false;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _held: file }),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => {
                    let reason = format!(
                        "another twauth has been writing in {} for too long",
                        shown(folder)
                    );
                    let hint = "end it (it may be stopped in a terminal), then try again";
                    return Err(Failure::new(Kind::Locked, reason).hint(hint));
                }
                // Network file systems lock files, not folders.
                Err(TryLockError::Error(_)) if !fell_back => {
                    fell_back = true;
                    file = beside(folder, file_name).map_err(|error| impossible(&error))?;
                }
                Err(TryLockError::Error(error)) => return Err(impossible(&error)),
            }
        }
    }
}

#[cfg(unix)]
fn open(folder: &Path) -> io::Result<File> {
    File::open(folder)
}

#[cfg(not(unix))]
fn open(folder: &Path) -> io::Result<File> {
    beside(folder, "twauth")
}

/// A lock file in the folder, for file systems where the folder itself cannot be locked.
fn beside(folder: &Path, file_name: &str) -> io::Result<File> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let no_follow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
        options.mode(0o600).custom_flags(no_follow);
    }
    options.open(folder.join(format!(".{file_name}.lock")))
}
