//! The credentials file's own layout, and every looser JSON that holds the labels.

use super::quoted::in_json;
use super::tree::labelled;
use super::{Broken, Format, Found, harvest, literal, python, xurl};
use crate::account::Account;

pub(super) fn read(text: &str) -> Result<Found, Broken> {
    let (root, strict) = literal::read(text)?;
    if xurl::is_store(&root) {
        return xurl::accounts(&root);
    }
    if strict {
        harvest::harvest(&root, Format::Json)
    } else {
        python::accounts(&root)
    }
}

/// An object for one account, a list for several.
pub(super) fn write(accounts: &[Account]) -> String {
    let layout = |indent: &str| {
        accounts
            .iter()
            .map(|account| {
                let lines: Vec<String> = labelled(account)
                    .into_iter()
                    .map(|(name, value)| format!("{indent}  {}: {}", in_json(name), in_json(value)))
                    .collect();
                format!("{indent}{{\n{}\n{indent}}}", lines.join(",\n"))
            })
            .collect::<Vec<_>>()
    };
    match accounts {
        [_] => format!("{}\n", layout("").concat()),
        _ => format!("[\n{}\n]\n", layout("  ").join(",\n")),
    }
}
