//! The other program's file or standard input, and what is wrong with it.

use std::ffi::OsStr;
use std::io::{self, IsTerminal};

use crate::cli::Import;
use crate::error::{Failure, Kind};
use crate::formats::{self, Broken, Format, Found};
use crate::store;

pub(super) fn read(arguments: &Import) -> Result<Found, Failure> {
    let file = arguments
        .file
        .as_deref()
        .filter(|path| path.as_os_str() != OsStr::new("-"));
    let (text, name) = match file {
        Some(path) => (store::text_of_file(path)?, store::shown(path)),
        None if arguments.file.is_none() && io::stdin().is_terminal() => {
            return Err(Failure::new(Kind::Usage, "no file is named")
                .hint("name the file to import, or `-` to paste its text and end it with Ctrl-D"));
        }
        None => (
            store::text_of_input(io::stdin().lock())?,
            "standard input".to_owned(),
        ),
    };
    let format = arguments.from.as_deref().and_then(Format::named);
    formats::read(&text, format).map_err(|broken| flawed(&broken, &name))
}

/// Names the file, the line and the reason, and the way that is always open.
fn flawed(broken: &Broken, name: &str) -> Failure {
    let place = match broken.line {
        Some(line) => format!("{name}:{line}"),
        None => name.to_owned(),
    };
    let failure = Failure::new(Kind::BadFile, format!("{place}: {}", broken.reason));
    failure.hint(
        broken
            .hint
            .unwrap_or("paste the four values, one a line: twauth import -"),
    )
}
