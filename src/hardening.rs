//! What the system may withhold or expose: memory kept from core files and other programs, a stack, descriptors.

use std::io;
use std::process::ExitCode;

/// Runs `work` with a stack of the usual size, whatever limit the program was started under (`ulimit -s`).
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

/// Whether the descriptors can be had that hearing of signals and replies takes: the runtime panics without them.
#[cfg(unix)]
pub(crate) fn check_descriptors() -> io::Result<()> {
    // It opens five.
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
