//! `man`: writes the manual pages, from the same definitions and texts as the help.

use std::path::Path;
use std::process::ExitCode;
use std::{fs, io};

use crate::cli::{self, Man};
use crate::error::{Failure, Kind, system_reason};
use crate::output::Output;
use crate::store::shown;

pub(super) fn run(arguments: &Man, output: Output) -> anyhow::Result<ExitCode> {
    let folder = &arguments.folder;
    let count = write(folder).map_err(|error| {
        Failure::new(
            Kind::NotWritable,
            format!(
                "{} could not be written: {}",
                shown(folder),
                system_reason(&error)
            ),
        )
        .hint("choose a folder that you can write to")
    })?;
    output.say(&format!("wrote {count} manual pages to {}", shown(folder)));
    Ok(ExitCode::SUCCESS)
}

/// Writes the pages; returns their number.
fn write(folder: &Path) -> io::Result<usize> {
    fs::create_dir_all(folder)?;
    let pages = cli::pages()?;
    for page in &pages {
        fs::write(folder.join(&page.name), &page.text)?;
    }
    Ok(pages.len())
}
