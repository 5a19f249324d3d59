//! File operations that differ between systems: privacy, flushing, renaming, and files that another program has open.

use std::io;
use std::path::PathBuf;

#[cfg(unix)]
pub(super) use unix::{is_own, open, private, private_folder, remove, rename, sync, sync_folder};
#[cfg(windows)]
pub(super) use windows::{
    is_own, open, open_alone, private, private_folder, remove, rename, sync, sync_folder,
};

/// The user's home folder. On Windows `USERPROFILE` sets it, as for Python and Git, so that a service can choose.
pub(crate) fn home() -> Option<PathBuf> {
    let named = cfg!(windows)
        .then(|| std::env::var_os("USERPROFILE"))
        .flatten()
        .filter(|home| !home.is_empty());
    named
        .map(PathBuf::from)
        .or_else(dirs::home_dir)
        .filter(|home| home.is_absolute())
}

/// The result of a full flush, or of a plain one if the file system has no full one. macOS needs `F_FULLFSYNC` to flush
/// the disk's own cache; network shares, exFAT and some others do not support it.
#[cfg_attr(windows, expect(dead_code, reason = "Windows has one kind of flush"))]
fn or_plain(full: io::Result<()>, plain: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    /// ENOTTY, and ENOTSUP as macOS numbers it, which the standard library does not recognise.
    const UNKNOWN: [i32; 2] = [25, 45];
    match full {
        Err(error)
            if error.kind() == io::ErrorKind::Unsupported
                || error
                    .raw_os_error()
                    .is_some_and(|code| UNKNOWN.contains(&code)) =>
        {
            plain()
        }
        flushed => flushed,
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, File, Metadata, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
    use std::path::Path;

    use tempfile::NamedTempFile;

    use super::or_plain;

    /// Whether the file belongs to the user.
    pub(in crate::store) fn is_own(metadata: &Metadata) -> bool {
        metadata.uid() == rustix::process::geteuid().as_raw()
    }

    /// Opens a file for reading. Does not block if a FIFO took its place.
    pub(in crate::store) fn open(target: &Path) -> io::Result<File> {
        let flags = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0);
        OpenOptions::new()
            .read(true)
            .custom_flags(flags)
            .open(target)
    }

    /// The mode is set again because the umask may have removed permissions.
    pub(in crate::store) fn private(file: &File) -> io::Result<()> {
        file.set_permissions(Permissions::from_mode(0o600))
    }

    pub(in crate::store) fn private_folder(folder: &Path) -> io::Result<()> {
        fs::set_permissions(folder, Permissions::from_mode(0o700))
    }

    pub(in crate::store) fn sync(file: &File) -> io::Result<()> {
        or_plain(file.sync_all(), || Ok(rustix::fs::fsync(file)?))
    }

    pub(in crate::store) fn sync_folder(folder: &Path) -> io::Result<()> {
        match sync(&File::open(folder)?) {
            // Some file systems cannot sync a folder.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            synced => synced,
        }
    }

    /// Renames the temporary file to `target`, if that is still `unchanged`.
    pub(in crate::store) fn rename(
        temporary: NamedTempFile,
        target: &Path,
        unchanged: impl Fn() -> bool,
    ) -> io::Result<bool> {
        if !unchanged() {
            return Ok(false);
        }
        temporary.persist(target).map_err(|error| error.error)?;
        Ok(true)
    }

    pub(in crate::store) fn remove(target: &Path) -> io::Result<()> {
        fs::remove_file(target)
    }
}

#[cfg(windows)]
mod windows {
    use std::fs::{self, File, Metadata, OpenOptions};
    use std::io;
    use std::os::windows::fs::OpenOptionsExt as _;
    use std::path::Path;
    use std::thread;
    use std::time::{Duration, Instant};

    use tempfile::NamedTempFile;

    /// How long to wait for other programs that have the file open.
    const PATIENCE: Duration = Duration::from_secs(2);
    const PAUSE: Duration = Duration::from_millis(10);

    /// The system's error codes for a file that another program has open: access denied, sharing violation, lock
    /// violation.
    const DENIED: i32 = 5;
    const SHARING: [i32; 2] = [32, 33];

    /// Files have no simple owner here.
    pub(in crate::store) fn is_own(_: &Metadata) -> bool {
        true
    }

    /// Opens a file for reading, even while another program writes it.
    pub(in crate::store) fn open(target: &Path) -> io::Result<File> {
        patiently(&SHARING, || OpenOptions::new().read(true).open(target))
    }

    /// Opens or creates a file that nobody else can open until it is closed, and that is deleted then, however that
    /// happens.
    pub(in crate::store) fn open_alone(path: &Path) -> io::Result<File> {
        const GENERIC_WRITE_AND_DELETE: u32 = 0x4000_0000 | 0x0001_0000;
        const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .access_mode(GENERIC_WRITE_AND_DELETE)
            .share_mode(0)
            .custom_flags(FILE_FLAG_DELETE_ON_CLOSE)
            .open(path)
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "the same shape as on Unix; a profile's folder is private here"
    )]
    pub(in crate::store) fn private(_: &File) -> io::Result<()> {
        Ok(())
    }

    #[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
    pub(in crate::store) fn private_folder(_: &Path) -> io::Result<()> {
        Ok(())
    }

    pub(in crate::store) fn sync(file: &File) -> io::Result<()> {
        file.sync_all()
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "the same shape as on Unix; folders cannot be synced here"
    )]
    pub(in crate::store) fn sync_folder(_: &Path) -> io::Result<()> {
        Ok(())
    }

    /// Renames the temporary file to `target`, if that is still `unchanged`, as soon as the programs that have `target`
    /// open close it. The standard library's rename also replaces an open file if the system can.
    pub(in crate::store) fn rename(
        temporary: NamedTempFile,
        target: &Path,
        unchanged: impl Fn() -> bool,
    ) -> io::Result<bool> {
        // A kept file is no longer marked as temporary: backups skip such files, and they may never be written to disk.
        let path = temporary.into_temp_path().keep()?;
        let renamed = patiently(&[DENIED, SHARING[0], SHARING[1]], || {
            if unchanged() {
                fs::rename(&path, target).map(|()| true)
            } else {
                Ok(false)
            }
        });
        if !matches!(renamed, Ok(true)) {
            let _ = fs::remove_file(&path);
        }
        renamed
    }

    pub(in crate::store) fn remove(target: &Path) -> io::Result<()> {
        patiently(&[DENIED, SHARING[0], SHARING[1]], || {
            fs::remove_file(target)
        })
    }

    /// Retries what fails with one of these codes.
    fn patiently<T>(codes: &[i32], attempt: impl Fn() -> io::Result<T>) -> io::Result<T> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match attempt() {
                Err(error)
                    if Instant::now() < deadline
                        && error
                            .raw_os_error()
                            .is_some_and(|code| codes.contains(&code)) =>
                {
                    thread::sleep(PAUSE);
                }
                outcome => return outcome,
            }
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_file_system_without_a_full_flush_gets_a_plain_one() {
        let failed = |code| Err(io::Error::from_raw_os_error(code));
        for code in [25, 45, rustix::io::Errno::OPNOTSUPP.raw_os_error()] {
            let mut plain = false;
            let flushed = or_plain(failed(code), || {
                plain = true;
                Ok(())
            });
            assert!(flushed.is_ok() && plain, "{code}");
        }
        for outcome in [Ok(()), failed(5), failed(28)] {
            let expected = outcome.is_ok();
            let flushed = or_plain(outcome, || panic!("flushed again"));
            assert_eq!(flushed.is_ok(), expected);
        }
    }
}
