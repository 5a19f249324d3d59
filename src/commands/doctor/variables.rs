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
        let message = format!("set but empty, and so ignored: {}", empty.join(", "));
        report.add(warning(message, remedy(&empty, default.is_some())))?;
    }
    let names_file = set.contains(&environment::CREDS) && arguments.source.creds.is_none();
    report.add(match (origin, &default) {
        (Origin::Variables(..), Some(store)) => {
            let shown = store.shown();
            let message = format!("using the four TWAUTH_ variables instead of {shown}");
            warning(message, shell::unset(&environment::FOUR))
        }
        (Origin::Variables(..), None) => {
            let message = "using the account in the four TWAUTH_ variables";
            Check::ok("variables", message)
        }
        (Origin::File(store), Some(default)) if names_file && default.path() != store.path() => {
            let shown = store.shown();
            let message = format!("TWAUTH_CREDS names {shown}, so the default file is ignored");
            warning(message, shell::unset(&[environment::CREDS]))
        }
        _ => given(&set, default.is_some()),
    })
}

/// The variables that are set, while those of an account are not all set.
fn given(set: &[&str], has_file: bool) -> Check {
    let missing = environment::missing();
    if missing.is_empty() {
        let message = if set.is_empty() {
            "no TWAUTH_ variable is set".to_owned()
        } else {
            format!("set: {}", set.join(", "))
        };
        return Check::ok("variables", message);
    }
    let of_token = [environment::ACCESS_TOKEN, environment::ACCESS_TOKEN_SECRET];
    let token = set.iter().filter(|name| of_token.contains(name));
    let token: Vec<&str> = token.copied().collect();
    let message = format!(
        "{} set, {} not set: all four must be set together",
        listed(&token),
        listed(&missing)
    );
    warning(
        message,
        remedy(if has_file { &token } else { &missing }, has_file),
    )
}

fn warning(message: String, fix: String) -> Check {
    Check::warning("variables", message, fix)
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
