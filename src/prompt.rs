//! Asking the person: on a terminal, or one line of standard input for each answer.

use std::io::{self, BufRead, IsTerminal, Read};

use anyhow::Context as _;

use crate::error::{Failure, Kind};
use crate::output::{ask, talk};
use crate::terminal;

/// The longest answer, in bytes: no key, secret, PIN or redirect URL comes near it.
const ANSWER_LIMIT: u64 = 4096;

/// Whether a person can answer at the terminal.
pub(crate) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for one line, shown as it is typed. The end of input is a way of leaving.
pub(crate) async fn line(question: &str) -> anyhow::Result<String> {
    ask(&format!("{question}: "));
    let answer = apart(read_line).await?;
    if !io::stdin().is_terminal() {
        // Nobody has pressed Enter at a terminal, so the line is still open.
        talk("");
    }
    answer
}

/// Asks for one line that the terminal does not show.
#[cfg(unix)]
pub(crate) async fn hidden(question: &str) -> anyhow::Result<String> {
    if !io::stdin().is_terminal() {
        return line(question).await;
    }
    let _guard = terminal::Guard::hiding(&format!("{question}: ")).await;
    let answer = apart(read_line).await?;
    talk("");
    answer
}

/// Asks for one line that the console does not show.
#[cfg(not(unix))]
pub(crate) async fn hidden(question: &str) -> anyhow::Result<String> {
    if !io::stdin().is_terminal() {
        return line(question).await;
    }
    let question = question.to_owned();
    let answer = apart(move || {
        let asked = dialoguer::Password::new()
            .with_prompt(question)
            .report(false)
            .allow_empty_password(true)
            .interact();
        match asked {
            Ok(answer) => Ok(answer),
            Err(dialoguer::Error::IO(error)) => Err(unreadable(&error)),
        }
    });
    let answer = answer.await??;
    talk("");
    Ok(answer)
}

/// Leaving is always possible: an empty line, a word that says so, or the end of input.
pub(crate) fn or_leave(answer: &str) -> anyhow::Result<&str> {
    match answer.trim() {
        "" | "q" | "quit" | "exit" => Err(cancelled().into()),
        answer => Ok(answer),
    }
}

/// The failure that stands for "the user left".
pub(crate) fn cancelled() -> Failure {
    Failure::new(Kind::Cancelled, "cancelled, nothing is changed")
}

/// Blocking work on a thread of its own, so that signals and the sandbox are served meanwhile.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> anyhow::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .context("could not ask")
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
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn unreadable(error: &io::Error) -> anyhow::Error {
    if error.kind() == io::ErrorKind::Interrupted || error.kind() == io::ErrorKind::UnexpectedEof {
        return cancelled().into();
    }
    Failure::new(
        Kind::BadInput,
        format!("the answer could not be read: {error}"),
    )
    .into()
}
