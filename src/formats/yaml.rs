//! YAML: any nesting that holds the labels.

use super::quoted::in_yaml;
use super::tree::labelled;
use super::{Broken, Format, Found, harvest, twurl, xurl, yaml_document};
use crate::account::Account;

pub(super) fn read(text: &str) -> Result<Found, Broken> {
    let root = yaml_document::read(text)?;
    if twurl::is_store(&root) {
        twurl::accounts(&root, Format::Twurl)
    } else if xurl::is_store(&root) {
        xurl::accounts(&root)
    } else {
        harvest::harvest(&root, Format::Yaml)
    }
}

/// A mapping for one account, a list of them for several.
pub(super) fn write(accounts: &[Account]) -> String {
    let mut lines = Vec::new();
    for account in accounts {
        for (number, (name, value)) in labelled(account).into_iter().enumerate() {
            let indent = match (accounts.len(), number) {
                (1, _) => "",
                (_, 0) => "- ",
                _ => "  ",
            };
            lines.push(format!("{indent}{name}: {}\n", in_yaml(value)));
        }
    }
    lines.concat()
}
