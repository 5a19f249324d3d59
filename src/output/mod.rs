//! Output: results on standard output, everything about the work on standard error. How twauth speaks:
//!
//! 1. Plain verbs, the ones `gh` and `cargo` use: fix, contain, reject, remove, show, cancel, retry, belong to.
//! 2. Somebody does something: "X rejected the PIN", "choose one with -a NAME". Whole sentences, no noun fragments.
//! 3. One word per thing: URL, account, API Key, post, remove, fix, reject, log in. `@` before a name. British spelling.
//! 4. An error is `error: could not VERB OBJECT: why`, in lower case without a full stop, then a `hint:` with one step.
//! 5. A command in a hint can be pasted: with the account, the file and quotation marks.
//! 6. Exact: the host, the file, the account, the system's reason, the duration as well as the time. No secret, no value.
//! 7. On a terminal results are sentences with a next step and aligned columns; in a pipe, bare values and tabs.
//! 8. What many accounts share is printed once. Other characters than ASCII only in a UTF-8 locale.

mod leaving;
mod progress;

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use anyhow::Context as _;
use serde::Serialize;
use serde_json::{Value, json};

use crate::error::{Failure, Kind, system_reason};
use crate::terminal::stderr::talk;
use crate::terminal::text::{harmless, is_harmful};
use crate::terminal::{columns, takes_unicode};

pub(crate) use leaving::{OnLeaving, interrupted};
pub(crate) use progress::Progress;

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Ok,
    Skipped,
    Warning,
    Problem,
}

impl Mark {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Skipped => "skipped",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }

    /// The sign and the style on a terminal.
    fn sign(self) -> (char, Style) {
        let in_locale = |sign, plain| if takes_unicode() { sign } else { plain };
        match self {
            Self::Ok => (in_locale('✓', '*'), AnsiColor::Green.on_default()),
            Self::Skipped => ('-', Style::new().dimmed()),
            Self::Warning => ('!', WARNING),
            Self::Problem => (in_locale('✗', 'x'), AnsiColor::Red.on_default()),
        }
    }
}

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default();
const HINT: Style = AnsiColor::Cyan.on_default();

/// The options for output.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
    /// How often `-v` was given.
    verbosity: u8,
}

impl Output {
    pub(crate) fn new(json: bool, quiet: bool, verbosity: u8) -> Self {
        Self {
            json,
            quiet,
            verbosity,
        }
    }

    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    pub(crate) fn is_quiet(self) -> bool {
        self.quiet
    }

    /// 1 shows each request and reply, 2 also what is signed.
    pub(crate) fn verbosity(self) -> u8 {
        self.verbosity
    }

    /// One value on a line of its own on standard output.
    #[expect(clippy::unused_self, reason = "all results go through the output")]
    pub(crate) fn line(self, text: &str) -> anyhow::Result<()> {
        bytes(format!("{text}\n").as_bytes())
    }

    /// Whether results go to a terminal.
    #[expect(clippy::unused_self, reason = "all results go through the output")]
    pub(crate) fn is_on_terminal(self) -> bool {
        io::stdout().is_terminal()
    }

    /// A result as a sentence with a sign before it, for a terminal.
    pub(crate) fn success(self, sentence: &str) -> anyhow::Result<()> {
        let (sign, style) = Mark::Ok.sign();
        let sign = painted(&sign.to_string(), style);
        self.styled(&format!("{sign} {sentence}\n"))
    }

