//! Reports the checks: a line for each, in order, and the exit code.

use std::process::ExitCode;

use serde_json::json;

use crate::account::Account;
use crate::commands::sources::invocation::Invocation;
use crate::error::{Failure, Kind};
use crate::output::{Mark, Output};
use crate::terminal::text::harmless;

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
    pub(super) fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self::new(check, Mark::Ok, message, None)
    }

    /// A check that could not be made because of an earlier problem, or because there is nothing to check.
    pub(super) fn skipped(check: &'static str, message: impl Into<String>) -> Self {
        Self::new(check, Mark::Skipped, message, None)
    }

    /// Something that works, but may not be intended.
    pub(super) fn warning(
        check: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self::new(check, Mark::Warning, message, Some(hint.into()))
    }

    pub(super) fn problem(
        check: &'static str,
        kind: Kind,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            kind: Some(kind),
            ..Self::new(check, Mark::Problem, message, Some(hint.into()))
        }
    }

    pub(super) fn failure(check: &'static str, failure: &Failure) -> Self {
        Self {
            kind: Some(failure.kind),
            ..Self::new(
                check,
                Mark::Problem,
                failure.reason.clone(),
                failure.hint.clone(),
            )
        }
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

    fn new(
        check: &'static str,
        mark: Mark,
        message: impl Into<String>,
        hint: Option<String>,
    ) -> Self {
        Self {
            name: check,
            mark,
            account: None,
            message: message.into(),
            hint,
            kind: None,
        }
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
            self.output.finding(
                check.mark,
                check.name,
                &check.message,
                check.hint.as_deref(),
            )?;
        }
        self.checks.push(check);
        Ok(())
    }

    /// Prints the summary; returns the exit code of the first problem, or 0 if there are only warnings.
    pub(super) fn finish(self) -> anyhow::Result<ExitCode> {
        let problems = || self.checks.iter().filter_map(|check| check.kind);
        if self.output.is_json() {
            let entries: Vec<_> = self
                .checks
                .iter()
                .map(|check| {
                    json!({
                        "check": check.name,
                        "state": check.mark.word(),
                        "account": check.account,
                        "message": harmless(&check.message),
                        "hint": check.hint,
                    })
                })
                .collect();
            self.output.document(&entries)?;
        } else {
            let is_warning = |check: &&Check| check.mark == Mark::Warning;
            self.output.say(&format!(
                "problems: {}, warnings: {}",
                problems().count(),
                self.checks.iter().filter(is_warning).count()
            ));
        }
        Ok(ExitCode::from(
            problems().next().map_or(0, |kind| kind.class().exit_code()),
        ))
    }
}
