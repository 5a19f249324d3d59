//! Locks a folder, so that only one twauth at a time rewrites its files.

use std::ffi::OsStr;
#[cfg(unix)]
use std::ffi::OsString;
use std::fs::File;
#[cfg(unix)]
use std::fs::{Permissions, TryLockError};
use std::io;
#[cfg(unix)]
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
#[cfg(unix)]
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

#[cfg(unix)]
use rustix::fs::OFlags;

use super::location::shown;
#[cfg(unix)]
use super::system::{is_own, private};
#[cfg(unix)]
use crate::error::system_reason;
use crate::error::{Failure, Kind};

/// How long to wait for the lock. A save takes milliseconds; a process that keeps it this long has stopped.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(20);

/// The lock for reading, changing and replacing a file of the folder; released when dropped or when the process ends.
#[derive(Debug)]
pub(super) struct Lock {
    _held: File,
    /// The locked file, if it is not the folder.
    #[cfg(unix)]
    beside: Option<PathBuf>,
}

#[cfg(unix)]
impl Lock {
    /// Waits for the lock for the file of that name in `folder`: the folder itself, or a file in it if other users can
    /// open the folder and so lock it as long as they like.
    pub(super) fn take(
        folder: &Path,
        file_name: &OsStr,
        unwritable: impl Fn(&io::Error) -> Failure,
    ) -> Result<Self, Failure> {
        let mut beside = (!is_for_owner_alone(folder)).then(|| lock_file(folder, file_name));
        let deadline = Instant::now() + PATIENCE;
        loop {
            let attempt = match &beside {
                Some(path) => try_file(path),
                None => File::open(folder).and_then(locked),
            };
            match attempt {
                Ok(Some(held)) => {
                    return Ok(Self {
                        _held: held,
                        beside,
                    });
                }
                Ok(None) if Instant::now() < deadline => thread::sleep(PAUSE),
                Ok(None) => return Err(taken(folder)),
                // Network file systems can lock files but not folders.
                Err(_) if beside.is_none() => beside = Some(lock_file(folder, file_name)),
                Err(error) => return Err(unwritable(&error)),
            }
        }
    }
}

#[cfg(unix)]
impl Drop for Lock {
    /// The lock file is removed while it is locked; a process that waits for it notices.
    fn drop(&mut self) {
        if let Some(path) = &self.beside {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// Whether only the user can open the folder.
#[cfg(unix)]
fn is_for_owner_alone(folder: &Path) -> bool {
    std::fs::metadata(folder).is_ok_and(|it| it.mode() & 0o044 == 0 && is_own(&it))
}

#[cfg(unix)]
fn lock_file(folder: &Path, file_name: &OsStr) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(file_name);
    name.push(".lock");
    folder.join(name)
}

/// Opens or creates the lock file and locks it. `None` while another twauth has it.
#[cfg(unix)]
fn try_file(path: &Path) -> io::Result<Option<File>> {
    let opened = match open_private(path) {
        // Created under a umask that removed every permission, by another twauth now or by one that was killed.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            let found = std::fs::symlink_metadata(path)?;
            if !found.is_file() || !is_own(&found) {
                return Err(error);
            }
            std::fs::set_permissions(path, Permissions::from_mode(0o600))?;
            open_private(path)
        }
        // A symbolic link is never a lock file. One planted by another user stays if the folder protects it.
        Err(error) if std::fs::symlink_metadata(path).is_ok_and(|it| it.is_symlink()) => {
            std::fs::remove_file(path).map_err(|_| error)?;
            open_private(path)
        }
        opened => opened,
    };
    let Some(file) = locked(opened?)? else {
        return Ok(None);
    };
    let (held, there) = (file.metadata()?, std::fs::symlink_metadata(path));
    let is_there = there.is_ok_and(|there| (there.dev(), there.ino()) == (held.dev(), held.ino()));
    Ok(is_there.then_some(file))
}

/// Opens or creates a file of mode 0600, whatever the umask. Does not follow a planted link or block on a planted FIFO.
#[cfg(unix)]
fn open_private(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(i32::try_from(flags.bits()).unwrap_or(0))
        .open(path)?;
    private(&file)?;
    Ok(file)
}

/// `None` while another process has the lock.
#[cfg(unix)]
fn locked(file: File) -> io::Result<Option<File>> {
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(io::Error::new(
            error.kind(),
            format!("it could not be locked: {}", system_reason(&error)),
        )),
    }
}

/// Windows cannot lock folders. The lock is a file that only one process can have open and that is deleted with its
/// handle.
#[cfg(windows)]
impl Lock {
    /// Waits for the lock of `folder`.
    pub(super) fn take(
        folder: &Path,
        _: &OsStr,
        unwritable: impl Fn(&io::Error) -> Failure,
    ) -> Result<Self, Failure> {
        const DENIED: i32 = 5;
        const SHARING: i32 = 32;
        /// While the previous lock file is being deleted, the system says "access denied"; if that lasts, it is the
        /// real reason.
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
                return Err(unwritable(&error));
            }
            if Instant::now() > deadline {
                return Err(taken(folder));
            }
            thread::sleep(PAUSE);
        }
    }
}

fn taken(folder: &Path) -> Failure {
    let folder = shown(folder);
    let reason = format!("another twauth has locked {folder} for too long");
    Failure::new(Kind::Locked, reason)
        .hint("stop that process (it may be suspended in a terminal), then try again")
}
