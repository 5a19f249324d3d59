//! Standard error as it is: lines, questions, and lines that the next one takes the place of.

use std::io::{self, IsTerminal, Write};

/// A line on standard error, at any verbosity. A closed standard error is no reason to fail.
pub(crate) fn talk(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether standard error is a terminal.
pub(crate) fn is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// A line on the terminal that the next one takes the place of; none takes it away.
pub(crate) fn passing(text: Option<&str>) {
    ask(&format!("\r\u{1b}[2K{}", text.unwrap_or("")));
}

/// Words that a question follows on the same line.
pub(crate) fn ask(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = write!(stderr, "{text}");
    let _ = stderr.flush();
}
