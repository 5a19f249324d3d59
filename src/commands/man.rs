//! `man`: the man pages, from the same definitions and texts as help.

use std::path::Path;
use std::{fs, io};

use crate::cli::{self, Man};
use crate::error::{Failure, Kind, system_reason};
use crate::output::Output;
use crate::store::shown;

pub(super) fn run(arguments: &Man, output: Output) -> anyhow::Result<()> {
    let folder = &arguments.folder;
    let count = write(folder).map_err(|error| {
        Failure::new(
            Kind::NotWritable,
            format!(
                "cannot write into {}: {}",
                shown(folder),
                system_reason(&error)
            ),
        )
        .hint("choose a folder that you can write to")
    })?;
    output.say(&format!("wrote {count} man pages to {}", shown(folder)));
    Ok(())
}

fn write(folder: &Path) -> io::Result<usize> {
    fs::create_dir_all(folder)?;
    let pages = cli::pages()?;
    for page in &pages {
        fs::write(folder.join(&page.name), &page.text)?;
    }
    Ok(pages.len())
}
