//! `man`: the manual pages, from the same definitions and texts as help.

use std::path::Path;
use std::process::ExitCode;
use std::{fs, io};

use crate::cli::{self, Man};
use crate::error::{Failure, Kind, system_reason};
use crate::output::Output;
use crate::store::shown;

pub(super) fn run(arguments: &Man, output: Output) -> anyhow::Result<ExitCode> {
    let folder = &arguments.folder;
    write(folder).map_err(|error| {
        Failure::new(
            Kind::NotWritable,
            format!(
                "{} could not be written: {}",
                shown(folder),
                system_reason(&error)
            ),
        )
        .hint("name a folder that you may write to")
    })?;
    output.say(&format!("written into {}", shown(folder)));
    Ok(ExitCode::SUCCESS)
}

fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for page in cli::pages()? {
        fs::write(folder.join(page.name), page.text)?;
    }
    Ok(())
}
