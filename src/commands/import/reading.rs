//! The other tool's file or standard input, and what is wrong with it.

use std::ffi::OsStr;
use std::io::{self, IsTerminal};

use crate::account::Server;
use crate::cli::Import;
use crate::error::{Failure, Kind, Next};
use crate::formats::{self, Broken, Format, Found};
use crate::store;

pub(super) fn read(arguments: &Import, home: &Server) -> Result<Found, Failure> {
    let file = arguments
        .file
        .as_deref()
        .filter(|path| path.as_os_str() != OsStr::new("-"));
    let (text, name) = match file {
        Some(path) => (store::text_of_file(path)?, store::shown(path)),
        None if arguments.file.is_none() && io::stdin().is_terminal() => {
            return Err(Failure::new(Kind::Usage, "no file is given")
                .hint(if cfg!(windows) {
                    "give the file to import, or `-` to paste its text and end with Ctrl-Z and Enter"
                } else {
                    "give the file to import, or `-` to paste its text and end with Ctrl-D"
                }));
        }
        None => (
            store::text_of_input(pasted_or_piped())?,
            "standard input".to_owned(),
        ),
    };
    let format = arguments.from.as_deref().and_then(Format::named);
    formats::read(&text, format, home).map_err(|broken| flawed(&broken, &name))
}

/// Reads standard input. At a Windows console Ctrl-Z ends it, whether or not the console itself treats it as the end.
fn pasted_or_piped() -> impl io::Read {
    let input = io::stdin().lock();
    UntilCtrlZ {
        looks: cfg!(windows) && input.is_terminal(),
        ended: false,
        input,
    }
}

struct UntilCtrlZ<R> {
    input: R,
    /// Whether Ctrl-Z ends the input.
    looks: bool,
    ended: bool,
}

impl<R: io::Read> io::Read for UntilCtrlZ<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        const CTRL_Z: u8 = 0x1a;
        if self.ended {
            return Ok(0);
        }
        let length = self.input.read(buffer)?;
        let end = buffer[..length].iter().position(|byte| *byte == CTRL_Z);
        let end = end.filter(|_| self.looks);
        self.ended = end.is_some();
        Ok(end.unwrap_or(length))
    }
}

/// Adds the file, the line and the reason, and a way that always works.
fn flawed(broken: &Broken, name: &str) -> Failure {
    let place = match broken.line {
        Some(line) => format!("{name}:{line}"),
        None => name.to_owned(),
    };
    let kind = if broken.is_value {
        Kind::BadValueInFile
    } else {
        Kind::BadFile
    };
    let failure = Failure::new(kind, format!("{place}: {}", broken.reason));
    if broken.needs_login {
        failure.next(
            "log in with the app's API Key and its secret: {}",
            Next::Login,
        )
    } else {
        failure.hint("paste the four values, one a line: twauth import -")
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn ctrl_z_ends_what_is_pasted_at_a_console_alone() {
        for (looks, expected) in [(true, "one\r\n"), (false, "one\r\n\u{1a}\r\ntwo")] {
            let mut pasted = UntilCtrlZ {
                input: (&b"one\r\n"[..]).chain(&b"\x1a\r\ntwo"[..]),
                looks,
                ended: false,
            };
            let mut text = String::new();
            assert!(pasted.read_to_string(&mut text).is_ok());
            assert_eq!(text, expected);
        }
    }
}
