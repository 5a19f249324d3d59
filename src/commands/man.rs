//! `man`: the manual pages, from the same definitions and texts as help.

use std::path::Path;
use std::process::ExitCode;
use std::{fs, io};

use anyhow::Context as _;
use clap_mangen::Man as Page;
use clap_mangen::roff::{Roff, roman};

use crate::cli::{self, Man};
use crate::error::{Failure, Kind};
use crate::output::Output;
use crate::store::shown;

/// Topics of help and their customary headings.
const SECTIONS: [(&str, &str); 3] = [
    ("exit-codes", "EXIT STATUS"),
    ("environment", "ENVIRONMENT"),
    ("files", "FILES"),
];

pub(super) fn run(arguments: &Man, output: Output) -> anyhow::Result<ExitCode> {
    let folder = &arguments.folder;
    write(folder)
        .map_err(|error| {
            Failure::new(
                Kind::NotWritable,
                format!("{} could not be written: {error}", shown(folder)),
            )
            .hint("name a folder that you may write to")
        })
        .context("could not write the manual pages")?;
    output.say(&format!("written into {}", shown(folder)));
    Ok(ExitCode::SUCCESS)
}

fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let all = cli::decorated();
    let commands = all.get_subcommands().filter(|it| !it.is_hide_set());
    for command in commands.chain([&all]) {
        let about = command.get_about().map(ToString::to_string);
        let about = about.unwrap_or_default();
        let line = about.lines().next().unwrap_or_default().to_owned();
        let examples = command.get_after_help().map(ToString::to_string);
        let page = Page::new(command.clone().about(line))
            .source(concat!("twauth ", env!("CARGO_PKG_VERSION")))
            .manual("twauth");
        let mut text = Vec::new();
        page.render_title(&mut text)?;
        page.render_name_section(&mut text)?;
        page.render_synopsis_section(&mut text)?;
        page.render_description_section(&mut text)?;
        page.render_options_section(&mut text)?;
        if let Some(examples) = examples {
            let examples = examples.trim_start_matches("Examples:\n");
            as_it_is("EXAMPLES", examples).to_writer(&mut text)?;
        }
        if command.has_subcommands() {
            page.render_subcommands_section(&mut text)?;
            for (topic, heading) in SECTIONS {
                let words = cli::help_on(Some(topic)).unwrap_or_default();
                as_it_is(heading, &words).to_writer(&mut text)?;
            }
        }
        fs::write(folder.join(page.get_filename()), text)?;
    }
    Ok(())
}

/// A section whose lines stay as they are.
fn as_it_is(heading: &str, words: &str) -> Roff {
    let mut section = Roff::new();
    section.control("SH", [heading]).control("nf", []);
    for line in words.lines() {
        section.text([roman(line)]);
    }
    section.control("fi", []);
    section
}
