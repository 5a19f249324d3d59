//! Reports the checks: a line for each, in order, and the exit code.

use std::process::ExitCode;

use serde_json::json;

use crate::account::Account;
use crate::commands::sources::invocation::Invocation;
use crate::error::{Failure, Kind, Next};
use crate::output::{Mark, Output};
use crate::terminal::text::harmless;

/// The failure with another step than to run `doctor`, which found it.
pub(super) fn without_doctor(failure: Failure) -> Failure {
    match &failure.next {
        Some(next) if next.0 == Next::Doctor => failure.hint("check the network"),
        _ => failure,
    }
}

/// The outcome of one check.
#[derive(Debug)]
pub(super) struct Check {
    name: &'static str,
    mark: Mark,
    /// The account it is about, if it is about one: its name, else its id.
    account: Option<String>,
    message: String,
    /// The command or step that fixes it.
    hint: Option<String>,
    /// The cause, if it is a problem.
    kind: Option<Kind>,
}

impl Check {
    fn new(
        name: &'static str,
        mark: Mark,
        message: impl Into<String>,
        hint: Option<String>,
        kind: Option<Kind>,
    ) -> Self {
        Self {
            name,
            mark,
            account: None,
            message: message.into(),
            hint,
            kind,
        }
    }

    pub(super) fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Mark::Ok, message, None, None)
    }

    /// A check that could not be made because of an earlier problem, or because there is nothing to check.
    pub(super) fn skipped(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(name, Mark::Skipped, message, None, None)
    }

    /// Something that works, but may not be intended.
    pub(super) fn warning(
        name: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self::new(name, Mark::Warning, message, Some(hint.into()), None)
    }

    pub(super) fn problem(
        name: &'static str,
        kind: Kind,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self::new(name, Mark::Problem, message, Some(hint.into()), Some(kind))
    }

    pub(super) fn failure(name: &'static str, failure: &Failure) -> Self {
        let (reason, hint) = (&failure.reason, failure.hint.clone());
        Self::new(name, Mark::Problem, reason, hint, Some(failure.kind))
    }

    /// The same check, about one account.
    pub(super) fn of(self, account: &Account) -> Self {
        Self {
            account: account.name().map(harmless),
            ..self
        }
    }

    /// The same message, which names the account if there are several.
    pub(super) fn naming(self, account: &Account, report: &Report) -> Self {
        if report.invocation.is_alone {
            return self;
        }
        Self {
            message: format!("{}: {}", account.label(), self.message),
            ..self
        }
    }

    pub(super) fn is_problem(&self) -> bool {
        self.kind.is_some()
    }
}

/// The checks so far. For people, each is printed at once.
pub(super) struct Report {
    pub(super) output: Output,
    /// How twauth was called.
    pub(super) invocation: Invocation,
    checks: Vec<Check>,
}

impl Report {
    pub(super) fn new(invocation: Invocation, output: Output) -> Self {
        Self {
            output,
            invocation,
            checks: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, check: Check) -> anyhow::Result<()> {
        if !self.output.is_json() {
            let hint = check.hint.as_deref();
            self.output
                .finding(check.mark, check.name, &check.message, hint)?;
        }
        self.checks.push(check);
        Ok(())
    }

    /// Prints the summary; returns the exit code of the first problem, or 0 if there are only warnings.
    pub(super) fn finish(self) -> anyhow::Result<ExitCode> {
        let problems = || self.checks.iter().filter_map(|check| check.kind);
        if self.output.is_json() {
            let entries = self.checks.iter().map(|check| {
                json!({
                    "check": check.name,
                    "state": check.mark.word(),
                    "account": check.account,
                    "message": harmless(&check.message),
                    "hint": check.hint,
                })
            });
            self.output.document(&entries.collect::<Vec<_>>())?;
        } else {
            let warnings = self.checks.iter().filter(|it| it.mark == Mark::Warning);
            let (problems, warnings) = (problems().count(), warnings.count());
            let output = self.output;
            output.say(&format!("problems: {problems}, warnings: {warnings}"));
        }
        let exit_code = problems().next().map(|kind| kind.class().exit_code());
        Ok(ExitCode::from(exit_code.unwrap_or(0)))
    }
}
