//! Checks the variables that override the file, or of which only some are set.

use super::report::{Check, Report};
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
        report.add(Check::warning(
            "variables",
            format!("set but empty, and so ignored: {}", empty.join(", ")),
            remedy(&empty, default.is_some()),
        ))?;
    }
    report.add(match (origin, default) {
        (Origin::Variables(..), Some(store)) => Check::warning(
            "variables",
            format!(
                "using the four TWAUTH_ variables instead of {}",
                store.shown()
            ),
            shell::unset(&environment::FOUR),
        ),
        (Origin::Variables(..), None) => Check::ok(
            "variables",
            "using the account in the four TWAUTH_ variables",
        ),
        (Origin::File(store), Some(default))
            if set.contains(&environment::CREDS)
                && arguments.source.creds.is_none()
                && default.path() != store.path() =>
        {
            Check::warning(
                "variables",
                format!(
                    "TWAUTH_CREDS names {}, so the default file is ignored",
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
                Check::warning(
                    "variables",
                    format!(
                        "{} set, {} not set: all four must be set together",
                        listed(&token),
                        listed(&missing)
                    ),
                    remedy(
                        if default.is_some() { &token } else { &missing },
                        default.is_some(),
                    ),
                )
            } else if set.is_empty() {
                Check::ok("variables", "no TWAUTH_ variable is set")
            } else {
                Check::ok("variables", format!("set: {}", set.join(", ")))
            }
        }
    })
}

/// With a file, the file is probably meant; without one, as in CI, the variables are.
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
