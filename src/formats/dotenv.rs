//! `.env`: `NAME='value'` as python-dotenv, Node's dotenv and, where no quote or backslash is inside, a shell read it.

use super::assignments::{self, Dialect};
use super::tree::labelled;
use super::{Broken, Format, Found};
use crate::account::Account;

pub(super) fn read(text: &str) -> Result<Found, Broken> {
    assignments::accounts(text, Dialect::Dotenv, Format::Dotenv)
}

/// The names are those of `env`.
pub(super) fn write(accounts: &[Account]) -> Result<String, String> {
    accounts
        .iter()
        .flat_map(labelled)
        .map(|(name, value)| {
            Ok(format!(
                "{}={}\n",
                name.to_uppercase(),
                quoted(name, value)?
            ))
        })
        .collect()
}

fn quoted(name: &str, value: &str) -> Result<String, String> {
    if value.contains("${") {
        return Err(format!(
            "{name} holds ${{, which readers of .env files look up whatever the quotes"
        ));
    }
    // python-dotenv takes the last backslash in quotes for part of `\'`, however many there are.
    if value.ends_with('\\') {
        let plain = !value.starts_with(['\'', '"', ' ']) && !value.contains(" #");
        return plain.then(|| value.to_owned()).ok_or_else(|| {
            format!("{name} ends with a backslash, which cannot be quoted in .env files")
        });
    }
    // What every reader takes alike comes first; python-dotenv decides about the rest.
    let doubled = value.replace('\\', r"\\");
    Ok(if !value.contains('\'') {
        format!(
            "'{}'",
            if value.contains(r"\\") {
                &doubled
            } else {
                value
            }
        )
    } else if value.contains(['"', '\\', '$', '`']) {
        format!("'{}'", doubled.replace('\'', r"\'"))
    } else {
        format!("\"{value}\"")
    })
}
