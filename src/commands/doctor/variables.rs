//! The variables that override the file, or of which only some are set.

use super::report::{Finding, Report};
use crate::cli::Doctor;
use crate::commands::sources::{Origin, default_file};
use crate::environment;
use crate::shell;

pub(super) fn check(
    origin: &Origin,
    arguments: &Doctor,
    report: &mut Report,
) -> anyhow::Result<()> {
    let default = default_file(&arguments.network)
        .ok()
        .filter(|store| store.path().exists());
    let set = environment::names_set();
    let empty = environment::names_empty();
    if !empty.is_empty() {
        report.add(Finding::warning(
            "variables",
            format!("set but empty, so they do not count: {}", empty.join(", ")),
            remedy(&empty, default.is_some()),
        ))?;
    }
    report.add(match (origin, default) {
        (Origin::Variables(..), Some(store)) => Finding::warning(
            "variables",
            format!(
                "the four TWAUTH_ variables are used, and {} is passed over",
                store.shown()
            ),
            shell::unset(&environment::FOUR),
        ),
        (Origin::Variables(..), None) => {
            Finding::ok("variables", "the four TWAUTH_ variables hold the account")
        }
        (Origin::File(store), Some(default))
            if set.contains(&environment::CREDS)
                && arguments.source.creds.is_none()
                && default.path() != store.path() =>
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
        (_, default) => {
            let missing = environment::missing();
            if !missing.is_empty() {
                let of_token = [environment::ACCESS_TOKEN, environment::ACCESS_TOKEN_SECRET];
                let token: Vec<&str> = set
                    .into_iter()
                    .filter(|name| of_token.contains(name))
                    .collect();
                Finding::warning(
                    "variables",
                    format!(
                        "{} set and {} not: the four only count together",
                        listed(&token),
                        listed(&missing)
                    ),
                    remedy(
                        if default.is_some() { &token } else { &missing },
                        default.is_some(),
                    ),
                )
            } else if set.is_empty() {
                Finding::ok("variables", "no variable of twauth is set")
            } else {
                Finding::ok("variables", format!("set: {}", set.join(", ")))
            }
        }
    })
}

/// Where there is a file, it is meant; elsewhere, as in CI, the variables are.
fn remedy(names: &[&str], has_file: bool) -> String {
    if has_file {
        shell::unset(names)
    } else {
        format!("set {} (in CI: its secret)", names.join(" and "))
    }
}

fn listed(names: &[&str]) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names.join(", "))
}
