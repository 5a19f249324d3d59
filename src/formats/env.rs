//! Shell: `export NAME='value'` lines for `.` and `eval`.
//!
//! The names are the plain ones most programs read. Ours with `TWAUTH_` are not written: left in a shell, they would
//! win over the credentials file in every later call.

use super::assignments::{self, Dialect};
use super::tree::labelled;
use super::{Broken, Format, Found};
use crate::account::Account;

pub(super) fn read(text: &str) -> Result<Found, Broken> {
    assignments::accounts(text, Dialect::Shell, Format::Env)
}

pub(super) fn write(accounts: &[Account]) -> String {
    let line = |(name, value): (&str, &str)| {
        let quoted = value.replace('\'', r"'\''");
        format!("export {}='{quoted}'\n", name.to_uppercase())
    };
    let lines: Vec<String> = accounts.iter().flat_map(labelled).map(line).collect();
    lines.concat()
}
