//! Python: dicts and lists of them as a shell prints them, and modules of `NAME = 'value'`.

use super::assignments::{self, Dialect};
use super::tree::{Node, labelled};
use super::{Broken, Format, Found, harvest, literal, recognise};
use crate::account::Account;

pub(super) fn read(text: &str) -> Result<Found, Broken> {
    if recognise::starts_with_bracket(text) {
        return accounts(&literal::read(text)?.0);
    }
    assignments::accounts(text, Dialect::Python, Format::Python)
}

/// The accounts of a value that is already read.
pub(super) fn accounts(root: &Node) -> Result<Found, Broken> {
    harvest::harvest(root, Format::Python)
}

/// A dict for one account, a list of dicts for several, for `ast.literal_eval`.
pub(super) fn write(accounts: &[Account]) -> String {
    let layout = |indent: &str| {
        accounts
            .iter()
            .map(|account| {
                let lines: Vec<String> = labelled(account)
                    .into_iter()
                    .map(|(name, value)| {
                        format!("{indent}    {}: {},\n", quoted(name), quoted(value))
                    })
                    .collect();
                format!("{indent}{{\n{}{indent}}}", lines.concat())
            })
            .collect::<Vec<_>>()
    };
    match accounts {
        [_] => format!("{}\n", layout("").concat()),
        _ => format!("[\n{},\n]\n", layout("    ").join(",\n")),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}
