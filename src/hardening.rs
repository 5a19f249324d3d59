//! Keeping what is in memory from core files and from other programs of the same user.

/// From here on the system writes no core file of this process, and only an administrator can look into it.
/// A child that is started gets back what is usual. Where the system knows no such thing, all stays as it was.
#[cfg(target_os = "linux")]
pub(crate) fn close_memory() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// No core file. The hard limit stays, so that a child may raise its own again.
#[cfg(all(unix, not(target_os = "linux")))]
pub(crate) fn close_memory() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Core).maximum;
    let none = Rlimit {
        current: Some(0),
        maximum,
    };
    let _ = setrlimit(Resource::Core, none);
}

#[cfg(not(unix))]
pub(crate) fn close_memory() {}
