//! Prompts: on a terminal, or one line of standard input for each answer.

use std::io::{self, BufRead, IsTerminal, Read};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::blocking;
use crate::error::{Failure, Kind, system_reason};
use crate::terminal;
use crate::terminal::stderr::{ask, talk};

/// The longest answer, in bytes: no key, secret, PIN or redirect URL comes near it.
const ANSWER_LIMIT: u64 = 4096;

/// Whether a user can answer at the terminal.
pub(crate) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Whether a secret that is typed now may be visible: a terminal may be at the other end of a pipe.
pub(crate) fn may_show_secrets() -> bool {
    !io::stdin().is_terminal() && !terminal::input_is_ready()
}

/// Whether nobody can answer another question.
pub(crate) fn has_ended() -> bool {
    !io::stdin().is_terminal() && terminal::input_has_ended()
}

/// The cursor stays behind a question until Enter moves it: the next output begins on its own line.
struct OpenLine(bool);

impl Drop for OpenLine {
    fn drop(&mut self) {
        if self.0 {
            talk("");
        }
    }
}

/// Asks for one line and shows it as the user types. `subject` names the answer in an error.
pub(crate) async fn line(question: &str, subject: &str) -> Result<String, Failure> {
    #[cfg(unix)]
    let _guard = if io::stdin().is_terminal() {
        Some(terminal::Guard::showing(question).await)
    } else {
        ask(question);
        None
    };
    #[cfg(windows)]
    ask(question);
    let mut open = OpenLine(true);
    let answer = answer(subject).await;
    open.0 = answer.is_err() || !io::stdin().is_terminal();
    answer
}

/// Asks for one line without showing it.
#[cfg(unix)]
pub(crate) async fn hidden(question: &str, subject: &str) -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        return line(question, subject).await;
    }
    let _guard = terminal::Guard::hiding(question).await;
    // The terminal does not show Enter either.
    let _open = OpenLine(true);
    answer(subject).await
}

/// Asks for one line without showing it.
#[cfg(windows)]
pub(crate) async fn hidden(question: &str, subject: &str) -> Result<String, Failure> {
    use crate::terminal::console;
    if !io::stdin().is_terminal() {
        return line(question, subject).await;
    }
    if !console::is_there() {
        return Err(Failure::new(
            Kind::BadInput,
            "this window has no console, so it would show what you type",
        )
        .hint("use PowerShell or cmd, or put `winpty` before the command"));
    }
    ask(question);
    let _open = OpenLine(true);
    let answer = blocking::apart(console::hidden_answer).await;
    answer
        .and_then(|answer| answer)
        .map_err(|error| unreadable(&error))?
        .ok_or_else(cancelled)
}

/// Asks for confirmation; Enter alone means no.
pub(crate) async fn confirm(question: &str) -> Result<bool, Failure> {
    #[cfg(windows)]
    if crate::terminal::console::is_there() {
        let question = format!("{question}?");
        let confirmed =
            blocking::apart(move || crate::terminal::console::confirmed(&question)).await;
        let confirmed = confirmed.and_then(|confirmed| confirmed);
        return Ok(confirmed.map_err(|error| unreadable(&error))? == Some(true));
    }
    let answer = line(&format!("{question}? [y/N] "), "an answer").await?;
    let answer = answer.trim();
    Ok(["y", "yes"]
        .iter()
        .any(|yes| answer.eq_ignore_ascii_case(yes)))
}

/// Asks for one of `choices`, by its first word or letter; on Windows with the arrow keys. Returns its index. The last
/// choice is the default.
pub(crate) async fn choice(
    question: &str,
    choices: &'static [&'static str],
) -> Result<usize, Failure> {
    let last = choices.len().saturating_sub(1);
    #[cfg(windows)]
    if crate::terminal::console::is_there() {
        let question = question.to_owned();
        let chosen =
            blocking::apart(move || crate::terminal::console::chosen(&question, choices)).await;
        let chosen = chosen.and_then(|chosen| chosen);
        return Ok(chosen.map_err(|error| unreadable(&error))?.unwrap_or(last));
    }
    let shown = choices.iter().map(|choice| {
        let (letter, rest) = choice.split_at_checked(1).unwrap_or((choice, ""));
        format!("[{letter}]{rest}")
    });
    let shown: Vec<String> = shown.collect();
    let question = format!("{question} {} (default)? ", shown.join(", "));
    for _ in 0..3 {
        let answer = line(&question, "an answer").await?;
        let answer = or_leave(&answer)?.to_ascii_lowercase();
        let chosen = choices.iter().position(|choice| {
            let word = choice.split(' ').next().unwrap_or(choice);
            word == answer || (answer.len() == 1 && word.starts_with(&answer))
        });
        if let Some(chosen) = chosen {
            return Ok(chosen);
        }
    }
    Ok(last)
}

/// An empty line or a word such as `q` cancels.
pub(crate) fn or_leave(answer: &str) -> Result<&str, Failure> {
    let answer = answer.trim();
    if answer.is_empty() || says_leave(answer) {
        return Err(cancelled());
    }
    Ok(answer)
}

/// Whether the answer is a word for cancelling.
pub(crate) fn says_leave(answer: &str) -> bool {
    let answer = answer.trim();
    ["q", "quit", "exit"]
        .iter()
        .any(|word| answer.eq_ignore_ascii_case(word))
}

/// The failure when the user cancels.
pub(crate) fn cancelled() -> Failure {
    Failure::new(Kind::Cancelled, "cancelled; nothing was changed")
}

/// A line being read on its own thread; `None` at the end of input.
type Reading = Pin<Box<dyn Future<Output = io::Result<Result<Option<String>, Failure>>> + Send>>;

/// The reading that a question gave up. Two cannot read at a time, so the next question gets its line.
static GIVEN_UP: Mutex<Option<Reading>> = Mutex::new(None);

fn given_up() -> MutexGuard<'static, Option<Reading>> {
    GIVEN_UP.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Line(Option<Reading>);

impl Drop for Line {
    fn drop(&mut self) {
        *given_up() = self.0.take();
    }
}

async fn answer(subject: &str) -> Result<String, Failure> {
    let mut line = Line(given_up().take());
    let reading = line
        .0
        .get_or_insert_with(|| Box::pin(blocking::apart(read_line)));
    let answer = reading.await;
    line.0 = None;
    match answer.map_err(|error| unreadable(&error))?? {
        Some(text) => Ok(text),
        None if io::stdin().is_terminal() => Err(cancelled()),
        None => Err(Failure::new(
            Kind::NoInput,
            format!("standard input ended before {subject}"),
        )),
    }
}

/// `None` at the end of input.
fn read_line() -> Result<Option<String>, Failure> {
    let mut bytes = Vec::new();
    terminal::wait_for_input();
    let read = io::stdin()
        .lock()
        .take(ANSWER_LIMIT + 1)
        .read_until(b'\n', &mut bytes);
    match read {
        Ok(0) => return Ok(None),
        Ok(_) if bytes.len() as u64 > ANSWER_LIMIT => {
            return Err(Failure::new(
                Kind::BadInput,
                "the answer is longer than 4096 bytes",
            ));
        }
        Ok(_) => {}
        Err(error) => return Err(unreadable(&error)),
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::new(Kind::BadInput, "the answer is not UTF-8 text"))?;
    // PowerShell puts a mark before the first line of a pipe.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned()))
}

fn unreadable(error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::Interrupted || error.kind() == io::ErrorKind::UnexpectedEof {
        return cancelled();
    }
    Failure::new(
        Kind::BadInput,
        format!("the answer could not be read: {}", system_reason(error)),
    )
}
