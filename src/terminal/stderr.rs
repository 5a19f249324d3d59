//! Standard error as it is: lines, questions, and one line that the next words replace.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the last line is one that the next words replace.
static PASSING: AtomicBool = AtomicBool::new(false);

/// A line on standard error, at any verbosity; its styles are left out where colours are not wanted. A closed standard
/// error is no reason to fail.
pub(crate) fn talk(text: &str) {
    erase();
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Whether standard error is a terminal.
pub(crate) fn is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// A line on the terminal that the next words replace; none removes it.
pub(crate) fn passing(text: Option<&str>) {
    if let Some(text) = text {
        write(&format!("{ERASED}{text}"));
        PASSING.store(true, Ordering::Relaxed);
    } else {
        erase();
    }
}

/// Words that a question follows on the same line.
pub(crate) fn ask(text: &str) {
    erase();
    write(text);
}

/// To the line's beginning, and all of it away.
const ERASED: &str = "\r\u{1b}[2K";

fn erase() {
    if PASSING.swap(false, Ordering::Relaxed) {
        write(ERASED);
    }
}

fn write(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes());
    let _ = stderr.flush();
}
