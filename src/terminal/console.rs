//! The console of Windows: hidden answers, choices, width and colours.

use std::io;

use console::{Key, Term};
use dialoguer::{Confirm, Select};

/// The longest answer, in bytes.
const ANSWER_LIMIT: usize = 4096;

/// Whether there is a console to read keys from: it has a size. The windows of Git Bash and Cygwin look like terminals
/// and are pipes.
pub(crate) fn is_there() -> bool {
    Term::stderr().size_checked().is_some()
}

/// Whether escape sequences act instead of being shown. Asking switches them on.
pub(crate) fn takes_escapes() -> bool {
    let [stdout, stderr] =
        [Term::stdout(), Term::stderr()].map(|stream| stream.features().colors_supported());
    stdout || stderr
}

/// The width of the console of standard output, if it is one.
pub(crate) fn columns() -> Option<usize> {
    let size = Term::stdout().size_checked();
    size.map(|(_, columns)| usize::from(columns))
}

/// Restores what a question may have changed.
pub(crate) fn restore() {
    let _ = Term::stderr().show_cursor();
}

/// Reads one line without showing it; `None` if the user cancels.
pub(crate) fn hidden_answer() -> io::Result<Option<String>> {
    let console = Term::stderr();
    let mut answer = String::new();
    loop {
        match change(&mut answer, &console.read_key()?) {
            Change::Goes => {}
            Change::Given => return Ok(Some(answer)),
            Change::Left => return Ok(None),
        }
    }
}

/// Whether the user agrees; `None` if they cancel.
pub(crate) fn confirmed(question: &str) -> io::Result<Option<bool>> {
    let asked = Confirm::new().with_prompt(question).default(false);
    asked.interact_opt().map_err(reason)
}

/// The index of the choice; `None` if the user cancels.
pub(crate) fn chosen(question: &str, choices: &[&str]) -> io::Result<Option<usize>> {
    let asked = Select::new()
        .with_prompt(question)
        .items(choices)
        .default(0);
    asked.interact_opt().map_err(reason)
}

fn reason(error: dialoguer::Error) -> io::Error {
    let dialoguer::Error::IO(error) = error;
    error
}

/// The effect of a key.
#[derive(Debug, PartialEq, Eq)]
enum Change {
    Goes,
    Given,
    Left,
}

fn change(answer: &mut String, key: &Key) -> Change {
    match key {
        Key::Enter => return Change::Given,
        // Ctrl-Z and Ctrl-D.
        Key::CtrlC | Key::Char('\u{1a}' | '\u{4}') => return Change::Left,
        Key::Backspace => drop(answer.pop()),
        // Ctrl-U.
        Key::Escape | Key::Char('\u{15}') => answer.clear(),
        Key::Char(character) if answer.len() < ANSWER_LIMIT => answer.push(*character),
        _ => {}
    }
    Change::Goes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(keys: &[Key]) -> (String, Change) {
        let mut answer = String::new();
        let mut last = Change::Goes;
        for key in keys {
            last = change(&mut answer, key);
        }
        (answer, last)
    }

    #[test]
    fn a_hidden_answer_can_be_corrected() {
        let [a, b, c] = ['a', 'b', 'c'].map(Key::Char);
        let backspace = [a.clone(), b.clone(), Key::Backspace, c.clone(), Key::Enter];
        assert_eq!(answer(&backspace), ("ac".to_owned(), Change::Given));
        for clears in [Key::Escape, Key::Char('\u{15}')] {
            let keys = [a.clone(), clears, b.clone(), Key::Enter];
            assert_eq!(answer(&keys), ("b".to_owned(), Change::Given));
        }
        let more = [
            Key::Backspace,
            Key::Backspace,
            Key::ArrowLeft,
            a,
            Key::Enter,
        ];
        assert_eq!(answer(&more), ("a".to_owned(), Change::Given));
    }

    #[test]
    fn the_end_of_input_leaves() {
        for end in ['\u{1a}', '\u{4}'] {
            assert_eq!(answer(&[Key::Char('a'), Key::Char(end)]).1, Change::Left);
        }
    }
}
