//! Protects memory from core files and other processes; makes sure of a stack and file descriptors.

use std::io;
use std::process::ExitCode;

/// Runs `work` with a stack of the usual size, whatever the limit (`ulimit -s`).
#[cfg(unix)]
pub(crate) fn with_stack(work: fn() -> ExitCode) -> ExitCode {
    use rustix::process::{Resource, getrlimit};
    const ENOUGH: u64 = 1 << 20;
    const USUAL: usize = 8 << 20;
    let limit = getrlimit(Resource::Stack).current;
    if limit.is_none_or(|limit| limit >= ENOUGH) {
        return work();
    }
    match std::thread::Builder::new().stack_size(USUAL).spawn(work) {
        Ok(thread) => thread.join().unwrap_or(ExitCode::FAILURE),
        Err(_) => work(),
    }
}

#[cfg(not(unix))]
pub(crate) fn with_stack(work: fn() -> ExitCode) -> ExitCode {
    work()
}

/// Fails if there are too few file descriptors for the async runtime, which would panic without them.
#[cfg(unix)]
pub(crate) fn check_descriptors() -> io::Result<()> {
    // The runtime opens five.
    let pairs: io::Result<Vec<_>> = (0..3)
        .map(|_| std::os::unix::net::UnixStream::pair())
        .collect();
    pairs.map(drop)
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
pub(crate) fn check_descriptors() -> io::Result<()> {
    Ok(())
}

/// Stops the system from writing a core file of this process and other users' processes from reading its memory. Child
/// processes get the default back. Does nothing if the system does not support it.
#[cfg(target_os = "linux")]
pub(crate) fn close_memory() {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Disables core files. The hard limit stays, so that a child process may raise its own.
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
