//! Texts of help fitted to the width of the page.

use std::borrow::Cow;
use std::env;

use clap::Command;

use crate::terminal;

/// The widest page, on a wide terminal too.
const WIDEST: usize = 80;
/// A narrower column has no room for a description.
const NARROWEST: usize = 20;

/// The width of standard output, or of `COLUMNS` where that is no terminal.
pub(super) fn width() -> usize {
    let named = || env::var("COLUMNS").ok()?.parse().ok();
    let width = terminal::columns().or_else(named).unwrap_or(WIDEST);
    width.clamp(NARROWEST, WIDEST)
}

/// `text` in lines of at most `width` columns. A line with a tab is a row of two columns, aligned with the rows around
/// it; where both do not fit beside each other, the second goes below the first.
pub(super) fn laid_out(text: &str, width: usize) -> String {
    // Rows of two columns, and lines that are none.
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.split_once('\t').ok_or(line))
        .collect();
    let mut page = String::with_capacity(2 * text.len());
    for rows in lines.chunk_by(|one, other| one.is_ok() == other.is_ok()) {
        let longest = |part: fn(&(&str, &str)) -> usize| {
            let rows = rows.iter().flatten();
            rows.map(part).max().unwrap_or(0)
        };
        let column = longest(|(label, _)| label.chars().count()) + 2;
        let room = width.saturating_sub(column);
        let is_beside = room >= NARROWEST.min(longest(|(_, words)| words.chars().count()));
        let below = "\n".to_owned() + &" ".repeat(column);
        for row in rows {
            match row {
                Err(line) => page += &folded(line, width),
                Ok((label, words)) if is_beside => {
                    page += label;
                    page += &" ".repeat(column - label.chars().count());
                    page += &folded(words, room).replace('\n', &below);
                }
                Ok((label, words)) => {
                    page += &folded(label, width);
                    page.push('\n');
                    page += &folded(&format!("      {words}"), width);
                }
            }
            page.push('\n');
        }
    }
    page
}

/// Breaks a line between words, as the parser breaks its own; each part begins as far in as the line.
fn folded(line: &str, width: usize) -> Cow<'_, str> {
    if line.len() <= width || line.chars().count() <= width {
        return line.into();
    }
    let mut command = Command::new("twauth")
        .help_template("{after-help}")
        .term_width(width)
        .after_help(line.to_owned());
    let folded = command.render_help().to_string();
    folded.trim_matches('\n').to_owned().into()
}

#[cfg(test)]
mod tests {
    use super::laid_out;

    #[test]
    fn rows_are_aligned_where_there_is_room_and_stacked_elsewhere() {
        let rows = "Rows.\n\n  one\tthe first of two rows\n  three\tthe second\n";
        assert_eq!(
            laid_out(rows, 80),
            "Rows.\n\n  one    the first of two rows\n  three  the second\n"
        );
        assert_eq!(
            laid_out(rows, 29),
            "Rows.\n\n  one    the first of two\n         rows\n  three  the second\n"
        );
        assert_eq!(
            laid_out(rows, 20),
            "Rows.\n\n  one\n      the first of\n      two rows\n  three\n      the second\n"
        );
    }
}
