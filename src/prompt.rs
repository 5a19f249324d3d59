//! Asking the person: on a terminal, or one line of standard input for each answer.

use std::future::poll_fn;
use std::io::{self, BufRead, IsTerminal, Read};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::thread;

use crate::error::{Failure, Kind, system_reason};
use crate::terminal;
use crate::terminal::stderr::{ask, talk};

/// The longest answer, in bytes: no key, secret, PIN or redirect URL comes near it.
const ANSWER_LIMIT: u64 = 4096;

/// Whether a person can answer at the terminal.
pub(crate) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Whether what a person types now would be shown although it is secret: a terminal may be at the other end of a pipe.
pub(crate) fn may_show_secrets() -> bool {
    !io::stdin().is_terminal() && !terminal::input_is_ready()
}

/// Whether there is nobody to answer another question.
pub(crate) fn has_ended() -> bool {
    !io::stdin().is_terminal() && terminal::input_has_ended()
}

/// The cursor stays behind a question until Enter moves it: whatever is said next begins on a line of its own.
struct OpenLine(bool);

impl Drop for OpenLine {
    fn drop(&mut self) {
        if self.0 {
            talk("");
        }
    }
}

/// Asks for one line, shown as it is typed. `subject` is what an answer is called where none comes.
pub(crate) async fn line(question: &str, subject: &str) -> Result<String, Failure> {
    ask(question);
    let mut open = OpenLine(true);
    let answer = answer(subject).await;
    open.0 = answer.is_err() || !io::stdin().is_terminal();
    answer
}

/// Asks for one line that the terminal does not show.
#[cfg(unix)]
pub(crate) async fn hidden(question: &str, subject: &str) -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        return line(question, subject).await;
    }
    let _guard = terminal::Guard::hiding(question).await;
    // What is typed is not shown, Enter neither.
    let _open = OpenLine(true);
    answer(subject).await
}

/// Asks for one line that the console does not show.
#[cfg(windows)]
pub(crate) async fn hidden(question: &str, subject: &str) -> Result<String, Failure> {
    use crate::terminal::console;
    if !io::stdin().is_terminal() {
        return line(question, subject).await;
    }
    if !console::is_there() {
        return Err(Failure::new(
            Kind::BadInput,
            "this window has no console, so it would show what is typed",
        )
        .hint("use PowerShell or cmd, or put `winpty` before the command"));
    }
    ask(question);
    let _open = OpenLine(true);
    let answer = apart(console::hidden_answer).await?;
    answer
        .map_err(|error| unreadable(&error))?
        .ok_or_else(cancelled)
}

/// Asks whether to do something; Enter alone does not.
pub(crate) async fn confirm(question: &str) -> Result<bool, Failure> {
    #[cfg(windows)]
    if crate::terminal::console::is_there() {
        let question = format!("{question}?");
        let confirmed = apart(move || crate::terminal::console::confirmed(&question)).await?;
        return Ok(confirmed.map_err(|error| unreadable(&error))? == Some(true));
    }
    let answer = line(&format!("{question}? [y/N] "), "an answer").await?;
    let answer = answer.trim();
    Ok(["y", "yes"]
        .iter()
        .any(|yes| answer.eq_ignore_ascii_case(yes)))
}

/// Asks for one of `choices`, by its first word or that word's first letter; on Windows by the arrow keys. Gives back
/// its place. The last choice is what leaving means.
pub(crate) async fn choice(
    question: &str,
    choices: &'static [&'static str],
) -> Result<usize, Failure> {
    let last = choices.len().saturating_sub(1);
    #[cfg(windows)]
    if crate::terminal::console::is_there() {
        let question = question.to_owned();
        let chosen = apart(move || crate::terminal::console::chosen(&question, choices)).await?;
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

/// Leaving is always possible: by an empty line, or a word that says so.
pub(crate) fn or_leave(answer: &str) -> Result<&str, Failure> {
    let answer = answer.trim();
    if answer.is_empty() || says_leave(answer) {
        return Err(cancelled());
    }
    Ok(answer)
}

/// Whether the answer is a word for leaving.
pub(crate) fn says_leave(answer: &str) -> bool {
    let answer = answer.trim();
    ["q", "quit", "exit"]
        .iter()
        .any(|word| answer.eq_ignore_ascii_case(word))
}

/// The failure that stands for "the user left".
pub(crate) fn cancelled() -> Failure {
    Failure::new(Kind::Cancelled, "cancelled; nothing was changed")
}

/// A line that is being read on a thread of its own, so that signals and the sandbox are served meanwhile.
#[derive(Default)]
struct Reading {
    answer: Option<Result<Option<String>, Failure>>,
    waker: Option<Waker>,
}

/// The one that is under way. A question that is given up leaves it to the next: two could not read at a time.
static READING: Mutex<Option<Arc<Mutex<Reading>>>> = Mutex::new(None);

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Blocking work on a thread of its own.
#[cfg(windows)]
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Failure::new(Kind::Internal, "the question could not be asked"))
}

async fn answer(subject: &str) -> Result<String, Failure> {
    let reading = reading()?;
    let answer = poll_fn(|context| {
        let mut reading = locked(&reading);
        reading.waker = Some(context.waker().clone());
        reading.answer.take().map_or(Poll::Pending, Poll::Ready)
    })
    .await;
    *locked(&READING) = None;
    match answer? {
        Some(text) => Ok(text),
        None if io::stdin().is_terminal() => Err(cancelled()),
        None => Err(Failure::new(
            Kind::NoInput,
            format!("standard input ended before {subject}"),
        )),
    }
}

fn reading() -> Result<Arc<Mutex<Reading>>, Failure> {
    let mut current = locked(&READING);
    if let Some(reading) = &*current {
        return Ok(Arc::clone(reading));
    }
    let reading = Arc::new(Mutex::new(Reading::default()));
    let theirs = Arc::clone(&reading);
    let read = move || {
        let answer = read_line();
        let mut reading = locked(&theirs);
        reading.answer = Some(answer);
        if let Some(waker) = reading.waker.take() {
            waker.wake();
        }
    };
    thread::Builder::new().spawn(read).map_err(|error| {
        let reason = format!("the question could not be asked: {}", system_reason(&error));
        Failure::new(Kind::Internal, reason)
    })?;
    *current = Some(Arc::clone(&reading));
    Ok(reading)
}

/// None at the end of input.
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
