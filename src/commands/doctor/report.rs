//! What was found: a line for each check, in order, and the exit code that fits them all.

use std::process::ExitCode;

use serde_json::json;

use crate::account::Account;
use crate::error::{Failure, Kind};
use crate::output::{Mark, Output};
use crate::terminal::text::harmless;

/// The outcome of one check.
#[derive(Debug)]
pub(super) struct Finding {
    check: &'static str,
    mark: Mark,
    /// Which account it is about, where it is about one: its name, else its id.
    account: Option<String>,
    message: String,
    /// The one command or step that mends it.
    hint: Option<String>,
    /// The cause, where it is a problem.
    kind: Option<Kind>,
}

impl Finding {
    pub(super) fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self::new(check, Mark::Ok, message, None)
    }

    /// What could not be looked at, because of an earlier finding or because there is nothing to look at.
    pub(super) fn skipped(check: &'static str, message: impl Into<String>) -> Self {
        Self::new(check, Mark::Skipped, message, None)
    }

    /// What works, and may not be meant.
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

    /// The same about one account.
    pub(super) fn of(self, account: &Account) -> Self {
        let name = account.screen_name.as_ref().or(account.user_id.as_ref());
        Self {
            account: name.map(|name| harmless(name)),
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
            check,
            mark,
            account: None,
            message: message.into(),
            hint,
            kind: None,
        }
    }
}

/// The findings so far. For people each is shown as soon as it is there.
#[derive(Debug)]
pub(super) struct Report {
    output: Output,
    findings: Vec<Finding>,
}

impl Report {
    pub(super) fn new(output: Output) -> Self {
        Self {
            output,
            findings: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, finding: Finding) -> anyhow::Result<()> {
        if !self.output.is_json() {
            self.output.finding(
                finding.mark,
                finding.check,
                &finding.message,
                finding.hint.as_deref(),
            )?;
        }
        self.findings.push(finding);
        Ok(())
    }

    /// The exit code of the first problem; 0 where there is none, whatever there is to warn of.
    pub(super) fn finish(self) -> anyhow::Result<ExitCode> {
        let problems = || self.findings.iter().filter_map(|finding| finding.kind);
        if self.output.is_json() {
            let entries: Vec<_> = self
                .findings
                .iter()
                .map(|finding| {
                    json!({
                        "check": finding.check,
                        "state": finding.mark.word(),
                        "account": finding.account,
                        "message": harmless(&finding.message),
                        "hint": finding.hint,
                    })
                })
                .collect();
            self.output.document(&entries)?;
        } else {
            let is_warning = |finding: &&Finding| finding.mark == Mark::Warning;
            self.output.say(&format!(
                "problems: {}, warnings: {}",
                problems().count(),
                self.findings.iter().filter(is_warning).count()
            ));
        }
        Ok(ExitCode::from(
            problems().next().map_or(0, |kind| kind.class().exit_code()),
        ))
    }
}
