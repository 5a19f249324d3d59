//! Whether another user could have changed the credentials file or redirected its path.

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
    /// The sticky bit: files in the folder can be renamed and removed only by their owner.
    const STICKY: u32 = 0o1000;

    /// Why another user could have changed the file at `target`; `None` if only the user and root can.
    pub(in crate::store) fn doubt(target: &Path) -> Option<String> {
        let user = geteuid().as_raw();
        let file = fs::metadata(target).ok()?;
        if !is_trusted(file.uid(), user) {
            return Some(format!("{} belongs to another user", shown(target)));
        }
        if others_may_write(&file, user) {
            return Some(format!("other users can write to {}", shown(target)));
        }
        let folder = target.parent()?;
        let metadata = fs::metadata(folder).ok()?;
        let can_replace = !is_trusted(metadata.uid(), user)
            || (others_may_write(&metadata, user) && metadata.mode() & STICKY == 0);
        can_replace.then(|| {
            format!(
                "other users can write to {}, and so replace {}",
                shown(folder),
                shown(target)
            )
        })
    }

    fn is_trusted(owner: u32, user: u32) -> bool {
        owner == user || owner == 0
    }

    /// On most systems a user's own group has the user's number and no other member.
    fn others_may_write(metadata: &Metadata, user: u32) -> bool {
        let mode = metadata.mode();
        mode & ANYBODY_MAY_WRITE != 0
            || (mode & GROUP_MAY_WRITE != 0 && metadata.gid() != user && metadata.gid() != 0)
    }

    /// Whether another user may have planted a symbolic link: in a folder that anybody can write to, only links of the
    /// user and of the folder's owner are followed.
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

    /// Only the user can access a profile's folder.
    pub(in crate::store) fn doubt(_: &Path) -> Option<String> {
        None
    }

    /// Creating a link needs administrator rights on Windows.
    pub(in crate::store) fn leads_astray(_: &Path) -> bool {
        false
    }
}
