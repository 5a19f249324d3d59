//! Asking the person: on a terminal, or one line of standard input for each answer.

use std::io::{self, BufRead, IsTerminal, Read};

use crate::blocking;
use crate::error::{Failure, Kind, system_reason};
use crate::terminal;
use crate::terminal::stderr::{ask, talk};

/// The longest answer, in bytes: no key, secret, PIN or redirect URL comes near it.
const ANSWER_LIMIT: u64 = 4096;

/// Whether a person can answer at the terminal.
pub(crate) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// The cursor stands behind a question until Enter moves it: whatever is said next begins on a line of its own.
struct OpenLine(bool);

impl Drop for OpenLine {
    fn drop(&mut self) {
        if self.0 {
            talk("");
        }
    }
}

/// Asks for one line, shown as it is typed. The end of input is a way of leaving.
pub(crate) async fn line(question: &str) -> anyhow::Result<String> {
    ask(&format!("{question}: "));
    let mut open = OpenLine(true);
    let answer = apart(read_line).await?;
    open.0 = answer.is_err() || !io::stdin().is_terminal();
    answer
}

/// Asks for one line that the terminal does not show.
#[cfg(unix)]
pub(crate) async fn hidden(question: &str) -> anyhow::Result<String> {
    if !io::stdin().is_terminal() {
        return line(question).await;
    }
    let _guard = terminal::Guard::hiding(&format!("{question}: ")).await;
    // What is typed is not shown, Enter neither.
    let _open = OpenLine(true);
    apart(read_line).await?
}

/// Asks for one line that the console does not show.
#[cfg(windows)]
pub(crate) async fn hidden(question: &str) -> anyhow::Result<String> {
    use crate::terminal::console;
    if !io::stdin().is_terminal() {
        return line(question).await;
    }
    if !console::is_there() {
        return Err(Failure::new(
            Kind::BadInput,
            "this window has no console, so it would show what is typed",
        )
        .hint("use PowerShell or cmd, or put `winpty` before the command")
        .into());
    }
    ask(&format!("{question}: "));
    let _open = OpenLine(true);
    let answer = apart(console::hidden_answer).await?;
    answer
        .map_err(|error| unreadable(&error))?
        .ok_or_else(|| cancelled().into())
}

/// Asks whether to do something; Enter alone does not.
pub(crate) async fn confirm(question: &str) -> anyhow::Result<bool> {
    #[cfg(windows)]
    if crate::terminal::console::is_there() {
        let question = question.to_owned();
        let confirmed = apart(move || crate::terminal::console::confirmed(&question)).await?;
        return Ok(confirmed.map_err(|error| unreadable(&error))? == Some(true));
    }
    let answer = line(&format!("{question} (yes or no)?")).await?;
    let answer = answer.trim();
    Ok(["y", "yes"]
        .iter()
        .any(|yes| answer.eq_ignore_ascii_case(yes)))
}

/// Asks for one of `choices`, by its word or the word's first letter; on Windows by the arrow keys. The last choice is
/// what leaving means.
pub(crate) async fn choice(
    question: &str,
    choices: &'static [&'static str],
) -> anyhow::Result<&'static str> {
    let last = choices.last().copied().unwrap_or_default();
    #[cfg(windows)]
    if crate::terminal::console::is_there() {
        let question = question.to_owned();
        let chosen = apart(move || crate::terminal::console::chosen(&question, choices)).await?;
        let chosen = chosen.map_err(|error| unreadable(&error))?;
        return Ok(chosen.and_then(|place| choices.get(place)).unwrap_or(&last));
    }
    let others = &choices[..choices.len().saturating_sub(1)];
    let question = format!("{question}: {} or {last}?", others.join(", "));
    for _ in 0..3 {
        let answer = line(&question).await?;
        let answer = or_leave(&answer)?.to_ascii_lowercase();
        let chosen = choices.iter().find(|choice| {
            **choice == answer || (answer.len() == 1 && choice.starts_with(&answer))
        });
        if let Some(chosen) = chosen {
            return Ok(chosen);
        }
    }
    Ok(last)
}

/// Leaving is always possible: an empty line, a word that says so, or the end of input.
pub(crate) fn or_leave(answer: &str) -> anyhow::Result<&str> {
    let answer = answer.trim();
    let leaves = ["", "q", "quit", "exit"]
        .iter()
        .any(|word| answer.eq_ignore_ascii_case(word));
    if leaves {
        return Err(cancelled().into());
    }
    Ok(answer)
}

/// The failure that stands for "the user left".
pub(crate) fn cancelled() -> Failure {
    Failure::new(Kind::Cancelled, "cancelled, nothing is changed")
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> anyhow::Result<T> {
    blocking::apart(work).await.map_err(|error| {
        let reason = format!("the answer could not be read: {error}");
        Failure::new(Kind::Internal, reason).into()
    })
}

fn read_line() -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    terminal::wait_for_input();
    let read = io::stdin()
        .lock()
        .take(ANSWER_LIMIT + 1)
        .read_until(b'\n', &mut bytes);
    match read {
        Ok(0) => return Err(cancelled().into()),
        Ok(_) if bytes.len() as u64 > ANSWER_LIMIT => {
            return Err(
                Failure::new(Kind::BadInput, "the answer is longer than 4096 bytes").into(),
            );
        }
        Ok(_) => {}
        Err(error) => return Err(unreadable(&error)),
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::new(Kind::BadInput, "the answer is not UTF-8 text"))?;
    // PowerShell puts a mark before the first line of a pipe.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn unreadable(error: &io::Error) -> anyhow::Error {
    if error.kind() == io::ErrorKind::Interrupted || error.kind() == io::ErrorKind::UnexpectedEof {
        return cancelled().into();
    }
    Failure::new(
        Kind::BadInput,
        format!("the answer could not be read: {}", system_reason(error)),
    )
    .into()
}
