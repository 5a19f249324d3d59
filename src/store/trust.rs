//! Whether somebody else could have changed the credentials file, or lead a path elsewhere.

#[cfg(unix)]
pub(super) use unix::{doubt, leads_astray};
#[cfg(windows)]
pub(super) use windows::{doubt, leads_astray};

#[cfg(unix)]
mod unix {
    use std::fs::{self, Metadata};
    use std::os::unix::fs::MetadataExt as _;
    use std::path::Path;

    use rustix::process::geteuid;

    use crate::store::shown;

    const ANYBODY_MAY_WRITE: u32 = 0o002;
    const GROUP_MAY_WRITE: u32 = 0o020;
    /// What is in the folder can be renamed and removed by its owner alone.
    const STICKY: u32 = 0o1000;

    /// Why the file at `target` may not be what the user saved; `None` if nobody but the user and root can change it.
    pub(in crate::store) fn doubt(target: &Path) -> Option<String> {
        let user = geteuid().as_raw();
        let file = fs::metadata(target).ok()?;
        if !is_trusted(file.uid(), user) {
            return Some(format!("{} belongs to another user", shown(target)));
        }
        if others_may_write(&file, user) {
            return Some(format!("others can write to {}", shown(target)));
        }
        let folder = target.parent()?;
        let metadata = fs::metadata(folder).ok()?;
        let can_replace = !is_trusted(metadata.uid(), user)
            || (others_may_write(&metadata, user) && metadata.mode() & STICKY == 0);
        can_replace.then(|| {
            format!(
                "others can write to {}, and so replace {}",
                shown(folder),
                shown(target)
            )
        })
    }

    fn is_trusted(owner: u32, user: u32) -> bool {
        owner == user || owner == 0
    }

    /// A user's own group has the user's number on most systems, and nobody else in it.
    fn others_may_write(metadata: &Metadata, user: u32) -> bool {
        let mode = metadata.mode();
        mode & ANYBODY_MAY_WRITE != 0
            || (mode & GROUP_MAY_WRITE != 0 && metadata.gid() != user && metadata.gid() != 0)
    }

    /// Whether a symbolic link may have been planted: in a folder where anybody can write, only the user's own link and
    /// that of the folder's owner are to be followed.
    pub(in crate::store) fn leads_astray(link: &Path) -> bool {
        let folder = link.parent().and_then(|folder| fs::metadata(folder).ok());
        let (Some(folder), Ok(link)) = (folder, fs::symlink_metadata(link)) else {
            return false;
        };
        let owner = link.uid();
        folder.mode() & ANYBODY_MAY_WRITE != 0
            && owner != geteuid().as_raw()
            && owner != folder.uid()
    }
}

#[cfg(windows)]
mod windows {
    use std::path::Path;

    /// A profile's folder is its user's alone.
    pub(in crate::store) fn doubt(_: &Path) -> Option<String> {
        None
    }

    /// Making a link is an administrator's right there.
    pub(in crate::store) fn leads_astray(_: &Path) -> bool {
        false
    }
}
