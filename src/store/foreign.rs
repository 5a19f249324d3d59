//! Reads and writes other programs' files: read whole, written privately.

use std::io;
use std::path::Path;

use super::lock::Lock;
use super::reading::Flaw;
use super::{git, location, replace};
use crate::error::{Failure, Kind, system_reason};
use location::shown;

/// The text of the file at `path`, if it may be read as credentials.
pub(crate) fn text_of_file(path: &Path) -> Result<String, Failure> {
    let name = shown(path);
    match location::contents(path)? {
        Some((bytes, _)) => text(bytes, &name),
        None => Err(
            Failure::new(Kind::BadFile, format!("there is no file {name}")).hint("check the path"),
        ),
    }
}

/// The text from `source` (standard input).
pub(crate) fn text_of_input(source: impl io::Read) -> Result<String, Failure> {
    let bytes = location::limited(source).map_err(|error| {
        Failure::new(
            Kind::BadFile,
            format!(
                "standard input could not be read: {}",
                system_reason(&error)
            ),
        )
    })?;
    text(bytes, "standard input")
}

/// Decodes UTF-8, or UTF-16 with a byte order mark, which some editors and shells of Windows write.
fn text(bytes: Vec<u8>, name: &str) -> Result<String, Failure> {
    let unit = match bytes.get(..2) {
        Some([0xff, 0xfe]) => u16::from_le_bytes,
        Some([0xfe, 0xff]) => u16::from_be_bytes,
        _ => {
            return String::from_utf8(bytes).map_err(|error| {
                let flaw = Flaw::not_utf8(error.as_bytes());
                let reason = format!("{name}:{}: {}", flaw.line, flaw.reason);
                Failure::new(Kind::BadFile, reason).hint(
                    "save it as UTF-8 text, or paste the four values, one a line: twauth import -",
                )
            });
        }
    };
    let units = bytes.get(2..).unwrap_or_default().chunks(2);
    let units = units.map(|pair| match pair {
        [low, high] => unit([*low, *high]),
        _ => 0xdfff,
    });
    char::decode_utf16(units)
        .collect::<Result<String, _>>()
        .map_err(|_| {
            let reason = format!("{name}: it is neither UTF-8 nor UTF-16 text");
            Failure::new(Kind::BadFile, reason)
                .hint("paste the four values, one a line: twauth import -")
        })
}

/// Writes `text` to a file of mode 0600, whole or not at all. Only `force` replaces an existing file, or writes where
/// git would commit it.
pub(crate) async fn write_private(path: &Path, text: &str, force: bool) -> Result<(), Failure> {
    let name = shown(path);
    let unwritable = |error: &io::Error| {
        let reason = format!("{name} could not be written: {}", system_reason(error));
        Failure::new(Kind::NotWritable, reason)
    };
    let target = location::target(path).map_err(|error| unwritable(&error))?;
    git::check(&target, "-o", force).await?;
    if target.symlink_metadata().is_ok_and(|it| !it.is_file()) {
        let reason = format!("{name} is not a regular file");
        return Err(Failure::new(Kind::NotWritable, reason));
    }
    let (folder, file_name) = replace::parts(&target).map_err(|error| unwritable(&error))?;
    // A login or import into the same file removes temporary files whose lock is free.
    let _lock = Lock::take(folder, file_name, unwritable)?;
    replace::place(&target, text, force).map_err(|error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            exists(&name)
        } else {
            unwritable(&error)
        }
    })
}

fn exists(name: &str) -> Failure {
    Failure::new(Kind::NotWritable, format!("{name} already exists"))
        .hint("choose another name, or overwrite it with --force")
}