    /// Rows of columns: aligned under headings on a terminal, separated by tabs in a pipe.
    pub(crate) fn table(self, headings: &[&str], rows: &[Vec<String>]) -> anyhow::Result<()> {
        if !self.is_on_terminal() {
            let lines: String = rows.iter().map(|row| row.join("\t") + "\n").collect();
            return bytes(lines.as_bytes());
        }
        let mut widths: Vec<usize> = headings.iter().map(|cell| cell.len()).collect();
        for row in rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.chars().count().max(*width);
            }
        }
        let headings: Vec<String> = headings.iter().map(ToString::to_string).collect();
        let mut text = String::new();
        for row in std::iter::once(&headings).chain(rows) {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let _ = write!(line, "{cell:width$}  ");
            }
            text += line.trim_end();
            text.push('\n');
        }
        bytes(text.as_bytes())
    }

    /// Bytes on standard output, exactly.
    #[expect(clippy::unused_self, reason = "all results go through the output")]
    pub(crate) fn exact(self, content: &[u8]) -> anyhow::Result<()> {
        bytes(content)
    }

    /// Text on standard output, with its styles where colours are wanted.
    #[expect(clippy::unused_self, reason = "all results go through the output")]
    pub(crate) fn styled(self, text: &str) -> anyhow::Result<()> {
        written(&mut anstream::stdout().lock(), text.as_bytes())
    }

    /// One line for a check on standard output, and the command or step that fixes it on the next.
    pub(crate) fn finding(
        self,
        mark: Mark,
        check: &str,
        message: &str,
        hint: Option<&str>,
    ) -> anyhow::Result<()> {
        let on_terminal = io::stdout().is_terminal();
        let (sign, style) = mark.sign();
        let sign = if on_terminal {
            format!("{sign} ")
        } else {
            String::new()
        };
        let state = painted(&format!("{sign}{:<7}", mark.word()), style);
        let indent = sign.chars().count() + 21;
        let message = wrapped(&harmless(message), indent);
        self.styled(&format!("{state}  {check:<10}  {message}\n"))?;
        // A command stays on one line, to be copied.
        match hint {
            Some(hint) => self.line(&format!("{:10}-> {hint}", "")),
            None => Ok(()),
        }
    }

    /// One JSON document on standard output.
    pub(crate) fn document(self, value: &impl Serialize) -> anyhow::Result<()> {
        let text = serde_json::to_string_pretty(value).context("could not write JSON")?;
        self.line(&escaped(&text))
    }

    /// A message about the work, unless `-q` is given.
    pub(crate) fn say(self, text: &str) {
        if !self.quiet {
            talk(text);
        }
    }

    /// A warning; the work continues.
    pub(crate) fn warn(self, text: &str) {
        if !self.quiet {
            talk(&format!("{} {text}", painted("warning:", WARNING)));
        }
    }

    pub(crate) fn hint(self, text: &str) {
        if !self.quiet {
            talk(&format!("{} {text}", painted("hint:", HINT)));
        }
    }

    /// Shows a failure, on standard error or as the JSON document, and gives the exit code.
    pub(crate) fn failure(self, error: &anyhow::Error) -> u8 {
        let failure = error.downcast_ref::<Failure>();
        let kind = failure.map_or(Kind::Internal, |failure| failure.kind);
        if self.json {
            // If standard output is closed as well, nobody can be told.
            let _ = self.document(&json!({ "error": described(error) }));
        } else {
            self.complain(error);
        }
        kind.class().exit_code()
    }

    /// How a command is called, after an error of usage.
    pub(crate) fn usage(self, usage: &str) {
        if !self.json {
            talk(&format!("\n{usage}"));
        }
    }

    /// A failure and its hint on standard error.
    #[expect(clippy::unused_self, reason = "all messages go through the output")]
    pub(crate) fn complain(self, error: &anyhow::Error) {
        talk(&format!("{} {error:#}", painted("error:", ERROR)));
        if let Some(hint) = error
            .downcast_ref::<Failure>()
            .and_then(|failure| failure.hint.as_deref())
        {
            talk(&format!("{} {hint}", painted("hint:", HINT)));
        }
    }
}

/// The least room for a message beside its check.
const NARROWEST: usize = 20;
/// The indentation of a message below its check.
const STACKED: usize = 4;

fn painted(text: &str, style: Style) -> String {
    format!("{style}{text}{style:#}")
}

/// The fields of the `error` object in JSON output.
pub(crate) fn described(error: &anyhow::Error) -> Value {
    let failure = error.downcast_ref::<Failure>();
    let kind = failure.map_or(Kind::Internal, |failure| failure.kind);
    json!({
        "kind": kind.word(),
        "message": format!("{error:#}"),
        "hint": failure.and_then(|failure| failure.hint.as_deref()),
        "exit_code": kind.class().exit_code(),
        "status": failure.and_then(|failure| failure.status),
        "code": failure.and_then(|failure| failure.code),
        "reset_at": failure.and_then(|failure| failure.reset_at),
        "retry": kind.class().retry(),
        "command": failure.and_then(|failure| failure.command.as_deref()),
    })
}

/// The same JSON with every character escaped that acts on a terminal. (Line ends belong to the layout: those in a
/// text are escaped already.)
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if character == '\n' || !is_harmful(character) {
            text.push(character);
            continue;
        }
        let mut units = [0; 2];
        for unit in character.encode_utf16(&mut units) {
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}

/// Wraps `text` to the terminal's width, indented by `indent` columns (the first line is indented already).
fn wrapped(text: &str, indent: usize) -> String {
    let room = columns().map_or(usize::MAX, |columns| columns.saturating_sub(indent));
    if room < NARROWEST && indent > STACKED {
        return format!("\n{:STACKED$}{}", "", wrapped(text, STACKED));
    }
    let mut lines = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > room {
            lines.push('\n');
            lines.push_str(&" ".repeat(indent));
            used = 0;
        } else if used > 0 {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += length;
    }
    lines
}

fn bytes(content: &[u8]) -> anyhow::Result<()> {
    written(&mut io::stdout().lock(), content)
}

/// What failed if standard output is closed or full.
pub(crate) const UNPRINTED: &str = "could not write to standard output";

fn written(stdout: &mut impl Write, content: &[u8]) -> anyhow::Result<()> {
    stdout
        .write_all(content)
        .and_then(|()| stdout.flush())
        .map_err(|error| Failure::new(Kind::Internal, system_reason(&error)))
        .context(UNPRINTED)
}
