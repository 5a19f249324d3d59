//! Programs that a test needs and a machine with Rust alone may lack.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// Whether `program` works with these arguments. Where it does not, that is said, and the test has to pass without.
pub(crate) fn works(program: &str, arguments: &[&str], test: &str) -> bool {
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let works = status.is_ok_and(|status| status.success());
    if !works {
        let said = format!("{test}: {program} is not here, so this part is left out");
        drop(writeln!(std::io::stderr(), "{said}"));
    }
    works
}
