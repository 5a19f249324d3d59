//! The man pages, from the same definitions and texts as help.

use std::io;

use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::help::{for_manual, in_manual};

/// Topics of help and their customary headings.
const SECTIONS: [(&str, &str); 3] = [
    ("exit-codes", "EXIT STATUS"),
    ("environment", "ENVIRONMENT"),
    ("files", "FILES"),
];

/// One man page.
pub(crate) struct Page {
    /// The file's name.
    pub(crate) name: String,
    pub(crate) text: Vec<u8>,
}

/// A page for each command, and the one on all of them.
pub(crate) fn pages() -> io::Result<Vec<Page>> {
    let all = for_manual();
    let mut pages = Vec::new();
    let commands = all.get_subcommands().filter(|it| !it.is_hide_set());
    for command in commands.chain([&all]) {
        let about = command.get_about().map(ToString::to_string);
        let about = about.unwrap_or_default();
        let line = about.lines().next().unwrap_or_default().to_owned();
        let examples = command.get_after_help().map(ToString::to_string);
        let page = Man::new(command.clone().about(line))
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
                as_it_is(heading, &in_manual(topic)).to_writer(&mut text)?;
            }
        }
        pages.push(Page {
            name: page.get_filename(),
            text,
        });
    }
    Ok(pages)
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
