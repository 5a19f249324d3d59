//! Standard error: lines, questions, and one line that the next output replaces.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the last line is one that the next output replaces.
static PASSING: AtomicBool = AtomicBool::new(false);

/// Prints a line on standard error, with its styles where colours are wanted. A closed standard error is no failure.
pub(crate) fn talk(text: &str) {
    erase();
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Whether standard error is a terminal.
pub(crate) fn is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Shows a line on the terminal that the next output replaces; `None` clears it.
pub(crate) fn erasable(text: Option<&str>) {
    if let Some(text) = text {
        write(&format!("{ERASED}{text}"));
        PASSING.store(true, Ordering::Relaxed);
    } else {
        erase();
    }
}

/// Prints a question; the answer follows on the same line.
pub(crate) fn ask(text: &str) {
    erase();
    write(text);
}

/// Moves to the beginning of the line and clears it.
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
