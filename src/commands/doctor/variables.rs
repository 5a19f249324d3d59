//! The variables that stand in the way of the file, or only half stand.

use super::report::{Finding, Report};
use super::shell;
use crate::cli::Doctor;
use crate::commands::sources::{Origin, default_file};
use crate::environment;

pub(super) fn check(
    origin: &Origin,
    arguments: &Doctor,
    report: &mut Report,
) -> anyhow::Result<()> {
    let default = default_file(&arguments.network)
        .ok()
        .filter(|store| store.path().exists());
    let set = environment::names_set();
    let finding = match origin {
        Origin::Variables(..) => {
            let names = [
                environment::CONSUMER_KEY,
                environment::CONSUMER_SECRET,
                environment::ACCESS_TOKEN,
                environment::ACCESS_TOKEN_SECRET,
            ];
            let message = match default {
                Some(store) => format!(
                    "the four TWAUTH_ variables are used, and {} is passed over",
                    store.shown()
                ),
                None => "the four TWAUTH_ variables hold the account; there is no file".to_owned(),
            };
            Finding::warning("variables", message, shell::unset(&names))
        }
        Origin::File(store)
            if set.contains(&environment::CREDS)
                && arguments.source.creds.is_none()
                && default
                    .as_ref()
                    .is_some_and(|default| default.path() != store.path()) =>
        {
            Finding::warning(
                "variables",
                format!(
                    "TWAUTH_CREDS names {}, and the default file is passed over",
                    store.shown()
                ),
                shell::unset(&[environment::CREDS]),
            )
        }
        _ => match half_set(&set) {
            Some((set, missing)) => Finding::warning(
                "variables",
                format!("{set} is set and {missing} is not: they only count together"),
                shell::unset(&[set]),
            ),
            None if set.is_empty() => Finding::ok("variables", "no variable of twauth is set"),
            None => Finding::ok("variables", format!("set: {}", set.join(", "))),
        },
    };
    report.add(finding)
}

/// A variable that is set without one it needs. A consumer key or secret alone is for `login`, which asks for the
/// other.
fn half_set(set: &[&'static str]) -> Option<(&'static str, &'static str)> {
    [
        (environment::ACCESS_TOKEN, environment::ACCESS_TOKEN_SECRET),
        (environment::ACCESS_TOKEN_SECRET, environment::ACCESS_TOKEN),
        (environment::ACCESS_TOKEN, environment::CONSUMER_KEY),
        (environment::ACCESS_TOKEN, environment::CONSUMER_SECRET),
    ]
    .into_iter()
    .find(|(one, other)| set.contains(one) && !set.contains(other))
}
